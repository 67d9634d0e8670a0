"""A sender that is killed at the worst moments: another takes its mails over when the lease ends, and none is lost."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Cluster
from tests.post_office import PostOffice
from tests.shared.sending import Queue

pytestmark = [pytest.mark.postgres, pytest.mark.smtp]

ROOT = Path(__file__).parents[2]

PROGRAM = """
import asyncio, sys
from uuid import UUID
from shared.addresses import Address
from shared.db import Database
from shared.sender import Sender
from shared.settings import HouseSettings

async def addresses(staff_ids):
    return {staff_id: Address(f"{staff_id}@school.example", "Oakfield Primary", {}) for staff_id in staff_ids}

sender = Sender(worker_db=Database(sys.argv[1]), settings=HouseSettings(), addresses=addresses, lease_seconds=5,
                smtp_seconds=1)
asyncio.run(sender.run(asyncio.Event()))
"""


@pytest.fixture
async def queue(empty_cluster: Cluster) -> AsyncIterator[Queue]:
    found = Queue(empty_cluster)
    yield found
    await found.close()


@pytest.mark.parametrize(
    ("place", "handed_over"),
    [("sender.after_lease", 0), ("sender.before_send:2", 1), ("sender.after_send:2", 2), ("sender.after_sent", None)],
)
async def test_the_mails_of_a_killed_sender_are_taken_over_with_the_same_bytes(
    queue: Queue, place: str, handed_over: int | None
) -> None:
    await queue.put("a@school.example", "b@school.example", "c@school.example")
    async with PostOffice() as office:
        await killed(queue, office, place)
        before = delivered(office)
        assert handed_over in {None, len(before)}
        written_down = {row["message_id"] for row in await queue.rows() if row["state"] == "sent"}
        assert written_down <= set(before)
        assert bool(written_down) or place != "sender.after_sent"
        async with queue.sending(queue.sender(office)):
            await queue.until_all("sent")
        after = delivered(office)
    assert len(after) == 3
    for message_id, contents in after.items():
        # Once, and once more where the first time was not written down: never another mail.
        assert len(contents) == len(before.get(message_id, [])) + (message_id not in written_down)
        assert len(set(contents)) == 1


async def killed(queue: Queue, office: PostOffice, place: str) -> None:
    given = {"HEED_FAULT": place, "HEED_SMTP_PORT": str(office.port), "HEED_SMTP_SECURITY": "none"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, queue.cluster.url("house", "worker")), env={**os.environ, **given}, cwd=ROOT
    )
    assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL


def delivered(office: PostOffice) -> dict[str, list[bytes]]:
    """What the mail server has, by the part of the Message-ID that the queue knows."""
    found: dict[str, list[bytes]] = {}
    for letter, (_, content) in zip(office.letters(), office.taken, strict=True):
        found.setdefault(letter["Message-ID"].strip("<>").partition("@")[0], []).append(content)
    return found

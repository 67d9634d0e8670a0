"""Events that came together have their effects in one transaction, and nobody pays for another's failure."""

import asyncio
import os
import sys
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.effect import Taken
from shared.bus.runner import Runner
from shared.contracts.auth import GroupChanged
from shared.ids import new_id
from tests.shared.bus.consuming import Consuming, note, until


async def note_all(session: AsyncSession, events: Sequence[Taken]) -> None:
    for envelope, event in events:
        await note(session, envelope, event)


class FailingTogether:
    """Fails for one key, in company and alone, after the effects of the others."""

    def __init__(self, key: UUID | None = None) -> None:
        self.key = key
        self.sizes: list[int] = []

    async def __call__(self, session: AsyncSession, events: Sequence[Taken]) -> None:
        self.sizes.append(len(events))
        await note_all(session, events)
        if any(event.key == self.key for _, event in events):
            raise RuntimeError


def gathering(consuming: Consuming, together: FailingTogether) -> Runner:
    async def alone(session: AsyncSession, *taken: object) -> None:
        await together(session, [taken])  # type: ignore[list-item]

    return consuming.runner(alone, together={GroupChanged: together})


async def _has(consuming: Consuming, count: int) -> bool:
    return len(await consuming.effects()) >= count


async def test_what_came_together_is_taken_together_once_each_and_in_order_per_key(consuming: Consuming) -> None:
    keys, together = [new_id() for _ in range(40)], FailingTogether()
    messages = [consuming.message(key, version) for version in (1, 2, 3) for key in keys]
    await consuming.bus.publish(messages)
    async with consuming.running(gathering(consuming, together)):
        await until(lambda: _has(consuming, 120))
        await consuming.bus.publish(messages)
        await consuming.caught_up()
    for key in keys:
        assert await consuming.effects_of(key) == [1, 2, 3]
    assert consuming.count("handled") == 120
    assert consuming.count("repeated") == 120
    assert sum(together.sizes) == 120
    assert max(together.sizes) > 10
    transactions = await consuming.ask("SELECT count(DISTINCT xmin::text) FROM inbox")
    assert transactions[0][0] == len(together.sizes)


async def test_who_fails_in_company_is_parked_alone_and_all_others_have_their_effects(consuming: Consuming) -> None:
    keys = [new_id() for _ in range(20)]
    bad = keys[7]
    await consuming.bus.publish([consuming.message(key, version) for version in (1, 2) for key in keys])
    async with consuming.running(gathering(consuming, FailingTogether(bad))):
        await until(lambda: _has(consuming, 38))
        await consuming.caught_up()
    for key in keys:
        assert await consuming.effects_of(key) == ([] if key == bad else [1, 2])
    assert [row[0] for row in await consuming.ask("SELECT key FROM parked_key")] == [bad]
    assert len(await consuming.ask("SELECT FROM parked_event")) == 2
    assert [row[0] for row in await consuming.ask("SELECT count(*) FROM inbox")] == [38]


async def test_one_that_waits_for_a_lock_holds_up_the_others_for_a_second_and_no_longer(
    on_postgres: Consuming,
) -> None:
    slow, others = new_id(), [new_id() for _ in range(5)]
    held, let_go = asyncio.Event(), asyncio.Event()
    lock = text("SELECT pg_advisory_xact_lock(77)")

    async def hold() -> None:
        async with on_postgres.database(on_postgres.worker_url)._engine.begin() as connection:
            await connection.execute(lock)
            held.set()
            await let_go.wait()

    async def together(session: AsyncSession, events: Sequence[Taken]) -> None:
        if any(event.key == slow for _, event in events):
            await session.execute(lock)
        await note_all(session, events)

    async def alone(session: AsyncSession, *taken: object) -> None:
        await together(session, [taken])  # type: ignore[list-item]

    holding = asyncio.create_task(hold())
    await held.wait()
    await on_postgres.bus.publish([on_postgres.message(key, 1) for key in (slow, *others)])
    async with on_postgres.running(on_postgres.runner(alone, together={GroupChanged: together})):
        await until(lambda: _has(on_postgres, 5), within=10)
        assert await on_postgres.effects_of(slow) == []
        let_go.set()
        await until(lambda: _has(on_postgres, 6))
        await on_postgres.caught_up()
    await holding
    assert await on_postgres.ask("SELECT FROM parked_key") == []


MEMBER = """
import asyncio, sys
from tests.shared.bus.conftest import Side
from tests.shared.bus.consuming import Consuming
from tests.shared.bus.test_gathering import FailingTogether, gathering
async def main(url, group, topic, *urls):
    side = Side("postgres", url, 2.0, topic=topic, group=group)
    consuming = await Consuming(side, *urls).open()
    await gathering(consuming, FailingTogether()).run(asyncio.Event())
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "place", ["runner.before_effect", "runner.before_commit", "runner.after_commit", "runner.after_offset"]
)
async def test_a_process_killed_anywhere_gives_each_its_effect_once(on_postgres: Consuming, place: str) -> None:
    keys, side = [new_id() for _ in range(10)], on_postgres.side
    await on_postgres.bus.publish([on_postgres.message(key, version) for version in (1, 2) for key in keys])
    urls = (side.url, side.group, side.topic, on_postgres.app_url, on_postgres.worker_url, on_postgres.admin_url)
    environment = {**os.environ, "HEED_FAULT": place, "PYTHONPATH": os.getcwd()}
    mortal = await asyncio.create_subprocess_exec(sys.executable, "-c", MEMBER, *urls, env=environment)
    assert await asyncio.wait_for(mortal.wait(), 30) == -9

    async with on_postgres.running(gathering(on_postgres, FailingTogether())):
        await until(lambda: _has(on_postgres, 20))
        await on_postgres.caught_up()
    for key in keys:
        assert await on_postgres.effects_of(key) == [1, 2]

"""Whatever process dies, and wherever: what was accepted is there once, and who must know is told of it once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from shared.faults import PLACES
from tests.system.concerns import PATIENCE, log_many, nothing_is_lost_or_doubled
from tests.system.conftest import ON_KAFKA, House
from tests.system.school import School

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

# A consumer that was killed is missed by Kafka only after seconds: those who take a consumer with them die once.
DEATHS = {"gateway": 2, "incident": 2, "relay": 1, "runner": 1, "sender": 1}

# Whose process passes the place, and at which passage it dies: in the thick of it, once a request, a batch or a mail.
DIES = {"gateway": "gateway", "incident": "incident", "relay": "incident", "runner": "alerting", "sender": "alerting"}
PASSAGE = {"gateway": 40, "incident": 40, "relay": 4, "runner": 5, "sender": 3}
EMBEDDED_TOO = ("relay.after_publish", "runner.before_commit", "runner.after_commit", "sender.after_send")


@asynccontextmanager
async def dying(house: House, place: str) -> AsyncIterator[list[int]]:
    """The process that passes the place dies there, is begun again, armed as often as it is to die, then in peace."""
    family = place.partition(".")[0]
    name, armed, deaths = DIES[family], f"{place}:{PASSAGE[family]}", DEATHS[family]
    program = house.processes.programs[name]
    codes: list[int] = []
    await house.processes.restart(name, fault=armed)

    async def begin_again() -> None:
        while len(codes) < deaths:
            if not program.runs:
                assert program.process is not None
                codes.append(program.process.returncode)
                house.processes.launch(name, fault=armed if len(codes) < deaths else "")
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(begin_again())
    try:
        yield codes
        # Events and mails may pass the place after the last concern is accepted.
        await asyncio.wait({watching}, timeout=PATIENCE)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    if program.runs:
        await house.processes.ready(name)
    else:
        await house.processes.restart(name)


async def killed_at(place: str, house: House, school: School) -> None:
    before = await house.ledger.incidents(school.id)
    accepted: dict[int, UUID] = {}
    async with dying(house, place) as codes:
        await log_many(school["assistant"], school, accepted)
    deaths = DEATHS[place.partition(".")[0]]
    assert codes == [-signal.SIGKILL] * deaths, f"the process was to die {deaths} times at {place}: {codes}"
    await house.ledger.until_quiet()
    await nothing_is_lost_or_doubled(house, school, accepted, before)


@ON_KAFKA
@pytest.mark.parametrize("place", sorted(PLACES))
async def test_nothing_is_lost_doubled_or_silent_when_a_process_is_killed(
    place: str, house: House, school: School
) -> None:
    await killed_at(place, house, school)


@pytest.mark.parametrize("bus_url", [pytest.param("embedded", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("place", EMBEDDED_TOO)
async def test_nothing_is_lost_doubled_or_silent_on_the_embedded_bus(place: str, house: House, school: School) -> None:
    await killed_at(place, house, school)

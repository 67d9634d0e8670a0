"""What was set aside because it came too early goes on by itself; what failed otherwise waits for a person."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.failures import NotYet
from shared.bus.runner import Handler
from shared.bus.taking_up import FAILURES, TakingUp
from shared.contracts.auth import GroupChanged
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.errors import Unavailable
from shared.ids import new_id
from tests.shared.bus.consuming import Consuming, note, until
from tests.shared.bus.test_parking import Failing, the_parked


class TooEarly(NotYet):
    pass


def taking_up_of(consuming: Consuming, handler: Handler) -> TakingUp:
    return TakingUp(
        consumer=consuming.side.group,
        db=consuming.database(consuming.app_url),
        worker_db=consuming.database(consuming.worker_url),
        handlers={GroupChanged: handler},
    )


async def test_what_came_too_early_is_taken_up_in_order_once_what_it_needs_is_there(consuming: Consuming) -> None:
    key = new_id()
    failing = Failing(key, TooEarly())
    async with consuming.running(consuming.runner(failing, taking_up_seconds=0.05)):
        await consuming.bus.publish([consuming.message(key, version) for version in (1, 2)])

        async def tried_again() -> bool:
            return failing.tries > 4

        await until(tried_again)
        await consuming.caught_up()
        (parked,) = await the_parked(consuming)
        assert (parked.key, parked.events) == (key, 2)
        assert await consuming.effects() == []
        failing.problem = None

        async def taken_up() -> bool:
            return await the_parked(consuming) == []

        await until(taken_up)
        assert await consuming.effects_of(key) == [1, 2]
        # And its later events flow again.
        await consuming.bus.publish([consuming.message(key, 3)])
        await consuming.caught_up()
    assert await consuming.effects_of(key) == [1, 2, 3]


async def test_what_failed_otherwise_waits_for_a_person_also_when_it_came_too_early_before(
    on_postgres: Consuming,
) -> None:
    broken, early = new_id(), new_id()
    wrong, too_early = Failing(broken, RuntimeError()), Failing(early, TooEarly())

    async with on_postgres.running(on_postgres.runner(wrong)):
        await on_postgres.bus.publish([on_postgres.message(broken, 1)])
        await on_postgres.caught_up()
    async with on_postgres.running(on_postgres.runner(too_early)):
        await on_postgres.bus.publish([on_postgres.message(early, 1)])
        await on_postgres.caught_up()
    taking_up = taking_up_of(on_postgres, too_early)
    too_early.problem = RuntimeError()
    await taking_up.round()
    too_early.problem = None
    await taking_up.round()
    assert {key.key for key in await the_parked(on_postgres)} == {broken, early}
    assert await on_postgres.effects() == []


async def test_a_server_that_was_busy_meanwhile_does_not_make_it_wait_for_a_person(on_postgres: Consuming) -> None:
    key = new_id()
    failing = Failing(key, TooEarly())
    async with on_postgres.running(on_postgres.runner(failing)):
        await on_postgres.bus.publish([on_postgres.message(key, 1)])
        await on_postgres.caught_up()
    taking_up = taking_up_of(on_postgres, failing)
    failing.problem = Unavailable("auth", "")
    await taking_up.round()
    (parked,) = await the_parked(on_postgres)
    assert parked.reason.startswith("TooEarly")
    failing.problem = None
    await taking_up.round()
    assert await on_postgres.effects_of(key) == [1]
    assert await the_parked(on_postgres) == []


async def test_many_that_still_wait_keep_none_from_its_turn(on_postgres: Consuming) -> None:
    ready: set[UUID] = set()

    async def only_those(session: AsyncSession, envelope: Envelope, event: Event) -> None:
        if event.key not in ready:
            raise TooEarly
        await note(session, envelope, event)

    async with on_postgres.running(on_postgres.runner(only_those, pauses=())):
        await on_postgres.bus.publish([on_postgres.message(new_id(), 1) for _ in range(FAILURES + 1)])
        await on_postgres.caught_up()
    last = (await the_parked(on_postgres))[-1].key
    ready.add(last)
    taking_up = taking_up_of(on_postgres, only_those)
    await taking_up.round()
    assert await on_postgres.effects() == []
    await taking_up.round()
    assert await on_postgres.effects_of(last) == [1]
    assert len(await the_parked(on_postgres)) == FAILURES

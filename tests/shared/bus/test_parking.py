"""A key whose event fails: set aside, queued behind, taken up again in order, while everything else flows on."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.parking import ParkedKey, Parking, mark_replayed, parked_keys, waiting_events
from shared.bus.replay import Replay
from shared.bus.runner import Handler
from shared.contracts.auth import GroupChanged
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.contracts.registry import decode
from shared.db import Scope
from shared.errors import Unavailable
from shared.ids import new_id
from tests.shared.bus.consuming import Consuming, note, until

WRITTEN = "Rowan said he does not want to go home"


class Failing:
    """A handler that fails for one key, until it is put right."""

    def __init__(self, key: UUID, problem: Exception, *, versions: tuple[int, ...] = (1,)) -> None:
        self.key = key
        self.problem: Exception | None = problem
        self.versions = versions
        self.tries = 0

    async def __call__(self, session: AsyncSession, envelope: Envelope, event: Event) -> None:
        await note(session, envelope, event)
        if event.key == self.key and envelope.version in self.versions and self.problem:
            self.tries += 1
            raise self.problem


async def the_parked(consuming: Consuming) -> list[ParkedKey]:
    return await parked_keys(consuming.database(consuming.worker_url), consuming.side.group)


def replay_of(consuming: Consuming, handler: Handler = note) -> Replay:
    return Replay(
        consumer=consuming.side.group,
        db=consuming.database(consuming.app_url),
        worker_db=consuming.database(consuming.worker_url),
        handlers={GroupChanged: handler},
    )


async def test_a_failing_key_is_parked_its_later_events_wait_the_others_flow_and_replay_keeps_the_order(
    consuming: Consuming,
) -> None:
    bad, good = new_id(), [new_id() for _ in range(10)]
    failing = Failing(bad, RuntimeError(WRITTEN))
    async with consuming.running(consuming.runner(failing)):
        for version in range(1, 5):
            await consuming.bus.publish([consuming.message(key, version) for key in (bad, *good)])
        await consuming.caught_up()
        for key in good:
            assert await consuming.effects_of(key) == [1, 2, 3, 4]
        assert await consuming.effects_of(bad) == []
        (parked,) = await the_parked(consuming)
        assert (parked.key, parked.events, parked.attempts) == (bad, 4, 1)
        assert parked.reason.startswith("RuntimeError in ")
        assert WRITTEN not in str(await consuming.ask("SELECT * FROM parked_key, parked_event"))
        assert (consuming.count("parked"), consuming.count("queued")) == (1, 3)

        # It fails again: nothing moves.
        reason = await replay_of(consuming, failing).run(parked)
        assert reason is not None
        assert reason.startswith("RuntimeError in ")
        (parked,) = await the_parked(consuming)
        assert (parked.events, parked.attempts) == (4, 2)
        assert await consuming.effects_of(bad) == []

        # Put right: in order, then the new ones flow by themselves.
        assert await replay_of(consuming).run(parked) is None
        assert await consuming.effects_of(bad) == [1, 2, 3, 4]
        assert await the_parked(consuming) == []
        await consuming.bus.publish([consuming.message(bad, 5)])
        await consuming.caught_up()
        assert await consuming.effects_of(bad) == [1, 2, 3, 4, 5]


async def test_another_member_and_a_restart_know_what_is_parked(consuming: Consuming) -> None:
    bad = new_id()
    await consuming.bus.publish([consuming.message(bad, 1)])
    async with consuming.running(consuming.runner(Failing(bad, RuntimeError()))):
        await consuming.caught_up()
    await consuming.bus.publish([consuming.message(bad, 2)])
    async with consuming.running(consuming.runner()):
        await consuming.caught_up()
    assert await consuming.effects_of(bad) == []
    (parked,) = await the_parked(consuming)
    assert parked.events == 2


async def test_a_member_that_was_at_work_all_along_knows_what_another_parked_before_it_left(
    consuming: Consuming,
) -> None:
    bad, others = new_id(), [new_id() for _ in range(20)]
    members = [Failing(bad, RuntimeError()), Failing(bad, RuntimeError())]
    stops = [asyncio.Event(), asyncio.Event()]
    tasks = [
        asyncio.create_task(consuming.runner(member, bus=consuming.side.bus()).run(stop))
        for member, stop in zip(members, stops, strict=True)
    ]
    for version in (1, 2, 3):
        # Both have had something to do, and looked what is parked, before anything is.
        await consuming.bus.publish([consuming.message(key, version) for key in others])
        await consuming.caught_up()
        await asyncio.sleep(consuming.side.session_timeout / 2)
    await consuming.bus.publish([consuming.message(bad, 1)])
    await consuming.caught_up()
    holder = 0 if members[0].tries else 1
    stops[holder].set()
    await tasks[holder]

    await consuming.bus.publish([consuming.message(bad, 2)])
    await consuming.caught_up()
    stops[1 - holder].set()
    await tasks[1 - holder]
    assert await consuming.effects_of(bad) == []
    (parked,) = await the_parked(consuming)
    assert parked.events == 2


async def test_new_events_that_come_during_the_replay_do_not_overtake(on_postgres: Consuming) -> None:
    bad = new_id()
    failing = Failing(bad, RuntimeError())

    async def slow(session: AsyncSession, envelope: Envelope, event: Event) -> None:
        await asyncio.sleep(0.02)
        await note(session, envelope, event)

    async with on_postgres.running(on_postgres.runner(failing)):
        await on_postgres.bus.publish([on_postgres.message(bad, version) for version in range(1, 11)])
        await on_postgres.caught_up()
        (parked,) = await the_parked(on_postgres)
        failing.problem = None

        async def go_on() -> None:
            for version in range(11, 61):
                await on_postgres.bus.publish([on_postgres.message(bad, version)])
                await asyncio.sleep(0.005)

        replay, again = replay_of(on_postgres, slow), replay_of(on_postgres, slow)
        _, *failures = await asyncio.gather(go_on(), replay.run(parked), again.run(parked))
        assert failures == [None, None]
        await on_postgres.caught_up()
    assert await on_postgres.effects_of(bad) == list(range(1, 61))
    assert await the_parked(on_postgres) == []


@pytest.mark.parametrize("times", [1, 2])
async def test_what_may_pass_is_tried_again_in_its_place(on_postgres: Consuming, times: int) -> None:
    key, tries = new_id(), 0

    async def handler(session: AsyncSession, envelope: Envelope, event: Event) -> None:
        nonlocal tries
        tries += envelope.version == 1
        if envelope.version == 1 and tries <= times:
            raise Unavailable("auth", "")
        await note(session, envelope, event)

    await on_postgres.bus.publish([on_postgres.message(key, version) for version in (1, 2)])
    async with on_postgres.running(on_postgres.runner(handler)):
        await on_postgres.caught_up()
    assert await on_postgres.effects_of(key) == [1, 2]
    assert tries == times + 1
    assert await the_parked(on_postgres) == []


@pytest.mark.parametrize(
    ("statement", "name", "tries"),
    [
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", "SerializationError", 3),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$", "LockNotAvailableError", 3),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$", "DiskFullError", 3),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "", 3),
        ("SELECT 1 / 0", "DivisionByZeroError", 1),
        ("SELECT nothing FROM nowhere", "UndefinedTableError", 1),
    ],
)
async def test_the_database_says_what_may_pass_and_the_reason_is_its_words_name(
    on_postgres: Consuming, statement: str, name: str, tries: int
) -> None:
    tried = 0

    async def handler(session: AsyncSession, envelope: Envelope, event: Event) -> None:
        nonlocal tried
        tried += 1
        await session.execute(text(statement))

    await on_postgres.bus.publish([on_postgres.message(new_id(), 1)])
    async with on_postgres.running(on_postgres.runner(handler)):
        await on_postgres.caught_up()
    (parked,) = await the_parked(on_postgres)
    assert (tried, parked.attempts) == (tries, tries)
    assert parked.reason.startswith(name)


async def test_an_event_that_failed_and_had_its_effect_by_another_way_is_not_doubled_by_replay(
    on_postgres: Consuming,
) -> None:
    bad = new_id()
    await on_postgres.bus.publish([on_postgres.message(bad, version) for version in (1, 2)])
    async with on_postgres.running(on_postgres.runner(Failing(bad, RuntimeError()))):
        await on_postgres.caught_up()
    (parked,) = await the_parked(on_postgres)
    first, _ = await waiting_events(on_postgres.database(on_postgres.worker_url), parked)

    # A replay that died after the effect and before it could note it.
    assert await replay_of(on_postgres)._take(first) is None
    assert await on_postgres.effects_of(bad) == [1]

    assert await replay_of(on_postgres).run(parked) is None
    assert await on_postgres.effects_of(bad) == [1, 2]


async def test_a_database_that_is_away_during_a_replay_is_not_counted_against_the_event(on_postgres: Consuming) -> None:
    bad = new_id()
    failing = Failing(bad, RuntimeError(WRITTEN))
    async with on_postgres.running(on_postgres.runner(failing)):
        await on_postgres.bus.publish([on_postgres.message(bad, 1)])
        await on_postgres.caught_up()
    [before] = await the_parked(on_postgres)
    failing.problem = ConnectionResetError()
    with pytest.raises(ConnectionResetError):
        await replay_of(on_postgres, failing).run(before)
    assert await the_parked(on_postgres) == [before]


async def test_a_parked_event_that_comes_again_waits_once(on_postgres: Consuming) -> None:
    bad = new_id()
    worker = on_postgres.database(on_postgres.worker_url)
    await on_postgres.bus.publish([on_postgres.message(bad, 1)])
    member = await on_postgres.side.member(on_postgres.bus)
    (message,) = await member.batch(limit=10, timeout=10)
    envelope, _ = decode(message.headers, message.value)
    parking = Parking(consumer=on_postgres.side.group, worker_db=worker)
    for _ in range(2):
        await parking.park(message, envelope, reason="RuntimeError", attempts=1)
        assert await parking.queue_behind(message, envelope)
    (parked,) = await the_parked(on_postgres)
    (event,) = await waiting_events(worker, parked)

    assert await mark_replayed(worker, parked, event)
    assert await parking.holds(message.topic, bad), "it believes so until it asks"
    assert not await parking.queue_behind(message, envelope)
    assert not await parking.holds(message.topic, bad)


async def test_parking_waits_for_a_database_that_is_busy_with_the_key_and_loses_nothing(
    on_postgres: Consuming,
) -> None:
    bad = new_id()
    worker = on_postgres.database(on_postgres.worker_url)
    async with on_postgres.running(on_postgres.runner(Failing(bad, RuntimeError()))):
        await on_postgres.bus.publish([on_postgres.message(bad, 1)])
        await on_postgres.caught_up()
        (parked,) = await the_parked(on_postgres)
        (first,) = await waiting_events(worker, parked)
        async with worker.begin(Scope()) as session:
            await session.execute(text("SELECT 1 FROM parked_key FOR UPDATE"))
            await on_postgres.bus.publish([on_postgres.message(bad, 2)])
            await asyncio.sleep(0.3)
            assert await waiting_events(on_postgres.database(on_postgres.worker_url), parked) == [first]
        await on_postgres.caught_up()
        assert len(await waiting_events(worker, parked)) == 2


async def test_a_key_is_not_let_go_while_an_event_is_being_added_behind_it(on_postgres: Consuming) -> None:
    bad = new_id()
    async with on_postgres.running(on_postgres.runner(Failing(bad, RuntimeError()))):
        await on_postgres.bus.publish([on_postgres.message(bad, 1)])
        await on_postgres.caught_up()
    (parked,) = await the_parked(on_postgres)
    worker, other = on_postgres.database(on_postgres.worker_url), on_postgres.database(on_postgres.worker_url)
    (first,) = await waiting_events(worker, parked)

    async def letting_go_waits() -> bool:
        return bool(await on_postgres.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))

    async with worker.begin(Scope()) as session:
        await session.execute(text("SELECT 1 FROM parked_key FOR SHARE"))
        await session.execute(
            text(
                "INSERT INTO parked_event SELECT gen_random_uuid(), consumer, topic, key, school_id, headers, body, "
                'partition, "offset" + 1, parked_at, NULL FROM parked_event'
            )
        )
        letting_go = asyncio.create_task(mark_replayed(other, parked, first))
        await until(letting_go_waits)
    assert await letting_go is False
    (parked,) = await the_parked(on_postgres)
    assert parked.events == 1


async def test_the_inbox_forgets_after_thirty_days_and_not_before(on_postgres: Consuming) -> None:
    rows = ", ".join(
        f"('house', gen_random_uuid(), gen_random_uuid(), now() - interval '{age} days')" for age in (1, 29, 31, 400)
    )
    await on_postgres.ask(f"INSERT INTO inbox VALUES {rows}")
    await on_postgres.bus.publish([on_postgres.message(new_id(), 1)])

    async def two_are_left() -> bool:
        return len(await on_postgres.ask("SELECT 1 FROM inbox WHERE consumer = 'house'")) == 2

    async with on_postgres.running(on_postgres.runner()):
        await until(two_are_left)

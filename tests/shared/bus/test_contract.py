"""What the house asks of a bus, asked of both, on real servers."""

import asyncio
import os
import signal
import sys
from collections import defaultdict
from itertools import pairwise

import pytest

from shared.bus.api import MAX_BYTES, Message, Received, TooLarge
from tests.shared.bus.conftest import Side, drain, number, silence


def by_key(received: list[Received]) -> dict[str, list[int]]:
    lanes = defaultdict(list)
    for message in received:
        lanes[message.key].append(number(message))
    return lanes


async def test_order_holds_per_key(side: Side) -> None:
    bus = await side.bus_with_topic()
    keys = [f"child-{n}" for n in range(20)]
    for start in range(0, 50, 10):
        await bus.publish([side.message(key, n) for n in range(start, start + 10) for key in keys])

    lanes = by_key(await drain(await side.member(bus), count=1000))

    assert lanes == {key: list(range(50)) for key in keys}


async def test_order_holds_per_key_when_many_publish_at_once(side: Side) -> None:
    bus = await side.bus_with_topic()

    async def publisher(key: str) -> None:
        for n in range(0, 40, 2):
            await bus.publish([side.message(key, n), side.message(key, n + 1)])

    keys = [f"child-{n}" for n in range(16)]
    await asyncio.gather(*(publisher(key) for key in keys))

    received = await drain(await side.member(bus), count=640)
    assert by_key(received) == {key: list(range(40)) for key in keys}
    offsets = defaultdict(list)
    for message in received:
        offsets[message.partition].append(message.offset)
    assert all(later == earlier + 1 for lane in offsets.values() for earlier, later in pairwise(lane))


async def test_a_key_stays_in_its_partition(side: Side) -> None:
    bus = await side.bus_with_topic()
    await bus.publish([side.message(f"child-{n % 30}", n) for n in range(300)])
    places = defaultdict(set)
    for message in await drain(await side.member(bus), count=300):
        places[message.key].add(message.partition)
    assert all(len(partitions) == 1 for partitions in places.values())
    assert len(set.union(*places.values())) == 4


async def test_a_group_sees_everything_once(side: Side) -> None:
    bus = await side.bus_with_topic()
    first, second = await side.member(bus), await side.member(side.bus())
    await silence(first, second, seconds=2)

    await bus.publish([side.message(f"child-{n}", n) for n in range(400)])

    received = await drain(first, second, count=400)
    assert sorted(number(message) for message in received) == list(range(400))
    assert await silence(first, second) == []


async def test_two_groups_see_everything_each(side: Side) -> None:
    bus = await side.bus_with_topic()
    await bus.publish([side.message(f"child-{n}", n) for n in range(50)])
    for group in ("alerting", "incident"):
        received = await drain(await side.member(bus, f"{side.group}-{group}"), count=50)
        assert sorted(number(message) for message in received) == list(range(50))


async def test_two_members_share_the_partitions_and_one_takes_all_when_the_other_leaves(side: Side) -> None:
    bus = await side.bus_with_topic()
    first, second = await side.member(bus), await side.member(side.bus())
    await silence(first, second, seconds=2)
    await bus.publish([side.message(f"child-{n}", n) for n in range(200)])
    shares = [[], []]  # type: ignore[var-annotated]

    async def read(which: int) -> None:
        consumer = (first, second)[which]
        while sum(map(len, shares)) < 200:
            batch = await consumer.batch(limit=50, timeout=0.2)
            shares[which].extend(batch)
            await consumer.commit(batch)

    async with asyncio.timeout(20):
        await asyncio.gather(read(0), read(1))
    assert [len({message.partition for message in share}) for share in shares] == [2, 2]

    await second.close()
    await bus.publish([side.message(f"child-{n}", n) for n in range(200, 400)])
    received = await drain(first, count=200, within=side.session_timeout * 0.7)
    assert sorted(number(message) for message in received) == list(range(200, 400)), "it left, so none need wait"


MEMBER = """
import asyncio, sys
from shared.bus import connect
async def main(url, group, topic, session):
    consumer = connect(url, client_id="mortal").consumer(group, [topic], session_timeout=float(session))
    await consumer.start()
    while True:
        for message in await consumer.batch(limit=1, timeout=0.2):
            print("took", flush=True)
asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_members_partitions_move_within_the_session_timeout(side: Side) -> None:
    bus = await side.bus_with_topic()
    await bus.publish([side.message(f"child-{n}", n) for n in range(100)])
    arguments = [side.url, side.group, side.topic, str(side.session_timeout)]
    mortal = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEMBER, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert mortal.stdout is not None
        assert await asyncio.wait_for(mortal.stdout.readline(), 20) == b"took\n"
        survivor = await side.member(bus)
        assert len(await drain(survivor, count=100, within=1.5)) < 100, "the other holds a share"
    finally:
        os.kill(mortal.pid, signal.SIGKILL)
        await mortal.wait()

    killed = asyncio.get_running_loop().time()
    assert await drain(survivor, count=1, within=side.session_timeout + 2)
    assert asyncio.get_running_loop().time() - killed <= side.session_timeout + 0.5
    # What the dead one had and did not commit comes again; with what came before nothing is missing.
    await drain(survivor, count=100, within=2)
    assert sum(lag.messages for lag in await bus.lag(side.group)) == 0


async def test_commits_survive_a_restart_of_the_consumer(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    await bus.publish([side.message("child", n) for n in range(20)])
    first = await side.member(bus)
    received = await drain(first, count=20, commit=False)
    await first.commit(received[:12])
    await first.close()

    again = await drain(await side.member(side.bus()), count=8)

    assert [number(message) for message in again] == list(range(12, 20))


async def test_what_is_not_committed_comes_again(side: Side) -> None:
    bus = await side.bus_with_topic()
    await bus.publish([side.message(f"child-{n}", n) for n in range(20)])
    first = await side.member(bus)
    assert len(await drain(first, count=20, commit=False)) == 20
    await first.close()
    assert len(await drain(await side.member(bus), count=20)) == 20


async def test_headers_and_value_arrive_byte_for_byte(side: Side) -> None:
    bus = await side.bus_with_topic()
    headers = (
        ("ce_id", b"1"),
        ("again", b"first"),
        ("again", b"second"),
        ("empty", b""),
        ("binary", bytes(range(256))),
        ("näme", "wörter – ✓".encode()),
    )
    sent = Message(side.topic, "kéy", bytes(range(256)) * 3, headers)
    empty = Message(side.topic, "kéy", b"", ())

    await bus.publish([sent, empty])

    first, second = await drain(await side.member(bus), count=2)
    assert (first.key, first.value, first.headers) == ("kéy", sent.value, headers)
    assert (second.value, second.headers) == (b"", ())


async def test_an_oversized_message_is_refused_before_anything_of_its_batch_is_sent(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    with pytest.raises(TooLarge) as refusal:
        await bus.publish([side.message("child", 1), side.message("child", 2, b"x" * (MAX_BYTES + 1))])
    assert [message.key for message in refusal.value.messages] == ["child"]
    await bus.publish([side.message("child", 3, b"x" * (MAX_BYTES - 100))])

    received = await drain(await side.member(bus), count=1)

    assert [number(message) for message in received] == [3]


async def test_lag_is_reported_per_partition(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    consumer = await side.member(bus)
    await bus.publish([side.message("child", n) for n in range(10)])
    received = await drain(consumer, count=10, commit=False)
    assert [lag.messages for lag in await bus.lag(side.group)] == [10]

    await consumer.commit(received[:4])
    lags = await bus.lag(side.group)
    assert [(lag.topic, lag.partition, lag.committed, lag.end) for lag in lags] == [(side.topic, 0, 4, 10)]
    assert sum(lag.messages for lag in await side.bus().lag(side.group)) == 6, "for another process too"

    await consumer.commit(received)
    assert [lag.messages for lag in await bus.lag(side.group)] == [0]


async def test_an_older_commit_does_not_take_a_newer_one_back(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    consumer = await side.member(bus)
    await bus.publish([side.message("child", n) for n in range(5)])
    received = await drain(consumer, count=5, commit=False)
    await consumer.commit(received)
    await consumer.commit(received[:2])
    assert [lag.messages for lag in await bus.lag(side.group)] == [0]


async def test_a_slow_handler_does_not_lose_its_place(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    slow, other = await side.member(bus), await side.member(side.bus())
    await bus.publish([side.message("child", 0)])
    taken = await drain(slow, other, count=1, commit=False)
    holder = slow if await _holds(slow, taken) else other
    idle = other if holder is slow else slow

    handling = asyncio.create_task(asyncio.sleep(side.session_timeout * 1.5))
    meanwhile: list[Received] = []
    while not handling.done():
        meanwhile += await idle.batch(limit=10, timeout=0.2)
    assert meanwhile == [], "the place was given away while its holder was at work"

    await holder.commit(taken)
    assert [lag.messages for lag in await bus.lag(side.group)] == [0]


async def _holds(consumer: object, taken: list[Received]) -> bool:
    """Whether a consumer holds the only partition: one of two does, and the other was handed nothing."""
    places = getattr(consumer, "_places", None)
    if places is not None:
        return bool(places)
    return bool(consumer._client.assignment())  # type: ignore[attr-defined]


async def test_a_partition_gives_no_more_while_too_much_is_unfinished_and_goes_on_after(side: Side) -> None:
    bus = await side.bus_with_topic(1)
    await bus.publish([side.message("child", n) for n in range(1000)])
    consumer = await side.member(bus)
    first = await drain(consumer, count=1000, within=3, commit=False)
    assert 200 <= len(first) < 500

    await consumer.commit(first)
    rest = await drain(consumer, count=1000 - len(first))
    assert [number(message) for message in [*first, *rest]] == list(range(1000))


async def test_topics_are_made_by_several_at_once_and_may_grow(side: Side) -> None:
    buses = [side.bus() for _ in range(4)]
    await asyncio.gather(*(bus.ensure_topics({side.topic: 2, f"{side.topic}.b": 1}) for bus in buses))
    await buses[0].ensure_topics({side.topic: 6})
    await buses[0].ensure_topics({side.topic: 3})
    bus = side.bus()
    await bus.publish([side.message(f"child-{n}", n) for n in range(200)])
    received = await drain(await side.member(bus), count=200)
    assert {message.partition for message in received} == set(range(6))


async def test_what_is_published_is_there_within_milliseconds(side: Side) -> None:
    bus = await side.bus_with_topic(12)
    consumer = await side.member(bus)
    await silence(consumer, seconds=2)
    waits = []
    for n in range(40):
        began = asyncio.get_running_loop().time()
        waiting = asyncio.create_task(consumer.batch(limit=10, timeout=2))
        await asyncio.sleep(0.01)
        began = asyncio.get_running_loop().time()
        await bus.publish([side.message(f"child-{n}", n)])
        received = await waiting
        waits.append(asyncio.get_running_loop().time() - began)
        assert [number(message) for message in received] == [n]
        await consumer.commit(received)
    # Generous, for a busy machine: what is meant is that nobody waits for a poll.
    assert sorted(waits)[len(waits) // 2] < 0.05


async def test_a_bus_without_its_server_says_so(side: Side) -> None:
    await side.bus().ready()
    nowhere = {"postgres": "postgresql://heed_bus:x@127.0.0.1:9/heed_bus", "kafka": "kafka://127.0.0.1:9"}[side.name]
    gone = Side(side.name, nowhere, 2.0)
    try:
        with pytest.raises(Exception):  # noqa: B017, PT011 - the driver's own word for it
            await gone.bus().ready()
        with pytest.raises(Exception):  # noqa: B017, PT011
            await gone.bus().publish([side.message("child", 1)])
    finally:
        await gone.close()

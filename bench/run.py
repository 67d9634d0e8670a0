"""How fast a concern becomes a mail, and how much the house takes, beside a bare skeleton that does nothing of ours.

    make bench        (or: python -m bench.run [--bus kafka|embedded] [--seconds 20] [--count 1000])

Both run in the same run, on the same PostgreSQL and the same bus, each service a process of its own. The skeleton has
no gateway, so the incident service is asked directly, with tokens as the gateway gets them; the gateway's own figures
stand beside. What is measured: the time from the answer 201 to the moment the mail server has the mail's last byte,
and how many concerns a second are accepted and alerted.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from bench.figures import Latency, Measured, Throughput, machine, show
from bench.load import Loaded, as_fast_as_it_goes, at_rate
from bench.spent import milliseconds_each, spent
from bench.subjects import Heed, Skeleton
from deploy.native.processes import Processes
from shared.contracts.words import Role
from tests.system.ledger import ledger_of
from tests.system.post import PostOffice
from tests.system.school import Person, arrive, leave, register

PEOPLE: Final = (
    Person("head", (Role.HEAD,)),
    Person("lead", (Role.LEAD_DSL,)),
    Person("assistant", (Role.TEACHING_ASSISTANT,)),
)
LIMITS: Final = {
    "HEED_REQUESTS_PER_MINUTE": "1000000",
    "HEED_ADDRESS_REQUESTS_PER_MINUTE": "1000000",
    "HEED_LOG_LEVEL": "info",
}
AT_ONCE: Final = 16
WARM_UP: Final = 100
PER_SECOND: Final = 100
ROUNDS: Final = 3


@asynccontextmanager
async def house_on(bus: str) -> AsyncIterator[tuple[Heed, Skeleton, PostOffice]]:
    folder = Path(tempfile.mkdtemp(prefix="heed-bench-"))
    async with AsyncExitStack() as rooms:
        rooms.callback(shutil.rmtree, folder, ignore_errors=True)
        post = await PostOffice().start()
        rooms.push_async_callback(post.stop)
        house = Processes(folder, smtp_port=post.port, kafka=bus == "kafka", settings=LIMITS)
        rooms.push_async_callback(house.close)
        await house.open()
        school = await arrive(await register(house.environment, house.url("gateway"), people=PEOPLE))
        rooms.push_async_callback(leave, school)
        heed = Heed(house, school, await rooms.enter_async_context(ledger_of(house)))
        await rooms.enter_async_context(heed.with_fresh_tokens())
        skeleton = await rooms.enter_async_context(Skeleton.beside(house))
        yield heed, skeleton, post


async def throughput(subject: Heed | Skeleton, count: int) -> Throughput:
    """Concerns a second, from the first request to the last alert."""
    before = await subject.alerted()
    began = time.monotonic()
    loaded = await as_fast_as_it_goes("127.0.0.1", subject.port, subject.request, count=count, at_once=AT_ONCE)
    accepted = time.monotonic()
    while await subject.alerted() < before + len(loaded.accepted):
        if time.monotonic() > accepted + 120:
            raise RuntimeError("what was accepted was not alerted within two minutes")
        await asyncio.sleep(0.02)
    alerted = time.monotonic()
    await subject.until_quiet()
    answered = [answered - asked for asked, answered, _ in loaded.accepted]
    return Throughput(count / (accepted - began), count / (alerted - began), Latency.of(answered), loaded.refused)


async def mail_latency(heed: Heed, post: PostOffice, seconds: float, rate: int) -> tuple[Latency, Latency, int]:
    """Of every mail: from the 201 to the mail server. And of every request, from its first byte to the 201."""
    post.mails.clear()
    loaded: Loaded = await at_rate("127.0.0.1", heed.port, heed.request, per_second=rate, seconds=seconds)
    await heed.until_quiet()
    accepted = heed.accepted_at(loaded)
    incident_of = await heed.incidents_of_mails()
    waited = [
        mail.at - accepted[incident]
        for mail in post.mails
        if (incident := incident_of.get(mail.message_id.strip("<>").partition("@")[0])) in accepted
    ]
    return Latency.of(waited), Latency.of(loaded.latencies()), loaded.refused


async def measure(bus: str, *, count: int, seconds: float, rate: int) -> None:
    async with house_on(bus) as (heed, skeleton, post):
        await throughput(skeleton, WARM_UP)
        await throughput(heed, WARM_UP)
        pairs = [(await throughput(skeleton, count), await throughput(heed, count)) for _ in range(ROUNDS)]
        before = spent(heed.house)
        mails, answers, refused = await mail_latency(heed, post, seconds, rate)
        cost = milliseconds_each(before, spent(heed.house), answers.count)
        through = await throughput(heed.by_gateway(), count)
        show(bus, Measured(pairs, mails, answers, refused, through, cost), per_second=rate)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--bus", choices=("kafka", "embedded"), action="append", help="default: both")
    parser.add_argument("--count", type=int, default=1000, help="concerns for each measurement of throughput")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the concerns of the open loop come")
    parser.add_argument("--rate", type=int, default=PER_SECOND, help="concerns a second of the open loop")
    given = parser.parse_args()
    print(machine(), flush=True)
    for bus in given.bus or ("embedded", "kafka"):
        asyncio.run(measure(bus, count=given.count, seconds=given.seconds, rate=given.rate))
    return 0


if __name__ == "__main__":
    sys.exit(main())

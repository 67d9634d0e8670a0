"""Many concerns logged as pages log them, whatever dies meanwhile, and what must be true of them in the end."""

import asyncio
import time
from collections import Counter
from uuid import UUID

import httpx

from tests.system.conftest import House
from tests.system.school import Member, School, key

CONCERNS = 200
AT_ONCE = 8
PATIENCE = 60.0


async def log_one(author: Member, school: School, number: int) -> UUID:
    """As a page does it: the same key again and again until it is certain."""
    chosen = [str(school["senco"].id)] if number % 4 == 0 else []
    concern = school.concern(narrative=f"Number {number}: a quiet word at lunch.", extra_staff_ids=chosen)
    header = key()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = await author.post("/incidents", json=concern, headers=header)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code == 201:
            return UUID(answer.json()["id"])
        assert answer.status_code in {500, 502, 503}, answer.text
        await asyncio.sleep(0.1)
    raise AssertionError(f"concern {number} was not accepted within {PATIENCE:.0f} s")


async def log_many(author: Member, school: School, accepted: dict[int, UUID]) -> None:
    """Fills `accepted`: the number of a concern, and the id it got."""
    numbers = iter(range(CONCERNS))

    async def worker() -> None:
        for number in numbers:
            accepted[number] = await log_one(author, school, number)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def nothing_is_lost_or_doubled(
    house: House, school: School, accepted: dict[int, UUID], before: set[UUID]
) -> None:
    ids = set(accepted.values())
    ledger = house.ledger
    assert len(ids) == CONCERNS
    assert await ledger.incidents(school.id) - before == ids
    assert {i: n for i, n in (await ledger.audited(school.id)).items() if i in ids} == dict.fromkeys(ids, 1)
    numbers = await ledger.numbers(school.id)
    assert numbers == list(range(1, len(numbers) + 1)), "a number was given twice or left out"

    expected = expected_alerts(school, accepted)
    alerts = Counter({pair: n for pair, n in (await ledger.alerts(school.id)).items() if pair[0] in ids})
    assert alerts == expected
    assert {pair for pair in await ledger.readers(school.id) if pair[0] in ids} == set(expected)

    mails = await ledger.mails(school.id)
    assert Counter(mail.alert_id for mail in mails) == Counter(await ledger.alert_ids(school.id))
    assert {mail.state for mail in mails} == {"sent"}
    for member in school.members.values():
        told = sum(1 for mail in mails if mail.staff_id == member.id)
        came = Counter(mail.message_id for mail in house.post.to(member.email))
        assert len(came) == told, "an alert without its mail, or a mail under two Message-IDs"
    assert await ledger.parked() == {}


def expected_alerts(school: School, accepted: dict[int, UUID]) -> Counter[tuple[UUID, UUID]]:
    """The head and the lead DSL always; the SENCo where the writer ticked her (R69)."""
    told: Counter[tuple[UUID, UUID]] = Counter()
    for number, incident_id in accepted.items():
        who = ("head", "lead", "senco") if number % 4 == 0 else ("head", "lead")
        told.update((incident_id, school[name].id) for name in who)
    return told

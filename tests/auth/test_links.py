"""Invitations and forgotten passwords, by real mail: who gets a link, how long it is good, and that nobody reads it."""

from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
import pytest

from services.auth import service
from shared.contracts.words import Role
from shared.db import Scope
from shared.errors import Invalid
from tests.auth.conftest import PASSWORD, PUBLIC_URL, House
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

BRENNAN: dict[str, Any] = {
    "email": "brennan@school.example",
    "title": "Mr",
    "forename": "Conor",
    "surname": "Brennan",
    "roles": ["support"],
}
OWN = "green kettle, slow tram"


async def choose(house: House, link: str, password: str = OWN) -> int:
    return (await house.gateway("/password", {"link": link, "password": password})).status_code


async def test_r36_r37_adding_somebody_sends_an_invitation_and_its_link_is_good_once(house: House) -> None:
    await house.work("sender")
    okafor = await house.session("okafor")
    added = await okafor.ask("POST", "/staff", json=BRENNAN)
    assert added.status_code == 201, added.text
    assert added.json() == {"id": added.json()["id"], "invited": True}
    (text,) = await house.mails(to=BRENNAN["email"], about="added to Heed")
    assert text.rstrip().endswith("Oakfield")
    assert not {"Okafor", "Brennan", "Conor"} & set(text.split())
    link = await house.link(to=BRENNAN["email"], about="added to Heed")
    weak = await house.gateway("/password", {"link": link, "password": "brennan1"})
    assert weak.json()["errors"][0]["path"] == "password"
    assert await choose(house, link) == 204
    assert await choose(house, link) == 422
    answer = await house.gateway("/sign-in", {"email": BRENNAN["email"], "password": OWN})
    assert answer.json()["needs"] == "enrolment"


async def test_r36_an_invitation_ends_after_seven_days(house: House) -> None:
    now = datetime.now(UTC)
    async with house.db.begin(Scope()) as session:
        link = await service.make_password_link(
            session, acting_staff=None, staff_id=house.people["haddad"].id, now=now - timedelta(days=7)
        )
        with pytest.raises(Invalid):
            await service.set_password(session, token=link, password=OWN, now=now)
        await service.set_password(session, token=link, password=OWN, now=now - timedelta(seconds=1))


async def test_r36_an_invitation_is_sent_again_and_the_first_link_ends(house: House) -> None:
    await house.work("sender")
    okafor = await house.session("okafor")
    added = (await okafor.ask("POST", "/staff", json=BRENNAN)).json()
    first = await house.link(to=BRENNAN["email"], about="added to Heed")
    house.office.taken.clear()
    assert (await okafor.ask("POST", f"/staff/{added['id']}/invite")).status_code == 204
    second = await house.link(to=BRENNAN["email"], about="added to Heed")
    assert await choose(house, first) == 422
    assert await choose(house, second) == 204
    # Who has a password is not sent links by others: a school must not be able to take an account over.
    again = await okafor.ask("POST", f"/staff/{added['id']}/invite")
    assert (again.status_code, again.json()["detail"].split(".")[0]) == (409, "They have set their password already")


async def test_r37_who_has_an_account_elsewhere_is_told_and_gets_no_link(house: House) -> None:
    await house.work("sender")
    frost = await house.session("frost")
    haddad = house.people["haddad"]
    body = BRENNAN | {"email": haddad.email}
    assert (await frost.ask("POST", "/staff", json=body)).json() == {"id": str(haddad.id), "invited": False}
    (text,) = await house.mails(to=haddad.email, about="another school")
    assert text.rstrip().endswith("Harbour")
    assert "/password/" not in text


async def test_r39_a_forgotten_password_is_the_first_time_path_too(house: House) -> None:
    await house.work("sender", "links")
    okafor = await house.session("okafor")
    await okafor.ask("POST", "/staff", json=BRENNAN)
    invited = await house.link(to=BRENNAN["email"], about="added to Heed")
    asked = await house.gateway("/password/forgotten", {"email": BRENNAN["email"].upper()})
    assert asked.status_code == 202
    forgotten = await house.link(to=BRENNAN["email"], about="new password")
    assert forgotten != invited
    assert await choose(house, forgotten) == 204
    # Whoever has chosen a password needs no other link, and one that lies about is no way in.
    assert await choose(house, invited) == 422


async def test_r39_the_link_of_a_forgotten_password_ends_after_an_hour_and_ends_no_invitation(house: House) -> None:
    seal = house.service.api.state.mail_seal
    now = datetime.now(UTC)
    async with house.db.begin(Scope()) as session:
        invited = await service.make_password_link(
            session, acting_staff=None, staff_id=house.people["haddad"].id, now=now - timedelta(days=2)
        )
    await house.gateway("/password/forgotten", {"email": house.people["haddad"].email})
    async with house.db.begin(Scope()) as session:
        assert await service.answer_link_requests(session, seal=seal, now=now - timedelta(hours=1)) == 1
    await house.work("sender")
    late = await house.link(to=house.people["haddad"].email, about="new password")
    assert await choose(house, late) == 422
    assert await choose(house, invited) == 204


async def test_r39_who_asks_learns_nothing_of_whether_the_address_is_known(
    house: House, empty_cluster: Cluster
) -> None:
    """Same answer, and the same work in the request: whose address it is is looked at apart from it."""
    known, unknown = "haddad@school.example", "nobody@school.example"
    await house.add("gone", house.oakfield, Role.TEACHER)
    boyle = await house.session("boyle")
    assert (await boyle.ask("POST", f"/staff/{house.people['gone'].id}/disable")).status_code == 204
    answers = [
        await house.gateway("/password/forgotten", {"email": email})
        for email in (known, unknown, "gone@school.example", "no address")
    ]
    assert {(a.status_code, a.content) for a in answers} == {(202, answers[0].content)}
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        assert await connection.fetchval("SELECT count(*) FROM link_request") == 4
        assert await connection.fetchval("SELECT count(*) FROM password_link") == 0
        assert await connection.fetchval("SELECT count(*) FROM mail") == 0
        await house.work("sender", "links")
        await house.mails(to=known, about="new password")
        assert await connection.fetchval("SELECT count(*) FROM link_request") == 0
        assert await connection.fetchval("SELECT count(*) FROM mail") == 1
    finally:
        await connection.close()


async def test_r39_known_and_unknown_take_equally_long(house: House) -> None:
    """Coarse: by the medians, taken in turns; looking the account up and making its link costs more than the margin."""
    taken: dict[str, list[float]] = {"okafor@school.example": [], "nobody@school.example": []}
    # The throttle counts alike for both, and would make both wait.
    async with house.db.begin(Scope()) as session:
        for turn in range(40):
            for email, times in taken.items():
                begun = perf_counter()
                now = datetime.now(UTC) + timedelta(days=turn)
                assert await service.ask_for_link(session, email=email, address=None, now=now) == 0
                times.append(perf_counter() - begun)
    known, unknown = (median(times) for times in taken.values())
    assert abs(known - unknown) < 0.5 * max(known, unknown), (known, unknown)


async def test_r39_asking_again_and_again_is_slowed_down_alike_and_locks_nobody_out(house: House) -> None:
    for email in (house.people["okafor"].email, "nobody@school.example"):
        answers = [await house.gateway("/password/forgotten", {"email": email}) for _ in range(8)]
        assert [a.status_code for a in answers[:3]] == [202] * 3, email
        slowed = next(a for a in answers if a.status_code == 429)
        assert 1 <= int(slowed.headers["retry-after"]) <= 1800
    # The wait for a link is not a wait for signing in.
    assert (await house.sign_in("okafor")).status_code == 200


async def test_a_link_stands_nowhere_in_the_database(house: House, empty_cluster: Cluster) -> None:
    """Neither while its mail waits nor once it was sent: whoever reads a backup opens no account with it."""
    okafor = await house.session("okafor")
    await okafor.ask("POST", "/staff", json=BRENNAN)
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        waiting = str(await connection.fetch("SELECT * FROM mail"))
        assert "sealed:" in waiting
        assert "/password/" not in waiting
        await house.work("sender")
        link = await house.link(to=BRENNAN["email"], about="added to Heed")
        for table in ("mail", "password_link", "audit", "outbox", "throttle"):
            rows = await connection.fetch(f"SELECT * FROM {table}")
            assert link not in str(rows), table
            assert all(link.encode() not in bytes(v) for row in rows for v in row.values() if isinstance(v, bytes))
        assert await connection.fetchval("SELECT bytes IS NOT NULL FROM mail")
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("eleven char", "at least 12"),
        ("x" * 64 + "three lamps over the canal" * 3, "at most 128"),
        ("aaaabbbbaaaabbbb", "a few different"),
        ("abcdefghijklm", "follow one another"),
        ("1234567890123", "follow one another"),
        ("qwerty123456", "tried first"),
        ("Password2026!", "tried first"),
        ("butterflybutterfly", "tried first"),
        ("pass word 2026", "tried first"),
        ("MiladHaddad2026", "knows you"),
        ("oakfield-rivermead", "knows you"),
        ("haddad@school.example", "knows you"),
    ],
)
async def test_r36_what_anybody_would_guess_is_refused_and_said_why(house: House, password: str, said: str) -> None:
    async with house.db.begin(Scope(house.oakfield)) as session:
        added = await service.add_staff(
            session,
            acting_staff=None,
            school_id=house.oakfield,
            email="m.haddad@school.example",
            title="Mr",
            forename="Milad",
            surname="Haddad",
            roles=[Role.TEACHER],
        )
        link = await service.make_password_link(session, acting_staff=None, staff_id=added.id, now=datetime.now(UTC))
    answer = await house.gateway("/password", {"link": link, "password": password})
    (error,) = answer.json()["errors"]
    assert error["path"] == "password"
    assert said in error["message"]
    # The link is still good for a better one, of no prescribed composition.
    assert await choose(house, link, "only small letters in oakfield") == 204


async def test_a_mail_about_a_role_of_the_dsl_team_goes_to_those_who_must_hear_of_it(house: House) -> None:
    await house.work("sender")
    okafor = await house.session("okafor")
    roles = {"roles": ["teacher", "deputy_dsl"]}
    path = f"/staff/{house.people['haddad'].id}/roles"
    assert (await okafor.ask("PUT", path, json=roles)).status_code == 200
    for told in ("boyle", "okafor", "dpo"):
        (text,) = await house.mails(to=house.people[told].email, about="role of the safeguarding team")
        assert (PUBLIC_URL in text, "Haddad" in text, "Oakfield" in text) == (True, False, True)
    assert {to for to, _ in house.office.taken} == {house.people[told].email for told in ("boyle", "okafor", "dpo")}


async def test_r39_an_old_password_and_its_sessions_end_with_a_new_one(house: House) -> None:
    await house.work("sender", "links")
    okafor = await house.session("okafor")
    await house.gateway("/password/forgotten", {"email": house.people["okafor"].email})
    assert await choose(house, await house.link(to=house.people["okafor"].email, about="new password")) == 204
    assert (await okafor.check()).status_code == 401
    assert (await house.sign_in("okafor", PASSWORD)).status_code == 401
    assert (await house.sign_in("okafor", OWN)).status_code == 200

"""Being away: who says so, who stands in, and when others hear of it."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from services.auth.queries import today
from services.auth.service.absence import tell_what_began_or_ended
from shared.contracts.words import Role
from shared.db import Scope
from tests.auth.conftest import House
from tests.auth.test_people import events
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

TODAY = today(datetime.now(UTC))


def days(number: int) -> str:
    return (TODAY + timedelta(days=number)).isoformat()


async def told(house: House, cluster: Cluster, name: str) -> list[tuple[object, object]]:
    found = await events(cluster, "staff.changed")
    return [(e["away_until"], e["deputy_id"]) for e in found if e["staff_id"] == str(house.people[name].id)]


async def test_somebody_says_that_they_are_away_and_others_hear_of_it_and_of_their_deputy(
    house: House, empty_cluster: Cluster
) -> None:
    haddad = await house.session("haddad", sure="mfa")
    boyle = str(house.people["boyle"].id)
    body = {"until_on": days(5), "deputy_id": boyle}
    answer = await haddad.ask("PUT", "/me/absence", json=body)
    assert answer.json() == {"absence": {"from_on": days(0), **body}}
    assert (await haddad.ask("GET", "/me/absence")).json() == answer.json()
    assert await told(house, empty_cluster, "haddad") == [(days(5), boyle)]
    assert (await haddad.ask("DELETE", "/me/absence")).status_code == 204
    assert await told(house, empty_cluster, "haddad") == [(days(5), boyle), (None, None)]
    assert (await haddad.ask("GET", "/me/absence")).json() == {"absence": None}


async def test_a_password_alone_sends_nobodys_alerts_elsewhere(house: House) -> None:
    haddad = await house.session("haddad", sure="password")
    answer = await haddad.ask("PUT", "/me/absence", json={"until_on": days(1)})
    assert answer.json()["type"].endswith("/second-factor-required")


async def test_for_the_dsl_team_only_the_dsl_team_stands_in_whoever_says_so(house: House) -> None:
    await house.add("deputy", house.oakfield, Role.DEPUTY_DSL)
    okafor, boyle = await house.session("okafor"), await house.session("boyle")
    path = f"/staff/{house.people['okafor'].id}/absence"
    for name, status in (("haddad", 422), ("frost", 422), ("okafor", 422), ("deputy", 200)):
        body = {"until_on": days(3), "deputy_id": str(house.people[name].id)}
        for answer in (
            await okafor.ask("PUT", "/me/absence", json=body),
            await boyle.ask("PUT", path, json=body),
        ):
            assert answer.status_code == status, (name, answer.text)
            assert status == 200 or answer.json()["errors"][0]["path"] == "deputy_id"
    late = await okafor.ask("PUT", "/me/absence", json={"until_on": days(-1)})
    assert late.json()["errors"][0]["path"] == "until_on"
    haddad = await house.session("haddad")
    assert (await haddad.ask("PUT", path, json={"until_on": days(3)})).status_code == 403


async def test_what_begins_and_ends_by_date_is_told_on_the_day_and_once(house: House, empty_cluster: Cluster) -> None:
    haddad, boyle = await house.session("haddad", sure="mfa"), str(house.people["boyle"].id)
    body = {"from_on": days(2), "until_on": days(4), "deputy_id": boyle}
    assert (await haddad.ask("PUT", "/me/absence", json=body)).status_code == 200
    assert await told(house, empty_cluster, "haddad") == [(None, None)]
    assert await _calendar(house, TODAY) == 0
    # The day comes: what was written for later has begun, and is over another time.
    await _moved(empty_cluster, days=3)
    assert await _calendar(house, TODAY) == 1
    assert await _calendar(house, TODAY) == 0
    assert await told(house, empty_cluster, "haddad") == [(None, None), (days(1), boyle)]
    await _moved(empty_cluster, days=2)
    assert await _calendar(house, TODAY) == 1
    assert (await told(house, empty_cluster, "haddad"))[-1] == (None, None)


async def test_a_class_that_ends_by_date_is_told_too_and_nobody_disabled_comes_back_by_it(
    house: House, empty_cluster: Cluster
) -> None:
    boyle = await house.session("boyle")
    path = f"/staff/{house.people['haddad'].id}"
    periods = [{"code": "6A", "from_on": days(-9), "to_on": days(1)}, {"code": "5B", "from_on": days(2)}]
    answer = await boyle.ask("PUT", f"{path}/roles", json={"roles": ["teacher"], "classes": periods})
    assert answer.json()["classes"] == ["6A"]
    await _moved(empty_cluster, days=2)
    assert (await boyle.ask("POST", f"{path}/disable")).status_code == 204
    assert await _calendar(house, TODAY) == 0
    assert (await boyle.ask("POST", f"{path}/enable")).status_code == 204
    assert await _calendar(house, TODAY) == 0


async def test_the_worker_tells_it_by_itself(house: House, empty_cluster: Cluster) -> None:
    haddad = await house.session("haddad", sure="mfa")
    await haddad.ask("PUT", "/me/absence", json={"from_on": days(1), "until_on": days(4)})
    await _moved(empty_cluster, days=1)
    await house.work("calendar")
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        await house.until(lambda: connection.fetchval("SELECT bool_or(told_away) FROM membership"))
    finally:
        await connection.close()
    assert (await told(house, empty_cluster, "haddad"))[-1] == (days(3), None)


async def test_r30_the_register_shows_rights_classes_and_how_people_sign_in(house: House) -> None:
    okafor = await house.session("okafor")
    for name, role in (("brennan", "support"), ("tran", "teaching_assistant"), ("bevan", "teacher")):
        new = {"email": f"{name}@school.example", "surname": name.title(), "roles": [role]}
        assert (await okafor.ask("POST", "/staff", json=new)).status_code == 201
    await okafor.ask("PUT", f"/staff/{house.people['haddad'].id}/absence", json={"until_on": days(2)})
    found = {e["surname"]: e for e in (await okafor.ask("GET", "/staff/all")).json()["staff"]}
    assert set(found) == {"Bevan", "Boyle", "Brennan", "Haddad", "Okafor", "Tran"}
    assert [found[name]["roles"] for name in ("Brennan", "Tran", "Bevan")] == [
        ["support"],
        ["teaching_assistant"],
        ["teacher"],
    ]
    brennan, haddad = found["Brennan"], found["Haddad"]
    assert (brennan["state"], brennan["second_factor"], brennan["last_seen_at"]) == ("invited", False, None)
    assert (haddad["roles"], haddad["classes"], haddad["state"]) == (["teacher"], ["6A"], "active")
    assert haddad["absence"]["until_on"] == days(2)
    assert found["Okafor"]["last_seen_at"] is not None
    assert (await (await house.session("haddad")).ask("GET", "/staff/all")).status_code == 403


async def _calendar(house: House, day: date) -> int:
    async with house.db.begin(Scope(house.oakfield)) as session:
        return await tell_what_began_or_ended(session, school_id=house.oakfield, today=day)


async def _moved(cluster: Cluster, *, days: int) -> None:
    """Time goes by: everything that was written for a day is so many days nearer."""
    connection = await asyncpg.connect(cluster.admin("auth"))
    try:
        await connection.execute(
            "UPDATE membership SET away_from = away_from - $1::int, away_until = away_until - $1::int", days
        )
        await connection.execute("UPDATE class_taught SET from_on = from_on - $1::int, to_on = to_on - $1::int", days)
    finally:
        await connection.close()

"""Beside the chronology: significant events, patterns, who has looked, and break-glass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.incident.domain import Counted, by_month, by_week, clusters
from shared.contracts.words import Assurance, Role, TrustRole
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.issuer import Client

ORDINARY, SENSITIVE, PROTECTION = "Attendance", "Welfare Concern", "Child Protection Incident"
ELEVATED = Assurance.ELEVATED


async def mark(who: Client, pupil_id: UUID, incident_id: UUID, headline: str) -> int:
    answer = await who.post(f"/pupils/{pupil_id}/significant/{incident_id}", json={"headline": headline})
    return answer.status_code


async def events(who: Client, pupil_id: UUID, **params: Any) -> list[dict[str, Any]]:
    answer = await who.get(f"/pupils/{pupil_id}/significant", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


@pytest.mark.postgres
async def test_r5_a_significant_event_is_judged_anew_and_never_rewritten(school: School) -> None:
    incident_id = await school.log(school.someone(Role.SUPPORT), of=PROTECTION)
    dsl = school.dsl
    assert await mark(dsl, school.rowan, incident_id, "He spoke.") == 201
    assert await mark(dsl, school.rowan, incident_id, "First disclosure.") == 201
    event = (await events(dsl, school.rowan))[0]
    assert event["headline"] == "First disclosure."
    assert [one["headline"] for one in event["versions"]] == ["He spoke.", "First disclosure."]
    page = (await dsl.get(f"/pupils/{school.rowan}/chronology", params={"significant": True})).json()
    assert [entry["significant"]["headline"] for entry in page["entries"]] == ["First disclosure."]
    # Above the ceiling there is no trace of it, and nobody marks what they may not read.
    leader = school.someone(Role.SENIOR_LEADER, assurance=ELEVATED)
    assert await events(leader, school.rowan) == []
    assert await mark(leader, school.rowan, incident_id, "Mine.") == 404
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    assert await mark(teacher, school.rowan, incident_id, "Mine.") == 403
    assert await mark(dsl, school.pupils["Ife Adeyemi 1A"], incident_id, "Another's.") == 404
    retire = f"/pupils/{school.rowan}/significant/{incident_id}/retire"
    assert (await dsl.post(retire, json={"reason": "It was a film."})).status_code == 200
    assert (await dsl.post(retire, json={"reason": "Twice."})).status_code == 409
    assert await events(dsl, school.rowan) == []
    assert (await dsl.get(f"/pupils/{school.rowan}/chronology", params={"significant": True})).json()["count"] == 0
    kept = (await events(dsl, school.rowan, retired=True))[0]
    assert [one["reason"] for one in kept["versions"]] == [None, None, "It was a film."]


@pytest.mark.postgres
async def test_a_judgement_has_no_right_to_be_changed(school: School, empty_cluster: Cluster) -> None:
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("UPDATE significant_event SET headline = 'x'")
    await connection.close()


@pytest.mark.postgres
async def test_r7_patterns_count_what_this_reader_may_see_and_name_the_entries_behind_them(school: School) -> None:
    author, now = school.someone(Role.SUPPORT), datetime.now(UTC)
    days = [3, 10, 17, 80]
    logged = [await school.log(author, of=SENSITIVE, occurred_at=(now - timedelta(days=d)).isoformat()) for d in days]
    await school.log(author, of="Welfare Concern/Diet", occurred_at=(now - timedelta(days=81)).isoformat())
    for _ in range(3):
        await school.log(author, of=PROTECTION)
    path = f"/pupils/{school.rowan}/patterns"
    senco = (await school.someone(Role.SENCO, assurance=ELEVATED).get(path)).json()
    assert senco["entries"] == 5
    assert {count["category"] for count in senco["weeks"] + senco["months"]} == {SENSITIVE}
    assert sum(count["count"] for count in senco["months"]) == 5
    assert [(c["category"], c["count"], c["incident_ids"]) for c in senco["clusters"]] == [
        (SENSITIVE, 3, [str(one) for one in reversed(logged[:3])])
    ]
    dsl = (await school.dsl.get(path, params={"times": 2, "days": 7})).json()
    assert [(c["category"], c["count"]) for c in dsl["clusters"]] == [
        (PROTECTION, 3),
        (SENSITIVE, 2),
        (SENSITIVE, 2),
    ]
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    assert (await teacher.get(path)).json()["entries"] == 0


@pytest.mark.postgres
async def test_marks_over_time_are_those_of_the_child(school: School) -> None:
    place = {"view": "front", "figure": "child", "x": 0.25, "y": 0.5}
    spot = {"pupil_id": str(school.rowan), **place, "kind": "bruise"}
    author = school.someone(Role.SUPPORT)
    await school.log(author, of=SENSITIVE)
    await school.log(author, of=SENSITIVE, marks=[spot])
    marks = (await school.dsl.get(f"/pupils/{school.rowan}/patterns")).json()["marks"]
    told = [(m["kind"], m["x"], m["y"], m["number"], m["incident_number"]) for m in marks]
    assert told == [("bruise", 0.25, 0.5, 1, 2)]
    ife = school.pupils["Ife Adeyemi 1A"]
    assert (await school.dsl.get(f"/pupils/{ife}/patterns")).json()["marks"] == []


def test_the_densest_span_counts_and_no_entry_twice() -> None:
    kind, start = new_id(), datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    entries = [Counted(new_id(), start + timedelta(days=day), kind) for day in (0, 20, 25, 30, 34, 90, 95)]
    found = clusters(entries, times=3, within=timedelta(days=14))
    assert [[entries.index(one) for one in cluster.entries] for cluster in found] == [[1, 2, 3, 4]]
    assert [len(c.entries) for c in clusters(entries, times=2, within=timedelta(days=14))] == [4, 2]
    assert sum(by_week(entries).values()) == sum(by_month(entries).values()) == 7
    # Half past midnight in summer is the day before in UTC: the school's clocks decide.
    june = Counted(new_id(), datetime(2026, 5, 31, 23, 30, tzinfo=UTC), kind)
    assert [begins.isoformat() for begins, _ in by_month([june])] == ["2026-06-01"]
    assert [begins.isoformat() for begins, _ in by_week([june])] == ["2026-06-01"]


@pytest.mark.postgres
async def test_r121_who_has_looked_is_for_the_dsl_team_and_the_data_protection_officer(school: School) -> None:
    author = school.someone(Role.SUPPORT)
    incident_id = await school.log(author)
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 200
    path = f"/pupils/{school.rowan}/looked-at"
    assert (await senco.get(path)).status_code == 403
    dsl = school.dsl
    first = (await dsl.get(path, params={"limit": 2})).json()
    second = (await dsl.get(path, params={"limit": 100, "cursor": first["next"]})).json()
    looks = first["looks"] + second["looks"]
    assert [look["action"] for look in looks[:2]] == ["incident:read", "incident:logged"]
    assert looks[0]["staff_id"] == str(senco.staff.staff_id)
    assert (looks[0]["elevated"], looks[0]["break_glass_id"]) == (True, None)
    officer = school.someone(trust_roles=(TrustRole.DATA_PROTECTION_OFFICER,), assurance=ELEVATED)
    # Looking here is a look as well.
    assert (await officer.get(path)).json()["looks"][0]["action"] == "pupil:looked_at_read"
    shielded = school.someone(
        trust_roles=(TrustRole.DATA_PROTECTION_OFFICER,), assurance=ELEVATED, shields=(school.rowan,)
    )
    assert (await shielded.get(path)).status_code == 404


def behind_glass(school: School, client: Client, pupil_id: UUID) -> Client:
    return school.client(replace(client.staff, break_glass=new_id(), break_glass_pupil=pupil_id))


@pytest.mark.postgres
@pytest.mark.parametrize("trusts", [False, True])
async def test_break_glass_opens_one_child_up_to_child_protection_for_reading_only(
    school: School, empty_cluster: Cluster, *, trusts: bool
) -> None:
    ife = school.pupils["Ife Adeyemi 1A"]
    hidden = await school.log(school.someone(Role.SUPPORT), of=PROTECTION)
    other = await school.log(school.someone(Role.SUPPORT), of=PROTECTION, about=ife)
    leads = (TrustRole.TRUST_SAFEGUARDING_LEAD,)
    plain = school.someone(trust_roles=leads) if trusts else school.someone(Role.SENCO)
    plain = school.elevated(plain)
    assert (await plain.get(f"/incidents/{hidden}")).status_code == 404
    glass = behind_glass(school, plain, school.rowan)
    opened = await glass.get(f"/incidents/{hidden}")
    assert (opened.json()["view"], opened.json()["break_glass"]) == ("whole", True)
    assert (await glass.get(f"/incidents/{other}")).status_code == 404
    page = (await glass.get(f"/pupils/{school.rowan}/chronology")).json()
    assert (page["break_glass"], page["count"]) == (True, 1)
    for part in ("significant", "patterns"):
        assert (await glass.get(f"/pupils/{school.rowan}/{part}")).json()["break_glass"] is True
    if trusts:
        assert (await plain.get(f"/pupils/{school.rowan}/chronology")).status_code == 404
        assert (await glass.get(f"/pupils/{ife}/chronology")).status_code == 404
    written = await glass.post(f"/incidents/{hidden}/actions", json={"text": "Rang home."})
    assert written.status_code == 403
    if not trusts:
        assert (await glass.post(f"/incidents/{hidden}/close", json={"reason": "Done."})).status_code == 403
        assert await mark(glass, school.rowan, hidden, "Mine.") == 403
    shielded = school.client(replace(glass.staff, shields=frozenset({school.rowan})))
    assert (await shielded.get(f"/incidents/{hidden}")).status_code == 404
    assert (await shielded.get(f"/pupils/{school.rowan}/chronology")).status_code == 404
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT DISTINCT action FROM audit WHERE break_glass = $1", glass.staff.break_glass)
    await connection.close()
    assert {"incident:read", "pupil:chronology_read"} <= {row["action"] for row in rows}

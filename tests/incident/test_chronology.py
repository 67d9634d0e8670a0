"""A child's chronology: what each reader may see of it, filtered, counted and paged alike, and recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.incident.domain import difference, looked_before
from shared.contracts.words import Assurance, Role
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_reading import alert
from tests.issuer import Client

ORDINARY, SENSITIVE, PROTECTION = "Attendance", "Welfare Concern", "Child Protection Incident"
ELEVATED = Assurance.ELEVATED


async def read(who: Client, pupil_id: UUID, **params: Any) -> dict[str, Any]:
    answer = await who.get(f"/pupils/{pupil_id}/chronology", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(page: dict[str, Any]) -> list[UUID]:
    return [UUID(entry["id"]) for entry in page["entries"]]


@pytest.mark.postgres
async def test_r9_r35_each_role_sees_what_is_within_its_ceiling_and_no_count_of_the_rest(school: School) -> None:
    author = school.someone(Role.SUPPORT)
    at = {of: await school.log(author, of=of) for of in (ORDINARY, SENSITIVE, PROTECTION)}
    expected = {
        Role.DEPUTY_DSL: {*at.values()},
        Role.SENIOR_LEADER: {at[ORDINARY], at[SENSITIVE]},
        Role.SENCO: {at[ORDINARY], at[SENSITIVE]},
        Role.TEACHER: {at[ORDINARY]},
    }
    for role, seen in expected.items():
        page = await read(school.someone(role, classes=("4B",), assurance=ELEVATED), school.rowan)
        assert set(ids(page)) == seen, role
        assert page["count"] == len(seen), role
        assert not page["break_glass"]


@pytest.mark.postgres
async def test_a_child_out_of_reach_looks_like_none(school: School) -> None:
    path = f"/pupils/{school.rowan}/chronology"
    other_class = school.someone(Role.TEACHER, classes=("3A",), assurance=ELEVATED)
    shielded = school.someone(Role.HEAD, assurance=ELEVATED, shields=(school.rowan,))
    unknown = await school.dsl.get("/pupils/01937b5e-2a10-7c11-9a1e-5d2f6a0b1c11/chronology")
    for who in (other_class, shielded):
        answer = await who.get(path)
        assert (answer.status_code, answer.text) == (404, unknown.text)
    assistant = await school.someone(Role.TEACHING_ASSISTANT, assurance=ELEVATED).get(path)
    assert assistant.status_code == 403


@pytest.mark.postgres
async def test_r28_ones_own_entry_stays_in_its_first_words_and_shows_nothing_that_followed(school: School) -> None:
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    ife = school.pupils["Ife Adeyemi 1A"]
    incident_id = await school.log(teacher, of=SENSITIVE, narrative="First words.")
    change = school.concern(of=PROTECTION, about=ife, narrative="Other words.") | {"reason": "It was his sister."}
    assert (await school.dsl.post(f"/incidents/{incident_id}/corrections", json=change)).status_code == 200
    await school.dsl.post(f"/incidents/{incident_id}/actions", json={"text": "Rang the social worker."})
    # The correction took Rowan out, which its author does not learn; to the DSL it is on his sister's record now.
    page = await read(teacher, school.rowan)
    assert [(e["view"], e["narrative"]) for e in page["entries"]] == [("own", "First words.")]
    entry = page["entries"][0]
    assert (entry["actions"], entry["corrections"], entry["state"], entry["sensitivity"]) == ([], [], None, None)
    assert [c["name"] for c in entry["categories"]] == [SENSITIVE]
    assert ids(await read(school.dsl, school.rowan)) == []
    moved = (await read(school.dsl, ife))["entries"][0]
    assert moved["first_narrative"] == "First words."
    assert "".join(p["text"] for p in moved["corrections"][0]["narrative"] if p["change"] != "added") == "First words."
    assert moved["corrections"][0]["reason"] == "It was his sister."
    assert [a["text"] for a in moved["actions"]] == ["Rang the social worker."]


@pytest.mark.postgres
async def test_r93_filters_by_category_time_kind_and_part(school: School) -> None:
    author = school.someone(Role.SUPPORT)
    long_ago = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    old = await school.log(author, of="Attendance/Punctuality", occurred_at=long_ago)
    acted = await school.log(author, of=SENSITIVE)
    seen = await school.log(author, of=SENSITIVE, pupils=[{"pupil_id": str(school.rowan), "part": "witness"}])
    await school.dsl.post(f"/incidents/{acted}/actions", json={"text": "Rang home."})
    await school.dsl.post(f"/incidents/{seen}/close", json={"reason": "Nothing in it."})
    await author.post(f"/incidents/{old}/addenda", json={"text": "And again today."})
    dsl = school.dsl
    assert ids(await read(dsl, school.rowan)) == [seen, acted, old]
    above = str(school.categories["Attendance"])
    by_category = await read(dsl, school.rowan, category=above)
    assert (ids(by_category), by_category["count"]) == ([old], 1)
    week = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    assert ids(await read(dsl, school.rowan, since=week)) == [seen, acted]
    assert ids(await read(dsl, school.rowan, until=week)) == [old]
    assert ids(await read(dsl, school.rowan, kind="action")) == [acted]
    assert ids(await read(dsl, school.rowan, kind="addendum")) == [old]
    assert ids(await read(dsl, school.rowan, kind="step")) == [seen]
    assert ids(await read(dsl, school.rowan, kind="correction")) == []
    assert ids(await read(dsl, school.rowan, part="witness")) == [seen]


@pytest.mark.postgres
async def test_r6_pages_by_key_give_every_entry_once(school: School) -> None:
    author = school.someone(Role.SUPPORT)
    same = datetime.now(UTC).isoformat()
    logged = [await school.log(author, occurred_at=same) for _ in range(5)]
    dsl, seen = school.dsl, list[UUID]()
    more: dict[str, Any] = {}
    for _ in range(3):
        page = await read(dsl, school.rowan, limit=2, **more)
        assert page["count"] == 5
        seen += ids(page)
        more = {"cursor": page["next"]}
    assert page["next"] is None
    assert seen == sorted(logged, reverse=True)


@pytest.mark.postgres
async def test_new_is_what_came_since_the_last_visit_also_an_action_on_an_old_entry(
    school: School, empty_cluster: Cluster
) -> None:
    author, dsl = school.someone(Role.SUPPORT), school.dsl
    old, still = await school.log(author), await school.log(author)
    first = await read(dsl, school.rowan)
    assert first["looked_before"] is None
    assert all(entry["new"] for entry in first["entries"])
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    await connection.execute("UPDATE last_look SET at = at - interval '31 minutes'")
    await connection.execute("UPDATE incident SET logged_at = logged_at - interval '2 hours'")
    await connection.execute("UPDATE incident_revision SET at = at - interval '2 hours'")
    await connection.close()
    await dsl.post(f"/incidents/{old}/actions", json={"text": "Rang home."})
    for _ in range(2):
        # A page loaded again is the same visit.
        page = await read(dsl, school.rowan, new=True)
        assert ids(page) == [old]
        assert page["looked_before"] is not None
    assert {UUID(e["id"]): e["new"] for e in (await read(dsl, school.rowan))["entries"]} == {old: True, still: False}


@pytest.mark.postgres
async def test_a_child_beside_who_is_out_of_reach_is_a_name_and_no_way_to_the_record(school: School) -> None:
    ife = school.pupils["Ife Adeyemi 1A"]
    both = [{"pupil_id": str(one), "part": "subject"} for one in (school.rowan, ife)]
    incident_id = await school.log(school.someone(Role.SUPPORT), of=ORDINARY, pupils=both)
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    await alert(school, teacher, incident_id)
    beside = (await read(teacher, school.rowan))["entries"][0]["pupils"]
    assert [(one["name"], one["pupil_id"]) for one in beside] == [
        ("Rowan Adeyemi", str(school.rowan)),
        ("Ife Adeyemi", None),
    ]
    # A shield from one of the children takes the whole entry away.
    shielded = school.someone(Role.HEAD, assurance=ELEVATED, shields=(ife,))
    assert (await read(shielded, school.rowan))["count"] == 0


@pytest.mark.postgres
async def test_r121_each_page_is_on_the_audit_with_every_child_in_it(school: School, empty_cluster: Cluster) -> None:
    ife = school.pupils["Ife Adeyemi 1A"]
    await school.log(
        school.someone(Role.SUPPORT), pupils=[{"pupil_id": str(p), "part": "subject"} for p in (school.rowan, ife)]
    )
    dsl = school.dsl
    await read(dsl, school.rowan)
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT * FROM audit WHERE action = 'pupil:chronology_read'")
    await connection.close()
    assert [(row["staff_id"], row["about_id"], set(row["pupil_ids"])) for row in rows] == [
        (dsl.staff.staff_id, school.rowan, {school.rowan, ife})
    ]


def test_a_difference_gives_both_wordings_back() -> None:
    before, after = "He hit  him twice.\nThen he ran.", "He hit  the table once.\nThen he ran off."
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if p.change != "added") == before
    assert "".join(p.text for p in pieces if p.change != "removed") == after
    assert pieces[0] == type(pieces[0])("same", "He hit  ")


def test_a_visit_is_one_look() -> None:
    now = datetime.now(UTC)
    earlier = now - timedelta(days=3)
    assert looked_before(now - timedelta(minutes=5), earlier, now) == earlier
    assert looked_before(now - timedelta(minutes=31), earlier, now) == now - timedelta(minutes=31)
    assert looked_before(now - timedelta(minutes=5), None, now) is None

"""Writing a concern down: everyone may, once, with every fault named, and nothing of it changes afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School, key

pytestmark = pytest.mark.postgres


async def test_nobody_logs_without_signing_in(school: School) -> None:
    answer = await school.http.post("/incidents", json=school.concern(), headers=key())
    assert answer.status_code == 401


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.UNKNOWN])
async def test_r33_every_member_of_staff_logs_with_a_password_alone(school: School, role: Role) -> None:
    okafor = school.someone(role, assurance=Assurance.PASSWORD)
    answer = await okafor.post("/incidents", json=school.concern(), headers=key())
    assert answer.status_code == 201
    assert answer.json()["number"] == 1


async def test_numbers_count_up_in_each_school_alone(school: School, house: School) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT)
    numbers = [(await ta.post("/incidents", json=school.concern(), headers=key())).json()["number"] for _ in range(3)]
    assert numbers == [1, 2, 3]
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    answer = await other.someone(Role.SUPPORT).post("/incidents", json=other.concern(), headers=key())
    assert answer.json()["number"] == 1


async def test_a_double_tap_is_one_incident(school: School) -> None:
    ta, once = school.someone(Role.TEACHING_ASSISTANT, assurance=Assurance.PASSWORD), key()
    body = school.concern()
    answers = await asyncio.gather(*(ta.post("/incidents", json=body, headers=once) for _ in range(5)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert (await ta.post("/incidents", json=school.concern(), headers=key())).json()["number"] == 2


async def test_a_key_used_for_another_concern_is_refused_and_writes_nothing(school: School) -> None:
    ta, once = school.someone(Role.TEACHING_ASSISTANT), key()
    await ta.post("/incidents", json=school.concern(occurred_at="2026-03-03T12:40:00Z"), headers=once)
    answer = await ta.post("/incidents", json=school.concern(narrative="Another."), headers=once)
    assert answer.status_code == 409
    assert len((await ta.get("/incidents")).json()["incidents"]) == 1


async def test_two_people_may_use_the_same_key(school: School) -> None:
    same = key()
    first = await school.someone(Role.TEACHER).post("/incidents", json=school.concern(), headers=same)
    second = await school.someone(Role.TEACHER).post("/incidents", json=school.concern(), headers=same)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"narrative": ""}, "narrative"),
        ({"narrative": "   \n"}, "narrative"),
        ({"narrative": "a\x00b"}, "narrative"),
        ({"narrative": "x" * 20_001}, "narrative"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-03-03T12:40:00"}, "occurred_at"),
        ({"occurred_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "occurred_at"),
        ({"occurred_at": "1926-03-03T12:40:00Z"}, "occurred_at"),
        ({"category_ids": []}, "category_ids"),
        ({"category_ids": [str(new_id())]}, "category_ids.0"),
        ({"pupils": []}, "pupils"),
        ({"pupils": [{"pupil_id": str(new_id())}]}, "pupils.0.pupil_id"),
        ({"pupils": [{"pupil_id": "Rowan"}]}, "pupils.0.pupil_id"),
        ({"mood": "angry"}, "mood"),
        ({"urgent": "very"}, "urgent"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(school: School, wrong: dict[str, Any], path: str) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT)
    answer = await ta.post("/incidents", json=school.concern() | wrong, headers=key())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert (await ta.get("/incidents")).json()["incidents"] == []


async def test_a_child_named_twice_and_a_part_that_does_not_exist(school: School) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT)
    twice = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(school.rowan), "part": "witness"}]
    answer = await ta.post("/incidents", json=school.concern(pupils=twice), headers=key())
    assert answer.json()["errors"][0]["path"] == "pupils.1.pupil_id"
    answer = await ta.post(
        "/incidents", json=school.concern(pupils=[{"pupil_id": str(school.rowan), "part": "culprit"}]), headers=key()
    )
    assert answer.json()["errors"][0]["path"] == "pupils.0.part"


async def test_a_half_character_is_refused_by_name(school: School) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT)
    body = '{"narrative": "half \\ud83d", "occurred_at": "2026-03-03T12:40:00Z", "category_ids": [], "pupils": []}'
    answer = await ta.post("/incidents", content=body, headers=key() | {"content-type": "application/json"})
    assert answer.status_code == 422
    assert "narrative" in {error["path"] for error in answer.json()["errors"]}


async def test_without_a_key_nothing_is_written(school: School) -> None:
    answer = await school.someone(Role.TEACHER).post("/incidents", json=school.concern())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "Idempotency-Key"


async def test_another_schools_child_is_not_on_the_roll(school: School, house: School) -> None:
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    ta = school.someone(Role.TEACHING_ASSISTANT)
    answer = await ta.post("/incidents", json=school.concern(about=other.rowan), headers=key())
    unknown = await ta.post("/incidents", json=school.concern(about=new_id()), headers=key())
    assert answer.status_code == 422
    assert answer.json() == unknown.json()


async def test_the_event_is_in_the_outbox_of_the_same_commit_and_says_no_word(
    school: School, empty_cluster: Cluster
) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), narrative="CANARY said so", urgent=True)
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    row = await connection.fetchrow("SELECT * FROM outbox WHERE key = $1", incident_id)
    audited = await connection.fetchval("SELECT count(*) FROM audit WHERE about_id = $1", incident_id)
    await connection.close()
    assert row is not None
    assert row["topic"] == "heed.incident.v1"
    assert "CANARY" not in row["body"] + row["headers"]
    assert "Adeyemi" not in row["body"]
    assert audited == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incident",
        "DELETE FROM incident_revision",
        "UPDATE incident_revision SET narrative = 'nothing happened'",
        "UPDATE incident SET author_id = gen_random_uuid()",
        "UPDATE incident SET logged_at = now()",
        "UPDATE incident_number SET number = 7",
        "UPDATE action SET text = ''",
        "DELETE FROM addendum",
        "UPDATE incident_pupil SET part = 'alleged'",
        "DELETE FROM audit",
        "UPDATE audit SET action = 'nothing'",
        "TRUNCATE incident CASCADE",
        "ALTER TABLE incident DISABLE ROW LEVEL SECURITY",
    ],
)
async def test_r53_a_submitted_incident_cannot_be_deleted_or_rewritten(
    school: School, empty_cluster: Cluster, statement: str
) -> None:
    await school.log(school.someone(Role.TEACHER))
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    await connection.execute("SELECT set_config('heed.school', $1, false)", str(school.id))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def chronology(school: School, pupil_id: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await school.dsl.get(f"/pupils/{pupil_id}/chronology")).json()["entries"]
    return found


@pytest.mark.parametrize("categories", [[], None])
async def test_r62_without_a_category_nothing_is_logged(school: School, categories: list[str] | None) -> None:
    concern = school.concern(category_ids=categories)
    if categories is None:
        del concern["category_ids"]
    answer = await school.someone(Role.TEACHER).post("/incidents", json=concern, headers=key())
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == ["category_ids"]


async def test_r63_several_children_are_one_incident_on_the_record_of_each_with_the_part_it_had(school: School) -> None:
    ife, aisha = school.pupils["Ife Adeyemi 1A"], school.pupils["Aisha Khan 3A"]
    physical, harm = school.categories["Behaviour incident/Physical"], school.categories["Peer on peer abuse"]
    pupils = [
        {"pupil_id": str(school.rowan), "part": "alleged", "category_ids": [str(physical)]},
        {"pupil_id": str(ife), "part": "harmed", "category_ids": [str(harm)]},
        {"pupil_id": str(aisha), "part": "witness"},
    ]
    incident_id = await school.log(school.someone(Role.TEACHER), of="Behaviour incident/Physical", pupils=pupils)
    for pupil_id, part in ((school.rowan, "alleged"), (ife, "harmed"), (aisha, "witness")):
        (entry,) = await chronology(school, pupil_id)
        assert entry["id"] == str(incident_id)
        assert [one["part"] for one in entry["pupils"] if one["pupil_id"] == str(pupil_id)] == [part]
    whole = (await school.dsl.get(f"/incidents/{incident_id}")).json()
    filed = {one["pupil_id"]: one["category_ids"] for one in whole["pupils"]}
    # Who was harmed is not filed under what the other is said to have done.
    assert filed[str(school.rowan)] == [str(physical)]
    assert filed[str(ife)] == [str(harm)]


async def test_r64_a_sibling_is_linked_by_the_writers_choice_alone(school: School) -> None:
    """Ife is Rowan's sister, of the same name: nothing is put on her record unless somebody says that it matters."""
    ife = school.pupils["Ife Adeyemi 1A"]
    teacher = school.someone(Role.TEACHER)
    await school.log(teacher)
    assert await chronology(school, ife) == []
    coached = await teacher.post("/coach", json={"text": "Rowan sat alone.", "pupil_ids": [str(school.rowan)]})
    assert [one for one in coached.json()["findings"] if one["rule"] == "unlinked"] == []
    pupils = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(ife), "part": "sibling"}]
    incident_id = await school.log(teacher, pupils=pupils)
    assert [entry["id"] for entry in await chronology(school, ife)] == [str(incident_id)]


@pytest.mark.parametrize("role", [Role.SENIOR_LEADER, Role.SENCO, Role.DEPUTY_DSL, Role.PASTORAL, Role.TEACHER])
async def test_r21_r22_who_was_at_a_meeting_or_a_visit_of_an_agency_records_it_with_the_agency(
    school: School, role: Role
) -> None:
    agencies = (await school.dsl.get("/lists/agencies")).json()["entries"]
    nurse = next(one["id"] for one in agencies if one["name"] == "School nurse")
    incident_id = await school.log(
        school.someone(role),
        of="CAF/Early Help Plan/TAF meeting",
        narrative="The school nurse visited. Agreed: hearing test by Friday.",
        agencies=[{"agency_id": nurse, "note": "Will write to the GP."}],
    )
    (entry,) = await chronology(school, school.rowan)
    assert entry["id"] == str(incident_id)
    whole = (await school.dsl.get(f"/incidents/{incident_id}")).json()
    assert [(one["name"], one["note"]) for one in whole["agencies"]] == [("School nurse", "Will write to the GP.")]

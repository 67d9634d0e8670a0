"""What a concern says beside its words: it is kept with them, read back, and carried by a correction."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School, key
from tests.issuer import Client

pytestmark = pytest.mark.postgres

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


async def entry(school: School, which: str, name: str) -> str:
    found = (await school.dsl.get(f"/lists/{which}")).json()["entries"]
    return str(next(one["id"] for one in found if one["name"] == name))


async def whole(school: School, incident_id: UUID) -> dict[str, Any]:
    answer = await school.dsl.get(f"/incidents/{incident_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def refused(school: School, path: str, **wrong: Any) -> str:
    answer = await school.someone(Role.TEACHER).post("/incidents", json=school.concern(**wrong), headers=key())
    assert answer.status_code == 422, answer.text
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    return str(answer.json()["errors"][0]["message"])


@pytest.fixture
def okafor(school: School) -> Client:
    return school.someone(Role.TEACHER, assurance=Assurance.MFA)


def mark(pupil_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "pupil_id": str(pupil_id),
        "view": "front",
        "figure": "child",
        "x": 0.62,
        "y": 0.41,
        "kind": "bruise",
    } | more


async def everything(school: School) -> dict[str, Any]:
    """A concern in all the fields of the form (R41), of two children."""
    ife = school.pupils["Ife Adeyemi 1A"]
    return {
        "of": "Behaviour incident",
        "pupils": [{"pupil_id": str(school.rowan), "part": "harmed"}, {"pupil_id": str(ife), "part": "alleged"}],
        "occurred_at": "2026-03-03T12:40:00Z",
        "time_known": "about",
        "location_id": await entry(school, "locations", "Playground"),
        "location_words": "by the climbing frame",
        "actions_taken": [
            {"text": "Put a cold pack on his arm.", "pupil_ids": [str(school.rowan)]},
            {"text": "Rang both homes."},
        ],
        "agencies": [{"agency_id": await entry(school, "agencies", "School nurse"), "note": "Looked at the arm."}],
        "sanction": "Ife stayed in at afternoon play.",
        "urgent": True,
        "told_in_person_id": str(new_id()),
        "marks": [
            mark(school.rowan, size_mm=20, colour="red", words="He pointed at it."),
            mark(ife, view="hands", x=0.0, y=1.0, kind="scratch"),
            mark(school.rowan, view="back", drawing_version=2),
        ],
    }


async def test_r41_every_field_of_the_form_is_read_back_by_its_writer_and_by_the_dsl(
    school: School, okafor: Client
) -> None:
    sent = await everything(school)
    incident_id = await school.log(okafor, **sent)
    own = (await okafor.get(f"/incidents/{incident_id}")).json()
    assert own["view"] == "own"
    for shown in (own, await whole(school, incident_id)):
        assert shown["time_known"] == "about"
        assert shown["occurred_at"] == "2026-03-03T12:40:00Z"
        assert shown["location"]["name"] == "Playground"
        assert shown["location"]["words"] == "by the climbing frame"
        assert [(one["name"], one["note"]) for one in shown["agencies"]] == [("School nurse", "Looked at the arm.")]
        assert shown["sanction"] == sent["sanction"]
        assert shown["told_in_person_id"] == sent["told_in_person_id"]
        assert shown["urgent"] is True
        assert len(shown["marks"]) == 3


async def test_r42_who_logged_it_and_when_is_known_without_being_asked(school: School, okafor: Client) -> None:
    before = datetime.now(UTC)
    shown = await whole(school, await school.log(okafor))
    assert shown["author_id"] == str(okafor.staff.staff_id)
    assert before <= datetime.fromisoformat(shown["logged_at"]) <= datetime.now(UTC)
    refusal = await refused(school, "author_id", author_id=str(new_id()))
    assert refusal


async def test_an_older_client_says_none_of_it_and_logs_as_before(school: School, okafor: Client) -> None:
    shown = await whole(school, await school.log(okafor))
    assert (shown["time_known"], shown["location"], shown["marks"]) == ("exact", None, [])
    assert (shown["actions_taken"], shown["agencies"], shown["sanction"]) == ([], [], None)


async def test_c8_action_taken_is_for_one_child_or_for_all_and_stored_for_each(
    school: School, okafor: Client, empty_cluster: Cluster
) -> None:
    sent = await everything(school)
    incident_id = await school.log(okafor, **sent)
    both = {str(school.rowan), str(school.pupils["Ife Adeyemi 1A"])}
    shown = (await whole(school, incident_id))["actions_taken"]
    assert [(one["text"], set(one["pupil_ids"])) for one in shown] == [
        ("Put a cold pack on his arm.", {str(school.rowan)}),
        ("Rang both homes.", both),
    ]
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    stored = await connection.fetchval("SELECT count(*) FROM incident_taken_pupil WHERE incident_id = $1", incident_id)
    await connection.close()
    assert stored == 3


async def test_r57_r58_action_taken_for_a_child_who_is_not_linked_is_refused(school: School) -> None:
    ife = str(school.pupils["Ife Adeyemi 1A"])
    wrong = [{"text": "Rang home.", "pupil_ids": [str(school.rowan), ife]}]
    assert "not linked" in await refused(school, "actions_taken.0.pupil_ids.1", actions_taken=wrong)
    await refused(school, "actions_taken.0.text", actions_taken=[{"text": "  "}])


async def test_r65_marks_of_a_body_map_are_numbered_per_child_and_kept_to_the_letter(
    school: School, okafor: Client
) -> None:
    shown = (await whole(school, await school.log(okafor, **await everything(school))))["marks"]
    rowans = [one for one in shown if one["pupil_id"] == str(school.rowan)]
    assert [(one["number"], one["view"], one["drawing_version"]) for one in rowans] == [(1, "front", 1), (2, "back", 2)]
    assert (rowans[0]["x"], rowans[0]["y"], rowans[0]["size_mm"]) == (0.62, 0.41, 20)
    assert (rowans[0]["colour"], rowans[0]["words"], rowans[0]["kind"]) == ("red", "He pointed at it.", "bruise")
    [ifes] = [one for one in shown if one["pupil_id"] != str(school.rowan)]
    assert (ifes["number"], ifes["view"], ifes["x"], ifes["y"]) == (1, "hands", 0.0, 1.0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"x": 1.01}, "x"),
        ({"y": -0.01}, "y"),
        ({"view": "inside"}, "view"),
        ({"figure": "doll"}, "figure"),
        ({"kind": "culpable"}, "kind"),
        ({"size_mm": 0}, "size_mm"),
        ({"words": "a\x00b"}, "words"),
    ],
)
async def test_r65_a_mark_that_lies_nowhere_is_refused(school: School, wrong: dict[str, Any], field: str) -> None:
    await refused(school, f"marks.0.{field}", marks=[mark(school.rowan, **wrong)])


async def test_r65_a_mark_on_a_child_who_is_not_linked_is_refused(school: School) -> None:
    await refused(school, "marks.0.pupil_id", marks=[mark(school.pupils["Ife Adeyemi 1A"])])


@pytest.mark.parametrize("known", ["exact", "about", "date_only"])
async def test_r66_the_time_of_the_incident_is_wanted_unless_it_is_not_known(school: School, known: str) -> None:
    assert "not known" in await refused(school, "occurred_at", occurred_at=None, time_known=known)


async def test_r66_what_is_not_known_has_no_time_and_no_lateness(school: School, okafor: Client) -> None:
    await refused(school, "occurred_at", time_known="not_known")
    incident_id = await school.log(okafor, occurred_at=None, time_known="not_known")
    shown = await whole(school, incident_id)
    assert (shown["occurred_at"], shown["late_by"], shown["time_known"]) == (None, None, "not_known")
    listed = (await school.dsl.post("/incidents/summaries", json={"ids": [str(incident_id)]})).json()["summaries"]
    assert listed[0]["occurred_at"] is None


async def test_r66_of_a_date_alone_the_day_counts_and_never_one_to_come(school: School, okafor: Client) -> None:
    shown = await whole(
        school, await school.log(okafor, occurred_at="2026-06-03T23:30:00+01:00", time_known="date_only")
    )
    assert shown["occurred_at"] == "2026-06-03T11:00:00Z"
    tomorrow = (datetime.now(UTC) + timedelta(days=1, hours=1)).isoformat()
    assert "future" in await refused(school, "occurred_at", occurred_at=tomorrow, time_known="date_only")


async def test_r55_c11_lateness_is_measured_and_never_bars(school: School, okafor: Client) -> None:
    late = await whole(school, await school.log(okafor, occurred_at=(YESTERDAY - timedelta(days=1)).isoformat()))
    assert 0 < late["late_by"] < 3 * 86_400
    assert (await whole(school, await school.log(okafor)))["late_by"] == 0


async def test_r75_an_agency_is_chosen_from_the_schools_own_list(school: School, house: School) -> None:
    names = [one["name"] for one in (await school.dsl.get("/lists/agencies")).json()["entries"]]
    assert {"Children's social care", "Police", "CAMHS"} <= set(names)
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    for unknown in (new_id(), await entry(other, "agencies", "Police"), await entry(school, "locations", "Hall")):
        await refused(school, "agencies.0.agency_id", agencies=[{"agency_id": str(unknown)}])
    await refused(school, "location_id", location_id=await entry(school, "agencies", "Police"))


async def test_r19_r127_a_sanction_stands_beside_a_breach_of_the_behaviour_policy_only(
    school: School, okafor: Client
) -> None:
    shown = await whole(school, await school.log(okafor, of="Behaviour incident/Verbal", sanction="Missed his break."))
    assert shown["sanction"] == "Missed his break."
    assert "sanction" in await refused(school, "sanction", of="Welfare Concern", sanction="Missed his break.")
    asked = {c["name"] for c in (await school.dsl.get("/categories")).json()["categories"] if c["asks_sanction"]}
    assert asked == {"Behaviour incident", "Online", "Physical", "Sexual behaviour", "Verbal"}


async def test_r56_urgent_says_which_dsl_was_told_in_person(school: School, okafor: Client) -> None:
    haddad = str(new_id())
    shown = await whole(school, await school.log(okafor, urgent=True, told_in_person_id=haddad))
    assert (shown["urgent"], shown["told_in_person_id"]) == (True, haddad)


async def test_a_correction_carries_all_of_it_and_leaves_the_first_beside_it(school: School, okafor: Client) -> None:
    sent = await everything(school)
    incident_id = await school.log(okafor, **sent)
    better = school.concern(**sent | {"location_words": "by the gate", "marks": [mark(school.rowan, kind="cut")]})
    answer = await school.dsl.post(f"/incidents/{incident_id}/corrections", json=better | {"reason": "Misheard."})
    assert answer.status_code == 200, answer.text
    shown = await whole(school, incident_id)
    assert shown["location"]["words"] == "by the gate"
    assert [one["kind"] for one in shown["marks"]] == ["cut"]
    first, second = shown["revisions"]
    assert (first["location"]["words"], len(first["marks"])) == ("by the climbing frame", 3)
    assert (second["location"]["words"], len(second["marks"]), second["sanction"]) == (
        "by the gate",
        1,
        sent["sanction"],
    )
    own = (await okafor.get(f"/incidents/{incident_id}")).json()
    assert own["location"]["words"] == "by the climbing frame"


async def test_lateness_is_that_of_the_first_writing_also_after_a_correction(school: School, okafor: Client) -> None:
    incident_id = await school.log(okafor)
    body = school.concern(occurred_at=(YESTERDAY - timedelta(days=9)).isoformat()) | {"reason": "It was last week."}
    await school.dsl.post(f"/incidents/{incident_id}/corrections", json=body)
    shown = await whole(school, incident_id)
    assert shown["late_by"] > 8 * 86_400
    assert [one["late_by"] for one in shown["revisions"]] == [0, shown["late_by"]]


async def test_a_double_tap_with_all_fields_is_one_incident_and_other_marks_are_another(
    school: School, okafor: Client
) -> None:
    once, body = key(), school.concern(**await everything(school))
    first = await okafor.post("/incidents", json=body, headers=once)
    again = await okafor.post("/incidents", json=body, headers=once)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = await okafor.post("/incidents", json=body | {"marks": []}, headers=once)
    assert other.status_code == 409


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident_mark SET kind = 'other'",
        "DELETE FROM incident_mark",
        "UPDATE incident_taken SET text = ''",
        "DELETE FROM incident_taken_pupil",
        "UPDATE incident_agency SET note = NULL",
        "UPDATE incident_revision SET late_by = 0",
        "UPDATE incident_revision SET sanction = NULL",
        "DELETE FROM list_entry",
    ],
)
async def test_r53_nothing_beside_the_words_can_be_rewritten_either(
    school: School, empty_cluster: Cluster, statement: str
) -> None:
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    await connection.execute("SELECT set_config('heed.school', $1, false)", str(school.id))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()

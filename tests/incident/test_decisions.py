"""Decisions with their reasons, consent with its ground, review and closing, and what an author is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incident.domain import State, Step, difference, state_after
from shared.contracts.words import Assurance, Role
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_owed_actions import finish, give
from tests.incident.test_reading import ELEVATED, ORDINARY, PROTECTION, SENSITIVE, alert

pytestmark = pytest.mark.postgres

NOT_YET = {
    "kind": "not_to_refer",
    "what": "We do not refer to social care today.",
    "alternatives": "A referral at once.",
    "reason": "His aunt is with him.",
}
GIVEN = {"answer": "given", "of_whom": "his aunt"}


async def whole(school: School, incident_id: object) -> dict[str, Any]:
    answer = await school.dsl.get(f"/incidents/{incident_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_r1_a_decision_stands_with_what_else_was_possible_and_why_also_not_to_refer(school: School) -> None:
    aisha = school.pupils["Aisha Khan 3A"]
    both = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(aisha), "part": "harmed"}]
    incident_id = await school.log(school.someone(Role.TEACHER), pupils=both)
    path = f"/incidents/{incident_id}/decisions"
    bare = await school.dsl.post(path, json={**NOT_YET, "alternatives": " ", "reason": "", "kind": "refer"})
    assert [error["path"] for error in bare.json()["errors"]] == ["reason"]
    blank = await school.dsl.post(path, json={**NOT_YET, "alternatives": " ", "reason": " ", "kind": "refer"})
    assert [error["path"] for error in blank.json()["errors"]] == ["alternatives", "reason", "body"]
    stranger = {**NOT_YET, "pupil_ids": [str(school.pupils["Ife Adeyemi 1A"])]}
    assert (await school.dsl.post(path, json=stranger)).json()["errors"][0]["path"] == "pupil_ids.0"
    for body in (
        NOT_YET,
        {**NOT_YET, "kind": "refer", "body": "Children's social care", "reference": "CSC-4", "pupil_ids": [str(aisha)]},
    ):
        assert (await school.dsl.post(path, json=body)).status_code == 201
    first, second = (await whole(school, incident_id))["decisions"]
    assert {name: first[name] for name in NOT_YET} == NOT_YET
    assert set(first["pupil_ids"]) == {str(school.rowan), str(aisha)}
    assert (second["body"], second["reference"], second["pupil_ids"]) == (
        "Children's social care",
        "CSC-4",
        [str(aisha)],
    )


async def test_r13_consent_is_asked_given_refused_or_not_sought_on_one_of_three_grounds(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    path = f"/incidents/{incident_id}/consents"
    for wrong, field in (
        ({"answer": "not_sought"}, "ground"),
        ({"answer": "not_sought", "ground": "not_possible", "of_whom": "his aunt"}, "answer"),
        ({"answer": "given"}, "of_whom"),
        ({**GIVEN, "ground": "child_at_risk"}, "ground"),
        ({**GIVEN, "asked_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, "asked_at"),
    ):
        assert [e["path"] for e in (await school.dsl.post(path, json=wrong)).json()["errors"]] == [field]
    for ground in ("not_possible", "not_to_be_expected", "child_at_risk"):
        answer = await school.dsl.post(path, json={"answer": "not_sought", "ground": ground})
        assert answer.status_code == 201, answer.text
    assert (await school.dsl.post(path, json={"answer": "not_sought", "ground": "no_time"})).status_code == 422


async def test_r130_the_newest_answer_of_a_child_counts_and_all_are_kept(school: School) -> None:
    aisha = school.pupils["Aisha Khan 3A"]
    both = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(aisha)}]
    incident_id = await school.log(school.someone(Role.TEACHER), pupils=both)
    path = f"/incidents/{incident_id}/consents"
    for body in (
        {"answer": "asked", "of_whom": "their mothers"},
        {"answer": "refused", "of_whom": "her mother", "pupil_ids": [str(aisha)]},
    ):
        assert (await school.dsl.post(path, json=body)).status_code == 201
    kept = [(c["pupil_id"], c["answer"], c["counts"]) for c in (await whole(school, incident_id))["consents"]]
    assert set(kept[:2]) == {(str(school.rowan), "asked", True), (str(aisha), "asked", False)}
    assert kept[2:] == [(str(aisha), "refused", True)]


async def test_r86_who_asked_whom_and_when_is_on_the_record(school: School) -> None:
    teacher = school.someone(Role.TEACHER)
    incident_id = await school.log(teacher)
    asked_at = datetime.now(UTC) - timedelta(hours=2)
    body = {**GIVEN, "asked_by_id": str(teacher.staff.staff_id), "asked_at": asked_at.isoformat(), "note": "By phone."}
    dsl = school.dsl
    await dsl.post(f"/incidents/{incident_id}/consents", json=body)
    await dsl.post(f"/incidents/{incident_id}/consents", json=GIVEN)
    first, second = (await whole(school, incident_id))["consents"]
    assert (first["asked_by_id"], datetime.fromisoformat(first["asked_at"])) == (body["asked_by_id"], asked_at)
    assert (first["note"], first["by_id"]) == ("By phone.", str(dsl.staff.staff_id))
    assert second["asked_by_id"] == str(dsl.staff.staff_id)


async def test_r1_decisions_and_consent_are_not_changed_and_not_deleted(school: School, empty_cluster: Cluster) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    await school.dsl.post(f"/incidents/{incident_id}/decisions", json=NOT_YET)
    await school.dsl.post(f"/incidents/{incident_id}/consents", json=GIVEN)
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    await connection.execute("SELECT set_config('heed.school', $1, false)", str(school.id))
    for table in ("decision", "decision_pupil", "consent", "action", "action_finished", "incident_step"):
        for statement in (f"UPDATE {table} SET school_id = school_id", f"DELETE FROM {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    await connection.close()


async def test_r29_decisions_and_consent_are_for_those_who_may_close_what_they_may_read(school: School) -> None:
    author, reader = school.someone(Role.TEACHER), school.someone(Role.SUPPORT)
    incident_id = await school.log(author, of=PROTECTION)
    await alert(school, reader, incident_id)
    for path, body in (("decisions", NOT_YET), ("consents", GIVEN), ("review", {"reason": "To look."})):
        route = f"/incidents/{incident_id}/{path}"
        for one in (author, reader, school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)):
            assert (await one.post(route, json=body)).status_code == 403
        assert (await school.someone(Role.SENCO, assurance=ELEVATED).post(route, json=body)).status_code == 404
        plain = await school.someone(Role.LEAD_DSL, assurance=Assurance.MFA).post(route, json=body)
        assert plain.json()["type"].endswith("/elevation-required")
        assert (await school.dsl.post(route, json=body)).status_code in {200, 201}
    low = await school.log(author, of=SENSITIVE)
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    assert (await senco.post(f"/incidents/{low}/decisions", json=NOT_YET)).status_code == 201
    shielded = school.someone(Role.HEAD, assurance=ELEVATED, shields=(school.rowan,))
    assert (await shielded.post(f"/incidents/{low}/decisions", json=NOT_YET)).status_code == 404
    shown = await reader.get(f"/incidents/{incident_id}")
    assert len(shown.json()["decisions"]) == 1
    assert "decisions" not in (await author.get(f"/incidents/{incident_id}")).json()


async def test_every_decision_and_consent_is_on_the_audit_with_its_children(
    school: School, empty_cluster: Cluster
) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    dsl = school.dsl
    await dsl.post(f"/incidents/{incident_id}/decisions", json=NOT_YET)
    await dsl.post(f"/incidents/{incident_id}/consents", json=GIVEN)
    await dsl.post(f"/incidents/{incident_id}/review", json={"reason": "To look."})
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch(
        "SELECT action, pupil_ids, details::text FROM audit WHERE staff_id = $1", dsl.staff.staff_id
    )
    await connection.close()
    assert {row["action"] for row in rows} == {"decision:recorded", "consent:recorded", "incident:under_review"}
    assert all(row["pupil_ids"] == [school.rowan] for row in rows)
    assert not any("aunt" in row["details"] for row in rows)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_r61_what_may_follow_each_state(state: State, step: Step) -> None:
    expected = {
        (State.OPEN, Step.REVIEW): State.UNDER_REVIEW,
        (State.OPEN, Step.CLOSE): State.CLOSED,
        (State.UNDER_REVIEW, Step.CLOSE): State.CLOSED,
        (State.CLOSED, Step.REOPEN): State.OPEN,
    }
    assert state_after(state, step) is expected.get((state, step))


async def test_r61_review_close_and_reopen_each_with_reason_and_person(school: School) -> None:
    dsl = school.dsl
    incident_id = await school.log(school.someone(Role.TEACHER))
    path = f"/incidents/{incident_id}"
    for step, status in (("reopen", 409), ("review", 200), ("review", 409), ("close", 200), ("review", 409)):
        assert (await dsl.post(f"{path}/{step}", json={"reason": f"To {step}."})).status_code == status, step
    assert (await whole(school, incident_id))["state"] == "closed"
    # Closed stays addable.
    assert (await dsl.post(f"{path}/actions", json={"text": "Rang home after all."})).status_code == 201
    assert (await dsl.post(f"{path}/decisions", json=NOT_YET)).status_code == 201
    assert (await dsl.post(f"{path}/reopen", json={"reason": "He spoke again."})).json()["state"] == "open"
    steps = (await whole(school, incident_id))["steps"]
    assert [(step["step"], step["reason"]) for step in steps] == [
        ("under_review", "To review."),
        ("closed", "To close."),
        ("reopened", "He spoke again."),
    ]
    assert {step["by_id"] for step in steps} == {str(dsl.staff.staff_id)}


async def test_r61_what_is_still_to_be_done_keeps_an_incident_open(school: School) -> None:
    dsl = school.dsl
    incident_id = await school.log(school.someone(Role.TEACHER))
    action_id = await give(school, incident_id, dsl, by=dsl)
    path = f"/incidents/{incident_id}/close"
    refused = await dsl.post(path, json={"reason": "Done."})
    assert (refused.status_code, "still to be done" in refused.json()["detail"]) == (409, True)
    await finish(dsl, incident_id, action_id)
    assert (await dsl.post(path, json={"reason": "Done."})).status_code == 200


async def test_r20_bullying_and_racism_are_not_closed_before_something_followed(school: School) -> None:
    dsl = school.dsl
    for of in ("Peer on peer abuse", "Peer on peer abuse/Racist", "Peer on peer abuse/Bullying Allegation"):
        incident_id = await school.log(school.someone(Role.TEACHER), of=of)
        path = f"/incidents/{incident_id}"
        refused = await dsl.post(f"{path}/close", json={"reason": "Seen."})
        assert (refused.status_code, "followed up" in refused.json()["detail"]) == (409, True)
        await dsl.post(f"{path}/actions", json={"text": "Spoke to both families."})
        assert (await dsl.post(f"{path}/close", json={"reason": "Seen."})).status_code == 200
    incident_id = await school.log(school.someone(Role.TEACHER), of="Peer on peer abuse")
    await dsl.post(f"/incidents/{incident_id}/decisions", json=NOT_YET)
    assert (await dsl.post(f"/incidents/{incident_id}/close", json={"reason": "Seen."})).status_code == 200


async def test_r123_an_author_reads_the_actions_they_are_told_of_and_nothing_else_that_followed(
    school: School, empty_cluster: Cluster
) -> None:
    author = school.someone(Role.TEACHING_ASSISTANT)
    incident_id = await school.log(author)
    path = f"/incidents/{incident_id}"
    assert (await author.get(f"{path}/told-detail")).json() == {"actions": []}
    await school.dsl.post(f"{path}/actions", json={"text": "His aunt collects him.", "tell_author": True})
    await school.dsl.post(f"{path}/actions", json={"text": "Referred to social care."})
    await school.dsl.post(f"{path}/decisions", json=NOT_YET)
    told = await author.get(f"{path}/told-detail")
    assert [action["text"] for action in told.json()["actions"]] == ["His aunt collects him."]
    assert set(told.json()["actions"][0]) == {"text", "at"}
    assert (await school.dsl.get(f"{path}/told-detail")).status_code == 403
    assert (await school.someone(Role.SUPPORT).get(f"{path}/told-detail")).status_code == 404
    shielded = school.client(replace(author.staff, shields=frozenset({school.rowan})))
    assert (await shielded.get(f"{path}/told-detail")).json() == {"actions": []}
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT pupil_ids FROM audit WHERE action = 'incident:told_read'")
    await connection.close()
    assert [row["pupil_ids"] for row in rows] == [[school.rowan]] * 3


async def test_r74_an_incident_is_found_by_its_number_within_reach(school: School) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author, of=ORDINARY)
    high = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    number, above = [(await whole(school, i))["number"] for i in (incident_id, high)]
    by_number = await school.dsl.get(f"/incidents/by-number/{number}")
    assert (by_number.json()["id"], by_number.headers["etag"]) == (str(incident_id), '"1"')
    own = await author.get(f"/incidents/by-number/{number}")
    assert (own.json()["view"], "etag" in own.headers) == ("own", False)
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    hidden, absent = [await senco.get(f"/incidents/by-number/{n}") for n in (above, 999)]
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert (await school.someone(Role.HEAD).get(f"/incidents/by-number/{above}")).status_code == 403


async def test_r54_a_correction_is_shown_as_one_with_the_first_words_first_and_the_difference_as_data(
    school: School,
) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author, narrative="Rowan ran out at ten.", action_taken="Called him in.")
    corrected = school.concern(narrative="Rowan ran out at nine.", action_taken="Called him in.")
    answer = await school.dsl.post(
        f"/incidents/{incident_id}/corrections", json=corrected | {"reason": "The time was wrong."}
    )
    assert answer.status_code == 200, answer.text
    first, second = (await whole(school, incident_id))["revisions"]
    assert (first["narrative"], first["changes"], first["reason"]) == ("Rowan ran out at ten.", None, None)
    assert (second["reason"], second["at"] > first["at"]) == ("The time was wrong.", True)
    assert [(piece["change"], piece["text"]) for piece in second["changes"]["narrative"]] == [
        ("same", "Rowan ran out at "),
        ("removed", "ten."),
        ("added", "nine."),
    ]
    assert {piece["change"] for piece in second["changes"]["action_taken"]} == {"same"}
    # The author has their first words (C1), and adds to them rather than having them passed on (R59).
    assert (await author.get(f"/incidents/{incident_id}")).json()["narrative"] == "Rowan ran out at ten."


async def test_r59_a_concern_stays_with_who_wrote_it(school: School) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author)
    body = school.concern() | {"reason": "x", "author_id": str(school.dsl.staff.staff_id)}
    passed_on = await school.dsl.post(f"/incidents/{incident_id}/corrections", json=body)
    assert passed_on.status_code == 422
    assert (await whole(school, incident_id))["author_id"] == str(author.staff.staff_id)


def test_c1_the_difference_of_the_longest_texts_is_made_at_once_whatever_they_hold() -> None:
    words = [chr(97 + i // 26) + chr(97 + i % 26) for i in range(110)]
    before, after = " ".join(words * 60), " ".join([*reversed(words)] * 60)
    began = perf_counter()
    pieces = difference(before, after)
    assert perf_counter() - began < 1.0
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after


@given(st.text("ab \n"), st.text("ab \n"))
def test_c1_a_difference_holds_both_texts_whole_and_nothing_else(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
    assert all(piece.text for piece in pieces)
    assert pieces == difference(before, after)
    assert before != after or {piece.change for piece in pieces} <= {"same"}

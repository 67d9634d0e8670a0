"""A child's record: who opens it, what of it they see, and what stays on the audit."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role, TrustRole
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import ROLL, School
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ELEVATED = Assurance.ELEVATED
CSV = {"headers": {"content-type": "text/csv"}}
WIDE = (Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL, Role.SENCO, Role.SENIOR_LEADER, Role.PASTORAL)
SEES_PROTECTION = {Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL, Role.SENIOR_LEADER}


def at(school: School, *roles: Role, **rest: Any) -> Client:
    return school.someone(*roles, assurance=ELEVATED, **rest)


async def written(cluster: Cluster, query: str, *values: object) -> Any:
    connection = await asyncpg.connect(cluster.admin("incident"))
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


async def mother(cluster: Cluster, school: School) -> UUID:
    made = new_id()
    await written(
        cluster,
        "INSERT INTO pupil_contact (school_id, id, pupil_id, priority, title, forename, surname, relationship, phones, "
        "parental_responsibility, source, since) VALUES ($1, $2, $3, 1, 'Mrs', 'Bola', 'Adeyemi', 'Mother', "
        """'[{"kind": "M", "number": "07700 900123"}]', true, 'ctf', '2026-09-01')""",
        school.id,
        made,
        school.rowan,
    )
    return made


async def test_r92_senior_staff_open_every_record_and_a_teacher_those_of_the_class(school: School) -> None:
    path = f"/pupils/{school.rowan}"
    for role in WIDE:
        answer = await at(school, role).get(path)
        assert answer.status_code == 200, role
        assert answer.json()["name"] == "Rowan Adeyemi"
    assert (await at(school, Role.TEACHER, classes=("4B",)).get(path)).status_code == 200
    for role in (Role.TEACHING_ASSISTANT, Role.SUPPORT):
        assert (await at(school, role, classes=("4B",)).get(path)).status_code == 403
    assert (await school.someone(Role.LEAD_DSL).get(path)).status_code == 403


async def test_r40_without_elevated_access_nobody_opens_a_record_and_behind_glass_nothing_is_changed(
    school: School,
) -> None:
    path = f"/pupils/{school.rowan}"
    for role in Role:
        answer = await school.someone(role, classes=("4B",)).get(path)
        assert answer.status_code == 403, role
    lead = school.someone(trust_roles=(TrustRole.TRUST_SAFEGUARDING_LEAD,), assurance=ELEVATED)
    assert (await lead.get(path)).status_code == 404
    behind = school.client(replace(lead.staff, break_glass=new_id(), break_glass_pupil=school.rowan))
    opened = await behind.get(path)
    assert (opened.status_code, opened.json()["break_glass"]) == (200, True)
    assert (await behind.get(f"/pupils/{school.pupils['Ife Adeyemi 1A']}")).status_code == 404
    for change in (
        behind.post(f"{path}/flags", json={"kind": "medical"}),
        behind.ask("PUT", f"{path}/preferred-name", json={"forename": "Ro"}),
    ):
        assert (await change).status_code == 403


async def test_what_is_out_of_reach_looks_like_nothing(school: School) -> None:
    nowhere = await at(school, Role.TEACHER, classes=("4B",)).get(f"/pupils/{new_id()}")
    assert nowhere.status_code == 404
    ife = school.pupils["Ife Adeyemi 1A"]
    shielded = at(school, Role.HEAD, shields=(school.rowan,))
    elsewhere = School(school.http, school.auth, school.alerting, school.db)
    for client, pupil in (
        (at(school, Role.TEACHER, classes=("4B",)), ife),
        (shielded, school.rowan),
        (elsewhere.dsl, school.rowan),
    ):
        answer = await client.get(f"/pupils/{pupil}")
        assert (answer.status_code, answer.content) == (404, nowhere.content)
        for path, body in (("flags", {"kind": "medical"}), ("names-apart", {"reason": "Order."})):
            refused = await client.post(f"/pupils/{pupil}/{path}", json=body)
            assert refused.status_code in {403, 404}
    trusts = school.someone(trust_roles=(TrustRole.TRUST_ADMINISTRATOR,), assurance=ELEVATED)
    assert (await trusts.get(f"/pupils/{school.rowan}")).status_code == 403


async def test_a_child_who_left_is_the_dsl_teams_alone(school: School) -> None:
    without = ROLL.replace(",Adeyemi,Rowan,2017-03-12,M,4,4B\n", "")
    assert (await school.dsl.post("/roll", content=without, **CSV)).json()["left"] == 1
    for role in WIDE:
        team = role in {Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL}
        assert (await at(school, role).get(f"/pupils/{school.rowan}")).status_code == (200 if team else 404)
    teacher = at(school, Role.TEACHER, classes=("4B",))
    assert (await teacher.get(f"/pupils/{school.rowan}")).status_code == 404


async def test_r45_the_picker_shows_the_preferred_name_and_every_name_of_before_finds_the_child(school: School) -> None:
    senco = at(school, Role.SENCO)
    for forename in ("Ro", "Robin"):
        body = {"forename": forename}
        answer = await senco.ask("PUT", f"/pupils/{school.rowan}/preferred-name", json=body)
        assert answer.status_code == 204, answer.text
    renamed = ROLL.replace("Adeyemi,Rowan", "Cole,Rowan")
    with_upn = ROLL.replace(",Adeyemi,Rowan", "B801200005001,Adeyemi,Rowan")
    await school.dsl.post("/roll", content=with_upn, **CSV)
    renamed = with_upn.replace("Adeyemi,Rowan", "Cole,Rowan")
    assert (await school.dsl.post("/roll", content=renamed, **CSV)).json()["changed"] == 1
    for starts in ("rob", "rowan", "ro ad", "cole", "adeyemi ro", "robin cole"):
        found = (await senco.get("/pupils", params={"starts": starts})).json()["pupils"]
        assert (str(school.rowan), "Robin Cole") in [(p["id"], p["name"]) for p in found], starts
    assert (await school.dsl.post("/roll", content=renamed, **CSV)).json()["unchanged"] == 5
    record = (await senco.get(f"/pupils/{school.rowan}")).json()
    before = [(name["kind"], name["forename"], name["surname"]) for name in record["names_before"]]
    assert before == [("preferred", "Ro", "Adeyemi"), ("legal", "Rowan", "Adeyemi")]
    assert (record["legal_surname"], record["preferred_forename"]) == ("Cole", "Robin")


async def test_names_that_are_kept_apart_are_not_shown_found_or_changed_by_a_file(school: School) -> None:
    with_upn = ROLL.replace(",Adeyemi,Rowan", "B801200005001,Adeyemi,Rowan")
    await school.dsl.post("/roll", content=with_upn, **CSV)
    await school.dsl.post("/roll", content=with_upn.replace("Adeyemi,Rowan", "Cole,Rowan"), **CSV)
    path = f"/pupils/{school.rowan}"
    refused = await at(school, Role.SENIOR_LEADER).post(f"{path}/names-apart", json={"reason": "Order."})
    assert refused.status_code == 403
    assert (await school.dsl.post(f"{path}/names-apart", json={"reason": "Adoption order."})).status_code == 204
    found = (await school.dsl.get("/pupils", params={"starts": "adeyemi"})).json()["pupils"]
    assert str(school.rowan) not in {pupil["id"] for pupil in found}
    await school.dsl.post("/roll", content=with_upn.replace("Adeyemi,Rowan", "Marsh,Rowan"), **CSV)
    record = (await school.dsl.get(path)).json()
    assert (record["legal_surname"], record["names_before"], record["names_apart"]) == ("Cole", [], True)
    assert (await at(school, Role.SENCO).get(path)).json()["names_apart"] is None


async def test_r94_contacts_with_whom_not_to_call_and_why_for_those_who_may_change_it(
    school: School, empty_cluster: Cluster
) -> None:
    contact, path = await mother(empty_cluster, school), f"/pupils/{school.rowan}"
    reason = {"reason": "Court order: no contact."}
    place = f"{path}/contacts/{contact}/do-not-contact"
    assert (await at(school, Role.TEACHER, classes=("4B",)).ask("PUT", place, json=reason)).status_code == 403
    assert (await at(school, Role.PASTORAL).ask("PUT", place, json=reason)).status_code == 204
    (seen,) = (await at(school, Role.PASTORAL).get(path)).json()["contacts"]
    assert (seen["name"], seen["phones"]) == ("Mrs Bola Adeyemi", [{"kind": "M", "number": "07700 900123"}])
    assert (seen["do_not_contact"], seen["do_not_contact_reason"]) == (True, reason["reason"])
    (seen,) = (await at(school, Role.TEACHER, classes=("4B",)).get(path)).json()["contacts"]
    assert (seen["do_not_contact"], seen["do_not_contact_reason"]) == (True, None)
    assert (await at(school, Role.PASTORAL).ask("PUT", place, json={"reason": None})).status_code == 204
    (seen,) = (await at(school, Role.PASTORAL).get(path)).json()["contacts"]
    assert not seen["do_not_contact"]
    nobody = f"{path}/contacts/{new_id()}/do-not-contact"
    assert (await at(school, Role.PASTORAL).ask("PUT", nobody, json=reason)).status_code == 404


async def test_r95_the_attendance_figures_are_the_latest(school: School, empty_cluster: Cluster) -> None:
    for day, attended in ((date(2026, 10, 1), 50), (date(2026, 11, 1), 94)):
        await written(
            empty_cluster,
            "INSERT INTO pupil_attendance VALUES ($1, $2, $3, 100, $4, 4, 1, 'ctf')",
            school.id,
            school.rowan,
            day,
            attended,
        )
    seen = (await at(school, Role.TEACHER, classes=("4B",)).get(f"/pupils/{school.rowan}")).json()["attendance"]
    assert (seen["as_of"], seen["percent"], seen["unauthorised"]) == ("2026-11-01", 94.0, 1)


async def test_flags_are_seen_and_set_by_right_and_leave_no_trace_for_others(school: School) -> None:
    path = f"/pupils/{school.rowan}"
    raised = {}
    for kind in ("child_protection_plan", "child_in_need", "safe_address", "looked_after", "ehcp", "medical"):
        answer = await school.dsl.post(f"{path}/flags", json={"kind": kind})
        assert answer.status_code == 201, answer.text
        raised[kind] = answer.json()["id"]
        assert (await school.dsl.post(f"{path}/flags", json={"kind": kind})).status_code == 409
    care = {"looked_after", "ehcp", "medical"}
    for role in (*WIDE, Role.TEACHER):
        someone = at(school, role, classes=("4B",))
        seen = {flag["kind"] for flag in (await someone.get(path)).json()["flags"]}
        assert seen == (set(raised) if role in SEES_PROTECTION else care), role
    senco = at(school, Role.SENCO)
    assert (await senco.post(f"{path}/flags", json={"kind": "child_in_need"})).status_code == 403
    assert (await senco.post(f"{path}/flags/{raised['child_in_need']}/end", json={})).status_code == 404
    assert (await senco.post(f"{path}/flags/{raised['ehcp']}/end", json={})).status_code == 204
    assert (await senco.post(f"{path}/flags/{raised['ehcp']}/end", json={})).status_code == 404
    (ended,) = [flag for flag in (await senco.get(path)).json()["flags"] if flag["kind"] == "ehcp"]
    assert ended["until"]
    assert (await senco.post(f"{path}/flags", json={"kind": "ehcp"})).status_code == 201


async def test_a_upn_is_shown_when_it_is_asked_for_and_both_reads_are_on_the_audit(
    school: School, empty_cluster: Cluster
) -> None:
    with_upn = ROLL.replace(",Adeyemi,Rowan", "B801200005001,Adeyemi,Rowan")
    await school.dsl.post("/roll", content=with_upn, **CSV)
    senco = at(school, Role.SENCO)
    hidden = await senco.get(f"/pupils/{school.rowan}")
    assert "B801200005001" not in hidden.text
    assert [one["kind"] for one in hidden.json()["identifiers"]] == ["upn"]
    shown = await senco.get(f"/pupils/{school.rowan}", params={"identifiers": True})
    assert shown.json()["identifiers"][0]["value"] == "B801200005001"
    for asked in (False, True):
        reads = await written(
            empty_cluster,
            "SELECT count(*) FROM audit WHERE action = 'pupil:read' AND staff_id = $1 AND pupil_ids = ARRAY[$2::uuid] "
            "AND (details ->> 'identifiers')::boolean = $3",
            senco.staff.staff_id,
            school.rowan,
            asked,
        )
        assert reads == 1

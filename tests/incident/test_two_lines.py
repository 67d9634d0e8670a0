"""Another school's children and incidents stay there: by the queries' filters alone, by row-level security alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.incident.handlers import HANDLERS
from shared.contracts.alerting import AlertRaised
from shared.contracts.envelope import Envelope
from shared.contracts.words import Assurance, Role, Why
from shared.db import Scope
from shared.ids import new_id
from tests.architecture.two_lines import Ask, Probes, answers, naming, routes, without_own_filter, without_row_security
from tests.conftest import Cluster
from tests.incident.conftest import ROLL, School, key
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ELSEWHERE = {
    "POST /roll/imports": "answers with a new id each time; its dry run reads what the next step reads again",
    "GET /health/live": "asks no database",
    "GET /health/ready": "asks no table",
    "GET /audit": "shows what was asked meanwhile; below by itself",
    "GET /audit/sealed": "shows how far what was asked meanwhile is sealed; below by itself",
}


@dataclass
class TwoSchools:
    """Oakfield, whose rows must stay there, and Harbour, whose people ask."""

    oakfield: School
    harbour: School
    oakfields: list[UUID]
    there: UUID
    owed: UUID
    here: UUID
    oakfields_lists: list[UUID]
    waiting: UUID
    draft: UUID
    askers: list[Client]


async def alerted(school: School, staff_id: UUID, incident_id: UUID) -> None:
    event = AlertRaised(alert_id=new_id(), incident_id=incident_id, staff_id=staff_id, why=[Why.RULE])
    envelope = Envelope(
        id=new_id(),
        type=event.TYPE,
        source=event.source(),
        time=datetime.now(UTC),
        subject=incident_id,
        school_id=school.id,
        version=1,
        traceparent=None,
    )
    async with school.db.begin(Scope(school.id)) as session:
        await HANDLERS[AlertRaised](session, envelope, event)


@pytest.fixture
async def schools(house: School) -> TwoSchools:
    """The worst case: people who work in both, and wrote and were alerted over there, ask over here."""
    oakfield = await house.open()
    harbour = await School(house.http, house.auth, house.alerting, house.db).open()
    author, reader = new_id(), new_id()
    there = await oakfield.log(oakfield.someone(Role.TEACHER, staff_id=author), of="Attendance")
    owned = {"text": "Ring home.", "owner_id": str(author), "tell_author": True}
    action = await oakfield.dsl.post(f"/incidents/{there}/actions", json=owned)
    assert action.status_code == 201, action.text
    await alerted(oakfield, reader, there)
    begun = await oakfield.dsl.post("/roll/imports", content=ROLL, headers={"content-type": "text/csv"})
    here = await harbour.log(harbour.someone(Role.TEACHER, staff_id=author), of="Attendance")
    draft = new_id()
    writer = oakfield.someone(Role.TEACHER, staff_id=author)
    kept = await writer.ask("PUT", f"/drafts/{draft}", json={"version": 0, "content": {}})
    assert kept.status_code == 200, kept.text
    shown = (await oakfield.dsl.get("/lists/agencies")).json()["entries"]
    lists = [UUID(one["id"]) for one in shown]
    return TwoSchools(
        oakfield,
        harbour,
        [
            oakfield.id,
            there,
            UUID(action.json()["id"]),
            *oakfield.pupils.values(),
            *oakfield.categories.values(),
            *lists,
        ],
        there,
        UUID(action.json()["id"]),
        here,
        lists,
        UUID(begun.json()["id"]),
        draft,
        [
            harbour.someone(Role.LEAD_DSL, assurance=Assurance.ELEVATED),
            harbour.someone(Role.TEACHER, classes=("4B",), assurance=Assurance.ELEVATED, staff_id=author),
            harbour.someone(Role.SUPPORT, staff_id=reader),
        ],
    )


def probes(schools: TwoSchools) -> Probes:
    made: dict[str, list[Ask]] = {}

    def probe(route: str, path: str, **rest: object) -> None:
        for client in schools.askers:
            made.setdefault(route, []).append(_ask(client, route.split(" ", maxsplit=1)[0], path, **rest))

    there, here, harbour = schools.there, schools.here, schools.harbour
    probe("GET /pupils", "/pupils", params={"starts": "row"})
    probe("GET /behind-glass/pupils", "/behind-glass/pupils", params={"starts": "row"})
    for pupil in (schools.oakfield.rowan, harbour.rowan):
        probe("GET /behind-glass/pupils/{pupil_id}", f"/behind-glass/pupils/{pupil}")
    probe("POST /shielding/find", "/shielding/find", json={"name": "Rowan", "number": 1})
    seen = {"pupil_ids": [str(schools.oakfield.rowan)], "incident_ids": [str(there), str(here)]}
    probe("POST /shielding/named", "/shielding/named", json=seen)
    probe("POST /incidents/search", "/incidents/search", json={"words": "home"})
    probe("POST /pupils/find", "/pupils/find", json={"name": "Rowan"})
    for pupil in (schools.oakfield.rowan, harbour.rowan):
        for part in ("chronology", "significant", "patterns"):
            probe(f"GET /pupils/{{pupil_id}}/{part}", f"/pupils/{pupil}/{part}")
    # Each look at the own child is one more line in the answer to the next; the other school's child has none.
    probe("GET /pupils/{pupil_id}/looked-at", f"/pupils/{schools.oakfield.rowan}/looked-at")
    for pupil, incident_id in ((schools.oakfield.rowan, there), (harbour.rowan, there)):
        path, route = f"/pupils/{pupil}/significant/{incident_id}", "/pupils/{pupil_id}/significant/{incident_id}"
        probe(f"POST {route}", path, json={"headline": "Ours now."})
        probe(f"POST {route}/retire", f"{path}/retire", json={"reason": "Not ours."})
    probe("GET /categories", "/categories")
    theirs, entry = next(iter(schools.oakfield.categories.values())), next(iter(schools.oakfields_lists))
    probe("GET /categories/all", "/categories/all")
    probe("POST /categories", "/categories", json={"name": "Below theirs", "parent_id": str(theirs)})
    probe("PUT /categories/order", "/categories/order", json={"ids": [str(theirs)]})
    probe("PATCH /categories/{category_id}", f"/categories/{theirs}", json={"name": "Ours now"})
    probe("POST /categories/{category_id}/retire", f"/categories/{theirs}/retire")
    probe("POST /categories/{category_id}/merge", f"/categories/{theirs}/merge", json={"into": str(theirs)})
    probe("POST /coach", "/coach", json={"text": "Rowan Adeyemi and Aisha Khan were rude."})
    probe("GET /coach/words", "/coach/words")
    probe("PUT /coach/words", "/coach/words", json={"abbreviations": ["OURS"]}, headers={"If-Match": '"77"'})
    probe("GET /drafts", "/drafts")
    probe("GET /drafts/{draft_id}", f"/drafts/{schools.draft}")
    probe("PUT /drafts/{draft_id}", f"/drafts/{schools.draft}", json={"version": 1, "content": {}})
    probe("DELETE /drafts/{draft_id}", f"/drafts/{schools.draft}")
    probe("GET /lists/{which}", "/lists/agencies")
    probe("POST /lists/{which}", "/lists/agencies", json={"name": "Police"})
    probe("PUT /lists/{which}/order", "/lists/agencies/order", json={"ids": [str(entry)]})
    probe("PATCH /lists/{which}/{entry_id}", f"/lists/agencies/{entry}", json={"name": "Ours now"})
    probe("POST /lists/{which}/{entry_id}/retire", f"/lists/agencies/{entry}/retire")
    probe("POST /lists/{which}/{entry_id}/merge", f"/lists/agencies/{entry}/merge", json={"into": str(entry)})
    probe("POST /categories/standard", "/categories/standard")
    probe("POST /roll", "/roll", content=ROLL, headers={"content-type": "text/csv"})
    probe("GET /incidents", "/incidents")
    probe("POST /incidents/summaries", "/incidents/summaries", json={"ids": [str(there), str(here)]})
    for incident_id in (there, here):
        probe("GET /incidents/{incident_id}", f"/incidents/{incident_id}")
    outlined = {"category_ids": [str(theirs)], "pupils": [{"pupil_id": str(schools.oakfield.rowan)}]}
    probe("POST /incidents/outline", "/incidents/outline", json=outlined)
    change = {**harbour.concern(), "reason": "It was another child."}
    probe("POST /incidents/{incident_id}/corrections", f"/incidents/{there}/corrections", json=change)
    probe("POST /incidents/{incident_id}/close", f"/incidents/{there}/close", json={"reason": "Done with."})
    probe("POST /incidents/{incident_id}/reopen", f"/incidents/{there}/reopen", json={"reason": "Not done with."})
    probe("POST /incidents/{incident_id}/actions", f"/incidents/{there}/actions", json={"text": "Ours now."})
    done = f"/incidents/{there}/actions/{schools.owed}/done"
    probe("POST /incidents/{incident_id}/actions/{action_id}/done", done, json={"note": "Not ours."})
    decided = {"kind": "other", "what": "Ours.", "alternatives": "Theirs.", "reason": "None."}
    probe("POST /incidents/{incident_id}/decisions", f"/incidents/{there}/decisions", json=decided)
    sought = {"answer": "given", "of_whom": "an aunt"}
    probe("POST /incidents/{incident_id}/consents", f"/incidents/{there}/consents", json=sought)
    probe("POST /incidents/{incident_id}/review", f"/incidents/{there}/review", json={"reason": "To look."})
    probe("GET /incidents/{incident_id}/told-detail", f"/incidents/{there}/told-detail")
    probe("GET /incidents/by-number/{number}", "/incidents/by-number/1")
    probe("GET /actions", "/actions", params={"open": False})
    probe("GET /actions/mine", "/actions/mine", params={"open": False})
    probe("POST /incidents/{incident_id}/addenda", f"/incidents/{there}/addenda", json={"text": "And then."})
    rowan, nobody = schools.oakfield.rowan, new_id()
    of = "/pupils/{pupil_id}"
    probe(f"GET {of}", f"/pupils/{rowan}", params={"identifiers": True})
    probe(f"PUT {of}/preferred-name", f"/pupils/{rowan}/preferred-name", json={"forename": "Ro"})
    probe(f"POST {of}/names-apart", f"/pupils/{rowan}/names-apart", json={"reason": "Ours now."})
    contact = f"/pupils/{rowan}/contacts/{nobody}/do-not-contact"
    probe(f"PUT {of}/contacts/{{contact_id}}/do-not-contact", contact, json={"reason": "Ours now."})
    probe(f"POST {of}/flags", f"/pupils/{rowan}/flags", json={"kind": "medical"})
    probe(f"POST {of}/flags/{{flag_id}}/end", f"/pupils/{rowan}/flags/{nobody}/end", json={})
    child = {"forename": "Rowan", "surname": "Adeyemi", "born": "2017-03-12", "year_group": "4"}
    probe("POST /pupils", "/pupils", json=child)
    waiting = schools.waiting
    probe("GET /roll/imports/{import_id}", f"/roll/imports/{waiting}")
    probe("PUT /roll/imports/{import_id}/mapping", f"/roll/imports/{waiting}/mapping", json={"mapping": {}})
    probe("POST /roll/imports/{import_id}/apply", f"/roll/imports/{waiting}/apply", json={"leavers": True})
    theirs = next(iter(schools.oakfield.categories.values()))
    for concern in (
        harbour.concern(about=schools.oakfield.rowan),
        {**harbour.concern(), "category_ids": [str(theirs)]},
    ):
        probe("POST /incidents", "/incidents", json=concern, headers=key())
    snapshot = {
        "Authorization": f"Bearer {harbour.auth.mint({'sub': 'service:alerting', 'svc': 'alerting'}, 'incident')}"
    }
    made["GET /internal/snapshot"] = [
        lambda: harbour.http.get("/internal/snapshot", params={"school_id": str(harbour.id)}, headers=snapshot)
    ]
    return made


def _ask(client: Client, method: str, path: str, **rest: object) -> Ask:
    return lambda: client.ask(method, path, **rest)


async def rows(cluster: Cluster, school_id: UUID) -> dict[str, int]:
    """How many rows of each table are a school's, but for the audit, which also holds what was asked."""
    connection = await asyncpg.connect(cluster.admin("incident"))
    try:
        tables = await connection.fetch(
            "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name = 'school_id' AND table_name NOT LIKE 'audit%'"
        )
        return {
            row["name"]: await connection.fetchval(
                f"SELECT count(*) FROM {row['name']} WHERE school_id = $1", school_id
            )
            for row in tables
        }
    finally:
        await connection.close()


async def test_every_route_is_asked(house: School, schools: TwoSchools) -> None:
    transport = house.http._transport
    assert {*probes(schools), *ELSEWHERE} == routes(transport.app)  # type: ignore[attr-defined]


async def test_without_its_own_filter_row_level_security_keeps_every_query_in_the_school(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    before = await rows(empty_cluster, schools.oakfield.id)
    whole = await answers(probes(schools))
    with without_own_filter() as rewritten:
        fenced = await answers(probes(schools))
    assert len(rewritten) > 50
    assert fenced == whole
    assert naming(fenced, schools.oakfields) == []
    assert await rows(empty_cluster, schools.oakfield.id) == before


async def test_without_row_level_security_the_filters_keep_every_query_in_the_school(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    before = await rows(empty_cluster, schools.oakfield.id)
    whole = await answers(probes(schools))
    async with without_row_security(empty_cluster.admin("incident")):
        filtered = await answers(probes(schools))
    assert filtered == whole
    assert naming(filtered, schools.oakfields) == []
    assert await rows(empty_cluster, schools.oakfield.id) == before


async def test_without_both_lines_the_other_schools_rows_come_through(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    asked = {route: asks for route, asks in probes(schools).items() if route.startswith("GET")}
    async with without_row_security(empty_cluster.admin("incident")):
        with without_own_filter():
            open_to_all = await answers(asked)
    assert {"GET /pupils", "GET /categories", "GET /incidents", "GET /internal/snapshot"} <= set(
        naming(open_to_all, schools.oakfields)
    )


async def test_the_app_role_sees_no_row_of_another_school_in_any_table(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    filled = {table for table, count in (await rows(empty_cluster, schools.oakfield.id)).items() if count}
    assert {"pupil", "incident", "incident_revision", "action", "reader", "outbox"} <= filled
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    try:
        await connection.execute(
            "SELECT set_config('heed.school', $1, false), set_config('heed.staff', $2, false)",
            str(schools.harbour.id),
            str(new_id()),
        )
        for table in sorted(filled - {"outbox"}):
            others = f"SELECT count(*) FROM {table} WHERE school_id <> $1"
            assert await connection.fetchval(others, schools.harbour.id) == 0, table
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval("SELECT count(*) FROM outbox")
    finally:
        await connection.close()


async def test_the_audit_shows_the_own_school_by_either_line(schools: TwoSchools, empty_cluster: Cluster) -> None:
    asked = {f"GET {path}": [_ask(schools.askers[0], "GET", path)] for path in ("/audit", "/audit/sealed")}
    with without_own_filter():
        fenced = await answers(asked)
    async with without_row_security(empty_cluster.admin("incident")):
        filtered = await answers(asked)
    for found in (fenced, filtered):
        assert [status for given in found.values() for status, _ in given] == [200, 200]
        assert naming(found, schools.oakfields) == []

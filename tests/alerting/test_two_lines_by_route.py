"""Another school's alerts, rules and people stay there: by the queries' filters alone, by row-level security alone."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from shared.contracts.incident import ActionAdded
from shared.contracts.words import Assurance
from shared.ids import new_id
from tests.alerting.conftest import WELFARE, School
from tests.architecture.two_lines import Ask, Probes, answers, naming, routes, without_own_filter, without_row_security
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ELSEWHERE = {
    "GET /health/live": "asks no database",
    "GET /health/ready": "asks no table",
    "GET /.well-known/jwks.json": "asks no table of a school",
    "GET /figures": "looks at every school by itself, for those of the trust, in numbers",
    "PUT /rules": "writes, and would answer otherwise the second time; below by itself",
    "GET /audit": "shows what was asked meanwhile; below by itself",
    "GET /audit/sealed": "shows how far what was asked meanwhile is sealed; below by itself",
    "POST /webhooks": "writes, and answers with another secret each time; below by itself",
    "PUT /me/mails": "writes, and would answer otherwise the second time; below by itself",
    "PUT /escalation-settings": "writes, and would answer otherwise the second time; below by itself",
}
TABLES = (
    *("alert", "rule_set", "rule", "told_incident", "staff_copy", "group_copy", "reading_watch"),
    *("duty", "author_notice", "mail_choice", "held_mail", "webhook", "webhook_delivery"),
)
OPEN = (
    *("GET /webhooks", "GET /duties"),
    *("GET /alerts", "GET /notices", "POST /told", "POST /rules/try", "GET /internal/snapshot"),
)
RULES = {
    "rules": [{"name": "Welfare", "category_ids": [], "roles": ["senco"], "group_ids": [], "staff_ids": []}],
}


WRITTEN: tuple[tuple[str, object], ...] = (
    ("/rules", RULES),
    ("/escalation-settings", {"holidays": []}),
    ("/me/mails", {"digest": {"at": "15:30"}}),
)


@dataclass
class TwoSchools:
    """Oakfield, whose rows must stay there, and Harbour, whose people ask; Ms Okafor works in both."""

    oakfield: School
    harbour: School
    incident_id: UUID
    alert_id: str
    duty_id: UUID
    webhook_id: str

    @property
    def oakfields(self) -> list[UUID]:
        shared_by_both = {self.oakfield.people["Okafor"]}
        people = set(self.oakfield.people.values()) - shared_by_both
        return [self.oakfield.id, self.oakfield.ks2, *people]

    @property
    def okafor(self) -> Client:
        return self.harbour.dsl

    @property
    def boyle(self) -> Client:
        """Who has never been anybody at Oakfield."""
        return self.harbour.client("Boyle", assurance=Assurance.ELEVATED)


@pytest.fixture
async def schools(house: School) -> TwoSchools:
    oakfield = await house.open()
    harbour = School(house.http, house.auth, house.db, house.admin_url)
    harbour.people["Okafor"] = oakfield.people["Okafor"]
    await harbour.open()
    there = await oakfield.logged(author="Okafor")
    await harbour.logged()
    action = ActionAdded(
        incident_id=there.incident_id,
        action_id=new_id(),
        author_id=oakfield.people["Boyle"],
        pupil_ids=[],
        owner_id=oakfield.people["Okafor"],
        tell_author=True,
    )
    await oakfield.hear(action)
    alert_id = await oakfield.alert_of("Boyle", there)
    await oakfield.client("Boyle").ask("PUT", "/me/mails", json={"digest": {"at": "15:30"}})
    await oakfield.logged()
    hook = {"url": "https://hooks.oakfield.example/", "events": ["alert.raised"]}
    webhook = (await oakfield.client("Boyle", assurance=Assurance.ELEVATED).post("/webhooks", json=hook)).json()
    return TwoSchools(oakfield, harbour, there.incident_id, alert_id, action.action_id, webhook["id"])


def probes(schools: TwoSchools, *askers: Client) -> Probes:
    made: dict[str, list[Ask]] = {}

    def probe(route: str, path: str, **rest: object) -> None:
        for client in askers:
            made.setdefault(route, []).append(_ask(client, route.split(" ", maxsplit=1)[0], path, **rest))

    alert = f"/alerts/{schools.alert_id}"
    probe("GET /alerts", "/alerts")
    probe("GET /alerts", "/alerts", params={"state": "unread"})
    probe("GET /alerts/waiting", "/alerts/waiting")
    probe("GET /alerts/desk", "/alerts/desk")
    probe("GET /alerts/next", "/alerts/next")
    probe("GET /alerts/next", "/alerts/next", params={"after": schools.alert_id})
    probe("GET /alerts/{alert_id}", alert)
    for step in ("read", "acknowledge", "done"):
        probe(f"POST /alerts/{{alert_id}}/{step}", f"{alert}/{step}")
    further = {"incident_id": str(schools.incident_id), "staff_ids": [str(schools.harbour.people["Bevan"])]}
    probe("POST /alerts/{alert_id}/withdraw", f"{alert}/withdraw", json={"reason": "Not theirs."})
    probe("GET /incidents/{incident_id}/alerts", f"/incidents/{schools.incident_id}/alerts")
    probe("POST /alerts/further", "/alerts/further", json=further)
    probe("GET /told", "/told", params={"incident_id": str(schools.incident_id)})
    probe("POST /told", "/told", json={"incident_ids": [str(schools.incident_id)]})
    probe("GET /notices", "/notices")
    probe("POST /notices/{notice_id}/seen", f"/notices/{schools.duty_id}/seen")
    probe("GET /me/mails", "/me/mails")
    probe("GET /webhooks", "/webhooks")
    for step in ("test", "off", "on"):
        probe(f"POST /webhooks/{{webhook_id}}/{step}", f"/webhooks/{schools.webhook_id}/{step}")
    probe("GET /webhooks/{webhook_id}/deliveries", f"/webhooks/{schools.webhook_id}/deliveries")
    probe("GET /duties/mine", "/duties/mine")
    probe("GET /duties", "/duties")
    probe("GET /duties/{duty_id}", f"/duties/{schools.duty_id}")
    probe("GET /rules", "/rules")
    probe("GET /escalation-settings", "/escalation-settings")
    probe("POST /rules/try", "/rules/try", json={"category_ids": [str(WELFARE)], "sensitivity": 2})
    probe("POST /recipients", "/recipients", json={"category_ids": [str(WELFARE)], "sensitivity": 2})
    harbour = schools.harbour
    incident = harbour.auth.mint({"sub": "service:incident", "svc": "incident"}, "alerting")
    headers = {"Authorization": f"Bearer {incident}"}
    made["GET /internal/snapshot"] = [
        lambda: harbour.http.get("/internal/snapshot", params={"school_id": str(harbour.id)}, headers=headers)
    ]
    return made


def _ask(client: Client, method: str, path: str, **rest: object) -> Ask:
    return lambda: client.ask(method, path, **rest)


async def state_of_oakfield(schools: TwoSchools) -> list[object]:
    """Each row that could be touched from over there, as it is."""
    found: list[object] = []
    for table in (
        "alert",
        "rule_set",
        "rule",
        "told_incident",
        "staff_copy",
        "group_copy",
        "reading_watch",
        "duty",
        "author_notice",
    ):
        query = f"SELECT to_jsonb(t)::text FROM {table} t WHERE school_id = $1 ORDER BY 1"
        found += [(table, row[0]) for row in await schools.oakfield.rows(query, schools.oakfield.id)]
    assert found
    return found


async def test_every_route_is_asked(house: School, schools: TwoSchools) -> None:
    transport = house.http._transport
    assert {*probes(schools, schools.okafor), *ELSEWHERE} == routes(transport.app)  # type: ignore[attr-defined]


async def test_without_its_own_filter_row_level_security_keeps_every_query_in_the_school(schools: TwoSchools) -> None:
    before = await state_of_oakfield(schools)
    # Ms Okafor may see her own alerts in any school (the policy own_rows), so who asks here is Ms Boyle alone.
    asked = probes(schools, schools.boyle)
    whole = await answers(asked)
    with without_own_filter() as rewritten:
        fenced = await answers(asked)
    assert len(rewritten) > 10
    assert fenced == whole
    assert naming(fenced, schools.oakfields) == []
    assert await state_of_oakfield(schools) == before


async def test_without_row_level_security_the_filters_keep_every_query_in_the_school(schools: TwoSchools) -> None:
    before = await state_of_oakfield(schools)
    asked = probes(schools, schools.boyle, schools.okafor)
    whole = await answers(asked)
    async with without_row_security(schools.oakfield.admin_url):
        filtered = await answers(asked)
    assert filtered == whole
    assert naming(filtered, schools.oakfields) == []
    assert await state_of_oakfield(schools) == before


async def test_rules_are_replaced_in_the_own_school_by_either_line(schools: TwoSchools) -> None:
    before = await state_of_oakfield(schools)
    with without_own_filter():
        for path, body in WRITTEN:
            answer = await schools.okafor.ask("PUT", path, json=body)
            assert answer.status_code == 200, answer.text
        hook = {"url": "https://hooks.harbour.example/", "events": ["alert.raised"]}
        assert (await schools.okafor.post("/webhooks", json=hook)).status_code == 201
    assert await state_of_oakfield(schools) == before
    async with without_row_security(schools.oakfield.admin_url):
        assert (await schools.okafor.post("/webhooks", json=hook)).status_code == 201
        for path, body in WRITTEN:
            answer = await schools.okafor.ask("PUT", path, json=body)
            assert answer.status_code == 200, answer.text
    assert await state_of_oakfield(schools) == before


async def test_without_both_lines_the_other_schools_rows_come_through(schools: TwoSchools) -> None:
    asked = probes(schools, schools.okafor)
    only = {route: asked[route] for route in OPEN}
    async with without_row_security(schools.oakfield.admin_url):
        with without_own_filter():
            open_to_all = await answers(only)
    assert set(naming(open_to_all, [*schools.oakfields, schools.incident_id])) == set(only)


async def test_the_audit_shows_the_own_school_by_either_line(schools: TwoSchools) -> None:
    asked = {f"GET {path}": [_ask(schools.okafor, "GET", path)] for path in ("/audit", "/audit/sealed")}
    with without_own_filter():
        fenced = await answers(asked)
    async with without_row_security(schools.oakfield.admin_url):
        filtered = await answers(asked)
    for found in (fenced, filtered):
        assert [status for given in found.values() for status, _ in given] == [200, 200]
        assert naming(found, [*schools.oakfields, schools.incident_id]) == []

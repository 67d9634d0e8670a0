"""Another school's staff, groups and shields stay there: by the queries' filters alone, by row-level security alone."""

import re
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.auth import service
from shared.contracts.words import Role
from shared.db import Scope
from shared.ids import new_id
from tests.architecture.two_lines import Ask, Probes, answers, naming, routes, without_own_filter, without_row_security
from tests.auth.conftest import House, Session
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

ASKED_FOR_NO_SCHOOL = {
    "GET /health/live",
    "GET /health/ready",
    "GET /.well-known/jwks.json",
    "POST /sign-in",
    "POST /sessions/second-factor",
    "POST /sessions/elevate",
    "POST /sessions/elevate/end",
    "POST /sessions/confirm",
    "POST /sessions/end",
    "POST /kiosk",
    "POST /kiosk/sign-in",
    "POST /password",
    "POST /password/forgotten",
    "POST /schools/sign-in",
    "GET /second-factor",
    "GET /passkeys",
    "POST /passkeys/options",
    "POST /passkeys",
    "DELETE /passkeys/{passkey_id}",
    "POST /sessions/second-factor/passkey/options",
    "POST /sessions/second-factor/passkey",
    "POST /sessions/elevate/passkey/options",
    "POST /sessions/elevate/passkey",
    "POST /sign-in/passkey/options",
    "POST /sign-in/passkey",
    "GET /sign-in/providers",
    "POST /sign-in/provider",
    "POST /sign-in/provider/return",
    "GET /linked-accounts",
    "POST /linked-accounts",
    "DELETE /linked-accounts/{account_id}",
    "GET /second-factor/recovery-codes",
    "POST /second-factor/recovery-codes",
    "GET /sessions",
    "DELETE /sessions/{session_id}",
    "POST /sessions/end-others",
    "GET /devices",
    "DELETE /devices/{device_id}",
    "POST /internal/service-token",
    "POST /second-factor/enrol",
    "POST /second-factor/confirm",
    "POST /tokens",
    "DELETE /tokens/{token_id}",
    "POST /schools",
    "POST /first-run/open",
    "POST /first-run",
}
"""Before a school is known, or about the person's own sign-in, or about the trust."""

ASKED_FOR_EVERY_SCHOOL = {"POST /internal/addresses", "POST /internal/names", "GET /internal/snapshot"}
"""By other services, of the whole trust: no school to stay in."""

ONCE = {
    "PUT /school/danger-text": "changes, and would answer another version the second time",
    "POST /staff": "adds, and would answer otherwise the second time",
    "POST /kiosks": "registers, and would answer otherwise the second time",
    "POST /break-glass": "opens, and would answer otherwise the second time",
    "GET /audit": "shows what was asked meanwhile; below by itself",
    "GET /audit/sealed": "shows how far what was asked meanwhile is sealed; below by itself",
}


@dataclass
class TwoSchools:
    """Oakfield, whose rows must stay there, and Harbour, where Mr Frost and the data protection officer ask."""

    house: House
    frost: Session
    dpo: Session
    group: UUID
    shield: UUID
    glass: UUID
    kiosk: UUID

    @property
    def oakfields(self) -> list[UUID]:
        return [
            self.group,
            self.shield,
            self.glass,
            self.kiosk,
            *(self.house.people[name].id for name in ("boyle", "okafor", "haddad")),
        ]


@pytest.fixture
async def schools(house: House) -> TwoSchools:
    okafor, haddad = house.people["okafor"].id, house.people["haddad"].id
    async with house.db.begin(Scope(house.oakfield)) as session:
        group = await service.add_group(
            session, acting_staff=None, school_id=house.oakfield, name="Key stage 2", member_ids=[okafor, haddad]
        )
        shield = await service.raise_shield(
            session, acting_staff=None, school_id=house.oakfield, staff_id=haddad, why="parent", pupil_id=new_id()
        )
    okafors = await house.session("okafor")
    opened = {"pupil_id": str(new_id()), "reason": "child_missing", "words": "The police ask where he may be."}
    glass = await okafors.ask("POST", "/break-glass", json=opened)
    assert glass.status_code == 201, glass.text
    assert (await okafors.ask("POST", f"/break-glass/{glass.json()['id']}/end")).status_code == 200
    kiosk = await okafors.ask("POST", "/kiosks", json={"name": "Staff room"})
    assert kiosk.status_code == 201, kiosk.text
    await house.add("tran", house.harbour, Role.TEACHER)
    dpo = await house.session("dpo")
    moved = await house.gateway("/sessions/school", {"session": dpo.token, "school_id": str(house.harbour)})
    assert moved.is_success, moved.text
    # Elevation was for the school before.
    again = {"session": dpo.token, "code": house.people["dpo"].code(ahead=1)}
    assert (await house.gateway("/sessions/elevate", again)).is_success
    return TwoSchools(
        house,
        await house.session("frost"),
        dpo,
        group.id,
        shield.id,
        UUID(glass.json()["id"]),
        UUID(kiosk.json()["id"]),
    )


def probes(schools: TwoSchools) -> Probes:
    made: dict[str, list[Ask]] = {}

    def probe(route: str, path: str, **rest: object) -> None:
        for session in (schools.frost, schools.dpo):
            made.setdefault(route, []).append(_ask(session, route.split(" ", maxsplit=1)[0], path, **rest))

    okafor, haddad = (schools.house.people[name].id for name in ("okafor", "haddad"))
    probe("GET /schools/mine", "/schools/mine")
    probe("GET /school", "/school")
    probe("GET /staff", "/staff")
    probe("GET /staff", "/staff", params={"starts": "ok"})
    probe("GET /staff/export", "/staff/export")
    probe("POST /staff/import", "/staff/import", content="e-mail,surname,roles\nhaddad@school.example,H,teacher\n")
    made["GET /staff/all"] = [_timeless(_ask(session, "GET", "/staff/all")) for session in (schools.frost, schools.dpo)]
    probe("GET /groups", "/groups")
    probe("GET /tokens", "/tokens")
    probe("PUT /staff/{staff_id}/roles", f"/staff/{haddad}/roles", json={"roles": ["head"]})
    for step in ("disable", "enable", "invite", "second-factor/reset", "sessions/end"):
        probe(f"POST /staff/{{staff_id}}/{step}", f"/staff/{haddad}/{step}")
    away = {"until_on": "2099-01-01", "deputy_id": str(okafor)}
    probe("GET /me/absence", "/me/absence")
    probe("PUT /me/absence", "/me/absence", json=away)
    probe("DELETE /me/absence", "/me/absence")
    probe("PUT /staff/{staff_id}/absence", f"/staff/{haddad}/absence", json=away)
    probe("DELETE /staff/{staff_id}/absence", f"/staff/{haddad}/absence")
    probe("POST /groups", "/groups", json={"name": "Ours", "member_ids": [str(okafor)]})
    probe("PUT /groups/{group_id}", f"/groups/{schools.group}", json={"name": "Ours", "member_ids": []})
    probe("GET /shields", "/shields")
    shield = {"staff_id": str(okafor), "reason": "parent", "pupil_id": str(UUID(int=5))}
    probe("POST /shields", "/shields", json=shield)
    probe("DELETE /shields/{shield_id}", f"/shields/{schools.shield}")
    probe("GET /kiosks", "/kiosks")
    probe("DELETE /kiosks/{kiosk_id}", f"/kiosks/{schools.kiosk}")
    probe("GET /break-glass", "/break-glass")
    probe("POST /break-glass/{glass_id}/end", f"/break-glass/{schools.glass}/end")
    review = {"verdict": "needed", "words": "Ours."}
    probe("POST /break-glass/{glass_id}/review", f"/break-glass/{schools.glass}/review", json=review)
    made["POST /sessions/check"] = [schools.frost.check, schools.dpo.check]
    made["POST /sessions/school"] = [
        lambda: schools.house.gateway(
            "/sessions/school", {"session": schools.frost.token, "school_id": str(schools.house.oakfield)}
        )
    ]
    return made


def _timeless(ask: Ask) -> Ask:
    """The answer without what is another at the next time of asking whoever asks: when somebody was last seen."""

    async def asked() -> httpx.Response:
        answer = await ask()
        steady = re.sub(r'"(last_seen_at|version)":("[^"]*"|\d+)', "", answer.text)
        return httpx.Response(answer.status_code, text=steady)

    return asked


def _ask(session: Session, method: str, path: str, **rest: object) -> Ask:
    return lambda: session.ask(method, path, **rest)


async def oakfield_as_it_is(cluster: Cluster, school_id: UUID) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(cluster.admin("auth"))
    try:
        found = []
        for table in (
            "membership",
            "staff_role",
            "class_taught",
            "alert_group",
            "group_member",
            "shield",
            "break_glass",
            "kiosk",
        ):
            query = f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE school_id = $1 ORDER BY 1"
            rows = await connection.fetch(query, school_id)
            assert rows, table
            found += [(table, row["row"]) for row in rows]
        people = await connection.fetch("SELECT to_jsonb(s)::text AS row FROM staff s ORDER BY 1")
        return found + [("staff", row["row"]) for row in people]
    finally:
        await connection.close()


async def test_every_route_is_asked_or_said_why_not(schools: TwoSchools) -> None:
    transport = schools.house.http._transport
    declared = routes(transport.app)  # type: ignore[attr-defined]
    assert {*probes(schools), *ASKED_FOR_NO_SCHOOL, *ASKED_FOR_EVERY_SCHOOL, *ONCE} == declared


async def test_without_its_own_filter_row_level_security_keeps_every_query_in_the_school(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    before = await oakfield_as_it_is(empty_cluster, schools.house.oakfield)
    whole = await answers(probes(schools))
    with without_own_filter() as rewritten:
        fenced = await answers(probes(schools))
    assert len(rewritten) > 20
    assert fenced == whole
    assert naming(fenced, schools.oakfields) == []
    assert await oakfield_as_it_is(empty_cluster, schools.house.oakfield) == before


async def test_without_row_level_security_the_filters_keep_every_query_in_the_school(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    before = await oakfield_as_it_is(empty_cluster, schools.house.oakfield)
    whole = await answers(probes(schools))
    async with without_row_security(empty_cluster.admin("auth")):
        filtered = await answers(probes(schools))
    assert filtered == whole
    assert naming(filtered, schools.oakfields) == []
    assert await oakfield_as_it_is(empty_cluster, schools.house.oakfield) == before


async def test_without_both_lines_the_other_schools_rows_come_through(
    schools: TwoSchools, empty_cluster: Cluster
) -> None:
    asked = {route: asks for route, asks in probes(schools).items() if route in {"GET /staff", "GET /groups"}}
    async with without_row_security(empty_cluster.admin("auth")):
        with without_own_filter():
            open_to_all = await answers(asked)
    assert set(naming(open_to_all, schools.oakfields)) == set(asked)


async def test_the_audit_shows_the_own_school_by_either_line(schools: TwoSchools, empty_cluster: Cluster) -> None:
    asked = {f"GET {path}": [_ask(schools.dpo, "GET", path)] for path in ("/audit", "/audit/sealed")}
    with without_own_filter():
        fenced = await answers(asked)
    async with without_row_security(empty_cluster.admin("auth")):
        filtered = await answers(asked)
    for found in (fenced, filtered):
        assert [status for given in found.values() for status, _ in given] == [200, 200]
        assert naming(found, schools.oakfields) == []

"""Kiosks: who keeps them, who may sign in on one, what such a session is worth, and when it ends."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.auth.domain import new_kiosk_token, school_of_token
from shared.contracts.words import Role, TrustRole
from shared.ids import new_id
from tests.auth.conftest import PASSWORD, House, Session
from tests.conftest import Cluster


@pytest.mark.parametrize("token", ["", "heed_kiosk_", "heed_kiosk_zz_abc", "heed_pat_abc", "0" * 32])
def test_what_is_no_kiosks_token_names_no_school(token: str) -> None:
    assert school_of_token(token) is None
    school_id = new_id()
    assert school_of_token(new_kiosk_token(school_id)) == school_id


async def kiosk_in(house: House, name: str = "Staff room") -> tuple[Session, dict[str, Any]]:
    okafor = await house.session("okafor")
    made = await okafor.ask("POST", "/kiosks", json={"name": name})
    assert made.status_code == 201, made.text
    return okafor, made.json()


async def sign_in(house: House, kiosk: dict[str, Any], name: str, password: str = PASSWORD) -> Any:
    body = {"kiosk": kiosk["token"], "email": house.people[name].email, "password": password}
    return await house.gateway("/kiosk/sign-in", body)


async def on_kiosk(house: House, kiosk: dict[str, Any], name: str) -> Session:
    answer = await sign_in(house, kiosk, name)
    assert answer.status_code == 200, answer.text
    return Session(house, answer.json()["session"], answer.json())


async def rows(cluster: Cluster, question: str, *given: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(cluster.admin("auth"))
    try:
        return list(await connection.fetch(question, *given))
    finally:
        await connection.close()


@pytest.mark.postgres
async def test_r43_the_dsl_team_registers_a_named_device_whose_token_is_kept_as_a_hash(
    house: House, empty_cluster: Cluster
) -> None:
    okafor, kiosk = await kiosk_in(house)
    (kept,) = await rows(empty_cluster, "SELECT to_jsonb(kiosk)::text AS row, token_hash FROM kiosk")
    assert kiosk["token"] not in kept["row"]
    assert kept["token_hash"] == hashlib.sha256(kiosk["token"].encode()).digest()
    same = await okafor.ask("POST", "/kiosks", json={"name": "STAFF ROOM"})
    assert (same.status_code, same.json()["errors"][0]["path"]) == (422, "name")
    (line,) = (await okafor.ask("GET", "/kiosks")).json()["kiosks"]
    assert (line["name"], line["last_seen_at"], "token" in line) == ("Staff room", None, False)
    door = await house.gateway("/kiosk", {"kiosk": kiosk["token"]})
    assert (door.json()["name"], door.json()["school_name"]) == ("Staff room", "Oakfield")
    (line,) = (await okafor.ask("GET", "/kiosks")).json()["kiosks"]
    assert line["last_seen_at"] is not None
    for token in (new_kiosk_token(house.oakfield), new_kiosk_token(house.harbour), "x"):
        assert (await house.gateway("/kiosk", {"kiosk": token})).status_code == 404
    haddad = await house.session("haddad")
    assert (await haddad.ask("POST", "/kiosks", json={"name": "Mine"})).status_code == 403
    frost = await house.session("frost")
    assert (await frost.ask("GET", "/kiosks")).json() == {"kiosks": []}
    assert (await frost.ask("DELETE", f"/kiosks/{kiosk['id']}")).status_code == 404
    noted = await rows(empty_cluster, "SELECT action FROM audit WHERE about_kind = 'kiosk'")
    assert [row["action"] for row in noted] == ["kiosk:registered"]


@pytest.mark.postgres
async def test_r43_whoever_works_here_signs_in_with_a_password_and_nobody_else_does(house: House) -> None:
    _, kiosk = await kiosk_in(house)
    await house.add("vale", None, trust_role=TrustRole.TRUST_SAFEGUARDING_LEAD)
    begun = await sign_in(house, kiosk, "haddad")
    assert (begun.status_code, begun.json()["name"]) == (200, "Ms Haddad")
    wrong = await sign_in(house, kiosk, "haddad", "not her password")
    for name in ("frost", "vale"):
        elsewhere = await sign_in(house, kiosk, name)
        assert (elsewhere.status_code, elsewhere.content) == (wrong.status_code, wrong.content) == (401, wrong.content)
    other = dict(kiosk, token=new_kiosk_token(house.oakfield))
    assert (await sign_in(house, other, "haddad")).status_code == 404


@pytest.mark.postgres
async def test_c15_a_second_factor_does_not_count_there_and_no_other_school_is_chosen(house: House) -> None:
    _, kiosk = await kiosk_in(house)
    await house.add("osei", house.oakfield, Role.LEAD_DSL)
    osei = await on_kiosk(house, kiosk, "osei")
    checked = (await osei.check()).json()
    assert (checked["staff"]["assurance"], checked["staff"]["kiosk_id"]) == ("password", kiosk["id"])
    claims = json.loads(base64.urlsafe_b64decode(checked["tokens"]["incident"].split(".")[1] + "=="))
    assert claims["kiosk"] == kiosk["id"]
    code = {"session": osei.token, "code": house.people["osei"].code()}
    for path in ("/sessions/second-factor", "/sessions/elevate"):
        assert (await house.gateway(path, code)).status_code == 401
    chosen = {"session": osei.token, "school_id": str(house.oakfield)}
    assert (await house.gateway("/sessions/school", chosen)).status_code == 401
    assert (await osei.check(school_id=str(house.harbour))).status_code == 401
    for path in ("/sessions", "/devices", "/passkeys", "/schools/mine", "/second-factor/recovery-codes"):
        assert (await osei.ask("GET", path)).status_code == 403, path
    assert (await osei.ask("POST", "/second-factor/enrol")).status_code == 403
    assert (await osei.ask("GET", "/staff", params={"starts": "had"})).status_code == 200


@pytest.mark.postgres
async def test_r43_a_revoked_device_is_none_at_its_next_request(house: House, empty_cluster: Cluster) -> None:
    okafor, kiosk = await kiosk_in(house)
    haddad = await on_kiosk(house, kiosk, "haddad")
    assert (await haddad.check()).status_code == 200
    assert (await okafor.ask("DELETE", f"/kiosks/{kiosk['id']}")).status_code == 204
    assert (await haddad.check()).status_code == 401
    assert (await house.gateway("/kiosk", {"kiosk": kiosk["token"]})).status_code == 404
    assert (await sign_in(house, kiosk, "haddad")).status_code == 404
    assert (await okafor.ask("DELETE", f"/kiosks/{kiosk['id']}")).status_code == 404
    (line,) = (await okafor.ask("GET", "/kiosks")).json()["kiosks"]
    assert line["revoked_at"] is not None
    # Also a session that nobody has ended does not outlive its device.
    await rows(empty_cluster, "UPDATE staff_session SET ended_at = NULL WHERE kiosk_id IS NOT NULL")
    assert (await haddad.check()).status_code == 401
    assert (await okafor.ask("POST", "/kiosks", json={"name": "Staff room"})).status_code == 201


@pytest.mark.postgres
@pytest.mark.parametrize(("column", "ago", "holds"), [
    ("seen_at", timedelta(minutes=4), True),
    ("seen_at", timedelta(minutes=5), False),
    ("ends_at", timedelta(minutes=59), True),
    ("ends_at", timedelta(minutes=60), False),
])  # fmt: skip
async def test_c15_a_session_there_ends_after_five_minutes_unused_and_after_an_hour(
    house: House, empty_cluster: Cluster, *, column: str, ago: timedelta, holds: bool
) -> None:
    _, kiosk = await kiosk_in(house)
    haddad = await on_kiosk(house, kiosk, "haddad")
    await rows(
        empty_cluster,
        f"UPDATE staff_session SET {column} = {column} - $1::interval WHERE kiosk_id IS NOT NULL",
        ago,
    )
    assert (await haddad.check()).status_code == (200 if holds else 401)
    ended = await rows(empty_cluster, "SELECT ended_why FROM staff_session WHERE kiosk_id IS NOT NULL")
    assert (ended[0]["ended_why"] is None) is holds


@pytest.mark.postgres
async def test_r43_tries_on_a_kiosk_are_slowed_down(house: House) -> None:
    _, kiosk = await kiosk_in(house)
    answers = [(await sign_in(house, kiosk, "haddad", "guess")).status_code for _ in range(7)]
    assert answers[0] == 401
    assert answers[-1] == 429

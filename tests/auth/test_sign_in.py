"""Signing in: a password, a code once, elevation; and a session that ends when it is ended."""

import asyncio
import base64

import asyncpg
import pytest

from services.auth.domain import BY_ADDRESS
from services.auth.service.throttles import of_address
from shared.contracts.words import Assurance, Role
from shared.db import Scope
from shared.identity import Verifier
from tests.auth.conftest import PASSWORD, House
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres


async def test_only_the_gateway_asks(house: House) -> None:
    body = {"email": house.people["okafor"].email, "password": PASSWORD}
    assert (await house.http.post("/sign-in", json=body)).status_code == 401
    session = await house.session("okafor")
    checked = (await session.check()).json()
    headers = {"Authorization": f"Bearer {checked['tokens']['auth']}"}
    assert (await house.http.post("/sign-in", json=body, headers=headers)).status_code == 401
    assert (await house.http.post("/internal/addresses", json={"staff_ids": []}, headers=headers)).status_code == 401


async def test_unknown_and_wrong_look_alike(house: House) -> None:
    wrong = await house.sign_in("okafor", "not her password")
    unknown = await house.gateway("/sign-in", {"email": "nobody@school.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_a_password_is_worth_a_password_and_a_code_makes_sure(house: House) -> None:
    session = await house.session("okafor", sure="password")
    assert session.answer["needs"] == "second-factor"
    assert (await session.check()).json()["staff"]["assurance"] == "password"
    code = house.people["okafor"].code()
    given = await house.gateway("/sessions/second-factor", {"session": session.token, "code": code})
    assert given.status_code == 200
    assert (await session.check()).json()["staff"]["assurance"] == "mfa"
    # The same code does not elevate: each is taken once.
    again = await house.gateway("/sessions/elevate", {"session": session.token, "code": code})
    assert again.status_code == 422
    fresh = house.people["okafor"].code(ahead=1)
    assert (await house.gateway("/sessions/elevate", {"session": session.token, "code": fresh})).status_code == 204
    checked = (await session.check()).json()
    assert checked["staff"]["assurance"] == "elevated"
    assert checked["elevated_until"]


async def test_one_code_used_twice_at_once_counts_once(house: House) -> None:
    first, second = await house.session("okafor", sure="password"), await house.session("okafor", sure="password")
    code = house.people["okafor"].code()
    answers = await asyncio.gather(
        *(house.gateway("/sessions/elevate", {"session": s.token, "code": code}) for s in (first, second))
    )
    assert sorted(a.status_code for a in answers) == [204, 422]


async def test_guessing_is_slowed_down_and_a_right_password_does_not_help_meanwhile(house: House) -> None:
    answers = [(await house.sign_in("okafor", f"guess {n}")).status_code for n in range(8)]
    assert answers[:5] == [401] * 5
    assert answers[-1] == 429
    waiting = await house.sign_in("okafor")
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) >= 1
    assert (await house.sign_in("haddad")).status_code == 200


async def test_one_password_tried_at_every_account_is_slowed_down_by_where_it_comes_from(
    house: House, empty_cluster: Cluster
) -> None:
    here, elsewhere = "203.0.113.7", "203.0.113.8"
    for name in ("okafor", "haddad", "boyle"):
        assert (await house.sign_in(name, "Autumn2026!!", address=here)).status_code == 401
    key, _ = of_address(here)
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        assert await connection.fetchval("SELECT tries FROM throttle WHERE key = $1", key) == 3
        # As if many more had just been tried, and no time passed while we ask.
        await connection.execute(
            "UPDATE throttle SET tries = $2, at = now() + interval '1 hour' WHERE key = $1", key, BY_ADDRESS.free + 1
        )
    finally:
        await connection.close()
    for name in ("okafor", "haddad", "frost"):
        assert (await house.sign_in(name, address=here)).status_code == 429
    assert (await house.sign_in("okafor", address=elsewhere)).status_code == 200


async def test_codes_are_not_guessed_either(house: House) -> None:
    session = await house.session("okafor", sure="password")
    tries = [await house.gateway("/sessions/elevate", {"session": session.token, "code": f"{n:06d}"}) for n in range(9)]
    assert tries[-1].status_code == 429


async def test_a_session_ends_at_its_next_request(house: House) -> None:
    session = await house.session("okafor")
    assert (await session.check()).status_code == 200
    assert (await house.gateway("/sessions/end", {"session": session.token})).status_code == 204
    assert (await session.check()).status_code == 401


async def test_a_disabled_person_is_nobody_at_the_next_request(house: House) -> None:
    haddad, okafor = await house.session("haddad"), await house.session("okafor")
    answer = await okafor.ask("POST", f"/staff/{house.people['haddad'].id}/disable")
    assert answer.status_code == 204
    assert (await haddad.check()).status_code == 401
    assert (await house.sign_in("haddad")).status_code == 401


async def test_a_changed_role_counts_at_the_next_request(house: House) -> None:
    haddad, okafor = await house.session("haddad"), await house.session("okafor")
    assert (await haddad.check()).json()["staff"]["roles"] == ["teacher"]
    path = f"/staff/{house.people['haddad'].id}/roles"
    answer = await okafor.ask("PUT", path, json={"roles": ["senco", "teacher"], "classes": ["5B"]})
    assert answer.json()["classes"] == ["5B"]
    staff = (await haddad.check()).json()["staff"]
    assert staff["roles"] == ["senco", "teacher"]
    assert staff["classes"] == ["5B"]


async def test_a_token_is_for_one_audience_and_holds_a_minute(house: House) -> None:
    session = await house.session("okafor")
    tokens = (await session.check()).json()["tokens"]

    async def jwks() -> dict[str, object]:
        keys: dict[str, object] = (await house.http.get("/.well-known/jwks.json")).json()
        return keys

    claims = await Verifier(issuer="heed-auth", audience="incident", fetch_jwks=jwks).verify(tokens["incident"])
    assert claims["exp"] - claims["iat"] == 60
    assert claims["assurance"] == Assurance.ELEVATED
    assert claims["school"] == str(house.oakfield)
    assert (
        await house.http.get("/groups", headers={"Authorization": f"Bearer {tokens['incident']}"})
    ).status_code == 401
    assert all("d" not in key for key in (await jwks())["keys"])  # type: ignore[attr-defined]


async def test_rotated_keys_go_on_verifying_what_is_in_flight(house: House) -> None:
    session = await house.session("okafor")
    old = (await session.check()).json()["tokens"]["auth"]
    keys = house.http._transport.app.state.keys  # type: ignore[attr-defined]
    await keys.rotate()
    new = (await session.check()).json()["tokens"]["auth"]
    assert old.split(".")[0] != new.split(".")[0]
    for token in (old, new):
        answer = await house.http.get("/schools/mine", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in {200, 401}
    answer = await house.http.get("/schools/mine", headers={"Authorization": f"Bearer {old}"})
    assert answer.status_code == 200


async def test_what_is_kept_is_no_use_to_a_thief(house: House, empty_cluster: Cluster) -> None:
    session = await house.session("okafor")
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    dump = ""
    for table in ("staff_session", "credential", "signing_key", "throttle", "audit", "outbox"):
        dump += "".join(str(tuple(row)) for row in await connection.fetch(f"SELECT * FROM {table}"))
    await connection.close()
    for secret in (session.token, PASSWORD, house.people["okafor"].totp, '"d"'):
        assert secret not in dump
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in dump


async def test_a_remembered_browser_is_spared_the_code_but_never_elevation(house: House) -> None:
    first = await house.session("okafor", sure="password")
    body = {"session": first.token, "code": house.people["okafor"].code(), "remember": True}
    device = (await house.gateway("/sessions/second-factor", body)).json()["device"]
    answer = await house.sign_in("okafor", device=device)
    assert answer.json()["needs"] is None
    assert answer.json()["assurance"] == "mfa"
    assert (await house.sign_in("haddad", device=device)).json()["needs"] == "second-factor"


async def test_a_first_second_factor_is_enrolled_and_a_stolen_session_does_not_replace_it(house: House) -> None:
    session = await house.session("haddad", sure="password")
    assert (await session.ask("POST", "/second-factor/enrol")).status_code == 403
    elevated = await house.session("haddad")
    offered = await elevated.ask("POST", "/second-factor/enrol")
    assert offered.json()["otpauth_uri"].startswith("otpauth://totp/Heed:")
    wrong = await elevated.ask("POST", "/second-factor/confirm", json={"code": "000000"})
    assert wrong.status_code == 422


async def test_somebody_of_two_schools_chooses_and_leaves_elevation_behind(house: House) -> None:
    async with house.db.begin(Scope(house.harbour)) as session:
        from services.auth import service

        await service.add_staff(
            session,
            acting_staff=None,
            school_id=house.harbour,
            email=house.people["okafor"].email,
            title="Ms",
            forename="A",
            surname="Okafor",
            roles=[Role.SUPPORT],
        )
    okafor = await house.session("okafor")
    chosen = await house.gateway("/sessions/school", {"session": okafor.token, "school_id": str(house.harbour)})
    assert chosen.status_code == 204
    staff = (await okafor.check()).json()["staff"]
    assert (staff["school_id"], staff["roles"], staff["assurance"]) == (str(house.harbour), ["support"], "mfa")
    frost = await house.session("frost")
    refused = await house.gateway("/sessions/school", {"session": frost.token, "school_id": str(house.oakfield)})
    assert refused.status_code == 404


async def test_a_service_token_wants_the_houses_secret(house: House) -> None:
    def basic(name: str, secret: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}

    path, body = "/internal/service-token", {"audience": "auth"}
    for headers in (basic("gateway", "wrong"), basic("stranger", "s" * 40), basic("gateway", ""), {}):
        assert (await house.http.post(path, json=body, headers=headers)).status_code == 401
    assert (await house.http.post(path, json=body, headers=basic("alerting", "s" * 40))).status_code == 200

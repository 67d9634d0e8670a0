"""Tokens: one minute, one audience, one issuer, every claim checked; keys that rotate; permissions that refuse."""

import contextlib
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from shared.contracts.words import Assurance, Role, TrustRole
from shared.db import Database
from shared.errors import NotPermitted, NotSignedIn
from shared.identity import ALGORITHM, MOST_READ, Signer, Staff, Verifier, may, require, service_only, signed_in
from shared.keys import KeyRing, WrongSecret
from shared.policy import ACTIONS
from shared.service import create_api
from shared.settings import HouseSettings
from tests.conftest import Cluster


class Ring:
    """Keys in memory, as a key ring has them after it was loaded."""

    def __init__(self) -> None:
        self.keys = [self._make()]

    def _make(self) -> OKPKey:
        return OKPKey.generate_key("Ed25519", parameters={"kid": str(uuid4()), "alg": ALGORITHM})

    @property
    def active(self) -> OKPKey:
        return self.keys[0]

    def rotate(self) -> None:
        self.keys.insert(0, self._make())

    def public_jwks(self) -> dict[str, Any]:
        return {"keys": [dict(key.as_dict(private=False)) for key in self.keys]}


class Published:
    """An issuer's published keys, counted each time they are fetched."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.fetched = 0

    async def __call__(self) -> dict[str, Any]:
        self.fetched += 1
        return self.ring.public_jwks()


def okafor(**changes: Any) -> Staff:
    values: dict[str, Any] = {
        "staff_id": uuid4(),
        "session_id": uuid4(),
        "trust_id": uuid4(),
        "school_id": uuid4(),
        "roles": frozenset({Role.LEAD_DSL, Role.TEACHER}),
        "trust_roles": frozenset(),
        "classes": frozenset({"4B"}),
        "assurance": Assurance.MFA,
        "shields": frozenset({uuid4()}),
    }
    return Staff(**{**values, **changes})


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
def verifier(ring: Ring) -> Verifier:
    return Verifier(issuer="heed-auth", audience="incident", fetch_jwks=Published(ring))


def mint(ring: Ring, staff: Staff, *, audience: str = "incident", issuer: str = "heed-auth", seconds: int = 60) -> str:
    return Signer(issuer=issuer, keys=ring).mint(staff.claims(), audience=audience, seconds=seconds)


@pytest.mark.parametrize("assurance", list(Assurance))
def test_c15_on_a_kiosk_one_logs_and_picks_and_every_other_right_is_refused(assurance: Assurance) -> None:
    everything = okafor(roles=frozenset(Role), trust_roles=frozenset(TrustRole), assurance=assurance, kiosk_id=uuid4())
    allowed = set()
    for action in ACTIONS:
        with contextlib.suppress(NotPermitted):
            require(everything, action)
            allowed.add(action)
    assert allowed == {"incident:log", "draft:keep", "pupil:pick", "category:list", "staff:list"}


async def test_a_person_travels_in_a_token_there_and_back(ring: Ring, verifier: Verifier) -> None:
    staff = okafor(kiosk_id=uuid4())
    read = Staff.from_claims(await verifier.verify(mint(ring, staff)))
    assert read.claims() == staff.claims()
    assert abs((read.issued_at - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize(
    "wrong",
    [{"audience": "alerting"}, {"issuer": "heed-alerting"}, {"seconds": -10}],
    ids=["audience", "issuer", "expired"],
)
async def test_a_token_for_another_purpose_or_time_is_refused(
    ring: Ring, verifier: Verifier, wrong: dict[str, Any]
) -> None:
    with pytest.raises(NotSignedIn):
        await verifier.verify(mint(ring, okafor(), **wrong))


async def test_a_token_that_was_read_before_ends_all_the_same(
    ring: Ring, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = mint(ring, okafor())
    assert await verifier.verify(token) == await verifier.verify(token)
    in_an_hour = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: in_an_hour)
    with pytest.raises(NotSignedIn):
        await verifier.verify(token)


async def test_only_so_many_tokens_are_remembered(ring: Ring, verifier: Verifier) -> None:
    tokens = [mint(ring, okafor()) for _ in range(MOST_READ + 5)]
    for token in tokens:
        await verifier.verify(token)
    assert list(verifier._signed) == tokens[5:]


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "nbf", "iat", "jti"])
async def test_a_token_without_one_of_its_claims_is_refused(ring: Ring, verifier: Verifier, claim: str) -> None:
    now = int(time.time())
    claims: dict[str, Any] = {
        **okafor().claims(),
        "iss": "heed-auth",
        "aud": "incident",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": "x",
    }
    del claims[claim]
    header = {"alg": ALGORITHM, "kid": ring.active.kid}
    with pytest.raises(NotSignedIn):
        await verifier.verify(jwt.encode(header, claims, ring.active, algorithms=[ALGORITHM]))


async def test_a_forged_token_is_refused(ring: Ring, verifier: Verifier) -> None:
    forger = Ring()
    stolen_name = OKPKey.generate_key("Ed25519", parameters={"kid": str(ring.active.kid), "alg": ALGORITHM})
    forger.keys = [stolen_name]
    none = ".".join([*mint(ring, okafor()).split(".")[:2], ""])
    for token in (mint(forger, okafor()), none, "", "x.y.z", mint(ring, okafor())[:-4] + "AAAA"):
        with pytest.raises(NotSignedIn):
            await verifier.verify(token)


async def test_a_rotated_key_is_fetched_once_and_a_forgers_is_not_asked_for_again(ring: Ring) -> None:
    published = Published(ring)
    verifier = Verifier(issuer="heed-auth", audience="incident", fetch_jwks=published)
    await verifier.verify(mint(ring, okafor()))
    for _ in range(20):
        with pytest.raises(NotSignedIn):
            await verifier.verify(mint(Ring(), okafor()))
    assert published.fetched == 1
    ring.rotate()
    verifier._fetched_at -= 60
    await verifier.verify(mint(ring, okafor()))
    assert published.fetched == 2


@pytest.mark.parametrize("spoilt", [{"roles": None}, {"school": "x"}, {"assurance": 9}, {"shields": ["x"]}])
def test_claims_that_are_nobodys_are_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        Staff.from_claims({**okafor().claims(), "iat": 0, **spoilt})


def test_an_unknown_role_gives_nothing() -> None:
    claims = {**okafor().claims(), "iat": 0, "roles": ["teacher", "archmage", "unknown"]}
    assert Staff.from_claims(claims).roles == {Role.TEACHER}


@pytest.fixture
async def api(verifier: Verifier) -> AsyncIterator[httpx.AsyncClient]:
    router = APIRouter()

    @router.get("/read")
    async def read(staff: Annotated[Staff, Depends(may("incident:read"))]) -> str:
        return str(staff.staff_id)

    @router.get("/log")
    async def log(staff: Annotated[Staff, Depends(may("incident:log"))]) -> str:
        return str(staff.staff_id)

    @router.get("/close")
    async def close(staff: Annotated[Staff, Depends(may("incident:close"))]) -> str:
        return str(staff.staff_id)

    @router.get("/me")
    async def me(staff: Annotated[Staff, Depends(signed_in())]) -> str:
        return str(staff.staff_id)

    @router.get("/internal")
    async def internal(caller: Annotated[str, Depends(service_only("alerting"))]) -> str:
        return caller

    made = create_api("test", routers=[router], verifier=verifier, checks={}, settings=HouseSettings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://t") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_nobody_comes_in_without_a_token(api: httpx.AsyncClient) -> None:
    answers = [await api.get(path) for path in ("/read", "/log", "/close", "/me", "/internal")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


@pytest.mark.parametrize(
    ("path", "changes", "status", "code"),
    [
        ("/read", {"assurance": Assurance.PASSWORD}, 403, "second-factor-required"),
        ("/close", {"assurance": Assurance.MFA}, 403, "elevation-required"),
        ("/close", {"assurance": Assurance.ELEVATED, "roles": frozenset({Role.TEACHER})}, 403, "not-permitted"),
        ("/read", {"scopes": frozenset({"incident:log"})}, 403, "not-permitted"),
        ("/log", {"scopes": frozenset({"incident:log"})}, 200, ""),
        ("/close", {"assurance": Assurance.ELEVATED}, 200, ""),
        ("/me", {"assurance": Assurance.PASSWORD, "roles": frozenset()}, 200, ""),
    ],
)
async def test_a_route_lets_in_whom_the_policy_allows(
    api: httpx.AsyncClient, ring: Ring, path: str, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await api.get(path, headers=bearer(mint(ring, okafor(**changes))))
    assert answer.status_code == status
    if code:
        assert answer.json()["type"].endswith(code)


async def test_with_a_token_that_auth_has_not_renewed_one_can_log_and_not_read(
    api: httpx.AsyncClient, ring: Ring
) -> None:
    half_a_minute_ago = int((datetime.now(UTC) - timedelta(seconds=30)).timestamp())
    stamped = {
        **okafor().claims(),
        "iss": "heed-auth",
        "aud": "incident",
        "jti": "x",
        "iat": half_a_minute_ago,
        "nbf": half_a_minute_ago,
        "exp": half_a_minute_ago + 60,
    }
    header = {"alg": ALGORITHM, "kid": ring.active.kid}
    token = jwt.encode(header, stamped, ring.active, algorithms=[ALGORITHM])
    answers = {path: (await api.get(path, headers=bearer(token))).status_code for path in ("/log", "/read", "/me")}
    assert answers == {"/log": 200, "/read": 401, "/me": 401}


async def test_a_service_is_no_person_and_a_person_is_no_service(api: httpx.AsyncClient, ring: Ring) -> None:
    signer = Signer(issuer="heed-auth", keys=ring)
    ours = signer.mint({"sub": "service:alerting", "svc": "alerting"}, audience="incident")
    other = signer.mint({"sub": "service:gateway", "svc": "gateway"}, audience="incident")
    assert (await api.get("/internal", headers=bearer(ours))).status_code == 200
    assert (await api.get("/internal", headers=bearer(other))).status_code == 401
    assert (await api.get("/internal", headers=bearer(mint(ring, okafor())))).status_code == 401
    assert (await api.get("/read", headers=bearer(ours))).status_code == 401


@pytest.fixture
async def db(empty_cluster: Cluster) -> AsyncIterator[Database]:
    database = empty_cluster.database("house")
    yield database
    await database.close()


async def test_keys_are_kept_sealed_found_again_and_rotated(db: Database, empty_cluster: Cluster) -> None:
    secret = SecretStr("a secret of the environment, long enough")
    ring = KeyRing(db, purpose="token", wrap_secret=secret)
    await ring.load_or_create()
    first = ring.active.kid
    again = KeyRing(db, purpose="token", wrap_secret=secret)
    await again.load_or_create()
    assert again.active.kid == first
    await ring.rotate()
    assert ring.active.kid != first
    assert first in {key["kid"] for key in ring.public_jwks()["keys"]}
    assert all("d" not in key for key in ring.public_jwks()["keys"])
    await ring.rotate()
    assert first not in {key["kid"] for key in ring.public_jwks()["keys"]}
    private = json.dumps(ring.active.as_dict(private=True)["d"]).encode()
    import asyncpg

    connection = await asyncpg.connect(empty_cluster.admin("house"))
    stored = await connection.fetch("SELECT sealed, public FROM signing_key")
    await connection.close()
    assert all(private not in row["sealed"] and private.decode() not in row["public"] for row in stored)


async def test_another_secret_is_said_not_guessed(db: Database) -> None:
    await KeyRing(db, purpose="token", wrap_secret=SecretStr("one")).load_or_create()
    with pytest.raises(WrongSecret, match="HEED_KEY_SECRET"):
        await KeyRing(db, purpose="token", wrap_secret=SecretStr("another")).load_or_create()

"""Signing in with an account of a provider: a real one, what comes back from it, and what must open nothing."""

import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from pydantic import SecretStr, ValidationError

from deploy.native.kafka import free_port
from services.auth.domain.providers import Identity, Provider, authorization_address, endpoints_in, identity_in
from services.auth.providers import Providers
from services.auth.settings import AuthSettings
from tests.auth.conftest import PUBLIC_URL, House, Session
from tests.authenticator import encoded
from tests.openid import CLIENT, TENANT, OpenId, Silence, made

postgres = pytest.mark.postgres


def use(house: House, *providers: Provider, **how: float) -> Providers:
    house.service.api.state.providers = Providers(providers, public_url=PUBLIC_URL, **how)
    return house.service.api.state.providers  # type: ignore[no-any-return]


@pytest.fixture
async def school(house: House, openid: OpenId) -> AsyncIterator[House]:
    """The house with one provider in its settings."""
    providers = use(house, openid.setting())
    yield house
    await providers.close()


async def leave(house: House) -> tuple[str, str]:
    begun = await house.gateway("/sign-in/provider", {"provider": "microsoft"})
    assert begun.status_code == 200, begun.text
    return begun.json()["attempt"], begun.json()["address"]


def brought(attempt: str, back: dict[str, str], **rest: Any) -> dict[str, Any]:
    return {"attempt": attempt, **{name: back[name] for name in ("state", "code", "iss") if name in back}, **rest}


async def sign_in(house: House, at: OpenId, name: str = "okafor", **rest: Any) -> httpx.Response:
    attempt, address = await leave(house)
    return await house.gateway("/sign-in/provider/return", brought(attempt, await at.visit(address, name), **rest))


async def link(session: Session, at: OpenId, name: str = "okafor", *, held: str = "") -> httpx.Response:
    begun = await session.ask("POST", "/linked-accounts", json={"provider": "microsoft"})
    assert begun.status_code == 200, begun.text
    back = await at.visit(begun.json()["address"], name)
    body = brought(begun.json()["attempt"], back, session=held or session.token)
    return await session.house.gateway("/sign-in/provider/return", body)


# --------------------------------------------------------------------------------------------------- a real provider
@postgres
async def test_a_linked_account_stands_for_the_password_and_the_second_factor_is_asked(
    school: House,
    openid: OpenId,
) -> None:
    await school.work("sender")
    okafor = await school.session("okafor")
    assert (await link(okafor, openid)).json() == {"signed_in": None, "linked": True}
    await school.mails(to=school.people["okafor"].email, about="How you sign in")
    answer = (await sign_in(school, openid)).json()["signed_in"]
    assert (answer["needs"], answer["second_factors"], answer["assurance"]) == ("second-factor", ["code"], "password")
    session = Session(school, answer["session"], answer)
    staff = (await session.check()).json()["staff"]
    assert (staff["staff_id"], staff["assurance"]) == (str(school.people["okafor"].id), "password")
    # As a password does it: a browser that was not seen before is told, and a remembered one is spared the code.
    await school.mails(to=school.people["okafor"].email, about="A new sign-in")
    code = {"session": session.token, "code": school.people["okafor"].code(ahead=1), "remember": True}
    device = (await school.gateway("/sessions/second-factor", code)).json()["device"]
    spared = (await sign_in(school, openid, device=device)).json()["signed_in"]
    assert (spared["needs"], spared["assurance"]) == (None, "mfa")
    (mine,) = (await session.ask("GET", "/linked-accounts")).json()["accounts"]
    assert (mine["label"], mine["last_used_at"] is None) == ("Microsoft 365", False)


@postgres
async def test_whatever_does_not_fit_is_refused_in_one_manner(school: House, openid: OpenId) -> None:
    okafor = await school.session("okafor")
    assert (await link(okafor, openid)).json()["linked"]
    attempt, address = await leave(school)
    right = brought(attempt, await openid.visit(address, "okafor"))
    assert (await school.gateway("/sign-in/provider/return", right)).status_code == 200
    refusals = [await school.gateway("/sign-in/provider/return", right)]  # the same once more
    for name in ("stranger", "elsewhere", "nameless"):
        # Not linked, though Ms Haddad has that address; another tenant's, with the same object id; without one.
        refusals.append(await sign_in(school, openid, name))
    for changed in ({"nonce": "n" * 43}, {"client_id": "another"}, {"code_challenge": "E" * 43}):
        attempt, address = await leave(school)
        back = await openid.visit(address, "okafor", **changed)
        refusals.append(await school.gateway("/sign-in/provider/return", brought(attempt, back)))
    for wrong in ({"state": "s" * 43}, {"iss": "https://another.example"}, {"attempt": "another"}, {"code": "c" * 43}):
        attempt, address = await leave(school)
        body = brought(attempt, await openid.visit(address, "okafor")) | wrong
        refusals.append(await school.gateway("/sign-in/provider/return", body))
    attempt, address = await leave(school)
    refusals.append(await school.gateway("/sign-in/provider/return", {"attempt": attempt, "state": "s"}))
    assert {answer.status_code for answer in refusals} == {401}, [answer.text for answer in refusals]
    assert len({answer.text for answer in refusals}) == 1
    assert refusals[0].json()["type"].endswith("/sign-in-refused")


@postgres
async def test_only_its_owner_links_an_account_elevated_and_in_the_session_that_began(
    school: House,
    openid: OpenId,
) -> None:
    stolen = await school.session("haddad", sure="mfa")
    refused = await stolen.ask("POST", "/linked-accounts", json={"provider": "microsoft"})
    assert refused.json()["type"].endswith("/elevation-required")
    haddad, okafor = await school.session("haddad"), await school.session("okafor")
    for held in (okafor.token, stolen.token, "nobody's"):
        assert (await link(haddad, openid, held=held)).status_code == 401
    assert (await haddad.ask("GET", "/linked-accounts")).json() == {"accounts": []}
    assert (await link(okafor, openid)).status_code == 200
    # Another person's by now, and one that comes of another tenant.
    assert [(await link(haddad, openid, name)).status_code for name in ("okafor", "elsewhere")] == [422, 422]
    (mine,) = (await okafor.ask("GET", "/linked-accounts")).json()["accounts"]
    assert (await haddad.ask("DELETE", f"/linked-accounts/{mine['id']}")).status_code == 404
    assert (await okafor.ask("DELETE", f"/linked-accounts/{mine['id']}")).status_code == 204
    assert (await sign_in(school, openid)).status_code == 401
    assert (await okafor.ask("POST", "/linked-accounts", json={"provider": "unknown"})).status_code == 404


@postgres
async def test_a_disabled_person_is_refused(school: House, openid: OpenId) -> None:
    assert (await link(await school.session("haddad"), openid, "stranger")).status_code == 200
    assert (await sign_in(school, openid, "stranger")).status_code == 200
    boyle = await school.session("boyle")
    assert (await boyle.ask("POST", f"/staff/{school.people['haddad'].id}/disable")).status_code == 204
    assert (await sign_in(school, openid, "stranger")).status_code == 401


@postgres
async def test_a_provider_that_goes_and_comes_back_with_another_key(house: House, openid: OpenId) -> None:
    own = OpenId(made())
    await own.server.start()
    providers = use(house, own.setting(), refetch=0)
    try:
        assert (await link(await house.session("okafor"), own)).status_code == 200
        attempt, address = await leave(house)
        back = brought(attempt, await own.visit(address, "okafor"))
        await own.server.stop()
        lost = await house.gateway("/sign-in/provider/return", back)
        assert lost.status_code == 503
        assert lost.json()["detail"] == (
            "Signing in with Microsoft 365 does not work just now. Sign in with your e-mail address and your password."
        )
        assert (await house.sign_in("okafor")).status_code == 200
        await own.server.start()
        assert (await sign_in(house, own)).status_code == 200
    finally:
        await own.server.stop()
        await providers.close()


@postgres
async def test_a_provider_that_is_not_there_or_says_nothing_holds_nobody_up(house: House) -> None:
    async with Silence() as silence:
        for issuer in (f"http://127.0.0.1:{free_port()}", silence.issuer):
            providers = use(house, setting(issuer=issuer), patience=0.3)
            began = time.monotonic()
            answer = await house.gateway("/sign-in/provider", {"provider": "microsoft"})
            assert (answer.status_code, time.monotonic() - began < 3) == (503, True)
            assert "Sign in with your e-mail address and your password" in answer.json()["detail"]
            await providers.close()
    assert (await house.sign_in("okafor")).status_code == 200


# ------------------------------------------------------------------------------------------------ what an ID token says
ISSUER = "https://login.microsoftonline.com/7f3c1f6e-90a5-4b57-9c38-0d8e5b6a2f41/v2.0"
KEY = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY])


def setting(**changed: Any) -> Provider:
    given = {"id": "microsoft", "label": "Microsoft 365", "kind": "microsoft", "issuer": ISSUER, "tenant": TENANT}
    return Provider.model_validate({**given, "client_id": CLIENT, "client_secret": "sssh-sssh", **changed})


def token(*, key: Any = KEY, alg: str = "RS256", kid: str = "k1", **changed: Any) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "pairwise",
        "oid": "object",
        "tid": TENANT,
        "nonce": "n",
    }
    claims |= {"iat": now, "exp": now + 300, **changed}
    header = {"alg": alg, "kid": kid}
    return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=[alg])


def unsigned() -> str:
    return f"{encoded(json.dumps({'alg': 'none'}).encode())}.{token().split('.')[1]}."


def forged(secret: bytes) -> str:
    """As if the public key were a secret that both sides know."""
    said = f"{encoded(json.dumps({'alg': 'HS256', 'kid': 'k1'}).encode())}.{token().split('.')[1]}"
    return f"{said}.{encoded(hmac.digest(secret, said.encode(), 'sha256'))}"


def test_who_somebody_is_comes_of_issuer_tenant_and_object_id() -> None:
    found = identity_in(token(), KEYS, setting(), nonce="n")
    assert found == Identity("microsoft", ISSUER, TENANT, "object")
    google = setting(kind="google", issuer="https://accounts.google.com", tenant="school.example", id="google")
    said = token(iss="https://accounts.google.com", hd="school.example", sub="1234")
    assert identity_in(said, KEYS, google, nonce="n") == Identity("google", google.issuer, "school.example", "1234")
    for domain in (None, "another.example"):
        said = token(iss="https://accounts.google.com", hd=domain, sub="1234")
        assert identity_in(said, KEYS, google, nonce="n") is None
    plain = setting(kind="other", tenant="")
    assert identity_in(token(), KEYS, plain, nonce="n") == Identity("microsoft", ISSUER, "", "pairwise")
    several = token(aud=[CLIENT, "another"], azp=CLIENT)
    assert identity_in(several, KEYS, setting(), nonce="n") is not None


PAST = int(time.time()) - 3600
REFUSED: dict[str, Callable[[], str]] = {
    "another program's": lambda: token(aud="another"),
    "several programs', asked by nobody": lambda: token(aud=[CLIENT, "another"]),
    "asked by another": lambda: token(azp="another"),
    "another issuer's": lambda: token(iss="https://login.microsoftonline.com/another/v2.0"),
    "another tenant's": lambda: token(tid="another"),
    "no tenant's": lambda: token(tid=None),
    "no object": lambda: token(oid=None),
    "an empty object": lambda: token(oid=""),
    "a number for an object": lambda: token(oid=7),
    "expired": lambda: token(exp=PAST, iat=PAST - 300),
    "never ending": lambda: token(exp=None),
    "to come": lambda: token(iat=PAST + 7200),
    "another nonce": lambda: token(nonce="m"),
    "no nonce": lambda: token(nonce=None),
    "unsigned": unsigned,
    "another key's": lambda: token(key=RSAKey.generate_key(2048)),
    "an unknown key's": lambda: token(kid="k2"),
    "signed with what everybody can read": lambda: forged(KEY.as_pem(private=False)),
    "another kind of key's": lambda: token(key=ECKey.generate_key("P-256"), alg="ES256"),
    "no token": lambda: "a.b.c",
    "nothing": lambda: "",
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", REFUSED)
def test_an_id_token_that_is_not_for_us_from_them_and_now_says_nothing(kind: str) -> None:
    assert identity_in(REFUSED[kind](), KEYS, setting(), nonce="n") is None


def test_a_provider_speaks_for_itself_over_a_line_nobody_reads() -> None:
    said = {
        "issuer": ISSUER,
        "authorization_endpoint": "https://login.microsoftonline.com/authorize",
        "token_endpoint": "https://login.microsoftonline.com/token",
        "jwks_uri": "https://login.microsoftonline.com/keys",
    }
    assert endpoints_in(said, setting()) is not None
    # As the address for every tenant answers.
    assert endpoints_in(said | {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}, setting()) is None
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert endpoints_in(said | {name: "http://login.microsoftonline.com/x"}, setting()) is None
        assert endpoints_in({key: value for key, value in said.items() if key != name}, setting()) is None


def test_the_way_there_says_nothing_of_the_browsers_secret() -> None:
    google = setting(kind="google", issuer="https://accounts.google.com", tenant="school.example")
    address = authorization_address(google, "https://accounts.google.com/auth", attempt="secret", redirect_uri="x")
    assert "secret" not in address
    assert "code_challenge_method=S256" in address
    assert "hd=school.example" in address


# ------------------------------------------------------------------------------------------------------------- settings
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"issuer": "https://login.microsoftonline.com/common/v2.0"}, "every tenant"),
        ({"issuer": "https://login.microsoftonline.com/organizations/v2.0"}, "every tenant"),
        ({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}, "every tenant"),
        ({"issuer": "http://login.microsoftonline.com/x/v2.0"}, "https://"),
        ({"tenant": ""}, "name the tenant"),
        ({"kind": "google", "tenant": ""}, "name the tenant"),
    ],
)
def test_a_provider_for_everybody_is_refused_in_the_settings(
    changed: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {**setting().model_dump(), "client_secret": "sssh-sssh", **changed}
    monkeypatch.setenv("HEED_OIDC_PROVIDERS", json.dumps([given]))
    with pytest.raises(ValidationError) as refused:
        AuthSettings()
    assert says in str(refused.value)
    assert "sssh" not in str(refused.value)


def test_providers_come_from_the_environment_and_their_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEED_OIDC_PROVIDERS", json.dumps([{**setting().model_dump(), "client_secret": "sssh-sssh"}]))
    settings = AuthSettings()
    assert settings.oidc_providers == (setting(),)
    assert settings.oidc_providers[0].client_secret == SecretStr("sssh-sssh")
    assert "sssh" not in repr(settings)
    twice = [{**setting().model_dump(), "client_secret": "s"}] * 2
    monkeypatch.setenv("HEED_OIDC_PROVIDERS", json.dumps(twice))
    with pytest.raises(ValidationError, match="of its own"):
        AuthSettings()

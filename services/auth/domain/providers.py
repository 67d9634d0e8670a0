"""Signing in with a provider (OpenID Connect): where a browser is sent, and who an ID token says that it is. Pure."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from pydantic import BaseModel, ConfigDict, SecretStr, StringConstraints, model_validator

ATTEMPT_LIFE: Final = timedelta(minutes=10)
# Signed with a key that only the provider has. A secret that both know (HS256) or none at all is no signature here.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS: Final = 60
LONGEST_OBJECT_ID: Final = 255
RETURN_PATH: Final = "/sign-in/return"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# Issuers that speak for every tenant there is: whoever has an account anywhere would come with one.
_OF_EVERYBODY: Final = frozenset({"common", "organizations", "consumers"})
# Which claim says the tenant, and which says who it is within it: for Microsoft `sub` is another in every program.
_TENANT: Final[Mapping[str, str]] = {"microsoft": "tid", "google": "hd"}
_OBJECT: Final[Mapping[str, str]] = {"microsoft": "oid"}

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
OwnSecret = Literal["state", "nonce", "code verifier"]


class Provider(BaseModel):
    """One provider, as the settings name it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    label: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    kind: Literal["microsoft", "google", "other"] = "other"
    issuer: Text
    tenant: str = ""
    client_id: Text
    client_secret: SecretStr

    @model_validator(mode="after")
    def _of_one_tenant(self) -> "Provider":
        if not _is_safe(self.issuer):
            raise ValueError("the issuer must begin with https://")
        if "{" in self.issuer or _OF_EVERYBODY.intersection(urlsplit(self.issuer).path.split("/")):
            raise ValueError("the issuer must be that of your own tenant, not the one that speaks for every tenant")
        if self.kind != "other" and not self.tenant:
            raise ValueError("name the tenant: the directory's id for Microsoft, the domain for Google")
        return self


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What a provider says of itself in its discovery document."""

    authorization: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to a provider, and nothing else of them."""

    provider: str
    issuer: str
    tenant: str
    object_id: str


def endpoints_in(document: Mapping[str, Any], provider: Provider) -> Endpoints | None:
    """None for a document that speaks for another issuer, or that leads over a line anybody can read."""
    found = [document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if document.get("issuer") != provider.issuer or not all(isinstance(each, str) and _is_safe(each) for each in found):
        return None
    return Endpoints(*(str(each) for each in found))


def own_secret(attempt: str, what: OwnSecret) -> str:
    """State, nonce and code verifier all come of the one secret that the browser holds: what fits it fits no other."""
    digest = hmac.digest(attempt.encode(), f"heed sign-in {what}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def came_back(attempt: str, *, state: str, issuer: str | None, provider: Provider) -> bool:
    """Whether a browser comes back from where it was sent, by what it brings along (RFC 9207 for the issuer)."""
    same = hmac.compare_digest(own_secret(attempt, "state").encode(), state.encode())
    return same and issuer in {None, provider.issuer}


def authorization_address(provider: Provider, endpoint: str, *, attempt: str, redirect_uri: str) -> str:
    challenge = hashlib.sha256(own_secret(attempt, "code verifier").encode()).digest()
    asked = {
        "client_id": provider.client_id,
        "response_type": "code",
        "scope": "openid profile",
        "redirect_uri": redirect_uri,
        "state": own_secret(attempt, "state"),
        "nonce": own_secret(attempt, "nonce"),
        "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        # On a computer that several people use, the one who was there before must not be taken for granted.
        "prompt": "select_account",
    }
    if provider.kind == "google":
        asked["hd"] = provider.tenant
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def identity_in(id_token: str, keys: KeySet, provider: Provider, *, nonce: str) -> Identity | None:
    """None unless this very provider says it, to us, now, in answer to this browser, of somebody of this tenant."""
    try:
        read = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        # `decode` alone takes expired tokens and those for another program.
        _registry(provider, nonce).validate(read.claims)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    claims = read.claims
    if not _meant_for(claims, provider.client_id):
        return None
    tenant = claims.get(_TENANT[provider.kind]) if provider.kind in _TENANT else provider.tenant
    object_id = claims.get(_OBJECT.get(provider.kind, "sub"))
    if tenant != provider.tenant or not isinstance(object_id, str) or not 0 < len(object_id) <= LONGEST_OBJECT_ID:
        return None
    return Identity(provider.id, provider.issuer, provider.tenant, object_id)


def _registry(provider: Provider, nonce: str) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )


def _meant_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """One that is for several programs must say that it was ours that asked (OpenID Connect, 3.1.3.7)."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    asked_by: object = claims.get("azp", None if several else client_id)
    return asked_by == client_id


def _is_safe(address: str) -> bool:
    """Encrypted, or never leaving this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )

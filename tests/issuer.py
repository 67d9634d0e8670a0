"""Tokens for tests of one service alone: keys of its own, published as auth and alerting publish theirs."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from shared.contracts.words import Assurance, Role, TrustRole
from shared.identity import Signer, Staff
from shared.ids import new_id

TRUST = new_id()


@dataclass
class Issuer:
    name: str
    keys: list[OKPKey] = field(default_factory=lambda: [_key()])

    @property
    def active(self) -> OKPKey:
        return self.keys[0]

    def public_jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    @property
    def app(self) -> FastAPI:
        api = FastAPI(telemetry={"logs": False})
        api.add_api_route("/.well-known/jwks.json", self._jwks)
        return api

    async def _jwks(self) -> dict[str, Any]:
        return self.public_jwks()

    def mint(self, claims: dict[str, Any], audience: str) -> str:
        return Signer(issuer=self.name, keys=self).mint(claims, audience=audience)


def _key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", parameters={"kid": str(new_id()), "use": "sig", "alg": "Ed25519"})


def member(
    school_id: UUID,
    *roles: Role,
    assurance: Assurance = Assurance.MFA,
    classes: tuple[str, ...] = (),
    shields: tuple[UUID, ...] = (),
    trust_roles: tuple[TrustRole, ...] = (),
    staff_id: UUID | None = None,
) -> Staff:
    return Staff(
        staff_id=staff_id or new_id(),
        session_id=new_id(),
        trust_id=TRUST,
        school_id=school_id,
        roles=frozenset(roles),
        trust_roles=frozenset(trust_roles),
        classes=frozenset(classes),
        assurance=assurance,
        shields=frozenset(shields),
    )


@dataclass(frozen=True)
class Client:
    """One person's way into one service."""

    http: httpx.AsyncClient
    issuer: Issuer
    audience: str
    staff: Staff

    async def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        token = self.issuer.mint(self.staff.claims(), self.audience)
        headers = {"Authorization": f"Bearer {token}", **rest.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **rest)

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("GET", path, **rest)

    async def post(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("POST", path, **rest)

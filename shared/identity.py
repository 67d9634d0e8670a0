"""Who is asking: 60-second Ed25519 tokens, one audience each, and the permission every route names."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from fastapi import Request
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jwt import JWTClaimsRegistry

from shared.contracts.words import Assurance, Role, TrustRole
from shared.errors import ElevationRequired, NotPermitted, NotSignedIn, SecondFactorRequired
from shared.policy import ACTIONS, ON_A_KIOSK, Decision, decide

ALGORITHM: Final = "Ed25519"
TOKEN_SECONDS: Final = 60
FRESH_SECONDS: Final = 5
LEEWAY_SECONDS: Final = 2
REFETCH_SECONDS: Final = 5.0
MOST_READ: Final = 200
ON_ONES_OWN: Final = "you, signed in on another device: here one can log a concern and nothing else"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff as one token tells of them: who, in which school, with which rights, how sure."""

    staff_id: UUID
    session_id: UUID
    trust_id: UUID
    school_id: UUID
    roles: frozenset[Role]
    trust_roles: frozenset[TrustRole]
    classes: frozenset[str]
    assurance: Assurance
    shields: frozenset[UUID] = frozenset()
    break_glass: UUID | None = None
    break_glass_pupil: UUID | None = None
    scopes: frozenset[str] | None = None
    kiosk_id: UUID | None = None
    """The device of the school they signed in on, where one can log and nothing else (C15)."""
    issued_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def elevated(self) -> bool:
        return self.assurance is Assurance.ELEVATED

    def claims(self) -> dict[str, Any]:
        """What a token says of this person; `from_claims` reads it back."""
        return {
            "sub": str(self.staff_id),
            "sid": str(self.session_id),
            "trust": str(self.trust_id),
            "school": str(self.school_id),
            "roles": sorted(self.roles),
            "trust_roles": sorted(self.trust_roles),
            "classes": sorted(self.classes),
            "assurance": int(self.assurance),
            "shields": sorted(str(shield) for shield in self.shields),
            "break_glass": str(self.break_glass) if self.break_glass else None,
            "break_glass_pupil": str(self.break_glass_pupil) if self.break_glass_pupil else None,
            "scopes": None if self.scopes is None else sorted(self.scopes),
            "kiosk": str(self.kiosk_id) if self.kiosk_id else None,
        }

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> "Staff":
        """Raises NotSignedIn for claims that are no member of staff's."""
        try:
            return cls(
                staff_id=UUID(claims["sub"]),
                session_id=UUID(claims["sid"]),
                trust_id=UUID(claims["trust"]),
                school_id=UUID(claims["school"]),
                roles=frozenset(role for role in Role if role.value in claims["roles"]) - {Role.UNKNOWN},
                trust_roles=frozenset(r for r in TrustRole if r.value in claims["trust_roles"]) - {TrustRole.UNKNOWN},
                classes=frozenset(claims["classes"]),
                assurance=Assurance(claims["assurance"]),
                shields=frozenset(UUID(shield) for shield in claims["shields"]),
                break_glass=UUID(claims["break_glass"]) if claims["break_glass"] else None,
                break_glass_pupil=UUID(claims["break_glass_pupil"]) if claims.get("break_glass_pupil") else None,
                scopes=None if claims["scopes"] is None else frozenset(claims["scopes"]),
                kiosk_id=UUID(claims["kiosk"]) if claims.get("kiosk") else None,
                issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            )
        except (KeyError, ValueError, TypeError):
            raise NotSignedIn from None


class Keys(Protocol):
    """Where a signer finds its keys: `shared.keys.KeyRing`."""

    @property
    def active(self) -> OKPKey: ...
    def public_jwks(self) -> dict[str, Any]: ...


class Signer:
    def __init__(self, *, issuer: str, keys: Keys) -> None:
        self._issuer = issuer
        self._keys = keys

    def mint(self, claims: Mapping[str, Any], *, audience: str, seconds: int = TOKEN_SECONDS) -> str:
        """A token for one audience; `claims` must hold `sub`. Times are whole seconds since 1970."""
        key = self._keys.active
        now = int(time.time())
        stamped = {
            **claims,
            "iss": self._issuer,
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "jti": secrets.token_urlsafe(12),
        }
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}
        return jwt.encode(header, stamped, key, algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, Any]:
        return self._keys.public_jwks()


class Verifier:
    """Reads the tokens of one issuer for one audience, with the keys the issuer publishes."""

    def __init__(self, *, issuer: str, audience: str, fetch_jwks: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._fetch = fetch_jwks
        self._keys: dict[str, OKPKey] = {}
        self._fetched_at = float("-inf")
        self._signed: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._claims = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )

    async def verify(self, token: str) -> dict[str, Any]:
        """The claims of a valid token. Raises NotSignedIn for every other one, whatever is wrong with it."""
        try:
            claims = self._signed.get(token) or await self._read(token)
            # `decode` alone takes expired tokens and those of another audience; and what was signed well ends.
            self._claims.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn from None
        return dict(claims)

    async def _read(self, token: str) -> dict[str, Any]:
        """What is signed well stays so: a page asks a dozen times with one token. When it ends is asked each time."""
        key = await self._key(jws.extract_compact(token.encode()).headers()["kid"])
        claims = self._signed[token] = dict(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)
        while len(self._signed) > MOST_READ:
            self._signed.popitem(last=False)
        return claims

    async def _key(self, kid: str) -> OKPKey:
        # An unknown key is a rotated one, or a forger's: asked for, but not more often than every few seconds.
        if kid not in self._keys and time.monotonic() - self._fetched_at > REFETCH_SECONDS:
            published = (await self._fetch())["keys"]
            self._keys = {found["kid"]: OKPKey.import_key(found) for found in published}
            self._signed.clear()
            self._fetched_at = time.monotonic()
        return self._keys[kid]


class Permission:
    """What a route says of who may come in. The marker by which a test finds a route that says nothing."""

    def __init__(self, words: str) -> None:
        self.words = words


class May(Permission):
    """Lets in whoever the policy allows; the route gets the member of staff."""

    def __init__(self, action: str) -> None:
        if action not in ACTIONS:
            raise KeyError(f"{action} is not in the policy")
        super().__init__(action)

    async def __call__(self, request: Request) -> Staff:
        staff = await staff_of(request)
        rule = ACTIONS[self.words]
        require(staff, self.words)
        if not rule.stale_ok and not _fresh(staff):
            raise NotSignedIn
        return staff


class SignedIn(Permission):
    """Lets in every member of staff with a valid session; nobody on a kiosk, who is there to log."""

    async def __call__(self, request: Request) -> Staff:
        staff = await staff_of(request)
        if not _fresh(staff):
            raise NotSignedIn
        if staff.kiosk_id is not None:
            raise NotPermitted(ON_ONES_OWN)
        return staff


class Public(Permission):
    async def __call__(self) -> None: ...


class ServiceOnly(Permission):
    """Lets in other services by their own tokens; the route gets the caller's name."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"service {', '.join(names)}")
        self._names = names

    async def __call__(self, request: Request) -> str:
        claims = await _claims(request)
        caller = claims.get("svc")
        if caller not in self._names:
            raise NotSignedIn
        return str(caller)


def may(action: str) -> May:
    """`staff: Annotated[Staff, Depends(may("incident:read"))]`. Answers 401, or 403 by what is missing."""
    return May(action)


def signed_in() -> SignedIn:
    return SignedIn("signed in")


def public() -> Public:
    return Public("public")


def service_only(*names: str) -> ServiceOnly:
    return ServiceOnly(*names)


def require(staff: Staff, action: str) -> None:
    """Raises the 403 that fits when this person may not do this now."""
    rule = ACTIONS[action]
    if staff.scopes is not None and action not in staff.scopes:
        raise NotPermitted("a person, or a token that was given this right")
    if staff.kiosk_id is not None and action not in ON_A_KIOSK:
        raise NotPermitted(ON_ONES_OWN)
    decision = decide(action, roles=staff.roles, trust_roles=staff.trust_roles, assurance=staff.assurance)
    if decision is Decision.NEEDS_SECOND_FACTOR:
        raise SecondFactorRequired
    if decision is Decision.NEEDS_ELEVATION:
        raise ElevationRequired
    if decision is Decision.NOT_PERMITTED:
        raise NotPermitted(rule.who_can)


async def staff_of(request: Request) -> Staff:
    claims = await _claims(request)
    if "svc" in claims:
        raise NotSignedIn
    return Staff.from_claims(claims)


async def _claims(request: Request) -> dict[str, Any]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    verifier: Verifier = request.app.state.verifier
    return await verifier.verify(token)


def _fresh(staff: Staff) -> bool:
    # The gateway asks for a new token at each request; an old one means that auth could not be asked.
    age = datetime.now(UTC) - staff.issued_at
    return age.total_seconds() <= FRESH_SECONDS + LEEWAY_SECONDS

"""Who looks at a page: the session behind it, what they may do here, and the API in their name."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from typing import Annotated, Any

from fastapi import Depends, Request

from services.gateway.asking import Asks
from services.gateway.csrf import SAFE, same_site
from services.gateway.gate import Gate, by_itself, gate_of
from services.gateway.names import names_of
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.held import owner_mark
from services.gateway.sessions import Checked, Credential
from shared.contracts.words import DSL_TEAM, Assurance, Role, TrustRole
from shared.errors import NotPermitted, NotSignedIn, Unavailable
from shared.identity import ON_ONES_OWN, Permission
from shared.policy import ACTIONS, ON_A_KIOSK, WIDE

KEPT_SECONDS = 60.0  # a person's own name and schools
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Known:
    """What the head of a page says: one's own name, and the schools one belongs to."""

    name: str | None
    schools: list[dict[str, Any]]
    at: float


@dataclass
class Visit:
    request: Request
    credential: Credential
    checked: Checked
    api: Api
    form: Form
    known: Known
    csrf: str
    owner: str
    covers: bool = False
    """Whether what is on this page may have been read by elevated access, and goes out of sight with it."""

    @property
    def staff_id(self) -> str:
        return str(self.checked.staff["staff_id"])

    @property
    def kiosk(self) -> bool:
        """Whether this is a device that others walk past: one logs here, and reads nothing."""
        return self.checked.staff.get("kiosk_id") is not None

    @property
    def name(self) -> str:
        return self.known.name or "colleague"

    @property
    def school_id(self) -> str:
        return str(self.checked.staff["school_id"])

    @property
    def school(self) -> str:
        return next((one["name"] for one in self.known.schools if one["id"] == self.school_id), "")

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role in Role if role.value in self.checked.staff["roles"])

    @cached_property
    def trust_roles(self) -> frozenset[TrustRole]:
        return frozenset(role for role in TrustRole if role.value in self.checked.staff["trust_roles"])

    @property
    def dsl(self) -> bool:
        return bool(self.roles & DSL_TEAM)

    @property
    def wide(self) -> bool:
        """Reads beyond what they were told of and their class."""
        return bool(self.roles & WIDE)

    @property
    def elevated(self) -> bool:
        return bool(self.checked.staff["assurance"] == "elevated")

    @property
    def sure(self) -> bool:
        """Has given a second factor in this session."""
        return bool(self.checked.staff["assurance"] != "password")

    @property
    def elevated_seconds(self) -> int | None:
        until = self.checked.answer.get("elevated_until")
        if until is None:
            return None
        return max(1, round((datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds()))

    @property
    def elevated_minutes(self) -> int | None:
        left = self.elevated_seconds
        return None if left is None else max(1, round(left / 60))

    def may(self, action: str) -> bool:
        """Whether it is theirs to do once they are sure enough: what a page offers. The services decide."""
        rule = ACTIONS[action]
        return bool(self.roles & rule.roles or self.trust_roles & rule.trust_roles)

    def needs_elevation(self, action: str) -> bool:
        return ACTIONS[action].assurance is Assurance.ELEVATED and not self.elevated


class Visits(Asks):
    """Lets in whoever is signed in; a form is taken only from a page of ours and with its token."""

    async def __call__(self, request: Request) -> Visit:  # type: ignore[override]
        visit = await visit_of(request, stale_ok=self._stale_ok)
        if visit.kiosk and self.words not in ON_A_KIOSK:
            raise NotPermitted(ON_ONES_OWN)
        visit.covers = visit.elevated and ACTIONS[self.words].assurance is not Assurance.PASSWORD
        return visit


class VisitsSignedIn(Permission):
    async def __call__(self, request: Request) -> Visit:
        visit = await visit_of(request, stale_ok=False)
        # Leaving is everybody's, also there.
        if visit.kiosk and request.url.path != "/sign-out":
            raise NotPermitted(ON_ONES_OWN)
        return visit


def visits(action: str) -> Visits:
    return Visits(action)


SignedInVisit = Annotated[Visit, Depends(VisitsSignedIn("signed in"))]


async def visit_of(request: Request, *, stale_ok: bool) -> Visit:
    """Raises 401 without a session, 403 for a form that is not ours, 503 when auth cannot be asked."""
    gate = gate_of(request)
    form = request.state.form = Form()
    if request.method not in SAFE:
        same_site(request)
        form = request.state.form = await forms.read(request)
    session = gate.cookies.session_of(request)
    if session is None:
        raise NotSignedIn()
    if request.method not in SAFE:
        gate.csrf.check_form(form.text(forms.CSRF), session=session)
    credential = Credential("session", session, background=by_itself(request))
    checked = await gate.sessions.check(credential, stale_ok=stale_ok)
    csrf = gate.csrf.token(session)
    api = Api(request, csrf=csrf)
    known = await _known(gate, request, api, credential, checked)
    owner = owner_mark(gate.secret, str(checked.staff["staff_id"]))
    visit = Visit(request, credential, checked, api, form, known, csrf, owner)
    request.state.visit = visit
    if code := form.text(forms.CODE):
        await elevate(visit, code)
    return visit


async def elevate(visit: Visit, code: str) -> None:
    """With a code that was given beside what was typed. One that does not fit is said by the page that asks for it."""
    try:
        await visit.api.post("/elevate", {"code": code})
    except Refused as problem:
        visit.form.wrong(forms.CODE, problem.errors[0].message if problem.errors else problem.detail)
        return
    visit.checked = await gate_of(visit.request).sessions.check(visit.credential, stale_ok=False)


async def _known(gate: Gate, request: Request, api: Api, credential: Credential, checked: Checked) -> Known:
    """A minute old at most: a name does not change between two pages."""
    kept = gate.people.get(credential.key)
    if isinstance(kept, Known) and monotonic() - kept.at < KEPT_SECONDS:
        return kept
    (names, _), schools = await asyncio.gather(names_of(gate, [str(checked.staff["staff_id"])]), _schools(api))
    known = Known(names.get(str(checked.staff["staff_id"])), schools, monotonic())
    if known.name is not None:
        gate.people[credential.key] = known
        while len(gate.people) > MOST_KEPT:
            gate.people.pop(next(iter(gate.people)))
    return known


async def _schools(api: Api) -> list[dict[str, Any]]:
    try:
        return list((await api.get("/schools"))["schools"])
    except (Refused, Unavailable):
        return []


def in_words(roles: Collection[str]) -> str:
    return ", ".join(role.replace("_", " ").replace("dsl", "DSL").replace("senco", "SENCo") for role in roles)

"""Somebody in every role, signed in at every assurance, and what each of them was answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

import httpx

from shared.contracts.words import Role, TrustRole
from tests.gateway.conftest import House, Person, browser

LEVELS = ("password", "mfa", "elevated")
CATEGORIES = {1: "Behaviour incident", 2: "Welfare Concern", 3: "Child Protection Incident"}


@dataclass
class Cast:
    """Somebody in every role, at every assurance; Rowan is in the teacher's class, Ife in nobody's."""

    house: House
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def author(self) -> Person:
        return self.people["author", "mfa"]

    async def appear(self, roles: Iterable[str]) -> "Cast":
        """`roles`: those in a school; the trust's all come."""
        for role in (*roles, "author"):
            classes = ("4B",) if role == "teacher" else ()
            held = Role.SUPPORT if role == "author" else Role(role)
            await self._sign_in(role, await self.house.add(role, held, classes=classes))
        for role in sorted(set(TrustRole) - {TrustRole.UNKNOWN}):
            await self._sign_in(role, await self.house.add(role, trust_role=role), self.house.oakfield)
        outsider = await self.house.add("outsider", Role.HEAD, school_id=self.house.harbour)
        await self._sign_in("outsider", outsider)
        return self

    async def _sign_in(self, role: str, person: Person, school_id: UUID | None = None) -> None:
        for used, level in enumerate(LEVELS):
            same = replace(person, http=browser(self.house.gateway.api), codes_used=max(0, used - 1))
            self.people[role, level] = await same.sign_in(level, school_id=school_id)

    async def log(self, sensitivity: int, about: str = "Rowan", *, by: Person | None = None) -> UUID:
        return await (by or self.author).log(of=CATEGORIES[sensitivity], about=about)

    def expect(self, what: str, answer: httpx.Response, *fits: object) -> None:
        """Status and kind of problem, or the status alone; every mismatch is collected."""
        kind = answer.json()["type"].rpartition("/")[2] if answer.is_error else None
        got = (answer.status_code, kind) if answer.is_error else answer.status_code
        if got not in fits:
            self.wrong.append(f"{what}: {got}, not {' or '.join(map(str, fits))}")

    async def close(self) -> None:
        for person in self.people.values():
            await person.http.aclose()

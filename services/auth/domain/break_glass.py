"""Break-glass: one child's record for half an hour, seen by others at once and reviewed by somebody else. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.words import Role

GLASS_LIFE: Final = timedelta(minutes=30)
FRESH_FACTOR: Final = timedelta(minutes=5)
"""How long ago the second factor may have been given: elevated access alone may be an hour old."""
FEWEST_CHARACTERS: Final = 20
REVIEW_WITHIN: Final = timedelta(days=7)


class GlassReason(StrEnum):
    CHILD_IN_DANGER = "child_in_danger"
    CHILD_MISSING = "child_missing"
    AGENCY_ASKS = "agency_asks"
    """The police, children's services, a hospital or a court ask, and it cannot wait."""
    NOBODY_REACHED = "nobody_reached"
    """Nobody who may read it can be reached in time."""


class Verdict(StrEnum):
    NEEDED = "needed"
    NOT_NEEDED = "not_needed"


def says_why(words: str) -> bool:
    """Twenty characters that say something: blanks in a row count once."""
    return len(" ".join(words.split())) >= FEWEST_CHARACTERS


def is_fresh(elevated_at: datetime | None, *, now: datetime) -> bool:
    return elevated_at is not None and now - elevated_at <= FRESH_FACTOR


def told_of_glass(
    by_id: UUID,
    *,
    team: Mapping[Role, Iterable[UUID]],
    safeguarding: Iterable[UUID],
    officers: Iterable[UUID],
    shielded: Collection[UUID],
) -> set[UUID]:
    """Lead DSLs and data protection officers; where no lead DSL is left, the next in line (C12).

    Left out are whoever does it themselves and whoever is shielded from the child, who must not learn of it.
    """
    left_out = {by_id, *shielded}
    line = [set(team.get(role, ())) for role in (Role.LEAD_DSL, Role.DEPUTY_DSL, Role.HEAD)] + [set(safeguarding)]
    first = next((left for each in line if (left := each - left_out)), set[UUID]())
    return first | (set(officers) - left_out)

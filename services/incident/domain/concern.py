"""A concern: how sensitive it is, and whether its time can be right. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.incident.domain.circumstances import Circumstances, TimeKnown
from services.incident.domain.lateness import LONDON
from shared.contracts.words import Part, Sensitivity

CLOCKS_DIFFER: Final = timedelta(minutes=5)
LONG_AGO: Final = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True)
class Link:
    """A child in an incident: what part they had, and under which categories it counts for them."""

    pupil_id: UUID
    part: Part
    category_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody writes down. `links` carry their own categories; an empty tuple means the concern's."""

    narrative: str
    occurred_at: datetime | None
    category_ids: tuple[UUID, ...]
    links: tuple[Link, ...]
    action_taken: str | None = None
    urgent: bool = False
    extra_staff_ids: tuple[UUID, ...] = ()
    extra_group_ids: tuple[UUID, ...] = ()
    circumstances: Circumstances = field(default_factory=Circumstances)


def sensitivity_of(categories: Iterable[UUID], known: Mapping[UUID, Sensitivity]) -> Sensitivity:
    """An incident is as sensitive as its most sensitive category over all its children."""
    return max(known[category] for category in categories)


def every_category(category_ids: Iterable[UUID], links: Iterable[Link]) -> list[UUID]:
    found = dict.fromkeys(category_ids)
    for link in links:
        found |= dict.fromkeys(link.category_ids)
    return list(found)


def category_sensitivity(parent: Sensitivity, raised: Sensitivity | None) -> Sensitivity:
    """A sub-category may be raised above its parent, never lowered."""
    return max(parent, raised or parent)


def time_fault(occurred_at: datetime | None, now: datetime, time_known: TimeKnown = TimeKnown.EXACT) -> str | None:
    """What is wrong with the time at which something is said to have happened."""
    if time_known is TimeKnown.NOT_KNOWN:
        return "You give a time and say that it is not known; take one of them away." if occurred_at else None
    if occurred_at is None:
        return "Enter when it happened, or say that it is not known."
    if _ahead(occurred_at, now, time_known):
        return "This lies in the future; enter when it happened."
    if occurred_at < now - LONG_AGO:
        return "This lies more than 30 years back; check the year."
    return None


def _ahead(occurred_at: datetime, now: datetime, time_known: TimeKnown) -> bool:
    if time_known is TimeKnown.DATE_ONLY:
        return occurred_at.astimezone(LONDON).date() > now.astimezone(LONDON).date()
    return occurred_at > now + CLOCKS_DIFFER

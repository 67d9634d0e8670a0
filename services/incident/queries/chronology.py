"""A child's chronology: the entries this reader may see, filtered and counted alike, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Subquery, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import (
    Action,
    ActionPupil,
    Addendum,
    Category,
    IncidentCategory,
    IncidentPupilCategory,
    IncidentRevision,
    IncidentStep,
    SignificantEvent,
)
from services.incident.queries.entries import entries
from services.incident.queries.reach import Who

Page = tuple[datetime, UUID]


class Kind(StrEnum):
    """Entries of which something in particular happened, as far as the reader may know it."""

    ACTION = "action"
    ADDENDUM = "addendum"
    CORRECTION = "correction"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Filters:
    category_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    kind: Kind | None = None
    part: str | None = None
    significant: bool = False
    new_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's place in the chronology."""

    incident_id: UUID
    revision: int
    whole: bool
    at: datetime
    part: str


async def chronology(
    session: AsyncSession, who: Who, pupil_id: UUID, filters: Filters, *, limit: int, after: Page | None
) -> tuple[Sequence[Placed], int]:
    """A page of entries, one more than `limit` when there are more, and how many there are on all pages."""
    seen = entries(who, [pupil_id]).subquery()
    held = _held(who, seen, filters)
    total = await session.scalar(select(func.count()).select_from(seen).where(*held))
    page = select(seen.c.incident_id, seen.c.revision, seen.c.whole, seen.c.at, seen.c.part).where(*held)
    if after is not None:
        page = page.where(tuple_(seen.c.at, seen.c.incident_id) < after)
    rows = await session.execute(page.order_by(seen.c.at.desc(), seen.c.incident_id.desc()).limit(limit + 1))
    return [Placed(*row) for row in rows], int(total or 0)


def _held(who: Who, seen: Subquery, filters: Filters) -> list[ColumnElement[bool]]:
    held: list[ColumnElement[bool]] = []
    if filters.category_ids:
        held.append(_of_category(who, seen, filters.category_ids))
    if filters.since is not None:
        held.append(seen.c.at >= filters.since)
    if filters.until is not None:
        held.append(seen.c.at < filters.until)
    if filters.kind is not None:
        held.append(_of_kind(who, seen, filters.kind))
    if filters.part is not None:
        held.append(seen.c.part == filters.part)
    if filters.significant:
        held.append(and_(seen.c.whole, _significant(who, seen)))
    if filters.new_since is not None:
        held.append(new_since(who, seen, filters.new_since))
    return held


def _of_category(who: Who, seen: Subquery, category_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Under one of these categories for this child.

    A category stands for those beneath it, and for those that were merged into it or into one beneath it.
    """
    in_school = Category.school_id == who.staff.school_id
    meant = select(Category.id).where(
        in_school, or_(Category.id.in_(category_ids), Category.parent_id.in_(category_ids))
    )
    counted = select(Category.id).where(in_school, or_(Category.id.in_(meant), Category.merged_into.in_(meant)))
    of_entry, of_child = IncidentCategory, IncidentPupilCategory
    this_child = (of_child.revision == seen.c.revision, of_child.pupil_id == seen.c.pupil_id)
    return or_(
        _beside(who, seen, of_child, *this_child, of_child.category_id.in_(counted)),
        and_(
            ~_beside(who, seen, of_child, *this_child),
            _beside(who, seen, of_entry, of_entry.revision == seen.c.revision, of_entry.category_id.in_(counted)),
        ),
    )


def _of_kind(who: Who, seen: Subquery, kind: Kind) -> ColumnElement[bool]:
    if kind is Kind.ADDENDUM:
        return _beside(who, seen, Addendum, _readable_addendum(who, seen))
    if kind is Kind.ACTION:
        for_child = exists(
            select(literal(1)).where(
                ActionPupil.school_id == Action.school_id,
                ActionPupil.action_id == Action.id,
                ActionPupil.pupil_id == seen.c.pupil_id,
            )
        )
        return and_(seen.c.whole, _beside(who, seen, Action, for_child))
    if kind is Kind.STEP:
        return and_(seen.c.whole, _beside(who, seen, IncidentStep))
    return and_(seen.c.whole, seen.c.revision > 1)


def new_since(who: Who, seen: Subquery, since: datetime) -> ColumnElement[bool]:
    """Written since then, or with something since then that this reader may see."""
    return or_(
        seen.c.logged_at > since,
        _beside(who, seen, Addendum, Addendum.created_at > since, _readable_addendum(who, seen)),
        and_(
            seen.c.whole,
            or_(
                _beside(who, seen, Action, Action.created_at > since),
                _beside(who, seen, IncidentStep, IncidentStep.at > since),
                _beside(who, seen, IncidentRevision, IncidentRevision.at > since),
            ),
        ),
    )


def _readable_addendum(who: Who, seen: Subquery) -> ColumnElement[bool]:
    return or_(seen.c.whole, Addendum.author_id == who.staff.staff_id)


def _significant(who: Who, seen: Subquery) -> ColumnElement[bool]:
    now = (
        select(SignificantEvent.headline)
        .where(
            SignificantEvent.school_id == who.staff.school_id,
            SignificantEvent.incident_id == seen.c.incident_id,
            SignificantEvent.pupil_id == seen.c.pupil_id,
        )
        .order_by(SignificantEvent.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return now.is_not(None)


def _beside(who: Who, seen: Subquery, table: Any, *being: ColumnElement[bool]) -> Exists:
    return exists(
        select(literal(1)).where(
            table.school_id == who.staff.school_id, table.incident_id == seen.c.incident_id, *being
        )
    )

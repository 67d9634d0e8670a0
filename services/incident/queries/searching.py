"""Searching what was written: English stemming, phrases in quotation marks, "or" and "-", within the reader's reach.

The words are looked up by a function of the database that knows the school and nothing of rights. What it finds is
held against the reader's reach before it is counted, ordered or cut: a hit above the ceiling is no hit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    case,
    column,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Action, Addendum, Incident, IncidentRevision
from services.incident.queries.reach import Who, in_school, own, whole

ENGLISH = "english"
MOST_COUNTED = 1_000
_EXCERPT = 'StartSel="", StopSel="", MaxWords=30, MinWords=12, MaxFragments=1'


@dataclass(frozen=True, slots=True)
class Hit:
    incident_id: UUID
    logged_at: datetime
    whole: bool
    found_in: tuple[str, ...]


def said(sought: str) -> FromClause:
    """Where these words were written in this school, whoever may read it."""
    columns = (
        column("incident_id", Uuid),
        column("source", Text),
        column("revision", Integer),
        column("author_id", Uuid),
    )
    return func.heed_said(sought).table_valued(*columns, name="hit")


def readable_hits(who: Who, hit: FromClause) -> CTE:
    """One row for each incident that this person may see, by words of it that they may see."""
    all_of_it, written = whole(who), hit.c.source == "narrative"
    as_it_is_now = or_(~written, hit.c.revision == Incident.revision)
    # An author's own: their first words and what they added, nothing that others wrote or corrected (R28).
    as_they_wrote_it = or_(
        and_(written, hit.c.revision == 1), and_(hit.c.source == "addendum", hit.c.author_id == who.staff.staff_id)
    )
    return (
        select(
            Incident.id,
            Incident.logged_at,
            func.bool_or(all_of_it).label("whole"),
            func.array_agg(hit.c.source.distinct()).label("found_in"),
        )
        .join(hit, hit.c.incident_id == Incident.id)
        .where(
            in_school(who.staff),
            or_(and_(all_of_it, as_it_is_now), and_(own(who.staff), ~all_of_it, as_they_wrote_it)),
        )
        .group_by(Incident.school_id, Incident.id, Incident.logged_at)
        .cte("seen")
    )


def page_of(seen: CTE, *, limit: int, after: tuple[datetime, UUID] | None) -> Any:
    """The newest first, one more than `limit`, each with how many there are on all pages, up to a bound."""
    counted = select(func.count()).select_from(select(seen.c.id).limit(MOST_COUNTED + 1).subquery()).scalar_subquery()
    query = select(seen.c.id, seen.c.logged_at, seen.c.whole, seen.c.found_in, counted)
    if after is not None:
        query = query.where(tuple_(seen.c.logged_at, seen.c.id) < after)
    return query.order_by(seen.c.logged_at.desc(), seen.c.id.desc()).limit(limit + 1)


async def search(
    session: AsyncSession, who: Who, sought: str, *, limit: int, after: tuple[datetime, UUID] | None
) -> tuple[Sequence[Hit], int]:
    """A page of hits, one more than `limit` when there are more, and how many in all, at most MOST_COUNTED + 1."""
    rows = (await session.execute(page_of(readable_hits(who, said(sought)), limit=limit, after=after))).all()
    return [Hit(row[0], row[1], row[2], tuple(row[3])) for row in rows], rows[0][4] if rows else 0


async def excerpts(session: AsyncSession, who: Who, sought: str, hits: Sequence[Hit]) -> Mapping[UUID, str]:
    """Of each hit a few of the words around what was found, from what this person may see of it."""
    query, school_id = func.websearch_to_tsquery(ENGLISH, sought), who.staff.school_id
    everything = [hit.incident_id for hit in hits if hit.whole]
    theirs = [hit.incident_id for hit in hits if not hit.whole]

    def around(table: Any, text: Any, *being: ColumnElement[bool]) -> Any:
        return select(table.incident_id, func.ts_headline(ENGLISH, text, query, _EXCERPT)).where(
            table.school_id == school_id, func.to_tsvector(ENGLISH, text).bool_op("@@")(query), *being
        )

    revision = IncidentRevision
    words = func.concat_ws("\n", revision.narrative, revision.action_taken)
    now = select(Incident.revision).where(Incident.school_id == school_id, Incident.id == revision.incident_id)
    shown = case((revision.incident_id.in_(everything), now.scalar_subquery()), else_=1)
    asked = [
        around(Addendum, Addendum.text, _of(Addendum, everything, theirs, who)),
        around(Action, Action.text, Action.incident_id.in_(everything)),
        around(revision, words, revision.incident_id.in_([*everything, *theirs]), revision.revision == shown),
    ]
    found: dict[UUID, str] = {}
    for one in asked:
        found |= {row[0]: row[1] for row in await session.execute(one)}
    return found


def _of(table: type[Addendum], everything: list[UUID], theirs: list[UUID], who: Who) -> ColumnElement[bool]:
    return or_(
        table.incident_id.in_(everything),
        and_(table.incident_id.in_(theirs), table.author_id == who.staff.staff_id),
    )

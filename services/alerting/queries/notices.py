"""What an author was told of their own incidents: that it was read, and that something was added for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, AuthorNotice, ReadingWatch, ToldIncident
from services.alerting.queries.alerts import not_shielded, theirs
from shared.identity import Staff


@dataclass(frozen=True, slots=True)
class Followed:
    told: int
    first_read_at: datetime | None
    escalates_at: datetime | None
    """When the next in line is told; none once it was read, or when nobody is left to be told."""
    added: int
    """How much the author was told of, and of that how much they have not looked at."""
    unseen: int


async def followed(session: AsyncSession, staff: Staff, incident_ids: Sequence[UUID]) -> Mapping[UUID, Followed]:
    """Of each of these incidents that they wrote, or have an alert of; of the others nothing."""
    school = staff.school_id
    others = (
        select(Alert.incident_id, func.count().label("told"))
        .where(Alert.school_id == school, Alert.incident_id.in_(incident_ids), Alert.state != State.WITHDRAWN)
        .where(Alert.staff_id != select(ToldIncident.author_id).where(_same_incident(school)).scalar_subquery())
        .group_by(Alert.incident_id)
        .subquery()
    )
    notices = (
        select(
            AuthorNotice.incident_id,
            func.count().label("added"),
            func.count().filter(AuthorNotice.seen_at.is_(None)).label("unseen"),
        )
        .where(_own(staff), AuthorNotice.incident_id.in_(incident_ids))
        .group_by(AuthorNotice.incident_id)
        .subquery()
    )
    has_one = select(Alert.incident_id).where(theirs(staff), Alert.incident_id.in_(incident_ids))
    rows = await session.execute(
        select(
            ToldIncident.id,
            func.coalesce(others.c.told, 0),
            ToldIncident.first_read_at,
            ReadingWatch.due_at,
            func.coalesce(notices.c.added, 0),
            func.coalesce(notices.c.unseen, 0),
        )
        .outerjoin(others, others.c.incident_id == ToldIncident.id)
        .outerjoin(notices, notices.c.incident_id == ToldIncident.id)
        .outerjoin(
            ReadingWatch,
            and_(
                ReadingWatch.school_id == ToldIncident.school_id,
                ReadingWatch.incident_id == ToldIncident.id,
                ReadingWatch.ended_at.is_(None),
                ToldIncident.first_read_at.is_(None),
            ),
        )
        .where(
            ToldIncident.school_id == school,
            ToldIncident.id.in_(incident_ids),
            or_(ToldIncident.author_id == staff.staff_id, ToldIncident.id.in_(has_one)),
        )
    )
    return {row[0]: Followed(*row[1:]) for row in rows}


async def own_notices(
    session: AsyncSession, staff: Staff, *, limit: int, before: UUID | None = None
) -> Sequence[AuthorNotice]:
    """The newest first: ids are in the order of time."""
    query = select(AuthorNotice).where(_own(staff)).order_by(AuthorNotice.id.desc()).limit(limit)
    return (await session.scalars(query if before is None else query.where(AuthorNotice.id < before))).all()


async def one(session: AsyncSession, staff: Staff, notice_id: UUID) -> AuthorNotice | None:
    found: AuthorNotice | None = await session.scalar(
        select(AuthorNotice).where(_own(staff), AuthorNotice.id == notice_id)
    )
    return found


def _own(staff: Staff) -> ColumnElement[bool]:
    return and_(
        AuthorNotice.school_id == staff.school_id,
        AuthorNotice.staff_id == staff.staff_id,
        not_shielded(staff, AuthorNotice),
    )


def _same_incident(school_id: UUID) -> ColumnElement[bool]:
    return and_(ToldIncident.school_id == school_id, ToldIncident.id == Alert.incident_id)

"""What people chose about their mails, and whose held mails are due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, AuthorNotice, HeldMail, MailChoice
from services.alerting.queries.overview import kept_away
from shared.identity import Staff


@dataclass(frozen=True, slots=True)
class Chosen:
    """Version 0 for somebody who has said nothing."""

    version: int = 0
    words: dict[str, Any] = field(default_factory=dict)


async def choice_of(session: AsyncSession, staff: Staff) -> Chosen:
    query = select(MailChoice.version, MailChoice.words).where(
        MailChoice.school_id == staff.school_id, MailChoice.staff_id == staff.staff_id
    )
    row = (await session.execute(query)).one_or_none()
    return Chosen() if row is None else Chosen(row.version, row.words)


def choices_of(school_id: UUID, staff_ids: Collection[UUID]) -> ScalarSelect[Any]:
    """Pairs of a person and what they chose, as one value: for a statement that is asked anyway."""
    pairs = func.json_agg(func.json_build_array(MailChoice.staff_id, MailChoice.words))
    return (
        select(pairs)
        .where(MailChoice.school_id == school_id, MailChoice.staff_id.in_(sorted(staff_ids)))
        .scalar_subquery()
    )


async def whose_mails_are_due(session: AsyncSession, school_id: UUID, limit: int) -> Sequence[UUID]:
    found = await session.scalars(
        select(HeldMail.staff_id)
        .where(
            HeldMail.school_id == school_id,
            HeldMail.ended_at.is_(None),
            HeldMail.due_at <= func.clock_timestamp(),
        )
        .distinct()
        .limit(limit)
    )
    return found.all()


async def anything_new(session: AsyncSession, school_id: UUID, staff_id: UUID, about_ids: Sequence[UUID]) -> bool:
    """Whether one of these alerts is still unread, or one of these notices not seen, and no shield stands before it."""
    unread = exists().where(
        Alert.school_id == school_id,
        Alert.staff_id == staff_id,
        Alert.id.in_(about_ids),
        Alert.state == State.UNREAD,
        ~kept_away(Alert),
    )
    unseen = exists().where(
        AuthorNotice.school_id == school_id,
        AuthorNotice.staff_id == staff_id,
        AuthorNotice.id.in_(about_ids),
        AuthorNotice.seen_at.is_(None),
        ~kept_away(AuthorNotice),
    )
    return bool(await session.scalar(select(or_(unread, unseen))))

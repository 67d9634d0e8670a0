"""Telling the author of an incident that something was added for them (R57, R123): that, and not what (R28)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import taken_over
from services.alerting.domain.duties import may_be_given
from services.alerting.models import AuthorNotice
from services.alerting.queries.notices import one
from services.alerting.queries.school import known_of
from services.alerting.service.duties import held
from shared.contracts.incident import ActionAdded
from shared.errors import NotFound
from shared.identity import Staff
from shared.mail import MailKind, queue_mails


async def leave_notice(session: AsyncSession, *, school_id: UUID, action: ActionAdded, at: datetime) -> None:
    """For the author, who still works here and is not shielded from it. Raises IncidentUnknown."""
    if not action.tell_author:
        return
    facts = await held(session, school_id, action.incident_id)
    school = (await known_of(session, school_id)).school
    if facts.author_id == action.author_id or not may_be_given(facts.author_id, facts, school):
        return
    row = insert(AuthorNotice).values(
        school_id=school_id,
        id=action.action_id,
        incident_id=action.incident_id,
        staff_id=facts.author_id,
        made_at=at,
    )
    new = await session.execute(row.on_conflict_do_nothing().returning(literal(1)))
    if new.first() is not None and not taken_over(facts.logged_at, at):
        await queue_mails(session, kind=MailKind.TOLD_AUTHOR, school_id=school_id, to=[(facts.author_id, "/")])


async def see_notice(session: AsyncSession, *, acting_staff: Staff, notice_id: UUID, at: datetime) -> None:
    """They have looked at it; a second time changes nothing. Raises NotFound."""
    if await one(session, acting_staff, notice_id) is None:
        raise NotFound()
    await session.execute(
        update(AuthorNotice)
        .where(
            AuthorNotice.school_id == acting_staff.school_id,
            AuthorNotice.id == notice_id,
            AuthorNotice.staff_id == acting_staff.staff_id,
            AuthorNotice.seen_at.is_(None),
        )
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )

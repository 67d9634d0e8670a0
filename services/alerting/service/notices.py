"""Telling the author of an incident that something was added for them (R57, R123): that, and not what (R28)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import taken_over
from services.alerting.domain.duties import may_be_given
from services.alerting.domain.escalation import never_waits
from services.alerting.models import AuthorNotice
from services.alerting.queries.choices import choices_of
from services.alerting.queries.notices import one
from services.alerting.queries.school import known_of
from services.alerting.service.duties import held as held_facts
from services.alerting.service.waiting import hold
from shared.contracts.incident import ActionAdded, IncidentFacts
from shared.errors import NotFound
from shared.identity import Staff
from shared.mail import MailKind, queue_mails


async def leave_notice(session: AsyncSession, *, school_id: UUID, action: ActionAdded, at: datetime) -> None:
    """For the author, who still works here and is not shielded from it. Raises IncidentUnknown."""
    if not action.tell_author:
        return
    facts = await held_facts(session, school_id, action.incident_id)
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
        await _mail(session, school_id, facts, action.action_id)


async def _mail(session: AsyncSession, school_id: UUID, facts: IncidentFacts, notice_id: UUID) -> None:
    author_id, kind = facts.author_id, MailKind.TOLD_AUTHOR
    chosen = None if never_waits(facts) else await session.scalar(select(choices_of(school_id, [author_id])))
    held = await hold(
        session,
        school_id=school_id,
        incident_id=facts.incident_id,
        kind=kind,
        to=[(author_id, notice_id)],
        choices=chosen,
    )
    if author_id not in held:
        await queue_mails(session, kind=kind, school_id=school_id, to=[(author_id, "/")])


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

"""Mails that can wait: held by their person's own choice, sent as one at its time, at once when they cannot wait."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.waiting import Choice, held_until
from services.alerting.models import HeldMail, MailChoice
from services.alerting.queries.choices import anything_new, choice_of
from shared import audit
from shared.errors import Conflict
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind, queue_mails
from shared.rows import Row, write_rows

Choices = Iterable[Sequence[Any]]
"""Pairs of a person's id and what they said."""

_HELD: Final = cast(Table, HeldMail.__table__)


async def hold(
    session: AsyncSession,
    *,
    school_id: UUID,
    incident_id: UUID,
    kind: MailKind,
    to: Sequence[tuple[UUID, UUID]],
    choices: Choices | None,
) -> frozenset[UUID]:
    """Hold the mails of those who chose to have them later; who they are. `to`: people, each with what it is about.

    Never called for what cannot wait.
    """
    held = held_rows(school_id=school_id, incident_id=incident_id, kind=kind, to=to, choices=choices or ())
    await write_rows(session, held.values())
    return frozenset(held)


def held_rows(
    *, school_id: UUID, incident_id: UUID, kind: MailKind, to: Sequence[tuple[UUID, UUID]], choices: Choices
) -> Mapping[UUID, tuple[Table, Row]]:
    """The row by which each mail that is to wait is held, by its person; for who writes it together with others."""
    now = datetime.now(UTC)
    until = {UUID(str(staff_id)): held_until(Choice.of(words), now) for staff_id, words in choices}
    return {
        staff_id: (
            _HELD,
            {
                "school_id": school_id,
                "id": new_id(),
                "staff_id": staff_id,
                "kind": kind.value,
                "incident_id": incident_id,
                "about_id": about_id,
                "due_at": until[staff_id],
            },
        )
        for staff_id, about_id in to
        if until.get(staff_id) is not None
    }


async def send_held(session: AsyncSession, *, school_id: UUID, staff_id: UUID) -> None:
    """One mail for all that was held for somebody; none when they have looked at all of it meanwhile."""
    held = await _take(session, HeldMail.school_id == school_id, HeldMail.staff_id == staff_id)
    if held and await anything_new(session, school_id, staff_id, [one.about_id for one in held]):
        await queue_mails(session, kind=MailKind.DIGEST, school_id=school_id, to=[(staff_id, "/")])


async def wait_no_longer(session: AsyncSession, school_id: UUID, incident_id: UUID) -> None:
    """An incident was corrected to one that cannot wait: whoever's mail was held has it now."""
    held = await _take(session, HeldMail.school_id == school_id, HeldMail.incident_id == incident_id)
    alerts = [(one.staff_id, f"/alerts/{one.about_id}") for one in held if one.kind == MailKind.ALERT]
    await queue_mails(session, kind=MailKind.ALERT, school_id=school_id, to=alerts)
    others = {one.staff_id for one in held if one.kind != MailKind.ALERT}
    await queue_mails(
        session, kind=MailKind.TOLD_AUTHOR, school_id=school_id, to=[(staff_id, "/") for staff_id in sorted(others)]
    )


async def choose(
    session: AsyncSession, *, acting_staff: Staff, words: Mapping[str, Any], version: int | None = None
) -> int:
    """When somebody wants their own mails; what is held already follows it. Raises Conflict; returns the version."""
    school_id, staff_id, now = acting_staff.school_id, acting_staff.staff_id, datetime.now(UTC)
    key = (MailChoice.school_id == school_id, MailChoice.staff_id == staff_id)
    first = upsert(MailChoice).values(school_id=school_id, staff_id=staff_id, version=0, words={}, changed_at=now)
    await session.execute(first.on_conflict_do_nothing())
    await session.execute(select(MailChoice.version).where(*key).with_for_update())
    in_force = (await choice_of(session, acting_staff)).version
    if version is not None and version != in_force:
        raise Conflict(
            "You changed this meanwhile in another window. Read it again, then save.", extra={"version": in_force}
        )
    await session.execute(
        update(MailChoice)
        .where(*key)
        .values(version=in_force + 1, words=dict(words), changed_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(HeldMail)
        .where(HeldMail.school_id == school_id, HeldMail.staff_id == staff_id, HeldMail.ended_at.is_(None))
        .values(due_at=held_until(Choice.of(words), now) or func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    await audit.record(
        session,
        action="mails:chosen",
        school_id=school_id,
        staff=acting_staff,
        about_kind="staff",
        about_id=staff_id,
        details={"version": in_force + 1},
    )
    return in_force + 1


async def _take(session: AsyncSession, *which: Any) -> Sequence[HeldMail]:
    """What is held, and not any more. Two who ask at once do not get the same."""
    found = await session.scalars(
        update(HeldMail)
        .where(*which, HeldMail.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp())
        .returning(HeldMail)
        .execution_options(synchronize_session=False)
    )
    return found.all()

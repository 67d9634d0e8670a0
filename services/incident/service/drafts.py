"""Drafts: kept as often as the form saves them, given back to their owner, gone with the incident (R41)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import DRAFTS_EACH, draft_fault, draft_text
from services.incident.models import Draft
from services.incident.queries import drafts
from shared import audit
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.identity import Staff


async def keep_draft(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    draft_id: UUID,
    version: int,
    content: Any,
    at: datetime | None = None,
) -> Draft:
    """Save a draft over the version that was saved before; 0 begins it. The same sent twice is saved once.

    Raises NotFound for a later version of a draft that is gone, so that a save that comes late does not bring back what
    was submitted; Conflict when it was saved elsewhere meanwhile; Invalid for what cannot be kept.
    """
    now = at or datetime.now(UTC)
    if wrong := draft_fault(content):
        raise Invalid(FieldError("content", wrong))
    kept = draft_text(content)
    found = await drafts.draft(session, acting_staff, draft_id, now, lock=True)
    if found is None and version == 0:
        found = await _begin(session, acting_staff, draft_id, kept, now)
    elif found is None:
        raise NotFound()
    elif version != found.version:
        if found.content == kept and version == found.version - 1:
            return found
        raise Conflict(
            "This draft was saved elsewhere meanwhile. Read it again, and decide which one you want.",
            extra={"version": found.version},
        )
    else:
        found.content, found.version, found.saved_at = kept, found.version + 1, now
        await session.flush()
    await _note(session, acting_staff, "draft:kept", draft_id, {"version": found.version})
    return found


async def own_drafts(session: AsyncSession, *, acting_staff: Staff, at: datetime | None = None) -> Sequence[Draft]:
    found = await drafts.drafts(session, acting_staff, at or datetime.now(UTC))
    await _note(session, acting_staff, "draft:listed", None, {"drafts": len(found)})
    return found


async def open_draft(
    session: AsyncSession, *, acting_staff: Staff, draft_id: UUID, at: datetime | None = None
) -> Draft:
    """Raises NotFound, also for another's."""
    found = await drafts.draft(session, acting_staff, draft_id, at or datetime.now(UTC))
    if found is None:
        raise NotFound()
    await _note(session, acting_staff, "draft:read", draft_id, {"version": found.version})
    return found


async def discard_draft(session: AsyncSession, *, acting_staff: Staff, draft_id: UUID) -> None:
    """Gone at once, and no harm when it was gone already."""
    if await let_go(session, acting_staff, draft_id):
        await _note(session, acting_staff, "draft:discarded", draft_id, {})


async def let_go(session: AsyncSession, staff: Staff, draft_id: UUID) -> bool:
    """Takes the draft away, in the transaction of what takes its place. Returns whether there was one."""
    gone = await session.execute(
        delete(Draft)
        .where(Draft.school_id == staff.school_id, Draft.staff_id == staff.staff_id, Draft.id == draft_id)
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    )
    return gone.first() is not None


async def sweep(session: AsyncSession) -> int:
    """Delete what nobody saved for 14 days, in a transaction that is for no school. Returns how many there were.

    No condition: row-level security shows the deletion those rows, of every school, and lets it read none of them.
    """
    gone = await session.execute(text("DELETE FROM draft"))
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def _begin(session: AsyncSession, staff: Staff, draft_id: UUID, content: str, now: datetime) -> Draft:
    if len(await drafts.drafts(session, staff, now)) >= DRAFTS_EACH:
        raise Invalid(FieldError("content", f"You keep {DRAFTS_EACH} drafts; submit or discard one first."))
    # One that is too old and has not been swept away yet makes room.
    await let_go(session, staff, draft_id)
    row = {"school_id": staff.school_id, "staff_id": staff.staff_id, "id": draft_id}
    made: Draft | None = await session.scalar(
        upsert(Draft)
        .values(**row, content=content, version=1, begun_at=now, saved_at=now)
        .on_conflict_do_nothing()
        .returning(Draft)
    )
    if made is None:
        raise Conflict("This draft was saved elsewhere meanwhile. Read it again, and decide which one you want.")
    return made


async def _note(
    session: AsyncSession, staff: Staff, action: str, draft_id: UUID | None, details: dict[str, int]
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=staff.school_id,
        staff=staff,
        about_kind="draft",
        about_id=draft_id,
        details=details,
    )

"""Reading the audit of one service: the same two questions to each, which the gateway puts together.

Reading it is written into it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import any_, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit import audit, record
from shared.db import Database, Scope
from shared.identity import Staff, may

MOST: Final = 200
_SEALED: Final = text("SELECT size, at FROM audit_checkpoint WHERE school_id = :school ORDER BY size DESC LIMIT 1")


class AuditRow(BaseModel):
    id: UUID
    at: datetime
    actor: str
    staff_id: UUID | None
    action: str
    about_kind: str
    about_id: UUID | None
    pupil_ids: list[UUID]
    reason: str | None
    assurance: str | None
    break_glass_id: UUID | None


class AuditRows(BaseModel):
    rows: list[AuditRow]


class Sealed(BaseModel):
    rows: int
    at: datetime | None


class Wanted(BaseModel):
    """What of the audit is asked for; together they narrow it down."""

    staff_id: UUID | None = None
    pupil_id: UUID | None = None
    kind: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("")
async def rows(
    *,
    request: Request,
    staff: Annotated[Staff, Depends(may("audit:read"))],
    staff_id: UUID | None = None,
    pupil_id: UUID | None = None,
    kind: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z0-9_.-]+$")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    after_at: AwareDatetime | None = None,
    after_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> AuditRows:
    """The newest first; `after_at` and `after_id` are those of the last row of the page before."""
    wanted = Wanted(staff_id=staff_id, pupil_id=pupil_id, kind=kind, since=since, until=until)
    after = (after_at, after_id) if after_at and after_id else None
    db: Database = request.app.state.db
    async with db.begin(Scope(staff.school_id, staff.staff_id)) as session:
        found = await read_audit(session, staff=staff, wanted=wanted, after=after, limit=limit)
    return AuditRows(rows=[AuditRow(**row) for row in found])


@router.get("/sealed")
async def sealed(request: Request, staff: Annotated[Staff, Depends(may("audit:read"))]) -> Sealed:
    """Up to which row the school's audit is numbered, hashed and signed."""
    db: Database = request.app.state.db
    async with db.begin(Scope(staff.school_id, staff.staff_id)) as session:
        found = (await session.execute(_SEALED, {"school": staff.school_id})).first()
    return Sealed(rows=found.size if found else 0, at=found.at if found else None)


async def read_audit(
    session: AsyncSession, *, staff: Staff, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[dict[str, Any]]:
    """Rows of this person's school, and a row that says that they were read."""
    query = select(audit).where(audit.c.school_id == staff.school_id)
    if wanted.staff_id is not None:
        query = query.where(audit.c.staff_id == wanted.staff_id)
    if wanted.pupil_id is not None:
        query = query.where(literal(wanted.pupil_id) == any_(audit.c.pupil_ids))
    if wanted.kind is not None:
        query = query.where(audit.c.action.startswith(f"{wanted.kind}:", autoescape=True))
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    if after is not None:
        query = query.where(tuple_(audit.c.at, audit.c.id) < after)
    query = query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)
    found = (await session.execute(query)).all()
    await record(
        session,
        action="audit:read",
        school_id=staff.school_id,
        staff=staff,
        about_kind="school",
        about_id=staff.school_id,
        pupil_ids=[wanted.pupil_id] if wanted.pupil_id else [],
        details={"rows": len(found)},
    )
    return [_shown(row) for row in found]


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at,
        "actor": row.actor,
        "staff_id": row.staff_id,
        "action": row.action,
        "about_kind": row.about_kind,
        "about_id": row.about_id,
        "pupil_ids": row.pupil_ids,
        "reason": row.reason,
        "assurance": row.assurance,
        "break_glass_id": row.break_glass,
    }

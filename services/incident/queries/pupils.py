"""The type-ahead for logging (C4) and the roll as it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import PICKS_WITHIN, plain
from services.incident.models import Category, Pupil, PupilIdentifier, PupilName
from services.incident.queries.reach import openable_by_glass
from shared.audit import audit
from shared.db import ask
from shared.identity import Staff

MOST_FOUND = 10
PICKED = "pupil:picked"


def named_like(starts: str) -> ColumnElement[bool]:
    sought = plain(starts).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return Pupil.search_words.like(f"% {sought}%", escape="\\")


async def starting_with(session: AsyncSession, staff: Staff, starts: str) -> Sequence[Pupil]:
    """Children on this school's roll with a word of their name beginning like this."""
    found = await session.scalars(
        select(Pupil)
        .where(
            Pupil.school_id == staff.school_id,
            Pupil.left_on.is_(None),
            named_like(starts),
        )
        .order_by(Pupil.surname, Pupil.forename, Pupil.class_code, Pupil.id)
        .limit(MOST_FOUND)
    )
    return found.all()


async def to_break_glass_for(
    session: AsyncSession, staff: Staff, *, starts: str | None = None, pupil_id: UUID | None = None
) -> Sequence[Pupil]:
    """Children whose record this person might open by break-glass, by the beginning of a name or by id."""
    query = select(Pupil).where(Pupil.school_id == staff.school_id, openable_by_glass(staff))
    if starts is not None:
        query = query.where(named_like(starts))
    if pupil_id is not None:
        query = query.where(Pupil.id == pupil_id)
    found = await session.scalars(
        query.order_by(Pupil.surname, Pupil.forename, Pupil.class_code, Pupil.id).limit(MOST_FOUND)
    )
    return found.all()


async def picks_lately(session: AsyncSession, staff: Staff, now: datetime) -> tuple[int, datetime | None]:
    """How many looks this person took in the last ten minutes, and when the last was: the audit counts them."""
    row = await session.execute(
        select(func.count(), func.max(audit.c.at)).where(
            audit.c.school_id == staff.school_id,
            audit.c.at > now - PICKS_WITHIN,
            audit.c.action == PICKED,
            audit.c.staff_id == staff.staff_id,
        )
    )
    count, last = row.one()
    return count, last


async def on_roll(session: AsyncSession, school_id: UUID, pupil_ids: Sequence[UUID]) -> Mapping[UUID, Pupil]:
    found = await session.scalars(
        select(Pupil).where(Pupil.school_id == school_id, Pupil.id.in_(pupil_ids), Pupil.left_on.is_(None))
    )
    return {pupil.id: pupil for pupil in found}


async def whole_roll(session: AsyncSession, school_id: UUID) -> tuple[Sequence[Pupil], Mapping[UUID, str]]:
    """Everybody who is or was on the roll, and the UPN each came with."""
    pupils = (await session.scalars(select(Pupil).where(Pupil.school_id == school_id))).all()
    rows = await session.execute(
        select(PupilIdentifier.pupil_id, PupilIdentifier.value)
        .where(PupilIdentifier.school_id == school_id, PupilIdentifier.kind == "upn")
        .order_by(PupilIdentifier.since)
    )
    return pupils, {row.pupil_id: row.value for row in rows}


async def names_before(session: AsyncSession, school_id: UUID) -> Mapping[UUID, Sequence[tuple[str, str]]]:
    """Forename and surname by which each child went before; nothing of those whose names are kept apart."""
    rows = await session.execute(
        select(PupilName.pupil_id, PupilName.forename, PupilName.surname)
        .join(Pupil, and_(Pupil.school_id == PupilName.school_id, Pupil.id == PupilName.pupil_id))
        .where(PupilName.school_id == school_id, Pupil.names_apart.is_(False))
        .order_by(PupilName.id)
    )
    made: dict[UUID, list[tuple[str, str]]] = {}
    for pupil_id, forename, surname in rows:
        made.setdefault(pupil_id, []).append((forename, surname))
    return made


async def categories(session: AsyncSession, school_id: UUID) -> Sequence[Category]:
    """The school's categories in their order, without the retired."""
    found = await session.scalars(
        select(Category)
        .where(Category.school_id == school_id, Category.retired_at.is_(None))
        .order_by(Category.position, Category.name)
    )
    return found.all()


async def in_use(
    session: AsyncSession, school_id: UUID, category_ids: Sequence[UUID], *, kept: Collection[UUID] = ()
) -> Mapping[UUID, Category]:
    """Of these categories those that the school uses; `kept` may be retired, for a correction keeps what was there."""
    found = await session.scalars(
        select(Category)
        .where(
            Category.school_id == school_id,
            Category.id.in_(category_ids),
            or_(Category.retired_at.is_(None), Category.id.in_(kept)),
        )
        # Held until the commit, in one order: who makes a category more sensitive waits for what is being logged
        # under it and finds it then, and what is logged after that reads how sensitive it is now.
        .order_by(Category.id)
        .with_for_update(read=True)
    )
    return {category.id: category for category in found}


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A child on the roll, as far as logging needs to know them."""

    id: UUID
    year_group: str
    class_code: str | None
    class_id: UUID | None


@dataclass(frozen=True, slots=True)
class InUse:
    """A category that the school uses, as far as logging needs to know it."""

    id: UUID
    parent_id: UUID | None
    sensitivity: int
    log_within_minutes: int | None
    asks_sanction: bool


# `on_roll` and `in_use` in one question, with the same locks, because every concern asks both.
_TO_LOG: Final = """
WITH used AS (
    SELECT id, parent_id, sensitivity, log_within_minutes, asks_sanction FROM category
    WHERE school_id = $1 AND id = ANY ($3::uuid[]) AND (retired_at IS NULL OR id = ANY ($4::uuid[]))
    ORDER BY id FOR SHARE
)
SELECT
    (SELECT json_agg(json_build_array(id, year_group, class_code, class_id)) FROM pupil
        WHERE school_id = $1 AND id = ANY ($2::uuid[]) AND left_on IS NULL),
    (SELECT json_agg(json_build_array(id, parent_id, sensitivity, log_within_minutes, asks_sanction)) FROM used)
"""


async def to_log(
    session: AsyncSession,
    school_id: UUID,
    pupil_ids: Sequence[UUID],
    category_ids: Sequence[UUID],
    *,
    kept: Collection[UUID] = (),
) -> tuple[Mapping[UUID, OnRoll], Mapping[UUID, InUse]]:
    """Of these children and categories those that may be chosen; see `on_roll` and `in_use`."""
    [(children, used)] = await ask(session, _TO_LOG, school_id, pupil_ids, category_ids, list(kept))
    pupils = [OnRoll(UUID(one), year, code, UUID(own) if own else None) for one, year, code, own in children or ()]
    in_use = [InUse(UUID(one), UUID(above) if above else None, *rest) for one, above, *rest in used or ()]
    return {pupil.id: pupil for pupil in pupils}, {category.id: category for category in in_use}

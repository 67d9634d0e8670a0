"""The trust and its schools."""

import re
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.models import School, Trust
from services.auth.scope import seeing
from services.auth.service.acting import note, now
from shared.contracts.auth import SchoolRegistered
from shared.db import TRUST_LOG
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish

DANGER_TEXT = (
    "If a child is in danger now, do not write first: find a designated safeguarding lead at once, or call 999. "
    "Record it here afterwards."
)


async def create_trust(session: AsyncSession, *, acting_staff: Staff | None, name: str) -> Trust:
    """The one trust of this installation. Raises Conflict when there is one already."""
    if await session.scalar(select(Trust.id)) is not None:
        raise Conflict("This installation has its trust already; a second trust is a second installation.")
    trust = Trust(id=new_id(), name=name, version=1, created_at=now())
    session.add(trust)
    await session.flush()
    await note(
        session, acting_staff, action="trust:created", school_id=TRUST_LOG, about_kind="trust", about_id=trust.id
    )
    return trust


async def register_school(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    name: str,
    short_name: str,
    phase: str,
    urn: str | None = None,
    danger_text: str = DANGER_TEXT,
) -> School:
    """A school of the trust, with nobody in it yet. Raises Invalid for a URN that another school of the trust has."""
    trust_id = await session.scalar(select(Trust.id))
    if trust_id is None:
        raise Conflict("Create the trust first.")
    if urn and await session.scalar(select(School.id).where(School.urn == urn)):
        raise Invalid(FieldError("urn", "Another school of the trust has this URN."))
    school = School(
        id=new_id(),
        trust_id=trust_id,
        name=name,
        short_name=short_name,
        phase=phase,
        urn=urn,
        danger_text=danger_text,
        successor_id=None,
        version=1,
        created_at=now(),
    )
    session.add(school)
    await session.flush()
    async with seeing(session, school_id=school.id):
        await _registered(session, school)
        await note(
            session,
            acting_staff,
            action="school:registered",
            school_id=school.id,
            about_kind="school",
            about_id=school.id,
        )
    return school


async def change_school(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    school_id: UUID,
    version: int | None = None,
    **changes: str | UUID | None,
) -> School:
    """Change what a school is called, its text for danger, or the school that came after it (`successor_id`)."""
    row = await session.execute(
        update(School).where(School.id == school_id).values(version=School.version + 1, **changes).returning(School)
    )
    school = row.scalar_one_or_none()
    if school is None:
        raise NotFound()
    if version is not None and school.version != version + 1:
        raise Conflict("Somebody changed the school meanwhile; look at it again.")
    async with seeing(session, school_id=school.id):
        await _registered(session, school)
        await note(
            session,
            acting_staff,
            action="school:changed",
            school_id=school.id,
            about_kind="school",
            about_id=school.id,
            details=dict.fromkeys(changes, True),
        )
    return school


async def school_by_link(session: AsyncSession, asked: str) -> School | None:
    """The school of a link that a device has saved (R38), by id or short name; None for what is not just one."""
    schools = await session.scalars(select(School))
    fitting = [school for school in schools if asked in {str(school.id), slug(school.short_name)}]
    return fitting[0] if len(fitting) == 1 else None


async def link_of(session: AsyncSession, school: School) -> str:
    """How a school stands in its own link: by short name, or by id where two schools are called alike."""
    short = slug(school.short_name)
    return short if short and await school_by_link(session, short) is not None else str(school.id)


def slug(short_name: str) -> str:
    """A school's short name as it stands in an address: "St Mary's" is "st-marys"."""
    return re.sub(r"[^\w]+", "-", re.sub(r"['\u2019.]", "", short_name.casefold())).strip("-")


async def keep_still(session: AsyncSession, school_id: UUID) -> School:
    """The school, locked: of two who would remove its last two lead DSLs at once, the second waits for the first."""
    school = await session.scalar(select(School).where(School.id == school_id).with_for_update(key_share=True))
    if school is None:
        raise NotFound()
    return school


async def _registered(session: AsyncSession, school: School) -> None:
    event = SchoolRegistered(school_id=school.id, trust_id=school.trust_id, successor_id=school.successor_id)
    await publish(session, event, school_id=school.id, version=school.version)

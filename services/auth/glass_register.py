"""What is read of break-glass: by whom it is reviewed, and who is told of one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import told_of_glass
from services.auth.models import BreakGlass, Shield
from shared.contracts.words import Role, TrustRole
from shared.identity import Staff

MOST_SHOWN = 200


def to_review(staff: Staff) -> ColumnElement[bool]:
    """Those that the lead DSL, the data protection officer, and whoever was told of one may look at.

    Nobody learns here of a child they are shielded from. One's own are in it: they are seen, and reviewed by another.
    """
    here = and_(BreakGlass.school_id == staff.school_id, BreakGlass.pupil_id.not_in(staff.shields))
    if Role.LEAD_DSL in staff.roles or TrustRole.DATA_PROTECTION_OFFICER in staff.trust_roles:
        return here
    return and_(here, or_(literal(staff.staff_id) == any_(BreakGlass.told), BreakGlass.staff_id == staff.staff_id))


async def broken_glass(session: AsyncSession, staff: Staff) -> Sequence[BreakGlass]:
    """First those that nobody has reviewed, each part the newest first."""
    found = await session.scalars(
        select(BreakGlass)
        .where(to_review(staff))
        .order_by(BreakGlass.reviewed_at.is_not(None), BreakGlass.id.desc())
        .limit(MOST_SHOWN)
    )
    return found.all()


async def who_is_told(session: AsyncSession, staff: Staff, pupil_id: UUID) -> list[UUID]:
    shielded = await session.scalars(
        select(Shield.staff_id).where(
            Shield.school_id == staff.school_id, Shield.pupil_id == pupil_id, Shield.lifted_at.is_(None)
        )
    )
    team = {
        role: (await session.scalars(queries.holders(staff.school_id, role))).all()
        for role in (Role.LEAD_DSL, Role.DEPUTY_DSL, Role.HEAD)
    }
    told = told_of_glass(
        staff.staff_id,
        team=team,
        safeguarding=await queries.trust_holders(session, TrustRole.TRUST_SAFEGUARDING_LEAD),
        officers=await queries.trust_holders(session, TrustRole.DATA_PROTECTION_OFFICER),
        shielded=set(shielded),
    )
    return sorted(told)

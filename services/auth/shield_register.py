"""What is read of shields: those that somebody decides over, but none from a child they are kept from themselves."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import may_shield
from services.auth.models import RoleHeld, Shield
from shared.contracts.words import Role, TrustRole
from shared.identity import Staff

WATCHES = (TrustRole.DATA_PROTECTION_OFFICER, TrustRole.TRUST_SAFEGUARDING_LEAD)


async def decided_over(session: AsyncSession, staff: Staff) -> Sequence[Shield]:
    """The shields that hold and are this person's to raise and end, never one's own: who is shielded is not told."""
    found = await session.scalars(
        select(Shield)
        .where(
            Shield.school_id == staff.school_id,
            Shield.lifted_at.is_(None),
            Shield.staff_id != staff.staff_id,
            func.coalesce(Shield.pupil_id, Shield.incident_id).not_in(staff.shields),
        )
        .order_by(Shield.id.desc())
    )
    shields = found.all()
    watched = bool(await queries.trust_holders(session, *WATCHES))
    held = await _roles(session, staff.school_id, [shield.staff_id for shield in shields])
    return [
        shield
        for shield in shields
        if may_shield(
            roles=staff.roles, trust_roles=staff.trust_roles, of_roles=held[shield.staff_id], trust_watches=watched
        )
    ]


async def _roles(session: AsyncSession, school_id: UUID, staff_ids: Sequence[UUID]) -> defaultdict[UUID, set[Role]]:
    rows = await session.execute(
        select(RoleHeld.staff_id, RoleHeld.role).where(
            RoleHeld.school_id == school_id, RoleHeld.staff_id.in_(staff_ids)
        )
    )
    held: defaultdict[UUID, set[Role]] = defaultdict(set)
    for staff_id, role in rows:
        held[staff_id].add(Role(role))
    return held

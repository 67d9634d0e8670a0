"""Shields (C12): somebody is kept from a pupil or from an incident, whatever their role."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import may_shield
from services.auth.models import Shield
from services.auth.scope import seeing
from services.auth.service.acting import in_own_school, not_oneself, note, now
from services.auth.shield_register import WATCHES, decided_over
from shared.contracts.auth import ShieldChanged
from shared.errors import FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish

WHO_SHIELDS = (
    "the data protection officer or the trust safeguarding lead; in a trust without either, the lead DSL for the head "
    "and the head for all others"
)


async def raise_shield(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    school_id: UUID,
    staff_id: UUID,
    why: str,
    pupil_id: UUID | None = None,
    incident_id: UUID | None = None,
) -> Shield:
    """Counts at that person's next request. Raises Invalid, NotFound for nobody of this school, NotPermitted."""
    in_own_school(acting_staff, school_id)
    if (pupil_id is None) == (incident_id is None):
        raise Invalid(FieldError("pupil_id", "Name a pupil or an incident, and not both."))
    async with seeing(session, school_id=school_id):
        await _may(session, acting_staff, school_id, staff_id)
        shield = Shield(
            school_id=school_id,
            id=new_id(),
            staff_id=staff_id,
            pupil_id=pupil_id,
            incident_id=incident_id,
            why=why,
            raised_at=now(),
            lifted_at=None,
            version=1,
        )
        session.add(shield)
        await session.flush()
        await _publish(session, acting_staff, shield, action="shield:raised")
    return shield


async def read_shields(session: AsyncSession, *, acting_staff: Staff) -> Sequence[Shield]:
    """Those that are theirs to decide over, the newest first. That they looked is recorded of each child."""
    found = await decided_over(session, acting_staff)
    await note(
        session,
        acting_staff,
        action="shield:listed",
        school_id=acting_staff.school_id,
        about_kind="shield",
        about_id=None,
        pupil_ids=tuple(sorted({shield.pupil_id for shield in found if shield.pupil_id})),
        details={"found": len(found)},
    )
    return found


async def lift_shield(session: AsyncSession, *, acting_staff: Staff | None, school_id: UUID, shield_id: UUID) -> None:
    in_own_school(acting_staff, school_id)
    async with seeing(session, school_id=school_id):
        lifted = await session.execute(
            update(Shield)
            .where(Shield.school_id == school_id, Shield.id == shield_id, Shield.lifted_at.is_(None))
            .values(lifted_at=now(), version=Shield.version + 1)
            .returning(Shield)
            .execution_options(populate_existing=True)
        )
        shield = lifted.scalar_one_or_none()
        if shield is None:
            raise NotFound()
        await _may(session, acting_staff, school_id, shield.staff_id)
        await _publish(session, acting_staff, shield, action="shield:lifted")


async def _may(session: AsyncSession, acting_staff: Staff | None, school_id: UUID, staff_id: UUID) -> None:
    if acting_staff is None:
        return
    of_roles = await queries.roles_in(session, school_id, staff_id)
    if not of_roles and not await queries.trust_roles_of(session, staff_id):
        raise NotFound()
    not_oneself(acting_staff, staff_id, who_can=WHO_SHIELDS)
    watches = await queries.trust_holders(session, *WATCHES)
    if not may_shield(
        roles=acting_staff.roles,
        trust_roles=acting_staff.trust_roles,
        of_roles=of_roles,
        trust_watches=bool(watches),
    ):
        raise NotPermitted(WHO_SHIELDS)


async def _publish(session: AsyncSession, acting_staff: Staff | None, shield: Shield, *, action: str) -> None:
    event = ShieldChanged(
        shield_id=shield.id,
        staff_id=shield.staff_id,
        pupil_id=shield.pupil_id,
        incident_id=shield.incident_id,
        active=shield.lifted_at is None,
    )
    await publish(session, event, school_id=shield.school_id, version=shield.version)
    await note(
        session,
        acting_staff,
        action=action,
        school_id=shield.school_id,
        about_kind="shield",
        about_id=shield.id,
        pupil_ids=(shield.pupil_id,) if shield.pupil_id else (),
        details={"staff": str(shield.staff_id)},
    )

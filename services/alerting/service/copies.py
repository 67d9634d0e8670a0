"""The copies of what auth owns. The newest version holds, in whatever order events come."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import Base, GroupCopy, KnownSchool, ShieldCopy, StaffCopy, TrustStaff
from shared.contracts.auth import GroupChanged, ShieldChanged, StaffState


async def keep_school(session: AsyncSession, school_id: UUID) -> None:
    await session.execute(insert(KnownSchool).values(id=school_id).on_conflict_do_nothing())


async def keep_staff(session: AsyncSession, school_id: UUID, state: StaffState, *, version: int) -> bool:
    """What somebody may do in one school. Whether it was news."""
    values = {
        "roles": list(state.roles),
        "class_ids": state.class_ids,
        "away_until": state.away_until,
        "deputy_id": state.deputy_id,
        "disabled": False,
        "version": version,
    }
    return await _keep(session, StaffCopy, {"school_id": school_id, "staff_id": state.staff_id}, values)


async def keep_staff_disabled(session: AsyncSession, school_id: UUID, staff_id: UUID, *, version: int) -> bool:
    values: dict[str, Any] = {"roles": [], "class_ids": [], "disabled": True, "version": version}
    return await _keep(session, StaffCopy, {"school_id": school_id, "staff_id": staff_id}, values)


async def keep_trust_staff(session: AsyncSession, state: StaffState, *, version: int) -> bool:
    values = {"roles": list(state.trust_roles), "disabled": False, "version": version}
    return await _keep(session, TrustStaff, {"staff_id": state.staff_id}, values)


async def keep_trust_staff_disabled(session: AsyncSession, staff_id: UUID, *, version: int) -> bool:
    values: dict[str, Any] = {"roles": [], "disabled": True, "version": version}
    return await _keep(session, TrustStaff, {"staff_id": staff_id}, values)


async def keep_group(session: AsyncSession, school_id: UUID, group: GroupChanged, *, version: int) -> bool:
    values = {"member_ids": group.member_ids, "active": group.active, "version": version}
    return await _keep(session, GroupCopy, {"school_id": school_id, "group_id": group.group_id}, values)


async def keep_shield(session: AsyncSession, school_id: UUID, shield: ShieldChanged, *, version: int) -> bool:
    values = {
        "staff_id": shield.staff_id,
        "pupil_id": shield.pupil_id,
        "incident_id": shield.incident_id,
        "active": shield.active,
        "version": version,
    }
    return await _keep(session, ShieldCopy, {"school_id": school_id, "shield_id": shield.shield_id}, values)


async def _keep(session: AsyncSession, model: type[Base], key: dict[str, Any], values: dict[str, Any]) -> bool:
    table = model.__table__
    row = insert(model).values(**key, **values)
    kept = await session.execute(
        row.on_conflict_do_update(
            index_elements=list(key),
            set_={name: row.excluded[name] for name in values},
            where=table.c.version < row.excluded.version,
        ).returning(table.c.version)
    )
    return kept.first() is not None

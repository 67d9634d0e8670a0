"""Alert groups (R67, R122): people who are told together. Who joins is not given what the group was told before."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import widens_own_reach
from services.auth.models import AlertGroup, GroupMember
from services.auth.scope import seeing
from services.auth.service.acting import in_own_school, note, now
from shared.contracts.auth import GroupChanged
from shared.errors import Conflict, FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish

MOST_MEMBERS = 200


async def add_group(
    session: AsyncSession, *, acting_staff: Staff | None, school_id: UUID, name: str, member_ids: Iterable[UUID]
) -> AlertGroup:
    """Raises Invalid for a name in use or somebody who does not work here, NotPermitted for adding oneself."""
    members = list(dict.fromkeys(member_ids))
    in_own_school(acting_staff, school_id)
    async with seeing(session, school_id=school_id):
        await _check(session, acting_staff, school_id, name=name, before=(), members=members)
        group = AlertGroup(school_id=school_id, id=new_id(), name=name, version=1, created_at=now(), retired_at=None)
        session.add(group)
        await session.flush()
        await _write_members(session, group, members)
        await _publish(session, acting_staff, group, members, action="group:added")
    return group


async def set_group_members(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    school_id: UUID,
    group_id: UUID,
    name: str,
    member_ids: Iterable[UUID],
    version: int | None = None,
) -> AlertGroup:
    """Raises NotFound, Conflict when it was changed meanwhile, Invalid and NotPermitted as `add_group`."""
    members = list(dict.fromkeys(member_ids))
    in_own_school(acting_staff, school_id)
    async with seeing(session, school_id=school_id):
        group = await _locked(session, school_id, group_id, version=version)
        before = await _members(session, group)
        await _check(session, acting_staff, school_id, name=name, before=before, members=members, group_id=group_id)
        group.name = name
        await session.flush()
        await session.execute(
            delete(GroupMember).where(GroupMember.school_id == school_id, GroupMember.group_id == group_id)
        )
        await _write_members(session, group, members)
        await _publish(session, acting_staff, group, members, action="group:changed")
    return group


async def retire_group(session: AsyncSession, *, acting_staff: Staff | None, school_id: UUID, group_id: UUID) -> None:
    """The group alerts nobody from now on; what was told through it stays told."""
    in_own_school(acting_staff, school_id)
    async with seeing(session, school_id=school_id):
        group = await _locked(session, school_id, group_id, version=None)
        group.retired_at = now()
        await session.flush()
        await _publish(session, acting_staff, group, await _members(session, group), action="group:retired")


async def _locked(session: AsyncSession, school_id: UUID, group_id: UUID, *, version: int | None) -> AlertGroup:
    raised = await session.execute(
        update(AlertGroup)
        .where(AlertGroup.school_id == school_id, AlertGroup.id == group_id, AlertGroup.retired_at.is_(None))
        .values(version=AlertGroup.version + 1)
        .returning(AlertGroup)
        .execution_options(populate_existing=True)
    )
    group = raised.scalar_one_or_none()
    if group is None:
        raise NotFound()
    if version is not None and group.version != version + 1:
        raise Conflict("Somebody changed this group meanwhile; look at it again.", extra={"version": group.version - 1})
    return group


async def _members(session: AsyncSession, group: AlertGroup) -> list[UUID]:
    found = await session.scalars(
        select(GroupMember.staff_id).where(GroupMember.school_id == group.school_id, GroupMember.group_id == group.id)
    )
    return sorted(found)


async def _check(
    session: AsyncSession,
    acting_staff: Staff | None,
    school_id: UUID,
    *,
    name: str,
    before: Iterable[UUID],
    members: Sequence[UUID],
    group_id: UUID | None = None,
) -> None:
    if acting_staff is not None and widens_own_reach(acting_staff.staff_id, before=before, after=members):
        raise NotPermitted("somebody else with the right to: nobody puts themselves into a group")
    same = select(AlertGroup.id).where(
        AlertGroup.school_id == school_id, func.lower(AlertGroup.name) == name.lower(), AlertGroup.retired_at.is_(None)
    )
    if await session.scalar(same) not in {None, group_id}:
        raise Invalid(FieldError("name", "Another group of your school has this name."))
    here = await queries.working_in(session, school_id, members) | set(before)
    wrong = [place for place, member in enumerate(members) if member not in here]
    if wrong:
        raise Invalid(*(FieldError(f"member_ids.{place}", "They are not on your school's staff.") for place in wrong))


async def _write_members(session: AsyncSession, group: AlertGroup, members: Sequence[UUID]) -> None:
    if members:
        rows = [{"school_id": group.school_id, "group_id": group.id, "staff_id": member} for member in members]
        await session.execute(insert(GroupMember), rows)


async def _publish(
    session: AsyncSession, acting_staff: Staff | None, group: AlertGroup, members: Sequence[UUID], *, action: str
) -> None:
    event = GroupChanged(group_id=group.id, member_ids=sorted(members), active=group.retired_at is None)
    await publish(session, event, school_id=group.school_id, version=group.version)
    await note(
        session,
        acting_staff,
        action=action,
        school_id=group.school_id,
        about_kind="group",
        about_id=group.id,
        details={"members": len(members)},
    )

"""What is read of people and schools. Whoever asks sees the school they are in; row-level security lies underneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import Absence, Period, classes_of, email_key
from services.auth.models import (
    AlertGroup,
    ClassTaught,
    GroupMember,
    Membership,
    RoleHeld,
    School,
    Shield,
    StaffAccount,
    Trust,
    TrustRoleHeld,
)
from services.auth.scope import seeing
from shared.contracts.words import Role, TrustRole

LONDON: Final = ZoneInfo("Europe/London")
MOST_FOUND: Final = 20


def today(now: datetime) -> date:
    """The day on the school's wall: classes begin and end there, not in UTC."""
    return now.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class Place:
    """What one member of staff is in one school."""

    school_id: UUID
    roles: list[Role]
    periods: list[Period]
    told_classes: list[str]
    absence: Absence | None
    told_away: bool

    def away(self, day: date) -> Absence | None:
        return self.absence if self.absence is not None and self.absence.holds(day) else None

    def classes(self, day: date) -> list[str]:
        return classes_of(self.periods, day)


async def roles_in(session: AsyncSession, school_id: UUID, staff_id: UUID) -> list[Role]:
    found = await session.scalars(
        select(RoleHeld.role).where(RoleHeld.school_id == school_id, RoleHeld.staff_id == staff_id)
    )
    return sorted(Role(role) for role in found)


async def trust_roles_of(session: AsyncSession, staff_id: UUID) -> list[TrustRole]:
    found = await session.scalars(select(TrustRoleHeld.role).where(TrustRoleHeld.staff_id == staff_id))
    return sorted(TrustRole(role) for role in found)


async def place_of(session: AsyncSession, school_id: UUID, staff_id: UUID) -> Place | None:
    """None for somebody who never was on this school's staff."""
    found = await session.execute(
        select(
            Membership.told_classes,
            Membership.away_from,
            Membership.away_until,
            Membership.deputy_id,
            Membership.told_away,
        ).where(Membership.school_id == school_id, Membership.staff_id == staff_id)
    )
    member = found.first()
    if member is None:
        return None
    absence = Absence(member.away_from, member.away_until, member.deputy_id) if member.away_from else None
    periods = await session.execute(
        select(ClassTaught.code, ClassTaught.from_on, ClassTaught.to_on).where(
            ClassTaught.school_id == school_id, ClassTaught.staff_id == staff_id
        )
    )
    return Place(
        school_id,
        await roles_in(session, school_id, staff_id),
        [Period(*row) for row in periods],
        member.told_classes,
        absence,
        member.told_away,
    )


async def member_schools(session: AsyncSession, staff_id: UUID) -> list[UUID]:
    """Every school in whose staff this person is or was, whichever school the transaction is for."""
    async with seeing(session, staff_id=staff_id):
        found = await session.scalars(
            select(Membership.school_id).where(Membership.staff_id == staff_id).order_by(Membership.school_id)
        )
        return list(found)


async def schools_open_to(session: AsyncSession, staff_id: UUID) -> list[School]:
    """The schools somebody may act in: those where they have a role, and with a role in the trust every one."""
    if await trust_roles_of(session, staff_id):
        return list(await session.scalars(select(School).order_by(School.name)))
    async with seeing(session, staff_id=staff_id):
        mine = exists().where(RoleHeld.school_id == School.id, RoleHeld.staff_id == staff_id)
        return list(await session.scalars(select(School).where(mine).order_by(School.name)))


async def account(session: AsyncSession, staff_id: UUID) -> StaffAccount | None:
    return await session.get(StaffAccount, staff_id, populate_existing=True)


async def account_by_email(session: AsyncSession, email: str) -> StaffAccount | None:
    found: StaffAccount | None = await session.scalar(
        select(StaffAccount).where(StaffAccount.email_key == email_key(email))
    )
    return found


def holders(school_id: UUID, role: Role) -> Select[Any]:
    """Who has a role in a school and is not disabled."""
    return (
        select(RoleHeld.staff_id)
        .join(StaffAccount, StaffAccount.id == RoleHeld.staff_id)
        .where(RoleHeld.school_id == school_id, RoleHeld.role == role, StaffAccount.disabled_at.is_(None))
    )


async def trust_holders(session: AsyncSession, *roles: TrustRole) -> list[UUID]:
    found = await session.scalars(
        select(TrustRoleHeld.staff_id)
        .distinct()
        .join(StaffAccount, StaffAccount.id == TrustRoleHeld.staff_id)
        .where(TrustRoleHeld.role.in_(roles), StaffAccount.disabled_at.is_(None))
    )
    return list(found)


async def working_in(session: AsyncSession, school_id: UUID, staff_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these have a role in the school today and are not disabled."""
    found = await session.scalars(
        select(RoleHeld.staff_id)
        .join(StaffAccount, StaffAccount.id == RoleHeld.staff_id)
        .where(RoleHeld.school_id == school_id, RoleHeld.staff_id.in_(staff_ids), StaffAccount.disabled_at.is_(None))
    )
    return set(found)


async def find_staff(session: AsyncSession, school_id: UUID, starts: str) -> list[StaffAccount]:
    """Colleagues whose forename or surname begins like this; at most twenty, by surname."""
    like = starts.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").casefold() + "%"
    works_here = exists().where(RoleHeld.school_id == school_id, RoleHeld.staff_id == StaffAccount.id)
    found = await session.scalars(
        select(StaffAccount)
        .where(
            works_here,
            StaffAccount.disabled_at.is_(None),
            or_(func.lower(StaffAccount.surname).like(like), func.lower(StaffAccount.forename).like(like)),
        )
        .order_by(StaffAccount.surname, StaffAccount.forename)
        .limit(MOST_FOUND)
    )
    return list(found)


async def names(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, str]:
    found = await session.scalars(select(StaffAccount).where(StaffAccount.id.in_(staff_ids)))
    return {person.id: person.display_name for person in found}


async def addresses(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """E-mail address and what the mail calls the school, for those who still work here."""
    rows = await session.execute(
        select(StaffAccount.id, StaffAccount.email, func.coalesce(School.name, select(Trust.name).scalar_subquery()))
        .outerjoin(School, School.id == StaffAccount.home_school_id)
        .where(StaffAccount.id.in_(staff_ids), StaffAccount.disabled_at.is_(None))
    )
    return {staff_id: (email, school) for staff_id, email, school in rows}


async def words_about(session: AsyncSession, person: StaffAccount) -> list[str]:
    """What anybody knows of somebody, and what therefore is no part of a password: name, address, schools, trust."""
    schools = [school.name for school in await schools_open_to(session, person.id)]
    trust = await session.scalar(select(Trust.name))
    return [person.forename, person.surname, person.email, *schools, trust or "", "heed"]


async def school_names(session: AsyncSession) -> dict[UUID, str]:
    return {school.id: school.name for school in await session.execute(select(School.id, School.name))}


async def groups(session: AsyncSession, school_id: UUID) -> list[tuple[AlertGroup, list[UUID]]]:
    members = (
        select(func.array_agg(GroupMember.staff_id))
        .where(GroupMember.school_id == AlertGroup.school_id, GroupMember.group_id == AlertGroup.id)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(AlertGroup, members)
        .where(AlertGroup.school_id == school_id, AlertGroup.retired_at.is_(None))
        .order_by(AlertGroup.name)
    )
    return [(group, sorted(ids or [])) for group, ids in rows]


async def shields(session: AsyncSession, school_id: UUID) -> list[Shield]:
    found = await session.scalars(
        select(Shield).where(Shield.school_id == school_id, Shield.lifted_at.is_(None)).order_by(Shield.id)
    )
    return list(found)

"""What others keep copies of, as the events that would make it: for a service that comes later or lost its database."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.models import Membership, School, Shield, StaffAccount, TrustRoleHeld
from services.auth.scope import seeing
from services.auth.service.acting import now
from shared.contracts.auth import GroupChanged, SchoolRegistered, ShieldChanged, StaffAdded, StaffDisabled
from shared.contracts.events import Event
from shared.contracts.words import TrustRole
from shared.db import TRUST_LOG
from shared.ids import class_id

FIRST: Final = TRUST_LOG


async def page_of(session: AsyncSession, after: UUID | None) -> tuple[list[dict[str, Any]], UUID | None]:
    """One page, and where the next begins: `after` is the school of the page before, the nil id for the trust's own."""
    if after is None:
        return await _trust(session), FIRST
    school = await session.scalar(select(School).where(School.id > after).order_by(School.id).limit(1))
    if school is None:
        return [], None
    async with seeing(session, school_id=school.id):
        return [*await _staff(session, school), *await _groups_and_shields(session, school)], school.id


async def _trust(session: AsyncSession) -> list[dict[str, Any]]:
    schools = await session.scalars(select(School).order_by(School.id))
    events = [
        _told(
            SchoolRegistered(school_id=school.id, trust_id=school.trust_id, successor_id=school.successor_id),
            school_id=school.id,
            version=school.version,
        )
        for school in schools
    ]
    rows = await session.execute(
        select(StaffAccount, TrustRoleHeld.role)
        .join(TrustRoleHeld, TrustRoleHeld.staff_id == StaffAccount.id)
        .order_by(StaffAccount.id)
    )
    people: dict[UUID, tuple[StaffAccount, list[TrustRole]]] = {}
    for person, role in rows:
        people.setdefault(person.id, (person, []))[1].append(TrustRole(role))
    for person, roles in people.values():
        added = StaffAdded(staff_id=person.id, trust_roles=sorted(roles))
        events.append(_told(_or_disabled(person, added), school_id=None, version=person.version))
    return events


async def _staff(session: AsyncSession, school: School) -> list[dict[str, Any]]:
    people = await session.scalars(
        select(StaffAccount)
        .join(Membership, Membership.staff_id == StaffAccount.id)
        .where(Membership.school_id == school.id)
        .order_by(StaffAccount.id)
    )
    events = []
    for person in people:
        place = await queries.place_of(session, school.id, person.id)
        if place is not None:
            day = queries.today(now())
            away = place.away(day)
            added = StaffAdded(
                staff_id=person.id,
                roles=place.roles,
                class_ids=[class_id(school.id, code) for code in place.classes(day)],
                away_until=away.until_on if away else None,
                deputy_id=away.deputy_id if away else None,
            )
            events.append(_told(_or_disabled(person, added), school_id=school.id, version=person.version))
    return events


async def _groups_and_shields(session: AsyncSession, school: School) -> list[dict[str, Any]]:
    events = [
        _told(
            GroupChanged(group_id=group.id, member_ids=members, active=True),
            school_id=school.id,
            version=group.version,
        )
        for group, members in await queries.groups(session, school.id)
    ]
    shields = await session.scalars(select(Shield).where(Shield.school_id == school.id, Shield.lifted_at.is_(None)))
    for shield in shields:
        raised = ShieldChanged(
            shield_id=shield.id,
            staff_id=shield.staff_id,
            pupil_id=shield.pupil_id,
            incident_id=shield.incident_id,
            active=True,
        )
        events.append(_told(raised, school_id=school.id, version=shield.version))
    return events


def _or_disabled(person: StaffAccount, added: StaffAdded) -> Event:
    return added if person.disabled_at is None else StaffDisabled(staff_id=person.id)


def _told(event: Event, *, school_id: UUID | None, version: int) -> dict[str, Any]:
    return {
        "type": event.TYPE,
        "school_id": str(school_id) if school_id else None,
        "version": version,
        "data": event.model_dump(mode="json"),
    }

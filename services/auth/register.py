"""The staff of one school as who looks after them sees it: rights, classes, last seen, what they sign in with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import Absence
from services.auth.models import ClassTaught, Credential, Membership, RoleHeld, StaffAccount, StaffSession
from services.auth.service.factors import has_second_factor
from shared.contracts.words import Role
from shared.identity import Staff


@dataclass(frozen=True, slots=True)
class Entry:
    account: StaffAccount
    roles: Sequence[Role]
    classes: Sequence[str]
    last_seen_at: datetime | None
    has_password: bool
    has_second_factor: bool
    absence: Absence | None


async def register(session: AsyncSession, staff: Staff, *, today: date) -> list[Entry]:
    """Everybody with a role in the school they look after, disabled ones too, by surname."""
    rows = await session.execute(
        select(
            StaffAccount,
            Membership.away_from,
            Membership.away_until,
            Membership.deputy_id,
            _roles().label("roles"),
            _classes(today).label("classes"),
            select(func.max(StaffSession.seen_at))
            .where(StaffSession.staff_id == StaffAccount.id)
            .scalar_subquery()
            .label("seen_at"),
            Credential.password_hash.is_not(None).label("has_password"),
            has_second_factor(StaffAccount.id).label("has_second_factor"),
        )
        .join(Membership, Membership.staff_id == StaffAccount.id)
        .outerjoin(Credential, Credential.staff_id == StaffAccount.id)
        .where(
            Membership.school_id == staff.school_id,
            exists().where(RoleHeld.school_id == staff.school_id, RoleHeld.staff_id == StaffAccount.id),
        )
        .order_by(StaffAccount.surname, StaffAccount.forename, StaffAccount.id)
    )
    return [_entry(row, today) for row in rows]


def _entry(row: Any, today: date) -> Entry:
    over = row.away_until is None or row.away_until < today
    return Entry(
        account=row.StaffAccount,
        roles=sorted(Role(role) for role in row.roles or ()),
        classes=sorted(set(row.classes or ())),
        last_seen_at=row.seen_at,
        has_password=bool(row.has_password),
        has_second_factor=bool(row.has_second_factor),
        absence=None if over else Absence(row.away_from, row.away_until, row.deputy_id),
    )


def _roles() -> ScalarSelect[Any]:
    return (
        select(func.array_agg(RoleHeld.role))
        .where(RoleHeld.school_id == Membership.school_id, RoleHeld.staff_id == Membership.staff_id)
        .scalar_subquery()
    )


def _classes(today: date) -> ScalarSelect[Any]:
    return (
        select(func.array_agg(ClassTaught.code))
        .where(
            ClassTaught.school_id == Membership.school_id,
            ClassTaught.staff_id == Membership.staff_id,
            ClassTaught.from_on <= today,
            func.coalesce(ClassTaught.to_on, today) >= today,
        )
        .scalar_subquery()
    )

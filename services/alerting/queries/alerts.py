"""Somebody's alerts: a list, the next one, one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, bindparam, case, exists, false, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, AuthorNotice, Duty, ToldIncident
from shared.contracts.words import Why
from shared.identity import Staff

UNREAD: Final = frozenset({State.UNREAD})
SEEN: Final = frozenset({State.READ, State.ACKNOWLEDGED})
OPEN: Final = UNREAD | SEEN

Place = tuple[bool, UUID]
"""Where an alert stands in the order of "see next": urgent first, then the oldest. Ids are in the order of time."""


def theirs(staff: Staff) -> ColumnElement[bool]:
    """The alerts of this person in the school the token is for, without what was withdrawn or is shielded from them."""
    return and_(
        Alert.school_id == staff.school_id,
        Alert.staff_id == staff.staff_id,
        Alert.state != State.WITHDRAWN,
        not_shielded(staff),
    )


def not_shielded(staff: Staff, of: type[Alert | Duty | AuthorNotice] = Alert) -> ColumnElement[bool]:
    """By the token, which knows a new shield before its event has come here."""
    if not staff.shields:
        return true()
    about = exists().where(
        ToldIncident.school_id == of.school_id,
        ToldIncident.id == of.incident_id,
        ToldIncident.pupil_ids.bool_op("&&")(sorted(staff.shields)),
    )
    return and_(of.incident_id.not_in(staff.shields), ~about)


def in_state(*states: State) -> ColumnElement[bool]:
    # Written out, for the indexes are on some states only, and a parameter might be any.
    return Alert.state.in_(bindparam(None, [state.value for state in states], expanding=True, literal_execute=True))


async def one(session: AsyncSession, staff: Staff, alert_id: UUID) -> Alert | None:
    """Absent, another's, withdrawn and shielded take the same path and the same time."""
    query = select(Alert).where(theirs(staff), Alert.id == alert_id).execution_options(populate_existing=True)
    found: Alert | None = await session.scalar(query)
    return found


async def one_to_change(session: AsyncSession, staff: Staff, alert_id: UUID) -> Alert | None:
    """One alert as it is once its incident's row is locked: that row comes first, whoever changes alerts of it."""
    alert = await one(session, staff, alert_id)
    if alert is None:
        return None
    await session.execute(
        select(ToldIncident.id)
        .where(ToldIncident.school_id == alert.school_id, ToldIncident.id == alert.incident_id)
        .with_for_update()
    )
    return await one(session, staff, alert_id)


async def waiting(
    session: AsyncSession, staff: Staff, states: frozenset[State], *, limit: int, after: Place | None = None
) -> Sequence[Alert]:
    """Alerts in these states in the order of "see next"."""
    query = (
        select(Alert)
        .where(theirs(staff), in_state(*sorted(states)))
        .order_by(Alert.urgent.desc(), Alert.id)
        .limit(limit)
    )
    if after is not None:
        urgent, alert_id = after
        less_urgent = Alert.urgent.is_(False) if urgent else false()
        query = query.where(or_(less_urgent, and_(Alert.urgent.is_(urgent), Alert.id > alert_id)))
    return (await session.scalars(query)).all()


async def pupils_of(session: AsyncSession, alert: Alert) -> Sequence[UUID]:
    """The children an alert's incident is about, for the audit."""
    found: Sequence[UUID] | None = await session.scalar(
        select(ToldIncident.pupil_ids).where(
            ToldIncident.school_id == alert.school_id, ToldIncident.id == alert.incident_id
        )
    )
    return found or ()


@dataclass(frozen=True, slots=True)
class HowMany:
    told: int
    first_read_at: datetime | None
    first_told_id: UUID | None
    """Of those who were told whoever answers for it first: the lead DSL, a stand-in, the head, then anybody."""


async def told_of(session: AsyncSession, staff: Staff, incident_id: UUID) -> HowMany | None:
    """How many besides its author were told of an incident, for its author and for whoever has an alert of it."""
    besides = (
        Alert.school_id == ToldIncident.school_id,
        Alert.incident_id == ToldIncident.id,
        Alert.state != State.WITHDRAWN,
        Alert.staff_id != ToldIncident.author_id,
    )
    others = select(func.count()).where(*besides).scalar_subquery()
    line = [
        (literal(why.value) == any_(Alert.why), place)
        for place, why in enumerate((Why.LEAD_DSL, Why.STAND_IN, Why.HEAD))
    ]
    first = select(Alert.staff_id).where(*besides).order_by(case(*line, else_=len(line)), Alert.id).limit(1)
    has_one = exists().where(theirs(staff), Alert.incident_id == incident_id)
    row = (
        await session.execute(
            select(others, ToldIncident.first_read_at, first.scalar_subquery()).where(
                ToldIncident.school_id == staff.school_id,
                ToldIncident.id == incident_id,
                or_(ToldIncident.author_id == staff.staff_id, has_one),
            )
        )
    ).one_or_none()
    return None if row is None else HowMany(*row)

"""Who was alerted to an incident and what became of it, for the DSL team. Whoever is shielded is left out."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import Alert, AlertRemark, AuthorNotice, ShieldCopy, ToldIncident
from services.alerting.queries.alerts import not_shielded
from shared.identity import Staff


def of_school(staff: Staff) -> ColumnElement[bool]:
    """The alerts of the school this person is not shielded from themselves, of people who are not shielded either."""
    return and_(Alert.school_id == staff.school_id, not_shielded(staff), ~kept_away(Alert))


def kept_away(of: type[Alert | AuthorNotice]) -> ColumnElement[bool]:
    """Whether the person it is for is shielded from what it is about, by the copy."""
    return exists().where(
        ToldIncident.school_id == of.school_id,
        ToldIncident.id == of.incident_id,
        ShieldCopy.school_id == of.school_id,
        ShieldCopy.staff_id == of.staff_id,
        ShieldCopy.active,
        or_(ShieldCopy.incident_id == of.incident_id, ShieldCopy.pupil_id == any_(ToldIncident.pupil_ids)),
    )


async def who_was_alerted(session: AsyncSession, staff: Staff, incident_id: UUID) -> Sequence[Alert]:
    query = select(Alert).where(of_school(staff), Alert.incident_id == incident_id).order_by(Alert.id)
    return (await session.scalars(query)).all()


async def remarks_on(
    session: AsyncSession, school_id: UUID, alert_ids: Sequence[UUID], *kinds: str
) -> Sequence[AlertRemark]:
    """What was said of these alerts, the oldest first."""
    found = await session.scalars(
        select(AlertRemark)
        .where(
            AlertRemark.school_id == school_id,
            AlertRemark.alert_id.in_(alert_ids),
            AlertRemark.kind.in_(kinds),
        )
        .order_by(AlertRemark.id)
    )
    return found.all()


async def of_school_to_change(session: AsyncSession, staff: Staff, alert_id: UUID) -> Alert | None:
    """One alert as it is once its incident's row is locked: that row comes first, whoever changes alerts of it."""
    query = select(Alert).where(of_school(staff), Alert.id == alert_id).execution_options(populate_existing=True)
    alert = await session.scalar(query)
    if alert is None:
        return None
    await session.execute(
        select(ToldIncident.id)
        .where(ToldIncident.school_id == alert.school_id, ToldIncident.id == alert.incident_id)
        .with_for_update()
    )
    found: Alert | None = await session.scalar(query)
    return found

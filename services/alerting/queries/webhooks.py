"""A school's webhooks, what they were told, and which schools have any."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import KnownSchool, Webhook, WebhookDelivery
from shared.identity import Staff


def has_any(school_id: UUID) -> ColumnElement[bool]:
    """For a statement that is asked anyway."""
    return exists().where(Webhook.school_id == school_id, Webhook.off_at.is_(None))


async def schools_with_any(session: AsyncSession) -> Sequence[UUID]:
    return (await session.scalars(select(KnownSchool.id).where(KnownSchool.webhooks))).all()


async def webhooks_of(session: AsyncSession, staff: Staff) -> Sequence[Webhook]:
    query = select(Webhook).where(Webhook.school_id == staff.school_id).order_by(Webhook.id)
    return (await session.scalars(query)).all()


async def one(session: AsyncSession, staff: Staff, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    query = select(Webhook).where(Webhook.school_id == staff.school_id, Webhook.id == webhook_id)
    query = query.execution_options(populate_existing=True)
    found: Webhook | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def how_many_on(session: AsyncSession, school_id: UUID) -> int:
    query = select(func.count()).where(Webhook.school_id == school_id, Webhook.off_at.is_(None))
    return int(await session.scalar(query) or 0)


async def listening(session: AsyncSession, school_id: UUID, kinds: Collection[str]) -> Sequence[tuple[UUID, list[str]]]:
    """Those that are to be told of one of these, each with all it is to be told of."""
    one_of_them = Webhook.events.bool_op("&&")(cast(sorted(kinds), ARRAY(Text)))
    rows = await session.execute(
        select(Webhook.id, Webhook.events).where(Webhook.school_id == school_id, Webhook.off_at.is_(None), one_of_them)
    )
    return [(row.id, row.events) for row in rows]


async def deliveries_of(session: AsyncSession, staff: Staff, webhook_id: UUID, limit: int) -> Sequence[WebhookDelivery]:
    """The newest first."""
    found = await session.scalars(
        select(WebhookDelivery)
        .where(WebhookDelivery.school_id == staff.school_id, WebhookDelivery.webhook_id == webhook_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    return found.all()

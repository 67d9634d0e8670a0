"""What is due to be told to a school's own systems, and what became of it. By the database's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import Webhook, WebhookDelivery
from services.alerting.queries.leads import leads_of
from services.alerting.service.raising import ACTOR
from services.alerting.service.webhooks import put_off
from services.alerting.webhook_post import Undelivered
from shared import audit
from shared.mail import MailKind, queue_mails

LEASE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Due:
    """Ours to send until the lease ends."""

    id: UUID
    webhook_id: UUID
    type: str
    data: dict[str, Any]
    made_at: datetime
    attempts: int
    """This one included."""
    url: str
    secret: bytes


async def take(session: AsyncSession, school_id: UUID, limit: int) -> Sequence[Due]:
    """The longest waiting first. Several who send share them; what a dead one took comes free again."""
    given = {"school_id": school_id, "limit": limit, "seconds": LEASE_SECONDS}
    return [Due(**row) for row in (await session.execute(_TAKE, given)).mappings()]


async def took(session: AsyncSession, school_id: UUID, due: Due) -> None:
    await _became(session, school_id, due, state="sent", sent_at=func.now(), error=None)
    await session.execute(
        update(Webhook)
        .where(Webhook.school_id == school_id, Webhook.id == due.webhook_id, Webhook.failures > 0)
        .values(failures=0)
        .execution_options(synchronize_session=False)
    )


async def did_not_take(
    session: AsyncSession, school_id: UUID, due: Due, problem: Undelivered, waits: Sequence[timedelta]
) -> None:
    """Later again, or parked; and when nothing was taken for as long as one was tried, the webhook is switched off."""
    webhook = await session.scalar(
        update(Webhook)
        .where(Webhook.school_id == school_id, Webhook.id == due.webhook_id)
        .values(failures=Webhook.failures + 1)
        .returning(Webhook)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    assert webhook is not None
    if due.attempts <= len(waits) and not problem.gone:
        later = func.now() + waits[due.attempts - 1]
        await _became(session, school_id, due, next_try_at=later, error=problem.error)
        return
    await _became(session, school_id, due, state="parked", error=problem.error)
    if webhook.off_at is None and (problem.gone or webhook.failures > len(waits)):
        await put_off(session, school_id, webhook.id, "gone" if problem.gone else "failing")
        await _tell_it_is_off(session, school_id, webhook)


async def _became(session: AsyncSession, school_id: UUID, due: Due, **values: Any) -> None:
    await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.school_id == school_id,
            WebhookDelivery.id == due.id,
            WebhookDelivery.state == "waiting",
            WebhookDelivery.attempts == due.attempts,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def _tell_it_is_off(session: AsyncSession, school_id: UUID, webhook: Webhook) -> None:
    """Whoever made it, the head and the lead DSL."""
    there = await leads_of(session, school_id, webhook.made_by_id)
    to = [(staff_id, "/") for staff_id in there]
    await queue_mails(session, kind=MailKind.WEBHOOK_OFF, school_id=school_id, to=to)
    await audit.record(
        session,
        action="webhook:off",
        school_id=school_id,
        staff=None,
        actor=ACTOR,
        about_kind="webhook",
        about_id=webhook.id,
        details={"told": len(to)},
    )


_TAKE: Final = text("""
WITH due AS (
    SELECT waiting.id, webhook.url, webhook.secret
    FROM webhook_delivery waiting
    JOIN webhook ON webhook.school_id = waiting.school_id AND webhook.id = waiting.webhook_id
    WHERE waiting.school_id = :school_id AND webhook.school_id = :school_id AND webhook.off_at IS NULL
        AND waiting.state = 'waiting' AND waiting.next_try_at <= now()
    ORDER BY waiting.next_try_at, waiting.id LIMIT :limit FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE webhook_delivery taken
SET attempts = attempts + 1, next_try_at = now() + make_interval(secs => :seconds)
FROM due WHERE taken.school_id = :school_id AND taken.id = due.id
RETURNING taken.id, taken.webhook_id, taken.type, taken.data, taken.made_at, taken.attempts, due.url, due.secret
""")

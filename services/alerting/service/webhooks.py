"""A school's webhooks: made, tried, switched off and on by those who set its alert rules."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.webhooks import TEST, url_fault
from services.alerting.models import KnownSchool, Webhook, WebhookDelivery
from services.alerting.queries.webhooks import how_many_on, one
from services.alerting.service.webhook_feed import delivery
from shared import audit
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id
from shared.keys import Seal

MOST: Final = 10
SECRET_BYTES: Final = 32


def sealing(key_secret: SecretStr, webhook_id: UUID) -> Seal:
    """Sealed for one webhook: what is in one row is of no use in another."""
    return Seal(key_secret, purpose=f"webhook {webhook_id}")


async def add_webhook(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    url: str,
    events: Sequence[str],
    key_secret: SecretStr,
    anywhere: bool = False,
) -> tuple[Webhook, str]:
    """The webhook, and the secret it signs with, which is not shown again. Raises Invalid."""
    school_id = acting_staff.school_id
    if fault := url_fault(url, anywhere=anywhere):
        raise Invalid(FieldError("url", fault))
    # The school's row is what two who add at once meet at.
    school = upsert(KnownSchool).values(id=school_id, webhooks=True)
    await session.execute(school.on_conflict_do_update(index_elements=["id"], set_={"webhooks": True}))
    if await how_many_on(session, school_id) >= MOST:
        raise Invalid(FieldError("url", f"A school has {MOST} of these at most; switch one off first."))
    webhook_id, secret = new_id(), "whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    made = Webhook(
        school_id=school_id,
        id=webhook_id,
        url=url,
        events=sorted(set(events)),
        secret=sealing(key_secret, webhook_id).close(secret.encode()),
        made_by_id=acting_staff.staff_id,
        made_at=datetime.now(UTC),
        failures=0,
        off_at=None,
        off_because=None,
    )
    session.add(made)
    await session.flush()
    await _note(session, acting_staff, "webhook:added", webhook_id)
    return made, secret


async def try_webhook(session: AsyncSession, *, acting_staff: Staff, webhook_id: UUID) -> UUID:
    """Send it something that says nothing; the id by which what became of it is found. Raises NotFound, Conflict."""
    found = await _locked(session, acting_staff, webhook_id)
    if found.off_at is not None:
        raise Conflict("This is switched off; switch it on first.")
    row = delivery(acting_staff.school_id, webhook_id, TEST, {})
    await session.execute(insert(WebhookDelivery), [row])
    await _note(session, acting_staff, "webhook:tried", webhook_id)
    made: UUID = row["id"]
    return made


async def switch_off(session: AsyncSession, *, acting_staff: Staff, webhook_id: UUID) -> None:
    """Nothing is sent there any more; what waits is parked. Raises NotFound."""
    found = await _locked(session, acting_staff, webhook_id)
    if found.off_at is None:
        await put_off(session, acting_staff.school_id, webhook_id, "by-hand")
        await _note(session, acting_staff, "webhook:off", webhook_id)


async def switch_on(session: AsyncSession, *, acting_staff: Staff, webhook_id: UUID) -> None:
    """It is told again, and first of what was parked. Raises NotFound."""
    found = await _locked(session, acting_staff, webhook_id)
    if found.off_at is None:
        return
    await session.execute(
        update(Webhook)
        .where(Webhook.school_id == acting_staff.school_id, Webhook.id == webhook_id)
        .values(off_at=None, off_because=None, failures=0)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.school_id == acting_staff.school_id,
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == "parked",
        )
        .values(state="waiting", attempts=0, next_try_at=func.now(), error=None)
        .execution_options(synchronize_session=False)
    )
    await _note(session, acting_staff, "webhook:on", webhook_id)


async def put_off(session: AsyncSession, school_id: UUID, webhook_id: UUID, because: str) -> None:
    await session.execute(
        update(Webhook)
        .where(Webhook.school_id == school_id, Webhook.id == webhook_id)
        .values(off_at=func.now(), off_because=because)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.school_id == school_id,
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == "waiting",
        )
        .values(state="parked")
        .execution_options(synchronize_session=False)
    )


async def _locked(session: AsyncSession, staff: Staff, webhook_id: UUID) -> Webhook:
    found = await one(session, staff, webhook_id, lock=True)
    if found is None:
        raise NotFound()
    return found


async def _note(session: AsyncSession, staff: Staff, action: str, webhook_id: UUID) -> None:
    await audit.record(
        session,
        action=action,
        school_id=staff.school_id,
        staff=staff,
        about_kind="webhook",
        about_id=webhook_id,
    )

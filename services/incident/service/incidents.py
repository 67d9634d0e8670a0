"""Logging an incident: the one way in."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Circumstances, Concern
from services.incident.models import IdempotencyKey, Incident, IncidentNumber
from services.incident.service.drafts import let_go
from services.incident.service.writing import Checked, above, check, linked_facts, revision_rows
from shared import audit, outbox
from shared.contracts.incident import IncidentLogged
from shared.db import ask
from shared.errors import Conflict
from shared.identity import Staff
from shared.ids import new_id
from shared.rows import write_rows

_INCIDENT: Final = cast(Table, Incident.__table__)


@dataclass(frozen=True, slots=True)
class Logged:
    id: UUID
    number: int
    logged_at: datetime
    again: bool = False
    """Whether this key had brought the same incident before: nothing was written."""


async def log_incident(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    concern: Concern,
    idempotency_key: str,
    draft_id: UUID | None = None,
    at: datetime | None = None,
) -> Logged:
    """Write an incident down; its event leaves with the commit, and the draft it was written in goes with it.

    `at`: when it was logged, for records taken over.

    The same key with the same content gives the incident it gave before. Raises Conflict for other content, Invalid
    for fields that do not fit the school.
    """
    now = at or datetime.now(UTC)
    school_id, incident_id = acting_staff.school_id, new_id()
    content = _fingerprint(concern)
    if not await _first_use(
        session, acting_staff, key=idempotency_key, content=content, incident_id=incident_id, now=now
    ):
        return await _logged_before(session, acting_staff, key=idempotency_key, content=content)
    checked = await check(session, school_id, concern, now=now)
    incident = {
        "school_id": school_id,
        "id": incident_id,
        "author_id": acting_staff.staff_id,
        "logged_at": now,
        "urgent": concern.urgent,
        "state": "open",
        "sensitivity": int(checked.sensitivity),
        "revision": 1,
        "version": 1,
        "kiosk_id": acting_staff.kiosk_id,
    }
    words = revision_rows(
        checked,
        school_id=school_id,
        incident_id=incident_id,
        revision=1,
        by_id=acting_staff.staff_id,
        reason=None,
        at=now,
    )
    noted = audit.row(
        action="incident:logged",
        school_id=school_id,
        staff=acting_staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=[link.pupil_id for link in concern.links],
        details={"kiosk": str(acting_staff.kiosk_id)} if acting_staff.kiosk_id else {},
    )
    event = IncidentLogged(**facts(checked, incident_id=incident_id, author_id=acting_staff.staff_id, logged_at=now))
    told = outbox.row(event, school_id=school_id, version=1)
    await write_rows(session, [(_INCIDENT, incident), *words, (audit.audit, noted), (outbox.outbox, told)])
    outbox.wake_after(session)
    if draft_id is not None:
        await let_go(session, acting_staff, draft_id)
    # The counter is the last lock taken: whoever holds it has nothing left to do but to commit.
    number = await _next_number(session, school_id, incident_id)
    return Logged(incident_id, number, now)


def facts(checked: Checked, *, incident_id: UUID, author_id: UUID, logged_at: datetime) -> dict[str, object]:
    """What `alerting` needs to know who must be told: no word of what was written."""
    concern = checked.concern
    return {
        "incident_id": incident_id,
        "author_id": author_id,
        "logged_at": logged_at,
        "urgent": concern.urgent,
        "sensitivity": checked.sensitivity,
        "category_ids": checked.category_ids,
        "parent_category_ids": above(checked, checked.category_ids),
        "pupils": linked_facts(checked),
        "extra_staff_ids": list(concern.extra_staff_ids),
        "extra_group_ids": list(concern.extra_group_ids),
    }


_NEXT_NUMBER: Final = """
WITH counted AS (
    INSERT INTO incident_counter (school_id, last) VALUES ($1, 1)
    ON CONFLICT (school_id) DO UPDATE SET last = incident_counter.last + 1 RETURNING last
)
INSERT INTO incident_number (school_id, number, incident_id)
SELECT $1, last, $2 FROM counted RETURNING number
"""


async def _next_number(session: AsyncSession, school_id: UUID, incident_id: UUID) -> int:
    [(number,)] = await ask(session, _NEXT_NUMBER, school_id, incident_id)
    assert isinstance(number, int)
    return number


def _fingerprint(concern: Concern) -> bytes:
    content = asdict(concern)
    if concern.circumstances == Circumstances():
        # As it was before there were any: a repetition that comes after an update is still known as one.
        del content["circumstances"]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).digest()


_TAKE_KEY: Final = """
INSERT INTO idempotency_key (school_id, staff_id, key, content, incident_id, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING true
"""


async def _first_use(
    session: AsyncSession, staff: Staff, *, key: str, content: bytes, incident_id: UUID, now: datetime
) -> bool:
    """Takes the key, or waits for the transaction that has it and finds that it was taken."""
    row = (staff.school_id, staff.staff_id, key, content, incident_id, now)
    return bool(await ask(session, _TAKE_KEY, *row))


async def _logged_before(session: AsyncSession, staff: Staff, *, key: str, content: bytes) -> Logged:
    row = await session.execute(
        select(IdempotencyKey.content, Incident.id, IncidentNumber.number, Incident.logged_at)
        .join(
            Incident,
            (Incident.school_id == IdempotencyKey.school_id) & (Incident.id == IdempotencyKey.incident_id),
        )
        .join(
            IncidentNumber,
            (IncidentNumber.school_id == Incident.school_id) & (IncidentNumber.incident_id == Incident.id),
        )
        .where(
            IdempotencyKey.school_id == staff.school_id,
            IdempotencyKey.staff_id == staff.staff_id,
            IdempotencyKey.key == key,
        )
    )
    before, incident_id, number, logged_at = row.one()
    if before != content:
        raise Conflict(
            "This Idempotency-Key came with another concern before. Nothing was written; send it with a new key."
        )
    return Logged(incident_id, number, logged_at, again=True)

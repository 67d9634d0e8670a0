"""Decisions and consent: written once, with their reasons, and not changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Asked, ConsentAnswer, Decided, consent_faults, decision_faults
from services.incident.models import Consent, Decision, DecisionPupil, Incident
from services.incident.queries.incidents import children
from services.incident.queries.reach import Who
from services.incident.service.permitted import readable, unchanged_since
from services.incident.service.versions import next_version
from shared import audit
from shared.errors import FieldError, Invalid
from shared.ids import new_id

_NOT_LINKED: Final = "This child is not linked to the incident."


async def record_decision(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    decided: Decided,
    version: int | None = None,
    at: datetime | None = None,
) -> tuple[UUID, int]:
    """Write down what was decided and why (R1), for the children named or for all. Returns its id and the version.

    Raises NotFound, ElevationRequired, Conflict, Invalid.
    """
    staff = who.staff
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    about = await _about(session, found.incident, decided.pupil_ids, decision_faults(decided))
    decision_id = new_id()
    new_version = await next_version(session, found.incident, decision_id)
    words = {name: getattr(decided, name) for name in ("what", "alternatives", "reason", "body", "reference")}
    await session.execute(
        insert(Decision).values(
            school_id=staff.school_id,
            id=decision_id,
            incident_id=incident_id,
            by_id=staff.staff_id,
            kind=decided.kind.value,
            at=at or datetime.now(UTC),
            **words,
        )
    )
    await session.execute(
        insert(DecisionPupil),
        [{"school_id": staff.school_id, "decision_id": decision_id, "pupil_id": pupil_id} for pupil_id in about],
    )
    details = {"decision_id": str(decision_id), "kind": decided.kind.value}
    await _noted(session, who, incident_id, action="decision:recorded", about=about, details=details)
    return decision_id, new_version


async def record_consent(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    asked: Asked,
    version: int | None = None,
    at: datetime | None = None,
) -> int:
    """Write down who was asked for consent and what they said, or on which ground nobody was (R13, R130).

    One row for each of the children named, or for all; the newest of a child counts and all are kept. Who writes it
    down is taken to have asked, now, unless it says otherwise. Returns the version. Raises as `record_decision`.
    """
    staff, now = who.staff, at or datetime.now(UTC)
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    about = await _about(session, found.incident, asked.pupil_ids, consent_faults(asked, now))
    ids = {pupil_id: new_id() for pupil_id in about}
    new_version = await next_version(session, found.incident, *ids.values())
    sought = asked.answer is not ConsentAnswer.NOT_SOUGHT
    answer = {
        "school_id": staff.school_id,
        "incident_id": incident_id,
        "answer": asked.answer.value,
        "ground": asked.ground.value if asked.ground else None,
        "of_whom": asked.of_whom,
        "asked_by_id": asked.asked_by_id or staff.staff_id if sought else None,
        "asked_at": asked.asked_at or now if sought else None,
        "note": asked.note,
        "by_id": staff.staff_id,
        "at": now,
    }
    await session.execute(insert(Consent), [answer | {"id": ids[pupil_id], "pupil_id": pupil_id} for pupil_id in about])
    await _noted(
        session, who, incident_id, action="consent:recorded", about=about, details={"answer": asked.answer.value}
    )
    return new_version


async def _about(
    session: AsyncSession, incident: Incident, pupil_ids: Sequence[UUID], faults: Iterable[tuple[str, str]]
) -> list[UUID]:
    """The children it is for, all that are linked unless some are named. Raises Invalid with every fault."""
    linked = [
        child.pupil.id
        for child in await children(session, incident.school_id, [incident.id])
        if child.revision == incident.revision
    ]
    errors = [FieldError(path, message) for path, message in faults]
    errors += [
        FieldError(f"pupil_ids.{place}", _NOT_LINKED)
        for place, pupil_id in enumerate(pupil_ids)
        if pupil_id not in linked
    ]
    if errors:
        raise Invalid(*errors)
    return [pupil_id for pupil_id in linked if not pupil_ids or pupil_id in pupil_ids]


async def _noted(
    session: AsyncSession,
    who: Who,
    incident_id: UUID,
    *,
    action: str,
    about: Iterable[UUID],
    details: Mapping[str, audit.JsonScalar],
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=about,
        details=details,
    )

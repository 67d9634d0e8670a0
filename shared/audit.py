"""The audit: who did or read what, when, about whom and why. A row of the same transaction: no row, no read, no write.

Rows are ids, numbers and words of ours. What people wrote, and what anybody is called, stays in the record it is about;
only `reason` is a person's own words, where somebody had to say why. `shared/audit_seal.py` numbers and hashes the
rows later, `shared/audit_verify.py` shows that none has changed since.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, DateTime, MetaData, Table, Text, Uuid, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import Staff
from shared.ids import new_id
from shared.tracing import current_trace_id

JsonScalar: TypeAlias = str | int | bool | None

LONGEST_REASON: Final = 2000
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}", re.ASCII)
_SECOND_HALF: Final = re.compile("[\ud800-\udfff]")

audit: Final = Table(
    "audit",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("staff_id", Uuid),
    Column("session_id", Uuid),
    Column("action", Text, nullable=False),
    Column("about_kind", Text, nullable=False),
    Column("about_id", Uuid),
    Column("pupil_ids", ARRAY(Uuid), nullable=False),
    Column("reason", Text),
    Column("assurance", Text),
    Column("elevated", Boolean, nullable=False),
    Column("break_glass", Uuid),
    Column("trace_id", Text),
    Column("details", JSONB, nullable=False),
)


async def record(
    session: AsyncSession,
    *,
    action: str,
    school_id: UUID,
    staff: Staff | None = None,
    actor: str = "",
    about_kind: str,
    about_id: UUID | None,
    pupil_ids: Iterable[UUID] = (),
    reason: str | None = None,
    details: Mapping[str, JsonScalar] = {},
) -> None:
    """One row in the caller's transaction. For a read: in the transaction of the query, before returning.

    `actor` names who acts when it is no member of staff: "operator", "alerting". `details` holds ids, whole numbers and
    words of ours (lower case, no blank): anything else raises ValueError, for it could be a name.
    """
    made = row(
        action=action,
        school_id=school_id,
        staff=staff,
        actor=actor,
        about_kind=about_kind,
        about_id=about_id,
        pupil_ids=pupil_ids,
        reason=reason,
        details=details,
    )
    await session.execute(insert(audit), [made])


def row(
    *,
    action: str,
    school_id: UUID,
    staff: Staff | None = None,
    actor: str = "",
    about_kind: str,
    about_id: UUID | None,
    pupil_ids: Iterable[UUID] = (),
    reason: str | None = None,
    details: Mapping[str, JsonScalar] = {},
) -> dict[str, Any]:
    """The row that `record` writes, for who writes it together with others."""
    words = {"action": action, "about_kind": about_kind, "actor": "staff" if staff else actor}
    for name, word in words.items():
        _refuse_unless_word(name, word)
    return {
        "id": new_id(),
        "school_id": school_id,
        "at": datetime.now(UTC),
        **words,
        "staff_id": staff.staff_id if staff else None,
        "session_id": staff.session_id if staff else None,
        "about_id": about_id,
        "pupil_ids": sorted(set(pupil_ids)),
        "reason": _checked_reason(reason),
        "assurance": staff.assurance.name.lower() if staff else None,
        "elevated": staff.elevated if staff else False,
        "break_glass": staff.break_glass if staff else None,
        "trace_id": current_trace_id(),
        "details": _checked_details(details),
    }


def _checked_details(details: Mapping[str, JsonScalar]) -> dict[str, JsonScalar]:
    for name, value in details.items():
        _refuse_unless_word("a name in details", name)
        if isinstance(value, str):
            _refuse_unless_word(f"details.{name}", value)
        elif value is not None and not isinstance(value, int):
            raise ValueError(f"audit: details.{name} is neither an id, a whole number nor a word of ours")
    return dict(details)


def _refuse_unless_word(name: str, value: str) -> None:
    # The value is not repeated: it may be the very name that must not get into a log.
    if not _WORD.fullmatch(value):
        raise ValueError(f"audit: {name} must be an id or a word of ours: lower case, digits and _.:- only")


def _checked_reason(reason: str | None) -> str | None:
    if reason is not None and (len(reason) > LONGEST_REASON or "\x00" in reason or _SECOND_HALF.search(reason)):
        raise ValueError(f"audit: a reason has at most {LONGEST_REASON} characters, and no NUL or half characters")
    return reason


PAYLOAD_COLUMNS: Final = (
    "id, school_id, at, actor, staff_id, session_id, action, about_kind, about_id, pupil_ids, reason, assurance, "
    "elevated, break_glass, trace_id"
)
"""What a row's hash is taken over, as SQL; `details` comes besides, as text."""


def payload(row: Any) -> dict[str, Any]:
    """A row of PAYLOAD_COLUMNS (and details as text, `details_text`) as the JSON object that is hashed and exported."""
    return {
        "id": str(row.id),
        "school_id": str(row.school_id),
        "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": row.actor,
        "staff_id": _text(row.staff_id),
        "session_id": _text(row.session_id),
        "action": row.action,
        "about_kind": row.about_kind,
        "about_id": _text(row.about_id),
        "pupil_ids": [str(pupil_id) for pupil_id in row.pupil_ids],
        "reason": row.reason,
        "assurance": row.assurance,
        "elevated": row.elevated,
        "break_glass": _text(row.break_glass),
        "trace_id": row.trace_id,
        "details": json.loads(row.details_text),
    }


def canonical(payload: Mapping[str, Any]) -> bytes:
    """The one spelling of a payload: sorted names, no blanks, ASCII. Whole numbers only, so there is no second one."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)

"""What a school says of reading times, hours and holidays; and the incidents whose time may be up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.escalation import TICK, Settings
from services.alerting.models import EscalationSettings, ReadingWatch


@dataclass(frozen=True, slots=True)
class Kept:
    """Version 0 for a school that has said nothing."""

    version: int = 0
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        said = self.words
        return Settings(
            read_within={UUID(one["category_id"]): timedelta(minutes=one["minutes"]) for one in said.get("times", ())},
            hours={
                one["weekday"]: (time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"]))
                for one in said.get("hours", ())
            },
            holidays=[
                (date.fromisoformat(one["first"]), date.fromisoformat(one["last"])) for one in said.get("holidays", ())
            ],
        )


async def settings_of(session: AsyncSession, school_id: UUID) -> Kept:
    query = select(EscalationSettings.version, EscalationSettings.words).where(
        EscalationSettings.school_id == school_id
    )
    row = (await session.execute(query)).one_or_none()
    return Kept() if row is None else Kept(row.version, row.words)


async def time_may_be_up(session: AsyncSession, school_id: UUID, limit: int) -> Sequence[UUID]:
    """The incidents that are due by the database's clock, and those whose time was set by a clock now put back."""
    now = func.clock_timestamp()
    found = await session.scalars(
        select(ReadingWatch.incident_id)
        .where(
            ReadingWatch.school_id == school_id,
            ReadingWatch.ended_at.is_(None),
            or_(ReadingWatch.due_at <= now, ReadingWatch.set_at > now + TICK),
        )
        .order_by(ReadingWatch.due_at)
        .limit(limit)
    )
    return found.all()

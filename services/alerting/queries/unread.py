"""How many alerts nobody has read yet, by age: the figure by which a school that does not look is found."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, KnownSchool
from services.alerting.queries.alerts import in_state
from shared.db import Database, Scope
from shared.telemetry import UNREAD_ALERTS, Measure

AGES: Final[Mapping[str, timedelta]] = {"under_1_hour": timedelta(hours=1), "under_1_day": timedelta(days=1)}
OLDER: Final = "1_day_or_more"


def unread_by_age(db: Database) -> Measure:
    """Looks at one school after the other, for no login of ours sees the alerts of several at once."""

    async def measure() -> None:
        totals = dict.fromkeys((*AGES, OLDER), 0)
        async with db.begin(Scope()) as session:
            schools = (await session.scalars(select(KnownSchool.id))).all()
        for school_id in schools:
            async with db.begin(Scope(school_id)) as session:
                for age, count in (await _counts(session)).items():
                    totals[age] += count
        for age, count in totals.items():
            UNREAD_ALERTS.labels(age).set(count)

    return measure


async def _counts(session: AsyncSession) -> Mapping[str, int]:
    now = datetime.now(UTC)
    younger = (func.count().filter(Alert.raised_at > now - span) for span in AGES.values())
    query = select(func.count(), *younger).where(in_state(State.UNREAD))
    every, hour, day = map(int, (await session.execute(query)).one())
    return {**dict(zip(AGES, (hour, day - hour), strict=True)), OLDER: every - day}

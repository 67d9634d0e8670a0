"""What the invented staff did in four weeks: the roll came from a file, concerns were logged, acted on and closed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from deploy.demo.cast import Cast
from deploy.demo.incidents import Incident
from deploy.demo.pupils import Pupil, roll_csv
from deploy.demo.schools import School
from services.incident import service
from services.incident.domain import Circumstances, Concern, Figure, Link, Mark, MarkKind, View
from services.incident.queries import pupils as roll
from services.incident.queries.reach import Who
from services.incident.roll_file import read_roll
from shared.db import Database, Scope

CLOSED_AFTER: Final = timedelta(days=5)
"""The closings speak of what did not come again since: they are written some days later."""


@dataclass(frozen=True, slots=True)
class Register:
    """A school's children by UPN and its categories by "Parent: Child", as this house knows them."""

    pupil_ids: Mapping[str, UUID]
    category_ids: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Logged:
    """An invented incident and the id it was given here."""

    incident: Incident
    id: UUID


async def import_roll(db: Database, cast: Cast, school: School, pupils: Sequence[Pupil], now: datetime) -> Register:
    """As the lead DSL would with the file of the school's information system. Brings the standard categories (R119)."""
    rows = read_roll(roll_csv(tuple(pupils)).encode(), now.date())
    lead = cast.lead_of(school)
    async with db.begin(Scope(lead.school_id, lead.staff_id)) as session:
        await service.import_roll(session, acting_staff=lead, rows=rows)
        found, upns = await roll.whole_roll(session, lead.school_id)
        categories = await roll.categories(session, lead.school_id)
    names = {category.id: category.name for category in categories}
    return Register(
        {upns[pupil.id]: pupil.id for pupil in found},
        {
            f"{names[category.parent_id]}: {category.name}" if category.parent_id else category.name: category.id
            for category in categories
        },
    )


async def log(
    db: Database, cast: Cast, register: Register, written: Sequence[Incident], done: Callable[[], None]
) -> list[Logged]:
    """In the order in which they were written, so that a school's numbers follow its weeks."""
    logged = []
    for place, incident in enumerate(written, start=1):
        author = cast.acting(incident.author)
        async with db.begin(Scope(author.school_id, author.staff_id)) as session:
            kept = await service.log_incident(
                session,
                acting_staff=author,
                concern=_concern(incident, register),
                idempotency_key=f"demonstration-{place}",
                at=incident.logged_at,
            )
        logged.append(Logged(incident, kept.id))
        done()
    return logged


async def follow_up(
    db: Database, cast: Cast, logged: Sequence[Logged], *, school: School, now: datetime, done: Callable[[], None]
) -> None:
    """Actions, then the closing. What lies ahead of `now` has not been done yet, and what waits for it stays open."""
    for one in logged:
        for action in one.incident.actions:
            if action.at <= now:
                who = Who(cast.acting(action.author))
                async with db.begin(Scope(who.staff.school_id, who.staff.staff_id)) as session:
                    await service.add_action(session, who=who, incident_id=one.id, text=action.text, at=action.at)
        at = closing_time(one.incident)
        if at is not None and at <= now:
            who = Who(cast.lead_of(school))
            async with db.begin(Scope(who.staff.school_id, who.staff.staff_id)) as session:
                await service.close_incident(session, who=who, incident_id=one.id, reason=one.incident.closed, at=at)
        done()


def closing_time(incident: Incident) -> datetime | None:
    """When the lead DSL closes it (R61); None for what stays open."""
    if not incident.closed:
        return None
    return max([incident.logged_at, *(action.at for action in incident.actions)]) + CLOSED_AFTER


def _concern(incident: Incident, register: Register) -> Concern:
    first = incident.pupils[0]
    return Concern(
        narrative=incident.text,
        occurred_at=incident.happened_at,
        category_ids=(register.category_ids[first.category],),
        links=tuple(
            Link(
                register.pupil_ids[linked.pupil.upn],
                linked.part,
                # A child's own category only where it differs: an empty one means the concern's.
                () if linked.category == first.category else (register.category_ids[linked.category],),
            )
            for linked in incident.pupils
        ),
        action_taken=incident.done or None,
        urgent=incident.urgent,
        circumstances=Circumstances(marks=_marks(incident, register.pupil_ids[first.pupil.upn])),
    )


def _marks(incident: Incident, pupil_id: UUID) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            pupil_id,
            View.FRONT,
            Figure.CHILD,
            seen.x,
            seen.y,
            MarkKind(seen.kind),
            seen.size_mm,
            seen.colour,
            seen.words or None,
        )
        for seen in incident.marks
    )

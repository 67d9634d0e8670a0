"""What logging and correcting share: checking a concern against the school's roll and categories, and its rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Concern, TimeKnown, every_category, late_by, midday, sensitivity_of, time_fault
from services.incident.models import (
    IncidentCategory,
    IncidentPupil,
    IncidentPupilCategory,
    IncidentRevision,
    Pupil,
)
from services.incident.queries import pupils as roll
from services.incident.queries.circumstances import Kept
from services.incident.queries.pupils import InUse, OnRoll
from services.incident.service import circumstances
from shared.contracts.incident import LinkedPupil
from shared.contracts.words import Sensitivity
from shared.errors import FieldError, Invalid
from shared.rows import Row

_REVISION: Final = cast(Table, IncidentRevision.__table__)
_PUPIL: Final = cast(Table, IncidentPupil.__table__)
_CATEGORY: Final = cast(Table, IncidentCategory.__table__)
_PUPIL_CATEGORY: Final = cast(Table, IncidentPupilCategory.__table__)


@dataclass(frozen=True, slots=True)
class Checked:
    """A concern that fits the school: its children are on the roll and its categories are in use."""

    concern: Concern
    pupils: Mapping[UUID, Pupil | OnRoll]
    category_ids: list[UUID]
    sensitivity: Sensitivity
    parents: Mapping[UUID, UUID]
    """Of each sub-category the category above it."""
    late_by: int | None


async def check(
    session: AsyncSession,
    school_id: UUID,
    concern: Concern,
    *,
    now: datetime,
    known: Mapping[UUID, Pupil] | None = None,
    kept: Kept | None = None,
    logged_at: datetime | None = None,
) -> Checked:
    """Raises Invalid naming every field that does not fit.

    For a correction: `known` are children who may be linked though they left, `kept` what may be chosen though it is
    retired, `logged_at` when the first words were written, for that is what lateness is measured by.
    """
    kept = kept or Kept()
    categories = every_category(concern.category_ids, concern.links)
    on_roll, in_use = await roll.to_log(
        session, school_id, [link.pupil_id for link in concern.links], categories, kept=kept.category_ids
    )
    pupils: dict[UUID, Pupil | OnRoll] = {**(known or {}), **on_roll}
    errors = [
        *_faults(concern, pupils, in_use, now),
        *await circumstances.faults(session, school_id, concern, categories=in_use.values(), kept=kept),
    ]
    if errors:
        raise Invalid(*errors)
    return Checked(
        concern,
        pupils,
        categories,
        sensitivity_of(categories, {category.id: Sensitivity(category.sensitivity) for category in in_use.values()}),
        parents={one.id: one.parent_id for one in in_use.values() if one.parent_id},
        late_by=_late_by(concern, in_use, logged_at or now),
    )


def _late_by(concern: Concern, in_use: Mapping[UUID, InUse], logged_at: datetime) -> int | None:
    minutes = [category.log_within_minutes for category in in_use.values()]
    return late_by(
        occurred_at=concern.occurred_at,
        time_known=concern.circumstances.time_known,
        logged_at=logged_at,
        levels=[None if within is None else timedelta(minutes=within) for within in minutes],
    )


def _faults(
    concern: Concern, pupils: Mapping[UUID, Pupil | OnRoll], in_use: Mapping[UUID, InUse], now: datetime
) -> Iterator[FieldError]:
    if not concern.narrative.strip():
        yield FieldError("narrative", "Write down what happened.")
    if wrong := time_fault(concern.occurred_at, now, concern.circumstances.time_known):
        yield FieldError("occurred_at", wrong)
    yield from _unknown_categories("category_ids", concern.category_ids, in_use)
    seen: set[UUID] = set()
    for place, link in enumerate(concern.links):
        if link.pupil_id not in pupils:
            yield FieldError(f"pupils.{place}.pupil_id", "This child is not on your school's roll; pick them again.")
        elif link.pupil_id in seen:
            yield FieldError(f"pupils.{place}.pupil_id", "This child is named twice; keep one.")
        seen.add(link.pupil_id)
        yield from _unknown_categories(f"pupils.{place}.category_ids", link.category_ids, in_use)


def _unknown_categories(path: str, given: tuple[UUID, ...], in_use: Mapping[UUID, InUse]) -> Iterator[FieldError]:
    for place, category in enumerate(given):
        if category not in in_use:
            yield FieldError(f"{path}.{place}", "Your school does not use this category; choose another.")


def revision_rows(
    checked: Checked,
    *,
    school_id: UUID,
    incident_id: UUID,
    revision: int,
    by_id: UUID,
    reason: str | None,
    at: datetime,
) -> Iterator[tuple[Table, Row]]:
    """What was written, with its children and categories, as rows."""
    concern = checked.concern
    here = {"school_id": school_id, "incident_id": incident_id, "revision": revision}
    yield _REVISION, {**here, **_words(checked), "by_id": by_id, "reason": reason, "at": at}
    for position, link in enumerate(concern.links):
        pupil = checked.pupils[link.pupil_id]
        place = {"year_group": pupil.year_group, "class_code": pupil.class_code}
        yield _PUPIL, {**here, "pupil_id": link.pupil_id, "position": position, "part": link.part.value, **place}
    for category in dict.fromkeys(concern.category_ids):
        yield _CATEGORY, {**here, "category_id": category}
    for link in concern.links:
        for category in dict.fromkeys(link.category_ids):
            yield _PUPIL_CATEGORY, {**here, "pupil_id": link.pupil_id, "category_id": category}
    yield from circumstances.rows(concern, here)


def _words(checked: Checked) -> Row:
    concern, said = checked.concern, checked.concern.circumstances
    at = concern.occurred_at
    return {
        "narrative": concern.narrative,
        "action_taken": concern.action_taken,
        # A day of which no hour is known is kept as its midday: whatever hour came along means nothing.
        "occurred_at": midday(at) if at and said.time_known is TimeKnown.DATE_ONLY else at,
        "time_known": said.time_known.value,
        "late_by": checked.late_by,
        "location_id": said.location_id,
        "location_words": said.location_words,
        "sanction": said.sanction,
        "told_in_person_id": said.told_in_person_id,
    }


def above(checked: Checked, category_ids: Iterable[UUID]) -> list[UUID]:
    """The categories that these are sub-categories of: a rule of alerting on a category covers what lies under it."""
    return list(dict.fromkeys(checked.parents[i] for i in category_ids if i in checked.parents))


def linked_facts(checked: Checked) -> list[LinkedPupil]:
    """The children as the bus may know them: ids, part, class and year; a class by its id, for its name is a name."""
    return [
        LinkedPupil(
            pupil_id=link.pupil_id,
            part=link.part,
            category_ids=list(link.category_ids or checked.concern.category_ids),
            parent_category_ids=above(checked, link.category_ids or checked.concern.category_ids),
            class_id=checked.pupils[link.pupil_id].class_id,
            year_group=checked.pupils[link.pupil_id].year_group,
        )
        for link in checked.concern.links
    ]

"""What logging and correcting share: checking a concern against the school's roll and categories, and its rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Concern, every_category, sensitivity_of, time_fault
from services.incident.models import (
    IncidentCategory,
    IncidentPupil,
    IncidentPupilCategory,
    IncidentRevision,
    Pupil,
)
from services.incident.queries import pupils as roll
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
    pupils: Mapping[UUID, Pupil]
    category_ids: list[UUID]
    sensitivity: Sensitivity
    parents: Mapping[UUID, UUID]
    """Of each sub-category the category above it."""


async def check(
    session: AsyncSession,
    school_id: UUID,
    concern: Concern,
    *,
    now: datetime,
    known: Mapping[UUID, Pupil] | None = None,
) -> Checked:
    """Raises Invalid naming every field that does not fit. `known` are children who may be linked though they left."""
    pupils = {
        **(known or {}),
        **await roll.on_roll(session, school_id, [link.pupil_id for link in concern.links]),
    }
    categories = every_category(concern.category_ids, concern.links)
    in_use = await roll.in_use(session, school_id, categories)
    errors = [*_faults(concern, pupils, in_use, now)]
    if errors:
        raise Invalid(*errors)
    parents = await roll.parents_of(session, school_id, categories)
    return Checked(concern, pupils, categories, sensitivity_of(categories, in_use), parents)


def _faults(
    concern: Concern, pupils: Mapping[UUID, Pupil], in_use: Mapping[UUID, Sensitivity], now: datetime
) -> Iterator[FieldError]:
    if not concern.narrative.strip():
        yield FieldError("narrative", "Write down what happened.")
    if wrong := time_fault(concern.occurred_at, now):
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


def _unknown_categories(path: str, given: tuple[UUID, ...], in_use: Mapping[UUID, Sensitivity]) -> Iterator[FieldError]:
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
    yield (
        _REVISION,
        {
            **here,
            "narrative": concern.narrative,
            "action_taken": concern.action_taken,
            "occurred_at": concern.occurred_at,
            "by_id": by_id,
            "reason": reason,
            "at": at,
        },
    )
    for position, link in enumerate(concern.links):
        pupil = checked.pupils[link.pupil_id]
        place = {"year_group": pupil.year_group, "class_code": pupil.class_code}
        yield _PUPIL, {**here, "pupil_id": link.pupil_id, "position": position, "part": link.part.value, **place}
    for category in dict.fromkeys(concern.category_ids):
        yield _CATEGORY, {**here, "category_id": category}
    for link in concern.links:
        for category in dict.fromkeys(link.category_ids):
            yield _PUPIL_CATEGORY, {**here, "pupil_id": link.pupil_id, "category_id": category}


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

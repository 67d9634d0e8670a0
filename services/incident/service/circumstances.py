"""Checking and writing what a concern says beside its words."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Circumstances, Concern
from services.incident.models import IncidentAgency, IncidentMark, IncidentTaken, IncidentTakenPupil
from services.incident.queries import lists
from services.incident.queries.circumstances import Kept
from services.incident.queries.pupils import InUse
from shared.errors import FieldError
from shared.rows import Row

AGENCY: Final = "agency"
LOCATION: Final = "location"

_TAKEN: Final = cast(Table, IncidentTaken.__table__)
_TAKEN_PUPIL: Final = cast(Table, IncidentTakenPupil.__table__)
_AGENCY: Final = cast(Table, IncidentAgency.__table__)
_MARK: Final = cast(Table, IncidentMark.__table__)


async def faults(
    session: AsyncSession, school_id: UUID, concern: Concern, *, categories: Collection[InUse], kept: Kept
) -> list[FieldError]:
    """What of it does not fit the school or the children of the concern, named by field."""
    said, linked = concern.circumstances, {link.pupil_id for link in concern.links}
    agencies = {one.agency_id for one in said.agencies}
    on_list = await lists.listed(session, school_id, AGENCY, agencies, kept=kept.entry_ids)
    places = {said.location_id} if said.location_id else set()
    known_places = await lists.listed(session, school_id, LOCATION, places, kept=kept.entry_ids)
    found = [*_for_whom(said, linked)]
    if places - known_places:
        found.append(FieldError("location_id", "This place is not on your school's list; choose another."))
    for place, one in enumerate(said.agencies):
        if one.agency_id not in on_list:
            found.append(
                FieldError(f"agencies.{place}.agency_id", "This agency is not on your school's list; choose another.")
            )
    if said.sanction and not (kept.sanction or any(category.asks_sanction for category in categories)):
        found.append(FieldError("sanction", "None of these categories asks for a sanction; leave it out."))
    return found


def _for_whom(said: Circumstances, linked: Collection[UUID]) -> Iterator[FieldError]:
    not_linked = "This child is not linked to the concern."
    for place, taken in enumerate(said.taken):
        if not taken.text.strip():
            yield FieldError(f"actions_taken.{place}.text", "Write down what was done.")
        for at, pupil_id in enumerate(taken.pupil_ids):
            if pupil_id not in linked:
                yield FieldError(f"actions_taken.{place}.pupil_ids.{at}", not_linked)
    for place, mark in enumerate(said.marks):
        if mark.pupil_id not in linked:
            yield FieldError(f"marks.{place}.pupil_id", not_linked)


def rows(concern: Concern, here: Mapping[str, Any]) -> Iterator[tuple[Table, Row]]:
    """The rows of one revision; an action for all of the children is stored for each (C8)."""
    said, everyone = concern.circumstances, [link.pupil_id for link in concern.links]
    for position, taken in enumerate(said.taken):
        yield _TAKEN, {**here, "position": position, "text": taken.text}
        for pupil_id in dict.fromkeys(taken.pupil_ids or everyone):
            yield _TAKEN_PUPIL, {**here, "position": position, "pupil_id": pupil_id}
    for position, one in enumerate(said.agencies):
        yield _AGENCY, {**here, "position": position, "agency_id": one.agency_id, "note": one.note}
    numbers: dict[UUID, int] = {}
    for mark in said.marks:
        numbers[mark.pupil_id] = numbers.get(mark.pupil_id, 0) + 1
        yield (
            _MARK,
            {
                **here,
                "pupil_id": mark.pupil_id,
                "number": numbers[mark.pupil_id],
                "view": mark.view.value,
                "figure": mark.figure.value,
                "x": mark.x,
                "y": mark.y,
                "kind": mark.kind.value,
                "size_mm": mark.size_mm,
                "colour": mark.colour,
                "words": mark.words,
                "drawing_version": mark.drawing_version,
            },
        )

"""The roll, taken whole from a file: who is new, who has changed, who has left, who is back. All of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import plain, search_words, too_many_leave
from services.incident.models import Pupil, PupilIdentifier, PupilName
from services.incident.queries.pupils import names_before, whole_roll
from services.incident.roll_file import RollRow
from services.incident.service.categories import begin_with_standard_categories
from shared import audit
from shared.contracts.events import Event
from shared.contracts.incident import PupilChanged, PupilEnrolled, PupilLeft
from shared.errors import Conflict
from shared.identity import Staff
from shared.ids import class_id, new_id
from shared.outbox import publish

LONDON = ZoneInfo("Europe/London")


@dataclass(slots=True)
class RollReport:
    on: date
    enrolled: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    unchanged: int = 0

    @property
    def touched(self) -> list[UUID]:
        return [*self.enrolled, *self.changed, *self.left]


async def import_roll(
    session: AsyncSession, *, acting_staff: Staff, rows: Sequence[RollRow], leavers_meant: bool = False
) -> RollReport:
    """Make the school's roll what the file says. The first roll of a school brings the standard categories.

    Raises Conflict when far more children would leave than leave in a day, unless `leavers_meant`.
    """
    school_id, today = acting_staff.school_id, datetime.now(LONDON).date()
    # Two files at once would each see the other's children as gone.
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('roll'), hashtext(:s))"), {"s": str(school_id)})
    await begin_with_standard_categories(session, acting_staff=acting_staff)
    pupils, upns = await whole_roll(session, school_id)
    before = await names_before(session, school_id)
    matched = _match(rows, pupils, upns)
    gone = [p for p in pupils if p.left_on is None and p.id not in {found.id for found in matched.values()}]
    on_roll = sum(p.left_on is None for p in pupils)
    if not leavers_meant and too_many_leave(len(gone), on_roll):
        raise Conflict(
            f"{len(gone)} of {on_roll} children are not in this file and would be marked as having left. "
            "If that is right, send it again and confirm the leavers.",
            extra={"leavers": len(gone), "on_roll": on_roll},
        )
    report = RollReport(today)
    await _enrol(session, school_id, [row for row in rows if row not in matched], today, report)
    for row, pupil in matched.items():
        await _change(session, pupil, row, before.get(pupil.id, ()), report)
    await _add_identifiers(session, school_id, matched, upns, today)
    for pupil in gone:
        await _leave(session, pupil, today, report)
    await _note(session, acting_staff, report)
    return report


def _match(rows: Iterable[RollRow], pupils: Sequence[Pupil], upns: Mapping[UUID, str]) -> dict[RollRow, Pupil]:
    """Which row is which child: by UPN, else by name and birthday where only one fits."""
    by_upn = {upns[pupil.id]: pupil for pupil in pupils if pupil.id in upns}
    by_person: dict[tuple[str, str, date], list[Pupil]] = {}
    for pupil in pupils:
        by_person.setdefault((plain(pupil.forename), plain(pupil.surname), pupil.born), []).append(pupil)
    matched = {}
    for row in rows:
        found = by_upn.get(row.upn) if row.upn else None
        if found is None:
            # A child whose UPN is another's is another child, whatever they are called.
            same = [p for p in by_person.get(row.person, ()) if not row.upn or p.id not in upns]
            found = same[0] if len(same) == 1 else None
        if found is not None:
            matched[row] = found
    return matched


def _values(
    school_id: UUID, row: RollRow, pupil: Pupil | None = None, before: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    forename, surname = row.forename, row.surname
    others = list(before)
    if pupil is not None:
        if pupil.names_apart:
            # Of a child whose names are kept apart a file changes the class and the year, never the name.
            forename, surname = pupil.forename, pupil.surname
        others.insert(0, (pupil.preferred_forename or forename, pupil.preferred_surname or surname))
    return {
        "surname": surname,
        "forename": forename,
        "born": row.born,
        "sex": row.sex,
        "year_group": row.year_group,
        "class_code": row.class_code,
        "class_id": class_id(school_id, row.class_code) if row.class_code else None,
        "search_words": search_words(forename, surname, *others),
    }


async def _enrol(
    session: AsyncSession, school_id: UUID, rows: Sequence[RollRow], today: date, report: RollReport
) -> None:
    made = [
        _values(school_id, row)
        | {"school_id": school_id, "id": new_id(), "enrolled_on": today, "left_on": None, "version": 1}
        for row in rows
    ]
    if not made:
        return
    await session.execute(insert(Pupil), made)
    identifiers = [
        _identifier(school_id, row, pupil["id"], today) for row, pupil in zip(rows, made, strict=True) if row.upn
    ]
    if identifiers:
        await session.execute(insert(PupilIdentifier), identifiers)
    for pupil in made:
        event = PupilEnrolled(pupil_id=pupil["id"], year_group=pupil["year_group"], class_id=pupil["class_id"])
        await publish(session, event, school_id=school_id, version=1)
        report.enrolled.append(pupil["id"])


async def _change(
    session: AsyncSession,
    pupil: Pupil,
    row: RollRow,
    before: Sequence[tuple[str, str]],
    report: RollReport,
) -> None:
    if not pupil.names_apart and (row.forename, row.surname) != (pupil.forename, pupil.surname):
        before = [*before, (pupil.forename, pupil.surname)]
        await session.execute(insert(PupilName), [_legal_before(pupil, report.on)])
    values = _values(pupil.school_id, row, pupil, before)
    back = pupil.left_on is not None
    if not back and all(getattr(pupil, name) == value for name, value in values.items()):
        report.unchanged += 1
        return
    kind: type[PupilEnrolled | PupilChanged] = PupilChanged
    if back:
        values |= {"left_on": None, "enrolled_on": report.on}
        kind = PupilEnrolled
    event = kind(pupil_id=pupil.id, year_group=row.year_group, class_id=values["class_id"])
    await _update(session, pupil, values, event)
    (report.enrolled if back else report.changed).append(pupil.id)


def _legal_before(pupil: Pupil, today: date) -> dict[str, Any]:
    """A name that was changed still finds the child."""
    return {
        "school_id": pupil.school_id,
        "id": new_id(),
        "pupil_id": pupil.id,
        "kind": "legal",
        "forename": pupil.forename,
        "surname": pupil.surname,
        "until": today,
        "source": "csv",
    }


async def _leave(session: AsyncSession, pupil: Pupil, today: date, report: RollReport) -> None:
    await _update(session, pupil, {"left_on": today}, PupilLeft(pupil_id=pupil.id))
    report.left.append(pupil.id)


async def _update(session: AsyncSession, pupil: Pupil, values: Mapping[str, Any], event: Event) -> None:
    version = pupil.version + 1
    await session.execute(
        update(Pupil)
        .where(Pupil.school_id == pupil.school_id, Pupil.id == pupil.id)
        .values(**values, version=version)
        .execution_options(synchronize_session=False)
    )
    await publish(session, event, school_id=pupil.school_id, version=version)


async def _add_identifiers(
    session: AsyncSession, school_id: UUID, matched: Mapping[RollRow, Pupil], upns: Mapping[UUID, str], today: date
) -> None:
    fresh = [_identifier(school_id, row, p.id, today) for row, p in matched.items() if row.upn and p.id not in upns]
    if fresh:
        await session.execute(insert(PupilIdentifier), fresh)


def _identifier(school_id: UUID, row: RollRow, pupil_id: UUID, today: date) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "pupil_id": pupil_id,
        "kind": "upn",
        "value": row.upn,
        "source": "csv",
        "since": today,
    }


async def _note(session: AsyncSession, acting_staff: Staff, report: RollReport) -> None:
    await audit.record(
        session,
        action="roll:imported",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="school",
        about_id=acting_staff.school_id,
        pupil_ids=report.touched,
        details={
            "enrolled": len(report.enrolled),
            "changed": len(report.changed),
            "left": len(report.left),
            "unchanged": report.unchanged,
        },
    )

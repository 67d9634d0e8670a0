"""Writing a roll: what is gathered is written together, and each child's event follows the lock on their row."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Attendance, Base, Pupil, PupilContact, PupilFlag, PupilIdentifier, PupilName
from services.incident.queries.roll import LOCAL, PERMANENT, TEMPORARY, Known
from services.incident.roll_file import RollRow
from services.incident.service.roll_values import (
    attendance_differs,
    contact_changes,
    contact_values,
    flag_changes,
    former_name_is_new,
    names_left,
    new_identifiers,
    pupil_values,
)
from shared.contracts.events import Event
from shared.contracts.incident import PupilChanged, PupilEnrolled, PupilLeft
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish_all

Change: TypeAlias = tuple[type[Base], tuple[str, ...], tuple[str, ...]]
"""A table, the columns by which a row of it is found, and those that change."""
FIGURES = ("possible", "attended", "authorised", "unauthorised")


class Writing:
    """One file's rows on their way into the tables. `finish` writes what was gathered."""

    def __init__(self, acting_staff: Staff, source: str, today: date, as_of: date) -> None:
        self._staff = acting_staff
        self._school_id = acting_staff.school_id
        self._source = source
        self._today = today
        self._as_of = as_of
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._changes: dict[Change, list[dict[str, Any]]] = {}
        self._events: list[tuple[int, Event]] = []

    def enrol(self, row: RollRow) -> UUID:
        pupil_id = new_id()
        values = pupil_values(row, None, self._school_id)
        made = {"id": pupil_id, "enrolled_on": self._today, "left_on": None, "version": 1}
        self._put(Pupil, values | made)
        event = PupilEnrolled(pupil_id=pupil_id, year_group=row.year_group, class_id=values["class_id"])
        self._events.append((1, event))
        self._around(row, None, pupil_id)
        for kind, holds in flag_changes(row, None):
            if holds:
                self._flag(pupil_id, kind)
        for _, contact in contact_changes(row.contacts or (), None):
            if contact is not None:
                self._contact(pupil_id, contact_values(contact))
        return pupil_id

    def change(self, row: RollRow, known: Known) -> None:
        pupil = known.pupil
        values = pupil_values(row, known, self._school_id)
        kind: type[PupilEnrolled | PupilChanged] = PupilChanged
        if pupil.left_on is not None:
            values |= {"left_on": None, "enrolled_on": self._today}
            kind = PupilEnrolled
        self._update(pupil, values)
        event = kind(pupil_id=pupil.id, year_group=row.year_group, class_id=values["class_id"])
        self._events.append((pupil.version + 1, event))
        for name in names_left(row, known):
            if not pupil.names_apart:
                self._name(pupil.id, name, self._today)
        self._end_identifiers(row, known)
        self._around(row, known, pupil.id)
        self._change_contacts(row, known)
        for flag, holds in flag_changes(row, known):
            if holds:
                self._flag(pupil.id, flag)
            else:
                ended = {"until": self._today, "ended_by": self._staff.staff_id}
                self._set(PupilFlag, {"id": known.flags[flag].id}, ended)

    def leave(self, pupil: Pupil) -> None:
        self._update(pupil, {"left_on": self._today})
        self._events.append((pupil.version + 1, PupilLeft(pupil_id=pupil.id)))

    async def finish(self, session: AsyncSession) -> None:
        # What ends goes before what takes its place.
        for change, changed in self._changes.items():
            await self._write_changes(session, change, changed)
        # The children first: the other rows name them.
        for table in (Pupil, PupilIdentifier, PupilName, PupilContact, PupilFlag):
            if rows := self._rows.get(table):
                await session.execute(insert(table), rows)
        if figures := self._rows.get(Attendance):
            await self._write_attendance(session, figures)
        await publish_all(session, self._events, school_id=self._school_id)

    async def _write_changes(self, session: AsyncSession, change: Change, rows: list[dict[str, Any]]) -> None:
        """One statement for all rows that are found, and change, by the same columns."""
        table, found_by, names = change
        there = cast(Table, table.__table__)
        columns = there.c
        await session.execute(
            update(there)
            .where(
                columns.school_id == self._school_id, *(columns[name] == bindparam(f"of_{name}") for name in found_by)
            )
            .values({name: bindparam(f"to_{name}") for name in names}),
            rows,
        )

    async def _write_attendance(self, session: AsyncSession, figures: list[dict[str, Any]]) -> None:
        statement = upsert(Attendance)
        better = {name: statement.excluded[name] for name in (*FIGURES, "source")}
        key = ["school_id", "pupil_id", "as_of"]
        await session.execute(statement.on_conflict_do_update(index_elements=key, set_=better), figures)

    def _around(self, row: RollRow, known: Known | None, pupil_id: UUID) -> None:
        """What is only ever added: numbers, names of before, figures."""
        for kind, value in new_identifiers(row, known):
            number = {"pupil_id": pupil_id, "kind": kind, "value": value, "source": self._source, "since": self._today}
            self._put(PupilIdentifier, number)
        if row.former_name is not None and former_name_is_new(row, known):
            self._name(pupil_id, ("former", *row.former_name), None)
        if row.attendance is not None and attendance_differs(row, known):
            figures = {name: getattr(row.attendance, name) for name in FIGURES}
            self._put(Attendance, figures | {"pupil_id": pupil_id, "as_of": self._as_of, "source": self._source})

    def _end_identifiers(self, row: RollRow, known: Known) -> None:
        """The number of before ends where a new one begins: a temporary UPN gives way to the permanent."""
        kinds = {kind for kind, _ in new_identifiers(row, known)}
        ended = [known.upn] if kinds & {PERMANENT, TEMPORARY} else []
        ended += [known.local_id] if LOCAL in kinds else []
        for one in ended:
            if one is not None:
                self._set(PupilIdentifier, {"kind": one.kind, "value": one.value}, {"until": self._today})

    def _change_contacts(self, row: RollRow, known: Known) -> None:
        if row.contacts is None:
            return
        for there, given in contact_changes(row.contacts, known):
            if there is None:
                assert given is not None
                self._contact(known.pupil.id, contact_values(given))
            else:
                values = {"until": self._today} if given is None else contact_values(given) | {"source": self._source}
                self._set(PupilContact, {"id": there.id}, values)

    def _contact(self, pupil_id: UUID, values: dict[str, Any]) -> None:
        made = {"id": new_id(), "pupil_id": pupil_id, "source": self._source, "since": self._today}
        self._put(PupilContact, values | made)

    def _flag(self, pupil_id: UUID, kind: str) -> None:
        made = {"id": new_id(), "pupil_id": pupil_id, "kind": kind, "since": self._today, "note": None}
        self._put(PupilFlag, made | {"source": self._source, "raised_by": self._staff.staff_id})

    def _name(self, pupil_id: UUID, name: tuple[str, str, str], until: date | None) -> None:
        kind, forename, surname = name
        made = {"id": new_id(), "pupil_id": pupil_id, "kind": kind, "forename": forename, "surname": surname}
        self._put(PupilName, made | {"until": until, "source": self._source})

    def _put(self, table: type[Base], row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row | {"school_id": self._school_id})

    def _update(self, pupil: Pupil, values: Mapping[str, Any]) -> None:
        self._set(Pupil, {"id": pupil.id}, {**values, "version": pupil.version + 1})

    def _set(self, table: type[Base], found_by: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        row = {f"of_{name}": value for name, value in found_by.items()}
        row |= {f"to_{name}": value for name, value in values.items()}
        self._changes.setdefault((table, tuple(found_by), tuple(sorted(values))), []).append(row)

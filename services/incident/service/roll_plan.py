"""What a file would do to the roll, row by row, before anything is done. Pure: rows and the roll in, a plan out.

A child is known again by the UPN, by the school's own number, or by name and birthday where only one fits. Children
whose names are kept apart are matched by what holds now and by nothing of before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.incident.domain import plain
from services.incident.queries.roll import PERMANENT, TEMPORARY, UPNS, Known
from services.incident.roll_file import Cells, Fault, RollRow
from services.incident.service.roll_values import changes_of, new_identifiers

NEW: Final = "new"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"
LEAVES: Final = "leaves"
# Says nothing of why: the why may be an adoption.
BY_HAND: Final = "This child is added or changed by a person, not by a file."


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, read: its row, or what is wrong with it. `cells` still say whom a refused one may be about."""

    number: int
    cells: Cells
    row: RollRow | None
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Planned:
    line: Line
    outcome: str
    known: Known | None = None
    changes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Plan:
    rows: list[Planned] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)

    def of(self, *outcomes: str) -> list[Planned]:
        return [planned for planned in self.rows if planned.outcome in outcomes]


def plan_of(lines: Iterable[Line], roll: Sequence[Known]) -> Plan:
    """Each line with what would come of it, and who is on the roll and in no line."""
    made, matching = Plan(), _Matching(roll)
    there: set[UUID] = set()
    for line in lines:
        if line.row is None:
            planned = Planned(line, REFUSED, faults=tuple(line.faults))
            there |= matching.perhaps(line.cells)
        else:
            known, faults = matching.find(line.row)
            if known is not None:
                there.add(known.pupil.id)
            planned = _planned(line, line.row, known, faults)
        made.rows.append(planned)
    made.gone = [known for known in roll if known.pupil.left_on is None and known.pupil.id not in there]
    return made


def _planned(line: Line, row: RollRow, known: Known | None, faults: tuple[Fault, ...]) -> Planned:
    if faults:
        return Planned(line, REFUSED, known, faults=faults)
    if known is None:
        return Planned(line, NEW)
    changes = changes_of(row, known)
    return Planned(line, CHANGED if changes else UNCHANGED, known, changes)


class _Matching:
    """Finds the child of a row, and refuses what is another's: a number is one child's for ever."""

    def __init__(self, roll: Sequence[Known]) -> None:
        self._now: dict[str, Known] = {}
        self._ever: dict[str, Known] = {}
        self._local: dict[str, Known] = {}
        self._people: dict[tuple[str, str, date], list[Known]] = {}
        self._names: dict[tuple[str, str], set[UUID]] = {}
        self._upns: set[str] = set()
        self._owners: dict[tuple[str, str], UUID] = {}
        self._taken: set[UUID] = set()
        self._strangers: set[tuple[str, str, date]] = set()
        for known in roll:
            self._learn(known)

    def _learn(self, known: Known) -> None:
        pupil = known.pupil
        for one in known.identifiers:
            self._owners[_number(one.kind, one.value)] = pupil.id
            if one.kind in UPNS:
                self._ever[one.value] = known
        if known.upn:
            self._now[known.upn.value] = known
        if known.local_id:
            self._local[known.local_id.value] = known
        name = (plain(pupil.forename), plain(pupil.surname))
        self._people.setdefault((*name, pupil.born), []).append(known)
        self._names.setdefault(name, set()).add(pupil.id)

    def perhaps(self, cells: Cells) -> set[UUID]:
        """Whom a line that cannot be read may be about: they are not taken for gone because of a mistyped cell."""
        text: dict[str, Any] = {column: cell for column, cell in cells.items() if isinstance(cell, str)}
        found = set(self._names.get((plain(text.get("forename", "")), plain(text.get("surname", ""))), ()))
        numbers = (
            self._now.get(text.get("upn", "").strip().upper()),
            self._local.get(text.get("local_id", "").strip()),
        )
        return found | {known.pupil.id for known in numbers if known}

    def find(self, row: RollRow) -> tuple[Known | None, tuple[Fault, ...]]:
        """The child this row is about, None for a new one, and why the row cannot be taken."""
        if row.upn and row.upn in self._upns:
            return None, (("upn", "Another row has this UPN."),)
        known = self._now.get(row.upn) if row.upn else None
        fault = self._foreign(row, known)
        if known is None and fault is None:
            known = self._former(row) or self._by_local(row) or self._by_person(row)
        fault = fault or self._refused(row, known) or self._claimed(row, known)
        if row.upn:
            self._upns.add(row.upn)
        if fault is None:
            # Whoever is new has no id yet; that the number is taken is all that counts for the rows that follow.
            self._owners |= {_number(kind, value): UUID(int=0) for kind, value in new_identifiers(row, known)}
            if known is None:
                self._strangers.add(row.person)
            else:
                self._taken.add(known.pupil.id)
        return known, (fault,) if fault else ()

    def _foreign(self, row: RollRow, known: Known | None) -> Fault | None:
        """A number of the row that is or was another child's."""
        if known is not None and not _alike(row, known):
            return "upn", "This UPN is another child's: neither name nor birthday fits."
        owner = self._ever.get(row.upn) if row.upn else None
        if owner is not None and owner is not known:
            return "upn", BY_HAND if owner.pupil.names_apart else "This UPN was another child's."
        before = self._ever.get(row.former_upn) if row.former_upn else None
        if before is None or before is known:
            return None
        if before.pupil.names_apart:
            return "former_upn", BY_HAND
        if known is not None or before.pupil.born != row.born:
            return "former_upn", "This former UPN is another child's."
        return None

    def _former(self, row: RollRow) -> Known | None:
        return self._ever.get(row.former_upn) if row.former_upn else None

    def _by_local(self, row: RollRow) -> Known | None:
        found = self._local.get(row.local_id) if row.local_id else None
        return found if found and found.pupil.born == row.born and _one_upn(row, found) else None

    def _by_person(self, row: RollRow) -> Known | None:
        # A child whose UPN is another's is another child, whatever they are called.
        same = [known for known in self._people.get(row.person, ()) if _one_upn(row, known)]
        return same[0] if len(same) == 1 else None

    def _refused(self, row: RollRow, known: Known | None) -> Fault | None:
        if known is None:
            twice = not row.upn and row.person in self._strangers
            return ("surname", "Another row is the same child; give both a UPN.") if twice else None
        if known.pupil.id in self._taken:
            return "surname", "Another row is the same child."
        if known.pupil.names_apart and (row.forename, row.surname) != (known.pupil.forename, known.pupil.surname):
            return "surname", BY_HAND
        return None

    def _claimed(self, row: RollRow, known: Known | None) -> Fault | None:
        for kind, value in new_identifiers(row, known):
            if _number(kind, value) in self._owners:
                return ("upn" if kind in {PERMANENT, TEMPORARY} else kind), "This number is another child's."
        return None


def _number(kind: str, value: str) -> tuple[str, str]:
    """UPNs of all kinds are one kind of number: a former one is not given to anybody else either."""
    return ("upn" if kind in UPNS else kind), value


def _alike(row: RollRow, known: Known) -> bool:
    """A name may change and a birthday may have been mistyped; both at once, and it is somebody else."""
    pupil = known.pupil
    surnames = {plain(pupil.surname), *(plain(name.surname) for name in known.names)}
    forenames = {plain(pupil.forename), *(plain(name.forename) for name in known.names)}
    return row.born == pupil.born or (plain(row.surname) in surnames and plain(row.forename) in forenames)


def _one_upn(row: RollRow, known: Known) -> bool:
    """Whether both may be one child by their UPNs: one has none, or a temporary one gives way to the permanent."""
    return not row.upn or known.upn is None or known.upn.value == row.upn or _temporary(known)


def _temporary(known: Known) -> bool:
    return known.upn is not None and (known.upn.kind == TEMPORARY or known.upn.value[-1].isalpha())

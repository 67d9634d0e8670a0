"""What repeats in a child's record, as pictures that are tables: a heat map of weeks, bars of months, and in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.gateway.pages.words import on

WEEKS_SHOWN = 26
MONTHS_SHOWN = 12
STEPS = 4
"""Shades in the heat map. The number stands in the cell: the shade only makes it quicker to see."""


@dataclass(frozen=True, slots=True)
class Cell:
    begins: date
    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class Row:
    category: str
    cells: list[Cell]
    total: int


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of one incident: on the body map over time, it has a figure for each view that holds one."""

    incident_id: str
    incident_number: int
    at: str
    marks: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    entries: int
    weeks: list[Row]
    months: list[Row]
    clusters: list[dict[str, Any]]
    marked: list[Marked]
    most_in_a_month: int


def patterns_of(answer: Mapping[str, Any]) -> Shown:
    weeks, months = answer["weeks"], answer["months"]
    monthly = _rows(months, _last_months(months))
    return Shown(
        entries=answer["entries"],
        weeks=_rows(weeks, _last_weeks(weeks)),
        months=monthly,
        clusters=list(answer["clusters"]),
        marked=_marked(answer["marks"]),
        most_in_a_month=max((cell.count for row in monthly for cell in row.cells), default=0),
    )


def _marked(marks: Iterable[Mapping[str, Any]]) -> list[Marked]:
    """By incident, in the order in which the marks come: the oldest first."""
    made: dict[str, Marked] = {}
    for mark in marks:
        one = Marked(mark["incident_id"], mark["incident_number"], mark["at"], [])
        made.setdefault(one.incident_id, one).marks.append(mark)
    return list(made.values())


def _rows(counts: Iterable[Mapping[str, Any]], times: list[date]) -> list[Row]:
    by_category: dict[str, dict[date, int]] = defaultdict(dict)
    for count in counts:
        by_category[count["category"]][on(count["begins"])] = count["count"]
    # A single entry is never the darkest: one is one.
    most = max([STEPS, *(number for row in by_category.values() for number in row.values())])
    made = [
        Row(
            category,
            [Cell(time, row.get(time, 0), _shade(row.get(time, 0), most)) for time in times],
            sum(row.get(time, 0) for time in times),
        )
        for category, row in by_category.items()
    ]
    return sorted((row for row in made if row.total), key=lambda row: (-row.total, row.category))


def _shade(count: int, most: int) -> int:
    return 0 if count == 0 else max(1, -(-count * STEPS // most))


def _last_weeks(counts: Iterable[Mapping[str, Any]]) -> list[date]:
    """Up to half a year, ending with the newest week in which anything was."""
    known = [on(count["begins"]) for count in counts]
    if not known:
        return []
    newest, oldest = max(known), min(known)
    first = max(oldest, newest - timedelta(weeks=WEEKS_SHOWN - 1))
    return [first + timedelta(weeks=week) for week in range((newest - first).days // 7 + 1)]


def _last_months(counts: Iterable[Mapping[str, Any]]) -> list[date]:
    known = [on(count["begins"]) for count in counts]
    if not known:
        return []
    month = max(known)
    made: list[date] = []
    while month >= min(known) and len(made) < MONTHS_SHOWN:
        made.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return made[::-1]

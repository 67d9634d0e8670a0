"""The form of a concern: what was typed, as the page shows it again and as the API takes it.

Its fields are plain pairs of text, so that a form without scripts, a draft and a script's save are the same thing:
`child` (ids), `part.ID`, `label.ID`, `narrative`, `day`, `time`, `category`, `category.ID`, `mark.N.…`, `action.N.…`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from services.gateway.pages import body_map
from services.gateway.pages.forms import Form
from services.gateway.pages.words import LONDON

PARTS: Final = {
    "subject": "About them",
    "harmed": "Harmed",
    "alleged": "Alleged to have harmed",
    "witness": "Saw or heard it",
    "sibling": "Brother or sister",
    "mentioned": "Mentioned only",
}
# What belongs to the moment and not to the draft.
PASSING: Final = frozenset(
    {"do", "version", "part", "child_starts", "child_found", "person_starts", "person_found", "told_starts"}
)
MARK_FIELDS: Final = ("pupil", "view", "figure", "x", "y", "kind", "size", "colour", "words")
ANOTHER_DAY, NO_DAY = "other", "not_known"
_CLOCK: Final = re.compile(r"(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Linked:
    id: str
    label: str
    part: str
    category_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.label.partition(" · ")[0]


@dataclass(frozen=True, slots=True)
class Taken:
    n: str
    text: str
    pupil_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form, read for showing it; nothing in it is checked."""

    children: list[Linked]
    marks: list[dict[str, Any]]
    taken: list[Taken]
    people: list[tuple[str, str]]
    day: str
    today: date
    categories: frozenset[str]
    same: bool
    """Whether every child's part is filed under the same kinds."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(child.id, child.label) for child in self.children]

    @property
    def days(self) -> list[tuple[str, str]]:
        days = [(self.today, "Today"), (self.today - timedelta(days=1), "Yesterday")]
        return [*((day.isoformat(), words) for day, words in days), (ANOTHER_DAY, "Another day"), (NO_DAY, "Not known")]


def written(form: Form, today: date) -> Written:
    chosen = form.all("child")
    children = [_linked(form, pupil_id, alone=len(chosen) == 1) for pupil_id in dict.fromkeys(chosen)]
    people = [(staff_id, form.text(f"label.{staff_id}")) for staff_id in dict.fromkeys(form.all("person"))]
    # A day that was "today" when it was chosen is that day still when the draft is opened on another.
    near = {(today - timedelta(days=back)).isoformat() for back in (0, 1)}
    given = form.text("day", today.isoformat())
    day = given if given in near | {ANOTHER_DAY, NO_DAY} else ANOTHER_DAY
    if day == ANOTHER_DAY and given != ANOTHER_DAY:
        _fill_in_day(form, given)
    taken = [Taken(n, form.raw(f"action.{n}.text"), tuple(form.all(f"action.{n}.for"))) for n in rows(form, "action")]
    return Written(
        children=children,
        marks=_marks(form),
        taken=taken or [Taken("1", "", ())],
        people=people,
        day=day,
        today=today,
        categories=frozenset(form.all("category")),
        same=_same(form),
    )


def _same(form: Form) -> bool:
    return form.has("same") or not form.has("same_asked")


def _linked(form: Form, pupil_id: str, *, alone: bool) -> Linked:
    part = form.text(f"part.{pupil_id}", "subject")
    own = () if alone or _same(form) else tuple(form.all(f"category.{pupil_id}"))
    return Linked(pupil_id, form.text(f"label.{pupil_id}"), part if part in PARTS else "subject", own)


def _fill_in_day(form: Form, given: str) -> None:
    try:
        told = date.fromisoformat(given)
    except ValueError:
        return
    replace(form, {"date-day": str(told.day), "date-month": str(told.month), "date-year": str(told.year)})


def _marks(form: Form) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for n in rows(form, "mark"):
        given = {name: form.raw(f"mark.{n}.{name}") for name in MARK_FIELDS}
        if given["view"] not in body_map.VIEWS or given["figure"] not in body_map.FIGURES:
            continue
        try:
            x, y = (min(1.0, max(0.0, float(given[name]))) for name in ("x", "y"))
        except ValueError:
            continue
        numbers[given["pupil"]] = number = numbers.get(given["pupil"], 0) + 1
        place = body_map.place_of(given["view"], given["figure"], x, y)
        made.append({**given, "n": n, "x": x, "y": y, "number": number, "place": place, "pupil_id": given["pupil"]})
    return made


def rows(form: Form, kind: str) -> list[str]:
    """The numbers of the rows of one kind, in the order in which they stand on the page."""
    named = re.compile(rf"{kind}\.(\d{{1,4}})\.")
    found = (match.group(1) for name, _ in form.fields if (match := named.match(name)))
    return list(dict.fromkeys(found))


def free_row(form: Form, kind: str) -> str:
    return str(max((int(n) for n in rows(form, kind)), default=0) + 1)


def replace(form: Form, values: Mapping[str, str]) -> None:
    form.fields = [one for one in form.fields if one[0] not in values] + list(values.items())


def drop(form: Form, *names: str, starting: str = "") -> None:
    form.fields = [one for one in form.fields if one[0] not in names and not (starting and one[0].startswith(starting))]


def kept(form: Form) -> list[list[str]]:
    """What a draft keeps: as typed, without what belongs to the moment."""
    return [
        [name, value] for name, value in form.typed if name not in PASSING and not name.startswith("found.") and value
    ]


def of_draft(content: Mapping[str, Any]) -> Form:
    return Form([(str(name), str(value)) for name, value in content.get("fields", ())])


# ----------------------------------------------------------------------------------------------- as the API takes it
def body_of(form: Form, shown: Written) -> dict[str, Any]:
    """The concern, with what is missing put beside its field. Only what was given is sent."""
    body: dict[str, Any] = {
        "narrative": form.raw("narrative"),
        "category_ids": list(dict.fromkeys(form.all("category"))),
        "pupils": [
            {"pupil_id": child.id, "part": child.part, "category_ids": list(child.category_ids)}
            for child in shown.children
        ],
        "urgent": form.has("urgent"),
        "extra_staff_ids": [staff_id for staff_id, _ in shown.people],
        "extra_group_ids": list(dict.fromkeys(form.all("group"))),
        **_when(form, shown),
        **_beside(form, shown),
    }
    if not shown.children:
        form.wrong("child_starts", "Choose the child it is about.")
    if not body["narrative"].strip():
        form.wrong("narrative", "Write what happened.")
    if not body["category_ids"]:
        form.wrong("category", "Choose what kind of concern it is.")
    return body


def _beside(form: Form, shown: Written) -> dict[str, Any]:
    told = form.text("told") if form.has("urgent") else ""
    optional = {
        "location_id": form.text("place"),
        "location_words": form.text("place_words"),
        "sanction": form.raw("sanction") if form.text("sanction") else "",
        "told_in_person_id": told if told not in {"", "no", "other"} else "",
    }
    if told == "other":
        form.wrong("told_starts", "Search for whom you told, and choose them.")
    return {
        **{name: value for name, value in optional.items() if value},
        "actions_taken": [
            {"text": one.text, "pupil_ids": [i for i in one.pupil_ids if i in {child.id for child in shown.children}]}
            for one in shown.taken
            if one.text.strip()
        ],
        "agencies": [_agency(form, agency_id) for agency_id in dict.fromkeys(form.all("agency"))],
        "marks": [_mark(form, mark, shown) for mark in shown.marks],
    }


def _agency(form: Form, agency_id: str) -> dict[str, Any]:
    note = form.raw(f"agency_note.{agency_id}")
    return {"agency_id": agency_id, **({"note": note} if note.strip() else {})}


def _mark(form: Form, mark: Mapping[str, Any], shown: Written) -> dict[str, Any]:
    name = f"mark.{mark['n']}"
    made = {given: mark[given] for given in ("view", "figure", "x", "y", "kind")}
    made |= {"pupil_id": mark["pupil"] or (shown.children[0].id if shown.children else "")}
    made["drawing_version"] = body_map.VERSION
    if mark["kind"] not in body_map.KINDS:
        form.wrong(f"{name}.kind", f"Choose what mark {mark['number']} is.")
    if mark["size"].strip():
        size = re.fullmatch(r"(\d{1,4})(?:\.\d+)?\s*(mm)?", mark["size"].strip())
        if size is None:
            form.wrong(f"{name}.size", f"Enter the size of mark {mark['number']} in millimetres, for example 20.")
        else:
            made["size_mm"] = int(size.group(1))
    return made | {given: mark[given] for given in ("colour", "words") if mark[given].strip()}


def _when(form: Form, shown: Written) -> dict[str, Any]:
    if shown.day == NO_DAY:
        return {"time_known": "not_known"}
    day = _day(form, shown)
    given = form.text("time")
    if day is None:
        return {}
    if not given:
        return {"time_known": "date_only", "occurred_at": datetime.combine(day, time(12), LONDON).isoformat()}
    clock = clock_in(given)
    if clock is None:
        form.wrong("time", "Enter the time, for example 12:40, or leave it empty if you do not know it.")
        return {}
    known = "about" if form.has("about") else "exact"
    return {"time_known": known, "occurred_at": datetime.combine(day, clock, LONDON).isoformat()}


def _day(form: Form, shown: Written) -> date | None:
    if shown.day != ANOTHER_DAY:
        return date.fromisoformat(shown.day)
    try:
        day, month, year = (int(form.text(f"date-{name}")) for name in ("day", "month", "year"))
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        form.wrong("date-day", f"Enter the date it happened, for example 12 3 {shown.today.year}.")
        return None


def clock_in(text: str) -> time | None:
    """The time somebody typed: 12:40, 12.40, 1240, 9am, 2:15 pm."""
    packed = re.fullmatch(r"(\d{2})(\d{2})", text.strip())
    match = packed or _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match.group(1)), int(match.group(2) or 0)
    half = "" if packed else (match.group(3) or "").lower().replace(".", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


_DIRECT: Final = {
    "occurred_at": "day",
    "time_known": "day",
    "location_id": "place",
    "location_words": "place_words",
    "told_in_person_id": "told",
}
_FIRST: Final = {"category_ids": "category", "pupils": "child_starts", "agencies": "agency"}
_CHOSEN: Final = {"extra_staff_ids": "person_starts", "extra_group_ids": "group"}


def field_of(path: str, shown: Written) -> str:
    """Beside which field of the page stands what the API says of this one."""
    first, _, rest = path.partition(".")
    place = rest.partition(".")[0]
    if first == "marks" and place.isdigit() and int(place) < len(shown.marks):
        name = {"size_mm": "size"}.get(rest.rpartition(".")[2], rest.rpartition(".")[2])
        return f"mark.{shown.marks[int(place)]['n']}.{name if name in {'kind', 'size', 'colour', 'words'} else 'kind'}"
    if first == "actions_taken" and place.isdigit():
        filled = [one.n for one in shown.taken if one.text.strip()]
        return f"action.{filled[int(place)]}.text" if int(place) < len(filled) else "action.1.text"
    return (_DIRECT | _FIRST | _CHOSEN).get(first, first)


# -------------------------------------------------------------------------------------------- children and colleagues
def take_up(form: Form) -> None:
    """What was ticked among what a search had found becomes part of the concern."""
    for found, taken in (("child_found", "child"), ("person_found", "person"), ("told_found", "told")):
        for chosen in form.all(found):
            label = form.text(f"found.{chosen}")
            if taken == "told":
                replace(form, {"told": chosen})
            elif chosen not in form.all(taken):
                form.fields.append((taken, chosen))
            replace(form, {f"label.{chosen}": label})
            # What was typed since is another name, still to be searched for.
            starts = found.replace("found", "starts")
            if form.text(starts) == form.text(f"found.{starts}"):
                drop(form, starts)
    drop(form, "child_found", "person_found", "told_found", starting="found.")


def remove(form: Form, kind: str, which: str) -> None:
    """Take a child, a colleague, a mark or an action out again, with all that hangs on it."""
    if kind in {"mark", "action"}:
        drop(form, starting=f"{kind}.{which}.")
        return
    form.fields = [one for one in form.fields if one != (kind, which)]
    drop(form, f"part.{which}", f"category.{which}")
    for n in rows(form, "mark"):
        if form.text(f"mark.{n}.pupil") == which:
            drop(form, starting=f"mark.{n}.")
    form.fields = [one for one in form.fields if not (one[0].endswith(".for") and one[1] == which)]


def add_mark(form: Form) -> None:
    """The mark whose place was chosen from the list; what it is follows in its own row."""
    view, _, at = form.text("spot").partition(":")
    figure = form.text("figure", "child")
    if view not in body_map.VIEWS or figure not in body_map.FIGURES or not at.isdigit():
        form.wrong("spot", "Choose where the mark is.")
        return
    listed = body_map.places(view, figure)
    if int(at) >= len(listed):
        form.wrong("spot", "Choose where the mark is.")
        return
    place, n = listed[int(at)], free_row(form, "mark")
    pupil = form.text("mark_of") or next(iter(form.all("child")), "")
    values = {"pupil": pupil, "view": view, "figure": figure, "x": str(place.x), "y": str(place.y), "kind": ""}
    form.fields += [(f"mark.{n}.{name}", value) for name, value in values.items()]
    drop(form, "spot")


def label_of(pupil: Mapping[str, Any]) -> str:
    """A child as one chooses them: the same names are told apart by the class."""
    where = [f"Year {pupil['year_group']}"] if pupil.get("year_group") else []
    return " · ".join([pupil["name"], *where, *([pupil["class_code"]] if pupil.get("class_code") else [])])


def tree(categories: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Each category with what lies under it, in the school's order."""
    listed = list(categories)
    return [
        (above, [one for one in listed if one["parent_id"] == above["id"]])
        for above in listed
        if above["parent_id"] is None
    ]


def full_names(categories: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By id; a sub-category with what it lies under, for several are called the same (R120)."""
    return dict(_full_names(tree(categories)))


def _full_names(
    of: Iterable[tuple[Mapping[str, Any], list[Mapping[str, Any]]]],
) -> Iterator[tuple[str, str]]:
    for above, under in of:
        yield above["id"], above["name"]
        for one in under:
            yield one["id"], f"{above['name']}: {one['name']}"

"""The record's own terms in the words of a page: why somebody was told, what part a child had, when it happened."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from services.gateway.pages.words import at, day, when

WHY: Final = {
    "head": "Head: every incident",
    "lead_dsl": "Lead DSL: every incident",
    "rule": "By a rule of your school",
    "class_teacher": "Class teacher of a child in it",
    "chosen_person": "The writer chose you",
    "chosen_group": "The writer chose a group you are in",
    "stand_in": "You are next in line",
    "deputy": "For a colleague who is away",
    "readded": "Alerted again by a colleague",
    "escalated": "It was not read in time",
}
PART: Final = {
    "subject": "About them",
    "harmed": "Harmed",
    "alleged": "Alleged to have harmed",
    "witness": "Saw it",
    "sibling": "Sibling",
    "mentioned": "Mentioned",
}
STATE: Final = {"open": "Open", "under_review": "Under review", "closed": "Closed"}
STEP: Final = {"under_review": "Taken under review", "closed": "Closed", "reopened": "Opened again"}
ALERT: Final = {
    "unread": "Not read yet",
    "read": "Read",
    "acknowledged": "Taken up",
    "done": "Done",
    "withdrawn": "Withdrawn",
}
DECISION: Final = {
    "refer": "To refer",
    "not_to_refer": "Not to refer",
    "share": "To share information",
    "not_to_share": "Not to share information",
    "other": "Another decision",
}
CONSENT: Final = {
    "asked": "Asked, no answer yet",
    "given": "Given",
    "refused": "Refused",
    "not_sought": "Not sought",
}
GROUND: Final = {
    "not_possible": "Consent could not be given",
    "not_to_be_expected": "It could not reasonably be expected to ask",
    "child_at_risk": "Asking would put the child at risk",
}
TERMS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "why": WHY,
        "part": PART,
        "state": STATE,
        "step": STEP,
        "alert": ALERT,
        "decision": DECISION,
        "consent": CONSENT,
        "ground": GROUND,
    }
)
# What a child said stands out; a quotation that is never closed is none.
SPOKEN: Final = re.compile(r'“[^“”]{1,2000}”|"[^"\n]{1,2000}"')


def called(kind: str, term: str) -> str:
    """A term in words; one that is newer than this page as it is."""
    return TERMS[kind].get(term, term.replace("_", " "))


def reasons(why: Sequence[str]) -> str:
    """Why somebody was told, as one sentence: only its first word has a capital."""
    first, *others = [called("why", one) for one in why] or [""]
    return "; ".join([first, *(one[0].lower() + one[1:] for one in others)])


def choices(kind: str) -> list[tuple[str, str]]:
    return list(TERMS[kind].items())


def as_known(moment: str | None, known: str) -> str:
    """When it happened, no surer than the writer was: a day has no time of day."""
    if moment is None:
        return "Not known when"
    if known == "date_only":
        return day(at(moment).date())
    if known == "about":
        return f"{day(at(moment).date())}, about {at(moment):%H:%M}"
    return when(moment)


def happened(concern: Mapping[str, Any]) -> str:
    """When it happened, as well as that is known, and where."""
    told = as_known(concern["occurred_at"], concern["time_known"])
    place = concern["location"] or {}
    where = ", ".join(part for part in (place.get("name"), place.get("words")) if part)
    return f"{told}, {where}" if where else told


def lasting(seconds: int) -> str:
    """A span as one says it: "40 minutes", "2 hours", "3 days"."""
    minutes = max(1, round(seconds / 60))
    for size, one in ((24 * 60, "day"), (60, "hour")):
        if minutes >= 2 * size or minutes == size:
            return _many(minutes // size, one)
    return _many(minutes, "minute")


def _many(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def about(pupil_ids: Sequence[str], pupils: Sequence[Mapping[str, Any]]) -> str:
    """The children something is for, by name; none means all of them, which needs no words."""
    return ", ".join(pupil["name"] for pupil in pupils if pupil["pupil_id"] in pupil_ids)


def by_id(pupils: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {pupil["pupil_id"]: pupil["name"] for pupil in pupils}


def spoken(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, all of it, and of each whether it is what somebody said."""
    begin = 0
    for found in SPOKEN.finditer(text):
        if found.start() > begin:
            yield False, text[begin : found.start()]
        yield True, found.group()
        begin = found.end()
    if begin < len(text):
        yield False, text[begin:]


FILTERS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {"happened": happened, "as_known": as_known, "lasting": lasting, "about": about, "by_id": by_id, "spoken": spoken}
)

"""The writing coach: reads what somebody is about to log and says, quietly, what could be plainer. It never blocks."""

from collections.abc import Collection
from uuid import UUID

from services.incident.coach.capitals import capitals, marks
from services.incident.coach.findings import Finding
from services.incident.coach.reading import Reading
from services.incident.coach.reported import reported
from services.incident.coach.roll import Name, Roll
from services.incident.coach.unlinked import unlinked
from services.incident.coach.wording import wording
from services.incident.coach.words import STANDARD, WordLists


def review(
    text: str, *, words: WordLists = STANDARD, roll: Roll | Collection[Name] = (), linked: Collection[UUID] = ()
) -> list[Finding]:
    """What the coach has to say, in the order of the text. Any text has an answer; none is refused.

    Prepare a school's `Roll` once and keep it; a plain collection of names is prepared anew at every call.
    """
    prepared = roll if isinstance(roll, Roll) else Roll(roll)
    reading = Reading.of(text)
    found = [
        *wording(reading, words),
        *capitals(reading, words, prepared.words),
        *marks(reading),
        *reported(reading, words),
    ]
    if prepared.by_first_word:
        found.extend(unlinked(reading, prepared, linked, words))
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.rule))

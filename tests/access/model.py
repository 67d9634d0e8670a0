"""The access rules once more, as simply as they can be said: who may read what now. It knows none of the house's code.

Written from the need-to-know table alone. Roles are words; time is the machine's.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

ORDINARY, SENSITIVE, PROTECTION = 1, 2, 3
TEAM = frozenset({"head", "lead_dsl", "deputy_dsl"})
WIDE = frozenset({"senco", "senior_leader", "pastoral"})
SAFEGUARDING = "trust_safeguarding_lead"
IDLE, LIFE = timedelta(minutes=15), timedelta(hours=12)
ELEVATED_IDLE, ELEVATED_LIFE = timedelta(minutes=10), timedelta(minutes=60)
GLASS = timedelta(minutes=30)

SIGNED_OUT, FACTOR, NOT_PERMITTED = "signed out", "second factor", "not permitted"
WHOLE, OWN, ELEVATE, NOTHING = "whole", "own", "elevate", "nothing"


@dataclass
class Visit:
    """A session: when it began, was last used, and was elevated."""

    began: datetime
    used: datetime
    sure: bool
    elevated: datetime | None = None


@dataclass
class Glass:
    """One child, for half an hour; the next one waits until somebody has reviewed this."""

    id: UUID
    pupil: str
    ends: datetime


@dataclass
class Person:
    name: str
    id: UUID
    roles: set[str] = field(default_factory=set)
    trust_role: str = ""
    classes: dict[str, tuple[date, date | None]] = field(default_factory=dict)
    disabled: bool = False
    visit: Visit | None = None
    shields: dict[str, UUID] = field(default_factory=dict)
    """What they are kept from (a child or an incident, by name), and by which shield."""
    glass: Glass | None = None

    @property
    def figures_only(self) -> bool:
        return not self.roles and self.trust_role != SAFEGUARDING


@dataclass
class Pupil:
    name: str
    id: UUID
    class_code: str
    here: bool = True


@dataclass
class Entry:
    """An incident. Children may be taken out by a correction; a shield from one of them stays."""

    name: str
    id: UUID
    author: str
    sensitivity: int
    pupils: set[str]
    first_pupils: set[str]
    ever: set[str]
    alerted: set[str] = field(default_factory=set)


@dataclass
class School:
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    pupils: dict[str, Pupil] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------------------ sessions
    def visiting(self, person: Person) -> Visit | None:
        """The session they have now. What has ended once does not come back."""
        visit = person.visit
        over = visit is not None and (self.now - visit.used >= IDLE or self.now - visit.began >= LIFE)
        if over or person.disabled:
            person.visit = None
        elif visit is not None and visit.elevated is not None:
            late = self.now - visit.elevated >= ELEVATED_LIFE or self.now - visit.used >= ELEVATED_IDLE
            visit.elevated = None if late else visit.elevated
        if person.visit is None or not (person.roles or person.trust_role):
            return None
        return person.visit

    def uses(self, person: Person) -> Visit | None:
        visit = self.visiting(person)
        if visit is not None:
            visit.used = self.now
        return visit

    # ------------------------------------------------------------------------------------------------------- reading
    def answer(self, person: Person, entry: Entry) -> str:
        """What this person gets who asks for this incident now."""
        visit = self.visiting(person)
        if visit is None:
            return SIGNED_OUT
        if person.figures_only:
            return NOT_PERMITTED
        if not visit.sure:
            return FACTOR
        if self.whole(person, entry, elevated=visit.elevated is not None):
            return WHOLE
        if entry.author == person.name:
            return OWN
        return ELEVATE if self.whole(person, entry, elevated=True) else NOTHING

    def whole(self, person: Person, entry: Entry, *, elevated: bool) -> bool:
        if entry.name in person.shields or entry.ever & set(person.shields):
            return False
        if person.name in entry.alerted and (person.roles or person.trust_role == SAFEGUARDING):
            return True
        if self.behind_glass(person, entry.pupils):
            return True
        return elevated and self._by_role(person, entry)

    def _by_role(self, person: Person, entry: Entry) -> bool:
        if person.roles & TEAM:
            return True
        here = [self.pupils[name] for name in entry.pupils if self.pupils[name].here]
        if person.roles & WIDE and entry.sensitivity <= SENSITIVE and here:
            return True
        taught = self.taught_by(person)
        return entry.sensitivity == ORDINARY and any(pupil.class_code in taught for pupil in here)

    def behind_glass(self, person: Person, pupils: set[str]) -> bool:
        glass = person.glass
        if glass is None or self.now >= glass.ends or glass.pupil not in pupils:
            return False
        return self.pupils[glass.pupil].here or bool(person.roles & TEAM)

    def taught_by(self, person: Person) -> set[str]:
        today = self.now.astimezone(ZoneInfo("Europe/London")).date()
        if "teacher" not in person.roles:
            return set()
        return {code for code, (since, to) in person.classes.items() if since <= today and (to is None or today <= to)}

    def opens_record(self, person: Person, pupil: Pupil) -> bool:
        """Whether this child's record is theirs to open once they are elevated."""
        if pupil.name in person.shields:
            return False
        if person.roles & TEAM or self.behind_glass(person, {pupil.name}):
            return True
        return pupil.here and (bool(person.roles & WIDE) or pupil.class_code in self.taught_by(person))

    def chronology(self, person: Person, pupil: Pupil) -> dict[str, str]:
        """The entries about a child that this person sees, whole or in their own first words."""
        found = {}
        for entry in self.entries.values():
            said = self.answer(person, entry)
            if said == WHOLE and pupil.name in entry.pupils:
                found[entry.name] = WHOLE
            elif said == OWN and pupil.name in entry.first_pupils:
                found[entry.name] = OWN
        return found

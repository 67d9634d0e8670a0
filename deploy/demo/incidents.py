"""Four weeks of invented incidents: who wrote what about whom, when, and what was done. `load` logs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from deploy.demo import SEED
from deploy.demo.people import Person, find, staff_of, teacher_of, with_role
from deploy.demo.pupils import Pupil
from deploy.demo.schools import OAKFIELD, School
from deploy.demo.words import CONCERNS, Concern, Step
from deploy.demo.words.concern import Seen
from deploy.demo.words.story import STORY
from shared.contracts.words import Part, Role

LONDON = ZoneInfo("Europe/London")
SCHOOL_DAYS = 20
PER_SCHOOL = {"oakfield": 54, "willow-lane": 50, "harbour": 60}
# A few children are written about again and again: without them no pattern would ever be seen.
OFTEN_WRITTEN_ABOUT = 24


@dataclass(frozen=True, slots=True)
class Linked:
    pupil: Pupil
    part: Part
    category: str


@dataclass(frozen=True, slots=True)
class Action:
    author: Person
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Incident:
    school: str
    author: Person
    pupils: tuple[Linked, ...]
    text: str
    done: str
    happened_at: datetime
    logged_at: datetime
    urgent: bool
    marks: tuple[Seen, ...]
    actions: tuple[Action, ...]
    closed: str


def incidents_of(school: School, pupils: Sequence[Pupil], now: datetime) -> tuple[Incident, ...]:
    """In the order they were logged, the newest before `now`. The same on every machine but for the dates."""
    chance = Random(f"{SEED}:incidents:{school.key}")
    days = _school_days(now.astimezone(LONDON).date())
    written = [_story(school, pupils, days, chance)] if school is OAKFIELD else [[]]
    fitting = [c for c in CONCERNS if school.phase in c.phase]
    known = chance.sample(list(pupils), OFTEN_WRITTEN_ABOUT)
    again = chance.choices(fitting, weights=[c.often for c in fitting], k=PER_SCHOOL[school.key] - len(fitting))
    for concern in (*fitting, *again):
        about = _children(chance, concern, pupils, known)
        author = _author(chance, school, concern.who, about[0])
        written.append([_write(chance, school, concern, about=about, author=author, day=chance.choice(days[1:]))])
    done = [incident for batch in written for incident in batch]
    # What a day in the future or this very hour would hold has not happened yet.
    return tuple(sorted((_before(i, now) for i in done), key=lambda i: i.logged_at))


def _school_days(today: date) -> list[date]:
    """The last school days, newest first; term holidays are left to the imagination."""
    days = (today - timedelta(days=n) for n in range(SCHOOL_DAYS * 2))
    return [day for day in days if day.weekday() < 5][:SCHOOL_DAYS]


def _story(school: School, pupils: Sequence[Pupil], days: Sequence[date], chance: Random) -> list[Incident]:
    told = []
    for chapter in STORY:
        about = [next(p for p in pupils if p.full_name == name) for name in chapter.about]
        author = find(f"{chapter.author}@{school.domain}")
        if author is None:
            raise LookupError(f"The story names a writer who is not on the staff: {chapter.author}")
        told.append(
            _write(chance, school, chapter.concern, about=about, author=author, day=days[chapter.school_days_ago])
        )
    return told


def _children(chance: Random, concern: Concern, pupils: Sequence[Pupil], known: Sequence[Pupil]) -> list[Pupil]:
    if any(other.part is Part.SIBLING for other in concern.others):
        families = _families(pupils)
        return list(chance.choice(families))[: 1 + len(concern.others)]
    first = chance.choice(known if chance.random() < 0.6 else pupils)
    mates = [p for p in pupils if p.year_group == first.year_group and p.family != first.family]
    return [first, *chance.sample(mates, len(concern.others))]


def _families(pupils: Sequence[Pupil]) -> list[list[Pupil]]:
    families: dict[int, list[Pupil]] = {}
    for p in pupils:
        families.setdefault(p.family, []).append(p)
    return [children for children in families.values() if len(children) > 1]


def _author(chance: Random, school: School, who: str, child: Pupil) -> Person:
    if who == "class_teacher":
        return teacher_of(school, child.class_code)
    if who == "office":
        return next(p for p in staff_of(school) if p.job == "School office")
    if who == "teacher":
        return chance.choice(with_role(school, Role.TEACHER))
    candidates = [p for p in with_role(school, Role(who)) if p.job != "School office"]
    return chance.choice(candidates)


def _write(
    chance: Random, school: School, concern: Concern, *, about: Sequence[Pupil], author: Person, day: date
) -> Incident:
    first, last = concern.hours
    happened = datetime.combine(day, time(chance.randint(first, last), chance.randrange(60)), LONDON)
    logged = happened + timedelta(minutes=chance.choice((8, 12, 16, 25, 40, 70, 130)))
    slots = _slots(about, happened)
    slots |= {key: chance.choice(values).format_map(slots) for key, values in concern.vary.items()}
    others = zip(about[1:], concern.others, strict=False)
    return Incident(
        school=school.key,
        author=author,
        pupils=(
            Linked(about[0], concern.part, concern.of),
            *(Linked(pupil, other.part, other.of or concern.of) for pupil, other in others),
        ),
        text=concern.text.format_map(slots),
        done=concern.done.format_map(slots),
        happened_at=happened,
        logged_at=logged,
        urgent=concern.urgent,
        marks=concern.marks,
        actions=tuple(
            _action(chance, school, step=step, child=about[0], logged=logged, slots=slots) for step in concern.later
        ),
        closed=concern.closed.format_map(slots),
    )


def _action(
    chance: Random, school: School, *, step: Step, child: Pupil, logged: datetime, slots: dict[str, str]
) -> Action:
    author = _author(chance, school, step.who, child)
    return Action(author, logged + timedelta(hours=step.after_hours), step.text.format_map(slots))


def _slots(about: Sequence[Pupil], happened: datetime) -> dict[str, str]:
    slots = {"at": f"{happened:%H:%M}"}
    for letter, pupil, prefix in zip("ABC", about, ("", "b", "c"), strict=False):
        he, his, him = ("he", "his", "him") if pupil.sex == "M" else ("she", "her", "her")
        slots |= {letter: pupil.full_name, letter.lower(): pupil.forename}
        slots |= {f"{prefix}he": he, f"{prefix}his": his, f"{prefix}him": him}
        slots |= {f"{prefix}he".capitalize(): he.capitalize(), f"{prefix}his".capitalize(): his.capitalize()}
    return slots


def _before(incident: Incident, now: datetime) -> Incident:
    late = incident.logged_at - (now - timedelta(minutes=5))
    if late <= timedelta(0):
        return incident
    # Early in the morning today's story has to have happened yesterday: whole days, so that times in the text hold.
    back = timedelta(days=1 if late < timedelta(days=1) else late.days + 1)
    return Incident(
        **{
            **{name: getattr(incident, name) for name in Incident.__dataclass_fields__},
            "happened_at": incident.happened_at - back,
            "logged_at": incident.logged_at - back,
            "actions": tuple(Action(a.author, a.at - back, a.text) for a in incident.actions),
        }
    )

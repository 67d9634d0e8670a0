"""The roll of each invented school: families first, so that siblings share a name, a house and sometimes a class."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deploy.demo import SEED
from deploy.demo.names import Origin, Sex, forename, some_origin, surname_for
from deploy.demo.schools import CLASS_SIZE, HARBOUR, OAKFIELD, SCHOOLS, WILLOW_LANE, School
from deploy.demo.upn import make_upn

_FAMILY_SIZES = ((1, 52), (2, 33), (3, 11), (4, 4))
_YEARS = ("R", *(str(n) for n in range(1, 12)))


@dataclass(frozen=True, slots=True)
class Pupil:
    school: str
    upn: str
    surname: str
    forename: str
    sex: Sex
    born: date
    year_group: str
    class_code: str
    family: int

    @property
    def full_name(self) -> str:
        return f"{self.forename} {self.surname}"


@dataclass(frozen=True, slots=True)
class _Known:
    forename: str
    surname: str
    sex: Sex
    class_code: str
    family: int


# Children the documentation and the pages speak of. The Adeyemis are siblings; two children are called Aisha Khan.
_KNOWN = {
    OAKFIELD.key: (
        _Known("Rowan", "Adeyemi", "M", "4B", -1),
        _Known("Ife", "Adeyemi", "F", "1A", -1),
        _Known("Maisie", "Brennan", "F", "2A", -2),
        _Known("Idris", "Khan", "M", "6A", -3),
        _Known("Leo", "Marsh", "M", "6A", -4),
        _Known("Zofia", "Nowak", "F", "5B", -5),
        _Known("Tomos", "Price", "M", "1B", -6),
        _Known("Aisha", "Khan", "F", "3A", -7),
        _Known("Aisha", "Khan", "F", "3B", -3),
    ),
    WILLOW_LANE.key: (
        _Known("Olivia", "Smith", "F", "Hazel", -8),
        _Known("Olivia", "Smith", "F", "Maple", -9),
    ),
    HARBOUR.key: (
        _Known("Temi", "Adeyemi", "F", "8C", -1),
        _Known("Mohammed", "Hussain", "M", "9B", -10),
        _Known("Mohammed", "Hussain", "M", "9E", -11),
        _Known("Szymon", "Nowak", "M", "10D", -5),
    ),
}


def pupils_of(school: School, today: date) -> tuple[Pupil, ...]:
    """The same children on every machine; only their years of birth follow today, so that nobody outgrows the roll."""
    chance = Random(f"{SEED}:{school.key}")
    places = {c.code: CLASS_SIZE for c in school.classes}
    children: list[_Known] = []
    for known in _KNOWN[school.key]:
        places[known.class_code] -= 1
        children.append(known)
    family = 0
    while any(places.values()):
        family += 1
        children.extend(_family(chance, school, places, family))
    return tuple(_enrol(chance, school, children, today))


def _family(chance: Random, school: School, places: dict[str, int], family: int) -> list[_Known]:
    sizes, weights = zip(*_FAMILY_SIZES, strict=True)
    origin = some_origin(chance)
    form = chance.choice(origin.surnames)
    children: list[_Known] = []
    for _ in range(chance.choices(sizes, weights=weights)[0]):
        free = [code for code, left in places.items() if left]
        if not free:
            break
        code = chance.choice(free)
        places[code] -= 1
        # One family in twelve is blended: a child keeps another surname, which no sibling search by name will find.
        own = chance.choice(some_origin(chance).surnames) if children and chance.random() < 1 / 12 else form
        children.append(
            _child(chance, origin=origin, form=own, code=code, family=family, taken={c.forename for c in children})
        )
    return children


def _child(chance: Random, *, origin: Origin, form: str, code: str, family: int, taken: set[str]) -> _Known:
    sex: Sex = "F" if chance.random() < 0.49 else "M"
    given = forename(chance, origin, sex)
    while given in taken:
        given = forename(chance, origin, sex)
    return _Known(given, surname_for(form, sex), sex, code, family)


def _enrol(chance: Random, school: School, children: list[_Known], today: date) -> list[Pupil]:
    years = {c.code: c.year_group for c in school.classes}
    start = today.year if today.month >= 9 else today.year - 1
    pupils: list[Pupil] = []
    for serial, child in enumerate(children, start=1):
        step = _YEARS.index(years[child.class_code])
        # Reception holds those who turn five between 1 September and 31 August.
        born = date(start - 5 - step, 9, 1) + timedelta(days=chance.randrange(365))
        upn = make_upn(establishment=school.establishment, year=start - step, serial=serial % 1000)
        pupils.append(
            Pupil(
                school.key,
                upn,
                child.surname,
                child.forename,
                child.sex,
                born,
                years[child.class_code],
                child.class_code,
                child.family,
            )
        )
    return sorted(pupils, key=lambda p: (_YEARS.index(p.year_group), p.class_code, p.surname, p.forename, p.upn))


def roll_csv(pupils: tuple[Pupil, ...]) -> str:
    """The roll as a school's information system would export it."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["UPN", "Surname", "Forename", "Date of birth", "Sex", "Year group", "Class"])
    for p in pupils:
        write.writerow([p.upn, p.surname, p.forename, p.born.isoformat(), p.sex, p.year_group, p.class_code])
    return out.getvalue()


def the_roll(today: date) -> dict[str, tuple[Pupil, ...]]:
    return {school.key: pupils_of(school, today) for school in SCHOOLS}

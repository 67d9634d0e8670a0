"""The invented staff: someone in every role of every school, and the trust's own people."""

import base64
import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random

from deploy.demo import SEED
from deploy.demo.names import some_origin, surname_for
from deploy.demo.schools import HARBOUR, OAKFIELD, SCHOOLS, TRUST_DOMAIN, WILLOW_LANE, School
from shared.contracts.words import Role, TrustRole

PASSWORD = "heed-demonstration"
"""Every invented person's. A production start refuses to run on demonstration data, so it opens nothing real."""


@dataclass(frozen=True, slots=True)
class Person:
    school: str
    title: str
    forename: str
    surname: str
    email: str
    job: str
    roles: tuple[Role, ...] = ()
    trust_roles: tuple[TrustRole, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def display_name(self) -> str:
        return f"{self.title} {self.surname}"

    @property
    def totp_secret(self) -> str:
        """A fixed secret per person, so that a code can be shown by whoever runs the demonstration."""
        return base64.b32encode(hashlib.sha256(f"heed demonstration {self.email}".encode()).digest()[:20]).decode()


def address(forename: str, surname: str, domain: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{forename}.{surname}".replace("Ł", "L").replace("ł", "l").replace("ı", "i"))
    kept = (c for c in plain.lower() if c.isascii() and (c.isalnum() or c == "."))
    return f"{''.join(kept)}@{domain}"


_H, _L, _D, _S = Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL, Role.SENCO
_SL, _P, _T, _TA, _SU = Role.SENIOR_LEADER, Role.PASTORAL, Role.TEACHER, Role.TEACHING_ASSISTANT, Role.SUPPORT

_Row = tuple[str, str, str, str, tuple[Role, ...], tuple[str, ...]]

_NAMED: dict[str, tuple[_Row, ...]] = {
    OAKFIELD.key: (
        ("Mr", "Patrick", "Boyle", "Head", (_H,), ()),
        ("Ms", "Ada", "Okafor", "Lead DSL, assistant head", (_L, _SL), ()),
        ("Mr", "Sami", "Haddad", "Deputy DSL, class 6A", (_D, _T), ("6A",)),
        ("Mrs", "Karin", "Lindqvist", "Deputy DSL", (_D,), ()),
        ("Mrs", "Rukhsana", "Chaudhry", "SENCo", (_S,), ()),
        ("Mr", "Neil", "Whitcombe", "Deputy head, key stage 2 leader", (_SL,), ()),
        ("Mrs", "Marcia", "Joseph", "Learning mentor", (_P,), ()),
        ("Miss", "Aoife", "Doyle", "Attendance and behaviour officer", (_P,), ()),
        ("Ms", "Carys", "Bevan", "Class 4B", (_T,), ("4B",)),
        ("Mr", "Yaw", "Asante", "Class 1A", (_T,), ("1A",)),
        ("Miss", "Linh", "Tran", "Teaching assistant, 4B", (_TA,), ("4B",)),
        ("Mr", "Joe", "Fletcher", "Teaching assistant, 1A", (_TA,), ("1A",)),
        ("Mrs", "Dee", "Walsh", "Lunchtime supervisor", (_SU,), ()),
        ("Mrs", "Sheila", "Pickering", "School office", (_SU,), ()),
    ),
    WILLOW_LANE.key: (
        ("Mrs", "Helen", "Thornton", "Head", (_H,), ()),
        ("Mr", "Imran", "Rafiq", "Lead DSL, deputy head", (_L, _SL), ()),
        ("Miss", "Beth", "Llewellyn", "Deputy DSL, class Hazel", (_D, _T), ("Hazel",)),
        ("Ms", "Ewa", "Zielińska", "SENCo", (_S,), ()),
        ("Mrs", "Joan", "Barlow", "Key stage 2 leader", (_SL,), ()),
        ("Mr", "Delroy", "Grant", "Learning mentor", (_P,), ()),
        ("Mrs", "Nasreen", "Akhtar", "Teaching assistant, Willow", (_TA,), ("Willow",)),
        ("Miss", "Tia", "Gayle", "Lunchtime supervisor", (_SU,), ()),
        ("Mrs", "Pat", "Ashworth", "School office", (_SU,), ()),
    ),
    HARBOUR.key: (
        ("Dr", "Miriam", "Levy", "Principal", (_H,), ()),
        ("Mrs", "Grace", "Boateng", "Lead DSL", (_L,), ()),
        ("Mr", "Tom", "Hargreaves", "Deputy DSL, head of year 9", (_D, _P), ()),
        ("Ms", "Ioana", "Popescu", "Deputy DSL", (_D,), ()),
        ("Mr", "Declan", "Kavanagh", "SENCo", (_S,), ()),
        ("Mrs", "Priya", "Mehta", "Vice principal", (_SL,), ()),
        ("Miss", "Hodan", "Warsame", "Head of year 7 and 8", (_P,), ()),
        ("Mr", "Luke", "Bell", "Head of year 10 and 11", (_P,), ()),
        ("Ms", "Chidinma", "Eze", "Teaching assistant", (_TA,), ()),
        ("Mr", "Minh", "Nguyen", "Site team", (_SU,), ()),
        ("Mrs", "Carol", "Webb", "School office", (_SU,), ()),
    ),
}

TRUST: tuple[Person, ...] = tuple(
    Person("", title, forename, surname, address(forename, surname, TRUST_DOMAIN), job, trust_roles=(role,))
    for title, forename, surname, job, role in (
        ("Mrs", "Ruth", "Fernandes", "Trust safeguarding lead", TrustRole.TRUST_SAFEGUARDING_LEAD),
        ("Mr", "Owen", "Price", "Trust administrator", TrustRole.TRUST_ADMINISTRATOR),
        ("Ms", "Yasmin", "Aziz", "Data protection officer", TrustRole.DATA_PROTECTION_OFFICER),
    )
)

_GIVEN = {
    "Mr": ("Adam", "Ben", "Chris", "Daniel", "Ed", "Farid", "Gareth", "Hugo", "Ivan", "Jon", "Kwesi", "Marek", "Raj"),
    "Ms": (
        "Alice",
        "Bronagh",
        "Clare",
        "Dina",
        "Emma",
        "Farah",
        "Gemma",
        "Hannah",
        "Jo",
        "Kate",
        "Lucy",
        "Nadia",
        "Sara",
    ),
}


@cache
def staff_of(school: School) -> tuple[Person, ...]:
    """Everybody of a school: the named ones, then a teacher for every class that has none yet."""
    people = [
        Person(school.key, t, f, s, address(f, s, school.domain), job, roles, (), classes)
        for t, f, s, job, roles, classes in _NAMED[school.key]
    ]
    chance = Random(f"{SEED}:staff:{school.key}")
    taught = {code for p in people if _T in p.roles for code in p.classes}
    taken = {p.email for p in people}
    for c in school.classes:
        if c.code not in taught:
            teacher = _teacher(chance, school, c.code, taken)
            taken.add(teacher.email)
            people.append(teacher)
    return tuple(people)


def _teacher(chance: Random, school: School, class_code: str, taken: set[str]) -> Person:
    while True:
        title = chance.choice(("Mr", "Ms"))
        given = chance.choice(_GIVEN[title])
        surname = surname_for(chance.choice(some_origin(chance).surnames), "M" if title == "Mr" else "F")
        email = address(given, surname, school.domain)
        if email not in taken:
            return Person(school.key, title, given, surname, email, f"Class {class_code}", (_T,), (), (class_code,))


def everybody() -> tuple[Person, ...]:
    return (*(p for school in SCHOOLS for p in staff_of(school)), *TRUST)


def find(email: str) -> Person | None:
    return next((p for p in everybody() if p.email == email.strip().lower()), None)


def teacher_of(school: School, class_code: str) -> Person:
    return next(p for p in staff_of(school) if _T in p.roles and class_code in p.classes)


def with_role(school: School, role: Role) -> tuple[Person, ...]:
    return tuple(p for p in staff_of(school) if role in p.roles)

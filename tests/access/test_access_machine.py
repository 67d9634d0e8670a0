"""Grants, alerts, classes, shields, elevation, break-glass and time, in any order, against a model of the access rules.

On a real PostgreSQL and through the functions that the routes call, not over the pure table alone: most of who may read
what is said in SQL (reach, shields, who teaches today, who has left), and a table that is right does not help where a
predicate forgets one of them. HTTP and mail are left out; they have tests of their own and would cost most of the time.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.auth import service as auth
from shared.db import Scope
from shared.errors import Problem
from shared.identity import Staff
from shared.ids import new_id
from tests.access import model
from tests.access.house import House
from tests.conftest import Cluster, emptied

T = TypeVar("T")
STEPS = 2_000
EXAMPLES, STEPS_EACH = 24, 140

CAST = {
    "boyle": ["head"],
    "frost": ["deputy_dsl"],
    "hart": ["senco"],
    "lowe": ["senior_leader"],
    "moss": ["pastoral"],
    "haddad": ["teacher"],
    "okoro": ["teaching_assistant"],
    "brennan": ["support"],
}
TRUST = {"vale": "trust_safeguarding_lead", "pike": "trust_administrator", "nunn": "data_protection_officer"}
ROLES = ("head", "deputy_dsl", "senco", "senior_leader", "pastoral", "teacher", "teaching_assistant", "support")
PUPILS, CLASSES = ("rowan", "ife", "zoe"), ("4B", "1A")
MOST_ENTRIES = 5
A_WHILE = [2, 2, 6, 6, 9, 9, 11, 14, 16, 31, 61, 12 * 60 + 1, 24 * 60, 8 * 24 * 60]

anybody = st.sampled_from([*CAST, *TRUST])
in_school = st.sampled_from(list(CAST))
a_pupil = st.sampled_from(PUPILS)
some_pupils = st.sets(a_pupil, min_size=1, max_size=2)
a_teacher = st.sampled_from(["haddad", "haddad", "haddad", *CAST])
whoever_may_break_it = st.sampled_from(["frost", "hart", "lowe", "vale", *CAST, *TRUST])
a_sensitivity = st.sampled_from([model.ORDINARY, model.ORDINARY, model.SENSITIVE, model.PROTECTION])
an_entry = st.integers(0, MOST_ENTRIES - 1)


class Access(RuleBasedStateMachine):
    house: ClassVar[House]
    loop: ClassVar[asyncio.Runner]
    steps: ClassVar[int] = 0
    said: ClassVar[Counter[str]] = Counter()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    @initialize()
    def a_school_of_its_own(self) -> None:
        # Noon, so that a replay does not depend on how near midnight is.
        noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        self.model = model.School(now=noon)
        self.words = self.turn = 0
        self.run(self._found())
        for name in self.model.people:
            self.somebody_signs_in(name, sure=name != "okoro", elevated=name in {"boyle", "hart", "haddad", "vale"})
        for author, sensitivity, pupil in (("brennan", 1, "rowan"), ("haddad", 2, "ife"), ("hart", 3, "rowan")):
            self.somebody_logs(author, sensitivity, {pupil})

    async def _found(self) -> None:
        house = self.house
        async with house.auth.begin(Scope()) as session:
            school = await auth.register_school(
                session, acting_staff=None, name=f"School {new_id()}", short_name=str(new_id())[-12:], phase="primary"
            )
        house.school = school.id
        house.tokens.clear()
        house.lead = await house.add("okafor", ["lead_dsl"])
        for name, roles in CAST.items():
            self.model.people[name] = model.Person(name, await house.add(name, roles), set(roles))
        for name, trust_role in TRUST.items():
            self.model.people[name] = model.Person(name, await house.add(name, [], trust_role), set(), trust_role)
        pupils = [model.Pupil(name, new_id(), CLASSES[at % 2]) for at, name in enumerate(PUPILS)]
        ids = await house.enrol(pupils)
        self.model.pupils = {one.name: model.Pupil(one.name, ids[one.name], one.class_code) for one in pupils}
        await self._teach("haddad", "4B", since=0, days=None)

    # ------------------------------------------------------------------------------------------------ people and time
    @rule(minutes=st.sampled_from(A_WHILE))
    def time_goes_by(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)

    @rule(days=st.sampled_from([1, 1, 8]))
    def another_day_begins(self, days: int) -> None:
        """Everybody who still works there is elevated and looks: whatever was to end by then has ended."""
        self.model.now += timedelta(days=days)
        for name in self.model.people:
            self.somebody_signs_in(name, sure=True, elevated=True)
        self.everybody_asks()

    @rule(name=anybody, sure=st.sampled_from([True, True, True, False]), elevated=st.booleans())
    def somebody_signs_in(self, name: str, *, sure: bool, elevated: bool) -> None:
        person, now = self.model.people[name], self.model.now
        begun = self.run(self.house.sign_in(person, sure=sure, now=now))
        assert begun == (not person.disabled and bool(person.roles or person.trust_role)), name
        if begun:
            person.visit = model.Visit(began=now, used=now, sure=sure)
            if elevated:
                self.somebody_elevates(name)

    @rule(name=anybody)
    def somebody_elevates(self, name: str) -> None:
        person = self.model.people[name]
        if name not in self.house.tokens:
            return
        # A code is good once, and the next one comes half a minute later; but who asks again within a minute is not
        # written down as having asked twice.
        self.model.now += timedelta(seconds=61)
        visit = self.model.visiting(person)
        accepted = self.run(self.house.elevate(person, now=self.model.now))
        if person.roles or person.trust_role:
            assert accepted == (visit is not None), name
        if accepted and person.visit is not None:
            person.visit.used = person.visit.elevated = self.model.now
            person.visit.sure = True

    @rule(name=in_school, roles=st.sets(st.sampled_from(ROLES), max_size=2))
    def somebodys_roles_change(self, name: str, roles: set[str]) -> None:
        person = self.model.people[name]
        if person.disabled or not person.roles:
            return
        person.roles = set(roles)
        if not roles:
            person.classes = {}
        self.run(self.house.give(person))

    @rule(
        name=a_teacher, code=st.sampled_from(CLASSES), since=st.integers(-2, 2), days=st.sampled_from([None, 0, 1, 7])
    )
    def somebody_is_given_a_class(self, name: str, code: str, since: int, days: int | None) -> None:
        self.run(self._teach(name, code, since=since, days=days))

    async def _teach(self, name: str, code: str, *, since: int, days: int | None) -> None:
        person = self.model.people[name]
        if person.disabled or not person.roles:
            return
        today = self.today()
        begins = today + timedelta(days=since)
        person.classes = {code: (begins, None if days is None else begins + timedelta(days=days))}
        await self.house.give(person)

    def today(self) -> date:
        return self.model.now.astimezone(ZoneInfo("Europe/London")).date()

    @rule(name=in_school)
    def somebody_leaves_or_comes_back(self, name: str) -> None:
        person = self.model.people[name]
        if not person.roles:
            return
        self.run(self.house.disable(person, again=person.disabled))
        person.disabled = not person.disabled
        person.visit = None

    # ------------------------------------------------------------------------------------------ children and incidents
    @rule(name=a_pupil, code=st.sampled_from(CLASSES), here=st.sampled_from([True, True, False]))
    def a_child_moves(self, name: str, code: str, *, here: bool) -> None:
        pupil = self.model.pupils[name]
        if not here and sum(one.here for one in self.model.pupils.values()) == 1 and pupil.here:
            return
        pupil.class_code, pupil.here = (code if here else pupil.class_code), here
        self.run(self.house.enrol(self.model.pupils.values()))
        for person in self.model.people.values():
            if person.glass is not None:
                self.run(self._compare(person))

    @rule(author=in_school, sensitivity=a_sensitivity, pupils=some_pupils)
    def somebody_logs(self, author: str, sensitivity: int, pupils: set[str]) -> None:
        pupils = {name for name in pupils if self.model.pupils[name].here}
        if not pupils or len(self.model.entries) == MOST_ENTRIES:
            return
        person, ids = self.model.people[author], [self.model.pupils[name].id for name in sorted(pupils)]
        made = self.run(self.house.log(person.id, sensitivity, ids))
        name = f"entry {len(self.model.entries)}"
        self.model.entries[name] = model.Entry(name, made, author, sensitivity, set(pupils), set(pupils), set(pupils))

    @precondition(lambda self: self.model.entries)
    @rule(which=an_entry, sensitivity=a_sensitivity, pupils=some_pupils)
    def the_dsl_corrects(self, which: int, sensitivity: int, pupils: set[str]) -> None:
        entry = self.entry(which)
        pupils = {name for name in pupils if self.model.pupils[name].here or name in entry.pupils}
        if not pupils:
            return
        self.run(self.house.correct(entry.id, sensitivity, [self.model.pupils[name].id for name in sorted(pupils)]))
        entry.sensitivity, entry.pupils = sensitivity, set(pupils)
        entry.ever |= pupils

    @precondition(lambda self: self.model.entries)
    @rule(name=anybody, which=an_entry, withdraw=st.sampled_from([False, False, True]))
    def somebody_is_alerted(self, name: str, which: int, *, withdraw: bool) -> None:
        entry, person = self.entry(which), self.model.people[name]
        self.words += 1
        self.run(self.house.alert(person.id, entry.id, version=self.words, withdraw=withdraw))
        (entry.alerted.discard if withdraw else entry.alerted.add)(name)

    # ----------------------------------------------------------------------------------------- shields and break-glass
    @rule(name=anybody, pupil=a_pupil, which=an_entry, of_entry=st.booleans())
    def a_shield_is_raised_or_lifted(self, name: str, pupil: str, which: int, *, of_entry: bool) -> None:
        person = self.model.people[name]
        about = self.entry(which).name if of_entry and self.model.entries else pupil
        if about in person.shields:
            self.run(self.house.lift(person.shields.pop(about)))
            return
        child, entry = self.model.pupils.get(about), self.model.entries.get(about)
        person.shields[about] = self.run(
            self.house.shield(person, pupil=child.id if child else None, entry=entry.id if entry else None)
        )

    @rule(name=whoever_may_break_it, pupil=a_pupil)
    def somebody_breaks_the_glass(self, name: str, pupil: str) -> None:
        self.somebody_elevates(name)
        person = self.model.people[name]
        visit = self.model.uses(person)
        staff = self.run(self.house.staff(person, now=self.model.now))
        if staff is None:
            return
        may = bool(person.roles & (model.TEAM | {"senco", "senior_leader"})) or person.trust_role == model.SAFEGUARDING
        allowed = visit is not None and may and pupil not in person.shields and person.glass is None
        try:
            made = self.run(self.house.break_glass(staff, self.model.pupils[pupil].id, now=self.model.now))
        except Problem:
            assert not allowed, f"{name} could not break the glass for {pupil}"
            return
        assert allowed, f"{name} broke the glass for {pupil}"
        person.glass = model.Glass(made, pupil, self.model.now + model.GLASS)

    @rule(name=anybody, review=st.booleans())
    def the_glass_is_ended(self, name: str, *, review: bool) -> None:
        person = self.model.people[name]
        if person.glass is None:
            return
        self.run(self.house.end_glass(person.glass.id, now=self.model.now, review=review))
        person.glass.ends = min(person.glass.ends, self.model.now)
        if review:
            person.glass = None

    # --------------------------------------------------------------------------------------------------------- asking
    @rule(name=anybody)
    def somebody_asks(self, name: str) -> None:
        self.run(self._compare(self.model.people[name]))

    @rule()
    def everybody_asks(self) -> None:
        for person in self.model.people.values():
            self.run(self._compare(person))

    async def _ask(self, person: model.Person) -> Staff | None:
        """What they may read of every entry, and what the route answers for the one whose turn it is."""
        self.model.uses(person)
        staff = await self.house.staff(person, now=self.model.now)
        assert (staff is None) == (self.model.visiting(person) is None), person
        expected = {entry.name: self.model.answer(person, entry) for entry in self.model.entries.values()}
        if staff is not None and not person.figures_only:
            readable = await self.house.readable(staff)
            wholes = {entry.name for entry in self.model.entries.values() if entry.id in readable}
            sure = {name for name, said in expected.items() if said != model.FACTOR}
            assert wholes & sure == {name for name, said in expected.items() if said == model.WHOLE}, person
        if self.model.entries:
            entry = self.entry(self.turn)
            got = await self.house.answer(staff, entry.id)
            assert got == expected[entry.name], f"{person} gets {got}, not {expected[entry.name]}, of {entry}"
            type(self).said[got] += 1
        return staff

    async def _compare(self, person: model.Person) -> None:
        """Besides, with elevated access: which children's records they may open, and what stands in them."""
        staff = await self._ask(person)
        visit = self.model.visiting(person)
        if staff is None or visit is None or not visit.elevated or person.figures_only:
            return
        assert staff.elevated
        opened = await self.house.records(staff)
        for pupil in self.model.pupils.values():
            assert (pupil.id in opened) == self.model.opens_record(person, pupil), f"{person}: the record of {pupil}"
            ids = {entry.id: entry.name for entry in self.model.entries.values()}
            shown = {ids[one]: how for one, how in (await self.house.chronology(staff, pupil.id)).items()}
            assert shown == self.model.chronology(person, pupil), f"{person}: the chronology of {pupil}"

    def entry(self, which: int) -> model.Entry:
        return list(self.model.entries.values())[which % len(self.model.entries)]

    @invariant()
    def after_each_step_the_next_in_turn_asks(self) -> None:
        type(self).steps += 1
        self.turn += 1
        people = list(self.model.people.values())
        self.run(self._ask(people[self.turn % len(people)]))


@pytest.fixture
def machine(cluster: Cluster) -> Iterator[type[Access]]:
    with asyncio.Runner() as loop:
        loop.run(emptied(cluster))
        house = House(cluster.database("auth"), cluster.database("incident"), new_id(), {}, {}, {})

        async def trust() -> None:
            async with house.auth.begin(Scope()) as session:
                await auth.create_trust(session, acting_staff=None, name="Rivermead")

        loop.run(trust())
        Access.house, Access.loop, Access.steps, Access.said = house, loop, 0, Counter()
        yield Access
        loop.run(house.auth.close())
        loop.run(house.incident.close())


@pytest.mark.postgres
@pytest.mark.slow
def test_whatever_happens_everybody_reads_what_the_access_rules_say(machine: type[Access]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            derandomize=True,
            database=None,
            # Each step asks a database: to look for the shortest way to a failure would take longer than to read one.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.steps >= STEPS
    # Each answer that there is was given, so that none of them is right by never being asked for.
    answers = (
        model.WHOLE,
        model.OWN,
        model.ELEVATE,
        model.NOTHING,
        model.FACTOR,
        model.NOT_PERMITTED,
        model.SIGNED_OUT,
    )
    assert {answer: machine.said[answer] for answer in answers if machine.said[answer] < 20} == {}

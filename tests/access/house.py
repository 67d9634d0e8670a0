"""The house itself, as the machine moves it: auth's sessions and rights at any time, and what incident then answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pyotp
from pydantic import SecretStr
from sqlalchemy import select

from services.auth import service as auth
from services.auth.domain import GlassReason, Period, Verdict
from services.auth.sealing import Sealing
from services.auth.service.sessions import begin_session, choose_school
from services.incident import service as incident
from services.incident.domain import Concern, Link
from services.incident.handlers import note_reader
from services.incident.models import Incident, Pupil
from services.incident.queries.entries import entries
from services.incident.queries.pupils import categories, whole_roll
from services.incident.queries.reach import Who, reachable_pupil, whole
from services.incident.roll_file import RollRow
from shared.contracts.alerting import AlertRaised, AlertWithdrawn
from shared.contracts.envelope import Envelope
from shared.contracts.words import Assurance, Part, Role, TrustRole, Why
from shared.db import Database, Scope
from shared.errors import ElevationRequired, NotFound, NotPermitted, SecondFactorRequired
from shared.identity import Staff, require
from shared.ids import new_id
from tests.access import model
from tests.issuer import member

SEALING = Sealing(SecretStr("k" * 40))
BIRTHDAYS = {"rowan": date(2017, 3, 12), "ife": date(2020, 5, 1), "zoe": date(2016, 10, 10)}
OF = {1: "Attendance", 2: "Welfare Concern", 3: "Child Protection Incident"}


@dataclass
class House:
    auth: Database
    incident: Database
    school: UUID
    secrets: dict[str, str]
    tokens: dict[str, str]
    categories: dict[str, UUID]
    lead: UUID = field(default_factory=new_id)
    """The lead DSL who stays, so that everybody else may come and go."""

    @property
    def dsl(self) -> Staff:
        """Somebody who may do what the machine does on the side of incident; not one of its people."""
        return member(self.school, Role.LEAD_DSL, assurance=Assurance.ELEVATED)

    # -------------------------------------------------------------------------------------------------------- people
    async def add(self, name: str, roles: Iterable[str], trust_role: str = "") -> UUID:
        self.secrets[name] = pyotp.random_base32()
        there = None if trust_role else self.school
        async with self.auth.begin(Scope(there)) as session:
            made = await auth.add_staff(
                session,
                acting_staff=None,
                school_id=there,
                email=f"{name}.{new_id()}@school.example",
                title="Ms",
                forename="A",
                surname=name.title(),
                roles=[Role(role) for role in roles],
                trust_roles=[TrustRole(trust_role)] if trust_role else [],
                totp_secret=self.secrets[name],
                sealing=SEALING,
            )
        return made.id

    async def sign_in(self, person: model.Person, *, sure: bool, now: datetime) -> bool:
        async with self.auth.begin(Scope()) as session:
            begun = await begin_session(session, person.id, sure=sure, factors=(), now=now, browser=None, device="")
            if begun is None:
                return False
            await choose_school(session, session_id=begun.session_id, staff_id=person.id, school_id=self.school)
        self.tokens[person.name] = begun.token
        return True

    async def elevate(self, person: model.Person, *, now: datetime) -> bool:
        code = pyotp.TOTP(self.secrets[person.name]).at(now)
        async with self.auth.begin(Scope()) as session:
            given = await auth.give_code(
                session, token=self.tokens[person.name], code=code, elevate=True, sealing=SEALING, now=now
            )
        return given.accepted

    async def staff(self, person: model.Person, *, now: datetime) -> Staff | None:
        """As the gateway asks for them at each request."""
        token = self.tokens.get(person.name)
        if token is None:
            return None
        async with self.auth.begin(Scope()) as session:
            checked = await auth.check_session(session, token, now=now)
        return checked.staff if checked else None

    async def give(self, person: model.Person) -> None:
        periods = [Period(code, since, to) for code, (since, to) in person.classes.items()]
        roles = [Role(role) for role in person.roles]
        async with self.auth.begin(Scope(self.school)) as session:
            await auth.set_roles(
                session,
                acting_staff=None,
                school_id=self.school,
                staff_id=person.id,
                roles=roles,
                classes=periods,
            )

    async def disable(self, person: model.Person, *, again: bool) -> None:
        change = auth.enable_staff if again else auth.disable_staff
        async with self.auth.begin(Scope(self.school)) as session:
            await change(session, acting_staff=None, staff_id=person.id)

    async def shield(self, person: model.Person, *, pupil: UUID | None, entry: UUID | None) -> UUID:
        async with self.auth.begin(Scope(self.school)) as session:
            raised = await auth.raise_shield(
                session,
                acting_staff=None,
                school_id=self.school,
                staff_id=person.id,
                why="Parent.",
                pupil_id=pupil,
                incident_id=entry,
            )
        return raised.id

    async def lift(self, shield: UUID) -> None:
        async with self.auth.begin(Scope(self.school)) as session:
            await auth.lift_shield(session, acting_staff=None, school_id=self.school, shield_id=shield)

    async def break_glass(self, staff: Staff, pupil: UUID, *, now: datetime) -> UUID:
        require(staff, "break-glass")
        async with self.auth.begin(Scope(self.school, staff.staff_id)) as session:
            made = await auth.break_glass(
                session,
                acting_staff=staff,
                pupil_id=pupil,
                reason=GlassReason.CHILD_IN_DANGER,
                words="The hospital asks and nobody answers.",
                now=now,
            )
        return made.id

    async def end_glass(self, glass: UUID, *, now: datetime, review: bool) -> None:
        reviewer = member(self.school, Role.LEAD_DSL, assurance=Assurance.ELEVATED, staff_id=self.lead)
        async with self.auth.begin(Scope(self.school, reviewer.staff_id)) as session:
            await auth.end_break_glass(session, acting_staff=reviewer, glass_id=glass, now=now)
            if review:
                await auth.review_break_glass(
                    session, acting_staff=reviewer, glass_id=glass, verdict=Verdict.NEEDED, words="", now=now
                )

    # ----------------------------------------------------------------------------------------------------- incidents
    async def enrol(self, pupils: Iterable[model.Pupil]) -> dict[str, UUID]:
        rows = [
            RollRow(None, "Adeyemi", one.name.title(), BIRTHDAYS[one.name], "", "4", one.class_code)
            for one in pupils
            if one.here
        ]
        async with self.incident.begin(Scope(self.school)) as session:
            await incident.import_roll(session, acting_staff=self.dsl, rows=rows, leavers_meant=True)
            found, _ = await whole_roll(session, self.school)
            self.categories = {one.name: one.id for one in await categories(session, self.school)}
        return {one.forename.lower(): one.id for one in found}

    async def log(self, author: UUID, sensitivity: int, pupils: Iterable[UUID]) -> UUID:
        staff = member(self.school, Role.TEACHER, staff_id=author)
        async with self.incident.begin(Scope(self.school, author)) as session:
            logged = await incident.log_incident(
                session,
                acting_staff=staff,
                concern=self._concern(sensitivity, pupils),
                idempotency_key=str(new_id()),
            )
        return logged.id

    async def correct(self, entry: UUID, sensitivity: int, pupils: Iterable[UUID]) -> None:
        async with self.incident.begin(Scope(self.school)) as session:
            await incident.correct_incident(
                session,
                who=Who(self.dsl),
                incident_id=entry,
                concern=self._concern(sensitivity, pupils),
                reason="It was filed wrongly.",
            )

    def _concern(self, sensitivity: int, pupils: Iterable[UUID]) -> Concern:
        links = tuple(Link(pupil, Part.SUBJECT, ()) for pupil in pupils)
        return Concern("Words.", datetime.now(UTC) - timedelta(minutes=1), (self.categories[OF[sensitivity]],), links)

    async def alert(self, person: UUID, entry: UUID, *, version: int, withdraw: bool) -> None:
        event = (
            AlertWithdrawn(alert_id=new_id(), incident_id=entry, staff_id=person)
            if withdraw
            else AlertRaised(alert_id=new_id(), incident_id=entry, staff_id=person, why=[Why.RULE])
        )
        envelope = Envelope(
            id=new_id(),
            type=event.TYPE,
            source=event.source(),
            time=datetime.now(UTC),
            subject=entry,
            school_id=self.school,
            version=version,
        )
        async with self.incident.begin(Scope(self.school)) as session:
            await note_reader(session, envelope, event)

    # ------------------------------------------------------------------------------------------------------- answers
    async def answer(self, staff: Staff | None, entry: UUID) -> str:
        """What the route of an incident says: the same two calls."""
        if staff is None:
            return model.SIGNED_OUT
        try:
            require(staff, "incident:read")
            async with self.incident.begin(Scope(staff.school_id, staff.staff_id)) as session:
                found, _ = await incident.open_incident(session, who=Who(staff), incident_id=entry)
        except SecondFactorRequired:
            return model.FACTOR
        except ElevationRequired:
            return model.ELEVATE
        except NotPermitted:
            return model.NOT_PERMITTED
        except NotFound:
            return model.NOTHING
        return model.WHOLE if found.whole else model.OWN

    async def readable(self, staff: Staff) -> set[UUID]:
        """What every list, count and search begins from."""
        async with self.incident.begin(Scope(staff.school_id, staff.staff_id)) as session:
            return set(await session.scalars(select(Incident.id).where(whole(Who(staff)))))

    async def records(self, staff: Staff) -> set[UUID]:
        async with self.incident.begin(Scope(staff.school_id, staff.staff_id)) as session:
            found = await session.scalars(
                select(Pupil.id).where(Pupil.school_id == staff.school_id, reachable_pupil(staff))
            )
            return set(found)

    async def chronology(self, staff: Staff, pupil: UUID) -> dict[UUID, str]:
        async with self.incident.begin(Scope(staff.school_id, staff.staff_id)) as session:
            rows = await session.execute(entries(Who(staff), [pupil]))
            return {row.incident_id: model.WHOLE if row.whole else model.OWN for row in rows}

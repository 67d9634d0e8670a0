"""The invented trust comes into being: its schools by the operator, their staff and groups by each lead DSL."""

import asyncio
from datetime import date
from typing import Final
from uuid import UUID

from deploy.demo.cast import Cast, lead_of
from deploy.demo.groups import behaviour_group
from deploy.demo.people import PASSWORD, TRUST, Person, staff_of
from deploy.demo.schools import SCHOOLS, TRUST_NAME, School
from deploy.screen import Steps
from services.auth import service as auth
from services.auth.domain import Period
from services.auth.sealing import Sealing
from shared.contracts.words import Role
from shared.db import Database, Scope
from shared.identity import Staff

AT_ONCE: Final = 4
"""Passwords are hashed by two threads; four transactions keep them busy and leave connections for others."""


async def found_trust(db: Database) -> Cast:
    async with db.begin(Scope()) as session:
        trust = await auth.create_trust(session, acting_staff=None, name=TRUST_NAME)
        schools = {
            school.key: (
                await auth.register_school(
                    session,
                    acting_staff=None,
                    name=school.name,
                    short_name=school.name.partition(" ")[0],
                    phase=school.phase,
                    urn=school.urn,
                    danger_text=whom_to_find(school),
                )
            ).id
            for school in SCHOOLS
        }
    return Cast(trust.id, schools)


def whom_to_find(school: School) -> str:
    """What stands below the sign-in of the school's own link."""
    team = [one.display_name for one in staff_of(school) if {Role.LEAD_DSL, Role.DEPUTY_DSL} & set(one.roles)]
    return f"Find a DSL, do not type: {', '.join(team)}, or 999."


async def bring_in_staff(db: Database, sealing: Sealing, cast: Cast, today: date, steps: Steps) -> None:
    """The trust's own people and each school's lead DSL first; then each lead DSL adds the rest (R37)."""
    leads = [lead_of(school) for school in SCHOOLS]
    others = [(person, school) for school in SCHOOLS for person in staff_of(school) if person not in leads]
    steps.begin("Staff", len(TRUST) + len(leads) + len(others))
    since = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    turn = asyncio.Semaphore(AT_ONCE)

    async def add(person: Person, acting_staff: Staff | None) -> None:
        school_id = cast.school_ids.get(person.school)
        async with turn, db.begin(Scope(school_id)) as session:
            added = await auth.add_staff(
                session,
                acting_staff=acting_staff,
                school_id=school_id,
                email=person.email,
                title=person.title,
                forename=person.forename,
                surname=person.surname,
                roles=person.roles,
                trust_roles=person.trust_roles,
                classes=[Period(code, since) for code in person.classes],
                password=PASSWORD,
                totp_secret=person.totp_secret,
                sealing=sealing,
            )
        cast.staff_ids[person.email] = added.id
        steps.advance()

    await asyncio.gather(*(add(person, None) for person in (*TRUST, *leads)))
    await asyncio.gather(*(add(person, cast.lead_of(school)) for person, school in others))


async def form_groups(db: Database, cast: Cast) -> dict[str, UUID]:
    """The group of each school, by the school's key."""
    return {school.key: await _form_group(db, cast, school) for school in SCHOOLS}


async def _form_group(db: Database, cast: Cast, school: School) -> UUID:
    name, members = behaviour_group(school)
    school_id = cast.school_ids[school.key]
    async with db.begin(Scope(school_id)) as session:
        group = await auth.add_group(
            session,
            acting_staff=cast.lead_of(school),
            school_id=school_id,
            name=name,
            member_ids=[cast.staff_ids[person.email] for person in members],
        )
    return group.id

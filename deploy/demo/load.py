"""Puts the invented trust into a house, through the functions that a school's own staff would use."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from deploy.demo import alerts, founding, records
from deploy.demo.cast import Cast
from deploy.demo.following import caught_up
from deploy.demo.incidents import incidents_of
from deploy.demo.people import staff_of
from deploy.demo.pupils import the_roll
from deploy.demo.records import Logged, Register
from deploy.demo.rules import rules_of
from deploy.demo.schools import SCHOOLS, School
from deploy.screen import Steps
from shared.bus.api import Bus
from shared.db import Database
from shared.service import Service


async def load(services: Mapping[str, Service], bus: Bus, steps: Steps) -> None:
    """The workers of the services run meanwhile, here or elsewhere: what one service tells, the others hear.

    Raises what a service raises when it refuses something: invented data follow the rules too.
    """
    now = datetime.now(UTC)
    auth, incident, alerting = (services[name].api.state for name in ("auth", "incident", "alerting"))
    cast = await founding.found_trust(auth.db)
    await founding.bring_in_staff(auth.db, auth.sealing, cast, now.date(), steps)
    groups = await founding.form_groups(auth.db, cast)
    registers = await _import_rolls(incident.db, cast, now, steps)
    await _set_rules(alerting.db, cast, registers, groups)
    # Who is told is decided by what alerting knows of people, so it has to know them before the first concern.
    await caught_up(services, bus, tellers=("auth",), consumer="alerting")
    logged = await _log_incidents(incident.db, cast, registers, now, steps)
    await _follow_up(incident.db, cast, logged, now, steps)
    await caught_up(services, bus, tellers=("incident",), consumer="alerting")
    await _work_through_alerts(alerting.db, cast, logged, now, steps)
    await caught_up(services, bus, tellers=("alerting",), consumer="incident")


async def _import_rolls(db: Database, cast: Cast, now: datetime, steps: Steps) -> dict[str, Register]:
    rolls = the_roll(now.date())
    steps.begin("Children on roll", sum(len(pupils) for pupils in rolls.values()))
    registers = {}
    for school in SCHOOLS:
        registers[school.key] = await records.import_roll(db, cast, school, rolls[school.key], now)
        steps.advance(len(rolls[school.key]))
    return registers


async def _set_rules(db: Database, cast: Cast, registers: Mapping[str, Register], groups: Mapping[str, UUID]) -> None:
    for school in SCHOOLS:
        rules = rules_of(school, category_ids=registers[school.key].category_ids, group_id=groups[school.key])
        await alerts.set_rules(db, cast.lead_of(school), rules)


async def _log_incidents(
    db: Database, cast: Cast, registers: Mapping[str, Register], now: datetime, steps: Steps
) -> dict[str, list[Logged]]:
    rolls = the_roll(now.date())
    written = {school.key: incidents_of(school, rolls[school.key], now) for school in SCHOOLS}
    steps.begin("Four weeks of concerns", sum(len(incidents) for incidents in written.values()))
    logged = await asyncio.gather(
        *(records.log(db, cast, registers[key], incidents, steps.advance) for key, incidents in written.items())
    )
    return dict(zip(written, logged, strict=True))


async def _follow_up(db: Database, cast: Cast, logged: Mapping[str, list[Logged]], now: datetime, steps: Steps) -> None:
    steps.begin("What was done about them", sum(len(incidents) for incidents in logged.values()))
    await asyncio.gather(
        *(
            records.follow_up(db, cast, logged[school.key], school=school, now=now, done=steps.advance)
            for school in SCHOOLS
        )
    )


async def _work_through_alerts(
    db: Database, cast: Cast, logged: Mapping[str, list[Logged]], now: datetime, steps: Steps
) -> None:
    steps.begin("Alerts that were read", sum(len(staff_of(school)) for school in SCHOOLS))

    async def of_school(school: School) -> None:
        dealt_with = alerts.dealt_with(logged[school.key], now)
        for person in staff_of(school):
            await alerts.work_through(db, cast.acting(person), dealt_with)
            steps.advance()

    await asyncio.gather(*(of_school(school) for school in SCHOOLS))

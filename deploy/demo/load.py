"""Puts the invented trust into a house, through the functions that a school's own staff would use."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from deploy.demo import founding, records
from deploy.demo.cast import Cast
from deploy.demo.incidents import incidents_of
from deploy.demo.pupils import the_roll
from deploy.demo.records import Logged, Register
from deploy.demo.schools import SCHOOLS
from deploy.screen import Steps
from shared.db import Database
from shared.service import Service


async def load(services: Mapping[str, Service], steps: Steps) -> None:
    """Raises what a service raises when it refuses something: invented data follow the rules too."""
    now = datetime.now(UTC)
    auth, incident = services["auth"].api.state, services["incident"].api.state
    cast = await founding.found_trust(auth.db)
    await founding.bring_in_staff(auth.db, auth.sealing, cast, now.date(), steps)
    await founding.form_groups(auth.db, cast)
    registers = await _import_rolls(incident.db, cast, now, steps)
    logged = await _log_incidents(incident.db, cast, registers, now, steps)
    await _follow_up(incident.db, cast, logged, now, steps)


async def _import_rolls(db: Database, cast: Cast, now: datetime, steps: Steps) -> dict[str, Register]:
    rolls = the_roll(now.date())
    steps.begin("Children on roll", sum(len(pupils) for pupils in rolls.values()))
    registers = {}
    for school in SCHOOLS:
        registers[school.key] = await records.import_roll(db, cast, school, rolls[school.key], now)
        steps.advance(len(rolls[school.key]))
    return registers


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

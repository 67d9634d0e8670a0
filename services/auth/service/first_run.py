"""The first minute of a house: its trust, first school and first lead DSL, in one transaction or not at all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.models import Trust
from services.auth.service.acting import one_at_a_time
from services.auth.service.links import make_password_link
from services.auth.service.schools import create_trust, register_school
from services.auth.service.staff import add_staff
from shared.contracts.words import Role


@dataclass(frozen=True, slots=True)
class FirstSchool:
    name: str
    short_name: str
    phase: str
    urn: str | None


@dataclass(frozen=True, slots=True)
class FirstLead:
    email: str
    title: str
    forename: str
    surname: str


async def is_untouched(session: AsyncSession) -> bool:
    """Whether there is no trust yet: whoever begins one closes this for good."""
    return await session.scalar(select(Trust.id)) is None


async def begin_house(session: AsyncSession, *, trust: str, school: FirstSchool, lead: FirstLead, now: datetime) -> str:
    """The secret of the link with which the lead DSL sets their password. The operator's act, by the starting code.

    Raises Conflict when there is a trust: of two who begin at once the second finds the first's.
    """
    await one_at_a_time(session, "the trust")
    await create_trust(session, acting_staff=None, name=trust)
    registered = await register_school(
        session,
        acting_staff=None,
        name=school.name,
        short_name=school.short_name,
        phase=school.phase,
        urn=school.urn,
    )
    person = await add_staff(
        session,
        acting_staff=None,
        school_id=registered.id,
        email=lead.email,
        title=lead.title,
        forename=lead.forename,
        surname=lead.surname,
        roles=[Role.LEAD_DSL],
    )
    return await make_password_link(session, acting_staff=None, staff_id=person.id, now=now)

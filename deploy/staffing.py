"""What the operator does about people at the command line, through the functions that the school's own pages use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.data_folder import Refused
from services.auth import queries
from services.auth import service as auth
from services.auth.models import School, Trust
from services.auth.schemas import NewSchool
from shared.contracts.words import Role, TrustRole
from shared.db import Database, Scope
from shared.errors import Problem


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to be added: to a school by its name, or, without one, to the trust."""

    email: str
    title: str
    forename: str
    surname: str
    school: str | None
    roles: Sequence[Role] = ()
    trust_roles: Sequence[TrustRole] = ()
    classes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Added:
    name: str
    place: str
    link: str | None
    """The secret with which they set their password; None for who has an account, and with it a password, already."""


def new_school_named(name: str | None, *, phase: str, urn: str | None) -> NewSchool:
    """Raises Refused for what is no school."""
    if not name:
        raise Refused("Name the new school: --school NAME.")
    try:
        return NewSchool.model_validate({"name": name, "phase": phase, "urn": urn})
    except ValidationError as problem:
        said = "; ".join(f"{error['loc'][0]}: {error['msg'].lower()}" for error in problem.errors())
        raise Refused(f"This is no school: {said}.") from None


async def add(db: Database, wanted: Colleague, *, founding: NewSchool | None = None, trust: str | None = None) -> Added:
    """Add somebody as the operator. `founding` registers the school first, `trust` the trust before it.

    Raises Refused with a sentence that says what to do.
    """
    try:
        async with db.begin(Scope()) as session:
            return await _add(session, wanted, founding=founding, trust=trust)
    except Problem as problem:
        said = [problem.detail, *(f"{error.path}: {error.message}" for error in problem.errors)]
        raise Refused("\n".join(line for line in said if line)) from None


async def _add(session: AsyncSession, wanted: Colleague, *, founding: NewSchool | None, trust: str | None) -> Added:
    place = await _trust(session, trust)
    school = None
    if founding is not None:
        school = await auth.register_school(
            session,
            acting_staff=None,
            name=founding.name,
            short_name=founding.short_name or founding.name,
            phase=founding.phase,
            urn=founding.urn,
        )
    elif wanted.roles or wanted.school:
        school = await _school(session, wanted.school)
    known = await queries.account_by_email(session, wanted.email)
    person = await auth.add_staff(
        session,
        acting_staff=None,
        school_id=school.id if school else None,
        email=wanted.email,
        title=wanted.title,
        forename=wanted.forename,
        surname=wanted.surname,
        roles=wanted.roles,
        trust_roles=wanted.trust_roles,
        classes=wanted.classes,
    )
    # Whoever has an account keeps their password, here as on the school's own page.
    link = (
        None
        if known
        else await auth.make_password_link(session, acting_staff=None, staff_id=person.id, now=datetime.now(UTC))
    )
    return Added(person.display_name, school.name if school else place.name, link)


async def _trust(session: AsyncSession, name: str | None) -> Trust:
    found: Trust | None = await session.scalar(select(Trust))
    if found is not None:
        return found
    if name is None:
        raise Refused("This installation has no trust yet. Name it with --trust; a single school is one too.")
    return await auth.create_trust(session, acting_staff=None, name=name)


async def _school(session: AsyncSession, asked: str | None) -> School:
    """By its name, its short name or its URN; the only one there is when none was named."""
    schools = list(await session.scalars(select(School).order_by(School.name)))
    wanted = (asked or "").strip().casefold()
    named = [s for s in schools if wanted in {s.name.casefold(), s.short_name.casefold(), (s.urn or "").casefold()}]
    fitting = named if asked else schools
    if len(fitting) == 1:
        return fitting[0]
    if not schools:
        raise Refused("There is no school yet. Register it with --school NAME --new-school.")
    names = ", ".join(school.name for school in schools)
    if asked and not fitting:
        raise Refused(f"There is no school called {asked}. There are: {names}. To register it, add --new-school.")
    raise Refused(f"Say in which school: --school. There are: {names}.")

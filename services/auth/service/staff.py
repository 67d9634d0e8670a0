"""Staff accounts, and what somebody is in a school: roles, classes, disabled or not."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import domain, passwords, queries
from services.auth.domain import Period
from services.auth.models import ClassTaught, Credential, Membership, RoleHeld, StaffAccount, TrustRoleHeld
from services.auth.scope import seeing
from services.auth.sealing import Sealing
from services.auth.service.acting import in_own_school, not_oneself, note, now, one_at_a_time
from services.auth.service.publishing import publish_place, publish_trust_place
from services.auth.service.schools import keep_still
from services.auth.service.sessions import end_sessions_of
from services.auth.service.telling import tell_of_team_roles
from shared.contracts.auth import StaffAdded, StaffChanged, StaffDisabled
from shared.contracts.words import Role, TrustRole
from shared.db import TRUST_LOG
from shared.errors import Conflict, FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish

SOMEONE_ELSE = "somebody else with the right to: nobody changes their own rights"
LAST_LEAD = "This is the school's last lead DSL. Name another first."


async def add_staff(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    school_id: UUID | None,
    email: str,
    title: str,
    forename: str,
    surname: str,
    roles: Iterable[Role] = (),
    trust_roles: Iterable[TrustRole] = (),
    classes: Iterable[Period | str] = (),
    password: str | None = None,
    totp_secret: str | None = None,
    sealing: Sealing | None = None,
) -> StaffAccount:
    """Add somebody to a school's staff, or (without a school) to the trust's own.

    An address that has an account already gets the roles in this school too: one person, one account. `password` and
    `totp_secret` (base32, sealed by `sealing`) are for the demonstration and the command line; others are invited.
    """
    roles, trust_roles = sorted(set(roles)), sorted(set(trust_roles))
    _check_new(acting_staff, school_id, roles, trust_roles)
    await one_at_a_time(session, f"staff {domain.email_key(email)}")
    person = await queries.account_by_email(session, email)
    if person is None:
        person = await _new_account(
            session, email=email, title=title, forename=forename, surname=surname, home_school_id=school_id
        )
        await _set_credential(session, person, password, totp_secret, sealing)
    else:
        not_oneself(acting_staff, person.id, who_can=SOMEONE_ELSE)
        person = await locked(session, person.id)
        _must_work(person)
    if school_id is not None:
        # Who comes with a password is a demonstration's, and nobody is told of invented people by mail.
        told = password is None
        await _join(session, acting_staff, person, school_id, roles=roles, classes=classes, by_mail=told)
    if trust_roles:
        await _give_trust_roles(session, acting_staff, person, trust_roles, StaffAdded)
    return person


def _check_new(
    acting_staff: Staff | None, school_id: UUID | None, roles: Sequence[Role], trust_roles: Sequence[TrustRole]
) -> None:
    if school_id is not None:
        in_own_school(acting_staff, school_id)
        if not roles:
            raise Invalid(FieldError("roles", "Choose at least one role."))
    elif not trust_roles:
        raise Invalid(FieldError("trust_roles", "Choose at least one role."))
    if trust_roles:
        _only_the_trust(acting_staff)


async def set_roles(
    session: AsyncSession,
    *,
    acting_staff: Staff | None,
    school_id: UUID,
    staff_id: UUID,
    roles: Iterable[Role],
    classes: Iterable[Period | str] | None = None,
    version: int | None = None,
) -> StaffAccount:
    """What somebody is in this school from now on; without any role they are no longer on its staff.

    `classes=None` leaves the classes as they are. A code alone is a class from today on.
    """
    in_own_school(acting_staff, school_id)
    not_oneself(acting_staff, staff_id, who_can=SOMEONE_ELSE)
    async with seeing(session, school_id=school_id):
        await keep_still(session, school_id)
        person = await locked(session, staff_id, version=version)
        place = await queries.place_of(session, school_id, staff_id)
        if place is None:
            raise NotFound()
        _must_work(person)
        wanted = sorted(set(roles))
        if Role.LEAD_DSL in place.roles and Role.LEAD_DSL not in wanted:
            await _need_another_lead(session, school_id, staff_id)
        await _write_roles(session, school_id, staff_id, wanted)
        if not wanted:
            classes = ()
        await _write_classes(session, school_id, staff_id, place.periods, classes)
        await publish_place(session, StaffChanged, person, school_id)
        await note(
            session,
            acting_staff,
            action="staff:roles-set",
            school_id=school_id,
            about_kind="staff",
            about_id=staff_id,
            details=_difference(place.roles, wanted),
        )
        await tell_of_team_roles(
            session, school_id, acting_staff, staff_id, domain.team_roles_given(place.roles, wanted)
        )
    return person


async def set_trust_roles(
    session: AsyncSession, *, acting_staff: Staff | None, staff_id: UUID, trust_roles: Iterable[TrustRole]
) -> StaffAccount:
    """The roles somebody has in the trust as a whole. Only the trust administrator gives them, never to themselves."""
    _only_the_trust(acting_staff)
    not_oneself(acting_staff, staff_id, who_can=SOMEONE_ELSE)
    person = await locked(session, staff_id)
    _must_work(person)
    await _give_trust_roles(session, acting_staff, person, sorted(set(trust_roles)), StaffChanged)
    return person


async def disable_staff(session: AsyncSession, *, acting_staff: Staff | None, staff_id: UUID) -> StaffAccount:
    """End every right of somebody, everywhere, from their next request on. Their name stays on what they wrote."""
    not_oneself(acting_staff, staff_id, who_can=SOMEONE_ELSE)
    schools = await queries.member_schools(session, staff_id)
    await _within_reach(session, acting_staff, staff_id, schools)
    for school_id in schools:
        await keep_still(session, school_id)
    person = await locked(session, staff_id)
    if await queries.member_schools(session, staff_id) != schools:
        raise Conflict("They joined another school just now. Try again.")
    if person.disabled_at is not None:
        return person
    for school_id in schools:
        async with seeing(session, school_id=school_id):
            if Role.LEAD_DSL in await queries.roles_in(session, school_id, staff_id):
                await _need_another_lead(session, school_id, staff_id)
    person.disabled_at = now()
    await session.flush()
    await end_sessions_of(session, staff_id, why="disabled", now=now())
    await _tell_everywhere(session, acting_staff, person, schools, action="staff:disabled")
    return person


async def enable_staff(session: AsyncSession, *, acting_staff: Staff | None, staff_id: UUID) -> StaffAccount:
    """Give somebody who was disabled their account back, with the roles they had."""
    not_oneself(acting_staff, staff_id, who_can=SOMEONE_ELSE)
    schools = await queries.member_schools(session, staff_id)
    await _within_reach(session, acting_staff, staff_id, schools)
    person = await locked(session, staff_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        await session.flush()
        await _tell_everywhere(session, acting_staff, person, schools, action="staff:enabled")
    return person


async def locked(session: AsyncSession, staff_id: UUID, *, version: int | None = None) -> StaffAccount:
    """The account with its version raised, which locks it: changes of one person come one after the other."""
    raised = await session.execute(
        update(StaffAccount)
        .where(StaffAccount.id == staff_id)
        .values(version=StaffAccount.version + 1)
        .returning(StaffAccount)
        .execution_options(populate_existing=True)
    )
    person = raised.scalar_one_or_none()
    if person is None:
        raise NotFound()
    if version is not None and person.version != version + 1:
        raise Conflict(
            "Somebody changed this person meanwhile; look at them again.", extra={"version": person.version - 1}
        )
    return person


# -------------------------------------------------------------------------------------------------- inside a change


async def _new_account(
    session: AsyncSession, *, email: str, title: str, forename: str, surname: str, home_school_id: UUID | None
) -> StaffAccount:
    person = StaffAccount(
        id=new_id(),
        email=email.strip(),
        email_key=domain.email_key(email),
        title=title,
        forename=forename,
        surname=surname,
        home_school_id=home_school_id,
        disabled_at=None,
        version=1,
        created_at=now(),
    )
    session.add(person)
    await session.flush()
    return person


async def _set_credential(
    session: AsyncSession,
    person: StaffAccount,
    password: str | None,
    totp_secret: str | None,
    sealing: Sealing | None,
) -> None:
    if totp_secret is not None and sealing is None:
        raise ValueError("a second factor's secret is stored sealed: pass `sealing`")
    sealed = sealing.seal(totp_secret, staff_id=person.id) if sealing and totp_secret else None
    await session.execute(
        insert(Credential).values(
            staff_id=person.id,
            password_hash=await passwords.hashed(password) if password else None,
            password_at=now() if password else None,
            totp_sealed=sealed,
            totp_at=now() if sealed else None,
        )
    )


async def _join(
    session: AsyncSession,
    acting_staff: Staff | None,
    person: StaffAccount,
    school_id: UUID,
    *,
    roles: Sequence[Role],
    classes: Iterable[Period | str],
    by_mail: bool,
) -> None:
    async with seeing(session, school_id=school_id):
        place = await queries.place_of(session, school_id, person.id)
        if place is not None and place.roles:
            raise Conflict("They are on this school's staff already. Change their roles instead.")
        if place is None:
            await session.execute(
                insert(Membership).values(school_id=school_id, staff_id=person.id, joined_at=now(), told_classes=[])
            )
        await _write_roles(session, school_id, person.id, roles)
        await _write_classes(session, school_id, person.id, place.periods if place else [], classes)
        await publish_place(session, StaffAdded, person, school_id)
        await note(
            session,
            acting_staff,
            action="staff:added",
            school_id=school_id,
            about_kind="staff",
            about_id=person.id,
            details=_difference((), roles),
        )
        given = domain.team_roles_given((), roles)
        await tell_of_team_roles(session, school_id, acting_staff, person.id, given, by_mail=by_mail)


async def _give_trust_roles(
    session: AsyncSession,
    acting_staff: Staff | None,
    person: StaffAccount,
    trust_roles: Sequence[TrustRole],
    kind: type[StaffAdded] | type[StaffChanged],
) -> None:
    before = await queries.trust_roles_of(session, person.id)
    await session.execute(delete(TrustRoleHeld).where(TrustRoleHeld.staff_id == person.id))
    for role in trust_roles:
        await session.execute(insert(TrustRoleHeld).values(staff_id=person.id, role=role))
    await publish_trust_place(session, kind, person)
    await note(
        session,
        acting_staff,
        action="staff:trust-roles-set",
        school_id=TRUST_LOG,
        about_kind="staff",
        about_id=person.id,
        details=_difference(before, trust_roles),
    )


async def _write_roles(session: AsyncSession, school_id: UUID, staff_id: UUID, roles: Sequence[Role]) -> None:
    await session.execute(delete(RoleHeld).where(RoleHeld.school_id == school_id, RoleHeld.staff_id == staff_id))
    for role in roles:
        await session.execute(insert(RoleHeld).values(school_id=school_id, staff_id=staff_id, role=role))


async def _write_classes(
    session: AsyncSession,
    school_id: UUID,
    staff_id: UUID,
    before: Sequence[Period],
    wanted: Iterable[Period | str] | None,
) -> None:
    if wanted is None:
        return
    after = domain.periods_after(before, wanted, today=queries.today(now()))
    if set(after) == set(before):
        return
    here = (ClassTaught.school_id == school_id, ClassTaught.staff_id == staff_id)
    await session.execute(delete(ClassTaught).where(*here))
    for period in after:
        await session.execute(
            insert(ClassTaught).values(
                school_id=school_id,
                id=new_id(),
                staff_id=staff_id,
                code=period.code,
                from_on=period.from_on,
                to_on=period.to_on,
            )
        )


async def _tell_everywhere(
    session: AsyncSession, acting_staff: Staff | None, person: StaffAccount, schools: Sequence[UUID], *, action: str
) -> None:
    """The same fact in every school somebody belongs to, and in the trust when they have a role there."""
    disabled = person.disabled_at is not None
    for school_id in schools:
        async with seeing(session, school_id=school_id):
            if disabled:
                await publish(session, StaffDisabled(staff_id=person.id), school_id=school_id, version=person.version)
            else:
                await publish_place(session, StaffChanged, person, school_id)
            await note(
                session, acting_staff, action=action, school_id=school_id, about_kind="staff", about_id=person.id
            )
    if await queries.trust_roles_of(session, person.id) or not schools:
        if disabled:
            await publish(session, StaffDisabled(staff_id=person.id), school_id=None, version=person.version)
        else:
            await publish_trust_place(session, StaffChanged, person)
        await note(session, acting_staff, action=action, school_id=TRUST_LOG, about_kind="staff", about_id=person.id)


async def _need_another_lead(session: AsyncSession, school_id: UUID, staff_id: UUID) -> None:
    leads = await session.scalars(queries.holders(school_id, Role.LEAD_DSL))
    if set(leads) <= {staff_id}:
        raise Conflict(LAST_LEAD)


async def _within_reach(
    session: AsyncSession, acting_staff: Staff | None, staff_id: UUID, schools: Sequence[UUID]
) -> None:
    """A school disables its own; whoever also works elsewhere, or for the trust, is the trust administrator's."""
    if acting_staff is None or TrustRole.TRUST_ADMINISTRATOR in acting_staff.trust_roles:
        return
    if acting_staff.school_id not in schools:
        raise NotFound()
    elsewhere = [school for school in schools if school != acting_staff.school_id]
    for school_id in elsewhere:
        async with seeing(session, school_id=school_id):
            if await queries.roles_in(session, school_id, staff_id):
                raise NotPermitted(
                    "the trust administrator, since they also work at another school; take their roles here away"
                )
    if await queries.trust_roles_of(session, staff_id):
        raise NotPermitted("the trust administrator, since they have a role in the trust")


def _difference(before: Iterable[str], after: Iterable[str]) -> dict[str, bool]:
    """What the audit keeps of a change of roles: which were given, which taken."""
    given, taken = set(after) - set(before), set(before) - set(after)
    return {f"given.{role}": True for role in sorted(given)} | {f"taken.{role}": True for role in sorted(taken)}


def _only_the_trust(acting_staff: Staff | None) -> None:
    if acting_staff is not None and TrustRole.TRUST_ADMINISTRATOR not in acting_staff.trust_roles:
        raise NotPermitted("the trust administrator")


def _must_work(person: StaffAccount) -> None:
    if person.disabled_at is not None:
        raise Conflict("This person is disabled. Enable them first.")

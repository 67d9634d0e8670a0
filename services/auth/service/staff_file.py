"""Staff from a file, a line at a time: what cannot go in is said and does not keep the rest out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain.staff_file import Row
from services.auth.service.acting import note
from services.auth.service.links import invite
from services.auth.service.mailing import mail
from services.auth.service.staff import add_staff
from shared.errors import Problem
from shared.identity import Staff
from shared.mail import MailKind
from shared.mail_letters import deliverable
from shared.mail_seal import MailSeal

Became = Literal["added", "joined", "here", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: a new account, one of another school that joins, one who is here, or why not."""

    row: int
    email: str
    became: Became
    reasons: Sequence[str] = ()


async def import_staff(
    session: AsyncSession,
    rows: Sequence[Row],
    *,
    acting_staff: Staff,
    seal: MailSeal,
    now: datetime,
    apply: bool,
    all_or_nothing: bool,
) -> tuple[list[Outcome], bool]:
    """Each line's outcome, and whether it was done; without `apply` it is tried and taken back.

    Who is on the staff already stays as they are: rights are changed one by one, by name.
    """
    whole = await session.begin_nested()
    outcomes = [await _one(session, row, acting_staff=acting_staff, seal=seal, now=now) for row in rows]
    refused = any(outcome.became == "refused" for outcome in outcomes)
    if not apply or (all_or_nothing and refused):
        await whole.rollback()
        return outcomes, False
    await whole.commit()
    await note(
        session,
        acting_staff,
        action="staff:imported",
        school_id=acting_staff.school_id,
        about_kind="school",
        about_id=acting_staff.school_id,
        details={
            became: sum(outcome.became == became for outcome in outcomes)
            for became in ("added", "joined", "here", "refused")
        },
    )
    return outcomes, True


async def _one(session: AsyncSession, row: Row, *, acting_staff: Staff, seal: MailSeal, now: datetime) -> Outcome:
    faults = [*row.faults, *([] if deliverable(row.email) else ["This is no e-mail address."])]
    if faults:
        return Outcome(row.number, row.email, "refused", faults)
    try:
        async with session.begin_nested():
            became = await _add(session, row, acting_staff=acting_staff, seal=seal, now=now)
    except Problem as problem:
        said = [problem.detail, *(error.message for error in problem.errors)]
        return Outcome(row.number, row.email, "refused", [line for line in said if line])
    return Outcome(row.number, row.email, became)


async def _add(session: AsyncSession, row: Row, *, acting_staff: Staff, seal: MailSeal, now: datetime) -> Became:
    school_id = acting_staff.school_id
    known = await queries.account_by_email(session, row.email)
    if known is not None and await queries.roles_in(session, school_id, known.id):
        return "here"
    person = await add_staff(
        session,
        acting_staff=acting_staff,
        school_id=school_id,
        email=row.email,
        title=row.title,
        forename=row.forename,
        surname=row.surname,
        roles=row.roles,
        classes=row.classes,
    )
    if known is not None:
        await mail(session, MailKind.JOINED, [person.id], school_id=school_id)
        return "joined"
    await invite(session, acting_staff=acting_staff, staff_id=person.id, seal=seal, now=now)
    return "added"

"""A child's record: opened, and changed by hand. The rest of it comes from the school's own system (R128)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import flag_action, search_words
from services.incident.models import Pupil, PupilContact, PupilFlag, PupilName
from services.incident.queries.pupil_record import PupilRecord, names_of, record_of_pupil, seen_flags, within_reach
from services.incident.service.roll import LONDON
from shared import audit
from shared.contracts.incident import PupilChanged
from shared.errors import Conflict, NotFound
from shared.identity import Staff, require
from shared.ids import new_id
from shared.outbox import publish

BY_HAND = "hand"


async def open_pupil_record(
    session: AsyncSession, *, staff: Staff, pupil_id: UUID, identifiers_asked: bool = False
) -> PupilRecord:
    """One child's record, with the flags this person may see (R92, R94, R95). Raises NotFound.

    That the numbers were asked for is on the audit: a UPN is not for every eye that may read the rest.
    """
    pupil = await within_reach(session, staff, pupil_id)
    if pupil is None:
        raise NotFound()
    found = await record_of_pupil(session, staff, pupil)
    details = {"flags": len(found.flags), "contacts": len(found.contacts), "identifiers": identifiers_asked}
    await _note(session, staff, pupil, "pupil:read", details=details)
    return found


async def prefer_name(
    session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, forename: str | None, surname: str | None
) -> None:
    """Call a child by another name from now on; the one of before still finds them. Raises NotFound."""
    pupil = await _to_change(session, acting_staff, pupil_id)
    if (forename, surname) == (pupil.preferred_forename, pupil.preferred_surname):
        return
    if pupil.preferred_forename or pupil.preferred_surname:
        await session.execute(insert(PupilName), [_preferred_before(pupil)])
    pupil.preferred_forename, pupil.preferred_surname = forename, surname
    await _name_changed(session, pupil)
    await _note(session, acting_staff, pupil, "pupil:name_preferred")


def _preferred_before(pupil: Pupil) -> dict[str, Any]:
    return {
        "school_id": pupil.school_id,
        "id": new_id(),
        "pupil_id": pupil.id,
        "kind": "preferred",
        "forename": pupil.preferred_forename or pupil.forename,
        "surname": pupil.preferred_surname or pupil.surname,
        "until": _today(),
        "source": BY_HAND,
    }


async def keep_names_apart(session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, reason: str) -> None:
    """Mark a child as adopted: no file changes their name or joins them to another record by a number of before.

    Names of before neither find the child nor are shown from now on. Raises NotFound.
    """
    pupil = await _to_change(session, acting_staff, pupil_id)
    if pupil.names_apart:
        return
    pupil.names_apart = True
    await _name_changed(session, pupil)
    await _note(session, acting_staff, pupil, "pupil:names_apart", reason=reason)


async def mark_contact(
    session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, contact_id: UUID, do_not_contact: str | None
) -> None:
    """Say why a contact must not be contacted, or with None that they may be again. Raises NotFound."""
    pupil = await _to_change(session, acting_staff, pupil_id)
    contact = PupilContact
    marked = await session.scalar(
        update(contact)
        .where(
            contact.school_id == pupil.school_id,
            contact.pupil_id == pupil.id,
            contact.id == contact_id,
            contact.until.is_(None),
        )
        .values(do_not_contact=do_not_contact is not None, do_not_contact_reason=do_not_contact)
        .returning(contact.id)
        .execution_options(synchronize_session=False)
    )
    if marked is None:
        raise NotFound()
    action = "pupil:contact_freed" if do_not_contact is None else "pupil:contact_barred"
    await _note(session, acting_staff, pupil, action, details={"contact": str(contact_id)})


async def raise_flag(
    session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, kind: str, since: date | None, note: str | None
) -> UUID:
    """Put a flag on a child's record. Raises NotFound; NotPermitted; Conflict when it is there already."""
    require(acting_staff, flag_action(kind))
    pupil = await _to_change(session, acting_staff, pupil_id)
    flag = PupilFlag
    there = await session.scalar(
        select(flag.id).where(
            flag.school_id == pupil.school_id, flag.pupil_id == pupil.id, flag.kind == kind, flag.until.is_(None)
        )
    )
    if there is not None:
        raise Conflict("This child has that flag already. End it first if its beginning or its note is wrong.")
    made = {
        "school_id": pupil.school_id,
        "id": new_id(),
        "pupil_id": pupil.id,
        "kind": kind,
        "since": since or _today(),
        "note": note,
        "source": BY_HAND,
        "raised_by": acting_staff.staff_id,
    }
    await session.execute(insert(flag), [made])
    await _note(session, acting_staff, pupil, "pupil:flagged", details={"kind": kind, "flag": str(made["id"])})
    return UUID(str(made["id"]))


async def end_flag(
    session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, flag_id: UUID, until: date | None
) -> None:
    """A flag no longer holds; that it did stays. Raises NotFound, for a flag one may not see as well."""
    pupil = await _to_change(session, acting_staff, pupil_id)
    flag = PupilFlag
    ended = await session.scalar(
        update(flag)
        .where(
            flag.school_id == pupil.school_id,
            flag.pupil_id == pupil.id,
            flag.id == flag_id,
            flag.until.is_(None),
            seen_flags(acting_staff),
        )
        .values(until=until or _today(), ended_by=acting_staff.staff_id)
        .returning(flag.kind)
        .execution_options(synchronize_session=False)
    )
    if ended is None:
        raise NotFound()
    await _note(session, acting_staff, pupil, "pupil:flag_ended", details={"kind": ended, "flag": str(flag_id)})


def _today() -> date:
    return datetime.now(LONDON).date()


async def _to_change(session: AsyncSession, staff: Staff, pupil_id: UUID) -> Pupil:
    """The row is locked, so that what follows is in order with its event."""
    pupil = await within_reach(session, staff, pupil_id, lock=True)
    if pupil is None:
        raise NotFound()
    return pupil


async def _name_changed(session: AsyncSession, pupil: Pupil) -> None:
    before = [] if pupil.names_apart else await names_of(session, pupil)
    others = [(name.forename, name.surname) for name in before]
    called = (pupil.preferred_forename or pupil.forename, pupil.preferred_surname or pupil.surname)
    pupil.search_words = search_words(pupil.forename, pupil.surname, called, *others)
    pupil.version += 1
    event = PupilChanged(pupil_id=pupil.id, year_group=pupil.year_group, class_id=pupil.class_id)
    await publish(session, event, school_id=pupil.school_id, version=pupil.version)


async def _note(
    session: AsyncSession,
    staff: Staff,
    pupil: Pupil,
    action: str,
    *,
    reason: str | None = None,
    details: Mapping[str, audit.JsonScalar] | None = None,
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=pupil.school_id,
        staff=staff,
        about_kind="pupil",
        about_id=pupil.id,
        pupil_ids=[pupil.id],
        reason=reason,
        details=details or {},
    )

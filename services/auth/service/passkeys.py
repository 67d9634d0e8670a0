"""Somebody's own passkeys: added, listed, removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain.passkeys import (
    MOST_PASSKEYS,
    KnownPasskey,
    Purpose,
    RelyingParty,
    creation_options,
    new_passkey,
)
from services.auth.models import Credential, Passkey, StaffSession
from services.auth.service.acting import note
from services.auth.service.challenges import new_challenge, take_challenge
from services.auth.service.factors import factors_of
from services.auth.service.mailing import mail
from shared.errors import Conflict, ElevationRequired, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind


async def passkeys_of(session: AsyncSession, staff_id: UUID) -> Sequence[Passkey]:
    found = await session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id))
    return found.all()


def as_known(passkeys: Sequence[Passkey]) -> list[KnownPasskey]:
    return [KnownPasskey(each.credential_id, each.transports) for each in passkeys]


async def offer_passkey(
    session: AsyncSession, *, acting_staff: Staff, party: RelyingParty, now: datetime
) -> dict[str, Any]:
    """What the browser is to make a passkey from.

    Raises ElevationRequired for who has a second factor and did not give it freshly, NotPermitted for a program,
    Conflict for more passkeys than anybody has keys.
    """
    person = await queries.account(session, acting_staff.staff_id)
    if person is None:
        raise NotFound()
    await _may_add(session, acting_staff)
    challenge = await new_challenge(session, Purpose.REGISTER, bound_to=acting_staff.session_id.bytes, now=now)
    return creation_options(
        party,
        challenge=challenge,
        staff_id=person.id,
        email=person.email,
        display_name=person.display_name,
        known=as_known(await passkeys_of(session, person.id)),
    )


async def add_passkey(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    party: RelyingParty,
    name: str,
    credential: Mapping[str, Any],
    now: datetime,
) -> Passkey | None:
    """The passkey that was made, in force at once; None when the browser's answer does not hold.

    Returned and not raised, so that the challenge is used up in any case. Raises as `offer_passkey` does.
    """
    await _may_add(session, acting_staff)
    challenge = await take_challenge(session, Purpose.REGISTER, bound_to=acting_staff.session_id.bytes, now=now)
    made = new_passkey(party, credential, challenge=challenge) if challenge else None
    if made is None:
        return None
    added: Passkey | None = await session.scalar(
        insert(Passkey)
        .values(
            id=new_id(),
            staff_id=acting_staff.staff_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=made.transports,
            name=name,
            made_at=now,
        )
        # Whose it is already is not told.
        .on_conflict_do_nothing(index_elements=["credential_id"])
        .returning(Passkey)
    )
    if added is None:
        return None
    await session.execute(
        update(StaffSession).where(StaffSession.id == acting_staff.session_id).values(mfa_at=now, seen_at=now)
    )
    await _tell(session, acting_staff, "passkey:added", added.id)
    return added


async def remove_passkey(session: AsyncSession, *, acting_staff: Staff, passkey_id: UUID) -> None:
    """Raises NotFound, and Conflict for the last second factor somebody has: a password alone is not enough."""
    await _locked(session, acting_staff.staff_id)
    theirs = (Passkey.id == passkey_id, Passkey.staff_id == acting_staff.staff_id)
    if await session.scalar(select(Passkey.id).where(*theirs)) is None:
        raise NotFound()
    factors = await factors_of(session, acting_staff.staff_id)
    if not factors.code and factors.passkeys == 1:
        raise Conflict("This is your only second factor. Set up another one first, then remove this.")
    await session.execute(delete(Passkey).where(*theirs))
    await _tell(session, acting_staff, "passkey:removed", passkey_id)


async def forget_passkeys(session: AsyncSession, staff_id: UUID) -> None:
    await session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))


async def _may_add(session: AsyncSession, acting_staff: Staff) -> None:
    if acting_staff.scopes is not None:
        raise NotPermitted("a person, signed in with a browser")
    await _locked(session, acting_staff.staff_id)
    factors = await factors_of(session, acting_staff.staff_id)
    if factors and not acting_staff.elevated:
        raise ElevationRequired()
    if factors.passkeys >= MOST_PASSKEYS:
        raise Conflict(f"You have {MOST_PASSKEYS} passkeys. Remove one that you no longer use, then add this.")


async def _locked(session: AsyncSession, staff_id: UUID) -> None:
    """One change of somebody's second factors after the other, so that each sees what the other left."""
    await session.execute(select(Credential.staff_id).where(Credential.staff_id == staff_id).with_for_update())


async def _tell(session: AsyncSession, acting_staff: Staff, action: str, passkey_id: UUID) -> None:
    await mail(session, MailKind.SIGN_IN_WAY, [acting_staff.staff_id])
    await note(
        session,
        acting_staff,
        action=action,
        school_id=acting_staff.school_id,
        about_kind="passkey",
        about_id=passkey_id,
    )

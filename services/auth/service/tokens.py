"""Personal tokens: a program acts for somebody, with a part of what they may do, and never elevated."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import TOKEN_LIFE_AT_MOST, hash_of, unsuitable_scopes
from services.auth.models import PersonalToken
from services.auth.service.acting import note
from shared.contracts.words import Assurance
from shared.errors import FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id
from shared.policy import ACTIONS

PREFIX: Final = "heed_pat_"
SUITABLE: Final = frozenset(name for name, rule in ACTIONS.items() if rule.assurance < Assurance.ELEVATED)


async def make_personal_token(
    session: AsyncSession, *, acting_staff: Staff, name: str, scopes: Sequence[str], now: datetime
) -> tuple[PersonalToken, str]:
    """The token's row, and the token itself, which is shown this once. Raises Invalid for a right no program gets."""
    if unsuitable_scopes(scopes, suitable=SUITABLE):
        raise Invalid(FieldError("scopes", f"Choose from: {', '.join(sorted(SUITABLE))}."))
    token = PREFIX + secrets.token_urlsafe(32)
    row = PersonalToken(
        id=new_id(),
        token_hash=hash_of(token),
        staff_id=acting_staff.staff_id,
        in_school_id=acting_staff.school_id,
        name=name,
        scopes=sorted(set(scopes)),
        made_at=now,
        expires_at=now + TOKEN_LIFE_AT_MOST,
        last_used_at=None,
        ended_at=None,
    )
    session.add(row)
    await session.flush()
    await _note(session, acting_staff, "token:made", row.id)
    return row, token


async def personal_tokens(session: AsyncSession, *, acting_staff: Staff, now: datetime) -> Sequence[PersonalToken]:
    found = await session.scalars(
        select(PersonalToken)
        .where(
            PersonalToken.staff_id == acting_staff.staff_id,
            PersonalToken.ended_at.is_(None),
            PersonalToken.expires_at > now,
        )
        .order_by(PersonalToken.id)
    )
    return found.all()


async def end_personal_token(session: AsyncSession, *, acting_staff: Staff, token_id: UUID, now: datetime) -> None:
    ended = await session.execute(
        update(PersonalToken)
        .where(
            PersonalToken.id == token_id,
            PersonalToken.staff_id == acting_staff.staff_id,
            PersonalToken.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(PersonalToken.id)
    )
    if ended.first() is None:
        raise NotFound()
    await _note(session, acting_staff, "token:ended", token_id)


async def _note(session: AsyncSession, acting_staff: Staff, action: str, token_id: UUID) -> None:
    await note(
        session,
        acting_staff,
        action=action,
        school_id=acting_staff.school_id,
        about_kind="token",
        about_id=token_id,
    )

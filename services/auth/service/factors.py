"""What somebody has for a second factor: codes of an app, passkeys, or nothing yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.models import Credential, Passkey

Factor = Literal["code", "passkey"]


@dataclass(frozen=True, slots=True)
class Factors:
    code: bool
    passkeys: int

    def __bool__(self) -> bool:
        return self.code or self.passkeys > 0

    @property
    def words(self) -> Sequence[Factor]:
        return named(code=self.code, passkey=self.passkeys > 0)


NONE: Final = Factors(code=False, passkeys=0)


def named(*, code: bool, passkey: bool) -> Sequence[Factor]:
    return tuple(word for word, has in (("code", code), ("passkey", passkey)) if has)  # type: ignore[misc]


async def factors_of(session: AsyncSession, staff_id: UUID) -> Factors:
    row = (
        await session.execute(
            select(
                Credential.totp_sealed.is_not(None).label("code"),
                select(func.count()).where(Passkey.staff_id == staff_id).scalar_subquery().label("passkeys"),
            ).where(Credential.staff_id == staff_id)
        )
    ).first()
    return Factors(code=row.code, passkeys=row.passkeys) if row else NONE


def has_second_factor(staff_id: Any) -> ColumnElement[bool]:
    """For a query that reads `Credential` of this person: whether anything stands beside the password."""
    return or_(Credential.totp_sealed.is_not(None), has_passkey(staff_id))


def has_passkey(staff_id: Any) -> ColumnElement[bool]:
    return exists().where(Passkey.staff_id == staff_id)

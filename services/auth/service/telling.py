"""Who is told when somebody is given a role that widens what they may read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.service.acting import note
from services.auth.service.mailing import mail
from shared.contracts.words import Role, TrustRole
from shared.identity import Staff
from shared.mail import MailKind


async def tell_of_team_roles(
    session: AsyncSession,
    school_id: UUID,
    acting_staff: Staff | None,
    staff_id: UUID,
    given: Sequence[Role],
    *,
    by_mail: bool = True,
) -> None:
    """A role of the DSL team is told to everybody who must hear of it: head, lead DSL, data protection officer."""
    if not given:
        return
    told = {
        *await session.scalars(queries.holders(school_id, Role.HEAD)),
        *await session.scalars(queries.holders(school_id, Role.LEAD_DSL)),
        *await queries.trust_holders(session, TrustRole.DATA_PROTECTION_OFFICER),
    } - {staff_id}
    for person in sorted(told):
        await note(
            session,
            acting_staff,
            action="staff:team-role-told",
            school_id=school_id,
            about_kind="staff",
            about_id=staff_id,
            details={"told": str(person), **{f"given.{role}": True for role in given}},
        )
    if by_mail:
        await mail(session, MailKind.TEAM_ROLE, told, school_id=school_id)

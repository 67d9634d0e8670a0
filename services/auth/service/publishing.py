"""What others hear of a member of staff: ids, roles and class ids; never a name, an address or a class's name."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.models import Membership, StaffAccount
from services.auth.service.acting import now
from shared.contracts.auth import StaffAdded, StaffChanged
from shared.errors import NotFound
from shared.ids import class_id
from shared.outbox import publish

Kind = type[StaffAdded] | type[StaffChanged]


async def publish_place(session: AsyncSession, kind: Kind, person: StaffAccount, school_id: UUID) -> None:
    """The whole of what somebody is in a school now. The account must be locked, and the school's rows be in sight."""
    place = await queries.place_of(session, school_id, person.id)
    if place is None:
        raise NotFound()
    day = queries.today(now())
    classes, away = place.classes(day), place.away(day)
    event = kind(
        staff_id=person.id,
        roles=place.roles,
        class_ids=[class_id(school_id, code) for code in classes],
        away_until=away.until_on if away else None,
        deputy_id=away.deputy_id if away else None,
    )
    await publish(session, event, school_id=school_id, version=person.version)
    if (classes, away is not None) != (place.told_classes, place.told_away):
        await session.execute(
            update(Membership)
            .where(Membership.school_id == school_id, Membership.staff_id == person.id)
            .values(told_classes=classes, told_away=away is not None)
        )


async def publish_trust_place(session: AsyncSession, kind: Kind, person: StaffAccount) -> None:
    trust_roles = await queries.trust_roles_of(session, person.id)
    await publish(session, kind(staff_id=person.id, trust_roles=trust_roles), school_id=None, version=person.version)

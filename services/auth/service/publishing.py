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
    classes = place.classes(queries.today(now()))
    event = kind(staff_id=person.id, roles=place.roles, class_ids=[class_id(school_id, code) for code in classes])
    await publish(session, event, school_id=school_id, version=person.version)
    if classes != place.told_classes:
        await session.execute(
            update(Membership)
            .where(Membership.school_id == school_id, Membership.staff_id == person.id)
            .values(told_classes=classes)
        )


async def publish_trust_place(session: AsyncSession, kind: Kind, person: StaffAccount) -> None:
    trust_roles = await queries.trust_roles_of(session, person.id)
    await publish(session, kind(staff_id=person.id, trust_roles=trust_roles), school_id=None, version=person.version)

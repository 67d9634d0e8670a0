"""In how far somebody may reach an incident to do something with it, and the refusal that fits when not."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Action, Incident
from services.incident.queries.incidents import Found, find
from services.incident.queries.reach import Who, alerted, not_shielded, without_break_glass
from shared.contracts.words import TrustRole
from shared.errors import Conflict, ElevationRequired, NotFound, NotPermitted
from shared.policy import ACTIONS, WIDE


async def readable(session: AsyncSession, who: Who, incident_id: UUID, *, lock: bool = False) -> Found:
    """An incident this person may read whole. Raises NotFound, or ElevationRequired where that would help.

    `lock` for who will write: what is readable by break-glass alone is read and not written.
    """
    found = await find(session, without_break_glass(who) if lock else who, incident_id, lock=lock)
    if found is None:
        raise NotFound()
    if not found.whole:
        if who.staff.break_glass_pupil is not None:
            with_it = await find(session, who, incident_id)
            if with_it is not None and with_it.whole:
                raise NotPermitted("whoever may read this without break-glass, which is for reading only")
        if found.whole_if_elevated:
            raise ElevationRequired()
        if found.own:
            raise NotPermitted("who was alerted to it, or the DSL team")
        raise NotFound()
    return found


async def to_act_on(session: AsyncSession, who: Who, incident_id: UUID) -> Found:
    """For an action: whoever was alerted, and by their role those who may read it; a class teacher's reach is reading.

    The row is locked, so that what follows is in order with its event.
    """
    found = await readable(session, who, incident_id, lock=True)
    if WIDE & who.staff.roles and who.staff.elevated:
        return found
    named = await session.scalar(
        select(alerted(who) & not_shielded(who.staff)).where(
            Incident.school_id == who.staff.school_id, Incident.id == incident_id
        )
    )
    if named:
        return found
    if WIDE & who.staff.roles or TrustRole.TRUST_SAFEGUARDING_LEAD in who.staff.trust_roles:
        raise ElevationRequired()
    raise NotPermitted(ACTIONS["action:add"].who_can)


async def to_finish(session: AsyncSession, who: Who, incident_id: UUID, action_id: UUID) -> tuple[Found, Action | None]:
    """For what came of an action: its owner, while nothing stands between, and by their role those who may read it.

    Whoever stands in for an owner who is away does it in their place. None for an action that is not this incident's.
    The incident's row is locked.
    """
    staff = who.staff
    found = await find(session, who, incident_id, lock=True)
    if found is None:
        raise NotFound()
    action = await session.scalar(
        select(Action).where(
            Action.school_id == staff.school_id, Action.incident_id == incident_id, Action.id == action_id
        )
    )
    theirs = action is not None and (action.owner_id == staff.staff_id or action.id in who.stands_in_for)
    if theirs and await _still_theirs(session, who, found):
        return found, action
    await readable(session, without_break_glass(who), incident_id)
    if not WIDE & staff.roles:
        raise NotPermitted(ACTIONS["action:done"].who_can)
    return found, action


async def _still_theirs(session: AsyncSession, who: Who, found: Found) -> bool:
    """A shield takes an action away from its owner, and an alert withdrawn does; whoever wrote the words keeps it."""
    if found.whole:
        return True
    open_to_them = select(not_shielded(who.staff)).where(
        Incident.school_id == who.staff.school_id, Incident.id == found.incident.id
    )
    return found.own and bool(await session.scalar(open_to_them))


class ChangedMeanwhile(Conflict):
    """Somebody came first; whoever answers the request says what has come since."""


def unchanged_since(found: Found, version: int | None) -> None:
    """Raises Conflict when somebody saved another version than the one that was read."""
    if version is not None and version != found.incident.version:
        raise ChangedMeanwhile(
            "Somebody added to this incident after you opened it. Read what is new, then save again.",
            extra={"version": found.incident.version},
        )

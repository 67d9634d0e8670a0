"""The effect of an event, or of several: once, in one transaction with the note that they were taken."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.db import TRUST_LOG, Database, Scope
from shared.faults import fault
from shared.inbox import first_time, first_times

Handler = Callable[[AsyncSession, Envelope, Event], Awaitable[None]]
"""Does what an event means for a service, in a transaction of the event's school that somebody else commits."""

Taken = tuple[Envelope, Event]
HandlerOfSeveral = Callable[[AsyncSession, Sequence[Taken]], Awaitable[None]]
"""The same for several events of one school, each of another key."""

LONGEST_WAIT: Final = "1s"
"""For a lock, when several events go together: one that has to wait longer must not hold up the others."""


async def give_effect(db: Database, consumer: str, handler: Handler, envelope: Envelope, event: Event) -> bool:
    """Whether it was this consumer's first time with the event; if not, nothing is done.

    A fact of the trust has no school; its transaction is that of the trust's own rows.
    """
    school = envelope.school_id or TRUST_LOG
    async with db.begin(Scope(school)) as session:
        if not await first_time(session, consumer, envelope.id, school):
            return False
        fault("runner.before_effect")
        await handler(session, envelope, event)
        fault("runner.before_commit")
    fault("runner.after_commit")
    return True


async def give_effects(
    db: Database, consumer: str, handler: HandlerOfSeveral, events: Sequence[Taken]
) -> Sequence[bool]:
    """The same for several events of one school: all of them have their effects, or none has."""
    school = events[0][0].school_id or TRUST_LOG
    async with db.begin(Scope(school)) as session:
        ids = [envelope.id for envelope, _ in events]
        new = await first_times(session, consumer, ids, school, longest_wait=LONGEST_WAIT)
        first = [taken for taken in events if taken[0].id in new]
        if first:
            fault("runner.before_effect")
            await handler(session, first)
            fault("runner.before_commit")
    if first:
        fault("runner.after_commit")
    return [envelope.id in new for envelope, _ in events]

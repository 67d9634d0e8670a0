"""One event's effect: once, in one transaction with the note that it was taken."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.db import TRUST_LOG, Database, Scope
from shared.faults import fault
from shared.inbox import first_time

Handler = Callable[[AsyncSession, Envelope, Event], Awaitable[None]]
"""Does what an event means for a service, in a transaction of the event's school that somebody else commits."""


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

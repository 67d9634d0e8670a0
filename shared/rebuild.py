"""Rebuilding: a service takes the present state of others, as the events that would have led there, into its copies.

Each event carries its aggregate's version and goes through the service's own handlers, which never let an older version
overwrite a newer one. So it may run while the bus brings news, more than once, and be cut off anywhere.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import httpx

from shared.bus.effect import Handler
from shared.contracts.auth import SchoolRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.events import LENIENT, Event
from shared.contracts.registry import BY_TYPE
from shared.db import TRUST_LOG, Database, Scope
from shared.errors import Unavailable
from shared.ids import new_id
from shared.peers import Peers, ServiceTokens

TRUST: Final = "auth"
"""The owner whose snapshot is of the whole trust, a school a page; the others are asked school by school."""

PAGE: Final = 500
PATIENCE: Final = 30.0


class Rebuild:
    """Of one service's copies."""

    def __init__(
        self, *, db: Database, handlers: Mapping[type[Event], Handler], peers: Peers, tokens: ServiceTokens
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._peers = peers
        self._tokens = tokens

    async def schools(self) -> list[UUID]:
        """Every school of the trust. Raises Unavailable when auth does not answer."""
        page = await self._page(TRUST, {})
        return [UUID(told["school_id"]) for told in page["events"] if told["type"] == SchoolRegistered.TYPE]

    async def take(self, owner: str, schools: Sequence[UUID], *, turned: Callable[[], None] = lambda: None) -> int:
        """Take in what an owner has; how many events. `turned` is told of each school, and of the trust's own page.

        Raises Unavailable when the owner, or auth for its token, does not answer, and what a handler raises.
        """
        taken = 0
        async for events, last_of_its_school in self._pages(owner, schools):
            for told in events:
                taken += await self._give_effect(told)
            if last_of_its_school:
                turned()
        return taken

    async def _pages(self, owner: str, schools: Sequence[UUID]) -> AsyncIterator[tuple[list[dict[str, Any]], bool]]:
        for about in [{}] if owner == TRUST else [{"school_id": str(school), "limit": str(PAGE)} for school in schools]:
            after: dict[str, str] = {}
            while True:
                page = await self._page(owner, {**about, **after})
                if page["next"] is None:
                    # Of auth's pages the one after the last school's is empty.
                    yield page["events"], bool(about)
                    break
                yield page["events"], not about
                after = {"after": page["next"]}

    async def _page(self, owner: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        headers = await self._tokens.headers(owner)
        try:
            answer = await self._peers.client(owner).get(
                "/internal/snapshot", params=parameters, headers=headers, timeout=PATIENCE
            )
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable(owner, f"{owner} did not give its snapshot.") from None
        page: dict[str, Any] = answer.json()
        return page

    async def _give_effect(self, told: Mapping[str, Any]) -> bool:
        """Whether it concerned this service. An owner of a later version may tell what is not known here yet."""
        kind = BY_TYPE.get(told["type"])
        handler = self._handlers.get(kind) if kind else None
        if kind is None or handler is None:
            return False
        event = kind.model_validate_json(json.dumps(told["data"]), context=LENIENT)
        school_id = UUID(told["school_id"]) if told["school_id"] else None
        envelope = Envelope(
            id=new_id(),
            type=kind.TYPE,
            source=kind.source(),
            time=datetime.now(UTC),
            subject=event.key,
            school_id=school_id,
            version=told["version"],
        )
        # No inbox: this is no event that happened, and what keeps it from harm is its version.
        async with self._db.begin(Scope(school_id or TRUST_LOG)) as session:
            await handler(session, envelope, event)
        return True

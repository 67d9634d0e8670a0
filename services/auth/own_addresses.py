"""Addresses for auth's own mails: looked up where they are kept, where other services ask over HTTP."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.auth import queries
from shared.addresses import Address
from shared.db import Database, Scope


class OwnAddresses:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, staff_ids: Collection[UUID]) -> Mapping[UUID, Address]:
        async with self._db.begin(Scope()) as session:
            found = await queries.addresses(session, list(staff_ids))
            schools = await queries.school_names(session)
        return {staff_id: Address(email, home, schools) for staff_id, (email, home) in found.items()}

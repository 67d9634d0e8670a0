"""A small log that is really written and really sealed, and a superuser who tampers with it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from shared import audit
from shared.audit_faults import Report
from shared.audit_log import Entry, Log
from shared.audit_read import AuditReader, keys_of
from shared.audit_seal import Sealer
from shared.audit_verify import Verifier
from shared.db import Database, Scope
from shared.ids import new_id
from shared.keys import KeyRing
from shared.signed_note import Checkpoint, NoteKey
from tests.conftest import Cluster

SERVICE = "house"
ORIGIN = f"heed/{SERVICE}"
SECRET = SecretStr("k" * 40)


@dataclass
class SealedLog:
    cluster: Cluster
    app: Database
    worker: Database
    keys: KeyRing
    school: UUID = field(default_factory=new_id)

    def sealer(self) -> Sealer:
        return Sealer(worker_db=self.worker, signer=self.keys, origin=ORIGIN)

    async def write(self, rows: int = 1, *, school: UUID | None = None, reason: str | None = None) -> None:
        for number in range(rows):
            async with self.app.begin(Scope(school or self.school)) as session:
                await audit.record(
                    session,
                    action="incident:read",
                    school_id=school or self.school,
                    actor="operator",
                    about_kind="incident",
                    about_id=new_id(),
                    pupil_ids=[new_id()],
                    reason=reason or "Asked by the social worker.",
                    details={"revision": number},
                )

    async def write_sealed(self, *passes: int, school: UUID | None = None) -> None:
        """So many rows under a checkpoint each."""
        sealer = self.sealer()
        for rows in passes:
            await self.write(rows, school=school)
            assert await sealer.seal() == rows

    async def tamper(self, script: str, *values: Any) -> None:
        """As superuser, past every right and every policy; triggers run unless the script says otherwise."""
        connection = await asyncpg.connect(self.cluster.admin(SERVICE))
        try:
            if values:
                await connection.execute(script, *values)
            else:
                await connection.execute(script)
        finally:
            await connection.close()

    async def ask(self, query: str, *values: Any) -> Any:
        connection = await asyncpg.connect(self.cluster.admin(SERVICE))
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def row_id(self, seq: int) -> UUID:
        found = await self.ask("SELECT audit_id FROM audit_leaf WHERE school_id = $1 AND seq = $2", self.school, seq)
        return UUID(str(found))

    async def note(self, size: int) -> str:
        query = "SELECT note FROM audit_checkpoint WHERE school_id = $1 AND size = $2"
        return str(await self.ask(query, self.school, size))

    async def public_keys(self) -> tuple[NoteKey, ...]:
        return await keys_of(self.cluster.url(SERVICE, "backup"), ORIGIN)

    async def entries(self, *, login: str = "worker") -> AsyncIterator[Entry]:
        async with AuditReader.opened(self.cluster.url(SERVICE, login)) as reader:
            yield Log(ORIGIN, await self.public_keys())
            for school_id in await reader.schools():
                async for entry in reader.entries(school_id):
                    yield entry

    async def verify(self, *, pinned: Sequence[NoteKey] = (), since: Sequence[Checkpoint] = ()) -> Report:
        verifier = Verifier(pinned=pinned, since=since)
        async for entry in self.entries():
            verifier.take(entry)
        return verifier.finish()


@asynccontextmanager
async def sealed_log(cluster: Cluster) -> AsyncIterator[SealedLog]:
    app, worker = cluster.database(SERVICE), cluster.database(SERVICE, "worker")
    keys = KeyRing(app, purpose="checkpoint", wrap_secret=SECRET)
    await keys.load_or_create()
    try:
        yield SealedLog(cluster, app, worker, keys)
    finally:
        await app.close()
        await worker.close()

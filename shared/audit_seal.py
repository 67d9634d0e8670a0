"""The sealer: numbers the audit rows of each school, hashes them into the school's Merkle tree, signs where it stands.

It runs behind the transactions that wrote the rows (decision 8). One pass is one transaction, led by whoever has the
advisory lock: any number of sealers may run, through PgBouncer too, and a pass cut off leaves nothing half done.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit import PAYLOAD_COLUMNS, canonical, payload
from shared.db import Database, Scope
from shared.merkle import Frontier, leaf_hash
from shared.signed_note import Checkpoint, NoteSigner

BATCH: Final = 500
LOCK: Final = 0x6865_6564_0003  # "heed", 3 (2 is the bus): leadership of the sealing of this database
LONGEST_PAUSE: Final = 30.0
LAST_PASS_SECONDS: Final = 2.0
AFTER: Final = "after "
AT: Final = "at "
AT_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"

_log = structlog.get_logger(__name__)

_COLUMNS: Final = ", ".join(f"a.{name}" for name in PAYLOAD_COLUMNS.split(", "))
_TAKE: Final = text(
    f"SELECT {_COLUMNS}, a.details::text AS details_text FROM audit_unsealed u JOIN audit a ON a.id = u.audit_id "  # noqa: S608 - our own names
    "WHERE a.school_id <> ALL(CAST(:stuck AS uuid[])) ORDER BY u.audit_id LIMIT :batch"
)
_HEADS: Final = text(
    "SELECT s.id AS school_id, coalesce(c.size, 0) AS size, c.root, c.frontier, "
    "coalesce((SELECT max(seq) FROM audit_leaf l WHERE l.school_id = s.id), 0) AS leaves "
    "FROM unnest(CAST(:schools AS uuid[])) AS s (id) LEFT JOIN LATERAL (SELECT size, root, frontier "
    "FROM audit_checkpoint WHERE school_id = s.id ORDER BY size DESC LIMIT 1) AS c ON true"
)
_NUMBER: Final = text(
    "INSERT INTO audit_leaf (school_id, seq, audit_id, leaf) SELECT * FROM unnest(CAST(:schools AS uuid[]), "
    "CAST(:seqs AS bigint[]), CAST(:ids AS uuid[]), CAST(:leaves AS bytea[]))"
)
_TAKEN: Final = text("DELETE FROM audit_unsealed WHERE audit_id = ANY(CAST(:ids AS uuid[]))")
_SIGNED: Final = text(
    "INSERT INTO audit_checkpoint (school_id, size, root, frontier, note, at) "
    "VALUES (:school_id, :size, :root, :frontier, :note, :at)"
)
_LEAVES: Final = text(
    "SELECT seq, leaf FROM audit_leaf WHERE school_id = :school AND seq > :seq AND seq <= :size "
    "ORDER BY seq LIMIT 10000"
)
_WAITING: Final = text(
    "SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(a.at)), 0)::float8 AS seconds "
    "FROM audit_unsealed u JOIN audit a ON a.id = u.audit_id"
)


class Keys(Protocol):
    """What the sealer needs of a KeyRing."""

    @property
    def active(self) -> OKPKey: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many audit rows no hash protects yet, and for how long the oldest of them has waited."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Part:
    """One school's part of a pass."""

    school_id: UUID
    ids: Sequence[UUID]
    leaves: Sequence[bytes]
    before: int
    frontier: Frontier


class Sealer:
    """A worker. `origin` names this log to the world, "heed.example/incident"; a school's is `origin/<school id>`."""

    def __init__(self, *, worker_db: Database, signer: Keys, origin: str, poll_seconds: float = 2.0) -> None:
        self._db = worker_db
        self._keys = signer
        self._origin = origin
        self._poll = poll_seconds
        self._woken = asyncio.Event()
        self._heads: dict[UUID, int] = {}
        self._stuck: set[UUID] = set()
        self.rows = 0
        """How many rows this process has sealed."""

    def wake(self) -> None:
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        pause = 0.1
        while not stop.is_set():
            wait = self._poll
            self._woken.clear()
            try:
                await self.seal()
                pause = 0.1
            except Exception as problem:
                # Whatever it is, unsealed rows wait where they are, and how long is a metric.
                _log.warning("sealer.interrupted", error=type(problem).__name__)
                wait = pause = min(pause * 2, LONGEST_PAUSE)
            await self._wait(stop, wait)
        await self._seal_at_last()

    async def seal(self) -> int:
        """Seal everything that waits; how many rows. 0 as well when another process is at it."""
        total = 0
        while True:
            count = await self._pass()
            total += count
            if count < BATCH:
                return total

    async def waiting(self) -> Waiting:
        async with self._db.begin(Scope()) as session:
            row = (await session.execute(_WAITING)).one()
        return Waiting(row.rows, row.seconds)

    async def _pass(self) -> int:
        async with self._db.begin(Scope()) as session:
            if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
                return 0
            rows = (await session.execute(_TAKE, {"batch": BATCH, "stuck": list(self._stuck)})).all()
            if not rows:
                return 0
            rows_by_school = {
                school_id: list(of_school)
                for school_id, of_school in groupby(sorted(rows, key=_by_school), key=lambda row: row.school_id)
            }
            frontiers = await self._frontiers(session, list(rows_by_school))
            parts = [_seal(school, rows_by_school[school], frontier) for school, frontier in frontiers.items()]
            if parts:
                await _number(session, parts)
                await session.execute(_SIGNED, [self._checkpoint(part) for part in parts])
        self._heads.update({part.school_id: part.frontier.size for part in parts})
        self.rows += sum(len(part.ids) for part in parts)
        return len(rows)

    def _checkpoint(self, part: _Part) -> dict[str, Any]:
        now = datetime.now(UTC)
        root = part.frontier.root()
        # What came before is signed too, so that a checkpoint taken away leaves a hole, even a last one while we run;
        # and the time, so that a row slipped in later under an old date is seen.
        after = max(part.before, self._heads.get(part.school_id, 0))
        extensions = (f"{AFTER}{after}", f"{AT}{now.strftime(AT_FORM)}")
        checkpoint = Checkpoint(log_origin(self._origin, part.school_id), part.frontier.size, root, extensions)
        return {
            "school_id": part.school_id,
            "size": part.frontier.size,
            "root": root,
            "frontier": part.frontier.to_bytes(),
            "note": note_signer(self._origin, self._keys).sign(checkpoint.text()),
            "at": now,
        }

    async def _frontiers(self, session: AsyncSession, schools: list[UUID]) -> Mapping[UUID, Frontier]:
        """Where each school's tree goes on. What does not fit is said aloud, and left for the verifier to find."""
        found: dict[UUID, Frontier] = {}
        for head in (await session.execute(_HEADS, {"schools": schools})).all():
            frontier = _stored(head)
            if head.size < self._heads.get(head.school_id, 0):
                _log.error("sealer.checkpoint_is_gone", school_id=str(head.school_id), count=head.size)
            if frontier is None or head.leaves > frontier.size:
                _log.error("sealer.checkpoint_does_not_fit", school_id=str(head.school_id), count=head.size)
                frontier = await _rebuilt(session, head.school_id, max(head.size, head.leaves))
            if frontier is None:
                # No tree can be grown from what is left. The other schools' rows must not wait for this one's.
                _log.error("sealer.leaves_are_gone", school_id=str(head.school_id), count=head.size)
                self._stuck.add(head.school_id)
                continue
            found[head.school_id] = frontier
        return found

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _seal_at_last(self) -> None:
        # What was written until the stop is sealed before it, so that an orderly stop leaves no open tail.
        try:
            async with asyncio.timeout(LAST_PASS_SECONDS):
                await self.seal()
        except Exception as problem:
            _log.warning("sealer.interrupted", error=type(problem).__name__)


def log_origin(origin: str, school_id: UUID) -> str:
    return f"{origin}/{school_id}"


def note_signer(origin: str, keys: Keys) -> NoteSigner:
    private = keys.active.private_key
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError("checkpoints are signed with Ed25519")
    return NoteSigner(origin, private)


def _by_school(row: Any) -> tuple[int, int]:
    # Within a school by id: ids are time-ordered, and the verifier relies on the order within one checkpoint.
    return row.school_id.int, row.id.int


def _seal(school_id: UUID, rows: Sequence[Any], frontier: Frontier) -> _Part:
    before = frontier.size
    leaves = [leaf_hash(canonical(payload(row))) for row in rows]
    for leaf in leaves:
        frontier.append(leaf)
    return _Part(school_id, [row.id for row in rows], leaves, before, frontier)


async def _number(session: AsyncSession, parts: Sequence[_Part]) -> None:
    ids = [audit_id for part in parts for audit_id in part.ids]
    numbered = {
        "schools": [part.school_id for part in parts for _ in part.ids],
        "seqs": [part.before + place for part in parts for place in range(1, len(part.ids) + 1)],
        "ids": ids,
        "leaves": [leaf for part in parts for leaf in part.leaves],
    }
    await session.execute(_NUMBER, numbered)
    await session.execute(_TAKEN, {"ids": ids})


def _stored(head: Any) -> Frontier | None:
    """The right edge as the last checkpoint keeps it, or None when that is not the edge of its tree."""
    if not head.size:
        return Frontier()
    try:
        frontier = Frontier.from_bytes(head.size, head.frontier)
    except ValueError:
        return None
    return frontier if frontier.root() == head.root else None


async def _rebuilt(session: AsyncSession, school_id: UUID, size: int) -> Frontier | None:
    frontier = Frontier()
    while frontier.size < size:
        scope = {"school": school_id, "seq": frontier.size, "size": size}
        leaves = (await session.execute(_LEAVES, scope)).all()
        if not leaves or leaves[-1].seq != frontier.size + len(leaves):
            return None
        for leaf in leaves:
            frontier.append(leaf.leaf)
    return frontier

"""The folder that holds everything one installation keeps: the embedded database, its secrets, how far its setup came.

Each thing that can be wrong with it ends in one sentence that says what to do, and no path through here loses data.
"""

import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

FORMAT: Final = 1
"""Raised when a folder can no longer be read by older code; older code then refuses it."""

ROOM_FOR_A_START: Final = 400_000_000
ROOM_TO_RUN: Final = 50_000_000

Step = Literal["databases", "demonstration"]
State = Literal["not begun", "begun", "finished", "left out"]


class Refused(Exception):  # noqa: N818 - said to a person
    """Heed does not start with this folder; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who uses the folder now."""

    pid: int
    address: str


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @classmethod
    def named(cls, given: str | None) -> "DataFolder":
        """The folder HEED_DATA names, or `.heed` here."""
        return cls(Path(given).expanduser() if given else Path(".heed").resolve())

    @property
    def database(self) -> Path:
        return self.path / "database"

    @property
    def mail(self) -> Path:
        """Where a demonstration's mail is kept."""
        return self.path / "mail"

    @contextmanager
    def opened(self, address: str) -> Iterator["DataFolder"]:
        """Held by us alone until the block ends; made when missing. Raises Refused."""
        with self._explained():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._enough_room()
            self._take(address)
        try:
            with self._explained():
                self._readable_by_this_version()
            yield self
        finally:
            self._release()

    def tenant(self) -> Tenant | None:
        """The running house that holds this folder, if any."""
        with suppress(OSError), (self.path / "heed.lock").open("r+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return _tenant(lock.read())
        return None

    def secrets(self, names: Iterable[str]) -> dict[str, str]:
        """A secret for each name: the one made before, or a new one, written before it is used anywhere."""
        with self._explained():
            kept = self._read("secrets.json")
            missing = [name for name in names if name not in kept]
            if missing:
                kept |= {name: secrets.token_urlsafe(32) for name in missing}
                self._write("secrets.json", kept)
        return {name: str(kept[name]) for name in names}

    def lacks(self, names: Iterable[str]) -> bool:
        """Whether a secret of these has yet to be made."""
        with self._explained():
            return not set(names) <= set(self._read("secrets.json"))

    def step(self, step: Step) -> State:
        with self._explained():
            state: State = self._read("folder.json").get("steps", {}).get(step, "not begun")
        return state

    def note(self, step: Step, state: State) -> None:
        """Say how far the setup has come: before it begins and after it is finished, so that a cut shows."""
        with self._explained():
            about = self._read("folder.json") or {"format": FORMAT}
            about["steps"] = {**about.get("steps", {}), step: state}
            self._write("folder.json", about)

    def _take(self, address: str) -> None:
        lock = os.open(self.path / "heed.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _tenant(os.pread(lock, 1000, 0))
            os.close(lock)
            raise Refused(_in_use(self.path, other)) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        self._lock = lock

    def _release(self) -> None:
        if self._lock is not None:
            # The file stays: taking it away would let two starts hold two different files of one name.
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def _enough_room(self) -> None:
        first = not self.database.exists()
        need = ROOM_FOR_A_START if first else ROOM_TO_RUN
        free = shutil.disk_usage(self.path).free
        if free < need:
            raise Refused(
                f"The disk with {self.path} has {free // 1_000_000} MB left and Heed needs {need // 1_000_000} MB. "
                "Make room, or name a folder on another disk with HEED_DATA. Nothing was changed."
            )

    def _readable_by_this_version(self) -> None:
        about = self._read("folder.json")
        if about.get("format", FORMAT) > FORMAT:
            raise Refused(
                f"The data in {self.path} belongs to a newer version of Heed than this one. Start that version, or "
                "name another folder with HEED_DATA. Nothing was changed."
            )
        if not about:
            self._write("folder.json", {"format": FORMAT})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise Refused(
                f"{self.path / name} is damaged. Put it back from a backup: Heed does not guess what was in it."
            ) from None
        return found

    def _write(self, name: str, content: dict[str, Any]) -> None:
        # Written beside and moved over, so that a cut leaves the old file or the new one and never half of one.
        beside = self.path / f"{name}.new"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / name)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise Refused(explain(problem, self.path)) from problem


def explain(problem: OSError, path: Path) -> str:
    """What a person can do about it."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk with {path} is full. Make room and start again; nothing was lost."
    if problem.errno in (errno.EACCES, errno.EPERM):
        return f"Heed may not write to {path}. Make the folder yours (chown, chmod u+rwx), or set HEED_DATA to another."
    if problem.errno == errno.EROFS:
        return f"{path} is on a disk that can only be read. Name a folder that can be written with HEED_DATA."
    if problem.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{path} is a file, and Heed needs a folder there. Move it away, or name a folder with HEED_DATA."
    return f"Heed cannot use {path}: {problem.strerror or problem}. Name another folder with HEED_DATA."


def _tenant(lock: bytes) -> Tenant | None:
    try:
        said = json.loads(lock)
        return Tenant(int(said["pid"]), str(said["address"]))
    except (ValueError, KeyError, TypeError):
        return None


def _in_use(path: Path, other: Tenant | None) -> str:
    where = f" (process {other.pid}, {other.address})" if other else ""
    return (
        f"Heed is already running with the data in {path}{where}. Use that one, stop it with Ctrl-C where it was "
        "started, or name another folder with HEED_DATA and another port with HEED_PORT."
    )

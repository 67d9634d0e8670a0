"""The house as in production, on one machine: every service its own process, over real servers on loopback.

    python -m deploy.native.processes [FOLDER] [--kafka]

starts PostgreSQL (and Kafka), brings the tables up to date, starts each service by `heed run`, prints where everything
is, and begins again whatever is killed, as a service manager would. Ctrl-C stops all of it; the data stays in FOLDER.
"""

import argparse
import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from deploy import databases
from deploy.captured_mail import CapturedMail
from deploy.data_folder import DataFolder
from deploy.embedded import CannotStart as NoPostgres
from deploy.embedded import EmbeddedPostgres
from deploy.environment import Servers, database_variable, environment_of, secret_names
from deploy.native.kafka import CannotStart as NoKafka
from deploy.native.kafka import NativeKafka, free_port

ROOT: Final = Path(__file__).parent.parent.parent
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0
# A service has pools of its own for its app and its worker; together they are more than a house in one process opens.
POSTGRES_SETTINGS: Final = {"max_connections": "150"}

WHOLE: Final[tuple[tuple[str, str | None], ...]] = (
    ("auth", None),
    ("incident", None),
    ("alerting", None),
    ("gateway", None),
)
"""One process for each service. A part of a service (`api`, `consumer`, `relay`, `sender`) may have its own."""


class CannotStart(Exception):  # noqa: N818 - said to a person
    """A process of the house did not start; the message says where its last words are."""


@dataclass
class Program:
    """One process: a service, or one part of it."""

    service: str
    only: str | None
    log: Path
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    armed: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.service if self.only is None else f"{self.service}-{self.only}"

    @property
    def answers(self) -> bool:
        """Whether it has an API; the other parts have metrics only."""
        return self.only in {None, "api"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metrics_url(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}/metrics"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self, environment: Mapping[str, str], fault: str) -> None:
        self.armed = bool(fault)
        part = ["--only", self.only] if self.only else []
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, and we stop it ourselves.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cli", "run", self.service, *part, "--port", str(self.port)],
                cwd=ROOT,
                env={**environment, "HEED_METRICS_PORT": str(self.metrics_port), "HEED_FAULT": fault},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL: what happens to a process at the worst moment."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def stop(self) -> float:
        """Ask it to stop as a service manager does; the seconds it took. One that will not is killed."""
        began = time.monotonic()
        if self.process is None or self.process.poll() is not None:
            return 0.0
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - began

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else "nothing"
        return "nothing"


class Processes:
    """A house of processes over its own PostgreSQL and, when asked for, its own Kafka; all in one folder.

    `smtp_port`: where its mail goes, on 127.0.0.1. `bus_url`: a bus that runs already. `settings`: HEED_* variables
    that differ from a demonstration's.
    """

    def __init__(
        self,
        folder: Path,
        *,
        smtp_port: int,
        kafka: bool = False,
        bus_url: str = "",
        settings: Mapping[str, str] | None = None,
        postgres_settings: Mapping[str, str] | None = None,
        programs: Sequence[tuple[str, str | None]] = WHOLE,
    ) -> None:
        self.folder = folder.resolve()
        self.postgres = EmbeddedPostgres(
            self.folder / "database", settings={**POSTGRES_SETTINGS, **(postgres_settings or {})}
        )
        self.kafka = NativeKafka(self.folder / "kafka") if kafka else None
        self._bus_url = bus_url
        self._smtp_port = smtp_port
        self._settings = settings or {}
        self.environment: dict[str, str] = {}
        self.programs: dict[str, Program] = {}
        for service, only in programs:
            program = Program(service, only, self.folder / "logs" / f"{service}-{only or 'whole'}.log")
            self.programs[program.name] = program

    async def open(self) -> None:
        """Everything, ready to be used. Raises CannotStart; what was started by then is stopped by `close`."""
        try:
            await self.open_servers()
        except (NoPostgres, NoKafka) as problem:
            raise CannotStart(str(problem)) from None
        for name in self.programs:
            self.launch(name)
        await asyncio.gather(*(self.ready(name) for name in self.programs))

    async def open_servers(self) -> None:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        secrets = DataFolder(self.folder).secrets(secret_names())
        admin_url = await self.postgres.start()
        bus_url = await self.kafka.start() if self.kafka is not None else self._bus_url
        gateway = self.programs.get("gateway")
        public_url = f"http://localhost:{gateway.port}" if gateway else "http://localhost"
        house = environment_of(Servers(admin_url, self._smtp_port, bus_url), secrets, public_url=public_url)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEED_")}
        peers = {
            f"HEED_{program.service.upper()}_URL": program.url for program in self.programs.values() if program.answers
        }
        data = {"HEED_DATA": str(self.folder)}
        self.environment = {**inherited, **house, **peers, **data, **self._settings}
        await databases.create(admin_url, secrets)
        for service in databases.SERVICES:
            await databases.migrate(service, self.environment[database_variable(service, "migrator")])

    async def close(self) -> None:
        """Stop everything that was started here, by its process id, the servers last."""
        await asyncio.gather(*(program.stop() for program in self.programs.values()))
        if self.kafka is not None:
            await self.kafka.stop()
        await self.postgres.stop()

    def launch(self, name: str, *, fault: str = "") -> None:
        """Begin a process and do not wait. `fault`: a place of shared/faults.py where it is to kill itself."""
        self.programs[name].launch(self.environment, fault)

    async def restart(self, name: str, *, fault: str = "") -> None:
        """Stop a process if it runs, begin it again, and wait until it is ready."""
        await self.programs[name].stop()
        self.launch(name, fault=fault)
        await self.ready(name)

    async def ready(self, name: str) -> None:
        """Until the process says that it is ready, or has died of the fault it was armed with."""
        program = self.programs[name]
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while not await _ready(http, program):
                if not program.runs:
                    if program.armed:
                        return
                    raise CannotStart(f"{name} ended while starting: {program.last_words()} (see {program.log})")
                if time.monotonic() > deadline:
                    raise CannotStart(f"{name} was not ready within {START_SECONDS:.0f} s (see {program.log})")
                await asyncio.sleep(0.05)

    async def begin_again(self) -> list[str]:
        """Start every process that has ended, as a service manager would; their names."""
        dead = [name for name, program in self.programs.items() if not program.runs]
        for name in dead:
            self.launch(name)
        return dead

    def url(self, service: str) -> str:
        return next(p.url for p in self.programs.values() if p.service == service and p.answers)

    def admin_url(self, service: str) -> str:
        """A service's database as administrator: to see the whole of it, whatever the school."""
        return databases.in_database(self.postgres.admin_url, f"heed_{service}")

    @property
    def bus_url(self) -> str:
        return self.environment["HEED_BUS_URL"]


async def _ready(http: httpx.AsyncClient, program: Program) -> bool:
    url = f"{program.url}/health/ready" if program.answers else program.metrics_url
    try:
        return (await http.get(url)).status_code == 200
    except httpx.HTTPError:
        return False


async def _serve(folder: Path, *, kafka: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mail = CapturedMail(folder / "mail")
    await mail.start()
    house = Processes(folder, smtp_port=mail.port, kafka=kafka)
    print(f"Starting in {folder} …", flush=True)
    try:
        await house.open()
        _write_environment(house)
        _tell(house)
        await _keep(house, stop)
    finally:
        await asyncio.shield(house.close())
        await mail.stop()


async def _keep(house: Processes, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.5)
        if stop.is_set():
            return
        ended = {name: program.process for name, program in house.programs.items() if not program.runs}
        await house.begin_again()
        for name, process in ended.items():
            code = process.returncode if process else None
            print(f"{name} ended ({code}); begun again as process {_pid(house.programs[name])}", flush=True)


def _environment_file(house: Processes) -> Path:
    return house.folder / "house.env"


def _write_environment(house: Processes) -> None:
    """The settings of the house, for `heed` commands typed at it. Secrets are among them: for its owner alone."""
    lines = [f"{name}={shlex.quote(value)}" for name, value in house.environment.items() if name.startswith("HEED_")]
    file = _environment_file(house)
    file.touch(mode=0o600)
    file.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


def _tell(house: Processes) -> None:
    print(f"{'process':<10} {'id':>8}  {'address':<24} metrics", flush=True)
    for name, program in house.programs.items():
        print(f"{name:<10} {_pid(program):>8}  {program.url:<24} {program.metrics_url}", flush=True)
    if house.kafka is not None:
        print(f"{'kafka':<10} {house.kafka.pid:>8}  {house.kafka.url}", flush=True)
    print(f"Heed is open at {house.environment['HEED_PUBLIC_URL']}; logs: {house.folder / 'logs'}", flush=True)
    print(f"For heed commands in another terminal: set -a; . {_environment_file(house)}; set +a", flush=True)
    print("Kill any of them (kill -9 ID): it is begun again. Ctrl-C stops all of it; the data stays.", flush=True)


def _pid(program: Program) -> int:
    return program.process.pid if program.process else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.native.processes", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".heed-native"), help="where its data lives")
    parser.add_argument("--kafka", action="store_true", help="a real Kafka for the bus, instead of PostgreSQL's")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given.folder.resolve(), kafka=given.kafka))
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

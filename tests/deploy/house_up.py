"""`heed up` as a process of its own, on a free port, over a data folder of the test."""

import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from deploy.native.kafka import free_port
from tests.deploy.heed import ROOT, environment

PATIENCE = 240.0
"""Seconds until a test gives up: many times what a start takes where nothing else runs."""


class HouseUp:
    """Started at once; `open` waits until it answers. Whatever happens, `end` leaves no process behind."""

    def __init__(self, data: Path, *options: str, port: int | None = None, before: tuple[str, ...] = ()) -> None:
        self.data = data
        self.port = port or free_port()
        self.address = f"http://localhost:{self.port}"
        self._output = data.parent / f"{data.name}.output"
        self.began = time.monotonic()
        command = [*before, sys.executable, "-m", "deploy.cli", "up", "--data", str(data), "--port", str(self.port)]
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def open(self) -> float:
        """The seconds from the start to the first answered request."""
        while time.monotonic() - self.began < PATIENCE:
            assert self.process.poll() is None, self.said
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/health/ready", trust_env=False, timeout=5).status_code == 200:
                    return time.monotonic() - self.began
            time.sleep(0.02)
        raise AssertionError(f"it did not open within {PATIENCE:.0f} s: {self.said}")

    def wait_until_it_says(self, words: str) -> None:
        while time.monotonic() - self.began < PATIENCE:
            if words in self.said:
                return
            assert self.process.poll() is None, self.said
            time.sleep(0.02)
        raise AssertionError(f"it never said {words!r}: {self.said}")

    def interrupt(self) -> tuple[int, float]:
        """Ctrl-C; its exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30), time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def postgres(self) -> int | None:
        """The process id of its database, if it has one."""
        with suppress(OSError, ValueError, IndexError):
            log = self.data / "database" / "postgres" / "postmaster.pid"
            return int(log.read_text().splitlines()[0])
        return None

    def megabytes(self) -> float:
        """What all of it takes: memory that several processes share is counted once."""
        first = psutil.Process(self.process.pid)
        everything = [first, *first.children(recursive=True)]
        return float(sum(process.memory_full_info().pss for process in everything)) / 1e6

    def end(self) -> None:
        """By process id: ours, and the database that a kill has left running."""
        if self.process.poll() is None:
            self.kill()
        pid = self.postgres()
        if pid is not None:
            with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                database = psutil.Process(pid)
                if str(self.data) in " ".join(database.cmdline()):
                    database.send_signal(signal.SIGQUIT)
                    database.wait(15)


def staff_ids(text: str) -> set[str]:
    """The addresses a start names, to see that its screen names people."""
    return set(re.findall(r"[a-z.]+@[a-z]+\.example", text))

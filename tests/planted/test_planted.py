"""One check taken away at a time, in a copy of the tree: the test that is there for it has to fail.

First every one of those tests passes in that copy as it is, so that a failure afterwards is the fault's.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded import CannotStart, EmbeddedPostgres
from tests.conftest import cannot_have
from tests.planted.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
PARTS = ("services", "shared", "deploy", "tests", "docs", "pyproject.toml", ".env.example")
PATIENCE = 500.0


@dataclass(frozen=True)
class Copy:
    """A copy of the tree, and a server on which its tests make what they need."""

    root: Path
    server: str

    def run(self, *tests: str, own_server: bool = False) -> tuple[int, str]:
        """How pytest ended (0: all passed, 1: some failed) and what it said."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "HEED_"))}
        environment["HEED_TEST_REQUIRE"] = "all"
        if not own_server:
            environment["HEED_TEST_POSTGRES_URL"] = self.server
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "--tb=no", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy() -> Iterator[Copy]:
    folder = Path(tempfile.mkdtemp(prefix="heed-planted-"))
    server = EmbeddedPostgres(folder / "server", settings={"fsync": "off"})
    try:
        (folder / "tree").mkdir()
        for part in PARTS:
            take = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            take(ROOT / part, folder / "tree" / part)
        try:
            url = asyncio.run(server.start())
        except CannotStart as problem:
            cannot_have("PostgreSQL", str(problem))
        yield Copy(folder / "tree", url)
    finally:
        asyncio.run(server.stop())
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def planted(copy: Copy, request: pytest.FixtureRequest) -> Iterator[tuple[Copy, Fault]]:
    fault: Fault = request.param
    file = copy.root / fault.file
    sound = file.read_text()
    file.write_text(sound.replace(fault.check, fault.gone))
    try:
        yield copy, fault
    finally:
        file.write_text(sound)


def test_there_are_enough_and_each_is_another() -> None:
    assert len(FAULTS) >= 20
    assert len({(fault.file, fault.check) for fault in FAULTS}) == len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_each_takes_away_what_stands_there_once(fault: Fault) -> None:
    found = (ROOT / fault.file).read_text().count(fault.check)
    assert found == 1, f"{fault.file} says its check in other words now; say it here as it does there"


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("own_server", [False, True])
def test_without_a_fault_every_one_of_these_tests_passes(copy: Copy, *, own_server: bool) -> None:
    tests = {fault.noticed_by for fault in FAULTS if fault.own_server is own_server}
    ended, said = copy.run(*sorted(tests), own_server=own_server)
    assert ended == 0, said


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("planted", FAULTS, indirect=True, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault_is_noticed(planted: tuple[Copy, Fault]) -> None:
    copy, fault = planted
    ended, said = copy.run(fault.noticed_by, own_server=fault.own_server)
    assert ended != 0, f"nobody noticed that {fault.name}"
    # A test that failed, and not one that could not even begin.
    name = re.escape(fault.noticed_by.partition("[")[0])
    assert ended == 1, said
    assert re.search(rf"^FAILED {name}", said, re.M), said

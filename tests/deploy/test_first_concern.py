"""docs/first-concern.md: its lines, run as a reader would copy them, against a house that runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import cannot_have
from tests.deploy.heed import ROOT
from tests.deploy.house_up import HouseUp

BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "first-concern.md").read_text(encoding="utf-8"), re.DOTALL)


def run(address: str) -> subprocess.CompletedProcess[str]:
    # After each block a line of our own, so that what it printed can be told apart.
    lines = "".join(f"{block}\nprintf '\\n--- %s\\n' {number}\n" for number, block in enumerate(BLOCKS))
    lines = lines.replace(".venv/bin/heed", f"{sys.executable} -m deploy.cli")
    variables = {**os.environ, "HEED_ADDRESS": address}
    return subprocess.run(
        ["sh", "-eu", "-c", lines], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_a_reader_who_copies_every_line_sees_what_the_page_says(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        cannot_have("curl", "it is not installed")
    house = HouseUp(tmp_path / "data")
    try:
        house.open()
        said = run(house.address)
    finally:
        house.end()
    assert said.returncode == 0, said.stdout + said.stderr
    _, logged, own, told, closed, refused, token = re.split(r"\n--- \d+\n", said.stdout)[:7]
    assert '"number"' in logged
    assert '"view":"own"' in own
    assert "Rang his aunt" not in own
    assert '"view":"whole"' in told
    assert '"state":"read"' in told
    assert "elevation-required" in closed
    assert '"state":"closed"' in closed
    assert '"state":"done"' in closed
    assert refused.count('"status": 404') == 2
    assert "Rowan" not in refused
    assert '"alerts"' in token

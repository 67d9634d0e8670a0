"""The `heed` command as a person types it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(**variables: str) -> dict[str, str]:
    """Ours without its HEED_* variables, which would change what is tried."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEED_")}
    return {**kept, "COLUMNS": "200", **variables}


def heed(*words: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        cwd=ROOT,
        env=environment(**variables),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

"""The shape of the code: small files with names that say what is in them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for part in ("services", "shared", "deploy") for p in (ROOT / part).rglob("*.py"))
SHAPELESS = {"utils", "util", "common", "helpers", "helper", "core", "manager", "base", "misc"}


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 3


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_has_a_telling_name_and_at_most_400_lines(path: Path) -> None:
    assert path.stem not in SHAPELESS
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400

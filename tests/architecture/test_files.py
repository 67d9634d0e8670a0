"""The shape of the code: small files with names that say what is in them."""

import re
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


CONFLICT = re.compile(r"^(<<<<<<< |>>>>>>> |\|\|\|\|\|\|\| )", re.MULTILINE)
TEXTS = {".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".sql", ".mako"}


def test_no_file_still_holds_both_sides_of_a_conflict() -> None:
    """A template with its markers renders: nobody sees them until somebody wonders which side counts."""
    assert CONFLICT.search("one\n" + "<" * 7 + " HEAD\n")
    written = [
        path
        for part in ("services", "shared", "deploy", "docs", "tests", "bench")
        for path in (ROOT / part).rglob("*")
        if path.suffix in TEXTS and path.is_file()
    ]
    assert len(written) > 200
    assert [path for path in written if CONFLICT.search(path.read_text(encoding="utf-8", errors="replace"))] == []


EDITION = re.compile(
    r"(keeping children safe in education|kcsie|working together to safeguard)[^\n]{0,20}\b20[0-9]{2}\b", re.IGNORECASE
)


def test_c3_no_edition_of_the_guidance_stands_in_the_code() -> None:
    """An edition is out of date within a year: a school names the one it works by, and the code names none."""
    assert EDITION.search('text = "See Keeping Children Safe in Education (September 2026)."')
    kinds = {".py", ".html", ".txt", ".toml", ".js"}
    files = [p for part in ("services", "shared", "deploy") for p in (ROOT / part).rglob("*") if p.suffix in kinds]
    assert len(files) > len(SOURCES)
    assert [str(p.relative_to(ROOT)) for p in files if EDITION.search(p.read_text(encoding="utf-8"))] == []

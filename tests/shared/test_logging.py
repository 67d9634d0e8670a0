"""Log lines: the fields on the list and no others, and the code logs none that would be dropped."""

import ast
import json
from collections.abc import Iterator
from logging import root
from pathlib import Path

import pytest
import structlog

from shared import logging
from shared.logging import ALLOWED, describe

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for part in ("shared", "services") for path in (ROOT / part).rglob("*.py"))
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
LOGGERS = {"log", "_log", "logger", "_logger"}


def calls_in(path: Path) -> Iterator[ast.Call]:
    """Every call of a logger's method in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            whose = node.func.value
            made_here = isinstance(whose, ast.Call) and ast.unparse(whose.func).endswith("get_logger")
            if made_here or (isinstance(whose, ast.Name) and whose.id in LOGGERS):
                yield node


def is_description(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "describe"


CALLS = [(path, call) for path in SOURCES for call in calls_in(path)]


def test_there_are_lines_to_look_at() -> None:
    assert len(CALLS) > 20
    # Every logger has one of the names that are looked for.
    for path in SOURCES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "= structlog.get_logger(" in line:
                assert line.split(" = ")[0] in LOGGERS, path


@pytest.mark.parametrize(("path", "call"), CALLS, ids=[f"{p.relative_to(ROOT)}:{c.lineno}" for p, c in CALLS])
def test_a_line_is_made_of_fields_on_the_list_and_its_words_are_ours(path: Path, call: ast.Call) -> None:
    for keyword in call.keywords:
        if keyword.arg is None:
            assert is_description(keyword.value) or path.name == "logging.py"
        else:
            assert keyword.arg in ALLOWED
    for words in call.args:
        assert isinstance(words, ast.Constant | ast.Name | ast.Attribute), "made of constants, never of data"


@pytest.fixture
def as_before() -> Iterator[None]:
    """The process's logging is put back as it was."""
    before, handlers, level = structlog.get_config(), list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("as_before")
def test_a_field_that_is_not_on_the_list_does_not_reach_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("auth")
    structlog.get_logger().info("it was so", count=3, forename="Rowan")
    try:
        raise ValueError("Rowan said")
    except ValueError:
        structlog.get_logger().error("it failed", exc_info=True)
    lines = capsys.readouterr().err
    assert "Rowan" not in lines
    first, second = map(json.loads, lines.splitlines())
    assert (first["event"], first["count"], first["service"]) == ("it was so", 3, "auth")
    assert second["error"] == "ValueError"


def test_an_exception_is_described_by_its_type_and_place_within_the_list() -> None:
    try:
        raise ValueError("Rowan said")
    except ValueError as problem:
        described = describe(problem)
    assert set(described) <= ALLOWED
    assert "Rowan" not in str(described)

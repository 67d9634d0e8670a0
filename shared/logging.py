"""Logs: JSON, one line each, made of fields on a list. What is not on the list does not reach the line.

An exception is logged as its type and place. Its text is not: it may hold what somebody wrote.
"""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

from shared.tracing import current_trace_id

ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "trace_id",
        # requests: the route's template, never the path or the query
        "method",
        "route",
        "status",
        "ms",
        "problem",
        # messages and work in the background, by id and count
        "topic",
        "partition",
        "offset",
        "event_id",
        "event_type",
        "consumer",
        "worker",
        "key",
        "count",
        "attempt",
        "seconds",
        "school_id",
        "mail_id",
        "state",
        # what went wrong: a type's name and a place in the code
        "error",
        "at",
        "reason",
    }
)


def configure(service: str, *, level: str = "info", as_json: bool = True) -> None:
    """Once per process. Libraries' own log lines pass the same gate: their level and logger's name, not their text."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named(service),
            _traced,
            _error_as_type_and_place,
            only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)


def _named(service: str) -> Any:
    def add(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line.setdefault("service", service)
        return line

    return add


def _traced(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = current_trace_id()
    if trace_id:
        line["trace_id"] = trace_id
    return line


def _error_as_type_and_place(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    problem = line.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()[1]
    if isinstance(problem, BaseException):
        line.update(describe(problem))
    return line


def describe(problem: BaseException) -> dict[str, str]:
    """The type of an exception and the innermost place it came from; never its text."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = next((f"{frame.name}:{frame.lineno}" for frame in reversed(frames)), "")
    return {"error": type(problem).__name__, "at": place}


def only_allowed(_: Any, __: str, line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name in ALLOWED}


class _Library(logging.Handler):
    """A library's warning becomes a line with its logger's name: its text is not ours to vouch for."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"at": f"{record.name}:{record.funcName}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= describe(record.exc_info[1])
        structlog.get_logger().log(record.levelno, "a library reports", **fields)

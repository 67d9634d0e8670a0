"""The description of the API, put in order for a reader."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from services.gateway.openapi import METHODS


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    sent: str
    received: str
    status: str


@dataclass(frozen=True, slots=True)
class Chapter:
    name: str
    description: str
    calls: list[Call] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return re.sub(r"\W+", "-", self.name.lower())


def in_words(document: dict[str, Any]) -> list[Chapter]:
    chapters = {tag["name"]: Chapter(tag["name"], tag["description"]) for tag in document["tags"]}
    for tag, call in _calls(document):
        chapters[tag].calls.append(call)
    return list(chapters.values())


def _calls(document: dict[str, Any]) -> Iterator[tuple[str, Call]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield operation["tags"][0], _call(method.upper(), path, operation)


def _call(method: str, path: str, operation: dict[str, Any]) -> Call:
    status = next(status for status in operation["responses"] if status.startswith("2"))
    return Call(
        method=method,
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        parameters=[one for one in operation.get("parameters", ()) if one.get("description")],
        sent=_example(operation.get("requestBody", {})),
        received=_example(operation["responses"][status]),
        status=status,
    )


def _example(content: dict[str, Any]) -> str:
    for media in content.get("content", {}).values():
        example = media.get("example", "")
        return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return ""

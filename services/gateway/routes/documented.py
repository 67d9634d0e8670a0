"""What a route says of its answer, for the description of the API."""

from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel

Documented = dict[int | str, dict[str, Any]]
# Named so that it is described; the caller sends it along as it came.
IfMatch = Annotated[str | None, Header(alias="If-Match", description="the ETag you have read")]


def gives(model: type[BaseModel], words: str, *, status: int = 200, etag: bool = False) -> Documented:
    answer: dict[str, Any] = {"model": model, "description": words}
    if etag:
        answer["headers"] = {
            "ETag": {
                "description": "The version you have read: send it as If-Match when you change it.",
                "schema": {"type": "string", "examples": ['"3"']},
            }
        }
    return {status: answer}


def gives_nothing(words: str) -> Documented:
    return {204: {"description": words}}

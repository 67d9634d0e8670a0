"""Searching the record by its words."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CONCERN, LOGGED, LUNCHTIME, OKAFOR, Answer, example
from services.gateway.schemas.incidents import PEOPLE, SAID
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Sought = str
    Cursor = str
else:
    Sought = Text(200)
    Cursor = Text(200)


class WantedWords(Body):
    model_config = example(words='"go home" or bruise')

    words: Sought = Field(description='words in any form; "a phrase" in quotation marks; `or`; `-` before what is not')
    cursor: Cursor | None = Field(None, description="`next` of the page before")
    limit: Annotated[int, Field(ge=1, le=50, description="how many at most")] = 20


class Hit(Answer):
    view: Literal["whole", "own"]
    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    pupils: list[str]
    categories: list[str]
    found_in: list[str] = Field(description="narrative, action or addendum")
    excerpt: str


class Hits(Answer):
    model_config = example(
        break_glass=False,
        count=1,
        at_least=False,
        hits=[
            {
                "view": "whole",
                "id": CONCERN,
                "number": 214,
                "author_id": OKAFOR,
                "logged_at": LOGGED,
                "occurred_at": LUNCHTIME,
                "pupils": ["Rowan Ade"],
                "categories": ["Welfare Concern"],
                "found_in": ["narrative"],
                "excerpt": SAID,
            }
        ],
        next=None,
        names=PEOPLE,
        notices=[],
    )

    break_glass: bool = Field(description="whether you are reading by break-glass")
    count: int = Field(description="how many concerns you may see that say this, on all pages")
    at_least: bool = Field(description="there are more than `count`; type more words")
    hits: list[Hit]
    next: str | None
    names: dict[UUID, str]
    notices: list[str]

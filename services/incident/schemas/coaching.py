"""The writing coach: a text, what it finds, and what a school adds to its words."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from services.incident.schemas.fields import Ids
from services.incident.schemas.roll import PickedPupil
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Typed = str
    Phrase = str
else:
    Typed = Text(20_000, shortest=0, strip=False)
    Phrase = Text(100)

Phrases = Annotated[list[Phrase], Field(max_length=500)]
ListedRule = Literal["opinion", "absolute", "adverb", "emotion", "vague", "reported"]


class Coach(Body):
    text: Typed
    pupil_ids: Ids = []


class FindingShown(BaseModel):
    start: int
    end: int
    line: int
    rule: str
    words: str
    why: str
    suggestion: str
    pupils: list[PickedPupil]


class Coached(BaseModel):
    findings: list[FindingShown]


class SchoolWords(Body):
    phrases: dict[ListedRule, Phrases] = {}
    abbreviations: Phrases = []
    left_alone: Phrases = []


class SchoolWordsShown(BaseModel):
    phrases: dict[str, list[str]]
    abbreviations: list[str]
    left_alone: list[str]
    version: int

"""The writing coach: a text, what it finds, and what a school adds to its words."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ROWAN, Answer, Line, example
from services.gateway.schemas.pupils import PickedPupil
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Typed = str
else:
    Typed = Text(20_000, shortest=0, strip=False)

Phrases = Annotated[list[Line], Field(max_length=500)]
ListedRule = Literal["opinion", "absolute", "adverb", "emotion", "vague", "reported"]


class Coach(Body):
    model_config = example(text="Rowan was aggressive at lunch.", pupil_ids=[ROWAN])

    text: Typed = Field(description="as it stands now")
    pupil_ids: Annotated[list[UUID], Field(max_length=50)] = Field([], description="the children who are linked")


class Finding(Answer):
    start: int = Field(description="counted in Unicode code points, as `end` is")
    end: int
    line: int
    rule: str
    words: str
    why: str
    suggestion: str
    pupils: list[PickedPupil] = Field(description="for `unlinked`: whom this name of the text may mean")


class Coached(Answer):
    model_config = example(
        findings=[
            {
                "start": 10,
                "end": 20,
                "line": 1,
                "rule": "opinion",
                "words": "aggressive",
                "why": "“aggressive” is an opinion.",
                "suggestion": "What did you see? For example: hit the table with a fist, twice.",
                "pupils": [],
            }
        ]
    )

    findings: list[Finding]


class SchoolWords(Body):
    model_config = example(phrases={"opinion": ["mardy"]}, abbreviations=["IPMAT"], left_alone=["rude health"])

    phrases: dict[ListedRule, Phrases] = Field({}, description="what your school marks too, by rule")
    abbreviations: Phrases = Field([], description="capitals your school knows")
    left_alone: Phrases = Field([], description="what is not to be marked")


class SchoolWordsShown(Answer):
    model_config = example(
        phrases={"opinion": ["mardy"]}, abbreviations=["IPMAT"], left_alone=["rude health"], version=1
    )

    phrases: dict[str, list[str]]
    abbreviations: list[str]
    left_alone: list[str]
    version: int

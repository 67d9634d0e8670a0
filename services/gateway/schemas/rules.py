from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CATEGORY, GROUP, OKAFOR, ROWAN, RULE, Answer, Line, example
from shared.contracts.words import Part, Role, Why
from shared.schemas import Body, Text

Ids = Annotated[list[UUID], Field(max_length=50)]
Level = Annotated[Literal[1, 2, 3], Field(description="1 ordinary, 2 sensitive, 3 child protection")]
if TYPE_CHECKING:
    YearGroup = str
    ClassCode = str
else:
    YearGroup = Text(3)
    ClassCode = Text(60)
WELFARE = {
    "id": RULE,
    "name": "Welfare, younger years",
    "category_ids": [CATEGORY],
    "at_least": None,
    "up_to": None,
    "year_groups": ["R", "1", "2"],
    "parts": [],
    "roles": ["senco"],
    "group_ids": [GROUP],
    "staff_ids": [],
    "class_teachers": True,
}


class NewRule(Body):
    id: UUID | None = Field(None, description="of a rule that stays; left out for a new one")
    name: Line
    category_ids: Ids = Field([], description="for these categories and what lies under them; none: for every one")
    at_least: Level | None = None
    up_to: Level | None = None
    year_groups: Annotated[list[YearGroup], Field(max_length=20)] = []
    parts: Annotated[list[Part], Field(max_length=10, description="when a child had one of these parts")] = []
    roles: Annotated[list[Role], Field(max_length=10)] = Field([], description="whoever has one of these is told")
    group_ids: Ids = []
    staff_ids: Ids = []
    class_teachers: bool = Field(False, description="the teachers of the children's classes are told")


class NewRules(Body):
    model_config = example(rules=[WELFARE])

    rules: Annotated[list[NewRule], Field(max_length=200)]


class TriedPupil(Body):
    part: Part = Part.SUBJECT
    category_ids: Ids = []
    class_id: UUID | None = None
    class_code: ClassCode | None = None
    year_group: YearGroup | None = None
    pupil_id: UUID | None = None


class Trial(Body):
    model_config = example(
        category_ids=[CATEGORY], pupils=[{"pupil_id": ROWAN, "year_group": "4", "class_code": "4B"}], urgent=False
    )

    author_id: UUID | None = None
    category_ids: Annotated[Ids, Field(min_length=1)]
    sensitivity: Level | None = None
    pupils: Annotated[list[TriedPupil], Field(max_length=50)] = []
    urgent: bool = False
    extra_staff_ids: Ids = []
    extra_group_ids: Ids = []


# -------------------------------------------------------------------------------------------------------- answers
class Rule(Answer):
    id: UUID
    name: str
    category_ids: list[UUID]
    at_least: int | None
    up_to: int | None
    year_groups: list[str]
    parts: list[Part]
    roles: list[Role]
    group_ids: list[UUID]
    staff_ids: list[UUID]
    class_teachers: bool


class RuleWarning(Answer):
    rule_id: UUID
    rule: str
    category_id: UUID
    category: str | None = Field(description="what it is called; null when your school has no such category")
    problem: Literal["retired", "merged", "unknown"]
    merged_into: UUID | None = Field(description="the category it counts as now: put that into the rule")


RETIRED = {
    "rule_id": RULE,
    "rule": "Welfare, younger years",
    "category_id": CATEGORY,
    "category": "Hygiene",
    "problem": "retired",
    "merged_into": None,
}


class Rules(Answer):
    model_config = example(version=4, rules=[WELFARE], warnings=[RETIRED], notices=[])

    version: int
    rules: list[Rule]
    warnings: list[RuleWarning] = Field(description="rules for a category under which nothing is filed any more")
    notices: list[str]


class ToldInTrial(Answer):
    staff_id: UUID
    why: list[Why]
    rules: list[str] = Field(description="the names of the rules that name them")
    instead_of: list[UUID] = Field(description="who is away, and for whom they are told")


class Tried(Answer):
    model_config = example(
        told=[{"staff_id": OKAFOR, "why": ["lead_dsl", "rule"], "rules": ["Welfare, younger years"], "instead_of": []}],
        warnings=[],
        notices=[],
    )

    told: list[ToldInTrial]
    warnings: list[RuleWarning] = Field(description="your school's rules for a category not in use any more")
    notices: list[str]

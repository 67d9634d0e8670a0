"""What somebody is still writing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import DRAFT, LOGGED, LUNCHTIME, Answer, example
from shared.schemas import Body

TYPED = {"narrative": "At lunch Rowan sa", "pupils": []}
KEPT = {"id": DRAFT, "version": 3, "begun_at": LUNCHTIME, "saved_at": LOGGED}


class KeepDraft(Body):
    model_config = example(version=2, content=TYPED)

    version: int = Field(ge=0, le=1_000_000, description="the version you saved before; 0 begins a draft")
    content: dict[str, Any] = Field(description="the form as it was typed, at most 100 kB; nobody else reads it")


class DraftKept(Answer):
    model_config = example(**KEPT)

    id: UUID
    version: int = Field(description="send it with what you save next")
    begun_at: datetime
    saved_at: datetime


class Draft(DraftKept):
    model_config = example(**KEPT, content=TYPED)

    content: dict[str, Any]


class Drafts(Answer):
    model_config = example(drafts=[KEPT])

    drafts: list[DraftKept]

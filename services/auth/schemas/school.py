"""One's own school: what it says before anybody has signed in."""

from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from shared.schemas import Body, Text

if TYPE_CHECKING:
    Danger = str
else:
    Danger = Text(500)


class NewDangerText(Body):
    danger_text: Danger


class OwnSchool(BaseModel):
    id: UUID
    name: str
    link: str
    danger_text: str
    version: int

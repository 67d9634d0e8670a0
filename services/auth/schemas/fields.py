"""What several bodies are made of."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from shared.schemas import Text

if TYPE_CHECKING:
    Line = str
    Name = str
    Secret = str
    Code = str
    Long = str
else:
    Line = Text(200)
    Name = Text(100, shortest=0)
    Secret = Text(1000, strip=False)
    Code = Text(32)
    Long = Text(2000)

Ids = Annotated[list[UUID], Field(max_length=500)]

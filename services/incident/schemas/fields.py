"""What several bodies are made of."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from shared.schemas import Text

if TYPE_CHECKING:
    Narrative = str
    Words = str
    Voucher = str
else:
    # White space is kept: what was typed is evidence.
    Narrative = Text(20_000, strip=False)
    Words = Text(5_000, strip=False)
    Voucher = Text(2_000)

Ids = Annotated[list[UUID], Field(max_length=50)]
Categories = Annotated[list[UUID], Field(max_length=20)]

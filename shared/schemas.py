"""What bodies of requests are made of: nothing unknown gets in, and every text has a length."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Body(BaseModel):
    """The body of a request. A field we do not know is refused: silently dropped it would be silently lost."""

    model_config = ConfigDict(extra="forbid")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul", "contains a NUL character, which cannot be stored; take it out")
    if _SURROGATE.search(text):
        raise PydanticCustomError("surrogate", "contains half of a character (a lone surrogate); type it again")
    return text


def Text(longest: int, *, shortest: int = 1, strip: bool = True) -> Any:  # noqa: N802 - reads as a type
    """A text of `shortest` to `longest` characters that PostgreSQL can keep.

    `strip=False` keeps what was typed to the letter, white space included: narrative is evidence.
    """
    limits = StringConstraints(min_length=shortest, max_length=longest, strip_whitespace=strip)
    return Annotated[str, limits, AfterValidator(_storable)]

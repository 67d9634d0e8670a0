"""What the public API takes and gives. Answers are handed on as the services give them; a test holds them to these."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.schemas import Text

OKAFOR = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c01")
HADDAD = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c02")
ROWAN = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c11")
SCHOOL = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c21")
CONCERN = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c31")
ALERT = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c41")
CATEGORY = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c51")
GROUP = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c61")
TOKEN = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c71")
SHIELD = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c81")
ACTION = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c91")
AGENCY = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1cb1")
PLACE = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1cc1")
SESSION = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1cb1")
DRAFT = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1cd1")
RULE = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1ca1")
GUARDIAN = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d11")
FLAG = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d21")
IMPORT = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d31")
GLASS = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d41")
KIOSK = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d51")
LUNCHTIME = datetime.fromisoformat("2026-03-03T12:40:00+00:00")
LOGGED = datetime.fromisoformat("2026-03-03T12:58:21+00:00")
READ = datetime.fromisoformat("2026-03-03T13:04:10+00:00")
DUE = datetime.fromisoformat("2026-03-03T15:30:00+00:00")
ADDED = datetime.fromisoformat("2026-03-03T13:20:45+00:00")

if TYPE_CHECKING:
    Line = str
    Name = str
    Secret = str
    TotpCode = str
    Words = str
    Narrative = str
else:
    Line = Text(200)
    Name = Text(100, shortest=0)
    Secret = Annotated[Text(1000, strip=False), Field(repr=False)]
    TotpCode = Annotated[Text(32), Field(repr=False)]
    Words = Text(5_000, strip=False)
    # White space is kept: what was typed is evidence.
    Narrative = Text(20_000, strip=False)


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


def example(**fields: Any) -> ConfigDict:
    """The example of a schema, beside it: the documents show it and a test validates it."""
    return ConfigDict(json_schema_extra={"examples": [_plain(fields)]})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value

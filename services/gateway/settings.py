"""What the gateway is told by its environment."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.settings import HouseSettings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class GatewaySettings(HouseSettings):
    hosts: Annotated[tuple[str, ...], NoDecode] = Field((), description="further names Heed answers to, with commas")
    requests_per_minute: int = Field(600, gt=0, description="for one session or personal token")
    address_requests_per_minute: int = Field(6000, gt=0, description="for one address: often a whole school")
    hide_after_minutes: int = Field(5, gt=0, le=15, description="a page that nobody touches goes blank after these")
    sign_ins_per_minute: int = Field(60, gt=0, description="tries to sign in, for one address")

    @field_validator("hosts", mode="before")
    @classmethod
    def _by_commas(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        public = urlsplit(self.public_url).hostname or "localhost"
        names = {public, *(host.lower() for host in self.hosts)}
        # On one's own machine every spelling of it will do; elsewhere only the names in the settings.
        return frozenset(names | LOOPBACK if public in LOOPBACK else names)

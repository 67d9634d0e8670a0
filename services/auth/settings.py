"""What auth is told by its environment."""

from pydantic import Field, SecretStr, field_validator

from services.auth.domain.providers import Provider
from shared.settings import HouseSettings


class AuthSettings(HouseSettings):
    database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_AUTH_DATABASE_URL")
    worker_database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_AUTH_WORKER_DATABASE_URL")
    oidc_providers: tuple[Provider, ...] = Field((), description="by whose accounts people may sign in, as JSON")

    @field_validator("oidc_providers")
    @classmethod
    def _told_apart(cls, given: tuple[Provider, ...]) -> tuple[Provider, ...]:
        if len({provider.id for provider in given}) < len(given):
            raise ValueError("each provider needs an id of its own")
        return given

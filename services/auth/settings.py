"""What auth is told by its environment."""

from pydantic import Field, SecretStr

from shared.settings import HouseSettings


class AuthSettings(HouseSettings):
    database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_AUTH_DATABASE_URL")
    worker_database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_AUTH_WORKER_DATABASE_URL")

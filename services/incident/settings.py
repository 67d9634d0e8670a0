"""What the incident service is told by its environment."""

from pydantic import Field, SecretStr

from shared.settings import HouseSettings


class IncidentSettings(HouseSettings):
    database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_INCIDENT_DATABASE_URL")
    worker_database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_INCIDENT_WORKER_DATABASE_URL")

"""What alerting is told by its environment."""

from pydantic import Field, SecretStr

from shared.settings import HouseSettings


class AlertingSettings(HouseSettings):
    database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_ALERTING_DATABASE_URL")
    worker_database_url: SecretStr = Field(SecretStr(""), validation_alias="HEED_ALERTING_WORKER_DATABASE_URL")

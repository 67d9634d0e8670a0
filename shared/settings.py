"""Settings: from the environment alone, typed, secrets never shown. `.env.example` says why each is there."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HouseSettings(BaseSettings):
    """What every service reads. A service's own settings add its databases."""

    model_config = SettingsConfigDict(env_prefix="HEED_", extra="ignore", hide_input_in_errors=True, frozen=True)

    mode: Literal["demo", "development", "production"] = "development"
    public_url: str = "http://localhost:8000"
    bus_url: SecretStr = SecretStr("")
    key_secret: SecretStr = SecretStr("")
    service_secret: SecretStr = SecretStr("")
    auth_url: str = ""
    incident_url: str = ""
    alerting_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int = 0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = "heed@heed.example"
    mail_from_name: str = "Heed"
    fault: str = ""
    webhooks_anywhere: bool = False

    @property
    def webhooks_may_go_anywhere(self) -> bool:
        """Also by http and to addresses inside. A production start with it is refused, and it is not heeded there."""
        return self.webhooks_anywhere and self.mode != "production"

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"


class UnsafeStart(Exception):  # noqa: N818 - said to an operator
    """A production start that would not be safe; the message says why and what to do."""


SHORTEST_SECRET = 32


def unsafe(settings: HouseSettings) -> list[str]:
    """Why a production start is refused, a sentence each; empty when there is no reason, or it is no production."""
    if settings.mode != "production":
        return []
    reasons = {
        "HEED_PUBLIC_URL does not begin with https://: people's passwords would travel in the clear.": (
            not settings.public_url.startswith("https://")
        ),
        f"HEED_KEY_SECRET is shorter than {SHORTEST_SECRET} characters: make one with `openssl rand -base64 32`.": (
            len(settings.key_secret.get_secret_value()) < SHORTEST_SECRET
        ),
        f"HEED_SERVICE_SECRET is shorter than {SHORTEST_SECRET} characters: make one with `openssl rand -base64 32`.": (
            len(settings.service_secret.get_secret_value()) < SHORTEST_SECRET
        ),
        "HEED_KEY_SECRET or HEED_SERVICE_SECRET is the example's: anyone can read it there.": any(
            "example" in secret.get_secret_value() for secret in (settings.key_secret, settings.service_secret)
        ),
        "HEED_SMTP_SECURITY is none while the mail server is on another machine: use starttls or tls.": (
            settings.smtp_security == "none" and settings.smtp_host not in {"127.0.0.1", "::1", "localhost"}
        ),
        "HEED_MAIL_FROM is the example's address: give the school's own.": settings.mail_from.endswith(".example"),
        "HEED_FAULT is set: it kills processes, for tests only.": bool(settings.fault),
        "HEED_WEBHOOKS_ANYWHERE is set: a school's webhook could reach what lies inside this network.": (
            settings.webhooks_anywhere
        ),
    }
    return [sentence for sentence, applies in reasons.items() if applies]

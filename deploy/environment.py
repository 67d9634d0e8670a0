"""The settings of every process of a house on one machine, as an environment: what production gets from its operator.

The embedded default has no code path of its own. It fills the same variables that `.env.example` explains, and what
the environment already says wins.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.databases import BUS, KINDS, SERVICES, Account, role_names, url_for

SHARED_KEY = "key"
SHARED_SERVICE = "service"
# Kinds as the settings name them; the app's URL is the one a service cannot do without, so it has the plain name.
_PREFIX = {"app": "", "worker": "WORKER_", "migrator": "MIGRATOR_", "reporter": "REPORTER_", "backup": "BACKUP_"}

PORTS = {"gateway": 8000, "auth": 8001, "incident": 8002, "alerting": 8003}


def database_variable(service: str, kind: str = "app") -> str:
    return f"HEED_{service.upper()}_{_PREFIX[kind]}DATABASE_URL"


def secret_names() -> list[str]:
    """Everything a house keeps secret: a password for each role, and the two that its processes share."""
    return [*role_names(), SHARED_KEY, SHARED_SERVICE]


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs on this machine for the house to use."""

    admin_url: str
    smtp_port: int
    bus_url: str = ""


def environment_of(servers: Servers, secrets: Mapping[str, str], *, public_url: str) -> dict[str, str]:
    """HEED_* variables for servers on this machine. Without a bus of its own the house uses PostgreSQL's."""
    variables = {
        "HEED_MODE": "demo",
        "HEED_PUBLIC_URL": public_url,
        "HEED_KEY_SECRET": secrets[SHARED_KEY],
        "HEED_SERVICE_SECRET": secrets[SHARED_SERVICE],
        "HEED_BUS_URL": servers.bus_url or _url(servers.admin_url, secrets, BUS, BUS),
        "HEED_SMTP_HOST": "127.0.0.1",
        "HEED_SMTP_PORT": str(servers.smtp_port),
        "HEED_SMTP_SECURITY": "none",
        "HEED_MAIL_FROM": "heed@rivermead.example",
    }
    return variables | service_urls(servers.admin_url, secrets)


def service_urls(admin_url: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """The URL of each login of each service, as its variable; `passwords` by the login's name."""
    return {
        database_variable(service, kind): _url(admin_url, passwords, f"heed_{service}", f"heed_{service}_{kind}")
        for service in SERVICES
        for kind in KINDS
    }


def passwords_in(text: str) -> dict[str, str]:
    """HEED_PASSWORDS: `login=password login=password …`, as `deploy/docker/make-env` writes it."""
    return dict(pair.split("=", 1) for pair in text.split() if "=" in pair)


def put_in_place(variables: Mapping[str, str]) -> None:
    """Make them this process's environment, except where somebody has set one on purpose."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)


def _url(admin_url: str, secrets: Mapping[str, str], database: str, role: str) -> str:
    return url_for(admin_url, database=database, account=Account(role, secrets[role]))

"""Putting services together from the environment: one for `heed run`, all of them in one process for `heed up`."""

import gc
import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, cast

from deploy.captured_mail import CapturedMail
from deploy.data_folder import DataFolder, Refused
from shared.bus.api import Bus
from shared.peers import Peers
from shared.service import Service
from shared.settings import HouseSettings, unsafe

SERVICES: Final = ("auth", "incident", "alerting", "gateway")
"""In the order in which they start: auth publishes the keys that the others verify with."""

GARBAGE_AFTER: Final = 10_000
"""Objects more than were there, before young garbage is looked for; Python's own 700 are a few requests."""


def settings_of(name: str) -> HouseSettings:
    """A service's settings from the environment. Raises Refused, naming each variable that is missing or wrong."""
    from pydantic import ValidationError  # noqa: PLC0415

    # Imported by name, so that a process of one service does not pay for the others.
    kind = getattr(import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings")
    try:
        settings = cast(HouseSettings, kind())
    except ValidationError as problem:
        raise Refused(_missing(name, problem.errors())) from None
    reasons = unsafe(settings)
    if reasons:
        raise Refused("This start would not be safe:\n" + "\n".join(f"  - {reason}" for reason in reasons))
    return settings


def build(name: str, *, peers: Peers, bus: Bus | None = None) -> Service:
    settings = settings_of(name)
    create_service = import_module(f"services.{name}.app").create_service
    return cast(Service, create_service(settings, peers=peers, bus=bus))


def peers_by_url(settings: HouseSettings) -> Peers:
    """The other services as processes of their own, over HTTP."""
    urls = {"auth": settings.auth_url, "incident": settings.incident_url, "alerting": settings.alerting_url}
    return Peers(urls)


def import_services() -> None:
    """Reading all their code takes a second and more: `heed up` does it while PostgreSQL starts."""
    for name in SERVICES:
        import_module(f"services.{name}.app")


def keep_what_was_built() -> None:
    """What a service is made of stays until it ends: the search for garbage passes it over from now on, and comes less
    often. The long searches otherwise stand between a concern and its mail.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)


def all_in_one(bus: Bus, mail: CapturedMail | None = None) -> dict[str, Service]:
    """Every service, speaking to the others in this process, over one bus."""
    peers = Peers()
    services = {}
    for name in SERVICES:
        services[name] = build(name, peers=peers, bus=bus)
        peers.register(name, services[name].api)
    if mail is not None:
        services["gateway"].api.state.captured_mail = mail.mails
    return services


def show_captured_mail(service: Service, folder: DataFolder) -> None:
    """The demonstration's mail, caught by another process into the folder of this house."""
    service.api.state.captured_mail = CapturedMail(folder.mail).mails


def bus_of_the_house() -> Bus:
    from shared.bus import connect  # noqa: PLC0415

    url = os.environ.get("HEED_BUS_URL", "")
    if not url:
        raise Refused("HEED_BUS_URL is not set. Give kafka://host:port or postgresql://user:password@host/database.")
    return connect(url, client_id="heed")


def _missing(name: str, errors: Sequence[Any]) -> str:
    lines = [f"The settings of {name} are not complete; .env.example explains each:"]
    for error in errors:
        variable = "_".join(str(step) for step in error["loc"]).upper()
        full = variable if variable.startswith("HEED_") else f"HEED_{variable}"
        lines.append(f"  - {full}: {error['msg'].lower()}")
    return "\n".join(lines)

"""Puts the invented trust into a house, through the functions that a school's own staff would use."""

from collections.abc import Mapping

from deploy.screen import Steps
from shared.service import Service


async def load(services: Mapping[str, Service], steps: Steps) -> None:
    """Raises what a service raises when it refuses something: invented data follow the rules too."""

"""Addresses: asked of auth when a mail is sent, for an address is a name and never travels on the bus."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import httpx

from shared.errors import Unavailable
from shared.peers import WHAT_FAILS, Peers, ServiceTokens

KEPT_SECONDS: Final = 300.0
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody gets mail, and what the mail calls the school it is about."""

    email: str
    home: str
    schools: Mapping[UUID, str]

    def school(self, school_id: UUID) -> str:
        return self.schools.get(school_id, self.home)


class AddressBook:
    """Addresses as auth knows them, kept in memory for minutes and nowhere else."""

    def __init__(self, peers: Peers, tokens: ServiceTokens) -> None:
        self._peers = peers
        self._tokens = tokens
        self._kept: dict[UUID, tuple[Address, float]] = {}

    async def __call__(self, staff_ids: Collection[UUID]) -> Mapping[UUID, Address]:
        """Those who have an address: who does not work here any more has none. Raises Unavailable without auth."""
        now = time.monotonic()
        self._kept = {staff_id: kept for staff_id, kept in self._kept.items() if kept[1] > now}
        asked = [staff_id for staff_id in dict.fromkeys(staff_ids) if staff_id not in self._kept]
        for start in range(0, len(asked), MOST_AT_ONCE):
            found = await self._ask(asked[start : start + MOST_AT_ONCE])
            self._kept |= {staff_id: (address, now + KEPT_SECONDS) for staff_id, address in found.items()}
        return {staff_id: self._kept[staff_id][0] for staff_id in staff_ids if staff_id in self._kept}

    async def _ask(self, staff_ids: Collection[UUID]) -> dict[UUID, Address]:
        body = {"staff_ids": [str(staff_id) for staff_id in staff_ids]}
        try:
            answer = await self._peers.client("auth").post(
                "/internal/addresses", json=body, headers=await self._tokens.headers("auth")
            )
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable("auth", WHAT_FAILS["auth"]) from None
        said = answer.json()
        schools = {UUID(school_id): name for school_id, name in said["schools"].items()}
        return {
            UUID(staff_id): Address(found["email"], found["school_name"], schools)
            for staff_id, found in said["addresses"].items()
        }

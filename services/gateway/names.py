"""The names of members of staff, asked of auth for the people on one page. Names never travel on the bus."""

from collections.abc import Iterable, Mapping

from services.gateway.gate import Gate
from services.gateway.outage import NO_NAMES
from shared.errors import Unavailable


async def names_of(gate: Gate, staff_ids: Iterable[str]) -> tuple[Mapping[str, str], list[str]]:
    """Names by id, and what to say when they cannot be had; without names the page is still of use."""
    wanted = sorted(set(staff_ids))
    if not wanted:
        return {}, []
    try:
        answer = await gate.auth("/internal/names", {"staff_ids": wanted})
    except Unavailable:
        return {}, [NO_NAMES]
    if answer.is_error:
        return {}, [NO_NAMES]
    names: Mapping[str, str] = answer.json()["names"]
    return names, []

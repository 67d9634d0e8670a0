"""Everybody on the staff, to choose from: the list that a form offers while typing ends after twenty."""

from typing import Any

from services.gateway.pages.visit import Visit


async def colleagues(visit: Visit) -> list[dict[str, Any]]:
    """Id and name of each who still works here, by surname."""
    register = await visit.api.get("/staff/all")
    return [
        {"id": one["id"], "name": " ".join(part for part in (one["title"], one["forename"], one["surname"]) if part)}
        for one in register["staff"]
        if one["state"] != "disabled"
    ]

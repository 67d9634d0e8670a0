"""A concern as its reader may see it, opened by the alert they came with or by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.gateway.pages.visit import Visit
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Opened:
    concern: dict[str, Any] | None
    """None while the service that keeps it does not answer."""
    alert: dict[str, Any] | None
    names: Mapping[str, str]
    notices: list[str]
    categories: Mapping[str, str]
    """What each category of this concern is called, those of one child too."""

    @property
    def whole(self) -> bool:
        return self.concern is not None and self.concern["view"] == "whole"

    @property
    def base(self) -> str:
        """Where this is shown."""
        return f"/alerts/{self.alert['id']}" if self.alert else f"/incidents/{self.seen['id']}"

    @property
    def seen(self) -> dict[str, Any]:
        """Raises NotFound where there is nothing to act on."""
        if self.concern is None:
            raise NotFound()
        return self.concern

    def name(self, staff_id: str | None) -> str:
        return self.names.get(staff_id or "", "A colleague")


async def by_alert(visit: Visit, alert_id: UUID) -> Opened:
    answer = await visit.api.get(f"/alerts/{alert_id}")
    return await _opened(visit, answer, answer["concern"], answer["alert"])


async def by_itself(visit: Visit, incident_id: UUID) -> Opened:
    answer = await visit.api.get(f"/incidents/{incident_id}")
    return await _opened(visit, answer, answer, None)


async def as_it_came(visit: Visit, incident_id: UUID, alert_id: UUID | None) -> Opened:
    """The concern again, by the alert if it was opened by one: in the first instant that vouches for its reader."""
    if alert_id is None:
        return await by_itself(visit, incident_id)
    opened = await by_alert(visit, alert_id)
    if opened.seen["id"] != str(incident_id):
        raise NotFound()
    return opened


async def _opened(
    visit: Visit, answer: Mapping[str, Any], concern: dict[str, Any] | None, alert: dict[str, Any] | None
) -> Opened:
    categories = await _categories(visit, concern) if concern else {}
    return Opened(concern, alert, answer["names"], answer["notices"], categories)


async def _categories(visit: Visit, concern: Mapping[str, Any]) -> dict[str, str]:
    called = {one["id"]: _category(one) for one in concern["categories"]}
    of_children = {one for pupil in concern["pupils"] for one in pupil["category_ids"]}
    if not of_children <= called.keys():
        listed = {one["id"]: one for one in (await visit.api.get("/categories"))["categories"]}
        for one in of_children - called.keys():
            found = listed.get(one)
            called[one] = _below(found, listed) if found else "A category that was retired"
    return called


def _category(one: Mapping[str, Any]) -> str:
    """With what it is called today, where that is another name (R129)."""
    then = f"{one['parent']}: {one['name']}" if one["parent"] else str(one["name"])
    now = f"{one['parent_now']}: {one['name_now']}" if one["parent_now"] else str(one["name_now"])
    return then if then == now else f"{then} (now {now})"


def _below(one: Mapping[str, Any], listed: Mapping[str, Any]) -> str:
    parent = listed.get(one["parent_id"] or "")
    return f"{parent['name']}: {one['name']}" if parent else str(one["name"])

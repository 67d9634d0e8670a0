"""Webhooks: the school's own systems, told by id alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from shared.errors import NotFound

router = APIRouter(prefix="/settings/webhooks", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("webhook:write"))]
HERE = "/settings/webhooks"
EVENTS = {
    "alert.raised": "Somebody was told",
    "alert.read": "An alert was read",
    "alert.acknowledged": "An alert was taken up",
    "alert.done": "An alert is done",
    "alert.withdrawn": "An alert was withdrawn",
    "alert.escalated": "An alert was not read in time",
    "duty.given": "Somebody was given something to do",
    "duty.overdue": "Something was not done in time",
    "duty.done": "Something was done",
}
BECAUSE = {
    "by-hand": "switched off by hand",
    "failing": "it took nothing for three days",
    "gone": "it said that it is gone for good",
}


@router.get("")
async def webhooks_page(request: Request, visit: Writer) -> Response:
    return await _shown(request, visit)


@router.post("")
async def add(request: Request, visit: Writer) -> Response:
    """The secret stands on this one page and on no other."""
    form = visit.form
    try:
        made = await visit.api.post("/webhooks", {"url": form.text("url"), "events": form.all("events")})
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, lambda path: path.split(".")[0])
        return await _shown(request, visit, form=form)
    return await _shown(request, visit, made=made)


@router.get("/{webhook_id}")
async def deliveries(request: Request, visit: Writer, webhook_id: UUID) -> Response:
    hooks = (await visit.api.get("/webhooks"))["webhooks"]
    hook = next((one for one in hooks if one["id"] == str(webhook_id)), None)
    if hook is None:
        raise NotFound()
    sent = (await visit.api.get(f"/webhooks/{webhook_id}/deliveries"))["deliveries"]
    return page(request, "settings/webhook.html", hook=hook, deliveries=sent, events=EVENTS, because=BECAUSE)


@router.post("/{webhook_id}/{deed}")
async def do(request: Request, visit: Writer, webhook_id: UUID, deed: str) -> Response:
    if deed not in {"test", "off", "on"}:
        raise NotFound()
    await visit.api.post(f"/webhooks/{webhook_id}/{deed}")
    return to(request, f"{HERE}/{webhook_id}")


async def _shown(
    request: Request, visit: Visit, *, form: Form | None = None, made: dict[str, str] | None = None
) -> Response:
    hooks = (await visit.api.get("/webhooks"))["webhooks"]
    return page(request, "settings/webhooks.html", form=form, hooks=hooks, events=EVENTS, because=BECAUSE, made=made)

"""Groups: people who are told together."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.settings.colleagues import colleagues
from services.gateway.pages.visit import Visit, visits
from shared.errors import NotFound

router = APIRouter(prefix="/settings/groups", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("group:write"))]
HERE = "/settings/groups"


@router.get("")
async def groups_page(request: Request, visit: Writer) -> Response:
    groups, staff = await asyncio.gather(visit.api.get("/groups"), colleagues(visit))
    names = {one["id"]: one["name"] for one in staff}
    return page(request, "settings/groups.html", groups=groups["groups"], names=names)


@router.get("/new")
async def new_group_page(request: Request, visit: Writer) -> Response:
    return await _one(request, visit, None)


@router.post("/new")
async def make(request: Request, visit: Writer) -> Response:
    return await done_or_again(
        request,
        visit,
        visit.api.post("/groups", _body(visit.form)),
        then=HERE,
        again=lambda: _one(request, visit, None, form=visit.form),
    )


@router.get("/{group_id}")
async def group_page(request: Request, visit: Writer, group_id: UUID) -> Response:
    return await _one(request, visit, group_id)


@router.post("/{group_id}")
async def change(request: Request, visit: Writer, group_id: UUID) -> Response:
    seen = {"If-Match": f'"{visit.form.text("version")}"'}
    return await done_or_again(
        request,
        visit,
        visit.api.put(f"/groups/{group_id}", _body(visit.form), headers=seen),
        then=HERE,
        again=lambda: _one(request, visit, group_id, form=visit.form),
    )


def _body(form: Form) -> dict[str, object]:
    return {"name": form.text("name"), "member_ids": form.all("member_ids")}


async def _one(request: Request, visit: Visit, group_id: UUID | None, *, form: Form | None = None) -> Response:
    groups, staff = await asyncio.gather(visit.api.get("/groups"), colleagues(visit))
    group = next((one for one in groups["groups"] if one["id"] == str(group_id)), None)
    if group_id is not None and group is None:
        raise NotFound()
    if form is None:
        form = Form.of({"name": group["name"], "member_ids": group["member_ids"]}) if group else Form()
    return page(request, "settings/group.html", form=form, group=group, staff=staff)

"""Looking after the staff: who works here, with which rights, who is away; and a school's own link."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import own
from services.gateway.schemas import school as schemas
from shared.identity import public

router = APIRouter(prefix=BASE, tags=["Settings"])
StaffWriter = Annotated[Caller, Depends(asks("staff:write"))]


@router.get(
    "/schools/{school}/sign-in",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.SchoolDoor, "What the school's sign-in page says."),
)
async def school_door(
    request: Request, school: Annotated[str, Path(max_length=100, description="its short name, or its id")]
) -> Response:
    """What a school's own link, saved on a device, shows before anybody has signed in: its name, and whom to go to
    when a child is in danger. Schools are not listed to who is not signed in."""
    return handed_on(await gate_of(request).auth("/schools/sign-in", {"school": school}))


@router.get("/staff/all", responses=gives(schemas.StaffRegister, "The staff of your school, by surname."))
async def all_staff(caller: StaffWriter) -> Response:
    """The staff of your school with roles, classes, when they were last seen, and whether they have a second factor."""
    return await caller.forward("auth", "GET", "/staff/all")


@router.post("/staff/{staff_id}/sessions/end", responses=gives(own.Ended, "How many sessions have ended."))
async def end_sessions(caller: StaffWriter, staff_id: UUID) -> Response:
    """End all sessions of somebody at your school, with their remembered browsers and personal tokens."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/sessions/end")


@router.put("/staff/{staff_id}/absence", responses=gives(own.MaybeAway, "They are away, with this deputy."))
async def is_away(caller: StaffWriter, staff_id: UUID, body: own.NewAbsence) -> Response:
    """Say that somebody is away and who is alerted in their place."""
    return await caller.forward("auth", "PUT", f"/staff/{staff_id}/absence", body=body)


@router.delete("/staff/{staff_id}/absence", status_code=204, responses=gives_nothing("They are back."))
async def is_back(caller: StaffWriter, staff_id: UUID) -> Response:
    """Say that somebody is back."""
    return await caller.forward("auth", "DELETE", f"/staff/{staff_id}/absence")

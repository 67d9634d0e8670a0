"""Looking after the staff: who works here, with which rights, who is away; and a school's own link."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import own
from services.gateway.schemas import school as schemas
from shared.identity import public

# A few hundred people in one transaction; who sends the file waits for it, and knows that they do.
FILE_PATIENCE = 60.0

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


@router.post(
    "/staff/import",
    responses=gives(schemas.StaffImport, "What becomes, or would become, of each line."),
    openapi_extra={"requestBody": schemas.STAFF_BODY},
)
async def import_staff(
    request: Request,
    caller: StaffWriter,
    *,
    apply: Annotated[bool, Query(description="do it; without it, it is only tried")] = False,
    all_or_nothing: Annotated[bool, Query(description="do nothing if one line cannot go in")] = False,
) -> Response:
    """Add staff from a CSV file. Each new person is sent an invitation; who is here already is left as they are."""
    return await caller.forward(
        "auth",
        "POST",
        "/staff/import",
        content=await request.body(),
        params={"apply": apply, "all_or_nothing": all_or_nothing},
        headers={"content-type": "text/csv; charset=utf-8"},
        patience=FILE_PATIENCE,
    )


@router.get(
    "/staff/export",
    responses={
        200: {
            "description": "A CSV file whose cells no spreadsheet runs as a formula.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": schemas.STAFF}},
        }
    },
    response_class=Response,
)
async def export_staff(caller: StaffWriter) -> Response:
    """The staff of your school as a CSV file."""
    return await caller.forward("auth", "GET", "/staff/export")


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

"""The school's settings: schools, staff, groups, categories and the roll."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.asking import SignedIn, asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives, gives_nothing
from services.gateway.schemas import school as schemas

# A whole school's roll in one transaction; people wait for it, and know that they do.
ROLL_PATIENCE = 60.0

router = APIRouter(prefix=BASE, tags=["Settings"])
DangerWriter = Annotated[Caller, Depends(asks("danger-text:write"))]
StaffWriter = Annotated[Caller, Depends(asks("staff:write"))]
GroupWriter = Annotated[Caller, Depends(asks("group:write"))]


@router.get("/schools", responses=gives(schemas.Schools, "The schools you belong to."))
async def my_schools(caller: SignedIn) -> Response:
    """The schools you belong to."""
    return await caller.forward("auth", "GET", "/schools/mine")


@router.post("/schools", status_code=201, responses=gives(schemas.School, "The school is registered.", status=201))
async def register_school(
    caller: Annotated[Caller, Depends(asks("school:write"))], body: schemas.NewSchool
) -> Response:
    """Register a school of your trust."""
    return await caller.forward("auth", "POST", "/schools", body=body)


@router.get("/school", responses=gives(schemas.OwnSchool, "Your school.", etag=True))
async def own_school(caller: DangerWriter) -> Response:
    """What your school says before anybody has signed in, and how it stands in its own link for signing in."""
    return await caller.forward("auth", "GET", "/school")


@router.put("/school/danger-text", responses=gives(schemas.OwnSchool, "What it says from now on.", etag=True))
async def set_danger_text(caller: DangerWriter, body: schemas.NewDangerText, if_match: IfMatch = None) -> Response:
    """Say whom to find at once when a child is in danger: on the sign-in page of your school and on its kiosks."""
    return await caller.forward("auth", "PUT", "/school/danger-text", body=body)


@router.get("/staff", responses=gives(schemas.StaffList, "Members of staff whose names begin like this."))
async def find_staff(
    caller: Annotated[Caller, Depends(asks("staff:list"))],
    starts: Annotated[str, Query(max_length=60, description="how the name begins")] = "",
) -> Response:
    """Find a member of staff of your school, for instance to tell them of a concern as well."""
    return await caller.forward("auth", "GET", "/staff", params={"starts": starts})


@router.post(
    "/staff", status_code=201, responses=gives(schemas.AddedStaff, "Added, with these roles from now on.", status=201)
)
async def add_staff(caller: StaffWriter, body: schemas.NewStaff) -> Response:
    """Add a member of staff to your school.

    A mail with a link for their own password is sent to them; it is good once, and for seven days. Who works at another
    school of the trust has an account already, keeps it, and is told.
    """
    return await caller.forward("auth", "POST", "/staff", body=body)


@router.post("/staff/{staff_id}/invite", status_code=204, responses=gives_nothing("The mail is on its way."))
async def invite_again(caller: StaffWriter, staff_id: UUID) -> Response:
    """Send somebody who has no password yet a new link for it. Links sent before are no longer good."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/invite")


@router.put("/staff/{staff_id}/roles", responses=gives(schemas.StaffRoles, "The roles from now on.", etag=True))
async def set_roles(caller: StaffWriter, staff_id: UUID, body: schemas.NewRoles, if_match: IfMatch = None) -> Response:
    """Set somebody's roles and classes in your school. They count at that person's next request."""
    return await caller.forward("auth", "PUT", f"/staff/{staff_id}/roles", body=body)


@router.post("/staff/{staff_id}/disable", status_code=204, responses=gives_nothing("Every right has ended."))
async def disable_staff(caller: StaffWriter, staff_id: UUID) -> Response:
    """Disable somebody who has left: every right ends at their next request, everywhere."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/disable")


@router.post("/staff/{staff_id}/enable", status_code=204, responses=gives_nothing("Their roles count again."))
async def enable_staff(caller: StaffWriter, staff_id: UUID) -> Response:
    """Let somebody back who was disabled. They sign in afresh."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/enable")


@router.post(
    "/staff/{staff_id}/second-factor/reset", status_code=204, responses=gives_nothing("They set it up afresh.")
)
async def reset_second_factor(caller: StaffWriter, staff_id: UUID) -> Response:
    """For a lost phone: their second factor is gone and their sessions end; at the next sign-in they set up another."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/second-factor/reset")


@router.get("/groups", responses=gives(schemas.Groups, "The alert groups of your school."))
async def list_groups(caller: Annotated[Caller, Depends(asks("group:list"))]) -> Response:
    """The groups that can be alerted together."""
    return await caller.forward("auth", "GET", "/groups")


@router.post("/groups", status_code=201, responses=gives(schemas.Group, "The group.", status=201, etag=True))
async def make_group(caller: GroupWriter, body: schemas.NewGroup) -> Response:
    """Make an alert group."""
    return await caller.forward("auth", "POST", "/groups", body=body)


@router.put("/groups/{group_id}", responses=gives(schemas.Group, "The group as it is now.", etag=True))
async def change_group(
    caller: GroupWriter, group_id: UUID, body: schemas.NewGroup, if_match: IfMatch = None
) -> Response:
    """Change a group's name and members. Who joins is not given its earlier alerts; who leaves keeps theirs."""
    return await caller.forward("auth", "PUT", f"/groups/{group_id}", body=body)


@router.post(
    "/categories/standard", status_code=201, responses=gives(schemas.Begun, "How many there are now.", status=201)
)
async def begin_categories(caller: Annotated[Caller, Depends(asks("category:write"))]) -> Response:
    """Begin with the standard categories, for a school that has none yet."""
    return await caller.forward("incident", "POST", "/categories/standard")


@router.post(
    "/roll",
    responses=gives(schemas.RollReport, "What has changed on the roll."),
    openapi_extra={"requestBody": schemas.ROLL_BODY},
)
async def import_roll(
    request: Request,
    caller: Annotated[Caller, Depends(asks("roll:import"))],
    leavers: Annotated[bool, Query(description="the children who are not in the file have left")] = False,
) -> Response:
    """Import the roll from a CSV file: who is new, who has changed, and who has left. All of it or, if a line does not
    fit, nothing."""
    return await caller.forward(
        "incident",
        "POST",
        "/roll",
        content=await request.body(),
        params={"leavers": leavers},
        headers={"content-type": "text/csv; charset=utf-8"},
        patience=ROLL_PATIENCE,
    )

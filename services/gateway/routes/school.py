"""The school's settings: schools, staff, groups, alert rules, shields and the roll."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.asking import SignedIn, asks
from services.gateway.calls import Caller
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.routes.incidents import IfMatch
from services.gateway.schemas import school as schemas

router = APIRouter(tags=["Settings"])
StaffWriter = Annotated[Caller, Depends(asks("staff:write"))]
GroupWriter = Annotated[Caller, Depends(asks("group:write"))]
RuleWriter = Annotated[Caller, Depends(asks("rules:write"))]
ShieldWriter = Annotated[Caller, Depends(asks("shield:write"))]


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


@router.get("/staff", responses=gives(schemas.StaffList, "Members of staff whose names begin like this."))
async def find_staff(
    caller: SignedIn,
    starts: Annotated[str, Query(max_length=60, description="how the name begins")] = "",
) -> Response:
    """Find a member of staff of your school, for instance to tell them of a concern as well."""
    return await caller.forward("auth", "GET", "/staff", params={"starts": starts})


@router.post("/staff", status_code=201, responses=gives(schemas.Invited, "Invited by e-mail.", status=201))
async def invite_staff(caller: StaffWriter, body: schemas.NewStaff) -> Response:
    """Invite a member of staff."""
    return await caller.forward("auth", "POST", "/staff", body=body)


@router.put("/staff/{staff_id}/roles", responses=gives(schemas.StaffRoles, "The roles from now on."))
async def set_roles(caller: StaffWriter, staff_id: UUID, body: schemas.Roles, if_match: IfMatch = None) -> Response:
    """Set somebody's roles and classes in your school. They count at that person's next request."""
    return await caller.forward("auth", "PUT", f"/staff/{staff_id}/roles", body=body)


@router.post("/staff/{staff_id}/disable", status_code=204, responses=gives_nothing("Every right has ended."))
async def disable_staff(caller: StaffWriter, staff_id: UUID) -> Response:
    """Disable somebody who has left: every right ends at their next request, everywhere."""
    return await caller.forward("auth", "POST", f"/staff/{staff_id}/disable")


@router.get("/groups", responses=gives(schemas.Groups, "The alert groups of your school."))
async def list_groups(caller: SignedIn) -> Response:
    """The groups that can be alerted together."""
    return await caller.forward("auth", "GET", "/groups")


@router.post("/groups", status_code=201, responses=gives(schemas.Group, "The group.", status=201))
async def make_group(caller: GroupWriter, body: schemas.NewGroup) -> Response:
    """Make an alert group."""
    return await caller.forward("auth", "POST", "/groups", body=body)


@router.put("/groups/{group_id}", responses=gives(schemas.Group, "The group as it is now.", etag=True))
async def change_group(
    caller: GroupWriter, group_id: UUID, body: schemas.NewGroup, if_match: IfMatch = None
) -> Response:
    """Change a group's name and members. Who joins is not given its earlier alerts; who leaves keeps theirs."""
    return await caller.forward("auth", "PUT", f"/groups/{group_id}", body=body)


@router.post("/shields", status_code=201, responses=gives(schemas.Shield, "The shield holds.", status=201))
async def shield(caller: ShieldWriter, body: schemas.NewShield) -> Response:
    """Shield a member of staff from a pupil or a concern: a parent, a relative, somebody named in it."""
    return await caller.forward("auth", "POST", "/shields", body=body)


@router.delete("/shields/{shield_id}", status_code=204, responses=gives_nothing("The shield has ended."))
async def end_shield(caller: ShieldWriter, shield_id: UUID) -> Response:
    """End a shield."""
    return await caller.forward("auth", "DELETE", f"/shields/{shield_id}")


@router.get("/alert-rules", responses=gives(schemas.Rules, "Who is told of what.", etag=True))
async def read_rules(caller: RuleWriter) -> Response:
    """Who is told of what, by category. The head and the lead DSL are told of everything, rules or not."""
    return await caller.forward("alerting", "GET", "/rules")


@router.put("/alert-rules", responses=gives(schemas.Rules, "The rules as they are now.", etag=True))
async def write_rules(caller: RuleWriter, body: schemas.NewRules, if_match: IfMatch = None) -> Response:
    """Set who is told of what. It counts for the next concern."""
    return await caller.forward("alerting", "PUT", "/rules", body=body)


@router.post("/alert-rules/try", responses=gives(schemas.Tried, "Who would be told, and why."))
async def try_rules(caller: RuleWriter, body: schemas.Trial) -> Response:
    """Try the rules on an invented concern: who would be told, and why. Nobody is."""
    return await caller.forward("alerting", "POST", "/rules/try", body=body)


@router.post(
    "/roll",
    responses=gives(schemas.RollReport, "What has changed on the roll."),
    openapi_extra={"requestBody": schemas.ROLL_BODY},
)
async def import_roll(request: Request, caller: Annotated[Caller, Depends(asks("roll:import"))]) -> Response:
    """Import the roll from a CSV file: who is new, who has changed, who has left."""
    return await caller.forward(
        "incident", "POST", "/roll", content=await request.body(), headers={"content-type": "text/csv; charset=utf-8"}
    )

"""A child's record: open it, and change by hand what no file brings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import pupil_record as schemas

router = APIRouter(prefix=f"{BASE}/pupils/{{pupil_id}}", tags=["Pupils"])
Changes = Annotated[Caller, Depends(asks("pupil:change"))]


@router.get("", responses=gives(schemas.PupilRecord, "The child's record, as far as it is yours to see."))
async def open_record(
    caller: Annotated[Caller, Depends(asks("pupil:chronology"))],
    pupil_id: UUID,
    identifiers: Annotated[bool, Query(description="show the numbers, which are hidden otherwise")] = False,
) -> Response:
    """Open a child's record: names, class, contacts, attendance, and the flags that are yours to see.

    Needs elevated access. Opening it is recorded, and so is asking for the UPN and other numbers.
    """
    return await caller.forward("incident", "GET", f"/pupils/{pupil_id}", params={"identifiers": identifiers})


@router.put("/preferred-name", status_code=204, responses=gives_nothing("This is how the child is called now."))
async def prefer_name(caller: Changes, pupil_id: UUID, body: schemas.PreferredName) -> Response:
    """Say how a child is called. The name of before still finds them; without a name they go by the legal one."""
    return await caller.forward("incident", "PUT", f"/pupils/{pupil_id}/preferred-name", body=body)


@router.post("/names-apart", status_code=204, responses=gives_nothing("The names are kept apart."))
async def keep_names_apart(
    caller: Annotated[Caller, Depends(asks("pupil:names-apart"))], pupil_id: UUID, body: schemas.NamesApart
) -> Response:
    """Keep an adopted child's names apart: names of before are neither shown nor found, and no file joins the records
    of before and after."""
    return await caller.forward("incident", "POST", f"/pupils/{pupil_id}/names-apart", body=body)


@router.put(
    "/contacts/{contact_id}/do-not-contact", status_code=204, responses=gives_nothing("So it stands on the record.")
)
async def mark_contact(caller: Changes, pupil_id: UUID, contact_id: UUID, body: schemas.DoNotContact) -> Response:
    """Say why somebody must not be contacted, or with `null` that they may be. Imports leave this as it is."""
    path = f"/pupils/{pupil_id}/contacts/{contact_id}/do-not-contact"
    return await caller.forward("incident", "PUT", path, body=body)


@router.post("/flags", status_code=201, responses=gives(schemas.FlagRaised, "The flag.", status=201))
async def raise_flag(caller: Changes, pupil_id: UUID, body: schemas.NewFlag) -> Response:
    """Put a flag on a child's record. Child protection plan, child in need and safe address are for the DSL team and
    senior leaders."""
    return await caller.forward("incident", "POST", f"/pupils/{pupil_id}/flags", body=body)


@router.post("/flags/{flag_id}/end", status_code=204, responses=gives_nothing("It no longer holds."))
async def end_flag(caller: Changes, pupil_id: UUID, flag_id: UUID, body: schemas.FlagEnds) -> Response:
    """End a flag. That it was there stays on the record."""
    return await caller.forward("incident", "POST", f"/pupils/{pupil_id}/flags/{flag_id}/end", body=body)

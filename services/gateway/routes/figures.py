"""The schools of the trust in figures, for those of the trust who see no record."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from services.gateway.asking import asks
from services.gateway.calls import Caller, handed_on
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import figures as schemas

router = APIRouter(prefix=BASE, tags=["Figures"])


@router.get("/figures", responses=gives(schemas.Figures, "Every school of the trust in the same four numbers."))
async def figures(caller: Annotated[Caller, Depends(asks("figures:read"))]) -> Response:
    """How each school of your trust stands: of no child and of no person. A number under 5 is "fewer than 5"."""
    found = await caller.call("alerting", "GET", "/figures")
    if found.is_error:
        return handed_on(found)
    schools = await caller.call("auth", "GET", "/schools/mine")
    names = {one["id"]: one["name"] for one in schools.json()["schools"]} if schools.is_success else {}
    rows = [{**row, "name": names.get(row["school_id"])} for row in found.json()["schools"]]
    return JSONResponse({"schools": sorted(rows, key=lambda row: row["name"] or "")})

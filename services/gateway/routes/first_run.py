"""The first run of a house that was begun empty."""

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.calls import handed_on
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import first_run as schemas
from shared.identity import public

router = APIRouter(prefix=f"{BASE}/first-run", tags=["Sign-in"], dependencies=[Depends(public())])
PUBLIC = {"x-public": True}


@router.get("", openapi_extra=PUBLIC, responses=gives(schemas.FirstRun, "Whether this house is still to be begun."))
async def first_run(request: Request) -> Response:
    """Whether there is no trust yet. Once there is one this never opens again."""
    return handed_on(await gate_of(request).auth("/first-run/open", {}))


@router.post(
    "",
    status_code=201,
    openapi_extra=PUBLIC,
    responses=gives(schemas.HouseBegun, "The house is begun, and closed to everybody else.", status=201),
)
async def begin(request: Request, body: schemas.NewHouse) -> Response:
    """Create the trust, its first school and its first lead DSL, with the starting code. Of two who try at once one
    succeeds; afterwards it is refused for good. The standard categories come with the first roll."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    return handed_on(await gate.auth("/first-run", body.model_dump(mode="json", exclude_unset=True)))

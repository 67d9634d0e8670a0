"""Who is alerted to a concern: tell others, see who has read it, withdraw."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import alerted as schemas

router = APIRouter(prefix=BASE, tags=["Alerts"])
Withdrawer = Annotated[Caller, Depends(asks("alert:withdraw"))]


@router.post(
    "/incidents/{incident_id}/alerts",
    status_code=204,
    responses=gives_nothing("Whoever could be alerted is."),
)
async def alert_further(
    caller: Annotated[Caller, Depends(asks("alert:add"))], incident_id: UUID, body: schemas.AlertFurther
) -> Response:
    """Alert others to a concern, or again whoever has marked it as read, with a note if you like.

    Whether each of them could be alerted is not said.
    """
    sent = {"incident_id": str(incident_id), **body.model_dump(mode="json", exclude_unset=True)}
    return await caller.forward("alerting", "POST", "/alerts/further", body=sent)


@router.get(
    "/incidents/{incident_id}/alerts", responses=gives(schemas.WhoWasAlerted, "Who was alerted, who has read it.")
)
async def who_was_alerted(request: Request, caller: Withdrawer, incident_id: UUID) -> Response:
    """Who was alerted to a concern, and who has read it, taken it up, or done what was to be done."""
    return await composing.who_was_alerted(request, caller, incident_id)


@router.post("/alerts/{alert_id}/withdraw", status_code=204, responses=gives_nothing("It is withdrawn."))
async def withdraw(caller: Withdrawer, alert_id: UUID, body: schemas.Withdrawal) -> Response:
    """Withdraw an alert, with the reason. Who had it cannot read the concern by it any more, and is not told."""
    return await caller.forward("alerting", "POST", f"/alerts/{alert_id}/withdraw", body=body)

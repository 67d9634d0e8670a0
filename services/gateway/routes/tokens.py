"""Personal tokens: a program acts for you, with a part of what you may do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import sessions as schemas

router = APIRouter(prefix=f"{BASE}/tokens", tags=["Tokens"])
Owner = Annotated[Caller, Depends(asks("token:own"))]


@router.get("", responses=gives(schemas.Tokens, "Your tokens, without their secrets."))
async def list_tokens(caller: Owner) -> Response:
    """Your personal tokens."""
    return await caller.forward("auth", "GET", "/tokens")


@router.post("", status_code=201, responses=gives(schemas.MadeToken, "The token, shown this once.", status=201))
async def make_token(caller: Owner, body: schemas.NewToken) -> Response:
    """Make a personal token for named actions only. It never may more than you."""
    return await caller.forward("auth", "POST", "/tokens", body=body)


@router.delete("/{token_id}", status_code=204, responses=gives_nothing("The token has ended."))
async def end_token(caller: Owner, token_id: UUID) -> Response:
    """End a personal token. It counts at its next request."""
    return await caller.forward("auth", "DELETE", f"/tokens/{token_id}")

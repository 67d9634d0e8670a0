"""One's own drafts, kept while the form is being filled in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import drafts as schemas

router = APIRouter(prefix=f"{BASE}/drafts", tags=["Concerns"])

Writer = Annotated[Caller, Depends(asks("draft:keep"))]
Lister = Annotated[Caller, Depends(asks("draft:list"))]


@router.get("", responses=gives(schemas.Drafts, "Your drafts, the last saved first."))
async def mine(caller: Lister) -> Response:
    """What you have begun and not submitted. Nobody else sees it; what you do not save for 14 days is gone."""
    return await caller.forward("incident", "GET", "/drafts")


@router.get("/{draft_id}", responses=gives(schemas.Draft, "The draft as you typed it."))
async def read(caller: Writer, draft_id: UUID) -> Response:
    """Go on with a draft."""
    return await caller.forward("incident", "GET", f"/drafts/{draft_id}")


@router.put("/{draft_id}", responses=gives(schemas.DraftKept, "Saved."))
async def keep(caller: Writer, draft_id: UUID, body: schemas.KeepDraft) -> Response:
    """Save a draft under an id of your own making, as often as you like.

    Name it as `draft_id` when you submit the concern: it goes when the concern is recorded, not before.
    """
    return await caller.forward("incident", "PUT", f"/drafts/{draft_id}", body=body)


@router.delete("/{draft_id}", status_code=204, responses=gives_nothing("It is gone."))
async def discard(caller: Writer, draft_id: UUID) -> Response:
    """Discard a draft."""
    return await caller.forward("incident", "DELETE", f"/drafts/{draft_id}")

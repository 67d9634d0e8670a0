"""One's own drafts."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.incident import schemas
from services.incident.models import Draft
from services.incident.routes.within import database, scope
from services.incident.service import drafts
from shared.identity import Staff, may

router = APIRouter(prefix="/drafts", tags=["drafts"])

Writer = Annotated[Staff, Depends(may("draft:keep"))]
Lister = Annotated[Staff, Depends(may("draft:list"))]


@router.get("")
async def mine(request: Request, staff: Lister) -> schemas.DraftsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await drafts.own_drafts(session, acting_staff=staff)
    return schemas.DraftsShown(drafts=[_kept(draft) for draft in found])


@router.get("/{draft_id}")
async def read(request: Request, staff: Writer, draft_id: UUID) -> schemas.DraftShown:
    async with database(request).begin(scope(staff)) as session:
        found = await drafts.open_draft(session, acting_staff=staff, draft_id=draft_id)
    return schemas.DraftShown(**_kept(found).model_dump(), content=json.loads(found.content))


@router.put("/{draft_id}")
async def keep(request: Request, staff: Writer, draft_id: UUID, body: schemas.KeepDraft) -> schemas.DraftKept:
    async with database(request).begin(scope(staff)) as session:
        kept = await drafts.keep_draft(
            session, acting_staff=staff, draft_id=draft_id, version=body.version, content=body.content
        )
    return _kept(kept)


@router.delete("/{draft_id}", status_code=204)
async def discard(request: Request, staff: Writer, draft_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await drafts.discard_draft(session, acting_staff=staff, draft_id=draft_id)
    return Response(status_code=204)


def _kept(draft: Draft) -> schemas.DraftKept:
    return schemas.DraftKept.model_validate(draft, from_attributes=True)

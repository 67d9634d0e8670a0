"""The roll from a file in two steps: a dry run first, and what it says is done when a person says so."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import roll as schemas

# A large file takes a while to arrive, to be read and to be done; whoever waits sees the progress.
PATIENCE = 120.0

router = APIRouter(prefix=BASE, tags=["Settings"])
Importer = Annotated[Caller, Depends(asks("roll:import"))]
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": schemas.CSV},
            "application/xml": {"schema": {"type": "string"}, "example": schemas.CTF},
        },
    }
}


@router.post(
    "/roll/imports",
    status_code=201,
    responses=gives(schemas.ImportBegun, "The file is kept for a day; nothing has changed yet.", status=201),
    openapi_extra=FILE,
)
async def begin_import(
    request: Request,
    caller: Importer,
    whole: Annotated[
        bool | None, Query(description="whether everybody on the roll is in it; a CTF says so itself, a CSV is whole")
    ] = None,
) -> Response:
    """Send a roll as CSV (up to 10 MB) or as CTF (up to 100 MB) for a dry run.

    The headings of the common systems are understood; which was taken for what is in the report, and can be changed.
    """
    kind = request.headers["content-type"]
    return await caller.forward(
        "incident",
        "POST",
        "/roll/imports",
        content=request.stream(),
        params={"whole": whole},
        headers={"content-type": kind},
        patience=PATIENCE,
    )


@router.get("/roll/imports/{import_id}", responses=gives(schemas.Import, "What the file would do, or has done."))
async def open_import(
    *,
    caller: Importer,
    import_id: UUID,
    outcome: Annotated[schemas.Outcome | None, Query(description="only rows with this outcome")] = None,
    after: Annotated[int, Query(ge=0, le=100_000, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="how many rows")] = 100,
) -> Response:
    """The report, row by row: new, changed and in which fields, unchanged, refused and why, no longer there.

    While it is being applied, `done` of `total` tells how far it is.
    """
    params = {"outcome": outcome, "after": after, "limit": limit}
    return await caller.forward("incident", "GET", f"/roll/imports/{import_id}", params=params)


@router.put("/roll/imports/{import_id}/mapping", responses=gives(schemas.ImportBegun, "Run dry again."))
async def map_columns(caller: Importer, import_id: UUID, body: schemas.ColumnMapping) -> Response:
    """Say which heading is which column, and run it dry again."""
    path = f"/roll/imports/{import_id}/mapping"
    return await caller.forward("incident", "PUT", path, body=body, patience=PATIENCE)


@router.post("/roll/imports/{import_id}/apply", responses=gives(schemas.ImportApplied, "It is done."))
async def apply_import(caller: Importer, import_id: UUID, body: schemas.ApplyImport) -> Response:
    """Do what the dry run said, all of it in one; rows that were refused are left out.

    Those who are not in a full file are marked as having left when `leavers` says so, and not otherwise.
    """
    path = f"/roll/imports/{import_id}/apply"
    return await caller.forward("incident", "POST", path, body=body, patience=PATIENCE)


@router.post("/pupils", status_code=201, responses=gives(schemas.PupilAdded, "The child is on the roll.", status=201))
async def add_pupil(caller: Importer, body: schemas.NewPupil) -> Response:
    """Put a child on the roll by hand. After an adoption this is the new record, with no way to the one of before."""
    return await caller.forward("incident", "POST", "/pupils", body=body)

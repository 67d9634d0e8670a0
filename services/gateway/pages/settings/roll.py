"""The roll from a file: a dry run that says line by line what would happen, then doing it, with its progress shown."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(prefix="/settings/roll", include_in_schema=False, route_class=PageRoute)
Importer = Annotated[Visit, Depends(visits("roll:import"))]
HERE = "/settings/roll"
OUTCOMES = {
    "new": "New",
    "changed": "Changed",
    "refused": "Refused",
    "leaves": "No longer in the file",
    "unchanged": "Unchanged",
}
MARKS_AND_BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"
EVERY = 0.3  # seconds between two looks at how far it is
LONGEST = 300  # looks


@router.get("")
async def roll_page(request: Request, visit: Importer) -> Response:
    return page(request, "settings/roll.html")


@router.post("")
async def begin(request: Request, visit: Importer) -> Response:
    form = visit.form
    sent = form.files.get("file")
    if sent is None or not sent.filename:
        form.wrong("file", "Choose the file: a CSV, or a CTF (XML)")
        return page(request, "settings/roll.html", form=form)
    content = await sent.read()
    # By what is in it: browsers name a CSV in many ways.
    kind = "application/xml" if content.lstrip(MARKS_AND_BLANKS).startswith(b"<") else "text/csv"
    whole = {"yes": "true", "no": "false"}.get(form.text("whole"))
    try:
        begun = await visit.api.post(
            "/roll/imports", content=content, params={"whole": whole} if whole else None, headers={"content-type": kind}
        )
    except Refused as problem:
        form.take(problem, lambda _: "file")
        return page(request, "settings/roll.html", form=form)
    return to(request, f"{HERE}/{begun['id']}")


@router.get("/{import_id}")
async def report_page(
    request: Request,
    visit: Importer,
    import_id: UUID,
    outcome: str = "",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    return await _report(request, visit, import_id, outcome=outcome, after=after)


@router.post("/{import_id}/mapping")
async def map_columns(request: Request, visit: Importer, import_id: UUID) -> Response:
    form = visit.form
    mapping = {name: form.text(f"column_{name}") or None for name in form.all("column")}
    return await done_or_again(
        request,
        visit,
        visit.api.put(f"/roll/imports/{import_id}/mapping", {"mapping": mapping}),
        then=f"{HERE}/{import_id}",
        again=lambda: _report(request, visit, import_id, form=form),
        fields=lambda path: "column_" + path.removeprefix("mapping."),
    )


@router.post("/{import_id}/apply")
async def apply(request: Request, visit: Importer, import_id: UUID) -> Response:
    return await done_or_again(
        request,
        visit,
        visit.api.post(f"/roll/imports/{import_id}/apply", {"leavers": visit.form.has("leavers")}),
        then=f"{HERE}/{import_id}",
        again=lambda: _report(request, visit, import_id, form=visit.form),
        fields=lambda _: "leavers",
    )


@router.get("/{import_id}/progress")
async def progress(visit: Importer, import_id: UUID) -> Response:
    """How far it is, as events: a page's script shows them in a bar. Ends when it is done."""
    await visit.api.get(f"/roll/imports/{import_id}", limit=1)
    return StreamingResponse(_events(visit, import_id), media_type="text/event-stream")


async def _events(visit: Visit, import_id: UUID) -> AsyncIterator[str]:
    for _ in range(LONGEST):
        try:
            there = await visit.api.get(f"/roll/imports/{import_id}", limit=1)
        except Refused:
            return
        said = {name: there[name] for name in ("state", "done", "total")}
        yield f"data: {json.dumps(said)}\n\n"
        if there["state"] == "applied":
            return
        await asyncio.sleep(EVERY)


async def _report(
    request: Request, visit: Visit, import_id: UUID, *, outcome: str = "", after: int = 0, form: Form | None = None
) -> Response:
    asked: dict[str, Any] = {"outcome": outcome if outcome in OUTCOMES else None, "after": after}
    there = await visit.api.get(f"/roll/imports/{import_id}", **asked)
    return page(
        request,
        "settings/roll-report.html",
        form=form,
        there=there,
        outcomes=OUTCOMES,
        outcome=asked["outcome"],
        address=f"{HERE}/{import_id}",
    )

"""The audit, to read: who, what, when, about whom and why; up to where it is sealed; and all of it to take away."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import capital, midnight, when

router = APIRouter(prefix="/audit", include_in_schema=False, route_class=PageRoute)
Reader = Annotated[Visit, Depends(visits("audit:read"))]
Filter = Annotated[str, Query(max_length=64)]

KINDS = {
    "incident": "Incidents",
    "pupil": "Children",
    "alert": "Alerts",
    "session": "Sign-ins and elevated access",
    "staff": "Staff and their rights",
    "break-glass": "Break-glass",
    "category": "Categories",
    "roll": "Roll imports",
    "audit": "The audit itself",
}
MOST_ROWS = 10_000
PAGE = 200
HEADINGS = ("When", "Who", "What", "About", "Id", "Children", "Why", "Sign-in", "Break-glass", "Part of Heed", "Row")
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("")
async def audit_page(
    *,
    request: Request,
    visit: Reader,
    staff_id: Filter = "",
    pupil_id: Filter = "",
    kind: Filter = "",
    since: Filter = "",
    until: Filter = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    asked = _asked(staff_id, pupil_id, kind, since, until)
    found = await visit.api.get("/audit", cursor=cursor, **asked)
    kept = {name: value for name, value in request.query_params.items() if name != "cursor" and value}
    return page(
        request,
        "audit.html",
        found=found,
        kinds=KINDS,
        query=request.query_params,
        filtered=bool(asked),
        further=f"?{urlencode({**kept, 'cursor': found['next']})}" if found["next"] else None,
        download=f"/audit/rows.csv?{urlencode(kept)}",
    )


@router.get("/rows.csv")
async def download(
    *,
    visit: Reader,
    staff_id: Filter = "",
    pupil_id: Filter = "",
    kind: Filter = "",
    since: Filter = "",
    until: Filter = "",
) -> Response:
    """What the filters show, as a table for a spreadsheet; at most 10,000 rows, of which it says so at the end."""
    asked, cursor, rows = _asked(staff_id, pupil_id, kind, since, until), None, 0
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(HEADINGS)
    while True:
        found = await visit.api.get("/audit", cursor=cursor, limit=PAGE, **asked)
        table.writerows(_cells(row, found["names"]) for row in found["rows"])
        cursor, rows = found["next"], rows + len(found["rows"])
        if cursor is None:
            break
        if rows >= MOST_ROWS:
            table.writerow(["There are more rows: narrow it down by date, or use `heed audit export`."])
            break
    headers = {"Content-Disposition": 'attachment; filename="heed-audit.csv"'}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _asked(staff_id: str, pupil_id: str, kind: str, since: str, until: str) -> dict[str, str]:
    """The filters of the address that are any."""
    asked = {
        "staff_id": _id(staff_id),
        "pupil_id": _id(pupil_id),
        "kind": kind if kind in KINDS else None,
        "since": midnight(since),
        "until": midnight(until, after=True),
    }
    return {name: value for name, value in asked.items() if value}


def _id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _cells(row: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[str]:
    cells = (
        capital(when(row["at"])) + f" ({row['at']})",
        names.get(row["staff_id"], row["staff_id"] or row["actor"]),
        row["action"],
        row["about_kind"],
        row["about_id"],
        " ".join(row["pupil_ids"]),
        row["reason"],
        row["assurance"],
        row["break_glass_id"],
        row["service"],
        row["id"],
    )
    return (_text(cell) for cell in cells)


def _text(cell: str | None) -> str:
    cell = cell or ""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

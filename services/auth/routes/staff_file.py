"""The staff as a file: read in, with a report line by line, and given out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.auth import queries, schemas
from services.auth.domain.staff_file import Unreadable, read_rows, written
from services.auth.register import Entry, register
from services.auth.routes.within import database, mail_seal, now, scope
from services.auth.service.acting import note
from services.auth.service.staff_file import import_staff
from shared.errors import FieldError, Invalid
from shared.identity import Staff, may

router = APIRouter(tags=["staff file"])
StaffWriter = Annotated[Staff, Depends(may("staff:write"))]
HEADING = ("E-mail", "Title", "Forename", "Surname", "Roles", "Classes", "State", "Second factor", "Last seen")


@router.post("/staff/import")
async def take_in(
    request: Request, staff: StaffWriter, *, apply: bool = False, all_or_nothing: bool = False
) -> schemas.StaffImport:
    try:
        rows = read_rows(await request.body())
    except Unreadable as problem:
        raise Invalid(FieldError("file", str(problem))) from None
    async with database(request).begin(scope(staff)) as session:
        outcomes, applied = await import_staff(
            session,
            rows,
            acting_staff=staff,
            seal=mail_seal(request),
            now=now(),
            apply=apply,
            all_or_nothing=all_or_nothing,
        )
    shown = [
        schemas.StaffImportRow(row=each.row, email=each.email, became=each.became, reasons=list(each.reasons))
        for each in outcomes
    ]
    return schemas.StaffImport(applied=applied, rows=shown)


@router.get("/staff/export")
async def give_out(request: Request, staff: StaffWriter) -> Response:
    async with database(request).begin(scope(staff)) as session:
        found = await register(session, staff, today=queries.today(now()))
        await note(
            session,
            staff,
            action="staff:exported",
            school_id=staff.school_id,
            about_kind="school",
            about_id=staff.school_id,
        )
    # With the mark by which spreadsheets know UTF-8.
    content = "\ufeff" + written(HEADING, [_cells(entry) for entry in found])
    return Response(content.encode(), media_type="text/csv; charset=utf-8")


def _cells(entry: Entry) -> list[str]:
    person = entry.account
    working = "active" if entry.has_password else "invited"
    return [
        person.email,
        person.title,
        person.forename,
        person.surname,
        "; ".join(role.value for role in entry.roles),
        "; ".join(entry.classes),
        "disabled" if person.disabled_at else working,
        "yes" if entry.has_second_factor else "no",
        entry.last_seen_at.strftime("%Y-%m-%d") if entry.last_seen_at else "",
    ]

"""A child's record: opened, and changed by hand."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.incident import schemas, service
from services.incident.models import Attendance, PupilContact, PupilIdentifier
from services.incident.queries.pupil_record import PupilRecord
from services.incident.routes.within import database, scope
from shared.contracts.words import DSL_TEAM
from shared.identity import Staff, may
from shared.policy import ACTIONS

router = APIRouter(prefix="/pupils/{pupil_id}", tags=["pupils"])
Changes = Annotated[Staff, Depends(may("pupil:change"))]
DONE: Final = 204


@router.get("")
async def open_record(
    request: Request,
    staff: Annotated[Staff, Depends(may("pupil:chronology"))],
    pupil_id: UUID,
    identifiers: Annotated[bool, Query(description="show the numbers, which are hidden otherwise")] = False,
) -> schemas.PupilRecordShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.open_pupil_record(session, staff=staff, pupil_id=pupil_id, identifiers_asked=identifiers)
    return shown(found, staff, identifiers=identifiers)


@router.put("/preferred-name", status_code=DONE)
async def prefer_name(request: Request, staff: Changes, pupil_id: UUID, body: schemas.PreferredName) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.prefer_name(
            session, acting_staff=staff, pupil_id=pupil_id, forename=body.forename, surname=body.surname
        )
    return Response(status_code=DONE)


@router.post("/names-apart", status_code=DONE)
async def keep_names_apart(
    request: Request,
    staff: Annotated[Staff, Depends(may("pupil:names-apart"))],
    pupil_id: UUID,
    body: schemas.NamesApart,
) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.keep_names_apart(session, acting_staff=staff, pupil_id=pupil_id, reason=body.reason)
    return Response(status_code=DONE)


@router.put("/contacts/{contact_id}/do-not-contact", status_code=DONE)
async def mark_contact(
    request: Request, staff: Changes, pupil_id: UUID, contact_id: UUID, body: schemas.DoNotContact
) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.mark_contact(
            session, acting_staff=staff, pupil_id=pupil_id, contact_id=contact_id, do_not_contact=body.reason
        )
    return Response(status_code=DONE)


@router.post("/flags", status_code=201)
async def raise_flag(request: Request, staff: Changes, pupil_id: UUID, body: schemas.NewFlag) -> schemas.FlagRaised:
    async with database(request).begin(scope(staff)) as session:
        made = await service.raise_flag(
            session, acting_staff=staff, pupil_id=pupil_id, kind=body.kind, since=body.since, note=body.note
        )
    return schemas.FlagRaised(id=made)


@router.post("/flags/{flag_id}/end", status_code=DONE)
async def end_flag(request: Request, staff: Changes, pupil_id: UUID, flag_id: UUID, body: schemas.FlagEnds) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.end_flag(session, acting_staff=staff, pupil_id=pupil_id, flag_id=flag_id, until=body.until)
    return Response(status_code=DONE)


def shown(found: PupilRecord, staff: Staff, *, identifiers: bool) -> schemas.PupilRecordShown:
    pupil = found.pupil
    # Why somebody must not be rung may say more than a class teacher needs; that they must not is enough.
    reasons = bool(ACTIONS["pupil:change"].roles & staff.roles)
    return schemas.PupilRecordShown(
        id=pupil.id,
        break_glass=staff.break_glass is not None,
        name=pupil.name,
        legal_forename=pupil.forename,
        legal_surname=pupil.surname,
        preferred_forename=pupil.preferred_forename,
        preferred_surname=pupil.preferred_surname,
        names_before=[schemas.NameShown.model_validate(name, from_attributes=True) for name in found.names],
        names_apart=pupil.names_apart if DSL_TEAM & staff.roles else None,
        born=pupil.born,
        sex=pupil.sex,
        year_group=pupil.year_group,
        class_code=pupil.class_code,
        enrolled_on=pupil.enrolled_on,
        left_on=pupil.left_on,
        identifiers=[_identifier(one, asked=identifiers) for one in found.identifiers],
        contacts=[_contact(one, reasons=reasons) for one in found.contacts],
        attendance=_attendance(found.attendance) if found.attendance else None,
        flags=[schemas.FlagShown.model_validate(flag, from_attributes=True) for flag in found.flags],
    )


def _identifier(one: PupilIdentifier, *, asked: bool) -> schemas.IdentifierShown:
    return schemas.IdentifierShown(
        kind=one.kind, value=one.value if asked else None, source=one.source, since=one.since, until=one.until
    )


def _contact(one: PupilContact, *, reasons: bool) -> schemas.ContactShown:
    return schemas.ContactShown(
        id=one.id,
        priority=one.priority,
        name=one.name,
        relationship=one.relationship,
        phones=[schemas.PhoneShown(**phone) for phone in one.phones],
        email=one.email,
        parental_responsibility=one.parental_responsibility,
        do_not_contact=one.do_not_contact,
        do_not_contact_reason=one.do_not_contact_reason if reasons else None,
    )


def _attendance(one: Attendance) -> schemas.AttendanceShown:
    return schemas.AttendanceShown(
        as_of=one.as_of,
        possible=one.possible,
        attended=one.attended,
        authorised=one.authorised,
        unauthorised=one.unauthorised,
        percent=round(100 * one.attended / one.possible, 1) if one.possible else None,
        source=one.source,
    )

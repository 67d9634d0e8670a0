"""Schools, staff and groups."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.auth import queries, schemas, service
from services.auth.domain import Period
from services.auth.models import AlertGroup
from services.auth.register import Entry, register
from services.auth.routes.absence import shown as absence_shown
from services.auth.routes.sessions import shown
from services.auth.routes.within import IfMatch, database, etag, mail_seal, now, scope, version_of
from shared.identity import Staff, may, signed_in
from shared.mail import MailKind

router = APIRouter(tags=["people"])
Anyone = Annotated[Staff, Depends(signed_in())]
StaffWriter = Annotated[Staff, Depends(may("staff:write"))]
GroupWriter = Annotated[Staff, Depends(may("group:write"))]


@router.get("/schools/mine")
async def my_schools(request: Request, staff: Anyone) -> schemas.SchoolsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await queries.schools_open_to(session, staff.staff_id)
    return schemas.SchoolsShown(schools=[shown(school) for school in found])


@router.post("/schools", status_code=201)
async def register_school(
    request: Request, staff: Annotated[Staff, Depends(may("school:write"))], body: schemas.NewSchool
) -> schemas.SchoolShown:
    async with database(request).begin(scope(staff)) as session:
        school = await service.register_school(
            session,
            acting_staff=staff,
            name=body.name,
            short_name=body.short_name or body.name,
            phase=body.phase,
            urn=body.urn,
        )
    return shown(school)


@router.get("/staff")
async def find_staff(
    request: Request,
    staff: Annotated[Staff, Depends(may("staff:list"))],
    starts: Annotated[str, Query(max_length=60)] = "",
) -> schemas.StaffListed:
    async with database(request).begin(scope(staff)) as session:
        found = await queries.find_staff(session, staff.school_id, starts.replace("\x00", ""))
    return schemas.StaffListed(staff=[schemas.StaffShown(id=p.id, name=p.display_name) for p in found])


@router.get("/staff/all")
async def all_staff(request: Request, staff: StaffWriter) -> schemas.StaffRegister:
    async with database(request).begin(scope(staff)) as session:
        found = await register(session, staff, today=queries.today(now()))
    return schemas.StaffRegister(staff=[_entry(entry) for entry in found])


@router.post("/staff", status_code=201)
async def add_staff(request: Request, staff: StaffWriter, body: schemas.NewStaff) -> schemas.StaffAdded:
    async with database(request).begin(scope(staff)) as session:
        known = await queries.account_by_email(session, body.email)
        person = await service.add_staff(
            session,
            acting_staff=staff,
            school_id=staff.school_id,
            email=body.email,
            title=body.title,
            forename=body.forename,
            surname=body.surname,
            roles=body.roles,
            classes=_periods(body.classes),
        )
        # Whoever has an account keeps their password: a school must not be able to take an account over by adding it.
        if known:
            await service.mail(session, MailKind.JOINED, [person.id], school_id=staff.school_id)
        else:
            await service.invite(session, acting_staff=staff, staff_id=person.id, seal=mail_seal(request), now=now())
    return schemas.StaffAdded(id=person.id, invited=known is None)


@router.post("/staff/{staff_id}/invite", status_code=204)
async def invite(request: Request, staff: StaffWriter, staff_id: UUID) -> Response:
    """Again, for a mail that was lost or a link that has ended."""
    async with database(request).begin(scope(staff)) as session:
        await service.invite(session, acting_staff=staff, staff_id=staff_id, seal=mail_seal(request), now=now())
    return Response(status_code=204)


@router.put("/staff/{staff_id}/roles")
async def set_roles(
    *,
    request: Request,
    response: Response,
    staff: StaffWriter,
    staff_id: UUID,
    body: schemas.StaffRoles,
    if_match: IfMatch = None,
) -> schemas.StaffRolesShown:
    async with database(request).begin(scope(staff)) as session:
        person = await service.set_roles(
            session,
            acting_staff=staff,
            school_id=staff.school_id,
            staff_id=staff_id,
            roles=body.roles,
            classes=None if body.classes is None else _periods(body.classes),
            version=version_of(if_match),
        )
        place = await queries.place_of(session, staff.school_id, staff_id)
    response.headers.update(etag(person.version))
    classes = place.classes(queries.today(now())) if place else []
    return schemas.StaffRolesShown(id=staff_id, roles=place.roles if place else [], classes=classes)


@router.post("/staff/{staff_id}/disable", status_code=204)
async def disable(request: Request, staff: StaffWriter, staff_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.disable_staff(session, acting_staff=staff, staff_id=staff_id)
    return Response(status_code=204)


@router.post("/staff/{staff_id}/enable", status_code=204)
async def enable(request: Request, staff: StaffWriter, staff_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.enable_staff(session, acting_staff=staff, staff_id=staff_id)
    return Response(status_code=204)


@router.post("/staff/{staff_id}/sessions/end")
async def end_sessions(request: Request, staff: StaffWriter, staff_id: UUID) -> schemas.Ended:
    async with database(request).begin(scope(staff)) as session:
        ended = await service.end_somebodys_sessions(session, acting_staff=staff, staff_id=staff_id, now=now())
    return schemas.Ended(ended=ended)


@router.post("/staff/{staff_id}/second-factor/reset", status_code=204)
async def reset_second_factor(request: Request, staff: StaffWriter, staff_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.reset_second_factor(
            session, acting_staff=staff, school_id=staff.school_id, staff_id=staff_id, now=now()
        )
    return Response(status_code=204)


@router.get("/groups")
async def groups(request: Request, staff: Annotated[Staff, Depends(may("group:list"))]) -> schemas.GroupsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await queries.groups(session, staff.school_id)
    return schemas.GroupsShown(groups=[_group(group, members) for group, members in found])


@router.post("/groups", status_code=201)
async def add_group(
    request: Request, response: Response, staff: GroupWriter, body: schemas.GroupBody
) -> schemas.GroupShown:
    async with database(request).begin(scope(staff)) as session:
        group = await service.add_group(
            session, acting_staff=staff, school_id=staff.school_id, name=body.name, member_ids=body.member_ids
        )
    response.headers.update(etag(group.version))
    return _group(group, body.member_ids)


@router.put("/groups/{group_id}")
async def change_group(
    *,
    request: Request,
    response: Response,
    staff: GroupWriter,
    group_id: UUID,
    body: schemas.GroupBody,
    if_match: IfMatch = None,
) -> schemas.GroupShown:
    async with database(request).begin(scope(staff)) as session:
        group = await service.set_group_members(
            session,
            acting_staff=staff,
            school_id=staff.school_id,
            group_id=group_id,
            name=body.name,
            member_ids=body.member_ids,
            version=version_of(if_match),
        )
    response.headers.update(etag(group.version))
    return _group(group, body.member_ids)


def _entry(entry: Entry) -> schemas.StaffEntry:
    person = entry.account
    working: Literal["active", "invited"] = "active" if entry.has_password else "invited"
    return schemas.StaffEntry(
        id=person.id,
        title=person.title,
        forename=person.forename,
        surname=person.surname,
        email=person.email,
        roles=list(entry.roles),
        classes=list(entry.classes),
        state="disabled" if person.disabled_at else working,
        last_seen_at=entry.last_seen_at,
        second_factor=entry.has_second_factor,
        absence=absence_shown(entry.absence),
        version=person.version,
    )


def _periods(classes: Sequence[str | schemas.ClassPeriod]) -> list[Period | str]:
    return [given if isinstance(given, str) else given.period() for given in classes]


def _group(group: AlertGroup, members: Sequence[UUID]) -> schemas.GroupShown:
    return schemas.GroupShown(id=group.id, name=group.name, member_ids=sorted(set(members)), version=group.version)

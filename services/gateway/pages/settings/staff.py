"""Staff: who works here, with which rights; invitations, absence, leavers; a whole staff from a file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import ROLES
from shared.errors import NotFound

router = APIRouter(prefix="/settings/staff", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("staff:write"))]
HERE = "/settings/staff"
LARGEST = 2_000_000


@router.get("")
async def staff_page(request: Request, visit: Writer) -> Response:
    staff = (await visit.api.get("/staff/all"))["staff"]
    return page(request, "settings/staff.html", staff=staff, roles=ROLES)


@router.get("/new")
async def new_page(request: Request, visit: Writer) -> Response:
    return page(request, "settings/staff-new.html", roles=ROLES)


@router.post("/new")
async def add(request: Request, visit: Writer) -> Response:
    form = visit.form
    body: dict[str, Any] = {name: form.text(name) for name in ("email", "title", "forename", "surname")}
    body |= {"roles": form.all("roles"), "classes": _classes(form)}

    async def again() -> Response:
        return page(request, "settings/staff-new.html", form=form, roles=ROLES)

    return await done_or_again(
        request, visit, visit.api.post("/staff", body), then=HERE, again=again, fields=lambda path: path.split(".")[0]
    )


@router.get("/file")
async def file_page(request: Request, visit: Writer) -> Response:
    return page(request, "settings/staff-file.html", report=None, text="")


@router.post("/file")
async def file(request: Request, visit: Writer) -> Response:
    """Tried first: what the file says is carried along in the page, and done when it is sent again."""
    form = visit.form
    sent = form.files.get("file")
    text = form.raw("text")
    if sent is not None and sent.filename:
        text = (await sent.read(LARGEST)).decode("utf-8-sig", errors="replace")
    if not text.strip():
        form.wrong("file", "Choose a CSV file with the columns E-mail, Title, Forename, Surname, Roles, Classes")
        return page(request, "settings/staff-file.html", form=form, report=None, text="")
    apply = form.has("apply")
    try:
        answer = await visit.api.send(
            "POST",
            "/staff/import",
            content=text.encode(),
            params={"apply": apply},
            headers={"content-type": "text/csv; charset=utf-8"},
        )
    except Refused as problem:
        form.take(problem, lambda _: "file")
        return page(request, "settings/staff-file.html", form=form, report=None, text="")
    return page(request, "settings/staff-file.html", report=answer.json(), text="" if apply else text)


@router.get("/export.csv")
async def export(visit: Writer) -> Response:
    answer = await visit.api.send("GET", "/staff/export")
    headers = {"Content-Disposition": 'attachment; filename="heed-staff.csv"'}
    return Response(answer.content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{staff_id}")
async def person_page(request: Request, visit: Writer, staff_id: UUID) -> Response:
    return await _one(request, visit, staff_id)


@router.post("/{staff_id}/roles")
async def set_roles(request: Request, visit: Writer, staff_id: UUID) -> Response:
    form = visit.form
    body = {"roles": form.all("roles"), "classes": _classes(form)}
    seen = {"If-Match": f'"{form.text("version")}"'}
    return await _done(request, visit, staff_id, visit.api.put(f"/staff/{staff_id}/roles", body, headers=seen))


@router.post("/{staff_id}/absence")
async def is_away(request: Request, visit: Writer, staff_id: UUID) -> Response:
    form = visit.form
    body = {
        "until_on": form.text("until_on") or None,
        "from_on": form.text("from_on") or None,
        "deputy_id": form.text("deputy_id") or None,
    }
    return await _done(request, visit, staff_id, visit.api.put(f"/staff/{staff_id}/absence", body))


@router.post("/{staff_id}/back")
async def is_back(request: Request, visit: Writer, staff_id: UUID) -> Response:
    return await _done(request, visit, staff_id, visit.api.delete(f"/staff/{staff_id}/absence"))


# What is done with one button each, by the last part of the address.
DEEDS = {
    "invite": "invite",
    "disable": "disable",
    "enable": "enable",
    "reset": "second-factor/reset",
    "end-sessions": "sessions/end",
}


@router.post("/{staff_id}/{deed}")
async def do(request: Request, visit: Writer, staff_id: UUID, deed: str) -> Response:
    if deed not in DEEDS:
        raise NotFound()
    return await _done(request, visit, staff_id, visit.api.post(f"/staff/{staff_id}/{DEEDS[deed]}"), said=deed)


async def _done(request: Request, visit: Visit, staff_id: UUID, act: Any, *, said: str = "saved") -> Response:
    return await done_or_again(
        request,
        visit,
        act,
        then=f"{HERE}/{staff_id}?said={said}",
        again=lambda: _one(request, visit, staff_id, form=visit.form),
        fields=lambda path: path.split(".")[0],
    )


SAID = {
    "saved": "Saved.",
    "invite": "A new link is on its way by mail. Links sent before are no longer good.",
    "disable": "Every right has ended, at their next request and everywhere.",
    "enable": "Their roles count again. They sign in afresh.",
    "reset": "Their second factor is gone; at the next sign-in they set up another. They and the DSLs are told.",
    "end-sessions": "They are signed out everywhere.",
}


async def _one(request: Request, visit: Visit, staff_id: UUID, *, form: Form | None = None) -> Response:
    staff = (await visit.api.get("/staff/all"))["staff"]
    person = next((one for one in staff if one["id"] == str(staff_id)), None)
    if person is None:
        raise NotFound()
    if form is None:
        form = Form.of({"roles": person["roles"], "classes": ", ".join(person["classes"])})
    others = [
        (one["id"], f"{one['title']} {one['surname']}".strip())
        for one in staff
        if one["id"] != str(staff_id) and one["state"] != "disabled"
    ]
    said = SAID.get(request.query_params.get("said", ""))
    return page(request, "settings/person.html", form=form, person=person, roles=ROLES, others=others, said=said)


def _classes(form: Form) -> list[str]:
    return [one.strip() for one in form.text("classes").split(",") if one.strip()]

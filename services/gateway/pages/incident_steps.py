"""What somebody does with an incident: each on a page of its own, with the words it is about beside it.

Whoever comes too late is shown what came first, keeps what they typed, and sends it again if it still stands.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.opened import Opened, as_it_came
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import LONDON
from shared.errors import NotFound

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Reader = Annotated[Visit, Depends(visits("incident:read"))]
ByAlert = Annotated[UUID | None, Query(alias="alert", description="the alert by which they came")]
Version = Annotated[str, Query(max_length=20, description="of the incident as it was read")]
Body = dict[str, Any]


class Step(StrEnum):
    ACTION = "actions"
    ADDENDUM = "addenda"
    REVIEW = "review"
    CLOSE = "close"
    REOPEN = "reopen"
    DECISION = "decisions"
    CONSENT = "consents"
    FURTHER = "alerts"


NEEDS = {
    Step.ACTION: "action:add",
    Step.ADDENDUM: "addendum:add",
    Step.REVIEW: "incident:close",
    Step.CLOSE: "incident:close",
    Step.REOPEN: "incident:close",
    Step.DECISION: "decision:record",
    Step.CONSENT: "consent:record",
    Step.FURTHER: "alert:add",
}
REASON = {"reason": "Write the reason: it stays on the record."}
WANTED: Mapping[Step, Mapping[str, str]] = {
    Step.ACTION: {"text": "Write what was done, or what is to be done."},
    Step.ADDENDUM: {"text": "Write what you add."},
    Step.REVIEW: REASON,
    Step.CLOSE: REASON,
    Step.REOPEN: REASON,
    Step.DECISION: {
        "kind": "Choose what kind of decision it is.",
        "what": "Write what was decided.",
        "alternatives": "Write what else was possible. If nothing was, say so.",
        "reason": "Write why.",
    },
    Step.CONSENT: {"answer": "Choose what came of it."},
    Step.FURTHER: {},
}
# Names of the API that are no field's id on the page.
BESIDE = {"due_at": "due_on", "staff_ids": "starts", "": "main"}


@router.get("/incidents/{incident_id:uuid}/{step}")
async def step_page(
    *, request: Request, visit: Reader, incident_id: UUID, step: Step, alert: ByAlert = None, version: Version = ""
) -> Response:
    opened = await as_it_came(visit, incident_id, alert)
    return await _page(request, visit, opened, step, form=Form(), version=version)


@router.get("/incidents/{incident_id:uuid}/actions/{action_id:uuid}/done")
async def action_done_page(
    *, request: Request, visit: Reader, incident_id: UUID, action_id: UUID, alert: ByAlert = None, version: Version = ""
) -> Response:
    opened = await as_it_came(visit, incident_id, alert)
    return _done_page(request, opened, action_id, form=Form(), version=version)


@router.post("/incidents/{incident_id:uuid}/actions/{action_id:uuid}/done")
async def action_done(
    request: Request, visit: Reader, incident_id: UUID, action_id: UUID, alert: ByAlert = None
) -> Response:
    form, since = visit.form, None
    if not form.text("note"):
        form.wrong("note", "Write what was done, and what came of it.")
    try:
        if not form.errors:
            done = f"/incidents/{incident_id}/actions/{action_id}/done"
            await visit.api.post(done, {"note": form.raw("note")}, headers=if_match(form))
            return to(request, back_to(incident_id, alert))
    except Refused as problem:
        since = refused(problem, form)
    opened = await as_it_came(visit, incident_id, alert)
    return _done_page(request, opened, action_id, form=form, version=form.text("version"), since=since)


@router.post("/incidents/{incident_id:uuid}/{step}")
async def take(request: Request, visit: Reader, incident_id: UUID, step: Step, alert: ByAlert = None) -> Response:
    form = visit.form
    read = form.text("version")
    if form.has("find"):
        return await _page(request, visit, await as_it_came(visit, incident_id, alert), step, form=form, version=read)
    try:
        body = BODIES[step](form)
        for name, words in WANTED[step].items():
            if not form.text(name):
                form.wrong(name, words)
        if not form.errors:
            await visit.api.post(f"/incidents/{incident_id}/{step}", body, headers=if_match(form))
            return to(request, back_to(incident_id, alert))
        since = None
    except Refused as problem:
        since = refused(problem, form)
    opened = await as_it_came(visit, incident_id, alert)
    return await _page(request, visit, opened, step, form=form, version=read, since=since)


def back_to(incident_id: UUID, alert_id: UUID | None) -> str:
    return f"/alerts/{alert_id}" if alert_id else f"/incidents/{incident_id}"


def if_match(form: Form) -> dict[str, str]:
    """The version this was written on: an answer to another one would be an answer to something not read."""
    version = form.text("version")
    return {"If-Match": f'"{version}"'} if version.isdecimal() else {}


def refused(problem: Refused, form: Form) -> dict[str, Any] | None:
    """What came meanwhile, for a conflict that says so; else the refusal stands beside its fields.

    Raises what is for the house's own pages: sign-in, step-up, and that it is nobody's business.
    """
    if problem.status not in {409, 422}:
        raise problem
    since: dict[str, Any] | None = problem.extra.get("since")
    if since is None:
        form.take(problem, lambda path: BESIDE.get(path, path.partition(".")[0]))
    return since


async def _page(
    request: Request,
    visit: Visit,
    opened: Opened,
    step: Step,
    *,
    form: Form,
    version: str = "",
    since: Mapping[str, Any] | None = None,
) -> Response:
    if not visit.may(NEEDS[step]):
        raise NotFound()
    people = await _people(visit, opened, step, form) if step in {Step.ACTION, Step.FURTHER} else []
    groups = (await visit.api.get("/groups"))["groups"] if step is Step.FURTHER else []
    return page(
        request,
        "incidents/step.html",
        status=409 if since else 200,
        form=form,
        opened=opened,
        step=step.value,
        since=since,
        version=fresh(opened, version, since),
        people=people,
        groups=groups,
    )


def _done_page(
    request: Request,
    opened: Opened,
    action_id: UUID,
    *,
    form: Form,
    version: str = "",
    since: Mapping[str, Any] | None = None,
) -> Response:
    action = next((one for one in opened.seen.get("actions") or () if one["id"] == str(action_id)), None)
    if action is None:
        raise NotFound()
    return page(
        request,
        "incidents/action-done.html",
        status=409 if since else 200,
        form=form,
        opened=opened,
        action=action,
        since=since,
        version=fresh(opened, version, since),
    )


def fresh(opened: Opened, version: str, since: Mapping[str, Any] | None) -> str:
    """The version the form is written on: the one that was read on the page before, and after a conflict the new."""
    return version if version and not since else str(opened.seen.get("version") or "")


async def _people(visit: Visit, opened: Opened, step: Step, form: Form) -> list[tuple[str, str]]:
    """Whom it may be for: for an action oneself, the writer, and whoever takes part; found by name for an alert."""
    if step is Step.FURTHER:
        starts = form.text("starts")
        found = (await visit.api.get("/staff", starts=starts))["staff"] if starts else []
        ticked = [(one, one.partition(" ")[2]) for one in form.all("staff_ids")]
        return list(dict([*ticked, *((f"{one['id']} {one['name']}", one["name"]) for one in found)]).items())
    concern = opened.seen
    taking_part = [visit.staff_id, concern["author_id"], *(one["author_id"] for one in concern.get("actions") or ())]
    return [(one, opened.names.get(one) or visit.name) for one in dict.fromkeys(taking_part)]


# ---------------------------------------------------------------------------------------- what each of them sends
def _action(form: Form) -> Body:
    body: Body = {"text": form.raw("text"), "pupil_ids": form.all("pupil_ids"), "tell_author": form.has("tell_author")}
    owner = form.text("owner_id")
    if owner:
        body["owner_id"] = owner
    if form.text("due_on") or form.text("due_clock"):
        body["due_at"] = _moment(form, "due_on", "due_clock")
    return body | {"promise": form.has("promise")}


def _moment(form: Form, on: str, clock: str) -> str | None:
    """A day and a time on London's clock; the end of the school day for a day alone."""
    try:
        told = datetime.combine(
            date.fromisoformat(form.text(on)), time.fromisoformat(form.text(clock) or "15:30"), LONDON
        )
    except ValueError:
        form.wrong(on, "Enter the day it is to be done by, for example 12 3 2026, and a time if you like.")
        return None
    return told.isoformat()


def _addendum(form: Form) -> Body:
    return {"text": form.raw("text")}


def _reason(form: Form) -> Body:
    return {"reason": form.raw("reason")}


def _decision(form: Form) -> Body:
    body: Body = {name: form.raw(name) for name in ("what", "alternatives", "reason")}
    body |= {name: form.raw(name) for name in ("body", "reference") if form.text(name)}
    return body | {"kind": form.text("kind"), "pupil_ids": form.all("pupil_ids")}


def _consent(form: Form) -> Body:
    body: Body = {"answer": form.text("answer"), "pupil_ids": form.all("pupil_ids")}
    return body | {name: form.raw(name) for name in ("ground", "of_whom", "note") if form.text(name)}


def _further(form: Form) -> Body:
    # Each with the name that was ticked, for the page that is shown while the next is looked for.
    staff_ids = [one.partition(" ")[0] for one in form.all("staff_ids")]
    group_ids = form.all("group_ids")
    if not staff_ids and not group_ids:
        form.wrong("starts", "Find and tick whom to alert.")
    body: Body = {"staff_ids": staff_ids, "group_ids": group_ids}
    return body | ({"note": form.text("note")} if form.text("note") else {})


BODIES = {
    Step.ACTION: _action,
    Step.ADDENDUM: _addendum,
    Step.REVIEW: _reason,
    Step.CLOSE: _reason,
    Step.REOPEN: _reason,
    Step.DECISION: _decision,
    Step.CONSENT: _consent,
    Step.FURTHER: _further,
}

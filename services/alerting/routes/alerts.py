"""Alerts: one's own, one after the other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.alerting import schemas, service
from services.alerting.domain import Step
from services.alerting.models import Alert, AlertRemark
from services.alerting.queries import alerts as queries
from services.alerting.queries.overview import remarks_on
from services.alerting.queries.waiting import waiting_for
from services.alerting.routes.within import after, cursor, database, place_of, scope, signer
from services.alerting.vouchers import vouch
from shared.errors import NotFound
from shared.identity import Staff, may

router = APIRouter(tags=["alerts"])
Reader = Annotated[Staff, Depends(may("alert:read"))]
Withdrawer = Annotated[Staff, Depends(may("alert:withdraw"))]


@router.get("/alerts")
async def list_alerts(
    request: Request,
    staff: Reader,
    state: Literal["unread", "read", "open"] = "open",
    begin: Annotated[str | None, Query(alias="cursor", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.AlertsShown:
    states = {"unread": queries.UNREAD, "read": queries.SEEN, "open": queries.OPEN}[state]
    async with database(request).begin(scope(staff)) as session:
        found = await queries.waiting(session, staff, states, limit=limit + 1, after=after(begin))
    return _page(request, staff, found, limit)


@router.get("/alerts/next")
async def see_next(
    request: Request, staff: Reader, just_seen: Annotated[UUID | None, Query(alias="after")] = None
) -> schemas.NextShown:
    """The next alert they have not read yet (R82): after the one just looked at, whatever became of that."""
    async with database(request).begin(scope(staff)) as session:
        place = None
        if just_seen is not None:
            seen = await queries.one(session, staff, just_seen)
            if seen is None:
                raise NotFound()
            place = place_of(seen)
        found = await queries.waiting(session, staff, queries.UNREAD, limit=1, after=place)
    return schemas.NextShown(alert=_shown(request, staff, found[0]) if found else None)


@router.get("/alerts/waiting")
async def how_much_waits(request: Request, staff: Reader) -> schemas.WaitingShown:
    """Figures and nothing else: of no child, so that nothing is read by asking."""
    async with database(request).begin(scope(staff)) as session:
        found = await waiting_for(session, staff, datetime.now(UTC))
    return schemas.WaitingShown.model_validate(found, from_attributes=True)


@router.get("/alerts/desk")
async def desk(
    request: Request,
    staff: Reader,
    limit: Annotated[int, Query(ge=1, le=50)] = 50,
    read: Annotated[int, Query(ge=1, le=50)] = 10,
) -> schemas.DeskShown:
    """What is new, what was read and is not done yet, and the figures: as they are at one moment."""
    async with database(request).begin(scope(staff)) as session:
        unread = await queries.waiting(session, staff, queries.UNREAD, limit=limit + 1)
        seen = await queries.waiting(session, staff, queries.SEEN, limit=read + 1)
        figures = await waiting_for(session, staff, datetime.now(UTC))
    return schemas.DeskShown(
        unread=_page(request, staff, unread, limit),
        read=_page(request, staff, seen, read),
        waiting=schemas.WaitingShown.model_validate(figures, from_attributes=True),
    )


@router.post("/alerts/further", status_code=204)
async def alert_further(
    request: Request, staff: Annotated[Staff, Depends(may("alert:add"))], body: schemas.Further
) -> None:
    """Tell others of an incident one was told of oneself (R85). Whether each could be told is not said."""
    async with database(request).begin(scope(staff)) as session:
        await service.alert_further(
            session,
            acting_staff=staff,
            incident_id=body.incident_id,
            staff_ids=body.staff_ids,
            group_ids=body.group_ids,
            note=body.note,
        )


@router.get("/alerts/{alert_id}")
async def open_alert(request: Request, staff: Reader, alert_id: UUID) -> schemas.OpenedAlertShown:
    async with database(request).begin(scope(staff)) as session:
        alert = await service.open_alert(session, acting_staff=staff, alert_id=alert_id)
        notes = await remarks_on(session, alert.school_id, [alert.id], "note")
    return schemas.OpenedAlertShown(**dict(_shown(request, staff, alert)), notes=[_remark(note) for note in notes])


@router.post("/alerts/{alert_id}/withdraw", status_code=204)
async def withdraw(request: Request, staff: Withdrawer, alert_id: UUID, body: schemas.Withdrawal) -> None:
    """Take somebody's alert away, with the reason (C9). They are not told."""
    async with database(request).begin(scope(staff)) as session:
        await service.withdraw(session, acting_staff=staff, alert_id=alert_id, reason=body.reason)


@router.get("/incidents/{incident_id}/alerts")
async def who_was_alerted(request: Request, staff: Withdrawer, incident_id: UUID) -> schemas.WhoWasAlerted:
    """Who was alerted, who has read it, and what was withdrawn, for those who may withdraw."""
    async with database(request).begin(scope(staff)) as session:
        found = await service.look_who_was_alerted(session, acting_staff=staff, incident_id=incident_id)
        said = await remarks_on(session, staff.school_id, [alert.id for alert in found], "withdrawn")
    return schemas.WhoWasAlerted(
        incident_id=incident_id,
        alerted=[
            schemas.AlertedShown(
                **{name: getattr(alert, name) for name in schemas.AlertedShown.model_fields if name != "withdrawals"},
                withdrawals=[_remark(remark) for remark in said if remark.alert_id == alert.id],
            )
            for alert in found
        ],
    )


@router.post("/alerts/{alert_id}/read")
async def mark_read(request: Request, staff: Reader, alert_id: UUID) -> schemas.AlertState:
    return await _take(request, staff, alert_id, Step.READ)


@router.post("/alerts/{alert_id}/acknowledge")
async def acknowledge(request: Request, staff: Reader, alert_id: UUID) -> schemas.AlertState:
    return await _take(request, staff, alert_id, Step.ACKNOWLEDGE)


@router.post("/alerts/{alert_id}/done")
async def done(request: Request, staff: Reader, alert_id: UUID) -> schemas.AlertState:
    return await _take(request, staff, alert_id, Step.DONE)


async def _take(request: Request, staff: Staff, alert_id: UUID, step: Step) -> schemas.AlertState:
    async with database(request).begin(scope(staff)) as session:
        alert = await service.take_step(session, acting_staff=staff, alert_id=alert_id, step=step)
    return schemas.AlertState.model_validate(alert, from_attributes=True)


def _remark(remark: AlertRemark) -> schemas.RemarkShown:
    return schemas.RemarkShown(by_id=remark.by_id, at=remark.at, words=remark.words)


def _page(request: Request, staff: Staff, found: Sequence[Alert], limit: int) -> schemas.AlertsShown:
    page = found[:limit]
    more = cursor(page[-1]) if len(found) > limit else None
    return schemas.AlertsShown(alerts=[_shown(request, staff, alert) for alert in page], next=more)


def _shown(request: Request, staff: Staff, alert: Alert) -> schemas.AlertShown:
    return schemas.AlertShown(
        id=alert.id,
        school_id=alert.school_id,
        incident_id=alert.incident_id,
        state=alert.state,
        why=alert.why,
        urgent=alert.urgent,
        raised_at=alert.raised_at,
        read_at=alert.read_at,
        acknowledged_at=alert.acknowledged_at,
        done_at=alert.done_at,
        voucher=vouch(signer(request), staff, alert.incident_id),
    )

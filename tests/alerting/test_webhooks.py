"""Webhooks of a school: made, signed, sent, tried again, parked, switched off with a notice."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook as Signature
from standardwebhooks import WebhookVerificationError

from services.alerting.escalator import Escalator
from services.alerting.settings import AlertingSettings
from services.alerting.webhook_post import Poster
from services.alerting.webhook_sender import WebhookSender
from shared.contracts.incident import ActionAdded, ActionDone, IncidentFacts
from shared.contracts.words import Assurance
from shared.ids import new_id
from shared.settings import HouseSettings, unsafe
from tests.alerting.conftest import ROWAN, School
from tests.alerting.receiver import Receiver, receiving

pytestmark = pytest.mark.postgres

KINDS = ["alert.raised", "alert.read", "alert.escalated", "alert.withdrawn", "duty.given", "duty.overdue", "duty.done"]
NO_WAIT = [timedelta()] * 2


def sender(school: School, **rest: Any) -> WebhookSender:
    given = {"poster": Poster(anywhere=True), "waits": NO_WAIT, **rest}
    return WebhookSender(school.db, key_secret=SecretStr("k" * 32), **given)


async def made(school: School, url: str = "https://hooks.school.example/", *kinds: str) -> dict[str, Any]:
    answer = await school.dsl.post("/webhooks", json={"url": url, "events": list(kinds or KINDS)})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def made_for(school: School, receiver: Receiver, *kinds: str) -> dict[str, Any]:
    """At a public address; then it is put where the test's own server listens."""
    shown = await made(school, "https://hooks.school.example/", *kinds)
    await school.rows("UPDATE webhook SET url = $1", f"http://127.0.0.1:{receiver.port}/heed")
    return shown


def said(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body in receiver.heard]


async def deliveries(school: School, webhook_id: str) -> list[dict[str, Any]]:
    answer = await school.dsl.get(f"/webhooks/{webhook_id}/deliveries")
    listed: list[dict[str, Any]] = answer.json()["deliveries"]
    return listed


async def owed(school: School, incident: IncidentFacts) -> ActionAdded:
    action = ActionAdded(
        incident_id=incident.incident_id,
        action_id=new_id(),
        author_id=school.people["Okafor"],
        pupil_ids=[ROWAN],
        owner_id=school.people["Boyle"],
    )
    await school.hear(action)
    return action


async def test_what_happened_is_sent_signed_with_ids_and_nothing_else(school: School) -> None:
    async with receiving() as receiver:
        webhook = await made_for(school, receiver, "alert.raised")
        incident = await school.logged()
        await sender(school).round()
        assert len(receiver.heard) == 2
        for path, headers, body in receiver.heard:
            assert path == "/heed"
            Signature(webhook["secret"]).verify(body, headers)
            with pytest.raises(WebhookVerificationError):
                Signature(webhook["secret"]).verify(body.replace(b"raised", b"erased"), headers)
            message = json.loads(body)
            assert (set(message), message["type"]) == ({"type", "timestamp", "data"}, "alert.raised")
            assert set(message["data"]) == {"school_id", "alert_id", "incident_id", "staff_id"}
            assert message["data"]["incident_id"] == str(incident.incident_id)
            assert str(ROWAN) not in body.decode()
        staff = {message["data"]["staff_id"] for message in said(receiver)}
        assert staff == {str(school.people[name]) for name in ("Boyle", "Okafor")}
        assert {one["state"] for one in await deliveries(school, webhook["id"])} == {"sent"}
        await sender(school).round()
        assert len(receiver.heard) == 2


async def test_each_kind_comes_as_it_happens_and_only_what_was_asked_for(school: School) -> None:
    async with receiving() as receiver, receiving() as other:
        await made_for(school, receiver)
        only = await made(school, "https://other.school.example/", "duty.done")
        there = f"http://127.0.0.1:{other.port}/"
        await school.rows("UPDATE webhook SET url = $1 WHERE id = $2::uuid", there, only["id"])
        incident = await school.logged()
        alert = await school.alert_of("Boyle", incident)
        action = await owed(school, incident)
        await school.rows("UPDATE duty SET look_at = now() - interval '1 day'")
        await Escalator(school.db).round()
        await school.client("Boyle").post(f"/alerts/{alert}/read")
        await school.client("Boyle").post(f"/alerts/{alert}/acknowledge")
        await school.dsl.post(f"/alerts/{alert}/withdraw", json={"reason": "By mistake."})
        done = ActionDone(incident_id=incident.incident_id, action_id=action.action_id, by_id=school.people["Boyle"])
        await school.hear(done)
        for _ in range(2):
            await sender(school).round()
        assert {message["type"] for message in said(receiver)} == set(KINDS)
        assert [(message["type"], message["data"]["duty_id"]) for message in said(other)] == [
            ("duty.done", str(action.action_id))
        ]


async def test_the_secret_is_shown_once_and_sealed_where_it_is_kept(school: School) -> None:
    webhook = await made(school)
    assert webhook["secret"].startswith("whsec_")
    [listed] = (await school.dsl.get("/webhooks")).json()["webhooks"]
    assert listed == {name: value for name, value in webhook.items() if name != "secret"}
    [row] = await school.rows("SELECT secret, to_jsonb(webhook)::text AS whole FROM webhook")
    assert webhook["secret"].encode() not in row["secret"]
    assert webhook["secret"] not in row["whole"]
    rows = await school.rows("SELECT to_jsonb(audit)::text AS whole FROM audit WHERE action = 'webhook:added'")
    assert [webhook["id"] in row["whole"] and webhook["secret"] not in row["whole"] for row in rows] == [True]


async def test_it_is_tried_again_with_the_same_id_later_and_later(school: School) -> None:
    async with receiving(status=503) as receiver:
        webhook = await made_for(school, receiver, "duty.done")
        tried = await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        assert tried.status_code == 202
        patient = sender(school, waits=[timedelta(minutes=1), timedelta(hours=1)])
        for _ in range(2):
            await patient.round()
        [one] = await deliveries(school, webhook["id"])
        assert (one["id"], one["type"], one["state"]) == (tried.json()["delivery_id"], "heed.test", "waiting")
        assert (one["attempts"], one["error"], len(receiver.heard)) == (1, "status-503", 1)
        [row] = await school.rows("SELECT next_try_at - now() AS wait FROM webhook_delivery")
        assert timedelta(seconds=30) < row["wait"] <= timedelta(minutes=1)
        receiver.status = 204
        await school.rows("UPDATE webhook_delivery SET next_try_at = now()")
        await patient.round()
        [one] = await deliveries(school, webhook["id"])
        assert (one["state"], one["attempts"], one["error"]) == ("sent", 2, None)
        assert {headers["webhook-id"] for _, headers, _ in receiver.heard} == {one["id"]}
        assert len({body for *_, body in receiver.heard}) == 1
        assert (await school.dsl.get("/webhooks")).json()["webhooks"][0]["failures"] == 0


async def test_what_takes_nothing_is_switched_off_with_a_notice_and_on_again_with_what_was_parked(
    school: School,
) -> None:
    async with receiving(status=500) as receiver:
        webhook = await made_for(school, receiver, "alert.raised")
        await school.logged()
        for _ in range(4):
            await sender(school).round()
        assert len(receiver.heard) == 6
        [shown] = (await school.dsl.get("/webhooks")).json()["webhooks"]
        assert (shown["off_because"], shown["off_at"] is not None) == ("failing", True)
        told = await school.rows("SELECT staff_id FROM mail WHERE kind = 'webhook-off'")
        assert {row["staff_id"] for row in told} == {school.people["Boyle"], school.people["Okafor"]}
        assert len(told) == 2
        assert {one["state"] for one in await deliveries(school, webhook["id"])} == {"parked"}
        # What happens meanwhile is not for it.
        await school.logged()
        await sender(school).round()
        assert len(receiver.heard) == 6
        assert (await school.dsl.post(f"/webhooks/{webhook['id']}/test")).status_code == 409
        receiver.status = 200
        assert (await school.dsl.post(f"/webhooks/{webhook['id']}/on")).status_code == 204
        await sender(school).round()
        assert [one["state"] for one in await deliveries(school, webhook["id"])] == ["sent", "sent"]


async def test_one_that_was_parked_while_others_are_taken_switches_nothing_off(school: School) -> None:
    async with receiving(status=500) as receiver:
        webhook = await made_for(school, receiver, "duty.done")
        await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        await sender(school).round()
        receiver.status = 200
        await school.rows("UPDATE webhook_delivery SET next_try_at = now() + interval '1 hour'")
        await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        await sender(school).round()
        receiver.status = 500
        await school.rows("UPDATE webhook_delivery SET next_try_at = now() WHERE state = 'waiting'")
        for _ in range(3):
            await sender(school).round()
        assert [one["state"] for one in await deliveries(school, webhook["id"])] == ["sent", "parked"]
        assert (await school.dsl.get("/webhooks")).json()["webhooks"][0]["off_at"] is None


async def test_who_wants_no_more_is_switched_off_at_once(school: School) -> None:
    async with receiving(status=410) as receiver:
        webhook = await made_for(school, receiver, "duty.done")
        await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        await sender(school).round()
        assert (await school.dsl.get("/webhooks")).json()["webhooks"][0]["off_because"] == "gone"


async def test_switched_off_by_hand_nothing_is_sent(school: School) -> None:
    async with receiving() as receiver:
        webhook = await made_for(school, receiver, "alert.raised")
        await school.logged()
        for _ in range(2):
            assert (await school.dsl.post(f"/webhooks/{webhook['id']}/off")).status_code == 204
        await sender(school).round()
        assert receiver.connections == 0
        assert len(await school.rows("SELECT 1 FROM audit WHERE action = 'webhook:off'")) == 1
        assert await school.rows("SELECT 1 FROM mail WHERE kind = 'webhook-off'") == []


async def test_several_who_send_at_once_send_each_once_and_what_a_dead_one_took_comes_free(school: School) -> None:
    async with receiving() as receiver:
        webhook = await made_for(school, receiver, "alert.raised")
        for _ in range(4):
            await school.logged()
        await asyncio.gather(*(sender(school).round() for _ in range(3)))
        await sender(school).round()
        assert len({headers["webhook-id"] for _, headers, _ in receiver.heard}) == len(receiver.heard) == 8
        await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        # As one leaves it who dies with it in hand.
        in_hand = "attempts = 1, next_try_at = now() + interval '1 minute'"
        await school.rows(f"UPDATE webhook_delivery SET {in_hand} WHERE state = 'waiting'")
        await sender(school).round()
        assert len(receiver.heard) == 8
        await school.rows("UPDATE webhook_delivery SET next_try_at = now() WHERE state = 'waiting'")
        await sender(school).round()
        assert len(receiver.heard) == 9


async def test_in_the_house_as_it_runs_nothing_inside_is_called(school: School) -> None:
    async with receiving() as receiver:
        webhook = await made_for(school, receiver, "duty.done")
        await school.dsl.post(f"/webhooks/{webhook['id']}/test")
        settings = AlertingSettings(mode="production", webhooks_anywhere=True, key_secret=SecretStr("k" * 32))
        assert not settings.webhooks_may_go_anywhere
        await sender(school, poster=Poster(anywhere=settings.webhooks_may_go_anywhere)).round()
        assert receiver.connections == 0
        [one] = await deliveries(school, webhook["id"])
        assert (one["state"], one["error"]) == ("waiting", "address-not-allowed")


def test_a_production_start_that_lets_webhooks_go_anywhere_is_refused() -> None:
    def reasons(**given: Any) -> list[str]:
        return [one for one in unsafe(HouseSettings(mode="production", **given)) if "WEBHOOKS_ANYWHERE" in one]

    assert len(reasons(webhooks_anywhere=True)) == 1
    assert reasons() == []
    assert not AlertingSettings().webhooks_may_go_anywhere


@pytest.mark.parametrize("url", ["http://hooks.school.example/", "https://127.0.0.1/", "https://169.254.169.254/"])
async def test_an_address_inside_or_in_the_clear_is_refused_at_once(school: School, url: str) -> None:
    answer = await school.dsl.post("/webhooks", json={"url": url, "events": ["alert.raised"]})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "url")


async def test_webhooks_are_the_heads_and_the_lead_dsls_ten_at_most_and_of_their_own_school(school: School) -> None:
    for name, assurance, status in (
        ("Boyle", Assurance.ELEVATED, 200),
        ("Boyle", Assurance.MFA, 403),
        ("Haddad", Assurance.ELEVATED, 403),
        ("Bevan", Assurance.ELEVATED, 403),
    ):
        assert (await school.client(name, assurance=assurance).get("/webhooks")).status_code == status
    for _ in range(10):
        await made(school)
    full = await school.dsl.post("/webhooks", json={"url": "https://hooks.school.example/", "events": ["alert.raised"]})
    assert full.status_code == 422
    nowhere = f"/webhooks/{new_id()}"
    for method, path in (("POST", "/test"), ("POST", "/on"), ("POST", "/off"), ("GET", "/deliveries")):
        assert (await school.dsl.ask(method, nowhere + path)).status_code == 404

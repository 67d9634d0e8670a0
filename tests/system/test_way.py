"""The way of an incident, from the first word to the DSL's mail, by the public API alone, as the README tells it."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest

from deploy import building
from deploy.native.processes import Processes, Program
from deploy.process import at_work, started
from shared.bus import connect
from tests.system.conftest import LIMITS, ON_KAFKA, House
from tests.system.post import PostOffice
from tests.system.school import Member, School, arrive, key, leave, register

pytestmark = pytest.mark.asyncio(loop_scope="session")

T = TypeVar("T")
SAID = 'Rowan said "I do not want to go home".'


async def until(ask: Callable[[], Awaitable[T | None]], what: str, *, within: float = 20.0) -> T:
    """What `ask` finds, once it finds something."""
    deadline = time.monotonic() + within
    while (found := await ask()) is None:
        assert time.monotonic() < deadline, f"no {what} within {within:.0f} s"
        await asyncio.sleep(0.05)
    return found


async def log(author: Member, school: School, **more: Any) -> str:
    answer = await author.post("/incidents", json=school.concern(narrative=SAID, **more), headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def alert_of(member: Member, incident_id: str) -> dict[str, Any]:
    """The alert, as soon as it is in the person's list."""

    async def look() -> dict[str, Any] | None:
        answer = await member.get("/alerts", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        return next((alert for alert in answer.json()["alerts"] if alert["incident_id"] == incident_id), None)

    return await until(look, "alert")


async def mail_about(post: PostOffice, member: Member, alert_id: str) -> str:
    async def look() -> str | None:
        return next((mail.text for mail in post.to(member.email) if alert_id in mail.text), None)

    return await until(look, "mail")


async def walk(school: School, post: PostOffice) -> None:
    assistant, lead, head = school["assistant"], school["lead"], school["head"]
    incident_id = await logged_once_though_tapped_twice(school, assistant)
    alert = await alert_of(head, incident_id)
    mail = await mail_about(post, head, alert["id"])
    assert "Rowan Adeyemi" not in mail
    assert "go home" not in mail

    opened = await head.get(f"/alerts/{alert['id']}")
    assert opened.status_code == 200, opened.text
    assert opened.json()["concern"]["narrative"] == SAID
    await refused_alike(school, incident_id)

    assert await first_read_at(assistant, incident_id) is None
    action = await lead.post(f"/incidents/{incident_id}/actions", json={"text": "Rang home; his aunt collects him."})
    assert action.status_code == 201, action.text
    for step, state in (("read", "read"), ("acknowledge", "acknowledged"), ("done", "done")):
        answer = await head.post(f"/alerts/{alert['id']}/{step}")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert (await head.get(f"/alerts/{alert['id']}")).json()["concern"]["actions"][0]["text"].startswith("Rang home")

    async def read() -> str | None:
        return await first_read_at(assistant, incident_id)

    await until(read, "word that it was read")
    closed = await lead.post(f"/incidents/{incident_id}/close", json={"reason": "His aunt has him; reviewed."})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    own = (await assistant.get(f"/incidents/{incident_id}")).json()
    assert own["narrative"] == SAID
    assert "actions" not in own, "the author learns nothing of what followed (R28)"


async def logged_once_though_tapped_twice(school: School, author: Member) -> str:
    concern, header = school.concern(narrative=SAID), key()
    taps = await asyncio.gather(*(author.post("/incidents", json=concern, headers=header) for _ in range(2)))
    assert [tap.status_code for tap in taps] == [201, 201]
    first, second = (tap.json() for tap in taps)
    assert first == second
    return str(first["id"])


async def refused_alike(school: School, incident_id: str) -> None:
    """A teacher who was not told finds nothing there, in the very words of what does not exist."""
    for name in ("teacher", "other"):
        there, nowhere = [await school[name].get(f"/incidents/{i}") for i in (incident_id, uuid4())]
        assert there.status_code == 404
        assert there.content == nowhere.content
        assert not any(a["incident_id"] == incident_id for a in (await school[name].get("/alerts")).json()["alerts"])


async def first_read_at(author: Member, incident_id: str) -> str | None:
    own = (await author.get("/incidents", params={"limit": 100})).json()["incidents"]
    found: str | None = next(line for line in own if line["id"] == incident_id)["first_read_at"]
    return found


async def test_the_way_with_every_service_its_own_process(house: House, school: School) -> None:
    await walk(school, house.post)


async def test_r76_the_way_in_one_process() -> None:
    """The same code where the services call each other without a socket, as in `heed up`."""
    folder = Path(tempfile.mkdtemp(prefix="heed-one-"))
    post = await PostOffice().start()
    servers = Processes(folder, smtp_port=post.port, settings=LIMITS, postgres_settings={"fsync": "off"}, programs=())
    try:
        await servers.open_servers()
        async with in_one_process(servers) as transport:
            school = await register(servers.environment, "http://localhost", transport=transport)
            await walk(await arrive(school), post)
            await leave(school)
    finally:
        await servers.close()
        await post.stop()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def in_one_process(servers: Processes) -> AsyncIterator[httpx.ASGITransport]:
    async with AsyncExitStack() as rooms:
        settings = {name: value for name, value in servers.environment.items() if name.startswith("HEED_")}
        rooms.enter_context(patch.dict(os.environ, settings))
        bus = connect(servers.bus_url, client_id="test")
        rooms.push_async_callback(bus.close)
        services = building.all_in_one(bus)
        await rooms.enter_async_context(started(services.values()))
        await rooms.enter_async_context(at_work(services.values(), asyncio.Event()))
        yield httpx.ASGITransport(app=services["gateway"].api)


@asynccontextmanager
async def incident_without_its_consumer(house: House) -> AsyncIterator[None]:
    """The API and the relay as processes of their own, and nobody who takes what alerting tells."""
    processes = house.processes
    whole = processes.programs["incident"]
    relay = Program("incident", "relay", processes.folder / "logs" / "incident-relay.log")
    await whole.stop()
    whole.only = "api"
    processes.programs[relay.name] = relay
    try:
        await asyncio.gather(processes.restart("incident"), processes.restart(relay.name))
        yield
    finally:
        del processes.programs[relay.name]
        await relay.stop()
        whole.only = None
        await processes.restart("incident")


@ON_KAFKA
async def test_r67_who_is_told_reads_at_once_even_before_incident_has_heard_of_it(house: House, school: School) -> None:
    lead, senco = school["lead"], school["senco"]
    async with incident_without_its_consumer(house):
        incident_id = await log(school["assistant"], school, extra_staff_ids=[str(senco.id)])
        alert = await alert_of(senco, incident_id)
        assert alert["concern"]["first_line"] == SAID
        opened = await senco.get(f"/alerts/{alert['id']}")
        assert opened.status_code == 200, opened.text
        assert opened.json()["concern"]["narrative"] == SAID
        assert not [who for i, who in await house.ledger.readers(school.id) if str(i) == incident_id]
        assert (await school["other"].get(f"/incidents/{incident_id}")).status_code == 404
    await house.ledger.until_quiet()
    told = {who for i, who in await house.ledger.readers(school.id) if str(i) == incident_id}
    assert {senco.id, lead.id} <= told


@asynccontextmanager
async def without(house: House, service: str) -> AsyncIterator[None]:
    """A service is killed, and comes back after the block."""
    house.processes.programs[service].kill()
    try:
        yield
    finally:
        await house.processes.restart(service)


@ON_KAFKA
async def test_with_auth_down_who_is_signed_in_can_log_and_not_read(house: House, school: School) -> None:
    assistant, lead = school["assistant"], school["lead"]
    incident_id = await log(assistant, school)
    assert (await lead.get("/alerts")).status_code == 200

    def refusal_of(member: Member, path: str) -> Callable[[], Awaitable[str | None]]:
        # An answer of auth is shared for a second, so the first refusal comes within one.
        async def ask() -> str | None:
            answer = await member.get(path)
            return str(answer.json()["detail"]) if answer.status_code == 503 else None

        return ask

    async with without(house, "auth"):
        said = await until(refusal_of(assistant, f"/incidents/{incident_id}"), "refusal", within=5)
        assert "still log a concern" in said
        written = await log(assistant, school)
        await until(refusal_of(lead, "/alerts"), "refusal", within=5)
        someone = {"email": lead.email, "password": "nine grey herons by the weir"}
        assert (await lead.http.post("/api/v1/sign-in", json=someone)).status_code == 503
    alert = await alert_of(lead, written)
    await mail_about(house.post, lead, alert["id"])


@ON_KAFKA
async def test_with_alerting_down_logging_goes_on_and_alerts_come_afterwards(house: House, school: School) -> None:
    assistant, lead = school["assistant"], school["lead"]
    async with without(house, "alerting"):
        incident_id = await log(assistant, school)
        listed = await lead.get("/alerts")
        assert listed.status_code == 503
        assert "Concerns can still be logged" in listed.json()["detail"]
        own = await assistant.get(f"/incidents/{incident_id}")
        assert (own.status_code, own.json()["narrative"]) == (200, SAID)
        lines = await assistant.get("/incidents")
        assert lines.status_code == 200
        assert lines.json()["notices"], "it is not said that nothing is known of who has read"
    alert = await alert_of(lead, incident_id)
    await mail_about(house.post, lead, alert["id"])


@ON_KAFKA
async def test_with_incident_down_it_is_said_what_does_not_work(house: House, school: School) -> None:
    assistant, lead = school["assistant"], school["lead"]
    alert = await alert_of(lead, await log(assistant, school))
    async with without(house, "incident"):
        refused = await assistant.post("/incidents", json=school.concern(), headers=key())
        assert refused.status_code == 503
        assert "Keep what you wrote" in refused.json()["detail"]
        assert SAID not in refused.text
        listed = await lead.get("/alerts")
        assert listed.status_code == 200
        assert listed.json()["notices"]
        opened = await lead.get(f"/alerts/{alert['id']}")
        assert (opened.status_code, opened.json()["concern"]) == (200, None)
        assert opened.json()["notices"]


@ON_KAFKA
async def test_the_alert_in_the_house_does_not_wait_for_a_mail_server_that_stands_still(
    house: House, school: School
) -> None:
    lead = school["lead"]
    house.post.answering.clear()
    try:
        alert = await alert_of(lead, await log(school["assistant"], school))
        assert not [mail for mail in house.post.to(lead.email) if alert["id"] in mail.text]
    finally:
        house.post.answering.set()
    await mail_about(house.post, lead, alert["id"])

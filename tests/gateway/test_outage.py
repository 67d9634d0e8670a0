"""What still works when a service hangs, refuses, fails or was never there, and what the answer says about it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from time import monotonic

import httpx
import pytest

from services.gateway import outage
from services.gateway.gate import Gate
from shared.contracts.words import Role
from shared.peers import Peers
from tests.gateway.conftest import House, Person, browser, gateway_of, key
from tests.gateway.test_alerts import first_alert

WHILE_HANGING = 7.0  # seconds: five of patience, and what a busy machine adds


class Failing(Peers):
    """The services of a house, some of them behind a socket that does not do what it should."""

    def __init__(self, of: Peers) -> None:
        super().__init__()
        self.of = of
        self.instead: dict[str, Peers] = {}

    def client(self, name: str) -> httpx.AsyncClient:
        return self.instead.get(name, self.of).client(name)

    def put(self, name: str, url: str) -> None:
        self.instead[name] = Peers({name: url})

    async def close(self) -> None:
        for peers in self.instead.values():
            await peers.close()


@contextlib.asynccontextmanager
async def socket(says: bytes | None) -> AsyncIterator[str]:
    """A server that reads and then says this, or nothing at all until the test is over."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(65_536)
            if says is None:
                await over.wait()
            else:
                writer.write(says)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nTraceback"
CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
HOW = {"hangs": None, "fails": BROKEN, "is cut off": CUT_OFF, "closes": b""}


@pytest.fixture
async def failing(house: House) -> AsyncIterator[Failing]:
    """From here on people come through a gateway whose services can be made to fail."""
    peers = Failing(house.peers)
    house.gateway = gateway_of(peers)
    okafor = house.people["okafor"]
    await through(house, okafor)
    yield peers
    await peers.close()


async def through(house: House, person: Person) -> None:
    """This person's next request goes through the gateway that stands there now."""
    before = person.http
    person.http = browser(house.gateway.api)
    person.http.cookies = before.cookies
    await before.aclose()


def refused(answer: httpx.Response, service: str, says: str) -> None:
    assert answer.status_code == 503
    assert (answer.json()["service"], answer.json()["detail"]) == (service, says)
    assert answer.headers["Retry-After"] == "5"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("how", HOW)
async def test_without_incident_the_list_of_alerts_still_works(house: House, failing: Failing, how: str) -> None:
    okafor = house.people["okafor"]
    await house.alive()
    concern = await okafor.log()
    alert = await first_alert(okafor, about=concern)
    async with socket(HOW[how]) as url:
        failing.put("incident", url)
        began = monotonic()
        logged, listed, opened, read = await asyncio.gather(
            okafor.post("/incidents", json=house.concern(), headers=key()),
            okafor.get("/alerts"),
            okafor.get(f"/alerts/{alert['id']}"),
            okafor.get(f"/incidents/{concern}"),
        )
        assert monotonic() - began < WHILE_HANGING
    # It may have been recorded all the same: sent again with the same key it will be recorded once.
    refused(logged, "incident", outage.UNCERTAIN_LOG)
    refused(read, "incident", outage.IN_WORDS["incident"])
    assert [(one["id"], one["concern"]) for one in listed.json()["alerts"]] == [(alert["id"], None)]
    assert listed.json()["notices"] == [outage.NO_SUMMARIES]
    assert opened.json()["concern"] is None
    assert opened.json()["notices"] == [outage.NO_INCIDENT]
    assert (await okafor.post(f"/alerts/{alert['id']}/read")).status_code == 200


@pytest.mark.parametrize("how", HOW)
async def test_without_alerting_concerns_are_logged_and_read(house: House, failing: Failing, how: str) -> None:
    okafor = house.people["okafor"]
    concerns = [await okafor.log() for _ in range(3)]
    async with socket(HOW[how]) as url:
        failing.put("alerting", url)
        began = monotonic()
        logged, own, read, alerts, rules = await asyncio.gather(
            okafor.post("/incidents", json=house.concern(), headers=key()),
            okafor.get("/incidents"),
            okafor.get(f"/incidents/{concerns[0]}"),
            okafor.get("/alerts"),
            okafor.get("/alert-rules"),
        )
        assert monotonic() - began < WHILE_HANGING
    assert logged.status_code == 201
    assert read.json()["view"] == "whole"
    assert len(own.json()["incidents"]) >= 3
    assert {line["first_read_at"] for line in own.json()["incidents"]} == {None}
    assert own.json()["notices"] == [outage.NO_READING]
    for answer in (alerts, rules):
        refused(answer, "alerting", outage.IN_WORDS["alerting"])


@pytest.mark.parametrize("how", HOW)
async def test_without_auth_who_was_signed_in_logs_and_nobody_reads(house: House, failing: Failing, how: str) -> None:
    okafor = house.people["okafor"]
    concern = await okafor.log()
    haddad = await house.add("haddad", Role.TEACHER)
    async with socket(HOW[how]) as url:
        failing.put("auth", url)
        await forgotten(house)
        began = monotonic()
        logged, picked, read, alerts, sign_in = await asyncio.gather(
            okafor.post("/incidents", json=house.concern(), headers=key()),
            okafor.get("/pupils", params={"starts": "row"}),
            okafor.get(f"/incidents/{concern}"),
            okafor.get("/alerts"),
            haddad.post("/sign-in", json={"email": haddad.email, "password": "three lamps over the canal"}),
        )
        assert monotonic() - began < WHILE_HANGING
        assert (logged.status_code, picked.status_code) == (201, 200)
        for answer in (read, alerts, sign_in):
            refused(answer, "auth", outage.IN_WORDS["auth"])
        # Whoever leaves a shared computer meanwhile leaves no session on it; the browser is known again, nobody else.
        left = await okafor.post("/sign-out")
        refused(left, "auth", outage.IN_WORDS["auth"])
        assert set(okafor.http.cookies) <= {"heed_browser"}
    failing.instead.clear()
    assert (await house.people["haddad"].sign_in()).http.cookies


async def forgotten(house: House) -> None:
    """Waits until the gateway has to ask auth again: what it was told is a second old."""
    gate: Gate = house.gateway.api.state.gate
    until = monotonic() + 5
    while any(gate.sessions._clock() - known.at <= 1.0 for known in gate.sessions._known.values()):
        assert monotonic() < until
        await asyncio.sleep(0.02)


async def test_a_minute_after_auth_went_away_nobody_logs_either(house: House, failing: Failing) -> None:
    okafor = house.people["okafor"]
    gate: Gate = house.gateway.api.state.gate
    assert (await okafor.get("/categories")).status_code == 200
    later = gate.sessions._clock() + 58
    gate.sessions._clock = lambda: later
    failing.put("auth", "http://127.0.0.1:9")
    answer = await okafor.post("/incidents", json=house.concern(), headers=key())
    refused(answer, "auth", outage.IN_WORDS["auth"])


async def test_nothing_was_recorded_where_nobody_listened(house: House, failing: Failing) -> None:
    failing.put("incident", "http://127.0.0.1:9")
    answer = await house.people["okafor"].post("/incidents", json=house.concern(), headers=key())
    refused(answer, "incident", outage.IN_WORDS["incident"])


async def test_a_service_that_is_in_no_setting_is_one_that_does_not_answer(house: House) -> None:
    peers = Peers()
    peers.register("auth", house.services["auth"].api)
    peers.register("incident", house.services["incident"].api)
    house.gateway = gateway_of(peers)
    okafor = house.people["okafor"]
    await through(house, okafor)
    assert (await okafor.log()) is not None
    refused(await okafor.get("/alerts"), "alerting", outage.IN_WORDS["alerting"])
    async with browser(house.gateway.api) as http:
        # A gateway that was taken out for a service that is down would take the rest down with it.
        assert (await http.get("/health/ready")).status_code == 200
    await peers.close()

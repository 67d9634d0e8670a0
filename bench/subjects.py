"""What is measured: the house, and the skeleton beside it on the same servers."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import asyncpg
import httpx

from bench.load import Loaded
from deploy.databases import in_database
from deploy.native.kafka import free_port
from deploy.native.processes import ROOT, Processes
from shared.db import sqlalchemy_url
from tests.system.ledger import Ledger
from tests.system.school import School

RENEW_SECONDS = 20.0
QUIET_SECONDS = 120.0


@dataclass
class Heed:
    house: Processes
    school: School
    ledger: Ledger
    through: str = "incident"
    _token: str = ""

    @property
    def port(self) -> int:
        return self.house.programs[self.through].port

    def by_gateway(self) -> "Heed":
        """The same, asked as a browser asks: by the gateway, with a session."""
        return replace(self, through="gateway")

    def request(self, number: int) -> bytes:
        author = self.school["assistant"]
        body = json.dumps(self.school.concern()).encode()
        path = "/incidents"
        who = f"Authorization: Bearer {self._token}"
        if self.through == "gateway":
            path = "/api/v1/incidents"
            cookies = "; ".join(f"{name}={value}" for name, value in author.http.cookies.items())
            who = f"Cookie: {cookies}\r\nX-CSRF-Token: {author.csrf}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{who}\r\nIdempotency-Key: {uuid4()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @asynccontextmanager
    async def with_fresh_tokens(self) -> AsyncIterator[None]:
        """Tokens for the incident service as the gateway gets them from auth, renewed before they end."""
        await self._renew()

        async def keep() -> None:
            while True:
                await asyncio.sleep(RENEW_SECONDS)
                await self._renew()

        keeping = asyncio.create_task(keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _renew(self) -> None:
        login = ("gateway", self.house.environment["HEED_SERVICE_SECRET"])
        session = self.school["assistant"].http.cookies["heed_session"]
        async with httpx.AsyncClient(base_url=self.house.url("auth"), trust_env=False) as auth:
            given = await auth.post("/internal/service-token", json={"audience": "auth"}, auth=login)
            headers = {"Authorization": f"Bearer {given.json()['token']}"}
            body = {"session": session, "audience": ["incident"]}
            checked = await auth.post("/sessions/check", json=body, headers=headers)
            self._token = checked.raise_for_status().json()["tokens"]["incident"]

    async def alerted(self) -> int:
        query = "SELECT count(DISTINCT incident_id) AS alerted FROM alert"
        (row,) = await self.ledger.rows("alerting", query)
        return int(row["alerted"])

    async def until_quiet(self) -> None:
        await self.ledger.until_quiet(within=QUIET_SECONDS)

    def accepted_at(self, loaded: Loaded) -> dict[UUID, float]:
        return {UUID(json.loads(body)["id"]): answered for _, answered, body in loaded.accepted}

    async def incidents_of_mails(self) -> dict[str, UUID]:
        query = "SELECT message_id, incident_id FROM mail JOIN alert ON mail.link = '/alerts/' || alert.id"
        return {row["message_id"]: row["incident_id"] for row in await self.ledger.rows("alerting", query)}


@dataclass
class Skeleton:
    port: int
    url: str

    @classmethod
    @asynccontextmanager
    async def beside(cls, house: Processes) -> AsyncIterator["Skeleton"]:
        connection = await asyncpg.connect(house.postgres.admin_url)
        await connection.execute("CREATE DATABASE skeleton")
        await connection.close()
        url = in_database(house.postgres.admin_url, "skeleton")
        kafka = house.kafka.url.removeprefix("kafka://") if house.kafka else None
        port = free_port()
        made = f"create_app({sqlalchemy_url(url).render_as_string(hide_password=False)!r}, {kafka!r})"
        run = f"uvicorn.run({made}, port={port}, access_log=False, log_level='warning')"
        process = _python(f"import uvicorn; from bench.skeleton import create_app; {run}")
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                while process.poll() is None:
                    with contextlib.suppress(httpx.TransportError):
                        await http.get(f"http://127.0.0.1:{port}/alerts")
                        break
                    await asyncio.sleep(0.1)
            yield cls(port, url)
        finally:
            process.terminate()
            process.wait()

    def request(self, number: int) -> bytes:
        body = json.dumps({"text": f'Number {number}: Rowan said "I do not want to go home".'}).encode()
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"POST /incidents HTTP/1.1\r\nHost: localhost\r\n{head}".encode() + body

    async def alerted(self) -> int:
        connection = await asyncpg.connect(self.url)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM alert"))
        finally:
            await connection.close()

    async def until_quiet(self) -> None:
        """It is quiet when everything is alerted: it sends no mail."""


def _python(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)

"""A school's roll of 2,000 children from a file: `python -m bench.roll` prints how long it took and how much memory.

By the incident service as the gateway asks it, in this process, on a PostgreSQL of its own that keeps every commit on
the disk and is gone afterwards. `--write` puts the table into docs/performance.md. It ends with 1 when a file took more
than five seconds from its first byte to its last row, or 90 MB of words nobody asked for cost memory.
"""

import asyncio
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

import httpx
from pydantic import SecretStr

from deploy import databases
from deploy.demo.upn import make_upn
from deploy.embedded import EmbeddedPostgres
from services.incident.app import create_service
from services.incident.settings import IncidentSettings
from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from shared.peers import Peers
from tests.incident.files import ctf, pupil
from tests.issuer import Client, Issuer, member

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
SERVICE: Final = "incident"
CHILDREN: Final = 2_000
MOST_SECONDS, MOST_MEGABYTES = 5.0, 60
CSV, XML = "text/csv", "application/xml"
PAD: Final = b"<ShoeSize>" + b"3" * 999_979 + b"</ShoeSize>"
"""A megabyte that no roll asks for."""


def main() -> None:
    report, sound = asyncio.run(measured())
    print(report)
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition("<!-- roll -->\n")
        _, _, tail = rest.partition("<!-- end of roll -->\n")
        PAGE.write_text(f"{head}<!-- roll -->\n{report}\n<!-- end of roll -->\n{tail}", encoding="utf-8")
    sys.exit(not sound)


async def measured() -> tuple[str, bool]:
    lines = [
        f"| {CHILDREN:,} children | megabytes | dry run, s | applied, s | together, s | memory it took, MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    sound = True
    async with _service() as client:
        # What is made once, for the first file of all, is not what a file costs.
        await _taken(client, "".join(_sheet("1A", 10)).encode(), CSV)
        for what, file, kind in _files():
            before = _most_memory()
            dry, applied = await _taken(client, file, kind)
            grown = _most_memory() - before
            sound = sound and dry + applied <= MOST_SECONDS and grown <= MOST_MEGABYTES
            lines.append(
                f"| {what} | {len(file) / 1e6:.1f} | {dry:.1f} | {applied:.1f} | {dry + applied:.1f} | {grown:.0f} |"
            )
    return "\n".join(lines), sound


def _files() -> Iterator[tuple[str, bytes, str]]:
    yield "CSV, all new", "".join(_sheet("4A", CHILDREN)).encode(), CSV
    yield "CSV, another class for each", "".join(_sheet("4B", CHILDREN)).encode(), CSV
    yield "CSV, the same again", "".join(_sheet("4B", CHILDREN)).encode(), CSV
    children = [pupil(UPN=_number(n), Surname="Price", Forename=f"Child {n}", full=True) for n in range(CHILDREN)]
    whole = ctf(*children)
    yield "CTF with contacts, attendance, flags", whole, XML
    head, _, tail = whole.rpartition(b"</CTfile>")
    yield "CTF with 90 MB that nobody asked for", head + PAD * 90 + b"</CTfile>" + tail, XML


def _sheet(class_code: str, children: int) -> Iterator[str]:
    yield "UPN,Surname,Forename,Date of birth,Sex,Year group,Class\n"
    for number in range(children):
        yield f"{_number(number)},Price,Child {number},2017-03-12,M,4,{class_code}\n"


def _number(child: int) -> str:
    return make_upn(establishment=2000, year=child // 1_000, serial=child % 1_000)


async def _taken(client: Client, file: bytes, kind: str) -> tuple[float, float]:
    began = perf_counter()
    answer = await client.post("/roll/imports", content=_in_pieces(file), headers={"content-type": kind})
    assert answer.status_code == 201, answer.text
    dry = perf_counter()
    done = await client.post(f"/roll/imports/{answer.json()['id']}/apply", json={})
    assert done.status_code == 200, done.text
    return dry - began, perf_counter() - dry


async def _in_pieces(file: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(file), 65_536):
        yield file[start : start + 65_536]


def _most_memory() -> float:
    """The most this process has held at a time, in megabytes."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


@asynccontextmanager
async def _service() -> AsyncIterator[Client]:
    folder = Path(tempfile.mkdtemp(prefix="heed-bench-"))
    server = EmbeddedPostgres(folder)
    try:
        admin_url = await server.start()
        passwords = {name: secrets.token_urlsafe(12) for name in databases.role_names((SERVICE,))}
        await databases.create(admin_url, passwords, services=(SERVICE,))

        def url(kind: str) -> SecretStr:
            name = f"heed_{SERVICE}_{kind}"
            account = databases.Account(name, passwords[name])
            return SecretStr(databases.url_for(admin_url, database=f"heed_{SERVICE}", account=account))

        await databases.migrate(SERVICE, url("migrator").get_secret_value())
        auth, peers = Issuer("heed-auth"), Peers()
        peers.register("auth", auth.app)
        settings = IncidentSettings(
            key_secret=SecretStr(secrets.token_urlsafe(32)),
            HEED_INCIDENT_DATABASE_URL=url("app"),
            HEED_INCIDENT_WORKER_DATABASE_URL=url("worker"),
        )
        service = create_service(settings, peers=peers)
        await service.start()
        transport = httpx.ASGITransport(app=service.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://incident.heed", timeout=None) as http:  # noqa: S113
            yield Client(http, auth, SERVICE, member(new_id(), Role.LEAD_DSL, assurance=Assurance.ELEVATED))
        await service.stop()
        await peers.close()
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

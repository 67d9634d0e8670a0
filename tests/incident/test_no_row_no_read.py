"""No audit row, no read: where the row cannot be written, nothing of a child is answered, on any route that reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import httpx
import pytest

from shared.contracts.words import Role
from tests.conftest import Cluster
from tests.incident.conftest import School, key
from tests.issuer import Client

pytestmark = pytest.mark.postgres


@asynccontextmanager
async def no_audit(cluster: Cluster) -> AsyncIterator[None]:
    connection = await asyncpg.connect(cluster.admin("incident"))
    await connection.execute("REVOKE INSERT ON audit FROM heed_incident_app")
    try:
        yield
    finally:
        await connection.execute("GRANT INSERT ON audit TO heed_incident_app")
        await connection.close()


async def each_read(school: School, author: Client, incident_id: UUID) -> list[tuple[str, httpx.Response]]:
    dsl, path = school.dsl, f"/incidents/{incident_id}"
    return [
        ("whole", await dsl.get(path)),
        ("own", await author.get(path)),
        ("mine", await author.get("/incidents")),
        ("summaries", await dsl.post("/incidents/summaries", json={"ids": [str(incident_id)]})),
        ("search", await dsl.post("/incidents/search", json={"words": "going home"})),
        ("find", await dsl.post("/pupils/find", json={"name": "Rowan"})),
        ("chronology", await dsl.get(f"/pupils/{school.rowan}/chronology")),
        ("by number", await dsl.get("/incidents/by-number/1")),
        ("actions", await dsl.get("/actions")),
        ("patterns", await dsl.get(f"/pupils/{school.rowan}/patterns")),
        ("significant", await dsl.get(f"/pupils/{school.rowan}/significant")),
        ("looked at", await dsl.get(f"/pupils/{school.rowan}/looked-at")),
        ("pick", await author.get("/pupils", params={"starts": "row"})),
        ("pick behind glass", await dsl.get("/behind-glass/pupils", params={"starts": "row"})),
        ("one behind glass", await dsl.get(f"/behind-glass/pupils/{school.rowan}")),
        ("coach", await author.post("/coach", json={"text": "I saw Rowan Adeyemi."})),
    ]


async def test_a_read_that_cannot_be_recorded_answers_nothing_of_a_child(
    school: School, empty_cluster: Cluster
) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author)
    owed = {"text": "Ring home.", "owner_id": str(author.staff.staff_id)}
    assert (await school.dsl.post(f"/incidents/{incident_id}/actions", json=owed)).status_code == 201
    marked = {"headline": "Rowan spoke of home."}
    assert (await school.dsl.post(f"/pupils/{school.rowan}/significant/{incident_id}", json=marked)).status_code == 201
    async with no_audit(empty_cluster):
        for read, answer in await each_read(school, author, incident_id):
            assert answer.status_code == 500, read
            for said in ("Rowan", "Adeyemi", "go home", str(school.rowan)):
                assert said not in answer.text, read
    for read, answer in await each_read(school, author, incident_id):
        assert answer.status_code == 200, read
        told = ("go home", "Rowan", "Welfare Concern", str(incident_id))
        assert any(said in answer.text for said in told), read


async def test_a_write_that_cannot_be_recorded_is_not_done(school: School, empty_cluster: Cluster) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    dsl, path = school.dsl, f"/incidents/{incident_id}"
    async with no_audit(empty_cluster):
        written = [
            await school.someone(Role.TEACHER).post("/incidents", json=school.concern(), headers=key()),
            await dsl.post(f"{path}/actions", json={"text": "Rang home."}),
            await dsl.post(f"{path}/close", json={"reason": "Nothing in it."}),
        ]
    assert [answer.status_code for answer in written] == [500, 500, 500]
    assert not any("Rowan" in answer.text for answer in written)
    shown = (await dsl.get(path)).json()
    assert (shown["state"], shown["actions"]) == ("open", [])
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    assert await connection.fetchval("SELECT count(*) FROM incident") == 1
    assert await connection.fetchval(
        "SELECT count(*) FROM outbox WHERE key <> $1", incident_id
    ) == await connection.fetchval("SELECT count(*) FROM pupil")
    await connection.close()

"""What somebody is still writing: kept, given back to them alone, gone with the incident or after 14 days."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.incident.draft_sweeper import DraftSweeper
from services.incident.service.drafts import keep_draft, sweep
from shared.contracts.words import Assurance, Role
from shared.db import Scope
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School, key
from tests.issuer import Client
from tests.shared.bus.consuming import until

pytestmark = pytest.mark.postgres

TYPED = {"narrative": "Rowan sa", "pupils": [], "when": {"known": "about"}, "marks": [{"x": 0.5}], "urgent": None}


async def keep(client: Client, draft_id: UUID, version: int = 0, content: Any = TYPED) -> httpx.Response:
    return await client.ask("PUT", f"/drafts/{draft_id}", json={"version": version, "content": content})


async def stored(cluster: Cluster) -> int:
    connection = await asyncpg.connect(cluster.admin("incident"))
    count: int = await connection.fetchval("SELECT count(*) FROM draft")
    await connection.close()
    return count


async def only_the_young(cluster: Cluster) -> bool:
    return await stored(cluster) == 1


@pytest.fixture
def okafor(school: School) -> Client:
    return school.someone(Role.TEACHER, assurance=Assurance.PASSWORD)


async def test_a_draft_comes_back_as_it_was_typed_with_a_password_alone(okafor: Client) -> None:
    draft_id = new_id()
    first = await keep(okafor, draft_id)
    assert (first.status_code, first.json()["version"]) == (200, 1)
    second = await keep(okafor, draft_id, 1, TYPED | {"narrative": "  Rowan said \n"})
    assert second.json()["version"] == 2
    shown = (await okafor.get(f"/drafts/{draft_id}")).json()
    assert shown["content"] == TYPED | {"narrative": "  Rowan said \n"}
    assert list(shown["content"]) == list(TYPED)
    listed = (await okafor.get("/drafts")).json()["drafts"]
    assert [(one["id"], one["version"]) for one in listed] == [(str(draft_id), 2)]
    assert "content" not in listed[0]


@pytest.mark.parametrize("role", [Role.HEAD, Role.LEAD_DSL, Role.TEACHER])
async def test_nobody_else_reads_saves_or_discards_it_not_even_the_head(
    school: School, okafor: Client, role: Role
) -> None:
    draft_id = new_id()
    await keep(okafor, draft_id)
    other = school.someone(role, assurance=Assurance.ELEVATED)
    assert (await other.get(f"/drafts/{draft_id}")).status_code == 404
    assert (await keep(other, draft_id, 1)).status_code == 404
    assert (await other.ask("DELETE", f"/drafts/{draft_id}")).status_code == 204
    assert (await other.get("/drafts")).json()["drafts"] == []
    assert (await okafor.get(f"/drafts/{draft_id}")).json()["version"] == 1
    # The id is the client's: the same of two people are two drafts.
    assert (await keep(other, draft_id)).json()["version"] == 1


async def test_row_level_security_knows_the_owner_too(school: School, okafor: Client, empty_cluster: Cluster) -> None:
    await keep(okafor, new_id())
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    scoped = "SELECT set_config('heed.school', $1, false), set_config('heed.staff', $2, false)"
    for staff_id, seen in ((okafor.staff.staff_id, 1), (new_id(), 0)):
        await connection.execute(scoped, str(school.id), str(staff_id))
        assert await connection.fetchval("SELECT count(*) FROM draft") == seen
        await connection.execute("UPDATE draft SET version = 7 WHERE version = 1" if not seen else "SELECT 1")
    await connection.execute(scoped, str(school.id), str(new_id()))
    assert await connection.execute("DELETE FROM draft") == "DELETE 0"
    await connection.close()
    assert (await okafor.get("/drafts")).json()["drafts"][0]["version"] == 1


async def test_it_is_gone_with_the_commit_that_records_the_incident(
    school: School, okafor: Client, empty_cluster: Cluster
) -> None:
    draft_id, once = new_id(), key()
    await keep(okafor, draft_id)
    refused = await okafor.post("/incidents", json=school.concern(draft_id=str(draft_id), pupils=[]), headers=once)
    assert refused.status_code == 422
    assert (await okafor.get(f"/drafts/{draft_id}")).status_code == 200
    for _ in range(2):
        body = school.concern(draft_id=str(draft_id), occurred_at="2026-03-03T12:40:00Z")
        assert (await okafor.post("/incidents", json=body, headers=once)).status_code == 201
    assert await stored(empty_cluster) == 0
    # A save that was under way when it was submitted does not bring it back.
    assert (await keep(okafor, draft_id, 1)).status_code == 404


async def test_a_colleagues_draft_is_not_taken_away_by_naming_it(school: School, okafor: Client) -> None:
    draft_id = new_id()
    await keep(okafor, draft_id)
    await school.log(school.someone(Role.TEACHER), draft_id=str(draft_id))
    assert (await okafor.get(f"/drafts/{draft_id}")).status_code == 200


async def test_two_windows_do_not_overwrite_one_another_and_a_repetition_is_no_conflict(okafor: Client) -> None:
    draft_id = new_id()
    await keep(okafor, draft_id)
    here = TYPED | {"narrative": "here"}
    assert (await keep(okafor, draft_id, 1, here)).json()["version"] == 2
    assert (await keep(okafor, draft_id, 1, here)).json()["version"] == 2
    there = await keep(okafor, draft_id, 1, TYPED | {"narrative": "there"})
    assert (there.status_code, there.json()["version"]) == (409, 2)
    begun_again = await keep(okafor, draft_id, 0, TYPED | {"narrative": "there"})
    assert begun_again.status_code == 409


async def test_two_first_saves_at_once_are_one_draft(okafor: Client) -> None:
    draft_id = new_id()
    answers = await asyncio.gather(*(keep(okafor, draft_id) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert (await okafor.get(f"/drafts/{draft_id}")).json()["version"] == 1


@pytest.mark.parametrize(
    "content",
    ['{"narrative": "a\\u0000b"}', '{"a\\u0000b": 1}', '{"narrative": "half \\ud83d"}', '{"x": NaN}', '{"x": 1e999}'],
)
async def test_what_cannot_be_kept_is_refused_with_a_sentence(okafor: Client, content: str) -> None:
    body = f'{{"version": 0, "content": {content}}}'
    answer = await okafor.ask("PUT", f"/drafts/{new_id()}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["path"].startswith("content")
    assert (await okafor.get("/drafts")).json()["drafts"] == []


async def test_a_draft_has_at_most_100_kb_and_a_dozen_levels(okafor: Client) -> None:
    around = len('{"n":""}')
    assert (await keep(okafor, new_id(), 0, {"n": "x" * (100_000 - around)})).status_code == 200
    assert (await keep(okafor, new_id(), 0, {"n": "x" * (100_001 - around)})).status_code == 422
    assert (await keep(okafor, new_id(), 0, {"n": "é" * 50_000})).status_code == 422
    deep: Any = 1
    for _ in range(12):
        deep = [deep]
    assert (await keep(okafor, new_id(), 0, {"n": deep})).status_code == 422


async def test_after_14_days_it_is_not_given_back_and_the_sweeper_takes_it_away_in_every_school(
    school: School, house: School, okafor: Client, empty_cluster: Cluster
) -> None:
    other = School(house.http, house.auth, house.alerting, house.db)
    elsewhere = other.someone(Role.TEACHER)
    old, young = new_id(), new_id()
    for client, age, draft_id in ((okafor, 15, old), (elsewhere, 15, old), (okafor, 13, young)):
        staff = client.staff
        async with school.db.begin(Scope(staff.school_id, staff.staff_id)) as session:
            when = datetime.now(UTC) - timedelta(days=age)
            await keep_draft(session, acting_staff=staff, draft_id=draft_id, version=0, content=TYPED, at=when)
    assert (await okafor.get(f"/drafts/{old}")).status_code == 404
    assert [one["id"] for one in (await okafor.get("/drafts")).json()["drafts"]] == [str(young)]
    async with school.db.begin(Scope(okafor.staff.school_id)) as session:
        assert await sweep(session) == 0
    stop = asyncio.Event()
    sweeping = asyncio.create_task(DraftSweeper(school.db, every_seconds=0.05).run(stop))
    await until(lambda: only_the_young(empty_cluster), within=20)
    stop.set()
    await sweeping
    assert (await okafor.get(f"/drafts/{young}")).status_code == 200


async def test_each_save_and_look_is_audited_without_a_word_of_it(okafor: Client, empty_cluster: Cluster) -> None:
    draft_id = new_id()
    await keep(okafor, draft_id, 0, {"narrative": "CANARY"})
    await okafor.get(f"/drafts/{draft_id}")
    await okafor.ask("DELETE", f"/drafts/{draft_id}")
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT audit.*, details::text FROM audit WHERE about_id = $1", draft_id)
    await connection.close()
    assert [row["action"] for row in rows] == ["draft:kept", "draft:read", "draft:discarded"]
    assert "CANARY" not in str([dict(row) for row in rows])


async def test_nobody_piles_up_more_than_fifty(okafor: Client) -> None:
    for _ in range(50):
        assert (await keep(okafor, new_id())).status_code == 200
    assert (await keep(okafor, new_id())).status_code == 422

"""Searching what was written: stems and phrases, by rights, within one school, with counts that tell nothing."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_reading import alert
from tests.issuer import Client

pytestmark = pytest.mark.postgres
ORDINARY, SENSITIVE, PROTECTION = "Attendance", "Welfare Concern", "Child Protection Incident"
ELEVATED = Assurance.ELEVATED


async def search(who: Client, words: str, **more: Any) -> dict[str, Any]:
    answer = await who.post("/incidents/search", json={"words": words, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ids(who: Client, words: str) -> list[UUID]:
    found = await search(who, words)
    assert found["count"] == len(found["hits"])
    return [UUID(hit["id"]) for hit in found["hits"]]


async def test_r93_stems_phrases_and_what_is_not(school: School) -> None:
    author, dsl = school.someone(Role.SUPPORT), school.dsl
    walked = await school.log(author, narrative="He walked home alone and had two bruises.")
    home = await school.log(author, narrative="She was alone at home, walking about.", action_taken="Rang the nurse.")
    assert await ids(dsl, "bruise") == [walked]
    assert await ids(dsl, "walk home") == [home, walked]
    assert await ids(dsl, '"home alone"') == [walked]
    assert await ids(dsl, "alone -bruise") == [home]
    assert await ids(dsl, "nurse or bruised") == [home, walked]
    assert await ids(dsl, "the and of") == []
    assert "Rang the nurse" in (await search(dsl, "nurse"))["hits"][0]["excerpt"]
    assert await ids(dsl, "'\\ \" & | ! <-> school:x") == []


async def test_actions_additions_and_the_words_of_now_are_searched(school: School) -> None:
    author, dsl = school.someone(Role.SUPPORT), school.dsl
    incident_id = await school.log(author, narrative="A zebra stood there.")
    await dsl.post(f"/incidents/{incident_id}/actions", json={"text": "Rang the giraffe keeper."})
    await author.post(f"/incidents/{incident_id}/addenda", json={"text": "There was an ostrich too."})
    change = school.concern(narrative="A pony stood there.") | {"reason": "It was none."}
    assert (await dsl.post(f"/incidents/{incident_id}/corrections", json=change)).status_code == 200
    for words, where in (("giraffes", "action"), ("ostriches", "addendum"), ("ponies", "narrative")):
        hit = (await search(dsl, words))["hits"][0]
        assert (hit["found_in"], hit["view"]) == ([where], "whole")
        assert words[:3] in hit["excerpt"]
    assert await ids(dsl, "zebra") == []
    # Its author finds their own first words and what they added, and nothing of what followed (R28).
    for words, finds in (("zebra", True), ("ostrich", True), ("giraffe", False), ("pony", False)):
        assert await ids(author, words) == ([incident_id] if finds else []), words
    assert (await search(author, "zebra"))["hits"][0]["view"] == "own"


async def test_r32_r35_what_lies_above_the_ceiling_is_no_hit_no_count_and_takes_no_place_on_a_page(
    school: School,
) -> None:
    author = school.someone(Role.SUPPORT)
    mine = []
    for _ in range(3):
        mine.append(await school.log(author, of=SENSITIVE, narrative="The lighthouse again."))
        for _ in range(2):
            await school.log(author, of=PROTECTION, narrative="The lighthouse again.")
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    first = await search(senco, "lighthouses", limit=2)
    rest = await search(senco, "lighthouses", limit=2, cursor=first["next"])
    assert [UUID(hit["id"]) for hit in first["hits"] + rest["hits"]] == mine[::-1]
    assert (first["count"], rest["count"], rest["next"]) == (3, 3, None)
    assert (await search(school.dsl, "lighthouses"))["count"] == 9
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    assert await ids(teacher, "lighthouse") == []
    ordinary = await school.log(author, of=ORDINARY, narrative="A lighthouse.")
    assert await ids(teacher, "lighthouse") == [ordinary]
    assert await ids(school.someone(Role.TEACHER, classes=("3A",), assurance=ELEVATED), "lighthouse") == []
    # Without elevation what one was alerted to is found, and nothing else.
    told = school.someone(Role.HEAD)
    assert await ids(told, "lighthouse") == []
    await alert(school, told, mine[0])
    assert await ids(told, "lighthouse") == [mine[0]]


async def test_c12_a_shield_takes_the_hits_away(school: School) -> None:
    incident_id = await school.log(school.someone(Role.SUPPORT), narrative="The lighthouse.")
    for shield in (school.rowan, incident_id):
        assert await ids(school.someone(Role.HEAD, assurance=ELEVATED, shields=(shield,)), "lighthouse") == []
    assert await ids(school.dsl, "lighthouse") == [incident_id]


async def test_the_function_gives_nothing_of_another_school_whatever_it_is_asked(
    school: School, house: School, empty_cluster: Cluster
) -> None:
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    theirs = await other.log(other.someone(Role.SUPPORT), narrative="The lighthouse.")
    assert await ids(other.dsl, "lighthouse") == [theirs]
    assert await ids(school.dsl, "lighthouse") == []
    connection = await asyncpg.connect(empty_cluster.url("incident"))
    try:
        asked = ("lighthouse", "-nothing", f"'school:{other.id}'", f"school:{other.id} or lighthouse", "' or true --")
        for scope in (str(school.id), ""):
            await connection.execute("SELECT set_config('heed.school', $1, false)", scope)
            for words in asked:
                assert await connection.fetch("SELECT * FROM heed_said($1)", words) == [], (scope, words)
        await connection.execute("SELECT set_config('heed.school', $1, false)", str(other.id))
        assert len(await connection.fetch("SELECT * FROM heed_said('lighthouses')")) == 1
        # Nor is there a table of one's own to lend the definer's rights to.
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TEMP TABLE said (LIKE said)")
    finally:
        await connection.close()
    for kind in ("worker", "reporter", "backup"):
        connection = await asyncpg.connect(empty_cluster.url("incident", kind))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM heed_said('lighthouse')")
        await connection.close()


async def test_the_search_is_on_the_audit_with_its_children_and_not_with_what_was_typed(
    school: School, empty_cluster: Cluster
) -> None:
    await school.log(school.someone(Role.SUPPORT), narrative="The lighthouse.")
    dsl = school.dsl
    await search(dsl, "lighthouse")
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    row = await connection.fetchrow("SELECT a.*, a::text AS whole FROM audit a WHERE action = 'incident:searched'")
    await connection.close()
    assert row is not None
    assert (row["staff_id"], row["pupil_ids"]) == (dsl.staff.staff_id, [school.rowan])
    assert "lighthouse" not in row["whole"]

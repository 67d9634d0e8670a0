"""The coach as a service: for a school's own roll and words, offering no more than may be looked up, never blocking."""

from typing import Any

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import ROLL, School, key
from tests.issuer import Client

pytestmark = pytest.mark.postgres


async def coached(client: Client, text: str, *linked: Any) -> list[dict[str, Any]]:
    answer = await client.post("/coach", json={"text": text, "pupil_ids": [str(one) for one in linked]})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["findings"]
    return found


@pytest.fixture
def okafor(school: School) -> Client:
    return school.someone(Role.SUPPORT, assurance=Assurance.PASSWORD)


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("He was aggressive at lunch.", "opinion", "aggressive"),  # R48, C16
        ("He ALWAYS shouts!!", "marks", "!!"),  # R48
        ("Surprisingly he sat down.", "adverb", "Surprisingly"),  # R49
        ("He kicked the door a lot.", "vague", "a lot"),  # R50
        ("J.S. hit the wall.", "initials", "J.S."),  # R52
    ],
)
async def test_r46_r48_r49_r50_r52_what_could_be_plainer_is_said_with_its_place(
    okafor: Client, text: str, rule: str, words: str
) -> None:
    found = [one for one in await coached(okafor, text) if one["rule"] == rule]
    assert words in [one["words"] for one in found]
    for one in found:
        assert text[one["start"] : one["end"]] == one["words"]
        assert one["suggestion"]


async def test_r50_the_childs_own_words_in_speech_marks_are_left_alone(okafor: Client) -> None:
    assert await coached(okafor, 'He said "you are always so rude".') == []


async def test_r51_a_child_who_is_named_and_not_linked_is_offered_with_class_and_year(
    school: School, okafor: Client
) -> None:
    [found] = await coached(okafor, "I saw Rowan Adeyemi by the gate.")
    assert found["rule"] == "unlinked"
    rowan = {"id": str(school.rowan), "name": "Rowan Adeyemi", "year_group": "4", "class_code": "4B"}
    assert found["pupils"] == [rowan]
    assert await coached(okafor, "I saw Rowan Adeyemi by the gate.", school.rowan) == []


async def test_r45_of_two_children_with_one_name_both_are_offered_and_none_is_chosen(okafor: Client) -> None:
    [found] = await coached(okafor, "I saw Aisha Khan by the gate.")
    assert {one["class_code"] for one in found["pupils"]} == {"3A", "3B"}


async def test_c4_only_names_in_the_writers_own_text_are_offered_and_it_is_audited(
    school: School, okafor: Client, empty_cluster: Cluster
) -> None:
    assert await coached(okafor, "Row Ade") == []
    await coached(okafor, "I saw Rowan Adeyemi.")
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT * FROM audit WHERE action = 'coach:offered'")
    await connection.close()
    assert [(row["staff_id"], row["pupil_ids"]) for row in rows] == [(okafor.staff.staff_id, [school.rowan])]


async def test_c4_nobody_reads_the_roll_through_the_coach(house: School) -> None:
    rows = [f",Surname{chr(97 + i // 26)}{chr(97 + i % 26)},Quentin,2017-03-12,M,4,4B" for i in range(60)]
    school = house
    many = ROLL + "\n".join(rows) + "\n"
    answer = await school.dsl.post("/roll", content=many, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    prying = school.someone(Role.SUPPORT)
    text = " ".join(f"I saw Quentin {row.split(',')[1]}." for row in rows)
    offered = {one["id"] for found in await coached(prying, text) for one in found["pupils"]}
    assert len(offered) == 30
    again = {one["id"] for found in await coached(prying, text) for one in found["pupils"]}
    assert again == offered
    late = [one for one in await coached(prying, text[len(text) // 2 :]) if one["rule"] == "unlinked"]
    assert {one["id"] for found in late for one in found["pupils"]} <= offered


async def test_whoever_is_shielded_from_a_child_is_not_offered_it(school: School) -> None:
    shielded = school.someone(Role.HEAD, shields=(school.rowan,))
    assert await coached(shielded, "I saw Rowan Adeyemi.") == []


async def test_the_roll_is_made_ready_anew_when_it_changes(school: School, okafor: Client) -> None:
    assert await coached(okafor, "I saw Wilhelmina Quartz.") == []
    more = ROLL + ",Quartz,Wilhelmina,2018-02-11,F,3,3B\n"
    await school.dsl.post("/roll", content=more, headers={"content-type": "text/csv"})
    [found] = await coached(okafor, "I saw Wilhelmina Quartz.")
    assert found["pupils"][0]["name"] == "Wilhelmina Quartz"
    await school.dsl.post("/roll?leavers=true", content=ROLL, headers={"content-type": "text/csv"})
    assert await coached(okafor, "I saw Wilhelmina Quartz.") == []


async def test_another_schools_children_are_nobody_here(school: School, house: School) -> None:
    other = School(house.http, house.auth, house.alerting, house.db)
    assert await coached(other.someone(Role.TEACHER), "I saw Rowan Adeyemi.") == []


async def test_a_school_adds_words_of_its_own(school: School, okafor: Client) -> None:
    assert await coached(okafor, "He was fizzy. He is in rude health.") != []
    words = {"phrases": {"opinion": ["fizzy"]}, "abbreviations": ["IPMAT"], "left_alone": ["rude health"]}
    answer = await school.dsl.ask("PUT", "/coach/words", json=words, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    found = await coached(okafor, "He was fizzy. He is in rude health. The IPMAT is on.")
    assert [(one["rule"], one["words"]) for one in found] == [("opinion", "fizzy")]
    assert (await school.dsl.get("/coach/words")).json() == words | {"version": 1}
    stale = await school.dsl.ask("PUT", "/coach/words", json={}, headers={"If-Match": '"0"'})
    assert stale.status_code == 409
    assert (await school.dsl.ask("PUT", "/coach/words", json={})).json()["version"] == 2
    assert await coached(okafor, "He was fizzy.") == []


async def test_the_words_are_the_heads_and_the_lead_dsls_to_set(school: School, okafor: Client) -> None:
    assert (await okafor.ask("PUT", "/coach/words", json={})).status_code == 403
    wrong = {"phrases": {"opinion": ["..."]}}
    assert (await school.dsl.ask("PUT", "/coach/words", json=wrong)).status_code == 422
    assert (await school.dsl.ask("PUT", "/coach/words", json={"phrases": {"capitals": ["X"]}})).status_code == 422


async def test_c16_it_warns_and_never_blocks_and_logging_never_asks_it(school: School, okafor: Client) -> None:
    text = "J.S. was REALLY aggressive and rude!!! Aisha Khan stormed off."
    assert len(await coached(okafor, text)) > 4
    answer = await okafor.post("/incidents", json=school.concern(narrative=text), headers=key())
    assert answer.status_code == 201


@pytest.mark.parametrize("text", ["", " ", "\n\n", "😀" * 1000, "x" * 20_000, '"' * 500])
async def test_any_text_has_an_answer(okafor: Client, text: str) -> None:
    await coached(okafor, text, new_id())

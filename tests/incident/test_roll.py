"""The roll from a file, and the type-ahead over it."""

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role, TrustRole
from tests.conftest import Cluster
from tests.incident.conftest import ROLL, School

pytestmark = pytest.mark.postgres

CSV = {"headers": {"content-type": "text/csv"}}
ELEVATED = Assurance.ELEVATED


async def test_only_those_who_may_import_do(house: School) -> None:
    for role in (Role.TEACHER, Role.SENCO, Role.SUPPORT):
        answer = await house.someone(role, assurance=ELEVATED).post("/roll", content=ROLL, **CSV)
        assert answer.status_code == 403
    assert (await house.someone(Role.HEAD).post("/roll", content=ROLL, **CSV)).status_code == 403
    administrator = house.someone(trust_roles=(TrustRole.TRUST_ADMINISTRATOR,), assurance=ELEVATED)
    answer = await administrator.post("/roll", content=ROLL, **CSV)
    assert answer.json() == {"enrolled": 5, "changed": 0, "left": 0, "unchanged": 0}


async def test_the_same_file_again_changes_nothing_and_a_new_class_does(school: School) -> None:
    again = await school.dsl.post("/roll", content=ROLL, **CSV)
    assert again.json() == {"enrolled": 0, "changed": 0, "left": 0, "unchanged": 5}
    moved = await school.dsl.post("/roll", content=ROLL.replace("4,4B", "4,4A"), **CSV)
    assert moved.json() == {"enrolled": 0, "changed": 1, "left": 0, "unchanged": 4}
    assert (await school.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"][0]["class_code"] == "4A"


async def test_who_left_and_comes_back_is_the_same_child(school: School) -> None:
    without = ROLL.replace(",Adeyemi,Rowan,2017-03-12,M,4,4B\n", "")
    assert (await school.dsl.post("/roll", content=without, **CSV)).json()["left"] == 1
    assert (await school.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"] == []
    assert (await school.dsl.post("/roll", content=ROLL, **CSV)).json()["enrolled"] == 1
    found = (await school.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"]
    assert [pupil["id"] for pupil in found] == [str(school.rowan)]


async def test_a_upn_that_comes_later_joins_the_child_and_a_new_name_with_it_stays_the_child(school: School) -> None:
    with_upn = ROLL.replace(",Adeyemi,Rowan", "B801200005001,Adeyemi,Rowan")
    await school.dsl.post("/roll", content=with_upn, **CSV)
    renamed = with_upn.replace("Adeyemi,Rowan", "Cole,Rowan")
    assert (await school.dsl.post("/roll", content=renamed, **CSV)).json()["changed"] == 1
    found = (await school.dsl.get("/pupils", params={"starts": "cole"})).json()["pupils"]
    assert [pupil["id"] for pupil in found] == [str(school.rowan)]


async def test_half_a_roll_does_not_make_the_other_half_leave(house: School) -> None:
    rows = "".join(f",Price,Child{n:02d},2017-03-12,M,4,4B\n" for n in range(40))
    head = ROLL.splitlines()[0] + "\n"
    assert (await house.dsl.post("/roll", content=head + rows, **CSV)).json()["enrolled"] == 40
    half = head + "".join(rows.splitlines(keepends=True)[:20])
    refused = await house.dsl.post("/roll", content=half, **CSV)
    assert refused.status_code == 409
    assert refused.json()["leavers"] == 20
    meant = await house.dsl.post("/roll", content=half, params={"leavers": True}, **CSV)
    assert meant.json()["left"] == 20


async def test_a_fault_in_one_row_imports_none(house: School) -> None:
    answer = await house.dsl.post("/roll", content=ROLL + ",Marsh,Leo,2017-13-12,M,4,4B\n", **CSV)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "file.7.born"
    assert "Marsh" not in answer.text
    assert (await house.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"] == []
    assert (
        await house.dsl.post("/roll", content=b"{}", headers={"content-type": "application/json"})
    ).status_code == 415


async def test_c4_the_type_ahead_tells_name_class_and_year_and_needs_three_letters(school: School) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT, assurance=Assurance.PASSWORD)
    found = (await ta.get("/pupils", params={"starts": "aish"})).json()["pupils"]
    assert [(p["name"], p["class_code"], p["year_group"]) for p in found] == [
        ("Aisha Khan", "3A", "3"),
        ("Aisha Khan", "3B", "3"),
    ]
    assert set(found[0]) == {"id", "name", "class_code", "year_group"}
    for few in ("", "ai", " a ", "%%%", "___", "a%c"):
        answer = await ta.get("/pupils", params={"starts": few})
        assert answer.status_code == 422 or answer.json()["pupils"] == []
    assert (await school.http.get("/pupils", params={"starts": "aisha"})).status_code == 401


async def test_c4_many_picks_are_slowed_down_for_that_person_alone(school: School, empty_cluster: Cluster) -> None:
    ta = school.someone(Role.TEACHING_ASSISTANT)
    for _ in range(30):
        assert (await ta.get("/pupils", params={"starts": "rowan"})).status_code == 200
    slowed = await ta.get("/pupils", params={"starts": "rowan"})
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) <= 21
    assert (await school.someone(Role.TEACHER).get("/pupils", params={"starts": "rowan"})).status_code == 200
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    looks = await connection.fetchval(
        "SELECT count(*) FROM audit WHERE action = 'pupil:picked' AND staff_id = $1", ta.staff.staff_id
    )
    await connection.close()
    assert looks == 30


async def test_one_school_does_not_find_anothers_children(school: School, house: School) -> None:
    other = School(house.http, house.auth, house.alerting, house.db)
    assert (await other.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"] == []
    assert (await other.dsl.get("/categories")).json()["categories"] == []


async def test_categories_are_begun_once(house: School) -> None:
    made = await house.dsl.post("/categories/standard")
    assert made.json() == {"made": 61}
    assert (await house.dsl.post("/categories/standard")).json() == {"made": 0}
    assert (await house.someone(Role.TEACHER, assurance=ELEVATED).post("/categories/standard")).status_code == 403

"""Finding a child: by name, sound, slip, UPN and class, within the reach of each role; and what is said of them."""

from dataclasses import replace

import asyncpg
import pytest

from services.incident.domain import Fit, name_fit
from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.issuer import Client

ELEVATED = Assurance.ELEVATED


@pytest.mark.parametrize(
    ("sought", "fit"),
    [
        ("rowan", Fit.NAME),
        ("row", Fit.NAME),
        ("adeyemi rowan", Fit.NAME),
        ("rowen", Fit.SOUND),
        ("roan adeyemi", Fit.SLIP),
        ("rowna", Fit.SLIP),
        ("adayemmi", Fit.SOUND),
        ("rowan khan", None),
        ("zow", None),
        ("", None),
    ],
)
def test_a_name_fits_as_it_begins_as_it_sounds_or_with_a_slip(sought: str, fit: Fit | None) -> None:
    assert name_fit(sought.split(), ("rowan", "adeyemi")) is fit


async def found(who: Client, **wanted: str) -> list[str]:
    answer = await who.post("/pupils/find", json=wanted)
    assert answer.status_code == 200, answer.text
    return [f"{one['name']} {one['class_code']}" for one in answer.json()["pupils"]]


@pytest.mark.postgres
async def test_r92_senior_leaders_find_every_child_and_teachers_their_class(school: School) -> None:
    leader = school.someone(Role.SENIOR_LEADER, assurance=ELEVATED)
    assert await found(leader, name="aisha khan") == ["Aisha Khan 3A", "Aisha Khan 3B"]
    teacher = school.someone(Role.TEACHER, classes=("3a",), assurance=ELEVATED)
    assert await found(teacher, name="aisha khan") == ["Aisha Khan 3A"]
    assert await found(teacher, name="rowan") == []
    assistant = await school.someone(Role.TEACHING_ASSISTANT, assurance=ELEVATED).post(
        "/pupils/find", json={"name": "a"}
    )
    assert assistant.status_code == 403
    plain = await school.client(replace(leader.staff, assurance=Assurance.MFA)).post("/pupils/find", json={"name": "a"})
    assert plain.json()["type"].endswith("/elevation-required")


@pytest.mark.postgres
async def test_by_sound_class_and_upn(school: School, empty_cluster: Cluster) -> None:
    assert await found(school.dsl, name="Aysha Kahn") == ["Aisha Khan 3A", "Aisha Khan 3B"]
    assert await found(school.dsl, class_code=" 4b") == ["Rowan Adeyemi 4B"]
    assert await found(school.dsl, name="Aisha", class_code="3B") == ["Aisha Khan 3B"]
    assert await found(school.dsl, name="Łuczak") == ["Zoë O'Brien-Łuczak 5B"]
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    await connection.execute(
        "INSERT INTO pupil_identifier (school_id, pupil_id, kind, value, since) "
        "VALUES ($1, $2, 'upn', 'H801200001001', '2024-09-01')",
        school.id,
        school.rowan,
    )
    await connection.close()
    assert await found(school.dsl, upn="h801 2000 01001") == ["Rowan Adeyemi 4B"]
    assert await found(school.dsl, upn="H801200001002") == []
    nothing = await school.dsl.post("/pupils/find", json={})
    assert nothing.status_code == 422


@pytest.mark.postgres
async def test_c12_a_shielded_child_is_absent_and_who_left_is_the_dsl_teams(school: School) -> None:
    shielded = school.someone(Role.LEAD_DSL, assurance=ELEVATED, shields=(school.rowan,))
    assert await found(shielded, name="adeyemi") == ["Ife Adeyemi 1A"]
    without = "Surname,Forename,Date of birth,Year group,Class\nAdeyemi,Ife,2020-05-01,1,1A\n"
    answer = await school.dsl.post("/roll", content=without, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert await found(school.dsl, name="adeyemi") == ["Ife Adeyemi 1A", "Rowan Adeyemi 4B"]
    assert await found(school.someone(Role.SENCO, assurance=ELEVATED), name="adeyemi") == ["Ife Adeyemi 1A"]


@pytest.mark.postgres
async def test_the_last_entry_is_the_last_that_this_reader_may_see(school: School, empty_cluster: Cluster) -> None:
    async def last(who: Client) -> str | None:
        answer = await who.post("/pupils/find", json={"name": "rowan"})
        told: str | None = answer.json()["pupils"][0]["last_entry_at"]
        return told

    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    assert await last(senco) is None
    await school.log(school.someone(Role.TEACHER), of="Welfare Concern")
    seen = await last(senco)
    assert seen is not None
    await school.log(school.someone(Role.TEACHER), of="Child Protection Incident")
    assert await last(senco) == seen
    dsl = school.someone(Role.LEAD_DSL, assurance=ELEVATED, staff_id=new_id())
    assert await last(dsl) != seen
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    row = await connection.fetchrow(
        "SELECT * FROM audit WHERE action = 'pupil:found' AND staff_id = $1", dsl.staff.staff_id
    )
    await connection.close()
    assert row is not None
    assert row["pupil_ids"] == [school.rowan]
    assert "rowan" not in row["details"]

"""The school's rules: read, replaced as a whole, tried without anybody being told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alerting.domain.escalation import LONDON
from shared.contracts.auth import StaffChanged
from shared.contracts.incident import CategoryWeighed
from shared.contracts.words import Assurance, Role, Sensitivity
from shared.ids import class_id, new_id
from tests.alerting.conftest import ATTENDANCE, BEHAVIOUR, ROWAN, WELFARE, School

pytestmark = pytest.mark.postgres


def rule(**changes: Any) -> dict[str, Any]:
    return {"name": "Pastoral", "category_ids": [str(BEHAVIOUR)], "roles": ["pastoral"], **changes}


async def put(school: School, *rules: dict[str, Any], etag: str | None = None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return await school.dsl.ask("PUT", "/rules", json={"rules": list(rules)}, headers=headers)


async def test_a_school_begins_without_rules_at_version_0(school: School) -> None:
    answer = await school.dsl.get("/rules")
    assert answer.json() == {"version": 0, "rules": []}
    assert answer.headers["etag"] == '"0"'


async def test_rules_are_shown_as_they_were_put_and_count_for_the_next_incident(school: School) -> None:
    before = await school.logged(BEHAVIOUR)
    given = rule(at_least=1, up_to=2, year_groups=["4", "5"], group_ids=[str(school.ks2)], class_teachers=True)
    answer = await put(school, given, rule(name="Second"), etag='"0"')
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"1"'
    shown = (await school.dsl.get("/rules")).json()
    assert shown == answer.json()
    first = shown["rules"][0]
    assert first.pop("id")
    assert first == given | {"staff_ids": [], "parts": [], "category_ids": [str(BEHAVIOUR)]}
    assert "Joseph" not in await school.told(before)
    assert (await school.told(await school.logged(BEHAVIOUR)))["Joseph"] == {"rule"}


async def test_rules_are_retired_and_never_changed(school: School) -> None:
    first = (await put(school, rule(), rule(name="Stays"))).json()["rules"]
    incident = await school.logged(BEHAVIOUR)
    second = (await put(school, first[0] | {"name": "Renamed"}, first[1])).json()
    assert second["version"] == 2
    assert second["rules"][0]["id"] != first[0]["id"]
    # The one that was given as it stands is the same rule.
    assert second["rules"][1] == first[1]
    rows = await school.rows("SELECT name, retired_at IS NULL AS in_force FROM rule ORDER BY id")
    assert {(row["name"], row["in_force"]) for row in rows} == {
        ("Pastoral", False),
        ("Renamed", True),
        ("Stays", True),
    }
    [alert] = await school.rows("SELECT rule_ids FROM alert WHERE staff_id = $1", school.people["Joseph"])
    assert {str(i) for i in alert["rule_ids"]} == {r["id"] for r in first}
    assert await school.told(incident)


async def test_another_version_is_a_conflict_and_changes_nothing(school: School) -> None:
    await put(school, rule(), etag='"0"')
    answer = await put(school, rule(name="Late"), etag='"0"')
    assert answer.status_code == 409
    assert answer.json()["version"] == 1
    assert [r["name"] for r in (await school.dsl.get("/rules")).json()["rules"]] == ["Pastoral"]
    assert (await put(school, etag='"1"')).json() == {"version": 2, "rules": []}
    assert (await put(school, rule(), etag="nonsense")).status_code == 422


async def test_a_replacement_is_on_the_audit(school: School) -> None:
    await put(school, rule())
    [row] = await school.rows("SELECT * FROM audit WHERE action = 'rules:replaced'")
    assert row["staff_id"] == school.people["Okafor"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"name": ""}, "rules.0.name"),
        ({"roles": []}, "rules.0"),
        ({"roles": ["unknown"]}, "rules.0"),
        ({"at_least": 3, "up_to": 1}, "rules.0"),
        ({"at_least": 4}, "rules.0.at_least"),
        ({"year_groups": ["Year 4"]}, "rules.0.year_groups.0"),
        ({"parts": ["unknown"]}, "rules.0"),
        ({"pupils": []}, "rules.0.pupils"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_by_its_field(school: School, wrong: dict[str, Any], path: str) -> None:
    answer = await put(school, rule(**wrong))
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


@pytest.mark.parametrize(
    ("name", "assurance", "status"),
    [
        ("Boyle", Assurance.ELEVATED, 200),
        ("Okafor", Assurance.ELEVATED, 200),
        ("Okafor", Assurance.MFA, 403),
        ("Haddad", Assurance.ELEVATED, 403),
        ("Chaudhry", Assurance.ELEVATED, 403),
    ],
)
async def test_rules_are_the_heads_and_the_lead_dsls(
    school: School, name: str, assurance: Assurance, status: int
) -> None:
    client = school.client(name, assurance=assurance)
    for method, path, body in (
        ("GET", "/rules", None),
        ("PUT", "/rules", {"rules": []}),
        ("POST", "/rules/try", {"category_ids": [str(BEHAVIOUR)], "pupils": []}),
    ):
        assert (await client.ask(method, path, json=body)).status_code == status


async def test_another_schools_rules_are_neither_seen_nor_replaced(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    await put(other, rule(name="Theirs"))
    assert (await school.dsl.get("/rules")).json() == {"version": 0, "rules": []}
    await put(school)
    assert [r["name"] for r in (await other.dsl.get("/rules")).json()["rules"]] == ["Theirs"]


async def test_a_trial_says_who_would_be_told_and_by_which_rule_and_tells_nobody(school: School) -> None:
    await put(school, rule(class_teachers=True), rule(name="Attendance", category_ids=[str(ATTENDANCE)]))
    by_code = {"category_ids": [str(BEHAVIOUR)], "pupils": [{"part": "subject", "class_code": "4b", "year_group": "4"}]}
    by_id = by_code | {"pupils": [{"class_id": str(class_id(school.id, "4B"))}]}
    for trial in (by_code, by_id):
        answer = await school.dsl.post("/rules/try", json=trial)
        assert answer.status_code == 200, answer.text
        names = {str(staff_id): name for name, staff_id in school.people.items()}
        told = {names[one["staff_id"]]: (one["why"], one["rules"]) for one in answer.json()["told"]}
        assert told == {
            "Boyle": (["head"], []),
            "Okafor": (["lead_dsl"], []),
            "Joseph": (["rule"], ["Pastoral"]),
            "Bevan": (["class_teacher"], ["Pastoral"]),
        }
    for table in ("alert", "told_incident", "mail WHERE kind <> 'rules-changed'", "outbox"):
        assert await school.rows(f"SELECT FROM {table}") == []


async def test_r71_a_rule_on_a_category_and_a_part_is_kept_and_counts(school: School) -> None:
    harmed = rule(parts=["harmed"])
    assert (await put(school, harmed)).json()["rules"][0]["parts"] == ["harmed"]
    physical = new_id()
    trial = {
        "category_ids": [str(physical)],
        "parent_category_ids": [str(BEHAVIOUR)],
        "pupils": [{"part": "harmed"}],
    }
    joseph = str(school.people["Joseph"])
    assert joseph in {one["staff_id"] for one in (await school.dsl.post("/rules/try", json=trial)).json()["told"]}
    trial["pupils"] = [{"part": "witness"}]
    assert joseph not in {one["staff_id"] for one in (await school.dsl.post("/rules/try", json=trial)).json()["told"]}


async def test_r68_a_deputy_is_told_for_who_is_away_until_they_are_back(school: School) -> None:
    joseph, chaudhry = school.people["Joseph"], school.people["Chaudhry"]
    today = datetime.now(LONDON).date()
    for away_until, deputy_told in ((today, True), (today - timedelta(days=1), False)):
        await school.hear(
            StaffChanged(staff_id=joseph, roles=[Role.PASTORAL], away_until=away_until, deputy_id=chaudhry)
        )
        told = await school.told(await school.logged(extra_staff_ids=[joseph]))
        assert (told.get("Chaudhry"), told.get("Joseph")) == (
            ({"deputy"}, None) if deputy_told else (None, {"chosen_person"})
        )
        trial = {"category_ids": [str(BEHAVIOUR)], "extra_staff_ids": [str(joseph)]}
        found = (await school.dsl.post("/rules/try", json=trial)).json()["told"]
        instead = {one["staff_id"]: one["instead_of"] for one in found}
        assert instead.get(str(chaudhry)) == ([str(joseph)] if deputy_told else None)


async def test_a_trial_does_not_show_who_is_shielded_from_whom(school: School) -> None:
    trial = {"category_ids": [str(BEHAVIOUR)], "pupils": [{"pupil_id": str(ROWAN)}]}
    before = (await school.dsl.post("/rules/try", json=trial)).json()
    await school.shield("Boyle", pupil_id=ROWAN)
    assert (await school.dsl.post("/rules/try", json=trial)).json() == before


async def test_a_role_a_rule_names_is_told_wherever_it_is_held(school: School) -> None:
    await put(school, rule(roles=["senco"], category_ids=[]))
    await school.joins("Novak", Role.SENCO, Role.TEACHER)
    told = await school.told(await school.logged())
    assert told["Novak"] == told["Chaudhry"] == {"rule"}


async def test_the_head_and_the_lead_dsl_are_told_of_a_change_they_did_not_make(school: School) -> None:
    first = (await put(school, rule())).json()["rules"]
    await put(school, *first)
    boyle = school.client("Boyle", assurance=Assurance.ELEVATED)
    for rules in ([rule(name="Another")], []):
        assert (await boyle.ask("PUT", "/rules", json={"rules": rules})).status_code == 200
    told = await school.rows("SELECT staff_id, link FROM mail WHERE kind = 'rules-changed' ORDER BY id")
    # By Ms Okafor once, for the second time changed nothing; by Ms Boyle twice.
    assert [row["staff_id"] for row in told] == [school.people[name] for name in ("Boyle", "Okafor", "Okafor")]
    assert {row["link"] for row in told} == {"/"}


async def test_the_head_and_the_lead_dsl_are_told_when_others_may_read_a_category(school: School) -> None:
    """It is one of the ways by which a school narrows or widens who reads what."""
    await school.joins("Novak", Role.HEAD)
    weighed = CategoryWeighed(category_id=WELFARE, sensitivity=Sensitivity.ORDINARY, by_id=school.people["Okafor"])
    await school.hear(weighed)
    told = await school.rows("SELECT staff_id FROM mail WHERE kind = 'category-weighed'")
    assert {row["staff_id"] for row in told} == {school.people["Boyle"], school.people["Novak"]}

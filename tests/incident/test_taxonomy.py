"""A school's categories and lists change; what was logged under them does not."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from shared.contracts.incident import CategoryWeighed, IncidentWeighed
from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School, key

pytestmark = pytest.mark.postgres


async def whole(school: School, incident_id: UUID) -> dict[str, Any]:
    shown: dict[str, Any] = (await school.dsl.get(f"/incidents/{incident_id}")).json()
    return shown


async def change(school: School, of: str, **changes: Any) -> httpx.Response:
    return await school.dsl.ask("PATCH", f"/categories/{school.categories[of]}", json=changes)


async def names(school: School) -> set[str]:
    return {one["name"] for one in (await school.dsl.get("/categories")).json()["categories"]}


def first_error(answer: httpx.Response) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["errors"][0]["path"])


@pytest.mark.parametrize("role", [Role.DEPUTY_DSL, Role.SENIOR_LEADER, Role.TEACHER])
async def test_only_the_head_and_the_lead_dsl_change_them(school: School, role: Role) -> None:
    someone = school.someone(role, assurance=Assurance.ELEVATED)
    assert (await someone.post("/categories", json={"name": "Young carer"})).status_code == 403
    assert (await someone.post("/lists/agencies", json={"name": "Family hub"})).status_code == 403
    assert (await someone.get("/categories/all")).status_code == 403
    lead = school.someone(Role.LEAD_DSL, assurance=Assurance.MFA)
    answer = await lead.post("/categories", json={"name": "Young carer"})
    assert answer.json()["type"].endswith("/elevation-required")


async def test_r129_an_incident_shows_the_name_as_it_was_and_the_name_of_today(school: School) -> None:
    author = school.someone(Role.TEACHER)
    before = await school.log(author, of="Peer on peer abuse/Racist")
    assert (await change(school, "Peer on peer abuse", name="Child-on-child abuse")).status_code == 200
    assert (await change(school, "Peer on peer abuse/Racist", name="Racist abuse")).status_code == 200
    assert (await change(school, "Peer on peer abuse/Racist", name="Racism")).status_code == 200
    after = await school.log(author, of="Peer on peer abuse/Racist")
    for shown in (await whole(school, before), (await author.get(f"/incidents/{before}")).json()):
        [named] = shown["categories"]
        assert (named["parent"], named["name"]) == ("Peer on peer abuse", "Racist")
        assert (named["parent_now"], named["name_now"]) == ("Child-on-child abuse", "Racism")
    [named] = (await whole(school, after))["categories"]
    assert (named["parent"], named["name"], named["name_now"]) == ("Child-on-child abuse", "Racism", "Racism")


async def test_r120_a_name_is_there_once_below_each_parent(school: School) -> None:
    under = {name: str(school.categories[name]) for name in ("Welfare Concern", "Health")}
    same = {"name": "online safety concern", "parent_id": under["Welfare Concern"]}
    assert first_error(await school.dsl.post("/categories", json=same)) == "name"
    assert (await school.dsl.post("/categories", json={**same, "parent_id": under["Health"]})).status_code == 201
    assert first_error(await change(school, "Welfare Concern/Diet", name="HYGIENE")) == "name"
    assert first_error(await school.dsl.post("/categories", json={"name": "health"})) == "name"
    below = {"name": "Third level", "parent_id": str(school.categories["Welfare Concern/Diet"])}
    assert first_error(await school.dsl.post("/categories", json=below)) == "parent_id"


async def test_r62_what_was_retired_is_chosen_no_more_and_stays_on_what_was_logged(school: School) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author, of="Health/COVID")
    retired = await school.dsl.post(f"/categories/{school.categories['Health/COVID']}/retire")
    assert retired.status_code == 204
    assert "COVID" not in await names(school)
    answer = await author.post("/incidents", json=school.concern(of="Health/COVID"), headers=key())
    assert first_error(answer) == "category_ids.0"
    assert [one["name"] for one in (await whole(school, incident_id))["categories"]] == ["COVID"]
    kept = school.concern(of="Health/COVID", narrative="It was Tuesday.") | {"reason": "The day was wrong."}
    assert (await school.dsl.post(f"/incidents/{incident_id}/corrections", json=kept)).status_code == 200
    other = await school.log(author)
    assert first_error(await school.dsl.post(f"/incidents/{other}/corrections", json=kept)) == "category_ids.0"


async def test_a_category_is_retired_with_what_lies_below_it_and_the_last_stays(school: School) -> None:
    health = school.categories["Health"]
    await school.dsl.post(f"/categories/{health}/retire")
    assert not {"Health", "COVID", "Medication"} & await names(school)
    assert (await school.dsl.post(f"/categories/{health}/retire")).status_code == 404
    shown = (await school.dsl.get("/categories")).json()["categories"]
    upper = [one["id"] for one in shown if one["parent_id"] is None]
    answers = [await school.dsl.post(f"/categories/{one}/retire") for one in upper]
    assert [answer.status_code for answer in answers] == [204] * (len(upper) - 1) + [422]


async def test_r119_what_is_merged_counts_as_the_other_and_keeps_its_name_where_it_was_logged(school: School) -> None:
    author, ids = school.someone(Role.TEACHER), school.categories
    incident_id = await school.log(author, of="Health/COVID")
    for one, into in (("Health/COVID", "Health/Medication"), ("Health/Medication", "Health/Care Plan")):
        answer = await school.dsl.post(f"/categories/{ids[one]}/merge", json={"into": str(ids[into])})
        assert answer.status_code == 204, answer.text
    for sought in ("Health/Care Plan", "Health"):
        path = f"/pupils/{school.rowan}/chronology"
        found = (await school.dsl.get(path, params={"category": str(ids[sought])})).json()["entries"]
        assert [one["id"] for one in found] == [str(incident_id)], sought
        assert [(one["name"], one["name_now"]) for one in found[0]["categories"]] == [("COVID", "COVID")]
    other = (await school.dsl.get(path, params={"category": str(ids["Health/Medical appointment"])})).json()
    assert other["entries"] == []
    assert [one["name"] for one in (await whole(school, incident_id))["categories"]] == ["COVID"]
    self = await school.dsl.post(f"/categories/{ids['Health']}/merge", json={"into": str(ids["Health"])})
    assert first_error(self) == "into"
    parent = await school.dsl.post(f"/categories/{ids['Health']}/merge", json={"into": str(ids["SEND"])})
    assert first_error(parent) == "category_id"


async def test_a_sub_category_is_raised_above_its_parent_and_never_lowered(school: School) -> None:
    assert first_error(await change(school, "Welfare Concern/Diet", sensitivity=1)) == "sensitivity"
    assert (await change(school, "Welfare Concern/Diet", sensitivity=3)).status_code == 200
    assert (await change(school, "Health", sensitivity=2)).status_code == 200
    shown = (await school.dsl.get("/categories/all")).json()["categories"]
    below = {one["sensitivity"] for one in shown if one["parent_id"] == str(school.categories["Health"])}
    assert below == {2}


async def test_what_was_logged_is_at_once_as_sensitive_as_its_category(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of="Welfare Concern/Diet")
    senco = school.someone(Role.SENCO, assurance=Assurance.ELEVATED)
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 200
    await change(school, "Welfare Concern/Diet", sensitivity=3)
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 404
    await change(school, "Welfare Concern/Diet", sensitivity=2)
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 200
    cp = school.categories["Child Protection Incident/Disclosure"]
    await school.dsl.post(f"/categories/{school.categories['Welfare Concern/Diet']}/merge", json={"into": str(cp)})
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 404


async def test_others_are_told_of_what_weighs_more_or_less_and_of_nothing_else(
    school: School, empty_cluster: Cluster
) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of="Welfare Concern/Diet")
    await school.log(school.someone(Role.TEACHER), of="Attendance")
    await change(school, "Welfare Concern/Diet", name="Food", sensitivity=2)
    await change(school, "Welfare Concern/Diet", sensitivity=3)
    await change(school, "Welfare Concern/Diet", sensitivity=2)
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT body FROM outbox WHERE headers::text LIKE '%incident.weighed%' ORDER BY seq")
    await connection.close()
    told = [IncidentWeighed.model_validate_json(row["body"]) for row in rows]
    assert [(one.incident_id, int(one.sensitivity)) for one in told] == [(incident_id, 3), (incident_id, 2)]


async def test_of_a_category_that_others_read_from_now_on_it_is_said_who_made_it_so(
    school: School, empty_cluster: Cluster
) -> None:
    await change(school, "Welfare Concern/Diet", name="Food", sensitivity=2)
    await change(school, "Welfare Concern/Diet", sensitivity=3)
    for one, into in (("Health/COVID", "Health/Medication"), ("Health/Care Plan", "SEND/EHCP")):
        await school.dsl.post(
            f"/categories/{school.categories[one]}/merge", json={"into": str(school.categories[into])}
        )
    diet, harm = (school.categories[one] for one in ("Behaviour incident/Verbal", "Peer on peer abuse/Racist"))
    await school.dsl.post(f"/categories/{diet}/merge", json={"into": str(harm)})
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT body FROM outbox WHERE headers::text LIKE '%category.weighed%' ORDER BY seq")
    await connection.close()
    said = [CategoryWeighed.model_validate_json(row["body"]) for row in rows]
    assert [(one.category_id, int(one.sensitivity)) for one in said] == [
        (school.categories["Welfare Concern/Diet"], 3),
        (diet, 2),
    ]


async def test_a_childs_own_category_counts_too_when_it_becomes_more_sensitive(school: School) -> None:
    own = [{"pupil_id": str(school.rowan), "category_ids": [str(school.categories["Health/COVID"])]}]
    incident_id = await school.log(school.someone(Role.TEACHER), of="SEND", pupils=own)
    await change(school, "Health/COVID", sensitivity=3)
    assert (await whole(school, incident_id))["sensitivity"] == 3


async def test_c11_the_service_level_is_the_schools_to_set_per_category(school: School) -> None:
    author = school.someone(Role.TEACHER)
    answer = await change(school, "Child Protection Incident", log_within_minutes=1)
    assert answer.json()["log_within_minutes"] == 1
    hour_ago = {"occurred_at": "2026-03-03T12:40:00Z"}
    late = await whole(school, await school.log(author, of="Child Protection Incident", **hour_ago))
    same_day = await whole(school, await school.log(author, of="Welfare Concern", **hour_ago))
    assert late["late_by"] - same_day["late_by"] > 11 * 3600
    await change(school, "Child Protection Incident", log_within_minutes=None)
    again = await whole(school, await school.log(author, of="Child Protection Incident", **hour_ago))
    assert abs(again["late_by"] - same_day["late_by"]) < 600


async def test_r127_whether_a_sanction_is_asked_is_the_schools_to_say(school: School) -> None:
    await change(school, "Attendance", asks_sanction=True)
    shown = await whole(school, await school.log(school.someone(Role.TEACHER), of="Attendance", sanction="A letter."))
    assert shown["sanction"] == "A letter."
    await change(school, "SEND", asks_sanction=True)
    shown = await whole(school, await school.log(school.someone(Role.TEACHER), of="SEND/EHCP", sanction="A letter."))
    assert shown["sanction"] == "A letter."


async def closed(school: School, of: str) -> int:
    """What comes of closing a concern of this category after which nothing has followed."""
    incident_id = await school.log(school.someone(Role.TEACHER), of=of)
    return (await school.dsl.post(f"/incidents/{incident_id}/close", json={"reason": "Seen."})).status_code


async def test_r20_what_must_be_followed_up_is_the_schools_to_say_and_goes_for_what_lies_below(school: School) -> None:
    assert await closed(school, "Behaviour incident/Physical") == 200
    assert (await change(school, "Behaviour incident", must_follow_up=True)).json()["must_follow_up"] is True
    for of in ("Behaviour incident", "Behaviour incident/Physical"):
        assert await closed(school, of) == 409
    # One of them by itself; and saying of the parent what it says already leaves that alone.
    assert (await change(school, "Behaviour incident/Physical", must_follow_up=False)).status_code == 200
    await change(school, "Behaviour incident", must_follow_up=True, name="Behaviour")
    assert await closed(school, "Behaviour incident/Physical") == 200
    assert await closed(school, "Behaviour incident/Verbal") == 409
    under = str(school.categories["Behaviour incident"])
    made = await school.dsl.post("/categories", json={"name": "Vaping", "parent_id": under})
    own = await school.dsl.post("/categories", json={"name": "Truancy", "must_follow_up": True})
    assert (made.json()["must_follow_up"], own.json()["must_follow_up"]) == (True, True)
    assert (made.json()["asks_sanction"], own.json()["asks_sanction"]) == (True, False)


async def test_r20_what_is_merged_into_what_must_be_followed_up_is_followed_up(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of="Behaviour incident/Physical")
    one, into = school.categories["Behaviour incident/Physical"], school.categories["Peer on peer abuse/Physical Harm"]
    assert (await school.dsl.post(f"/categories/{one}/merge", json={"into": str(into)})).status_code == 204
    assert (await school.dsl.post(f"/incidents/{incident_id}/close", json={"reason": "Seen."})).status_code == 409


async def test_they_are_shown_in_the_schools_order(school: School) -> None:
    below = str(school.categories["Health"])
    shown = (await school.dsl.get("/categories")).json()["categories"]
    ids = [one["id"] for one in shown if one["parent_id"] == below][::-1]
    assert (await school.dsl.ask("PUT", "/categories/order", json={"parent_id": below, "ids": ids})).status_code == 204
    shown = (await school.dsl.get("/categories")).json()["categories"]
    assert [one["id"] for one in shown if one["parent_id"] == below] == ids
    assert (
        first_error(await school.dsl.ask("PUT", "/categories/order", json={"parent_id": below, "ids": ids[1:]}))
        == "ids"
    )


async def test_a_change_of_what_somebody_changed_meanwhile_is_refused(school: School) -> None:
    path = f"/categories/{school.categories['Health']}"
    first = await school.dsl.ask("PATCH", path, json={"name": "Medical"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    second = await school.dsl.ask("PATCH", path, json={"name": "Physical"}, headers={"If-Match": '"1"'})
    assert second.status_code == 409
    assert "Medical" in await names(school)


async def test_r75_agencies_and_places_change_without_rewriting_what_was_logged(school: School) -> None:
    author = school.someone(Role.TEACHER)
    made = (await school.dsl.post("/lists/agencies", json={"name": "Family hub"})).json()["id"]
    place = next(one for one in (await school.dsl.get("/lists/locations")).json()["entries"] if one["name"] == "Hall")
    said = {"agencies": [{"agency_id": made}], "location_id": place["id"]}
    incident_id = await school.log(author, **said)
    assert (await school.dsl.ask("PATCH", f"/lists/agencies/{made}", json={"name": "Hub"})).status_code == 204
    await school.dsl.ask("PATCH", f"/lists/locations/{place['id']}", json={"name": "Main hall"})
    for which, one in (("agencies", made), ("locations", place["id"])):
        assert (await school.dsl.post(f"/lists/{which}/{one}/retire")).status_code == 204
        assert one not in [entry["id"] for entry in (await school.dsl.get(f"/lists/{which}")).json()["entries"]]
    shown = await whole(school, incident_id)
    assert (shown["agencies"][0]["name"], shown["agencies"][0]["name_now"]) == ("Family hub", "Hub")
    assert (shown["location"]["name"], shown["location"]["name_now"]) == ("Hall", "Main hall")
    kept = school.concern(**said) | {"reason": "A word was missing."}
    assert (await school.dsl.post(f"/incidents/{incident_id}/corrections", json=kept)).status_code == 200
    answer = await author.post("/incidents", json=school.concern(**said), headers=key())
    assert {error["path"] for error in answer.json()["errors"]} == {"location_id", "agencies.0.agency_id"}


async def test_r75_an_agency_or_place_that_is_another_counts_as_it_and_keeps_its_name_where_it_was_logged(
    school: School,
) -> None:
    author = school.someone(Role.TEACHER)
    for which, said in (
        ("agencies", lambda one: {"agencies": [{"agency_id": one}]}),
        ("locations", lambda one: {"location_id": one}),
    ):
        first, second, third = [
            (await school.dsl.post(f"/lists/{which}", json={"name": name})).json()["id"] for name in ("A", "B", "C")
        ]
        incident_id = await school.log(author, **said(first))
        for one, into in ((first, second), (second, third)):
            answer = await school.dsl.post(f"/lists/{which}/{one}/merge", json={"into": into})
            assert answer.status_code == 204, answer.text
        await school.dsl.ask("PATCH", f"/lists/{which}/{third}", json={"name": "D"})
        listed = [entry["id"] for entry in (await school.dsl.get(f"/lists/{which}")).json()["entries"]]
        assert {first, second, third} & set(listed) == {third}
        shown = await whole(school, incident_id)
        named = shown["agencies"][0] if which == "agencies" else shown["location"]
        assert (named["name"], named["name_now"]) == ("A", "D")
        kept = school.concern(**said(first)) | {"reason": "A word was missing."}
        assert (await school.dsl.post(f"/incidents/{incident_id}/corrections", json=kept)).status_code == 200
        refused = await author.post("/incidents", json=school.concern(**said(first)), headers=key())
        assert refused.status_code == 422
        for into in (third, first):
            assert first_error(await school.dsl.post(f"/lists/{which}/{third}/merge", json={"into": into})) == "into"
        gone = await school.dsl.post(f"/lists/{which}/{first}/merge", json={"into": third})
        assert gone.status_code == 404
        other = "locations" if which == "agencies" else "agencies"
        assert (await school.dsl.post(f"/lists/{other}/{third}/merge", json={"into": third})).status_code == 404
        for who in (author, school.someone(Role.DEPUTY_DSL, assurance=Assurance.ELEVATED)):
            assert (await who.post(f"/lists/{which}/{third}/merge", json={"into": third})).status_code == 403


async def test_a_list_has_a_name_once_and_its_own_order(school: School) -> None:
    assert first_error(await school.dsl.post("/lists/agencies", json={"name": "police"})) == "name"
    assert (await school.dsl.post("/lists/locations", json={"name": "Police"})).status_code == 201
    ids = [one["id"] for one in (await school.dsl.get("/lists/agencies")).json()["entries"]][::-1]
    assert (await school.dsl.ask("PUT", "/lists/agencies/order", json={"ids": ids})).status_code == 204
    assert [one["id"] for one in (await school.dsl.get("/lists/agencies")).json()["entries"]] == ids
    assert first_error(await school.dsl.ask("PUT", "/lists/agencies/order", json={"ids": [*ids, ids[0]]})) == "ids"
    assert (await school.dsl.ask("PATCH", f"/lists/locations/{ids[0]}", json={"name": "X"})).status_code == 404
    assert (await school.dsl.get("/lists/people")).status_code == 422


async def test_each_change_is_on_the_audit_by_id_and_by_no_name(school: School, empty_cluster: Cluster) -> None:
    await change(school, "Health", name="CANARY")
    await school.dsl.post("/lists/agencies", json={"name": "CANARY"})
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT action, details::text FROM audit WHERE school_id = $1", school.id)
    await connection.close()
    assert {"category:changed", "agency:added"} <= {row["action"] for row in rows}
    assert not any("CANARY" in row["details"] for row in rows)


async def test_another_schools_category_is_nobodys_here(school: School, house: School) -> None:
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    for unknown in (other.categories["Health"], new_id()):
        assert (await school.dsl.ask("PATCH", f"/categories/{unknown}", json={"name": "X"})).status_code == 404
        assert (await school.dsl.post(f"/categories/{unknown}/retire")).status_code == 404
        merge = await school.dsl.post(f"/categories/{school.categories['SEND']}/merge", json={"into": str(unknown)})
        assert merge.status_code == 404

"""What somebody does with their alerts: the list, see next, opening, and the three things that C9 tells apart."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.incident.vouchers import vouched_for
from shared.contracts.alerting import AlertAcknowledged, AlertDone, AlertRead
from shared.contracts.words import Assurance, Role, TrustRole
from shared.errors import NotSignedIn
from shared.identity import Verifier
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres


async def test_an_alert_as_it_is_listed(school: School) -> None:
    incident = await school.logged(urgent=True)
    [alert] = await school.open_alerts("Okafor")
    assert alert.pop("raised_at")
    assert alert.pop("voucher")
    assert UUID(alert.pop("id"))
    assert alert == {
        "school_id": str(school.id),
        "incident_id": str(incident.incident_id),
        "state": "unread",
        "why": ["lead_dsl"],
        "urgent": True,
        "read_at": None,
        "acknowledged_at": None,
        "done_at": None,
    }


async def test_r81_alerts_are_listed_urgent_first_then_the_oldest_in_pages(school: School) -> None:
    wanted = [await school.logged(urgent=urgent) for urgent in (False, True, False, True, False)]
    order = [str(wanted[place].incident_id) for place in (1, 3, 0, 2, 4)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await school.client("Okafor").get("/alerts", params=params)).json()
        seen += [alert["incident_id"] for alert in page["alerts"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == order
    assert (await school.client("Okafor").get("/alerts", params={"cursor": "rubbish"})).status_code == 422


async def test_r82_see_next_goes_on_after_the_one_just_looked_at(school: School) -> None:
    for urgent in (False, True, False):
        await school.logged(urgent=urgent)
    okafor = school.client("Okafor")
    listed = [alert["id"] for alert in await school.open_alerts("Okafor")]
    first = (await okafor.get("/alerts/next")).json()["alert"]
    assert first["id"] == listed[0]
    # Whatever became of the one just looked at, it marks the place.
    await okafor.post(f"/alerts/{listed[0]}/done")
    assert (await okafor.get("/alerts/next", params={"after": listed[0]})).json()["alert"]["id"] == listed[1]
    await okafor.post(f"/alerts/{listed[2]}/read")
    assert (await okafor.get("/alerts/next", params={"after": listed[1]})).json() == {"alert": None}
    assert (await okafor.get("/alerts/next", params={"after": str(new_id())})).status_code == 404


async def test_c9_read_acknowledged_and_done_are_three_things_and_reading_goes_on(school: School) -> None:
    incident = await school.logged()
    okafor, alert_id = school.client("Okafor"), await school.alert_of("Okafor", incident)
    states = []
    for step in ("read", "acknowledge", "done"):
        answer = await okafor.post(f"/alerts/{alert_id}/{step}")
        assert answer.status_code == 200, answer.text
        states.append(answer.json())
    assert [s["state"] for s in states] == ["read", "acknowledged", "done"]
    assert set(states[0]) == {"id", "state", "read_at", "acknowledged_at", "done_at"}
    assert states[2]["read_at"] == states[0]["read_at"]
    assert states[2]["acknowledged_at"] == states[1]["acknowledged_at"]
    assert (await okafor.get("/alerts")).json()["alerts"] == []
    opened = await okafor.get(f"/alerts/{alert_id}")
    assert opened.json()["state"] == "done"
    assert opened.json()["voucher"]


async def test_r83_what_is_read_leaves_the_list_of_unread_and_stays_open(school: School) -> None:
    incident = await school.logged()
    okafor, alert_id = school.client("Okafor"), await school.alert_of("Okafor", incident)
    assert len((await okafor.get("/alerts", params={"state": "unread"})).json()["alerts"]) == 1
    await okafor.post(f"/alerts/{alert_id}/read")
    assert (await okafor.get("/alerts", params={"state": "unread"})).json()["alerts"] == []
    assert [a["state"] for a in await school.open_alerts("Okafor")] == ["read"]


async def test_a_step_is_told_once_in_order_and_is_on_the_audit(school: School) -> None:
    incident = await school.logged()
    okafor, alert_id = school.client("Okafor"), await school.alert_of("Okafor", incident)
    for step in ("read", "read", "acknowledge", "done", "read"):
        await okafor.post(f"/alerts/{alert_id}/{step}")
    told = [(e.version, type(event)) for e, event in await school.published(incident)][1:]
    assert told == [(2, AlertRead), (3, AlertAcknowledged), (4, AlertDone)]
    rows = await school.rows("SELECT action, staff_id, pupil_ids FROM audit WHERE about_kind = 'alert' ORDER BY id")
    assert [row["action"] for row in rows] == ["alert:read", "alert:acknowledged", "alert:done"]
    assert {row["staff_id"] for row in rows} == {school.people["Okafor"]}
    assert all(row["pupil_ids"] == [ROWAN] for row in rows)


async def test_steps_of_several_people_at_once_each_get_a_version_of_their_own(school: School) -> None:
    incident = await school.logged(extra_group_ids=[school.ks2])
    names = ("Boyle", "Okafor", "Joseph")
    ids = {name: await school.alert_of(name, incident) for name in names}
    await asyncio.gather(
        *(school.client(name).post(f"/alerts/{ids[name]}/{step}") for name in names for step in ("read", "done"))
    )
    versions = [envelope.version for envelope, _ in await school.published(incident)]
    assert versions == sorted(versions)
    assert len(versions) == len(set(versions))
    rows = await school.rows("SELECT state FROM alert")
    assert {row["state"] for row in rows} == {"done"}


async def test_every_refusal_looks_like_every_other(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    theirs = await other.alert_of("Okafor", await other.logged())
    of_the_head = await school.alert_of("Boyle", await school.logged())
    shielded_pupil, shielded_incident = new_id(), await school.logged()
    by_pupil = await school.alert_of("Okafor", await school.logged(pupils=[school.pupil(shielded_pupil)]))
    by_incident = await school.alert_of("Okafor", shielded_incident)
    withdrawn = await school.alert_of("Okafor", await school.logged())
    await school.rows("UPDATE alert SET state = 'withdrawn' WHERE id = $1", UUID(withdrawn))
    okafor = school.client("Okafor", shields=(shielded_pupil, shielded_incident.incident_id))
    answers: list[httpx.Response] = []
    for alert_id in (str(new_id()), theirs, of_the_head, by_pupil, by_incident, withdrawn):
        answers.append(await okafor.get(f"/alerts/{alert_id}"))
        answers += [await okafor.post(f"/alerts/{alert_id}/{step}") for step in ("read", "acknowledge", "done")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    listed = {a["id"] for a in (await okafor.get("/alerts")).json()["alerts"]}
    assert not listed & {theirs, of_the_head, by_pupil, by_incident, withdrawn}


async def test_c12_a_shield_raised_later_takes_the_alert_away_at_once(school: School) -> None:
    incident = await school.logged()
    alert_id = await school.alert_of("Okafor", incident)
    assert (await school.client("Okafor").get(f"/alerts/{alert_id}")).status_code == 200
    shielded = school.client("Okafor", shields=(ROWAN,))
    assert (await shielded.get(f"/alerts/{alert_id}")).status_code == 404
    assert (await shielded.get("/told", params={"incident_id": str(incident.incident_id)})).status_code == 404


async def test_alerts_need_the_second_factor(school: School) -> None:
    answer = await school.client("Okafor", assurance=Assurance.PASSWORD).get("/alerts")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/second-factor-required")


async def test_the_trusts_safeguarding_lead_has_alerts_in_the_school_the_token_is_for(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    lead = await school.trust_lead()
    other.people["Nkemelu"] = lead
    for each in (school, other):
        await each.changes("Boyle", Role.TEACHER)
        await each.logged()
    rest: dict[str, Any] = {"trust_roles": (TrustRole.TRUST_SAFEGUARDING_LEAD,)}
    for each in (school, other):
        [alert] = await each.open_alerts("Nkemelu", **rest)
        assert alert["school_id"] == str(each.id)
        assert alert["why"] == ["stand_in"]
        answer = await each.client("Nkemelu", **rest).post(f"/alerts/{alert['id']}/read")
        assert answer.json()["state"] == "read"


async def test_an_opened_alert_vouches_for_its_person_and_no_other(school: School) -> None:
    incident = await school.logged()
    alert_id = await school.alert_of("Okafor", incident)
    voucher = (await school.client("Okafor").get(f"/alerts/{alert_id}")).json()["voucher"]

    async def keys() -> dict[str, Any]:
        found: dict[str, Any] = (await school.http.get("/.well-known/jwks.json")).json()
        return found

    verifier = Verifier(issuer="heed-alerting", audience="incident", fetch_jwks=keys)
    claims = await verifier.verify(voucher)
    assert claims["exp"] - claims["iat"] == 60
    assert set(claims) == {"sub", "school", "incident", "iss", "aud", "iat", "nbf", "exp", "jti"}
    okafor = await vouched_for(school.as_staff("Okafor"), [voucher], verifier)
    assert okafor.vouched == {incident.incident_id}
    assert (await vouched_for(school.as_staff("Haddad"), [voucher], verifier)).vouched == frozenset()
    with pytest.raises(NotSignedIn):
        await Verifier(issuer="heed-alerting", audience="auth", fetch_jwks=keys).verify(voucher)
    assert "d" not in (await keys())["keys"][0]


async def test_opening_an_alert_is_on_the_audit_or_does_not_happen(school: School) -> None:
    alert_id = await school.alert_of("Okafor", await school.logged())
    await school.rows("REVOKE INSERT ON audit FROM heed_alerting_app")
    try:
        answer = await school.client("Okafor").get(f"/alerts/{alert_id}")
        assert answer.status_code == 500
    finally:
        await school.rows("GRANT INSERT ON audit TO heed_alerting_app")
    assert (await school.client("Okafor").get(f"/alerts/{alert_id}")).status_code == 200
    [row] = await school.rows("SELECT * FROM audit WHERE action = 'alert:opened'")
    assert row["about_id"] == UUID(alert_id)
    assert row["pupil_ids"] == [ROWAN]


async def test_r28_the_author_learns_that_it_was_read_and_nothing_more(school: School) -> None:
    incident = await school.logged(author="Walsh")
    params = {"incident_id": str(incident.incident_id)}
    walsh = school.client("Walsh")
    # The lead DSL answers for it first: hers is the name that the writer is shown.
    first = {"first_told_id": str(school.people["Okafor"])}
    assert (await walsh.get("/told", params=params)).json() == params | {"told": 2, "first_read_at": None} | first
    read = await school.client("Okafor").post(f"/alerts/{await school.alert_of('Okafor', incident)}/read")
    told = (await walsh.get("/told", params=params)).json()
    assert told == params | {"told": 2, "first_read_at": read.json()["read_at"]} | first
    # A second reader does not change when it was first read.
    await school.client("Boyle").post(f"/alerts/{await school.alert_of('Boyle', incident)}/done")
    assert (await walsh.get("/told", params=params)).json() == told
    assert (await school.client("Boyle").get("/told", params=params)).json() == told


async def test_who_was_told_is_nobody_elses_to_know(school: School) -> None:
    incident = await school.logged(author="Walsh")
    bevan = school.client("Bevan")
    answers = [await bevan.get("/told", params={"incident_id": str(i)}) for i in (incident.incident_id, new_id())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


async def test_an_authors_own_reading_is_not_a_reading_by_another(school: School) -> None:
    incident = await school.logged(author="Okafor")
    okafor, params = school.client("Okafor"), {"incident_id": str(incident.incident_id)}
    await okafor.post(f"/alerts/{await school.alert_of('Okafor', incident)}/read")
    besides = {"told": 1, "first_read_at": None, "first_told_id": str(school.people["Boyle"])}
    assert (await okafor.get("/told", params=params)).json() == params | besides
    await school.client("Boyle").post(f"/alerts/{await school.alert_of('Boyle', incident)}/read")
    read = (await okafor.get("/told", params=params)).json()["first_read_at"]
    assert read is not None
    await okafor.post(f"/alerts/{await school.alert_of('Okafor', incident)}/done")
    assert (await okafor.get("/told", params=params)).json()["first_read_at"] == read

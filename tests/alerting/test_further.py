"""Alerting further people, by whoever may read it, and calling back who has put it away."""

import asyncio
from uuid import UUID

import httpx
import pytest

from services.alerting.domain import State
from shared.contracts.alerting import AlertRaised
from shared.contracts.incident import IncidentFacts
from shared.contracts.words import Assurance, Why
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ELEVATED = Assurance.ELEVATED


async def further(who: Client, incident_id: UUID, *staff_ids: UUID, groups: tuple[UUID, ...] = ()) -> httpx.Response:
    body = {
        "incident_id": str(incident_id),
        "staff_ids": [str(staff_id) for staff_id in staff_ids],
        "group_ids": [str(group_id) for group_id in groups],
    }
    return await who.post("/alerts/further", json=body)


async def state_of(school: School, name: str, incident: IncidentFacts) -> str:
    query = "SELECT state FROM alert WHERE staff_id = $1 AND incident_id = $2"
    [row] = await school.rows(query, school.people[name], incident.incident_id)
    return str(row["state"])


async def test_r85_the_lead_dsl_has_further_people_told(school: School) -> None:
    incident = await school.logged()
    answer = await further(
        school.client("Okafor"), incident.incident_id, school.people["Bevan"], new_id(), groups=(school.ks2,)
    )
    assert answer.status_code == 204
    told = await school.told(incident)
    assert told["Bevan"] == {"chosen_person"}
    assert told["Joseph"] == {"chosen_group"}
    # Who was told already is not told again by it.
    assert told["Boyle"] == {"head"}
    raised = [(e.version, event) for e, event in await school.published(incident) if isinstance(event, AlertRaised)]
    assert [(version, len(event.also)) for version, event in raised] == [(1, 1), (2, 1)]
    assert len(await school.rows("SELECT FROM mail")) == 4
    rows = await school.rows("SELECT staff_id FROM audit WHERE action = 'alert:raised' ORDER BY id")
    assert [row["staff_id"] for row in rows] == [None, school.people["Okafor"]]


async def test_who_was_told_may_tell_others_and_of_the_rest_only_the_dsl_team_with_elevation(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    bevan = school.people["Bevan"]
    statuses = {
        name: (await further(school.client(name, assurance=assurance), incident.incident_id, bevan)).status_code
        for name, assurance in (
            ("Chaudhry", ELEVATED),
            ("Walsh", ELEVATED),
            ("Haddad", Assurance.MFA),
            ("Joseph", Assurance.MFA),
        )
    }
    assert statuses == {"Chaudhry": 404, "Walsh": 403, "Haddad": 403, "Joseph": 204}
    elevated = school.client("Haddad", assurance=ELEVATED)
    assert (await further(elevated, incident.incident_id, school.people["Tran"])).status_code == 204
    assert {"Bevan", "Tran"} <= set(await school.told(incident))


async def test_r88_the_dsl_team_calls_back_who_has_read_it_and_nobody_else_does(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    boyle = school.client("Boyle")
    await boyle.post(f"/alerts/{await school.alert_of('Boyle', incident)}/done")
    boyle_id = school.people["Boyle"]
    await further(school.client("Joseph"), incident.incident_id, boyle_id)
    await further(school.client("Okafor"), incident.incident_id, boyle_id)
    assert await state_of(school, "Boyle", incident) == State.DONE
    assert (await further(school.dsl, incident.incident_id, boyle_id)).status_code == 204
    [alert] = await school.open_alerts("Boyle")
    assert (alert["state"], alert["read_at"], alert["why"]) == ("unread", None, ["head", "readded"])
    *_, (envelope, event) = await school.published(incident)
    assert isinstance(event, AlertRaised)
    assert event.why == [Why.READDED]
    assert envelope.version == 3
    # That it was read once, the author keeps knowing.
    told = await school.client("Walsh").get("/told", params={"incident_id": str(incident.incident_id)})
    assert told.json()["first_read_at"] is not None
    # An unread alert is not raised once more.
    await further(school.dsl, incident.incident_id, boyle_id)
    assert len(await school.published(incident)) == 3


async def test_c12_who_is_shielded_is_not_told_by_hand_either_and_the_answer_does_not_say_so(school: School) -> None:
    incident = await school.logged()
    await school.shield("Bevan", pupil_id=ROWAN)
    answer = await further(school.dsl, incident.incident_id, school.people["Bevan"])
    assert (answer.status_code, answer.text) == (204, "")
    assert "Bevan" not in await school.told(incident)


async def test_every_refusal_looks_like_every_other(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    theirs, shielded = await other.logged(), await school.logged()
    okafor = school.client("Okafor", assurance=ELEVATED, shields=(ROWAN,))
    bevan = school.people["Bevan"]
    answers = [await further(okafor, i, bevan) for i in (new_id(), theirs.incident_id, shielded.incident_id)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await further(okafor, shielded.incident_id)).status_code == 422


async def test_calling_back_and_putting_away_at_once_end_in_one_of_both(school: School) -> None:
    incident = await school.logged()
    boyle, alert_id = school.client("Boyle"), await school.alert_of("Boyle", incident)
    for _ in range(6):
        answers = await asyncio.gather(
            boyle.post(f"/alerts/{alert_id}/done"),
            further(school.dsl, incident.incident_id, school.people["Boyle"]),
            boyle.post(f"/alerts/{alert_id}/read"),
        )
        assert {answer.status_code for answer in answers} <= {200, 204}
    versions = [envelope.version for envelope, _ in await school.published(incident)]
    assert versions == list(range(1, len(versions) + 1))

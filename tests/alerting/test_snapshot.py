"""What the incident service rebuilds its readers from, and what a scrape says of alerts nobody reads."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.alerting.queries.unread import unread_by_age
from shared.contracts.alerting import AlertRaised, AlertWithdrawn
from shared.contracts.events import Event
from shared.contracts.incident import IncidentFacts
from shared.telemetry import REGISTRY
from tests.alerting.conftest import School

pytestmark = pytest.mark.postgres


async def snapshot(school: School, service: str = "incident", **params: Any) -> Any:
    token = school.auth.mint({"sub": f"service:{service}", "svc": service}, "alerting")
    asked = {"school_id": str(school.id), **params}
    headers = {"Authorization": f"Bearer {token}"}
    return await school.http.get("/internal/snapshot", params=asked, headers=headers)


def of(incident: IncidentFacts, events: list[Any]) -> list[Any]:
    return [event for event in events if event["data"]["incident_id"] == str(incident.incident_id)]


async def test_the_snapshot_says_who_may_read_what_as_the_events_that_would_say_so(school: School) -> None:
    first, second = await school.logged(), await school.logged()
    alert_id = await school.alert_of("Okafor", first)
    await school.client("Okafor").post(f"/alerts/{alert_id}/read")
    withdrawn = await school.alert_of("Boyle", second)
    await school.rows("UPDATE alert SET state = 'withdrawn' WHERE id = $1", UUID(withdrawn))
    events = (await snapshot(school)).json()["events"]
    assert len(events) == 4
    assert {event["school_id"] for event in events} == {str(school.id)}
    # The version of the last event that went out about the incident, so that what is still to come is newer.
    assert {event["version"] for event in of(first, events)} == {2}
    assert {event["version"] for event in of(second, events)} == {1}
    kinds: dict[str, type[Event]] = {kind.TYPE: kind for kind in (AlertRaised, AlertWithdrawn)}
    read = {event["data"]["alert_id"]: kinds[event["type"]].model_validate(event["data"]) for event in events}
    assert isinstance(read[withdrawn], AlertWithdrawn)
    assert isinstance(read[alert_id], AlertRaised)


async def test_the_snapshot_comes_in_pages_and_of_one_school(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    await other.logged()
    for _ in range(3):
        await school.logged()
    seen: list[str] = []
    after: str | None = None
    while True:
        page = (await snapshot(school, limit=4, **({"after": after} if after else {}))).json()
        seen += [event["data"]["alert_id"] for event in page["events"]]
        after = page["next"]
        if after is None:
            break
    rows = await school.rows("SELECT id FROM alert WHERE school_id = $1 ORDER BY id", school.id)
    assert seen == [str(row["id"]) for row in rows]


async def test_the_snapshot_is_for_the_incident_service_alone(school: School) -> None:
    assert (await snapshot(school, "gateway")).status_code == 401
    assert (await school.dsl.get("/internal/snapshot", params={"school_id": str(school.id)})).status_code == 401


async def test_unread_alerts_are_counted_by_age_over_all_schools(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    old = [await each.logged() for each in (school, other)]
    fresh = await school.logged()
    age = "UPDATE alert SET raised_at = now() - $2::interval WHERE incident_id = $1"
    await school.rows(age, old[0].incident_id, timedelta(days=3))
    await school.rows(age, old[1].incident_id, timedelta(hours=2))
    await school.client("Okafor").post(f"/alerts/{await school.alert_of('Okafor', fresh)}/read")
    await unread_by_age(school.db)()
    found = {
        age: REGISTRY.get_sample_value("heed_unread_alerts", {"age": age})
        for age in ("under_1_hour", "under_1_day", "1_day_or_more")
    }
    assert found == {"under_1_hour": 1, "under_1_day": 2, "1_day_or_more": 2}

"""An incident that nobody of the line reads: the deputy, the head, the trust are told, each once, until it is read."""

import asyncio
from typing import Any

import pytest

from services.alerting.escalator import Escalator
from shared.contracts.alerting import AlertEscalated
from shared.contracts.auth import SchoolRegistered, StaffDisabled
from shared.contracts.incident import IncidentClosed, IncidentFacts
from shared.contracts.words import Assurance, Role, Sensitivity
from tests.alerting.conftest import ROWAN, WELFARE, School
from tests.issuer import TRUST

pytestmark = pytest.mark.postgres

PROTECTION = Sensitivity.CHILD_PROTECTION


async def time_passes(school: School, *, escalators: int = 1) -> None:
    """As if every time that was set had come; then the escalators look, all at once."""
    await school.rows("UPDATE reading_watch SET due_at = due_at - interval '400 days'")
    await asyncio.gather(*(Escalator(school.db).round() for _ in range(escalators)))


async def escalations(school: School, incident: IncidentFacts) -> list[str]:
    names = {staff_id: name for name, staff_id in school.people.items()}
    events = [event for _, event in await school.published(incident)]
    return [names[event.to_staff_id] for event in events if isinstance(event, AlertEscalated)]


async def test_r89_who_is_next_is_told_when_nobody_reads_and_each_once(school: School) -> None:
    await school.trust_lead()
    incident = await school.logged(sensitivity=PROTECTION)
    await Escalator(school.db).round()
    assert await escalations(school, incident) == []
    for told in (["Haddad"], ["Haddad", "Boyle"], ["Haddad", "Boyle", "Nkemelu"], ["Haddad", "Boyle", "Nkemelu"]):
        # Three processes at once, and one after a restart: still once each.
        await time_passes(school, escalators=3)
        await Escalator(school.db).round()
        assert await escalations(school, incident) == told
    why = await school.told(incident)
    assert why["Haddad"] == why["Nkemelu"] == {"escalated"}
    assert why["Boyle"] == {"head", "escalated"}
    kinds = await school.rows("SELECT kind, count(*) AS many FROM mail GROUP BY kind ORDER BY kind")
    assert {row["kind"]: row["many"] for row in kinds} == {"alert": 2, "escalation": 3}
    versions = [envelope.version for envelope, _ in await school.published(incident)]
    assert versions == sorted(set(versions))
    rows = await school.rows("SELECT pupil_ids FROM audit WHERE action = 'alert:escalated'")
    assert [row["pupil_ids"] for row in rows] == [[ROWAN]] * 3
    [row] = await school.rows("SELECT ended_at FROM reading_watch")
    assert row["ended_at"] is not None


@pytest.mark.parametrize(("reader", "told"), [("Okafor", []), ("Boyle", []), ("Joseph", ["Haddad"])])
async def test_r83_it_ends_when_somebody_of_the_line_has_read_it(school: School, reader: str, told: list[str]) -> None:
    incident = await school.logged(sensitivity=PROTECTION, extra_staff_ids=[school.people["Joseph"]])
    await school.client(reader).post(f"/alerts/{await school.alert_of(reader, incident)}/read")
    await time_passes(school)
    assert await escalations(school, incident) == told


async def test_what_was_closed_is_not_escalated(school: School) -> None:
    incident = await school.logged(sensitivity=PROTECTION)
    await school.hear(IncidentClosed(incident_id=incident.incident_id, by_id=school.people["Okafor"]))
    await time_passes(school)
    assert await escalations(school, incident) == []


async def test_c12_who_is_shielded_is_passed_over_and_the_next_is_told(school: School) -> None:
    incident = await school.logged(sensitivity=PROTECTION)
    await school.shield("Haddad", pupil_id=ROWAN)
    await time_passes(school)
    assert await escalations(school, incident) == ["Boyle"]


async def test_c12_while_everybody_of_the_line_is_shielded_it_is_watched_and_whoever_joins_is_told(
    school: School,
) -> None:
    for name in ("Boyle", "Okafor", "Haddad"):
        await school.shield(name, pupil_id=ROWAN)
    incident = await school.logged(sensitivity=PROTECTION, extra_staff_ids=[school.people["Chaudhry"]])
    assert await school.told(incident) == {"Chaudhry": {"chosen_person"}}
    for _ in range(2):
        await time_passes(school)
        assert await escalations(school, incident) == []
    await school.joins("Novak", Role.LEAD_DSL)
    await time_passes(school)
    assert (await school.told(incident))["Novak"] == {"lead_dsl"}
    # And then it is watched as any other.
    await school.trust_lead()
    await time_passes(school)
    assert await escalations(school, incident) == ["Nkemelu"]


async def test_what_everybody_who_was_told_has_left_unread_is_told_to_who_comes_after_them(house: School) -> None:
    await house.hear(SchoolRegistered(school_id=house.id, trust_id=TRUST))
    for name in ("Boyle", "Okafor", "Bevan"):
        await house.joins(name)
    incident = await house.logged(sensitivity=PROTECTION)
    await time_passes(house)
    assert await escalations(house, incident) == ["Boyle"]
    for name in ("Boyle", "Okafor"):
        await house.hear(StaffDisabled(staff_id=house.people[name]))
    await time_passes(house)
    await house.joins("Novak", Role.LEAD_DSL)
    await house.joins("Joseph")
    await time_passes(house)
    assert set(await house.told(incident)) == {"Boyle", "Okafor", "Novak"}
    kinds = await house.rows("SELECT kind FROM mail WHERE staff_id = $1", house.people["Novak"])
    assert [row["kind"] for row in kinds] == ["alert"]


async def test_a_correction_makes_it_sooner_and_never_later(school: School) -> None:
    incident = await school.logged()
    [before] = await school.rows("SELECT due_at FROM reading_watch")
    await school.corrected(incident, sensitivity=PROTECTION)
    [sooner] = await school.rows("SELECT due_at, set_at FROM reading_watch")
    assert (sooner["due_at"] - sooner["set_at"]).total_seconds() == 3600
    await school.corrected(incident, version=3)
    [after] = await school.rows("SELECT due_at FROM reading_watch")
    assert after["due_at"] == sooner["due_at"] < before["due_at"]


async def test_a_clock_that_was_put_back_sets_the_time_again_and_tells_nobody(school: School) -> None:
    incident = await school.logged(sensitivity=PROTECTION)
    await school.rows(
        "UPDATE reading_watch SET due_at = now() + interval '9 years', set_at = now() + interval '9 years'"
    )
    await Escalator(school.db).round()
    assert await escalations(school, incident) == []
    [row] = await school.rows("SELECT due_at <= now() + interval '1 hour' AS soon FROM reading_watch")
    assert row["soon"]


async def test_the_head_and_the_lead_dsl_set_times_hours_and_holidays_by_version(school: School) -> None:
    given: dict[str, Any] = {
        "times": [{"category_id": str(WELFARE), "minutes": 15}],
        "hours": [{"weekday": day, "opens": "00:00:00", "closes": "23:59:00"} for day in range(7)],
        "holidays": [],
    }
    assert (await school.dsl.get("/escalation-settings")).json()["version"] == 0
    put = await school.dsl.ask("PUT", "/escalation-settings", json=given, headers={"If-Match": '"0"'})
    assert (put.status_code, put.headers["etag"]) == (200, '"1"')
    assert (await school.dsl.get("/escalation-settings")).json() == {**given, "version": 1} == put.json()
    again = await school.dsl.ask("PUT", "/escalation-settings", json=given, headers={"If-Match": '"0"'})
    assert again.status_code == 409
    await school.logged(WELFARE)
    [row] = await school.rows("SELECT due_at - set_at < interval '20 minutes' AS soon FROM reading_watch")
    assert row["soon"]
    for who, status in (("Boyle", 200), ("Haddad", 403), ("Chaudhry", 403)):
        client = school.client(who, assurance=Assurance.ELEVATED)
        assert (await client.get("/escalation-settings")).status_code == status
    for wrong in (
        {"times": [{"category_id": str(WELFARE), "minutes": 1}]},
        {"hours": [{"weekday": 0, "opens": "17:00", "closes": "08:00"}]},
        {"hours": [{"weekday": 0, "opens": "07:00", "closes": "08:00"}] * 2},
        {"holidays": [{"first": "2027-01-02", "last": "2027-01-01"}]},
    ):
        assert (await school.dsl.ask("PUT", "/escalation-settings", json=wrong)).status_code == 422

"""One school never sees another's: by the queries' own filter and by row-level security, each without the other."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from services.alerting.queries import alerts, rules, school, snapshot
from services.alerting.recipients import Rule
from services.alerting.service import replace_rules
from shared.contracts.words import Role
from shared.db import Database, Scope
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

TABLES = ("staff_copy", "group_copy", "shield_copy", "rule_set", "rule", "told_incident", "alert", "mail", "audit")


async def fill(school: School) -> None:
    await school.open()
    await school.shield("Boyle", pupil_id=ROWAN)
    async with school.db.begin(Scope(school.id)) as session:
        rule = Rule(new_id(), "Everything", roles=frozenset({Role.SENCO}))
        await replace_rules(session, acting_staff=school.as_staff("Okafor"), rules=[rule])
    await school.logged()


@pytest.fixture
async def both(house: School) -> tuple[School, School]:
    """Two schools in which the same people work."""
    other = School(house.http, house.auth, house.db, house.admin_url, people=house.people, ks2=house.ks2)
    for each in (house, other):
        await fill(each)
    return house, other


@pytest.fixture
async def unfenced(empty_cluster: Cluster) -> AsyncIterator[Database]:
    """A superuser's way in: row-level security does not hold for it."""
    db = Database(empty_cluster.admin("alerting"))
    yield db
    await db.close()


@pytest.mark.parametrize("table", TABLES)
async def test_row_level_security_holds_without_the_filter(both: tuple[School, School], table: str) -> None:
    for each in both:
        async with each.db.begin(Scope(each.id)) as session:
            found = await session.scalars(text(f"SELECT DISTINCT school_id FROM {table}"))
            assert found.all() == [each.id]


async def test_the_filters_hold_without_row_level_security(both: tuple[School, School], unfenced: Database) -> None:
    for each, other in (both, both[::-1]):
        okafor = each.as_staff("Okafor")
        theirs = (await other.rows("SELECT id, incident_id FROM alert WHERE school_id = $1", other.id))[0]
        async with unfenced.begin(Scope(each.id, okafor.staff_id)) as session:
            listed = await alerts.waiting(session, okafor, alerts.OPEN, limit=100)
            assert {alert.school_id for alert in listed} == {each.id}
            assert await alerts.one(session, okafor, theirs["id"]) is None
            assert await alerts.told_of(session, okafor, theirs["incident_id"]) is None
            _, in_force = await rules.rules_of(session, each.id)
            assert {rule.school_id for rule in in_force} == {each.id}
            known = await school.known_of(session, each.id, theirs["incident_id"])
            assert len(known.rules) == 1
            assert len(known.school.staff) == len(each.people)
            assert len(known.school.shields) == 1
            assert known.told == frozenset()
            events = await snapshot.alerts_after(session, each.id, None, 100)
            assert {event["school_id"] for event in events} == {str(each.id)}

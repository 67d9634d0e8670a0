"""The schools of the trust in four numbers; what is under five is not told apart."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.alerting.domain.figures import cell
from services.alerting.queries.figures import figures_of
from shared.contracts.incident import ActionAdded
from shared.contracts.words import Assurance, Role, TrustRole
from shared.db import Scope
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School
from tests.issuer import Client, member

FEW = "fewer than 5"


@pytest.mark.parametrize(("count", "said"), [(0, FEW), (1, FEW), (4, FEW), (5, 5), (6, 6)])
def test_a_figure_under_five_is_not_told_apart_from_none(count: int, said: object) -> None:
    assert cell(count) == said


def of_the_trust(school: School, *roles: TrustRole, assurance: Assurance = Assurance.ELEVATED) -> Client:
    staff = member(school.id, trust_roles=roles, assurance=assurance)
    return Client(school.http, school.auth, "alerting", staff)


async def owes(school: School, incident_id: UUID, *, promise: bool, due: datetime) -> None:
    await school.hear(
        ActionAdded(
            incident_id=incident_id,
            action_id=new_id(),
            author_id=school.people["Okafor"],
            pupil_ids=[ROWAN],
            owner_id=school.people["Haddad"],
            due_at=due,
            promise=promise,
        )
    )


@pytest.mark.postgres
async def test_the_trust_sees_each_school_in_four_numbers_and_no_small_one(school: School) -> None:
    now = datetime.now(UTC)
    incidents = [(await school.logged()).incident_id for _ in range(3)]
    async with school.db.begin(Scope(school.id)) as session:
        before = await figures_of(session, school.id, now)
    assert (before.actions_due, before.duties_due, before.over_time) == (0, 0, 0)
    assert before.unread == len(await school.rows("SELECT 1 FROM alert WHERE state = 'unread'")) >= 5
    for _ in range(5):
        await owes(school, incidents[0], promise=False, due=now - timedelta(minutes=5))
    await owes(school, incidents[0], promise=True, due=now - timedelta(minutes=5))
    await owes(school, incidents[0], promise=True, due=now + timedelta(days=8))
    await school.rows("UPDATE reading_watch SET due_at = $1 WHERE incident_id = $2", now, incidents[1])
    async with school.db.begin(Scope(school.id)) as session:
        found = await figures_of(session, school.id, now + timedelta(seconds=1))
    assert (found.actions_due, found.duties_due, found.over_time) == (5, 1, 7)
    for role in (TrustRole.TRUST_SAFEGUARDING_LEAD, TrustRole.TRUST_ADMINISTRATOR):
        [row] = (await of_the_trust(school, role).get("/figures")).json()["schools"]
        assert row == {
            "school_id": str(school.id),
            "unread": found.unread,
            "actions_due": 5,
            "duties_due": FEW,
            "over_time": 7,
        }


@pytest.mark.postgres
async def test_figures_are_for_the_trust_alone_and_with_elevated_access(school: School) -> None:
    lead = TrustRole.TRUST_SAFEGUARDING_LEAD
    assert (await of_the_trust(school, lead, assurance=Assurance.MFA).get("/figures")).status_code == 403
    assert (await of_the_trust(school, TrustRole.DATA_PROTECTION_OFFICER).get("/figures")).status_code == 403
    head = Client(school.http, school.auth, "alerting", member(school.id, Role.HEAD, assurance=Assurance.ELEVATED))
    assert (await head.get("/figures")).status_code == 403

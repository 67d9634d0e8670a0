"""What an author learns: that it was read, and that somebody chose to tell them something; nothing else."""

from typing import Any

import pytest

from shared.contracts.incident import ActionAdded, IncidentFacts
from shared.contracts.words import Assurance
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres


async def added(school: School, incident: IncidentFacts, *, by: str = "Okafor", tell: bool = True) -> ActionAdded:
    action = ActionAdded(
        incident_id=incident.incident_id,
        action_id=new_id(),
        author_id=school.people[by],
        pupil_ids=[ROWAN],
        tell_author=tell,
    )
    await school.hear(action)
    return action


async def of_own(school: School, name: str, *incidents: IncidentFacts, **rest: Any) -> list[dict[str, Any]]:
    body = {"incident_ids": [str(one.incident_id) for one in incidents]}
    answer = await school.client(name, **rest).post("/told", json=body)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["incidents"]
    return listed


async def test_r57_r123_the_author_is_told_that_something_was_added_and_says_that_they_have_seen_it(
    school: School,
) -> None:
    incident = await school.logged(author="Walsh")
    await added(school, incident, tell=False)
    action = await added(school, incident)
    await school.hear(action)
    walsh = school.client("Walsh")
    [notice] = (await walsh.get("/notices")).json()["notices"]
    assert notice | {"made_at": ""} == {
        "id": str(action.action_id),
        "incident_id": str(incident.incident_id),
        "made_at": "",
        "seen_at": None,
    }
    [mail] = await school.rows("SELECT * FROM mail WHERE kind = 'told-author'")
    assert (mail["staff_id"], mail["link"]) == (school.people["Walsh"], "/")
    [line] = await of_own(school, "Walsh", incident)
    assert (line["added"], line["unseen"]) == (1, 1)
    for _ in range(2):
        assert (await walsh.post(f"/notices/{action.action_id}/seen")).status_code == 204
    [line] = await of_own(school, "Walsh", incident)
    assert (line["added"], line["unseen"]) == (1, 0)


async def test_r28_nobody_else_sees_it_and_who_added_it_to_their_own_is_not_told(school: School) -> None:
    incident = await school.logged(author="Okafor")
    await added(school, incident, by="Okafor")
    assert await school.rows("SELECT 1 FROM author_notice") == []
    of_walsh = await school.logged(author="Walsh")
    action = await added(school, of_walsh)
    for name in ("Okafor", "Boyle", "Bevan"):
        client = school.client(name, assurance=Assurance.ELEVATED)
        assert (await client.get("/notices")).json()["notices"] == []
        assert (await client.post(f"/notices/{action.action_id}/seen")).status_code == 404
    [line] = await of_own(school, "Okafor", of_walsh)
    assert (line["added"], line["unseen"]) == (0, 0)


async def test_c12_a_shielded_author_hears_nothing_and_an_earlier_notice_is_gone(school: School) -> None:
    incident = await school.logged(author="Walsh")
    action = await added(school, incident)
    await school.shield("Walsh", pupil_id=ROWAN)
    await added(school, incident)
    assert len(await school.rows("SELECT 1 FROM mail WHERE kind = 'told-author'")) == 1
    shielded = school.client("Walsh", shields=frozenset({ROWAN}))
    assert (await shielded.get("/notices")).json()["notices"] == []
    assert (await shielded.post(f"/notices/{action.action_id}/seen")).status_code == 404


async def test_r28_of_several_concerns_at_once_an_author_learns_that_theirs_were_read(school: School) -> None:
    mine, other, theirs = (
        await school.logged(author="Walsh"),
        await school.logged(author="Walsh"),
        await school.logged(author="Bevan"),
    )
    await school.client("Boyle").post(f"/alerts/{await school.alert_of('Boyle', mine)}/read")
    shown = {line["incident_id"]: line for line in await of_own(school, "Walsh", mine, other, theirs)}
    assert set(shown) == {str(mine.incident_id), str(other.incident_id)}
    read, unread = shown[str(mine.incident_id)], shown[str(other.incident_id)]
    assert read["first_read_at"]
    assert read["escalates_at"] is None
    assert unread["first_read_at"] is None
    assert unread["escalates_at"]
    for line in (read, unread):
        one = (await school.client("Walsh").get("/told", params={"incident_id": line["incident_id"]})).json()
        assert one.pop("first_told_id")
        assert one == {name: line[name] for name in one}
    too_many = {"incident_ids": [str(new_id())] * 101}
    assert (await school.client("Walsh").post("/told", json=too_many)).status_code == 422

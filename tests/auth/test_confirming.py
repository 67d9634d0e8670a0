"""Somebody signed in shows by their password that it is still them; and leaves elevated access early."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from services.auth.models import StaffSession
from services.auth.service import check_session
from shared.db import Scope
from tests.auth.conftest import PASSWORD, House
from tests.auth.test_break_glass import rows
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres


async def test_their_password_and_nobody_elses_confirms_and_lifts_nothing(house: House, empty_cluster: Cluster) -> None:
    session = await house.session("okafor", sure="password")
    right = await house.gateway("/sessions/confirm", {"session": session.token, "password": PASSWORD})
    assert right.status_code == 204
    assert (await session.check()).json()["staff"]["assurance"] == "password"
    wrong = await house.gateway("/sessions/confirm", {"session": session.token, "password": "three lamps"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "password")
    none = await house.gateway("/sessions/confirm", {"session": "no such session", "password": PASSWORD})
    assert none.status_code == 401
    noted = await rows(empty_cluster, "SELECT action FROM audit WHERE action LIKE 'session:confirm%' ORDER BY action")
    assert [row["action"] for row in noted] == ["session:confirm-refused", "session:confirmed"]


async def test_it_is_guessed_no_faster_than_a_code(house: House) -> None:
    session = await house.session("okafor", sure="password")
    body = {"session": session.token}
    tries = [await house.gateway("/sessions/confirm", {**body, "password": f"guess {n}"}) for n in range(8)]
    assert [answer.status_code for answer in tries[:5]] == [422] * 5
    assert tries[-1].status_code == 429
    # They are counted together: who has guessed passwords may not go on with codes.
    assert (await house.gateway("/sessions/elevate", {**body, "code": "000000"})).status_code == 429


async def test_r91_elevated_access_is_left_and_the_session_goes_on(house: House) -> None:
    session = await house.session("okafor")
    assert (await house.gateway("/sessions/elevate/end", {"session": session.token})).status_code == 204
    checked = (await session.check()).json()
    assert (checked["staff"]["assurance"], checked["elevated_until"]) == ("mfa", None)
    assert (await house.gateway("/sessions/elevate/end", {"session": session.token})).status_code == 204


async def test_a_page_that_asks_by_itself_is_told_when_elevation_ends_without_anybody(house: House) -> None:
    session = await house.session("okafor")
    now = datetime.now(UTC)
    async with house.db.begin(Scope()) as changing:
        await changing.execute(update(StaffSession).values(seen_at=now - timedelta(minutes=4)))
        asked = await check_session(changing, session.token, now=now, background=True)
        there = await check_session(changing, session.token, now=now)
    assert asked is not None
    assert there is not None
    assert asked.elevated_until == now + timedelta(minutes=6)
    assert there.elevated_until == now + timedelta(minutes=10)

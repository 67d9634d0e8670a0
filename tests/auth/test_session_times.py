"""How long a session is worth what: every end of it, by the clock alone and where it is kept."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from services.auth.domain import SessionTimes, standing
from shared.contracts.words import Assurance
from tests.auth.conftest import House
from tests.conftest import Cluster

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def session(
    *, seen: timedelta, left: timedelta = timedelta(hours=6), elevated: timedelta | None = None
) -> SessionTimes:
    """Last used `seen` ago, ending in `left`, elevated so long ago."""
    return SessionTimes(
        seen_at=NOW - seen,
        ends_at=NOW + left,
        mfa_at=NOW - timedelta(hours=1),
        elevated_at=None if elevated is None else NOW - elevated,
        ended_at=None,
    )


@pytest.mark.parametrize(
    ("times", "alive"),
    [
        (session(seen=timedelta(minutes=15) - A_SECOND), True),
        (session(seen=timedelta(minutes=15)), False),
        (session(seen=timedelta(0), left=A_SECOND), True),
        (session(seen=timedelta(0), left=timedelta(0)), False),
    ],
)
def test_r99_a_session_ends_after_a_quarter_of_an_hour_unused_and_at_its_last_hour(
    times: SessionTimes, *, alive: bool
) -> None:
    assert standing(times, now=NOW).alive is alive


@pytest.mark.parametrize(
    ("seen", "elevated", "sure"),
    [
        (timedelta(0), timedelta(minutes=60) - A_SECOND, Assurance.ELEVATED),
        (timedelta(0), timedelta(minutes=60), Assurance.MFA),
        (timedelta(minutes=10) - A_SECOND, timedelta(minutes=20), Assurance.ELEVATED),
        (timedelta(minutes=10), timedelta(minutes=20), Assurance.MFA),
        (timedelta(0), None, Assurance.MFA),
    ],
)
def test_r91_elevated_access_ends_after_ten_minutes_unused_and_after_an_hour_at_most(
    seen: timedelta, elevated: timedelta | None, sure: Assurance
) -> None:
    assert standing(session(seen=seen, elevated=elevated), now=NOW).assurance is sure


@pytest.mark.postgres
async def test_r99_who_did_nothing_for_a_quarter_of_an_hour_is_signed_out(house: House, empty_cluster: Cluster) -> None:
    okafor = await house.session("okafor")
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:

        async def unused_for(minutes: int) -> int:
            await connection.execute("UPDATE staff_session SET seen_at = now() - make_interval(mins => $1)", minutes)
            return (await okafor.check()).status_code

        assert await unused_for(14) == 200
        assert await unused_for(16) == 401
        # It has ended: a clock that is put back does not open it again.
        assert await unused_for(0) == 401
    finally:
        await connection.close()


@pytest.mark.postgres
async def test_r91_elevated_access_that_ran_out_does_not_come_back_by_using_the_session(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = await house.session("okafor")
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        assert (await okafor.check()).json()["staff"]["assurance"] == "elevated"
        await connection.execute("UPDATE staff_session SET seen_at = now() - interval '11 minutes'")
        for _ in range(2):
            assert (await okafor.check()).json()["staff"]["assurance"] == "mfa"
    finally:
        await connection.close()


@pytest.mark.postgres
async def test_r91_twelve_hours_after_sign_in_and_thirty_days_after_the_code_each_is_asked_for_again(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = await house.session("okafor", sure="password")
    body = {"session": okafor.token, "code": house.people["okafor"].code(), "remember": True}
    device = (await house.gateway("/sessions/second-factor", body)).json()["device"]
    assert (await house.sign_in("okafor", device=device)).json()["needs"] is None
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        (life,) = await connection.fetchrow("SELECT ends_at - made_at FROM device")
        assert life == timedelta(days=30)
        await connection.execute("UPDATE device SET made_at = made_at - $1::interval, ends_at = ends_at - $1", life)
        assert (await house.sign_in("okafor", device=device)).json()["needs"] == "second-factor"
        assert (await okafor.check()).status_code == 200
        for hours, status in ((11, 200), (1, 401)):
            await connection.execute("UPDATE staff_session SET ends_at = ends_at - make_interval(hours => $1)", hours)
            assert (await okafor.check()).status_code == status
    finally:
        await connection.close()

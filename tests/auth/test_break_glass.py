"""Break-glass: who, for how long, who is told, and that nobody reviews their own."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import update

from services.auth import service
from services.auth.domain import GlassReason, told_of_glass
from services.auth.models import StaffSession
from shared.contracts.words import Role, TrustRole
from shared.db import Scope
from shared.errors import ElevationRequired
from shared.ids import new_id
from tests.auth.conftest import House, Session
from tests.conftest import Cluster

WHY = "The police ask where he may be staying."
LEAD, DEPUTY, HEAD = Role.LEAD_DSL, Role.DEPUTY_DSL, Role.HEAD


def opening(pupil_id: UUID, **rest: str) -> dict[str, Any]:
    return {"json": {"pupil_id": str(pupil_id), "reason": "child_missing", "words": WHY, **rest}}


async def claims(session: Session) -> dict[str, Any]:
    token = (await session.check()).json()["tokens"]["incident"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


async def rows(cluster: Cluster, question: str, *given: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(cluster.admin("auth"))
    try:
        return list(await connection.fetch(question, *given))
    finally:
        await connection.close()


async def later(cluster: Cluster, minutes: int) -> None:
    """As if every break-glass there is had begun so much earlier."""
    moved = f"interval '{minutes} minutes'"
    await rows(cluster, f"UPDATE break_glass SET began_at = began_at - {moved}, ends_at = ends_at - {moved}")


async def officer(house: House) -> Session:
    """The data protection officer, in Oakfield."""
    dpo = await house.session("dpo", sure="password")
    chosen = await house.gateway("/sessions/school", {"session": dpo.token, "school_id": str(house.oakfield)})
    assert chosen.is_success, chosen.text
    given = await house.gateway("/sessions/elevate", {"session": dpo.token, "code": house.people["dpo"].code()})
    assert given.is_success, given.text
    return dpo


def test_c12_the_lead_dsl_and_the_officers_are_told_and_else_the_next_in_line() -> None:
    lead, other, deputy, head, trust, dpo, senco = (new_id() for _ in range(7))
    team = {LEAD: [lead, other], DEPUTY: [deputy], HEAD: [head]}

    def told(by: UUID, *shielded: UUID) -> set[UUID]:
        return told_of_glass(by, team=team, safeguarding=[trust], officers=[dpo], shielded=shielded)

    assert told(senco) == {lead, other, dpo}
    assert told(lead) == {other, dpo}
    assert told(senco, lead) == {other, dpo}
    assert told(lead, other) == {deputy, dpo}
    assert told(senco, lead, other, deputy) == {head, dpo}
    assert told(head, lead, other, deputy) == {trust, dpo}
    assert told(senco, lead, other, deputy, head, trust, dpo) == set()
    assert told_of_glass(senco, team={}, safeguarding=[], officers=[], shielded=()) == set()


@pytest.mark.postgres
async def test_it_counts_at_the_next_request_names_one_child_and_ends_early_or_by_itself(
    house: House, empty_cluster: Cluster
) -> None:
    await house.add("nowak", house.oakfield, Role.SENCO)
    nowak, pupil = await house.session("nowak"), new_id()
    assert ((await claims(nowak))["break_glass"], (await nowak.check()).json()["staff"]["break_glass"]) == (None, None)
    opened = await nowak.ask("POST", "/break-glass", **opening(pupil))
    assert opened.status_code == 201, opened.text
    glass = opened.json()
    begun, ends = (datetime.fromisoformat(glass[name]) for name in ("began_at", "ends_at"))
    assert ends - begun == timedelta(minutes=30)
    held = await claims(nowak)
    assert (held["break_glass"], held["break_glass_pupil"]) == (glass["id"], str(pupil))
    shown = (await nowak.check()).json()["staff"]["break_glass"]
    assert (shown["id"], shown["pupil_id"]) == (glass["id"], str(pupil))
    ended = await nowak.ask("POST", f"/break-glass/{glass['id']}/end")
    assert (ended.json()["runs"], ended.json()["ended_by_id"]) == (False, str(house.people["nowak"].id))
    assert (await claims(nowak))["break_glass"] is None
    noted = await rows(
        empty_cluster, "SELECT action, reason, pupil_ids FROM audit WHERE about_kind = 'break-glass' ORDER BY id"
    )
    assert [(row["action"], row["reason"], row["pupil_ids"]) for row in noted] == [
        ("break-glass:broken", WHY, [pupil]),
        ("break-glass:ended", None, [pupil]),
    ]
    # The same one, had nobody ended it: after half an hour it is over by itself.
    await rows(empty_cluster, "UPDATE break_glass SET ended_at = NULL, ended_by_id = NULL")
    assert (await claims(nowak))["break_glass"] == glass["id"]
    await later(empty_cluster, 30)
    assert (await claims(nowak))["break_glass"] is None


@pytest.mark.postgres
async def test_the_lead_dsl_and_the_officer_have_a_mail_at_once_that_names_nobody(house: House) -> None:
    await house.work("sender")
    await house.add("nowak", house.oakfield, Role.SENCO)
    nowak = await house.session("nowak")
    assert (await nowak.ask("POST", "/break-glass", **opening(new_id()))).status_code == 201
    for name in ("okafor", "dpo"):
        (text,) = await house.mails(to=house.people[name].email, about="break-glass")
        assert "Oakfield" in text
        assert "Nowak" not in text
        assert WHY not in text
    others = {letter["To"] for letter in house.office.letters() if "break-glass" in letter["Subject"]}
    assert others == {house.people[name].email for name in ("okafor", "dpo")}


@pytest.mark.postgres
async def test_who_may_not_what_is_too_short_and_who_is_shielded(house: House) -> None:
    pupil = new_id()
    haddad = await house.session("haddad")
    assert (await haddad.ask("POST", "/break-glass", **opening(pupil))).status_code == 403
    okafor = await house.session("okafor", sure="mfa")
    refused = await okafor.ask("POST", "/break-glass", **opening(pupil))
    assert refused.json()["type"].endswith("elevation-required")
    boyle = await house.session("boyle")
    for short in ("x" * 19, " ".join("x" * 10) + " " * 40, "x" + " " * 30 + "x"):
        answer = await boyle.ask("POST", "/break-glass", **opening(pupil, words=short))
        assert answer.status_code == 422, short
    assert (await boyle.ask("POST", "/break-glass", **opening(pupil, reason="curious"))).status_code == 422
    async with house.db.begin(Scope(house.oakfield)) as session:
        await service.raise_shield(
            session,
            acting_staff=None,
            school_id=house.oakfield,
            staff_id=house.people["boyle"].id,
            why="parent",
            pupil_id=pupil,
        )
    assert (await boyle.ask("POST", "/break-glass", **opening(pupil))).status_code == 404
    assert (await boyle.ask("POST", "/break-glass", **opening(new_id()))).status_code == 201


@pytest.mark.postgres
async def test_the_second_factor_was_given_just_now(house: House) -> None:
    boyle = await house.session("boyle")
    staff = (await boyle.check()).json()["staff"]
    assert staff["assurance"] == "elevated"
    async with house.db.begin(Scope(house.oakfield)) as session:
        await session.execute(
            update(StaffSession)
            .where(StaffSession.staff_id == house.people["boyle"].id)
            .values(elevated_at=datetime.now(UTC) - timedelta(minutes=6))
        )
    assert (await boyle.check()).json()["staff"]["assurance"] == "elevated"
    refused = await boyle.ask("POST", "/break-glass", **opening(new_id()))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "elevation-required")
    again = {"session": boyle.token, "code": house.people["boyle"].code(ahead=1)}
    assert (await house.gateway("/sessions/elevate", again)).is_success
    assert (await boyle.ask("POST", "/break-glass", **opening(new_id()))).status_code == 201


@pytest.mark.postgres
async def test_another_waits_until_somebody_else_has_reviewed_the_first(house: House, empty_cluster: Cluster) -> None:
    okafor, dpo = await house.session("okafor"), await officer(house)
    opened = await okafor.ask("POST", "/break-glass", **opening(new_id()))
    review = f"/break-glass/{opened.json()['id']}/review"
    found = {"json": {"verdict": "not_needed", "words": "The deputy was in the next room."}}
    assert (await dpo.ask("POST", review, **found)).status_code == 409
    await later(empty_cluster, 30)
    waits = await okafor.ask("POST", "/break-glass", **opening(new_id()))
    assert (waits.status_code, "review" in waits.json()["detail"]) == (409, True)
    own = await okafor.ask("POST", review, **found)
    assert (own.status_code, own.json()["type"].rpartition("/")[2]) == (403, "not-permitted")
    # Sole lead DSL that she is, the next in line was told: here the head, who may look and end.
    boyle = await house.session("boyle")
    (line,) = (await dpo.ask("GET", "/break-glass")).json()["break_glass"]
    assert (line["words"], line["overdue"], line["reviewed_at"]) == (WHY, False, None)
    await later(empty_cluster, 7 * 24 * 60)
    assert (await dpo.ask("GET", "/break-glass")).json()["break_glass"][0]["overdue"] is True
    done = await dpo.ask("POST", review, **found)
    assert (done.status_code, done.json()["overdue"]) == (200, False)
    assert (done.json()["reviewed_by_id"], done.json()["verdict"]) == (str(house.people["dpo"].id), "not_needed")
    assert (await dpo.ask("POST", review, **found)).status_code == 409
    assert (await okafor.ask("POST", "/break-glass", **opening(new_id()))).status_code == 201
    listed = (await boyle.ask("GET", "/break-glass")).json()["break_glass"]
    assert [line["reviewed_at"] is None for line in listed] == [True, False]
    ended = await boyle.ask("POST", f"/break-glass/{listed[0]['id']}/end")
    assert (ended.status_code, ended.json()["ended_by_id"]) == (200, str(house.people["boyle"].id))


@pytest.mark.postgres
async def test_who_was_not_told_sees_and_reviews_none_and_a_shield_hides_it(
    house: House, empty_cluster: Cluster
) -> None:
    await house.add("nowak", house.oakfield, Role.SENCO)
    nowak, pupil = await house.session("nowak"), new_id()
    opened = await nowak.ask("POST", "/break-glass", **opening(pupil))
    review = f"/break-glass/{opened.json()['id']}/review"
    found = {"json": {"verdict": "needed", "words": "It could not wait."}}
    await later(empty_cluster, 30)
    boyle, okafor = await house.session("boyle"), await house.session("okafor")
    assert (await boyle.ask("GET", "/break-glass")).json() == {"break_glass": []}
    assert (await boyle.ask("POST", review, **found)).status_code == 404
    assert (await nowak.ask("GET", "/break-glass")).status_code == 403
    async with house.db.begin(Scope(house.oakfield)) as session:
        await service.raise_shield(
            session,
            acting_staff=None,
            school_id=house.oakfield,
            staff_id=house.people["okafor"].id,
            why="relative",
            pupil_id=pupil,
        )
    assert (await okafor.ask("GET", "/break-glass")).json() == {"break_glass": []}
    assert (await okafor.ask("POST", review, **found)).status_code == 404


@pytest.mark.postgres
@pytest.mark.parametrize("loses", ["role", "shield"])
async def test_what_takes_the_right_away_takes_the_running_one_too(house: House, *, loses: str) -> None:
    await house.add("nowak", house.oakfield, Role.SENCO)
    nowak, pupil, own = await house.session("nowak"), new_id(), house.people["nowak"].id
    assert (await nowak.ask("POST", "/break-glass", **opening(pupil))).status_code == 201
    assert (await claims(nowak))["break_glass_pupil"] == str(pupil)
    async with house.db.begin(Scope(house.oakfield)) as session:
        here = {"acting_staff": None, "school_id": house.oakfield, "staff_id": own}
        if loses == "role":
            await service.set_roles(session, roles=[Role.TEACHER], classes=None, **here)  # type: ignore[arg-type]
        else:
            await service.raise_shield(session, why="parent", pupil_id=pupil, **here)  # type: ignore[arg-type]
    assert ((await claims(nowak))["break_glass"], (await claims(nowak))["break_glass_pupil"]) == (None, None)


@pytest.mark.postgres
async def test_the_trusts_safeguarding_lead_opens_one_in_any_school_and_one_at_a_time(house: House) -> None:
    await house.add("vale", None, trust_role=TrustRole.TRUST_SAFEGUARDING_LEAD)
    vale = await house.session("vale", sure="password")
    there = {"session": vale.token, "school_id": str(house.harbour)}
    assert (await house.gateway("/sessions/school", there)).is_success
    code = {"session": vale.token, "code": house.people["vale"].code()}
    assert (await house.gateway("/sessions/elevate", code)).is_success
    assert (await vale.ask("POST", "/break-glass", **opening(new_id()))).status_code == 201
    # In the other school it does not count, and another one has to wait there as well.
    assert (
        await house.gateway("/sessions/school", {"session": vale.token, "school_id": str(house.oakfield)})
    ).is_success
    again = {"session": vale.token, "code": house.people["vale"].code(ahead=1)}
    assert (await house.gateway("/sessions/elevate", again)).is_success
    assert (await claims(vale))["break_glass"] is None
    assert (await vale.ask("POST", "/break-glass", **opening(new_id()))).status_code == 409


@pytest.mark.postgres
async def test_elevation_of_another_session_is_not_freshness_of_this_one(house: House) -> None:
    boyle = await house.session("boyle", sure="mfa")
    elevated = await house.session("boyle")
    staff = (await elevated.check()).json()["staff"]
    assert staff["assurance"] == "elevated"
    async with house.db.begin(Scope(house.oakfield, house.people["boyle"].id)) as session:
        checked = await service.check_session(session, boyle.token, now=datetime.now(UTC))
        assert checked is not None
        with pytest.raises(ElevationRequired):
            await service.break_glass(
                session,
                acting_staff=checked.staff,
                pupil_id=new_id(),
                reason=GlassReason.CHILD_MISSING,
                words=WHY,
                now=datetime.now(UTC),
            )

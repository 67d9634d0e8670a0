"""Recovery codes, new browsers, sessions listed and ended, the school's own link, and throttles that let go."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain import BY_ACCOUNT, BY_ADDRESS, BY_CODE, BY_LINK, Pace, Tries, wait_after, with_one_more
from services.auth.domain.recovery import as_recovery_code, new_recovery_codes
from shared.contracts.words import Role
from tests.auth.conftest import PASSWORD, House
from tests.conftest import Cluster


@pytest.mark.postgres
async def test_ten_recovery_codes_each_lets_in_once_and_none_elevates(house: House, empty_cluster: Cluster) -> None:
    await house.work("sender")
    okafor = await house.session("okafor")
    codes = (await okafor.ask("POST", "/second-factor/recovery-codes")).json()["codes"]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", code) for code in codes)
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    kept = str(await connection.fetch("SELECT * FROM recovery_code"))
    await connection.close()
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    lost = await house.session("okafor", sure="password")
    refused = await house.gateway("/sessions/elevate", {"session": lost.token, "code": codes[0]})
    assert refused.status_code == 422
    typed = codes[0].upper().replace("-", " ")
    assert (await house.gateway("/sessions/second-factor", {"session": lost.token, "code": typed})).is_success
    assert (await lost.check()).json()["staff"]["assurance"] == "mfa"
    assert (await lost.ask("GET", "/second-factor/recovery-codes")).json() == {"left": 9}
    (text,) = await house.mails(to=house.people["okafor"].email, about="recovery code")
    assert not any(code in text for code in codes)
    again = await house.session("okafor", sure="password")
    used = await house.gateway("/sessions/second-factor", {"session": again.token, "code": codes[0]})
    assert used.status_code == 422
    # Somebody else's is of no use, and renewing needs elevated access.
    haddad = await house.session("haddad", sure="password")
    theirs = await house.gateway("/sessions/second-factor", {"session": haddad.token, "code": codes[1]})
    assert theirs.status_code == 422
    assert (await lost.ask("POST", "/second-factor/recovery-codes")).json()["type"].endswith("/elevation-required")
    assert (await okafor.ask("POST", "/second-factor/recovery-codes")).status_code == 201
    old = await house.gateway("/sessions/second-factor", {"session": again.token, "code": codes[1]})
    assert old.status_code == 422


@pytest.mark.postgres
async def test_the_first_recovery_codes_need_the_second_factor_itself(house: House) -> None:
    haddad = await house.session("haddad", sure="password")
    refused = await haddad.ask("POST", "/second-factor/recovery-codes")
    assert refused.json()["type"].endswith("/second-factor-required")
    sure = await house.session("haddad", sure="mfa")
    assert (await sure.ask("POST", "/second-factor/recovery-codes")).status_code == 201


@pytest.mark.postgres
async def test_the_second_factor_comes_as_a_picture_too(house: House) -> None:
    okafor = await house.session("okafor")
    offered = (await okafor.ask("POST", "/second-factor/enrol")).json()
    assert offered["qr_svg"].startswith("<svg")
    assert "<script" not in offered["qr_svg"]
    assert offered["secret"] not in offered["qr_svg"]


@pytest.mark.postgres
async def test_a_reset_second_factor_is_told_to_the_person_and_the_other_dsls(house: House) -> None:
    await house.add("deputy", house.oakfield, Role.DEPUTY_DSL)
    await house.work("sender")
    haddad = await house.session("haddad", sure="mfa")
    await haddad.ask("POST", "/second-factor/recovery-codes")
    okafor = await house.session("okafor")
    path = f"/staff/{house.people['haddad'].id}/second-factor/reset"
    assert (await okafor.ask("POST", path)).status_code == 204
    await house.mails(to=house.people["haddad"].email, about="Your second factor")
    for told in ("boyle", "deputy"):
        (text,) = await house.mails(to=house.people[told].email, about="A second factor was reset")
        assert "Haddad" not in text
    assert len(house.office.taken) == 3
    assert (await haddad.check()).status_code == 401
    anew = await house.session("haddad", sure="password")
    assert anew.answer["needs"] == "enrolment"
    assert (await anew.ask("GET", "/second-factor/recovery-codes")).json() == {"left": 0}


@pytest.mark.postgres
async def test_a_sign_in_from_a_new_browser_is_told_and_the_first_of_all_is_not(house: House) -> None:
    await house.work("sender")
    first = (await house.sign_in("haddad")).json()["browser"]
    assert (await house.sign_in("haddad", browser=first)).json()["browser"] == first
    # Known to one person, a shared computer is new to another, who has signed in nowhere before.
    assert (await house.sign_in("okafor", browser=first)).status_code == 200
    assert (await house.sign_in("haddad", "wrong password")).status_code == 401
    second = (await house.sign_in("haddad")).json()["browser"]
    assert second != first
    (text,) = await house.mails(to=house.people["haddad"].email, about="new sign-in")
    assert "Oakfield" in text
    assert [to for to, _ in house.office.taken] == [house.people["haddad"].email]


@pytest.mark.postgres
async def test_r34_sessions_are_listed_and_ended_by_their_owner_alone(house: House) -> None:
    here = await house.session("haddad", sure="mfa")
    phone = (await house.sign_in("haddad", browser_words="Safari on iPhone")).json()["session"]
    shown = (await here.ask("GET", "/sessions")).json()["sessions"]
    assert [(s["device"], s["this"]) for s in shown] == [("Safari on iPhone", False), ("", True)]
    boyle = await house.session("boyle")
    assert (await boyle.ask("DELETE", f"/sessions/{shown[0]['id']}")).status_code == 404
    assert (await here.ask("DELETE", f"/sessions/{shown[0]['id']}")).status_code == 204
    check = {"session": phone, "audience": ["auth"]}
    assert (await house.gateway("/sessions/check", check)).status_code == 401
    other = (await house.sign_in("haddad")).json()["session"]
    assert (await here.ask("POST", "/sessions/end-others")).json() == {"ended": 1}
    assert (await house.gateway("/sessions/check", check | {"session": other})).status_code == 401
    assert (await here.check()).status_code == 200


@pytest.mark.postgres
async def test_the_head_ends_the_sessions_of_their_own_staff_and_of_nobody_elses(house: House) -> None:
    haddad, boyle = await house.session("haddad"), await house.session("boyle")
    path = f"/staff/{house.people['haddad'].id}/sessions/end"
    assert (await haddad.ask("POST", path)).status_code == 403
    assert (await (await house.session("frost")).ask("POST", path)).status_code == 404
    assert (await boyle.ask("POST", path)).json() == {"ended": 1}
    assert (await haddad.check()).status_code == 401


@pytest.mark.postgres
async def test_a_remembered_browser_is_listed_and_forgotten(house: House) -> None:
    first = await house.session("haddad", sure="password")
    body = {"session": first.token, "code": house.people["haddad"].code(), "remember": True}
    device = (await house.gateway("/sessions/second-factor", body)).json()["device"]
    (shown,) = (await first.ask("GET", "/devices")).json()["devices"]
    boyle = await house.session("boyle")
    assert (await boyle.ask("DELETE", f"/devices/{shown['id']}")).status_code == 404
    assert (await first.ask("DELETE", f"/devices/{shown['id']}")).status_code == 204
    assert (await house.sign_in("haddad", device=device)).json()["needs"] == "second-factor"


@pytest.mark.postgres
async def test_r38_a_schools_own_link_says_its_name_and_whom_to_go_to_and_lists_nothing(house: House) -> None:
    by_name = await house.gateway("/schools/sign-in", {"school": "oakfield"})
    by_id = await house.gateway("/schools/sign-in", {"school": str(house.oakfield)})
    assert by_name.json() == by_id.json()
    assert (by_name.json()["name"], "999" in by_name.json()["danger_text"]) == ("Oakfield", True)
    unknown = [await house.gateway("/schools/sign-in", {"school": asked}) for asked in ("meadow", "oak", "%")]
    assert {(a.status_code, a.content) for a in unknown} == {(404, unknown[0].content)}


@pytest.mark.postgres
async def test_a_dsl_whose_account_is_hammered_signs_in_on_their_own_browser_at_once(house: House) -> None:
    session = await house.session("okafor", sure="password")
    body = {"session": session.token, "code": house.people["okafor"].code(), "remember": True}
    device = (await house.gateway("/sessions/second-factor", body)).json()["device"]
    hammered = [(await house.sign_in("okafor", f"guess {n}")).status_code for n in range(8)]
    assert hammered[-1] == 429
    assert (await house.sign_in("okafor", PASSWORD, device=device)).status_code == 200


@given(st.sampled_from([BY_ACCOUNT, BY_ADDRESS, BY_CODE, BY_LINK]), st.integers(0, 400), st.floats(0, 600))
def test_guessing_for_days_makes_nobody_wait_longer_than_the_longest_wait(
    pace: Pace, tries: int, seconds: float
) -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    state = Tries(0, now)
    for _ in range(tries):
        now += timedelta(seconds=seconds)
        state = with_one_more(state, pace, now=now)
    assert wait_after(state, pace, now=now) <= pace.longest
    assert wait_after(state, pace, now=now + pace.longest) <= timedelta(0)


def test_recovery_codes_are_told_from_the_codes_of_an_app() -> None:
    assert as_recovery_code("492 039") is None
    code = new_recovery_codes()[0]
    assert as_recovery_code(f" {code.upper()} ") == code.replace("-", "")

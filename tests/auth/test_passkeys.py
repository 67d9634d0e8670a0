"""Passkeys against auth: made and used by a key in software, and refused to whoever cheats."""

from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.passkeys import (
    RelyingParty,
    credential_id_of,
    has_a_double,
    new_passkey,
    owner_of,
    used_count,
)
from shared.contracts.words import Role
from tests.auth.conftest import PUBLIC_URL, House, Session
from tests.authenticator import SecurityKey, decoded, encoded
from tests.conftest import Cluster

RP_ID = "heed.rivermead.example"
PHISHING = "https://heed.rivermead.example.evil.example"
postgres = pytest.mark.postgres


def key(**given: Any) -> SecurityKey:
    return SecurityKey(PUBLIC_URL, RP_ID, **given)


async def added(session: Session, own: SecurityKey | None = None, name: str = "My phone") -> SecurityKey:
    own = own or key()
    options = await session.ask("POST", "/passkeys/options")
    assert options.status_code == 200, options.text
    answer = await session.ask("POST", "/passkeys", json={"name": name, "credential": own.make(options.json())})
    assert answer.status_code == 201, answer.text
    return own


async def options_for(session: Session, path: str) -> dict[str, Any]:
    answer = await session.house.gateway(f"{path}/options", {"session": session.token})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def give(session: Session, path: str, credential: dict[str, Any], **rest: Any) -> httpx.Response:
    return await session.house.gateway(path, {"session": session.token, "credential": credential, **rest})


SECOND, ELEVATE = "/sessions/second-factor/passkey", "/sessions/elevate/passkey"


# ------------------------------------------------------------------------------------------------- one's own passkeys
@postgres
async def test_a_passkey_is_named_listed_and_told_by_mail(house: House) -> None:
    await house.work("sender")
    okafor = await house.session("okafor")
    await added(okafor, name="Phone")
    own = await added(okafor, name="Key on my lanyard")
    listed = (await okafor.ask("GET", "/passkeys")).json()["passkeys"]
    assert [(each["name"], each["last_used_at"]) for each in listed] == [("Phone", None), ("Key on my lanyard", None)]
    later = await house.session("okafor", sure="password")
    assert later.answer["second_factors"] == ["code", "passkey"]
    assert (await give(later, SECOND, own.use(await options_for(later, SECOND)))).status_code == 200
    listed = (await later.ask("GET", "/passkeys")).json()["passkeys"]
    assert [each["last_used_at"] is None for each in listed] == [True, False]
    assert len(await house.mails(to=house.people["okafor"].email, about="How you sign in")) >= 1


@postgres
async def test_a_stolen_session_adds_and_removes_none(house: House) -> None:
    okafor = await house.session("okafor")
    await added(okafor)
    (mine,) = (await okafor.ask("GET", "/passkeys")).json()["passkeys"]
    stolen = await house.session("okafor", sure="password")
    for session in (stolen, await house.session("haddad", sure="mfa")):
        refused = await session.ask("POST", "/passkeys/options")
        assert refused.json()["type"].endswith("/elevation-required")
    # Asked for while elevated, answered when it is over: what counts is what the session is worth now.
    own, options = key(), (await okafor.ask("POST", "/passkeys/options")).json()
    late = await stolen.ask("POST", "/passkeys", json={"name": "x", "credential": own.make(options)})
    assert late.json()["type"].endswith("/elevation-required")
    assert (await stolen.ask("DELETE", f"/passkeys/{mine['id']}")).json()["type"].endswith("/elevation-required")
    frost = await house.session("frost")
    assert (await frost.ask("DELETE", f"/passkeys/{mine['id']}")).status_code == 404
    assert (await okafor.ask("DELETE", f"/passkeys/{mine['id']}")).status_code == 204
    assert (await okafor.ask("GET", "/passkeys")).json() == {"passkeys": []}


@postgres
async def test_the_only_second_factor_stays_and_the_first_may_be_a_passkey(house: House) -> None:
    okafor, haddad = await house.session("okafor"), house.people["haddad"]
    assert (await okafor.ask("POST", f"/staff/{haddad.id}/second-factor/reset")).status_code == 204
    fresh = await house.session("haddad", sure="password")
    assert (fresh.answer["needs"], fresh.answer["second_factors"]) == ("enrolment", [])
    own = await added(fresh)
    assert (await fresh.check()).json()["staff"]["assurance"] == "mfa"
    assert (await fresh.ask("GET", "/second-factor")).json() == {"code": False, "passkeys": 1, "recovery_codes_left": 0}
    # Recovery codes stand in for a passkey as for an app; and a thief with the password can enrol neither.
    codes = (await fresh.ask("POST", "/second-factor/recovery-codes")).json()["codes"]
    later = await house.session("haddad", sure="password")
    assert (later.answer["needs"], later.answer["second_factors"]) == ("second-factor", ["passkey"])
    assert (await later.ask("POST", "/second-factor/enrol")).status_code == 403
    assert (await later.ask("POST", "/passkeys/options")).status_code == 403
    lost = await house.gateway("/sessions/second-factor", {"session": later.token, "code": codes[0]})
    assert lost.status_code == 200
    guess = await house.gateway("/sessions/second-factor", {"session": later.token, "code": "123456"})
    assert guess.status_code == 422
    entries = {e["id"]: e["second_factor"] for e in (await okafor.ask("GET", "/staff/all")).json()["staff"]}
    assert entries[str(haddad.id)] is True
    assert (await give(later, ELEVATE, own.use(await options_for(later, ELEVATE)))).status_code == 204
    (mine,) = (await later.ask("GET", "/passkeys")).json()["passkeys"]
    refused = await later.ask("DELETE", f"/passkeys/{mine['id']}")
    assert (refused.status_code, "only second factor" in refused.json()["detail"]) == (409, True)


@postgres
async def test_a_reset_takes_the_passkeys_too_and_is_told(house: House) -> None:
    await house.add("deputy", house.oakfield, Role.DEPUTY_DSL)
    await house.work("sender")
    haddad = await house.session("haddad")
    own = await added(haddad)
    okafor = await house.session("okafor")
    path = f"/staff/{house.people['haddad'].id}/second-factor/reset"
    assert (await okafor.ask("POST", path)).status_code == 204
    await house.mails(to=house.people["haddad"].email, about="Your second factor")
    for told in ("boyle", "deputy"):
        await house.mails(to=house.people[told].email, about="A second factor was reset")
    anew = await house.session("haddad", sure="password")
    assert anew.answer["needs"] == "enrolment"
    assert (await give(anew, SECOND, own.use(await options_for(anew, SECOND)))).status_code == 422
    assert (await sign_in(house, own)).status_code == 401


# --------------------------------------------------------------------------------------------- in place of a code
@postgres
async def test_a_passkey_makes_sure_and_elevates_and_a_browser_is_remembered(house: House) -> None:
    own = await added(await house.session("okafor"))
    session = await house.session("okafor", sure="password")
    given = await give(session, SECOND, own.use(await options_for(session, SECOND)), remember=True)
    assert (given.status_code, (await session.check()).json()["staff"]["assurance"]) == (200, "mfa")
    spared = await house.sign_in("okafor", device=given.json()["device"])
    assert spared.json()["needs"] is None
    assert (await give(session, ELEVATE, own.use(await options_for(session, ELEVATE)))).status_code == 204
    checked = (await session.check()).json()
    assert (checked["staff"]["assurance"], bool(checked["elevated_until"])) == ("elevated", True)


def signed_by_another(own: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    return SecurityKey(own.origin, own.rp_id, id=own.id, user_handle=own.user_handle).use(options)


def unverified(own: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    own.verifies = False
    try:
        return own.use(options)
    finally:
        own.verifies = True


@postgres
@pytest.mark.parametrize(
    "cheat",
    [
        pytest.param(lambda own, options: own.use(options, origin=PHISHING), id="another-address"),
        pytest.param(lambda own, options: own.use(options, rp_id="evil.example"), id="another-name"),
        pytest.param(lambda own, options: own.use({"challenge": encoded(b"c" * 32)}), id="another-challenge"),
        pytest.param(signed_by_another, id="another-key"),
        pytest.param(unverified, id="owner-not-asked"),
        pytest.param(lambda own, options: own.make({**options, "user": {"id": ""}}), id="not-an-assertion"),
        pytest.param(lambda own, options: {"id": encoded(own.id), "response": {}}, id="nothing"),
    ],
)
async def test_what_was_not_made_here_by_its_owner_opens_nothing(
    house: House, cheat: Callable[[SecurityKey, dict[str, Any]], dict[str, Any]]
) -> None:
    own = await added(await house.session("okafor"))
    session = await house.session("okafor", sure="password")
    for path in (SECOND, ELEVATE):
        refused = await give(session, path, cheat(own, await options_for(session, path)))
        assert refused.status_code == 422, refused.text
    assert (await session.check()).json()["staff"]["assurance"] == "password"
    assert (await sign_in(house, own, cheat)).status_code == 401


@postgres
async def test_a_challenge_is_for_one_purpose_one_session_once_and_five_minutes(
    house: House, empty_cluster: Cluster
) -> None:
    own = await added(await house.session("okafor"))
    session, other = await house.session("okafor", sure="password"), await house.session("okafor", sure="password")
    options = await options_for(session, SECOND)
    assert (await give(session, ELEVATE, own.use(options))).status_code == 422
    assert (await give(other, SECOND, own.use(options))).status_code == 422
    signed = own.use(options)
    assert (await give(session, SECOND, signed)).status_code == 200
    own.counts = 0  # the same answer again: what refuses it is the challenge alone
    assert (await give(session, SECOND, signed)).status_code == 422
    # One that failed is used up as well.
    options = await options_for(session, ELEVATE)
    assert (await give(session, ELEVATE, own.use(options, origin=PHISHING))).status_code == 422
    own.counts = 1
    assert (await give(session, ELEVATE, own.use(options))).status_code == 422
    options = await options_for(session, ELEVATE)
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    await connection.execute("UPDATE passkey_challenge SET expires_at = expires_at - interval '5 minutes'")
    await connection.close()
    assert (await give(session, ELEVATE, own.use(options))).status_code == 422


@postgres
async def test_another_persons_passkey_opens_nothing(house: House) -> None:
    own = await added(await house.session("okafor"))
    haddad = await house.session("haddad", sure="password")
    assert (await give(haddad, SECOND, own.use(await options_for(haddad, SECOND)))).status_code == 422
    # Nor can it be made one's own: whose it is already is not told.
    elevated = await house.session("haddad")
    options = (await elevated.ask("POST", "/passkeys/options")).json()
    taken = await elevated.ask("POST", "/passkeys", json={"name": "x", "credential": own.make(options)})
    assert taken.status_code == 422
    assert (await elevated.ask("GET", "/passkeys")).json() == {"passkeys": []}


@postgres
async def test_a_counter_that_goes_back_is_refused_and_written_down(house: House, empty_cluster: Cluster) -> None:
    own = await added(await house.session("okafor"))
    own.counter = 41
    session = await house.session("okafor", sure="password")
    assert (await give(session, SECOND, own.use(await options_for(session, SECOND)))).status_code == 200
    for counter in (41, 6):
        own.counter = counter
        assert (await give(session, ELEVATE, own.use(await options_for(session, ELEVATE)))).status_code == 422
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    noted = await connection.fetch("SELECT details FROM audit WHERE action = 'passkey:counter-went-back' ORDER BY at")
    await connection.close()
    assert [('"last": 42' in row["details"], '"now": ' in row["details"]) for row in noted] == [(True, True)] * 2
    own.counter = 42
    assert (await give(session, ELEVATE, own.use(await options_for(session, ELEVATE)))).status_code == 204


@postgres
async def test_an_ended_session_is_not_woken_by_a_second_factor(house: House, empty_cluster: Cluster) -> None:
    own = await added(await house.session("okafor"))
    session = await house.session("okafor", sure="password")
    options = await options_for(session, SECOND)
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    await connection.execute("UPDATE staff_session SET seen_at = seen_at - interval '16 minutes'")
    await connection.close()
    assert (await give(session, SECOND, own.use(options))).status_code == 401
    code = house.people["okafor"].code(ahead=1)
    given = await house.gateway("/sessions/second-factor", {"session": session.token, "code": code})
    assert given.status_code == 401
    assert (await session.check()).status_code == 401


# ------------------------------------------------------------------------------------------------ for the whole sign-in
Cheat = Callable[[SecurityKey, dict[str, Any]], dict[str, Any]]


async def sign_in(
    house: House, own: SecurityKey, answer: Cheat = lambda own, options: own.use(options), **rest: Any
) -> httpx.Response:
    begun = (await house.gateway("/sign-in/passkey/options", {})).json()
    assert begun["options"]["allowCredentials"] == []
    body = {"attempt": begun["attempt"], "credential": answer(own, begun["options"]), **rest}
    return await house.gateway("/sign-in/passkey", body)


@postgres
async def test_a_passkey_alone_signs_in_sure_and_not_elevated(house: House) -> None:
    await house.work("sender")
    own = await added(await house.session("okafor"))
    answer = await sign_in(house, own)
    assert (answer.status_code, answer.json()["needs"], answer.json()["assurance"]) == (200, None, "mfa")
    session = Session(house, answer.json()["session"], answer.json())
    assert (await session.check()).json()["staff"]["staff_id"] == str(house.people["okafor"].id)
    # As a password does it: a browser that was not seen before is told.
    await house.mails(to=house.people["okafor"].email, about="A new sign-in")
    synced = await added(await house.session("frost"), key(counts=0))
    for _ in range(2):
        assert (await sign_in(house, synced)).status_code == 200


@postgres
async def test_every_passkey_that_does_not_fit_is_refused_alike(house: House) -> None:
    own, haddad = await added(await house.session("okafor")), await added(await house.session("haddad"))
    stranger = key(user_handle=own.user_handle)
    as_another = await sign_in(house, SecurityKey(own.origin, own.rp_id, id=own.id, private=own.private,
                                                  user_handle=haddad.user_handle, counter=50))  # fmt: skip
    begun = (await house.gateway("/sign-in/passkey/options", {})).json()
    signed = haddad.use(begun["options"])
    other_browser = await house.gateway("/sign-in/passkey", {"attempt": "another", "credential": signed})
    right = {"attempt": begun["attempt"], "credential": signed}
    assert (await house.gateway("/sign-in/passkey", right)).status_code == 200
    replayed = await house.gateway("/sign-in/passkey", right)
    boyle = await house.session("boyle")
    assert (await boyle.ask("POST", f"/staff/{house.people['haddad'].id}/disable")).status_code == 204
    refusals = [await sign_in(house, stranger), as_another, other_browser, replayed, await sign_in(house, haddad)]
    assert {answer.status_code for answer in refusals} == {401}
    assert len({answer.text for answer in refusals}) == 1


# ------------------------------------------------------------------------------------------------------------ the rules
@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://heed.school.example", RelyingParty("heed.school.example", "https://heed.school.example")),
        ("https://Heed.School.example:8443/", RelyingParty("heed.school.example", "https://heed.school.example:8443")),
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
    ],
)
def test_passkeys_are_made_for_the_address_people_know(url: str, party: RelyingParty) -> None:
    assert RelyingParty.at(url) == party


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_counter_only_ever_goes_up_unless_it_does_not_count(last: int, now: int) -> None:
    assert has_a_double(last=last, now=now) == (now <= last and (last, now) != (0, 0))


WORDS = st.text("abcXYZ019-_=.é\x00", max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), JSON))
def test_whatever_a_browser_says_is_refused_and_breaks_nothing(said: dict[str, Any]) -> None:
    party = RelyingParty.at(PUBLIC_URL)
    assert new_passkey(party, said, challenge=b"c") is None
    assert used_count(party, said, challenge=b"c", public_key=b"k") is None
    assert isinstance(credential_id_of(said), bytes)
    assert isinstance(owner_of(said), bytes)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_mangled_attestation_breaks_nothing(noise: bytes, at: int) -> None:
    party, own, challenge = RelyingParty.at(PUBLIC_URL), key(), b"c" * 32
    made = own.make({"challenge": encoded(challenge), "user": {"id": encoded(b"u")}})
    assert new_passkey(party, made, challenge=challenge) is not None
    whole = decoded(made["response"]["attestationObject"])
    made["response"]["attestationObject"] = encoded(whole[:at] + noise)
    found = new_passkey(party, made, challenge=challenge)
    assert found is None or found.credential_id

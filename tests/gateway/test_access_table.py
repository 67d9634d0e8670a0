"""access.md over HTTP: every role, category and action, at each assurance, with the exact answer of a refusal.

The table is written here once more from access.md, on purpose: `shared/policy.py` is what is tested.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from shared.ids import new_id
from tests.conftest import Cluster, emptied
from tests.gateway.cast import CATEGORIES, LEVELS, Cast
from tests.gateway.conftest import CSV, ROLL, browser, gateway_of, house_over, key

# Forty-five people sign in once, and not before every test.
pytestmark = pytest.mark.asyncio(loop_scope="module")

# What somebody reaches that nobody alerted them to, and up to which sensitivity; with elevated access only.
REACH = {
    "head": ("school", 3),
    "lead_dsl": ("school", 3),
    "deputy_dsl": ("school", 3),
    "senco": ("school", 2),
    "senior_leader": ("school", 2),
    "pastoral": ("school", 2),
    "teacher": ("class", 1),
    "teaching_assistant": ("", 0),
    "support": ("", 0),
    "trust_safeguarding_lead": ("", 0),
}
IN_SCHOOL = {role for role in REACH if role != "trust_safeguarding_lead"}
FIGURES_ONLY = {"trust_administrator", "data_protection_officer"}
EVERYBODY = set(REACH) | FIGURES_ONLY
DSL = {"head", "lead_dsl", "deputy_dsl"}
WIDE = DSL | {"senco", "senior_leader", "pastoral"}
LEADS = {"head", "lead_dsl"}

SIGN_IN_FURTHER = (403, "second-factor-required")
ELEVATE = (403, "elevation-required")
NOT_THEIRS = (403, "not-permitted")
NOTHING_HERE = (404, "not-found")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everybody(cluster: Cluster) -> AsyncIterator[Cast]:
    async with house_over(await emptied(cluster)) as house:
        made = Cast(house)
        yield await made.appear(IN_SCHOOL)
        await made.close()


@pytest.fixture
def cast(everybody: Cast) -> Cast:
    everybody.wrong.clear()
    return everybody


def reads(role: str, level: str, sensitivity: int, *, in_class: bool, alerted: bool) -> object:
    """What a role gets that asks for an incident somebody else wrote."""
    if role in FIGURES_ONLY:
        return NOT_THEIRS
    if level == "password":
        return SIGN_IN_FURTHER
    reach, up_to = REACH[role]
    within = sensitivity <= up_to and (reach == "school" or (reach == "class" and in_class))
    if alerted or (within and level == "elevated"):
        return 200
    return ELEVATE if within else NOTHING_HERE


async def test_r90_r92_reading_by_reach_sensitivity_and_assurance(cast: Cast) -> None:
    for sensitivity in CATEGORIES:
        for child in ("Rowan", "Ife"):
            incident = await cast.log(sensitivity, child)
            for alerted in (False, True):
                for role in EVERYBODY:
                    if alerted and role not in FIGURES_ONLY:
                        await cast.house.alert(cast.people[role, "mfa"], incident)
                    for level in LEVELS:
                        answer = await cast.people[role, level].get(f"/incidents/{incident}")
                        expected = reads(role, level, sensitivity, in_class=child == "Rowan", alerted=alerted)
                        what = f"{role} at {level} reads {sensitivity} about {child}, alerted: {alerted}"
                        cast.expect(what, answer, expected)
                        if answer.status_code == 200 and answer.json()["view"] != "whole":
                            cast.wrong.append(f"{what}: not whole")
    assert cast.wrong == []


async def test_r28_an_author_reads_their_own_words_and_nothing_of_what_followed(cast: Cast) -> None:
    for sensitivity in CATEGORIES:
        for role in IN_SCHOOL:
            incident = await cast.log(sensitivity, "Ife", by=cast.people[role, "password"])
            for level in LEVELS:
                answer = await cast.people[role, level].get(f"/incidents/{incident}")
                what = f"{role} at {level} reads their own of {sensitivity}"
                cast.expect(what, answer, SIGN_IN_FURTHER if level == "password" else 200)
                reach, up_to = REACH[role]
                whole = level == "elevated" and reach == "school" and sensitivity <= up_to
                if answer.status_code == 200 and answer.json()["view"] != ("whole" if whole else "own"):
                    cast.wrong.append(f"{what}: {answer.json()['view']}")
    assert cast.wrong == []


async def test_what_is_not_for_somebody_looks_like_what_does_not_exist(cast: Cast) -> None:
    unknown = new_id()
    highest = await cast.log(3, "Ife")
    elsewhere = cast.people["outsider", "elevated"]
    for role, person in [
        *((role, cast.people[role, "elevated"]) for role in EVERYBODY - DSL),
        *((role, cast.people[role, "mfa"]) for role in ("teacher", "support")),
        ("outsider", elsewhere),
    ]:
        for path in ("", "/told"):
            there, nowhere = [await person.get(f"/incidents/{which}{path}") for which in (highest, unknown)]
            if (there.status_code, there.content) != (nowhere.status_code, nowhere.content):
                cast.wrong.append(f"{role}: {there.text} is not {nowhere.text}")
        for path, body in (
            ("actions", {"text": "x"}),
            ("addenda", {"text": "x"}),
            ("close", {"reason": "x"}),
            ("reopen", {"reason": "x"}),
            ("corrections", cast.house.concern(about="Ife") | {"reason": "x"}),
        ):
            there, nowhere = [await person.post(f"/incidents/{i}/{path}", json=body) for i in (highest, unknown)]
            if there.status_code not in {403, 404} or there.content != nowhere.content:
                cast.wrong.append(f"{role} {path}: {there.text} is not {nowhere.text}")
    assert cast.wrong == []


async def test_c12_a_shield_takes_everything_but_ones_own_words(cast: Cast) -> None:
    watch = cast.people["data_protection_officer", "elevated"]
    incident = await cast.log(1)
    for role in sorted(IN_SCHOOL):
        person = cast.people[role, "elevated"]
        await cast.house.alert(person, incident)
        own = await cast.log(1, by=person)
        body = {"staff_id": str(person.id), "pupil_id": str(cast.house.pupils["Rowan"]), "reason": "Parent."}
        raised = await watch.post("/shields", json=body)
        assert raised.status_code == 201, raised.text
        # The same session at a gateway that has asked auth nothing yet: a shield counts within a second here, too.
        async with browser(gateway_of(cast.house.peers).api) as http:
            http.cookies = person.http.cookies
            shielded = replace(person, http=http)
            what = f"{role}, shielded,"
            cast.expect(f"{what} reads", await shielded.get(f"/incidents/{incident}"), NOTHING_HERE)
            acted = await shielded.post(f"/incidents/{incident}/actions", json={"text": "x"})
            cast.expect(f"{what} acts", acted, NOTHING_HERE)
            mine = await shielded.get(f"/incidents/{own}")
            cast.expect(f"{what} reads their own", mine, 200)
            if mine.json().get("view") != "own":
                cast.wrong.append(f"{what} reads more than their own words")
        lifted = await watch.ask("DELETE", f"/shields/{raised.json()['id']}")
        assert lifted.status_code == 204, lifted.text
    assert cast.wrong == []


def acts(role: str, level: str, sensitivity: int, *, alerted: bool) -> object:
    """An action on an incident about a child of the teacher's class that somebody else wrote."""
    seen = reads(role, level, sensitivity, in_class=True, alerted=alerted)
    if seen != 200 or alerted or role in WIDE:
        return 201 if seen == 200 else seen
    # A class teacher's reach is reading.
    return NOT_THEIRS


async def test_adding_an_action(cast: Cast) -> None:
    for sensitivity in CATEGORIES:
        incident = await cast.log(sensitivity)
        for alerted in (False, True):
            for role in EVERYBODY:
                if alerted and role not in FIGURES_ONLY:
                    await cast.house.alert(cast.people[role, "mfa"], incident)
                for level in LEVELS:
                    answer = await cast.people[role, level].post(f"/incidents/{incident}/actions", json={"text": "x"})
                    expected = acts(role, level, sensitivity, alerted=alerted)
                    cast.expect(f"{role} at {level} acts on {sensitivity}, alerted: {alerted}", answer, expected)
        answer = await cast.author.post(f"/incidents/{incident}/actions", json={"text": "x"})
        cast.expect(f"the author acts on {sensitivity}", answer, NOT_THEIRS)
    assert cast.wrong == []


async def test_closing_and_opening_again(cast: Cast) -> None:
    for sensitivity in CATEGORIES:
        incident = await cast.log(sensitivity)
        for role in EVERYBODY:
            for level in LEVELS:
                closed = await cast.people[role, level].post(f"/incidents/{incident}/close", json={"reason": "x"})
                expected: object = NOT_THEIRS
                if role in WIDE:
                    seen = reads(role, "elevated", sensitivity, in_class=True, alerted=False)
                    expected = seen if level == "elevated" else ELEVATE
                what = f"{role} at {level} closes {sensitivity}"
                cast.expect(what, closed, expected)
                if closed.status_code == 200:
                    again = await cast.people[role, level].post(f"/incidents/{incident}/reopen", json={"reason": "x"})
                    cast.expect(f"{what} and opens it again", again, 200)
    assert cast.wrong == []


async def test_deciding_and_recording_consent(cast: Cast) -> None:
    bodies = {
        "decisions": {"kind": "other", "what": "Wait.", "alternatives": "Act.", "reason": "It is early."},
        "consents": {"answer": "not_sought", "ground": "child_at_risk"},
    }
    for sensitivity in CATEGORIES:
        incident = await cast.log(sensitivity)
        for role in EVERYBODY:
            for level in LEVELS:
                expected: object = NOT_THEIRS
                if role in WIDE:
                    seen = reads(role, "elevated", sensitivity, in_class=True, alerted=False)
                    expected = (201 if seen == 200 else seen) if level == "elevated" else ELEVATE
                for path, body in bodies.items():
                    answer = await cast.people[role, level].post(f"/incidents/{incident}/{path}", json=body)
                    cast.expect(f"{role} at {level} {path} on {sensitivity}", answer, expected)
    assert cast.wrong == []


async def test_correcting(cast: Cast) -> None:
    for sensitivity, category in CATEGORIES.items():
        incident = await cast.log(sensitivity)
        body = cast.house.concern(of=category) | {"reason": "The time was wrong."}
        for role in EVERYBODY:
            for level in LEVELS:
                answer = await cast.people[role, level].post(f"/incidents/{incident}/corrections", json=body)
                expected: object = NOT_THEIRS if role not in DSL else 200 if level == "elevated" else ELEVATE
                cast.expect(f"{role} at {level} corrects {sensitivity}", answer, expected)
    assert cast.wrong == []


async def test_r33_everyone_of_the_school_logs_and_adds_to_their_own(cast: Cast) -> None:
    for role in EVERYBODY:
        for level in LEVELS:
            person = cast.people[role, level]
            allowed = role in IN_SCHOOL
            answer = await person.post("/incidents", json=cast.house.concern(), headers=key())
            cast.expect(f"{role} at {level} logs", answer, 201 if allowed else NOT_THEIRS)
            picked = await person.get("/pupils", params={"starts": "row"})
            cast.expect(f"{role} at {level} picks", picked, 200 if allowed else NOT_THEIRS)
            if allowed:
                own = answer.json()["id"]
                added = await person.post(f"/incidents/{own}/addenda", json={"text": "x"})
                cast.expect(f"{role} at {level} adds to their own", added, 201)
    others = await cast.log(1)
    for role in IN_SCHOOL:
        answer = await cast.people[role, "elevated"].post(f"/incidents/{others}/addenda", json={"text": "x"})
        readable = reads(role, "elevated", 1, in_class=True, alerted=False) == 200
        cast.expect(f"{role} adds to another's", answer, NOT_THEIRS if readable else NOTHING_HERE)
    assert cast.wrong == []


@dataclass(frozen=True)
class Setting:
    """Something that is done with elevated access, or is somebody else's to do."""

    who: set[str]
    method: str
    path: str
    status: int
    rest: Callable[[Cast], dict[str, Any]] = lambda _: {}


def _new_colleague(_: Cast) -> dict[str, Any]:
    return {"json": {"email": f"{new_id()}@school.example", "surname": "New", "roles": ["support"]}}


def _group(cast: Cast) -> dict[str, Any]:
    return {"json": {"name": f"Group {new_id()}", "member_ids": [str(cast.author.id)]}}


def _shield(cast: Cast) -> dict[str, Any]:
    return {"json": {"staff_id": str(cast.author.id), "pupil_id": str(new_id()), "reason": "Parent."}}


BREAKERS = DSL | {"senco", "senior_leader", "trust_safeguarding_lead"}
TRUST_ADMIN, WATCHES = {"trust_administrator"}, {"data_protection_officer", "trust_safeguarding_lead"}
SETTINGS = {
    "import the roll": Setting(DSL | TRUST_ADMIN, "POST", "/roll", 200, lambda _: {"content": ROLL, "headers": CSV}),
    "begin the categories": Setting(LEADS, "POST", "/categories/standard", 201),
    "read the alert rules": Setting(LEADS, "GET", "/alert-rules", 200),
    "write the alert rules": Setting(LEADS, "PUT", "/alert-rules", 200, lambda _: {"json": {"rules": []}}),
    "make a group": Setting(LEADS, "POST", "/groups", 201, _group),
    "add a colleague": Setting(LEADS | TRUST_ADMIN, "POST", "/staff", 201, _new_colleague),
    "register a school": Setting(
        TRUST_ADMIN, "POST", "/schools", 201, lambda _: {"json": {"name": f"School {new_id()}"}}
    ),
    "raise a shield": Setting(WATCHES, "POST", "/shields", 201, _shield),
    "look at what break-glass to review": Setting(DSL | WATCHES, "GET", "/break-glass", 200),
    "name a child for break-glass": Setting(
        BREAKERS, "GET", "/break-glass/pupils", 200, lambda _: {"params": {"starts": "ife"}}
    ),
    "register a kiosk": Setting(DSL, "POST", "/kiosks", 201, lambda _: {"json": {"name": f"Kiosk {new_id()}"}}),
    "see the kiosks": Setting(DSL, "GET", "/kiosks", 200),
    "see the trust in figures": Setting(TRUST_ADMIN | {"trust_safeguarding_lead"}, "GET", "/figures", 200),
    "see their tokens": Setting(EVERYBODY, "GET", "/tokens", 200),
}


@pytest.mark.parametrize("what", SETTINGS)
async def test_settings_are_changed_by_those_who_may_with_elevated_access(cast: Cast, what: str) -> None:
    setting = SETTINGS[what]
    for role in EVERYBODY:
        for level in LEVELS:
            answer = await cast.people[role, level].ask(setting.method, setting.path, **setting.rest(cast))
            expected: tuple[object, ...] = (NOT_THEIRS,)
            if role in setting.who:
                expected = (setting.status,) if level == "elevated" else (ELEVATE,)
            elif what == "raise a shield" and role in LEADS and level != "elevated":
                # Theirs in a trust without a data protection officer; that there is one is said to the elevated.
                expected = (ELEVATE,)
            cast.expect(f"{role} at {level}", answer, *expected)
    assert cast.wrong == []


async def test_break_glass_opens_one_child_for_those_who_may_until_they_end_it(cast: Cast) -> None:
    hidden, other = await cast.log(3), await cast.log(3, "Ife")
    body = {
        "pupil_id": str(cast.house.pupils["Rowan"]),
        "reason": "nobody_reached",
        "words": "Nobody of the team can be reached and the school closes.",
    }
    found = {"verdict": "needed", "words": "It was."}
    officer = cast.people["data_protection_officer", "elevated"]
    for role in EVERYBODY:
        for level in LEVELS:
            person, what = cast.people[role, level], f"{role} at {level}"
            opened = await person.post("/break-glass", json=body)
            expected: object = NOT_THEIRS if role not in BREAKERS else 201 if level == "elevated" else ELEVATE
            cast.expect(f"{what} opens", opened, expected)
            if opened.is_error:
                continue
            without = 200 if role in DSL else NOTHING_HERE
            path = f"/break-glass/{opened.json()['id']}"
            cast.expect(f"{what} reads", await person.get(f"/incidents/{hidden}"), 200)
            cast.expect(f"{what} reads another child", await person.get(f"/incidents/{other}"), without)
            cast.expect(f"{what} opens twice", await person.post("/break-glass", json=body), (409, "conflict"))
            early = await officer.post(f"{path}/review", json=found)
            cast.expect(f"{what} is reviewed too early", early, (409, "conflict"))
            cast.expect(f"{what} ends it", await person.post(f"{path}/end"), 200)
            cast.expect(f"{what} reads afterwards", await person.get(f"/incidents/{hidden}"), without)
            cast.expect(f"{what} is reviewed", await officer.post(f"{path}/review", json=found), 200)
    assert cast.wrong == []


async def test_alerts_are_for_those_who_can_be_told(cast: Cast) -> None:
    for role in EVERYBODY:
        for level in LEVELS:
            expected: object = SIGN_IN_FURTHER if level == "password" else 200
            for path in ("/alerts", "/alerts/next"):
                answer = await cast.people[role, level].get(path)
                cast.expect(f"{role} at {level} {path}", answer, NOT_THEIRS if role in FIGURES_ONLY else expected)
            one = await cast.people[role, level].get(f"/alerts/{new_id()}")
            missing = SIGN_IN_FURTHER if level == "password" else NOTHING_HERE
            cast.expect(f"{role} at {level} opens none", one, NOT_THEIRS if role in FIGURES_ONLY else missing)
    assert cast.wrong == []


async def test_a_child_who_left_is_the_dsl_teams_alone(cast: Cast) -> None:
    incident = await cast.log(1, "Zoe")
    rest = "\n".join(line for line in ROLL.splitlines() if "Zoe" not in line)
    head = cast.people["head", "elevated"]
    left = await head.post("/roll", content=rest, headers=CSV, params={"leavers": "true"})
    assert left.json()["left"] == 1, left.text
    for role in IN_SCHOOL:
        answer = await cast.people[role, "elevated"].get(f"/incidents/{incident}")
        cast.expect(f"{role} reads of one who left", answer, 200 if role in DSL else NOTHING_HERE)
    assert cast.wrong == []

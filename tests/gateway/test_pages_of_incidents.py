"""What is done with an incident by its pages: every form as a browser sends it, and what it refuses."""

import re
from html import unescape
from uuid import UUID

import httpx

from shared.contracts.words import Role, TrustRole
from shared.ids import new_id
from tests.gateway.conftest import House, Person

HIDDEN = re.compile(r'<input type="hidden" name="(csrf|owner|version)" value="([^"]*)"')


async def send(person: Person, path: str, **typed: str | list[str]) -> httpx.Response:
    """The form of a page, filled in and sent."""
    shown = await person.http.get(path)
    assert shown.status_code == 200, shown.text
    # The last of each is the form's own: the frame's stand before it.
    form = {name: unescape(value) for name, value in HIDDEN.findall(shown.text)}
    return await person.http.post(path.partition("?")[0], data=form | typed)


async def whole(person: Person, incident: UUID) -> dict[str, object]:
    found: dict[str, object] = (await person.get(f"/incidents/{incident}")).json()
    return found


async def test_r57_r83_r87_everything_is_done_with_an_incident_by_its_pages(house: House) -> None:
    okafor = house.people["okafor"]
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in()
    about = [{"pupil_id": str(house.pupils[name]), "part": "subject"} for name in ("Rowan", "Zoe")]
    incident = await marsh.log(pupils=about)
    path = f"/incidents/{incident}"
    decided = {"what": "We wait.", "alternatives": "Refer it today.", "reason": "It is in hand.\r\nWe look on Friday."}
    for step, wrong, right in (
        ("decisions", decided, decided | {"kind": "not_to_refer"}),
        ("consents", {"note": "By phone."}, {"answer": "not_sought", "ground": "child_at_risk"}),
        ("review", {"reason": "  "}, {"reason": "On Friday."}),
        ("actions", {"text": "Ring home.", "due_on": "soon"}, {"text": "Rang home.", "tell_author": "yes"}),
        (
            "actions",
            {"text": "Ring again.", "owner_id": str(okafor.id), "promise": "yes"},
            {"text": "Ring again.", "owner_id": str(okafor.id), "promise": "yes", "due_on": "2030-03-04"},
        ),
        ("close", {}, {"reason": "Nothing more to do."}),
    ):
        refused = await send(okafor, f"{path}/{step}", **wrong)
        assert refused.status_code == 422, (step, refused.text)
        assert "There is something to put right" in refused.text
        taken = await send(okafor, f"{path}/{step}", **right)
        if step == "close":
            # Something is still to be done: what stands in the way is said, and the reason stays.
            assert taken.status_code == 422
            assert "Something is still to be done" in unescape(taken.text)
            assert "Nothing more to do." in taken.text
        else:
            assert (taken.status_code, taken.headers.get("location")) == (303, path), (step, taken.text)
    actions = (await whole(okafor, incident))["actions"]
    assert isinstance(actions, list)
    owed = next(action for action in actions if action["owner_id"])
    assert owed["due_at"].startswith("2030-03-04T15:30")
    done = f"{path}/actions/{owed['id']}/done"
    assert (await send(okafor, done)).status_code == 422
    assert (await send(okafor, done, note="She collects him.")).status_code == 303
    assert (await send(okafor, f"{path}/close", reason="Nothing more to do.")).status_code == 303
    assert (await send(okafor, f"{path}/reopen", reason="He came again.")).status_code == 303
    page = unescape((await okafor.http.get(path)).text)
    for words in ("Not to refer", "Asking would put the child at risk", "Taken under review", "Opened again", "Open"):
        assert words in page
    assert "It is in hand.\nWe look on Friday." in page
    # R57: what the writer was told, and that it is new until they have said that they have seen it.
    own = unescape((await marsh.http.get(path)).text)
    assert "Rang home." in own
    assert not [words for words in ("We wait.", "Ring again.", "collects him") if words in own]
    assert (await send(marsh, f"{path}/addenda", text="He had no coat.")).status_code == 303
    assert "He had no coat." in (await marsh.http.get(path)).text


async def test_what_is_not_theirs_is_not_there_and_a_form_of_another_page_is_refused(house: House) -> None:
    okafor = house.people["okafor"]
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in()
    walsh = await (await house.add("walsh", Role.SUPPORT)).sign_in()
    incident = await marsh.log()
    path = f"/incidents/{incident}"
    nothing = await walsh.http.get(f"/incidents/{new_id()}")
    for address in (path, f"{path}/actions", f"{path}/correct", f"{path}/unheard-of", f"/alerts/{new_id()}"):
        answer = await walsh.http.get(address)
        assert (answer.status_code, "Rowan" in answer.text) == (404, False), address
    assert (await walsh.http.get(path)).status_code == nothing.status_code
    # The writer closes nothing, and is not offered to.
    assert (await marsh.http.get(f"{path}/close")).status_code == 404
    assert "/close" not in (await marsh.http.get(path)).text
    assert (await marsh.http.get(f"{path}/correct")).status_code == 404
    forged = await okafor.http.post(f"{path}/close", data={"reason": "Because.", "csrf": "x" * 64})
    assert forged.status_code == 403
    assert (await whole(okafor, incident))["state"] == "open"


async def test_r53_r54_a_correction_changes_what_was_changed_and_nothing_beside_it(house: House) -> None:
    okafor = house.people["okafor"]
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in()
    rowan, zoe = (str(house.pupils[name]) for name in ("Rowan", "Zoe"))
    mark = {"pupil_id": rowan, "view": "front", "figure": "child", "x": 0.6, "y": 0.4, "kind": "bruise"}
    incident = await marsh.log(
        marks=[mark],
        action_taken="Sat with him.",
        location_words="by the gate",
        told_in_person_id=str(okafor.id),
        actions_taken=[{"text": "A cold pack.", "pupil_ids": [rowan]}],
    )
    path = f"/incidents/{incident}/correct"
    before = await whole(okafor, incident)
    found = await send(okafor, path, find="yes", starts="zoe", **typed_in(await okafor.http.get(path)))
    assert "Zoe O'Brien" in unescape(found.text)
    as_it_is = typed_in(found)
    missing = await send(okafor, path, **as_it_is)
    assert "Say why it is corrected" in missing.text
    parts = {f"part-{zoe}": "witness", "reason": "Zoe saw it."}
    assert (await send(okafor, path, **as_it_is | parts)).status_code == 303
    after = await whole(okafor, incident)
    assert (after["revision"], {p["pupil_id"]: p["part"] for p in after["pupils"]}) == (  # type: ignore[attr-defined]
        2,
        {rowan: "subject", zoe: "witness"},
    )
    same = ("narrative", "action_taken", "occurred_at", "time_known", "categories", "location", "told_in_person_id")
    for name in (*same, "actions_taken", "marks", "urgent"):
        assert after[name] == before[name], name


async def test_my_heed_is_there_for_whoever_signs_in_with_what_is_theirs(house: House) -> None:
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in("password")
    # A password alone logs and nothing else.
    page = unescape((await marsh.http.get("/my")).text)
    assert "Add incident" in page
    assert "enter your code" in page
    boyle = await (await house.add("boyle", Role.HEAD)).sign_in()
    await boyle.log()
    own = unescape((await boyle.http.get("/my")).text)
    assert "Incident 1" in own
    assert "Not read yet" in own
    for role in TrustRole:
        if role is TrustRole.UNKNOWN:
            continue
        person = await house.add(f"trust-{role.value}", trust_role=role)
        await person.sign_in("elevated", school_id=house.oakfield)
        page = (await person.http.get("/my")).text
        assert "Add incident" not in page
        sees_figures = role is not TrustRole.DATA_PROTECTION_OFFICER
        assert ("Over their time" in page, "Oakfield" in page) == (sees_figures, True), role


def typed_in(page: httpx.Response) -> dict[str, str | list[str]]:
    """What stands in a form as it is shown: fields, areas, what is chosen and what is ticked."""
    text = page.text
    fields: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        name, kind = given.get("name", ""), given.get("type", "text")
        if name in {"", "csrf", "owner", "version", "starts"} or (
            kind in {"checkbox", "radio"} and " checked" not in tag
        ):
            continue
        kept = fields.get(name, [])
        assert isinstance(kept, list)
        fields[name] = [*kept, given.get("value", "")]
    for name, words in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        fields[name] = unescape(words)
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', inside)
        fields[name] = unescape(chosen.group(1)) if chosen else ""
    return fields

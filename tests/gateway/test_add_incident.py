"""The form of a concern over HTTP: what its fields become, what is said of them, and that it is recorded once."""

import asyncio
import re
from datetime import date, time
from html import unescape

import httpx
import pytest

from services.gateway.pages import concern_form
from services.gateway.pages.concern_form import body_of, clock_in, field_of, written
from services.gateway.pages.forms import Form
from shared.contracts.words import Role
from shared.ids import new_id
from tests.gateway.conftest import House, Person

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
ROWAN, IFE = "p1", "p2"
TOKENS = re.compile(r'<input type="hidden" name="(csrf|owner)" value="([^"]*)"')


def form_of(**fields: str | list[str]) -> Form:
    return Form.of({name.replace("__", "."): value for name, value in fields.items()})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12:40", time(12, 40)),
        ("12.40", time(12, 40)),
        ("1240", time(12, 40)),
        ("9am", time(9)),
        ("2:15 pm", time(14, 15)),
        ("12 pm", time(12)),
        ("12am", time(0)),
        ("8", time(8)),
        ("25:00", None),
        ("12:60", None),
        ("lunch", None),
    ],
)
def test_r66_a_time_is_taken_as_people_write_it(typed: str, meant: time | None) -> None:
    assert clock_in(typed) == meant


def test_r66_the_day_that_was_today_is_that_day_still_on_the_next() -> None:
    begun = form_of(day=MONDAY.isoformat(), child=ROWAN, narrative="He said no.", category="c")
    assert written(begun, MONDAY).days[0] == (MONDAY.isoformat(), "Today")
    on_tuesday = written(begun, TUESDAY)
    assert (MONDAY.isoformat(), "Yesterday") in on_tuesday.days
    assert body_of(begun, on_tuesday)["occurred_at"].startswith("2026-03-02")
    later = date(2026, 3, 9)
    shown = written(begun, later)
    assert shown.day == "other"
    assert (begun.text("date-day"), begun.text("date-month"), begun.text("date-year")) == ("2", "3", "2026")
    assert body_of(begun, shown)["occurred_at"].startswith("2026-03-02")


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"day": TUESDAY.isoformat(), "time": "12:40"}, "exact"),
        ({"day": TUESDAY.isoformat(), "time": "12:40", "about": "yes"}, "about"),
        ({"day": TUESDAY.isoformat()}, "date_only"),
        ({"day": "not_known", "time": "12:40"}, "not_known"),
    ],
)
def test_r66_how_well_the_time_is_known_goes_along(fields: dict[str, str | list[str]], known: str) -> None:
    form = form_of(**fields)
    body = body_of(form, written(form, TUESDAY))
    assert body["time_known"] == known
    assert ("occurred_at" in body) == (known != "not_known")


def test_r45_r62_what_is_missing_is_said_beside_its_field_in_the_order_of_the_page() -> None:
    form = form_of(day="other", time="noonish", mark__1__view="front", mark__1__figure="child", mark__1__x="0.5")
    form.fields += [("mark.1.y", "0.5"), ("mark.1.size", "two cm")]
    body_of(form, written(form, TUESDAY))
    assert set(form.errors) == {"date-day", "mark.1.kind", "mark.1.size", "child_starts", "narrative", "category"}


def test_r58_c8_each_child_has_their_own_part_kinds_marks_and_actions() -> None:
    form = form_of(
        child=[ROWAN, IFE], category=["c1", "c2"], same_asked="yes", narrative="Words", day=TUESDAY.isoformat()
    )
    form.fields += [(f"part.{IFE}", "witness"), (f"category.{ROWAN}", "c1"), (f"category.{IFE}", "c2")]
    form.fields += [("action.1.text", "Sat with her."), ("action.1.for", IFE), ("action.2.text", "")]
    body = body_of(form, written(form, TUESDAY))
    assert body["pupils"] == [
        {"pupil_id": ROWAN, "part": "subject", "category_ids": ["c1"]},
        {"pupil_id": IFE, "part": "witness", "category_ids": ["c2"]},
    ]
    assert body["actions_taken"] == [{"text": "Sat with her.", "pupil_ids": [IFE]}]
    concern_form.remove(form, "child", IFE)
    body = body_of(form, written(form, TUESDAY))
    assert body["pupils"] == [{"pupil_id": ROWAN, "part": "subject", "category_ids": []}]
    assert body["actions_taken"] == [{"text": "Sat with her.", "pupil_ids": []}]


def test_what_the_api_says_of_a_field_stands_beside_it() -> None:
    form = form_of(child=ROWAN, action__3__text="Done", mark__7__view="back", mark__7__figure="adult", mark__7__x="0.1")
    form.fields += [("mark.7.y", "0.1"), ("mark.7.kind", "bruise")]
    shown = written(form, TUESDAY)
    said = ("occurred_at", "category_ids.0", "pupils.0.pupil_id", "actions_taken.0.text", "marks.0.size_mm", "sanction")
    assert [field_of(path, shown) for path in said] == [
        *("day", "category", "child_starts", "action.3.text", "mark.7.size", "sanction")
    ]


async def send(person: Person, path: str, fields: dict[str, str | list[str]]) -> httpx.Response:
    shown = await person.http.get(path.removesuffix("/submit").removesuffix("/check"))
    tokens = {name: unescape(value) for name, value in TOKENS.findall(shown.text)}
    return await person.http.post(path, data=tokens | fields)


def filled(house: House, **more: str | list[str]) -> dict[str, str | list[str]]:
    rowan = str(house.pupils["Rowan"])
    return {
        "child": rowan,
        f"label.{rowan}": "Rowan Adeyemi · Year 4 · 4B",
        "narrative": 'Rowan said "no".',
        "category": str(house.categories["Welfare Concern"]),
        **more,
    }


async def test_r41_a_double_tap_is_one_incident_and_the_next_concern_from_there_is_another(house: House) -> None:
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in()
    path = f"/incidents/new/{new_id()}"
    checked = await send(marsh, f"{path}/check", {"do": "check", **filled(house)})
    assert "<h1>Check and submit</h1>" in checked.text
    assert len((await marsh.get("/drafts")).json()["drafts"]) == 1
    once, twice = await asyncio.gather(*(send(marsh, f"{path}/submit", filled(house)) for _ in range(2)))
    assert once.status_code == twice.status_code == 303
    assert once.headers["location"] == twice.headers["location"]
    confirmed = await marsh.http.get(once.headers["location"])
    assert "Incident 1 is recorded" in confirmed.text
    assert (await marsh.get("/drafts")).json()["drafts"] == []
    # The number of another's confirmation, or an invented one, confirms nothing.
    forged = once.headers["location"].replace("number=1", "number=7")
    assert (await marsh.http.get(forged)).status_code == 404
    assert (await house.people["okafor"].http.get(once.headers["location"])).status_code == 404
    another = await send(marsh, f"{path}/submit", filled(house, narrative="Something else happened."))
    assert "This is another one" in another.text
    own = re.search(r'action="(/incidents/new/[^"]+/submit)"', another.text)
    assert own is not None
    recorded = await send(marsh, own.group(1), filled(house, narrative="Something else happened."))
    assert "Incident 2 is recorded" in (await marsh.http.get(recorded.headers["location"])).text


async def test_r47_r77_c14_before_it_is_submitted_it_says_who_may_read_it_and_that_it_cannot_be_edited(
    house: House,
) -> None:
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in("password")
    path = f"/incidents/new/{new_id()}"
    fields = filled(house, do="check", urgent="yes", told="no", narrative="Rowan was very aggressive.")
    checked = await send(marsh, f"{path}/check", fields)
    assert "You cannot edit this afterwards. You can add to it." in checked.text
    assert "subject access" in checked.text
    assert "courts and serious case reviews" in checked.text
    assert "not told a DSL in person" in checked.text
    # What the coach has to say stands there as well, and is in nobody's way.
    assert "is an opinion" in checked.text
    assert (await send(marsh, f"{path}/submit", fields)).status_code == 303


async def test_a_draft_that_was_saved_in_another_window_is_shown_and_not_lost(house: House) -> None:
    marsh = await (await house.add("marsh", Role.TEACHER)).sign_in()
    path = f"/incidents/new/{new_id()}"
    first = await send(marsh, path, {"do": "save", **filled(house, narrative="From the phone.")})
    assert "Saved" in first.text
    later = await send(marsh, path, {"do": "save", "version": "7", **filled(house, narrative="From the desk.")})
    assert "saved in another window" in later.text
    assert "From the phone." in later.text
    assert "From the desk.</textarea>" in later.text
    version = re.search(r'name="version" value="(\d+)"', later.text)
    assert version is not None
    fields = {"do": "save", "version": version.group(1), **filled(house, narrative="From the desk.")}
    assert "another window" not in (await send(marsh, path, fields)).text
    assert "From the desk.</textarea>" in (await marsh.http.get(path)).text

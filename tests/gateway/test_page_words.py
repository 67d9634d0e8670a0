"""Times and counts as a page says them."""

from datetime import date, datetime

import pytest

from services.gateway.pages import terms, words
from services.gateway.pages.forms import Form
from services.gateway.pages.held import held_in, hold, local
from services.gateway.pages.patterns import patterns_of
from shared.peers import Peers
from tests.gateway.conftest import browser, gateway_of

NOW = datetime.fromisoformat("2026-03-04T15:00:00+00:00")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-04T12:40:00Z", "today, 12:40"),
        ("2026-03-03T23:59:00Z", "yesterday, 23:59"),
        ("2026-03-01T09:05:00Z", "Sunday 1 March, 09:05"),
        # In summer the clock in London is an hour ahead, over midnight as well.
        ("2025-07-31T23:30:00Z", "Friday 1 August 2025, 00:30"),
    ],
)
def test_a_time_is_said_on_londons_clock(moment: str, said: str) -> None:
    assert words.when(moment, now=NOW) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("exact", "Sunday 1 March 2020, 12:00"),
        ("about", "Sunday 1 March 2020, about 12:00"),
        # Midday is where such a day is kept, and no time that anybody gave.
        ("date_only", "Sunday 1 March 2020"),
    ],
)
def test_when_it_happened_is_said_no_surer_than_the_writer_was(known: str, said: str) -> None:
    assert terms.as_known("2020-03-01T12:00:00Z", known) == said


def test_the_reasons_why_somebody_was_told_are_one_sentence() -> None:
    assert terms.reasons(["lead_dsl", "rule"]) == "Lead DSL: every incident; by a rule of your school"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-04T14:58:00Z", "2 min"),
        ("2026-03-04T13:55:00Z", "1 h 05"),
        ("2026-03-03T14:00:00Z", "1 day"),
        ("2026-03-01T14:00:00Z", "3 days"),
        ("2026-03-04T15:01:00Z", "0 min"),
    ],
)
def test_how_long_ago_is_short(moment: str, said: str) -> None:
    assert words.since(moment, now=NOW) == said


def test_r121_what_was_done_is_said_in_words() -> None:
    assert words.deed("pupil:looked_at_read") == "Child: who has looked, read"
    assert words.deed("pupil:patterns_read") == "Child: patterns read"
    assert words.deed("staff:class_added") == "Staff: class added"
    assert words.deed("break-glass:begun") == "Break glass: begun"


def test_an_age_is_in_whole_years() -> None:
    assert words.age("2017-03-12", today=date(2026, 3, 11)) == 8
    assert words.age("2017-03-12", today=date(2026, 3, 12)) == 9


def test_a_day_of_a_filter_begins_and_ends_at_midnight_in_london() -> None:
    assert words.midnight("2026-07-01") == "2026-07-01T00:00:00+01:00"
    assert words.midnight("2026-07-01", after=True) == "2026-07-02T00:00:00+01:00"
    assert words.midnight("1 July") is None
    assert words.midnight("9999-12-31", after=True) is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/api/v1/me",
        None,
    ],
)
def test_nobody_is_sent_elsewhere_by_a_link(elsewhere: str | None) -> None:
    assert local(elsewhere, "/my") == "/my"


def test_what_was_typed_is_held_whole_and_only_what_a_page_of_ours_sent() -> None:
    typed = Form(
        [("csrf", "x"), ("owner", "mark"), ("text", 'He said "no" 😢\r\n'), ("category", "1"), ("category", "2")]
    )
    held = hold("/incidents/new?x=1", typed)
    assert held is not None
    assert held.fields == (("text", 'He said "no" 😢\r\n'), ("category", "1"), ("category", "2"))
    assert held_in(held.text()) == held
    assert hold("/incidents/new", Form([("text", "no owner")])) is None
    assert held_in('["https://evil.example","m",[["a","b"]]]') is None
    assert held_in("not one of ours") is None


def test_a_heat_map_counts_every_week_between_the_first_and_the_last() -> None:
    def count(begins: str, number: int) -> dict[str, object]:
        return {"begins": begins, "category_id": "1", "category": "Welfare", "count": number}

    weeks = [count("2026-03-02", 1), count("2026-03-16", 6)]
    shown = patterns_of({"entries": 7, "weeks": weeks, "months": [count("2026-03-01", 7)], "clusters": [], "marks": []})
    (row,) = shown.weeks
    assert [(cell.begins.day, cell.count, cell.shade) for cell in row.cells] == [(2, 1, 1), (9, 0, 0), (16, 6, 4)]
    assert row.total == shown.most_in_a_month == 7


async def test_a_page_is_packed_and_its_length_says_nothing() -> None:
    async with browser(gateway_of(Peers()).api) as http:
        pages = [await http.get("/sign-in", headers={"accept-encoding": "gzip"}) for _ in range(12)]
        plain = await http.get("/sign-in", headers={"accept-encoding": "identity"})
    assert {page.text for page in pages} == {plain.text}
    lengths = {int(page.headers["content-length"]) for page in pages}
    assert len(lengths) > 3
    assert max(lengths) < len(plain.content) / 2
    assert "content-encoding" not in plain.headers

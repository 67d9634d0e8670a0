"""The rules of the record, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.incident.domain import (
    PICKS,
    PICKS_THEN_EVERY,
    plain,
    search_words,
    seconds_to_wait,
    time_fault,
    too_many_leave,
    upn_fault,
    year_group,
)
from services.incident.roll_file import read_roll
from services.incident.taxonomy import RAISED, STANDARD
from shared.contracts.words import Sensitivity
from shared.errors import Invalid

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_r119_thirteen_categories_with_forty_eight_sub_categories() -> None:
    assert len(STANDARD) == 13
    assert sum(len(children) for _, children in STANDARD.values()) == 48


def test_r120_the_same_name_stands_under_two_parents() -> None:
    parents = [name for name, (_, children) in STANDARD.items() if "Online safety concern" in children]
    assert parents == ["Child Protection Incident", "Welfare Concern"]


def test_what_is_raised_exists_and_is_never_below_its_parent() -> None:
    for (parent, child), sensitivity in RAISED.items():
        above, children = STANDARD[parent]
        assert child in children
        assert sensitivity > above
    assert {s for s, _ in STANDARD.values()} == set(Sensitivity) - {Sensitivity.UNKNOWN}


@pytest.mark.parametrize("upn", ["B801200005001", "R674123101121", "X00180001701A", "P207000016049"])
def test_published_upns_hold(upn: str) -> None:
    assert upn_fault(upn) is None


@pytest.mark.parametrize("upn", ["Q207000016049", "B801200005010", "I801200005001", "B80120000500", "b801200005001"])
def test_mistyped_upns_are_found(upn: str) -> None:
    assert upn_fault(upn)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("obrien", "O'Brien"), ("luczak", "Łuczak"), ("zoe", "Zoë"), ("sorensen", "Sørensen"), ("nguyen", "Nguyễn")],
)
def test_names_are_found_as_somebody_in_a_hurry_types_them(typed: str, name: str) -> None:
    assert plain(name) == typed
    assert f" {typed}" in search_words("Zoë Marie", name)


def test_either_order_of_the_names_is_found() -> None:
    words = search_words("Rowan", "Adeyemi-Cole")
    assert " rowan ade" in words
    assert " adeyemi cole rowan" in words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4", "4"),
        ("Year 4", "4"),
        ("04", "4"),
        ("Reception", "R"),
        ("r", "R"),
        ("N2", "N2"),
        ("Y11", None),
        ("15", None),
    ],
)
def test_year_groups_in_one_spelling(written: str, meant: str | None) -> None:
    assert year_group(written) == meant


def test_c4_thirty_picks_in_ten_minutes_then_slower() -> None:
    assert seconds_to_wait(PICKS - 1, NOW, NOW) == 0
    assert seconds_to_wait(PICKS, NOW, NOW) > 0
    assert seconds_to_wait(PICKS + 5, NOW - PICKS_THEN_EVERY, NOW) == 0


def test_the_time_of_an_incident() -> None:
    assert time_fault(NOW + timedelta(minutes=2), NOW) is None
    assert time_fault(NOW + timedelta(minutes=6), NOW)
    assert time_fault(NOW - timedelta(days=400), NOW) is None


def test_a_part_of_a_roll_is_not_taken_for_all_of_it() -> None:
    assert not too_many_leave(10, 12)
    assert not too_many_leave(60, 420)
    assert too_many_leave(120, 420)


HEAD = "UPN,Surname,Forename,Date of birth,Sex,Year group,Class\n"


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        (b"", ["file"]),
        (b"a\x00b,c\n", ["file"]),
        (b"UPN,Name\n", ["file.1.surname", "file.1.forename", "file.1.born", "file.1.year_group"]),
        (f"{HEAD}B801200005010,Price,Tomos,2019-01-01,M,2,2A\n".encode(), ["file.2.upn"]),
        (f"{HEAD},Price,Tomos,1919-01-01,M,2,2A\n".encode(), ["file.2.born"]),
        (f"{HEAD},Price,Tomos,01.13.2019,M,22,2A\n".encode(), ["file.2.born", "file.2.year_group"]),
        (f"{HEAD},,Tomos,2019-01-01,M,2,2A\n".encode(), ["file.2.surname"]),
        (f"{HEAD},Price,Tomos,2019-01-01,M,2,2A\n,price,TOMOS,2019-01-01,M,2,2B\n".encode(), ["file.3.surname"]),
        (f'{HEAD},"Price,Tomos\n'.encode(), ["file"]),
    ],
)
def test_every_fault_of_a_roll_is_named_by_line_and_column(content: bytes, paths: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_roll(content, TODAY)
    assert [error.path for error in refused.value.errors] == paths


def test_a_roll_from_an_older_program_is_read() -> None:
    rows = read_roll(f"{HEAD},Müller,Zoë,03/04/2019,F,Year 2,\r\n\r\n".encode("cp1252"), TODAY)
    assert [(r.surname, r.forename, r.born, r.year_group, r.class_code) for r in rows] == [
        ("Müller", "Zoë", date(2019, 4, 3), "2", None)
    ]

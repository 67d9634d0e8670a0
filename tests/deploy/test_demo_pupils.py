"""The invented roll is the same everywhere, and as awkward as a real one."""

import csv
import io
from collections import Counter
from datetime import date

import pytest

from deploy.demo.pupils import pupils_of, roll_csv, the_roll
from deploy.demo.schools import HARBOUR, OAKFIELD, SCHOOLS, WILLOW_LANE, School
from deploy.demo.upn import check_letter, make_upn

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("upn", ["B801200005001", "R674123101121", "X00180001701A", "P207000016049", "A123456789012"])
def test_the_check_letter_agrees_with_published_numbers(upn: str) -> None:
    assert check_letter(upn[1:]) == upn[0]


def test_a_made_number_is_valid() -> None:
    upn = make_upn(establishment=2001, year=2024, serial=7)
    assert len(upn) == 13
    assert check_letter(upn[1:]) == upn[0]


@pytest.mark.parametrize(("school", "size"), [(OAKFIELD, 420), (WILLOW_LANE, 210), (HARBOUR, 900)])
def test_each_school_has_its_number_of_pupils_in_full_classes(school: School, size: int) -> None:
    pupils = pupils_of(school, TODAY)
    assert len(pupils) == school.pupils == size
    assert set(Counter(p.class_code for p in pupils).values()) == {30}


def test_every_number_is_given_once_in_the_whole_trust() -> None:
    numbers = [p.upn for pupils in the_roll(TODAY).values() for p in pupils]
    assert len(numbers) == len(set(numbers)) == 1530
    assert all(check_letter(upn[1:]) == upn[0] for upn in numbers)


def test_the_same_seed_gives_the_same_children() -> None:
    assert the_roll(TODAY) == the_roll(TODAY)


def test_children_are_of_the_age_of_their_year() -> None:
    for p in pupils_of(OAKFIELD, TODAY):
        if p.year_group == "R":
            assert date(2021, 9, 1) <= p.born <= date(2022, 8, 31)


def test_there_are_siblings_and_children_of_the_same_name() -> None:
    for school in SCHOOLS:
        pupils = pupils_of(school, TODAY)
        assert max(Counter(p.full_name for p in pupils).values()) >= 2
        assert sum(count > 1 for count in Counter(p.family for p in pupils).values()) > 20


def test_names_need_more_than_ascii() -> None:
    names = "".join(p.full_name for pupils in the_roll(TODAY).values() for p in pupils)
    assert {"'", "-", " "} <= set(names)
    assert any(not c.isascii() for c in names)


def test_the_roll_is_a_table_with_one_row_per_child() -> None:
    rows = list(csv.DictReader(io.StringIO(roll_csv(pupils_of(WILLOW_LANE, TODAY)))))
    assert len(rows) == 210
    assert {row["Class"] for row in rows} == {c.code for c in WILLOW_LANE.classes}

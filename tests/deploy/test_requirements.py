"""docs/requirements.md is what the tests' names say, and no number that must be held is forgotten."""

from pathlib import Path

import pytest

from deploy import requirements


def test_the_table_has_not_drifted() -> None:
    assert requirements.PLACE.read_text() == requirements.text(), "run `python -m deploy.requirements`"


def test_every_number_is_there_in_its_order() -> None:
    found = [name for name in requirements.numbers() if name[-1].isdigit()]
    assert found == [f"R{n}" for n in range(1, 131)] + [f"C{n}" for n in range(1, 18)]


def test_what_the_system_must_do_is_held_by_a_test_or_waits_for_a_part_that_is_named() -> None:
    held = requirements.holders()
    forgotten = [
        name
        for name, one in requirements.numbers().items()
        if one.must_be_held and not one.waits and not held.get(name)
    ]
    assert forgotten == []


def test_no_test_names_a_number_that_there_is_not() -> None:
    assert set(requirements.holders()) <= set(requirements.numbers())


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("test_r53_nothing_is_deleted", ["R53"]),
        ("test_r48_c16_it_warns", ["R48", "C16"]),
        ("test_c9_and_r88_somebody_is_called_back", ["C9", "R88"]),
        ("test_r73b_a_file", ["R73b"]),
        ("test_argon2id_is_slow_and_ctf_is_read", []),
    ],
)
def test_a_name_holds_what_stands_in_it(name: str, numbers: list[str]) -> None:
    assert requirements.named(name) == numbers


def test_a_test_that_goes_is_missed(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_one.py").write_text("async def test_r1_it_holds() -> None: ...\ndef r2_is_no_test() -> None: ...\n")
    assert requirements.holders(folder) == {"R1": ["tests/test_one.py::test_r1_it_holds"]}

"""The word lists as data, and what a school adds to them."""

import pytest

from services.incident.coach import STANDARD, Rule, review
from services.incident.coach.phrases import spellings


def words(text: str, lists: object = STANDARD) -> list[str]:
    assert isinstance(lists, type(STANDARD))
    return [finding.words for finding in review(text, words=lists)]


def test_choices_in_a_phrase() -> None:
    assert list(spellings("(really|) rude (boy|girl)")) == [
        ("really", "rude", "boy"),
        ("really", "rude", "girl"),
        ("rude", "boy"),
        ("rude", "girl"),
    ]


@pytest.mark.parametrize("phrase", ["", "…", "(|a)", "((a|b)|c)", "(a|b)" * 20])
def test_a_phrase_without_a_word_or_with_too_many_spellings_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|Choices"):
        list(spellings(phrase))


def test_the_longest_phrase_wins_over_blanks_lines_and_hyphens() -> None:
    assert words("She was really\nangry. It went non-stop.") == ["really\nangry", "non-stop"]
    assert words("as per. Usual") == []


def test_r48_a_school_marks_more_knows_more_and_leaves_more_alone() -> None:
    school = STANDARD.extended(
        phrases={Rule.OPINION: ["a proper mardy bum"]},
        abbreviations=["IPQ", "bx"],
        left_alone=["rude health", "always"],
    )
    text = "A PROPER mardy bum, in rude health, always rude. BX and IPQ hit it."
    assert words(text, school) == ["A PROPER mardy bum", "PROPER", "rude"]
    assert "always" in words(text)
    assert "BX" in words(text)
    assert review(text, words=STANDARD) == review(text)


@pytest.mark.parametrize("wrong", [[""], ["…"], ["x" * 101], ["x"] * 2_001])
def test_a_school_cannot_add_what_would_find_nothing_or_everything(wrong: list[str]) -> None:
    with pytest.raises(ValueError, match=r"phrase"):
        STANDARD.extended(phrases={Rule.OPINION: wrong})
    with pytest.raises(ValueError, match=r"phrase"):
        STANDARD.extended(left_alone=wrong)


def test_what_one_school_adds_is_no_other_schools() -> None:
    one = STANDARD.extended(phrases={Rule.OPINION: ["very tall"]}, left_alone=["very rude"])
    other = one.extended(phrases={Rule.VAGUE: ["very small"]})
    text = "very tall, very rude, very small"
    assert words(text, one) == ["very tall"]
    assert words(text, other) == ["very tall", "very small"]
    assert words(text) == ["very rude"]


def test_choices_are_no_syntax_for_a_school() -> None:
    assert words("a|b (c)", STANDARD.extended(phrases={Rule.OPINION: ["a|b (c)"]})) == []
    assert STANDARD.extended(phrases={Rule.VAGUE: ["(a|b)" * 20]}).phrases


def test_phrases_belong_to_a_rule_that_is_a_list() -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        STANDARD.extended(phrases={Rule.INITIALS: ["x"]})


def test_every_group_says_why_and_what_instead() -> None:
    assert len(STANDARD.groups) > 20
    for group in STANDARD.groups:
        assert "{words}" in group.why
        assert group.ask
        assert group.phrases

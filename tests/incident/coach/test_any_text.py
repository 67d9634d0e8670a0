"""What holds for any text at all."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.incident.coach import Finding, Name, Roll, review

ROLL = Roll(
    [Name(UUID(int=1), "Ella", "Price"), Name(UUID(int=2), "Siân", "O'Brien"), Name(UUID(int=3), "İpek", "Ünal")]
)
WRITTEN = ("rude", "ALWAYS", "never", "Ella", "Ella Price's", "Siân O’Brien", "J.S.", "Child A", "JS hit", "A&E", "I")
SAID = ("told me that", "said he", "several times", "a lot", '"', "“", "”", "'", "‘", "’", "«", "»")
BETWEEN = (" ", "  ", "\n", "\r\n", "\r", "\t", "!!", "?!", "‼", ".", "…", ",", "(", "6)", "-", "_", "\u2028")
SURPRISES = ("\u200f", "\u202e", "\u00ad", "\ufeff", "e\u0301", "👩\u200d👧", "🙂", "İ", "ß", "ǆ", "ﬁ", "Ⅷ", "²")
PIECES = st.sampled_from(WRITTEN + SAID + BETWEEN + SURPRISES)
TEXTS = st.text(st.characters(exclude_characters="\x00"), max_size=300) | st.lists(PIECES, max_size=60).map("".join)


def found(text: str) -> list[Finding]:
    return review(text, roll=ROLL, linked=[UUID(int=9)])


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_has_an_answer_that_fits_it(text: str) -> None:
    findings = found(text)
    for finding in findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.words
        assert finding.words.strip() == finding.words
        before = text[: finding.start].replace("\r\n", "\n").replace("\r", "\n")
        assert finding.line == before.count("\n") + 1
        assert finding.why
        assert finding.suggestion
        assert "{" not in finding.why.replace(finding.words, "")
    assert findings == sorted(findings, key=lambda f: (f.start, f.end, f.rule))
    assert len({(f.start, f.end, f.rule) for f in findings}) == len(findings)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_same_text_has_the_same_answer(text: str) -> None:
    assert found(text) == found(text)


@given(st.text(st.characters(exclude_characters="\x00"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_what_stands_in_a_line_before_changes_no_finding(before: str) -> None:
    """A line of its own, whatever is in it, cannot hide an opinion two lines further on."""
    text = f"{before}\n\nHe was rude."
    assert [finding.words for finding in review(text)][-1:] == ["rude"]


@given(st.sampled_from(["\u200f", "\u200e", "\u00ad", "\ufeff", "\u2060", "\u200d"]), st.integers(1, 9))
def test_invisible_marks_hide_nothing(mark: str, place: int) -> None:
    word = "aggressive"
    hidden = word[:place] + mark + word[place:]
    assert [finding.words for finding in review(f"He was {hidden} 🙂 today.")] == [hidden]


def test_twenty_thousand_characters_of_anything_have_an_answer() -> None:
    for piece in (*WRITTEN, *SAID, *BETWEEN, *SURPRISES, ". ", "A.", '"a ', "'a ", "told a b "):
        text = (piece * 20_000)[:20_000]
        assert all(text[f.start : f.end] == f.words for f in found(text))

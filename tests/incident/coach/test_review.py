"""The coach rule by rule: what it marks, what it leaves alone, and how it says so."""

from pathlib import Path
from uuid import UUID

import pytest

from services.incident.coach import STANDARD, Finding, Name, Roll, Rule, review

POLICY = (
    ("Dad was really angry.", Rule.OPINION, "really angry"),
    ("Mum was threatening towards me.", Rule.OPINION, "threatening"),
    ("He was rude to the cook.", Rule.OPINION, "rude"),
    ("She stormed off at 10.20.", Rule.OPINION, "stormed off"),
    ("Kit was aggressive in PE.", Rule.OPINION, "aggressive"),
    ("As per usual, no kit was brought.", Rule.OPINION, "As per usual"),
    ("Surprisingly she came in on time.", Rule.ADVERB, "Surprisingly"),
    ("This is becoming frustrating for staff and other children.", Rule.EMOTION, "becoming frustrating"),
    ("He always runs off.", Rule.ABSOLUTE, "always"),
    ("She constantly talks.", Rule.ABSOLUTE, "constantly"),
    ("They never ring.", Rule.ABSOLUTE, "never"),
    ("He was inappropriate at lunch.", Rule.ABSOLUTE, "inappropriate"),
)
GOOD = (
    "The parent spoke loudly in close proximity to my face (approx. 15cm)",
    "The parent paced the room. Her fists were clenched. She would not respond to the invitation to sit down.",
    "The child was tearful. They struggled to speak whilst crying. They repeatedly asked if I could not tell anyone "
    "(approx. 6 times). Their emotions and language suggested to me they were distressed.",
)


def rules(text: str) -> list[tuple[Rule, str]]:
    return [(finding.rule, finding.words) for finding in review(text)]


@pytest.mark.parametrize(("text", "rule", "words"), POLICY)
def test_r27_r48_r49_what_the_policy_names_is_marked(text: str, rule: Rule, words: str) -> None:
    assert rules(text) == [(rule, words)]


@pytest.mark.parametrize("text", GOOD)
def test_r50_what_the_policy_holds_up_as_factual_is_left_alone(text: str) -> None:
    assert review(text) == []


def test_r46_a_finding_says_where_why_and_what_instead() -> None:
    (found,) = review("Lunch, 12.40.\nHe was aggressive.")
    assert found == Finding(
        start=21,
        end=31,
        line=2,
        rule=Rule.OPINION,
        words="aggressive",
        why="“aggressive” is an opinion.",
        suggestion="What did you see? For example: hit the table with a fist, twice.",
    )
    assert str(found) == (
        "Line 2: “aggressive” is an opinion. What did you see? For example: hit the table with a fist, twice."
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_any_machine_ends_them(newline: str) -> None:
    assert [finding.line for finding in review(f"ok{newline}{newline}rude{newline}rude")] == [3, 4]


def test_c16_aggressive_as_part_of_a_category_is_marked_and_nothing_is_barred() -> None:
    (found,) = review("Category: aggressive, destructive or verbal behaviour.")
    assert found.words == "aggressive"
    assert not {"blocks", "severity", "required", "error"} & set(Finding.__slots__)


@pytest.mark.parametrize(
    "text",
    [
        'She said "you are always rude".',
        "She said “you are always rude”.",
        "She said 'you are always rude'.",
        "She said ‘you’re always rude’.",
        "She said «you are always rude».",
        "She said « you are always rude ».",
        "She said 'it isn't the boys' fault, you're rude' to me.",
        'She said "you are always rude\nand never kind".',
        'She said "YOU ARE RUDE!!" and "JS is rude".',
        'She said "you are always rude',
    ],
)
def test_c16_quoted_speech_is_left_alone(text: str) -> None:
    assert review(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It's his mum's car, she was rude, it wasn't theirs.",
        "The boys' coats were wet and he was rude to the girls' group.",
        'He is 5\' 6" tall, 30" round and rude.',
        "He threw 'em out, was rude and hit the boys' wall.",
        "İİİİ was rude.",
        'He said "go away and left. He was rude.',
        'He said "go away\nHe was rude.',
        "He said “go away. She said “no.” He was rude.",
        'He said "a".rude"b".',
    ],
)
def test_an_apostrophe_opens_nothing_and_a_mark_left_open_ends_with_its_sentence(text: str) -> None:
    assert [finding.words for finding in review(text)] == ["rude"]


@pytest.mark.parametrize(
    "text",
    [
        "The DSL, DDSL, SENCo, CAMHS, TAF, TAC, LADO, MASH, PEP and EHCP teams met.",
        "KS2, Y4 and PE staff, a TA and A&E were told. TAs met. DSL's notes.",
        "P.E. kit, T.A. on duty, e.g. 9 a.m. or 3 P.M.",
        "The Forest Quest (FQ) came. FQ left at 3.",
        "Vitamin D, plan B, Year R, the letter S, X-ray, T-shirt, an A-level, Hep B.",
        "OAKFIELD PRIMARY SCHOOL. ST MARY'S CE SCHOOL. Ella BROWN. BROWN, Ella.",
        "I saw. A boy fell. Dr J. Smith rang. Mrs. A. Brown too.",
        "Pupil 2 metres away. Child 3 years old. Ref. HX/2291, 2291/HX.",
    ],
)
def test_r52_abbreviations_letters_and_letterheads_are_known(text: str) -> None:
    assert review(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J.S. hit him.", ["J.S."]),
        ("J. S. hit him.", ["J. S."]),
        ("JS hit KL.", ["JS", "KL"]),
        ("JS's bag.", ["JS"]),
        ("JMS hit him.", ["JMS"]),
        ("Child A. Then boy B's mum.", ["Child A", "boy B"]),
        ("Pupil 3 ran.", ["Pupil 3"]),
        ("R and J ran.", ["R", "J"]),
        ("Tom B fell on Mr T.", ["Tom B", "Mr T"]),
        ("M. Jones fell.", ["M. Jones"]),
    ],
)
def test_r52_initials_and_letters_that_stand_for_people(text: str, words: list[str]) -> None:
    assert rules(text) == [(Rule.INITIALS, found) for found in words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He did NOT come.", ["NOT"]),
        ("I TOLD THE DSL TWICE today.", ["I TOLD THE DSL TWICE"]),
        ("THIS IS WRONG. Told HT.", ["THIS IS WRONG"]),
        ("He SLAMMED it, Ella SCREAMED.", ["SLAMMED", "SCREAMED"]),
    ],
)
def test_r48_capitals_that_shout(text: str, words: list[str]) -> None:
    assert rules(text) == [(Rule.CAPITALS, found) for found in words]


@pytest.mark.parametrize(("text", "words"), [("No!!", "!!"), ("No??", "??"), ("No ?! ok", "?!"), ("No! ! ok", "! !")])
def test_r48_repeated_marks(text: str, words: str) -> None:
    assert rules(text) == [(Rule.MARKS, words)]
    assert rules("No! Why? Yes.") == []


@pytest.mark.parametrize("measured", ["several times (6)", "a lot (about 20 g)", "a while (10 minutes)"])
def test_r50_a_number_in_brackets_makes_an_amount_exact(measured: str) -> None:
    assert rules(f"It was {measured}.") == []
    assert [rule for rule, _ in rules(f"It was {measured.partition(' (')[0]}.")] == [Rule.VAGUE]


@pytest.mark.parametrize(
    "text",
    [
        'She told me that he hit her. She said "with a belt".',
        "She told me that he hit her: 'with a belt'.",
        "She told me that he hit her by Mrs. Khan's desk with Dr. Roy. 'Hard.'",
        "I told him that it was late. We said that we would ring.",
        "I sat down and explained that I would tell Mrs Khan.",
        "The letter said that she has asthma. The GP said that she is well.",
        "Miss Evans said that he is settled.",
        "He was told that it is closed. He told her to stop. She said sorry.",
    ],
)
def test_r50_nothing_is_asked_where_words_are_given_or_not_wanted(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("She told me that he hit her.", "told me that"),
        ("She said he hit her.", "said"),
        ("Mum said she's tired.", "said"),
        ("He told Miss Evans that he is cold.", "told Miss Evans that"),
        ('She said he hit her. It was late. I went in. "Late", said the sign.', "said"),
    ],
)
def test_r50_the_words_themselves_are_asked_for(text: str, words: str) -> None:
    assert rules(text) == [(Rule.REPORTED, words)]


def test_people_whose_names_are_words_of_opinion_are_people() -> None:
    assert rules("Mr Savage and Ella Moody met Miss Rude.") == []


@pytest.mark.parametrize("suggestion", sorted({words for g in STANDARD.groups for words in (g.ask, g.why)}))
def test_r49_no_suggestion_blames(suggestion: str) -> None:
    words = set(suggestion.lower().replace(".", " ").replace(",", " ").split())
    assert not words & {"wrong", "bad", "error", "mistake", "must", "invalid", "forbidden", "should", "failed", "!"}
    assert suggestion[-1] in ".?"


def test_nothing_of_the_coach_reaches_a_database_a_log_or_the_network() -> None:
    """Pure: it reads its own lists once and imports nothing but the standard library and itself."""
    for source in Path(str(STANDARD.__class__.__module__).replace(".", "/")).parent.glob("*.py"):
        imports = [line.split()[1] for line in source.read_text().splitlines() if line.startswith(("from ", "import "))]
        outside = {name.split(".")[0] for name in imports} & {"sqlalchemy", "fastapi", "httpx", "structlog", "shared"}
        assert not outside, source


# --------------------------------------------------------------------------------------------------- names of the roll
ELLA, TOMOS, WILL, MAY, SIAN, ZOE, ROWAN = (UUID(int=number) for number in range(1, 8))
ROLL = Roll(
    [
        Name(ELLA, "Ella", "Price"),
        Name(TOMOS, "Tomos", "Price", known_as="Tom"),
        Name(WILL, "Will", "Hope"),
        Name(MAY, "May", "Okafor"),
        Name(SIAN, "Siân", "O'Brien"),
        Name(ZOE, "Zoë", "Müller"),
        Name(ROWAN, "Mary-Jane", "Adeyemi-Cole"),
        *(Name(UUID(int=number), "Oliver", "Stone") for number in range(10, 14)),
        *(Name(UUID(int=number), "Aisha", "Khan") for number in range(20, 22)),
    ]
)


def named(text: str, *linked: UUID) -> list[tuple[str, tuple[UUID, ...]]]:
    found = review(text, roll=ROLL, linked=linked)
    return [(finding.words, finding.pupil_ids) for finding in found if finding.rule is Rule.UNLINKED]


@pytest.mark.parametrize(
    ("text", "words", "pupil_id"),
    [
        ("Ella Price fell.", "Ella Price", ELLA),
        ("ella price fell.", "ella price", ELLA),
        ("PRICE, Ella fell.", "PRICE, Ella", ELLA),
        ("We saw Ella.", "Ella", ELLA),
        ("Ella's bag.", "Ella", ELLA),
        ("Ella Price’s bag.", "Ella Price", ELLA),
        ("Ella P fell.", "Ella", ELLA),
        ("Ella Jane Price fell.", "Ella Jane Price", ELLA),
        ("Tom fell.", "Tom", TOMOS),
        ("Sian OBrien fell.", "Sian OBrien", SIAN),
        ("Siân O’Brien’s bag.", "Siân O’Brien", SIAN),
        ("Zoe Muller fell.", "Zoe Muller", ZOE),
        ("Zoe\u0308 Mu\u0308ller fell.", "Zoe\u0308 Mu\u0308ller", ZOE),
        ("Mary Jane Adeyemi fell.", "Mary Jane Adeyemi", ROWAN),
        ("Mary-Jane Adeyemi-Cole fell.", "Mary-Jane Adeyemi-Cole", ROWAN),
        ("Maryjane fell.", "Maryjane", ROWAN),
        ('He said "Ella did it".', "Ella", ELLA),
        ("Will cried.", "Will", WILL),
        ("I asked May to sit.", "May", MAY),
        ("Will Hope fell.", "Will Hope", WILL),
    ],
)
def test_r124_a_child_of_the_roll_who_is_not_linked_is_offered(text: str, words: str, pupil_id: UUID) -> None:
    assert named(text) == [(words, (pupil_id,))]
    assert named(text, pupil_id) == []


@pytest.mark.parametrize(
    "text",
    [
        "Stella, Ellas, Ella-Mae and Ella-mae. Ella Jones fell. Mrs Ella rang. We ella it.",
        "Will you come in May? On 3rd May he may. May half term. We will hope so. Where there is a will.",
        "Mr Price and Miss Hope. Tomtom. Tommy. Price was right.",
    ],
)
def test_r124_words_that_only_look_like_a_name_are_not_stumbled_over(text: str) -> None:
    assert named(text) == []


def test_r124_a_name_several_children_have_is_offered_as_a_choice_or_its_surname_asked_for() -> None:
    assert named("Aisha fell.") == [("Aisha", (UUID(int=20), UUID(int=21)))]
    assert named("Aisha fell.", UUID(int=21)) == []
    assert named("Oliver fell.") == [("Oliver", ())]


def test_r51_a_name_on_the_roll_is_not_taken_for_shouting_or_initials() -> None:
    assert review("ZOË MÜLLER fell. TOMOS fell.", roll=ROLL, linked=[ZOE, TOMOS]) == []
    assert [rule for rule, _ in rules("ZOË MÜLLER fell. TOMOS fell.")] == [Rule.CAPITALS, Rule.CAPITALS]


def test_a_roll_may_be_given_unprepared_and_with_empty_names() -> None:
    found = review("Ella fell.", roll=[Name(ELLA, "Ella", ""), Name(TOMOS, "", "Price"), Name(WILL, "…", "!")])
    assert [finding.pupil_ids for finding in found] == [(ELLA,)]

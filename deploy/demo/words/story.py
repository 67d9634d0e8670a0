"""Four weeks of one child at Oakfield Primary: little by itself until the last, a pattern when read together."""

from dataclasses import dataclass

from deploy.demo.words.concern import Concern, Other, Seen, Step
from shared.contracts.words import Part


@dataclass(frozen=True, slots=True)
class Chapter:
    school_days_ago: int
    author: str
    about: tuple[str, ...]
    concern: Concern


STORY: tuple[Chapter, ...] = (
    Chapter(
        19,
        "carys.bevan",
        ("Rowan Adeyemi",),
        Concern(
            "Welfare Concern: Presentation",
            "class_teacher",
            "{A} came in at {at} in a thin T-shirt. It was 6 degrees outside. I asked where his coat was. He said “it "
            "is at home, I am not allowed to go back in for things”.",
            "He wore a coat from the lost property box at play.",
            hours=(8, 8),
        ),
    ),
    Chapter(
        14,
        "dee.walsh",
        ("Rowan Adeyemi",),
        Concern(
            "Welfare Concern: Diet",
            "support",
            "At {at} {A} came back to the hatch three times. He put two bread rolls in his pocket. I asked if he was "
            "still hungry. He said “it is for the weekend”.",
            "He had a second plate. I told the office.",
            later=(
                Step(
                    "pastoral",
                    "Rang home. Mr Cole, who lives with mother, answered: “he eats plenty”. Free school meals are in "
                    "place.",
                    3,
                ),
            ),
            hours=(12, 12),
        ),
    ),
    Chapter(
        9,
        "yaw.asante",
        ("Ife Adeyemi", "Rowan Adeyemi"),
        Concern(
            "Welfare Concern: Home issues",
            "class_teacher",
            "While painting at {at} {A} drew a small house with no door beside a large one. I asked who lives there. "
            "She said “that is where Rowan goes when he is loud”. I asked nothing more.",
            "I kept the picture and told Ms Okafor at the end of the day.",
            others=(Other(Part.SIBLING),),
            later=(
                Step(
                    "deputy_dsl",
                    "Picture seen. Compared with the entries of the last weeks. Ms Bevan asked to note what Rowan "
                    "says, without asking.",
                    20,
                ),
            ),
            hours=(13, 14),
        ),
    ),
    Chapter(
        5,
        "carys.bevan",
        ("Rowan Adeyemi",),
        Concern(
            "Mental Well Being: Support",
            "class_teacher",
            "At {at} a chair fell over behind {A}. He put both arms over his head and stayed so for about a minute. "
            "He said “sorry, sorry” four times.",
            "I sat on the floor near him and read to the group. After ten minutes he came to the carpet.",
            hours=(10, 11),
        ),
    ),
    Chapter(
        0,
        "dee.walsh",
        ("Rowan Adeyemi", "Ife Adeyemi"),
        Concern(
            "Child Protection Incident: Disclosure",
            "support",
            "{A} stayed at the table after the others went out. I asked if he was finished. He said “I don’t want to "
            "go home, he locked me in the shed again”. I said thank you for telling me and that I would tell Ms "
            "Okafor. He rolled up his left sleeve and showed me a mark above the elbow, about 3 cm, yellow and brown.",
            "Told Ms Okafor in person. Stayed with Rowan until she came.",
            others=(Other(Part.SIBLING, "Welfare Concern: Home issues"),),
            urgent=True,
            marks=(Seen(0.75, 0.324, "bruise", 30, "yellow and brown", "On the outside, above the elbow."),),
            hours=(12, 12),
        ),
    ),
)

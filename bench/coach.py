"""The writing coach measured: `python -m bench.coach` prints its speed and how well it does on the labelled texts.

The bare equivalent is one walk of `re.finditer` over the same words, in the same run and in turns with the coach.
Times are of the processor, so that a busy machine does not count against either.
`--write` puts the tables into docs/writing-coach.md.
"""

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from uuid import UUID

from deploy.demo.names import Sex, forename, some_origin, surname_for
from services.incident.coach import Name, Roll, Rule, review
from tests.incident.coach.labelled_set import PARTS, beside, labelled, score

PAGE = Path(__file__).parents[1] / "docs" / "writing-coach.md"
LENGTH = 5_000
ON_ROLL = 2_000
ROUNDS = 60
SEXES: tuple[Sex, Sex] = ("F", "M")
_WORD = re.compile(r"\w+")


def main() -> None:
    report = f"{accuracy()}\n\n{speed()}\n"
    print(report)
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition("<!-- figures -->\n")
        _, _, tail = rest.partition("<!-- end of figures -->\n")
        PAGE.write_text(f"{head}<!-- figures -->\n{report}<!-- end of figures -->\n{tail}", encoding="utf-8")


def accuracy() -> str:
    lines = [
        "| rule | part | expected | right | said too much | missed | precision | recall |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for part in PARTS:
        texts = labelled(part)
        quiet = sum(not text.findings for text in texts)
        for rule in (*Rule, None):
            s = score(texts, rule)
            name = f"**all {len(texts)} texts, {quiet} with nothing to say**" if rule is None else rule.value
            lines.append(
                f"| {name} | {part.replace('_', ' ')} | {s.right + s.missed} | {s.right} | {s.wrong} | {s.missed} "
                f"| {s.precision:.3f} | {s.recall:.3f} |"
            )
    for part in PARTS:
        missed, near = score(labelled(part)).missed, beside(labelled(part))
        if missed:
            lines.append(
                f"\nOf the {missed} missed in *{part.replace('_', ' ')}*, {near} were marked, a word longer or shorter."
            )
    return "\n".join(lines)


def together(length: int, random: Random, *, quiet: bool) -> str:
    """Labelled texts, drawn and put together to a length; `quiet` takes those about which there is nothing to say."""
    texts = [text.text for part in PARTS for text in labelled(part) if not (quiet and text.findings)]
    written = ""
    while len(written) < length:
        written += random.choice(texts) + "\n"
    return written[:length]


def invented_roll(size: int, random: Random) -> list[Name]:
    names: list[Name] = []
    for number in range(size):
        origin, sex = some_origin(random), SEXES[number % 2]
        surname = surname_for(random.choice(origin.surnames), sex)
        names.append(Name(UUID(int=number), forename(random, origin, sex), surname))
    return names


def speed() -> str:
    random = Random(7)
    names = invented_roll(ON_ROLL, random)
    roll = Roll(names)
    lines = ["| text | what | median ms | times the bare walk |", "|---|---|--:|--:|"]
    for title, text in (
        (f"{LENGTH:,} characters, nothing to say", together(LENGTH, random, quiet=True)),
        (f"{LENGTH:,} characters, with something in most lines", together(LENGTH, random, quiet=False)),
        (f"{2 * LENGTH:,} characters, with something in most lines", together(2 * LENGTH, random, quiet=False)),
        (f"{4 * LENGTH:,} characters, with something in most lines", together(4 * LENGTH, random, quiet=False)),
        (f"{4 * LENGTH:,} characters of “!? \"'”", "!? \"'" * (4 * LENGTH // 5)),
    ):
        bare, alone, with_roll = _medians(
            partial(_walk, text), partial(review, text), partial(review, text, roll=roll, linked=[UUID(int=1)])
        )
        lines.append(f'| {title} | `re.finditer(r"\\w+")` | {bare:.2f} | 1.0 |')
        lines.append(f"| | the coach | {alone:.2f} | {alone / bare:.1f} |")
        lines.append(f"| | the coach with a roll of {ON_ROLL:,} | {with_roll:.2f} | {with_roll / bare:.1f} |")
    (prepared,) = _medians(partial(Roll, names), rounds=5)
    lines.append(f"| | preparing that roll, once | {prepared:.1f} | |")
    return "\n".join(lines)


def _walk(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


def _medians(*tasks: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """In turns, so that a busy moment of the machine meets all of them."""
    times: list[list[float]] = [[] for _ in tasks]
    for _ in range(rounds):
        for task, taken in zip(tasks, times, strict=True):
            began = process_time()
            task()
            taken.append((process_time() - began) * 1000)
    return [median(taken) for taken in times]


if __name__ == "__main__":
    main()

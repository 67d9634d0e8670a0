"""Figures that leave a school: a small one could point at a child, so it is not told apart from another. Pure."""

from typing import Final, Literal

FEWER: Final = "fewer than 5"
TOLD_FROM: Final = 5

Cell = int | Literal["fewer than 5"]


def cell(count: int) -> Cell:
    """None at all looks like four: that there is none in a small school says something, too."""
    return count if count >= TOLD_FROM else FEWER

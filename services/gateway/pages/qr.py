"""The picture for a phone's camera, taken apart and drawn anew: no markup of an answer is ever put into a page."""

import re
from dataclasses import dataclass
from typing import Final

_SIZE: Final = re.compile(r'<svg width="(\d{1,4})" height="\d{1,4}"')
_SCALE: Final = re.compile(r'transform="scale\((\d{1,2})\)"')
_LINES: Final = re.compile(r' d="([^"]+)"')
# Moves and horizontal lines: what a QR code is made of. Everything else is no drawing of ours.
_DRAWN: Final = re.compile(r"[Mmh0-9. -]{1,8000}")


@dataclass(frozen=True, slots=True)
class Drawing:
    modules: int
    """How many squares wide, with the quiet border that a camera needs."""
    lines: str


def drawing(svg: str) -> Drawing | None:
    """None for what is no such picture: the secret as text stands beside it in any case."""
    size, scale, lines = _SIZE.search(svg), _SCALE.search(svg), _LINES.search(svg)
    if size is None or scale is None or lines is None:
        return None
    return drawn(str(int(size[1]) // int(scale[1])), lines[1])


def drawn(modules: str, lines: str) -> Drawing | None:
    """A drawing that a form has carried along."""
    if not modules.isascii() or not modules.isdigit() or len(modules) > 3 or not _DRAWN.fullmatch(lines):
        return None
    return Drawing(int(modules), lines)

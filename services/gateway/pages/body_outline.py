"""The lines of the body map, drawn for Heed: smooth outlines through a few points, and nothing that one could know.

Version 1. A mark is kept as shares of its drawing's width and height. Whoever changes a drawing so that an old mark
would lie elsewhere counts the version up and keeps the old one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

VERSION: Final = 1
Point = tuple[float, float]

# Half of a standing adult, from the crown down the outside and up the inside of the leg: right of the middle, down.
_HALF: Final[Sequence[Point]] = (
    *((0, 8), (14, 12), (22, 27), (22, 44), (18, 59), (10, 70), (11, 80), (26, 90), (45, 97), (55, 110), (58, 136)),
    *((63, 168), (69, 198), (72, 222), (80, 238), (82, 254), (77, 268), (70, 262), (66, 246), (63, 226), (55, 196)),
    *((48, 168), (42, 142), (37, 124), (36, 144), (32, 172), (37, 204), (41, 228), (39, 262), (31, 306), (33, 336)),
    *((22, 386), (30, 406), (24, 414), (12, 413), (9, 392), (10, 342), (8, 306), (6, 262), (0, 228)),
)
_SIDE: Final[Sequence[Point]] = (
    *((100, 8), (116, 13), (124, 31), (121, 50), (112, 64), (112, 78), (121, 94), (127, 116), (124, 142), (116, 168)),
    *((123, 195), (127, 214), (120, 238), (115, 264), (110, 302), (117, 330), (111, 362), (104, 390), (107, 408)),
    *((92, 414), (70, 413), (74, 404), (91, 394), (95, 352), (93, 308), (88, 264), (84, 226), (81, 200), (83, 170)),
    *((80, 140), (83, 112), (93, 94), (95, 78), (83, 72), (81, 60), (75, 50), (80, 38), (80, 24), (88, 12)),
)
_ARM: Final[Sequence[Point]] = (
    *((105, 98), (115, 116), (115, 146), (112, 172), (106, 200), (100, 222), (98, 242), (92, 258), (86, 250)),
    *((88, 234), (91, 218), (96, 196), (99, 170), (96, 142), (96, 114)),
)
_FACE: Final[Sequence[Point]] = (
    *((0, 12), (30, 18), (50, 44), (51, 78), (44, 106), (26, 132), (22, 146), (26, 160), (52, 172)),
)
_PROFILE: Final[Sequence[Point]] = (
    *((84, 12), (118, 20), (136, 56), (128, 96), (110, 120), (110, 146), (122, 172), (64, 172), (70, 150), (52, 138)),
    *((42, 134), (40, 122), (36, 110), (26, 94), (38, 72), (36, 48), (52, 22)),
)
_SOLE: Final[Sequence[Point]] = (
    *((80, 168), (62, 158), (58, 136), (62, 108), (52, 76), (50, 54), (66, 44), (104, 44), (112, 58), (108, 84)),
    *((98, 110), (102, 138), (98, 158)),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """`outlines` are closed and filled; `strokes` are fingers and toes, lines as wide as said; `hints` tell a view."""

    width: int
    height: int
    outlines: tuple[str, ...]
    strokes: tuple[tuple[str, int], ...] = ()
    hints: tuple[str, ...] = ()
    labels: tuple[tuple[str, int, int], ...] = ()


def smooth(points: Sequence[Point], *, closed: bool = True) -> str:
    """A path through all the points (Catmull and Rom's curve, as Bézier segments)."""
    last = len(points)
    parts = [f"M{_pair(points[0])}"]
    for at in range(last if closed else last - 1):
        before, here, there, after = (
            points[index % last] if closed else points[min(max(index, 0), last - 1)] for index in range(at - 1, at + 3)
        )
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append(f"C{_pair(first)} {_pair(second)} {_pair(there)}")
    return "".join(parts) + ("Z" if closed else "")


def _pair(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def mirrored(half: Sequence[Point], middle: float = 100) -> list[Point]:
    right = [(middle + x, y) for x, y in half]
    left = [(middle - x, y) for x, y in reversed(half) if x]
    return right + left


def flipped(points: Iterable[Point], width: float = 200) -> list[Point]:
    return [(width - x, y) for x, y in points]


def shifted(points: Iterable[Point], right: float, down: float) -> list[Point]:
    return [(x + right, y + down) for x, y in points]


def childlike(point: Point) -> Point:
    """From an adult's build to a child's: the head large, the limbs short."""
    x, y = point
    neck = 76.0
    if y <= neck:
        return 100 + (x - 100) * 1.26, 8 + (y - 8) * 1.26
    begins = 8 + (neck - 8) * 1.26
    near = max(0.0, 1 - (y - neck) / 20)
    return 100 + (x - 100) * (0.97 + 0.2 * near), begins + (y - neck) * 0.945


def _figure(points: Sequence[Point], child: bool) -> str:
    return smooth([childlike(point) for point in points] if child else points)


_FRONT_HINTS: Final = (
    *([(92, 40), (92, 41)], [(108, 40), (108, 41)], [(95, 56), (100, 58), (105, 56)], [(100, 184), (100, 186)]),
    *([(76, 304), (81, 308), (86, 304)], [(114, 304), (119, 308), (124, 304)]),
)
_BACK_HINTS: Final = (
    *([(100, 100), (100, 196)], [(84, 112), (79, 126), (84, 138)], [(116, 112), (121, 126), (116, 138)]),
    *([(68, 226), (84, 233), (99, 226)], [(101, 226), (116, 233), (132, 226)], [(100, 204), (100, 226)]),
)
_SIDES: Final = (("Their right", 34, 432), ("Their left", 166, 432))


def _standing(hints: Sequence[Sequence[Point]], labels: tuple[tuple[str, int, int], ...], child: bool) -> Drawing:
    lines = [[childlike(point) for point in hint] if child else hint for hint in hints]
    body = _figure(mirrored(_HALF), child)
    return Drawing(200, 440, (body,), hints=tuple(smooth(line, closed=False) for line in lines), labels=labels)


def _sideways(facing: str, child: bool) -> Drawing:
    body, arm = (_SIDE, _ARM) if facing == "left" else (flipped(_SIDE), flipped(_ARM))
    return Drawing(200, 440, (_figure(body, child), _figure(arm, child)))


def _head() -> Drawing:
    front, back = mirrored(_FACE, 80), shifted(mirrored(_FACE, 80), 160, 0)
    right, left = shifted(flipped(_PROFILE, 160), 0, 190), shifted(_PROFILE, 160, 190)
    eyes = ([(58, 72), (66, 69), (72, 72)], [(88, 72), (94, 69), (102, 72)], [(80, 78), (76, 96), (82, 98)])
    mouth, ear = [(66, 116), (80, 120), (94, 116)], [(100, 64), (110, 66), (108, 84), (98, 90), (98, 72)]
    lobes = [shifted(flipped(ear, 160), 0, 190), shifted(ear, 160, 190)]
    lines: list[Sequence[Point]] = [*eyes, mouth, *lobes]
    hints = [smooth(line, closed=False) for line in lines]
    labels = (("Face", 80, 184), ("Back of the head", 240, 184), ("Their right", 80, 376), ("Their left", 240, 376))
    return Drawing(
        320, 384, tuple(smooth(one) for one in (front, back, right, left)), hints=tuple(hints), labels=labels
    )


def _hand(right: float, down: float, thumb_right: bool) -> tuple[str, tuple[tuple[str, int], ...]]:
    palm: list[Point] = [
        (52, 96),
        (80, 90),
        (108, 96),
        (112, 124),
        (100, 150),
        (98, 172),
        (62, 172),
        (60, 150),
        (48, 124),
    ]
    fingers: list[tuple[list[Point], int]] = [
        ([(56, 104), (46, 52)], 16),
        ([(71, 98), (68, 32)], 17),
        ([(88, 98), (90, 26)], 17),
        ([(103, 102), (112, 40)], 17),
        ([(104, 140), (138, 96)], 19),
    ]
    turn = (lambda points: points) if thumb_right else (lambda points: flipped(points, 160))
    lines = tuple((smooth(shifted(turn(line), right, down), closed=False), wide) for line, wide in fingers)
    return smooth(shifted(turn(palm), right, down)), lines


def _hands() -> Drawing:
    # A right palm has its thumb on the right as one looks at it; a right hand's back has it on the left.
    made = [_hand(0, 0, True), _hand(160, 0, False), _hand(0, 192, False), _hand(160, 192, True)]
    labels = (("Right palm", 80, 188), ("Left palm", 240, 188), ("Back of right hand", 80, 380))
    return Drawing(
        *(320, 388),
        tuple(palm for palm, _ in made),
        tuple(line for _, lines in made for line in lines),
        labels=(*labels, ("Back of left hand", 240, 380)),
    )


def _foot(right: float, down: float, big_toe_right: bool) -> tuple[str, tuple[tuple[str, int], ...]]:
    toes: list[tuple[list[Point], int]] = [
        ([(56, 56), (52, 42)], 12),
        ([(67, 50), (64, 34)], 12),
        ([(78, 48), (77, 30)], 12),
        ([(89, 48), (89, 28)], 13),
        ([(102, 52), (104, 30)], 18),
    ]
    turn = (lambda points: points) if big_toe_right else (lambda points: flipped(points, 160))
    lines = tuple((smooth(shifted(turn(line), right, down), closed=False), wide) for line, wide in toes)
    return smooth(shifted(turn(_SOLE), right, down)), lines


def _feet() -> Drawing:
    # Looked down upon, the great toe of the right foot is on the left; from beneath it is the other way round.
    made = [_foot(160, 0, False), _foot(0, 0, True), _foot(0, 192, False), _foot(160, 192, True)]
    labels = (("Top of left foot", 80, 188), ("Top of right foot", 240, 188), ("Sole of left foot", 80, 380))
    return Drawing(
        *(320, 388),
        tuple(sole for sole, _ in made),
        tuple(line for _, lines in made for line in lines),
        labels=(*labels, ("Sole of right foot", 240, 380)),
    )


def _drawn(child: bool) -> dict[str, Drawing]:
    return {
        "front": _standing(_FRONT_HINTS, _SIDES, child),
        "back": _standing(_BACK_HINTS, tuple((words, 200 - x, y) for words, x, y in _SIDES), child),
        "left": _sideways("left", child),
        "right": _sideways("right", child),
        "head": _head(),
        "hands": _hands(),
        "feet": _feet(),
    }


DRAWINGS: Final = {"child": _drawn(child=True), "adult": _drawn(child=False)}

"""The body map as a page shows it: its views, the places one can name on them, and marks as words (R65).

Left and right are the child's own. A place has a point, so that who chooses it from a list makes the same mark as who
taps on the drawing; a mark is told by the place that lies nearest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.body_outline import DRAWINGS, VERSION, Drawing, childlike

__all__ = [
    "FIGURES",
    "KINDS",
    "STANDING",
    "VERSION",
    "VIEWS",
    "Place",
    "by_view",
    "drawing",
    "place_of",
    "places",
    "said",
]

VIEWS: Final = {
    "front": "Front",
    "back": "Back",
    "left": "Left side",
    "right": "Right side",
    "head": "Head",
    "hands": "Hands",
    "feet": "Feet",
}
STANDING: Final = ("front", "back", "left", "right")
FIGURES: Final = {"child": "A child’s figure", "adult": "An adult’s figure"}
KINDS: Final = {
    "bruise": "Bruise",
    "cut": "Cut",
    "graze": "Graze",
    "scratch": "Scratch",
    "burn": "Burn",
    "bite": "Bite",
    "swelling": "Swelling",
    "redness": "Redness",
    "scar": "Scar",
    "rash": "Rash",
    "pain": "Pain, nothing to see",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    x: float
    y: float


# Of a standing figure: the middle ones, then those that are on both sides, as they lie on their left seen from before.
_MIDDLE: Final = {
    "front": (("Face", 100, 46), ("Front of the neck", 100, 78), ("Chest", 100, 128), ("Stomach", 100, 176)),
    "back": (("Back of the head", 100, 36), ("Back of the neck", 100, 78), ("Upper back", 100, 116)),
}
_LOWER: Final = {
    "front": (("Between the legs", 100, 218),),
    "back": (("Middle of the back", 100, 152), ("Lower back", 100, 188)),
}
_BOTH: Final = {
    "front": (
        *(("shoulder", 140, 102), ("side of the chest", 122, 138), ("side of the stomach", 122, 178)),
        *(("upper arm", 150, 136), ("inside of the elbow", 156, 168), ("forearm", 162, 196), ("wrist", 168, 224)),
        *(("hand", 174, 248), ("hip", 130, 208), ("thigh", 122, 256), ("knee", 119, 306), ("shin", 120, 346)),
        *(("ankle", 116, 388), ("foot", 119, 408)),
    ),
    "back": (
        *(("shoulder", 140, 102), ("shoulder blade", 120, 124), ("back of the upper arm", 150, 136)),
        *(("elbow", 156, 168), ("back of the forearm", 162, 196), ("back of the wrist", 168, 224)),
        *(("back of the hand", 174, 248), ("side of the lower back", 122, 176), ("buttock", 120, 216)),
        *(("back of the thigh", 122, 262), ("back of the knee", 119, 306), ("calf", 121, 340)),
        *(("back of the ankle", 116, 386), ("heel", 118, 408)),
    ),
}
_SIDEWAYS: Final = (
    *(("side of the head", 104, 30), ("ear", 104, 46), ("cheek", 88, 56), ("side of the neck", 104, 78)),
    *(("shoulder", 106, 102), ("side of the upper arm", 106, 138), ("side of the elbow", 105, 172)),
    *(("side of the forearm", 99, 204), ("side of the hand", 92, 244), ("side of the chest", 88, 140)),
    *(("side of the back", 120, 140), ("side of the hip", 106, 214), ("side of the thigh", 102, 262)),
    *(("side of the knee", 102, 304), ("side of the lower leg", 105, 344), ("ankle, outside", 99, 390)),
    *(("foot, outside", 86, 408),),
)
_FACE: Final = (
    *(("Forehead", 80, 44), ("Right eye", 65, 72), ("Left eye", 95, 72), ("Nose", 80, 92), ("Right cheek", 56, 96)),
    *(("Left cheek", 104, 96), ("Mouth", 80, 117), ("Chin", 80, 134), ("Front of the neck", 80, 154)),
    *(("Crown", 240, 26), ("Back of the head", 240, 74), ("Back of the neck", 240, 150)),
)
_PROFILE: Final = (
    *(("temple", 56, 52), ("side of the head", 100, 44), ("ear", 104, 78), ("behind the ear", 122, 86)),
    *(("cheek, from the side", 62, 104), ("jaw", 74, 132), ("side of the neck", 92, 152)),
)
_HAND: Final = (
    *(("little finger", 47, 60), ("ring finger", 68, 48), ("middle finger", 90, 42), ("index finger", 111, 54)),
    *(("thumb", 134, 102), ("", 80, 124), ("wrist", 80, 164)),
)
_FOOT: Final = (("small toes", 68, 38), ("great toe", 103, 40), ("", 82, 90), ("heel", 80, 152))


def _standing(view: str) -> list[Place]:
    made = [Place(*one) for one in (*_MIDDLE[view], *_LOWER[view])]
    for name, x, y in _BOTH[view]:
        there = (("Left", x), ("Right", 200 - x)) if view == "front" else (("Left", 200 - x), ("Right", x))
        made += [Place(f"{side} {name}", at, y) for side, at in there]
    return made


def _sideways(side: str) -> list[Place]:
    return [Place(f"{side} {name}", x if side == "Left" else 200 - x, y) for name, x, y in _SIDEWAYS]


def _head() -> list[Place]:
    right = [Place(f"Right {name}", 160 - x, y + 190) for name, x, y in _PROFILE]
    return [Place(*one) for one in _FACE] + right + [Place(f"Left {name}", x + 160, y + 190) for name, x, y in _PROFILE]


def _hands() -> list[Place]:
    made = []
    for side, surface, right, down, turned in (
        *(("Right", "palm", 0, 0, False), ("Left", "palm", 160, 0, True)),
        *(("Right", "back of the hand", 0, 192, True), ("Left", "back of the hand", 160, 192, False)),
    ):
        for name, x, y in _HAND:
            words = f"{side} {name}, {'palm side' if surface == 'palm' else 'back'}" if name else f"{side} {surface}"
            made.append(Place(words, (160 - x if turned else x) + right, y + down))
    return made


def _feet() -> list[Place]:
    made = []
    for side, surface, right, down, turned in (
        *(("Left", "top of the foot", 0, 0, False), ("Right", "top of the foot", 160, 0, True)),
        *(("Left", "sole", 0, 192, True), ("Right", "sole", 160, 192, False)),
    ):
        for name, x, y in _FOOT:
            words = (
                f"{side} {name}, {'from beneath' if surface == 'sole' else 'from above'}"
                if name
                else f"{side} {surface}"
            )
            if name != "heel" or surface == "sole":
                made.append(Place(words, (160 - x if turned else x) + right, y + down))
    return made


_MADE: Final = {
    "front": _standing("front"),
    "back": _standing("back"),
    "left": _sideways("Left"),
    "right": _sideways("Right"),
    "head": _head(),
    "hands": _hands(),
    "feet": _feet(),
}


def _shares(view: str, figure: str) -> tuple[Place, ...]:
    drawn = DRAWINGS[figure][view]
    standing = figure == "child" and view in STANDING
    made = []
    for place in _MADE[view]:
        x, y = childlike((place.x, place.y)) if standing else (place.x, place.y)
        made.append(Place(place.name, round(x / drawn.width, 4), round(y / drawn.height, 4)))
    return tuple(made)


_PLACES: Final = {(view, figure): _shares(view, figure) for view in VIEWS for figure in FIGURES}


def drawing(view: str, figure: str) -> Drawing:
    return DRAWINGS[figure][view]


def places(view: str, figure: str) -> tuple[Place, ...]:
    """What can be named on a view; `x` and `y` run from 0 to 1 over the drawing, from its upper left corner."""
    return _PLACES[view, figure]


def place_of(view: str, figure: str, x: float, y: float) -> str:
    """The name of the place that lies nearest."""
    drawn = DRAWINGS[figure][view]
    near = min(
        _PLACES[view, figure],
        key=lambda place: ((place.x - x) * drawn.width) ** 2 + ((place.y - y) * drawn.height) ** 2,
    )
    return near.name


def said(mark: Mapping[str, Any]) -> str:
    """A mark in words: "Left upper arm (front): bruise, 20 mm, yellow and green"."""
    where = place_of(mark["view"], mark["figure"], mark["x"], mark["y"])
    seen = [KINDS.get(mark["kind"], mark["kind"]).lower()]
    seen += [f"{mark['size_mm']} mm"] if mark.get("size_mm") else []
    seen += [mark["colour"]] if mark.get("colour") else []
    return f"{where} ({VIEWS[mark['view']].lower()}): {', '.join(seen)}"


def by_view(marks: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, Sequence[Mapping[str, Any]]]]:
    """View, figure and the marks on it, in the order of the views, for drawing each view once."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for mark in marks:
        found.setdefault((mark["view"], mark["figure"]), []).append(mark)
    order = list(VIEWS)
    return [(view, figure, found[view, figure]) for view, figure in sorted(found, key=lambda one: order.index(one[0]))]

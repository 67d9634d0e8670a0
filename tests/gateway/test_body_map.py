"""The body map's drawings: every place lies on its drawing, and what is chosen by name is told by the same name."""

import pytest

from services.gateway.pages import body_map
from services.gateway.pages.frame import PAGES
from services.gateway.schemas.circumstances import MARK

EVERY_VIEW = [(view, figure) for view in body_map.VIEWS for figure in body_map.FIGURES]


@pytest.mark.parametrize(("view", "figure"), EVERY_VIEW)
def test_r65_a_place_chosen_by_name_is_told_by_that_name(view: str, figure: str) -> None:
    places = body_map.places(view, figure)
    assert len(places) > 10
    assert len({place.name for place in places}) == len(places)
    for place in places:
        assert 0 < place.x < 1
        assert 0 < place.y < 1
        assert body_map.place_of(view, figure, place.x, place.y) == place.name


@pytest.mark.parametrize("figure", body_map.FIGURES)
def test_r65_left_is_the_childs_own_left(figure: str) -> None:
    """On the front it lies at the right of the drawing; on the back at the left."""
    for view, left_is_on in (("front", "right"), ("back", "left")):
        for place in body_map.places(view, figure):
            if place.name.startswith("Left"):
                assert (place.x > 0.5) == (left_is_on == "right"), place


def test_r65_marks_are_drawn_and_said_in_words() -> None:
    mark = {**MARK, "pupil_id": "p", "number": 1, "words": "<b>Rowan</b> pointed at it"}
    template = PAGES.from_string('{% import "body-map.html" as body_map with context %}{{ body_map.shown(marks, {}) }}')
    html = template.render(marks=[mark, {**mark, "number": 2, "view": "hands", "size_mm": None, "colour": None}])
    assert html.count("<svg") == 2
    assert 'aria-label="Body map, front: 1 mark"' in html
    assert "bruise, 20 mm, yellow and green" in html
    assert "&lt;b&gt;Rowan&lt;/b&gt;" in html

"""The QR code on a page: drawn from lines alone, whatever an answer or a form says it is."""

import pytest

from services.auth.domain import qr_svg
from services.gateway.pages.qr import drawing, drawn


def test_the_picture_is_taken_apart_and_drawn_anew() -> None:
    found = drawing(qr_svg("otpauth://totp/Heed:price@school.example?secret=JBSWY3DPEHPK3PXP&issuer=Heed"))
    assert found is not None
    assert 29 <= found.modules <= 60
    assert drawn(str(found.modules), found.lines) == found


@pytest.mark.parametrize("lines", ["M0 0h7<script>", 'M0 0"/><script>alert(1)</script>', "M0 0v7", "", "M" * 8001])
def test_what_is_no_drawing_is_not_drawn(lines: str) -> None:
    assert drawn("41", lines) is None
    found = drawing(f'<svg width="164" height="164"><path transform="scale(4)" d="{lines}"/></svg>')
    assert found is None or found.lines == "M0 0"


@pytest.mark.parametrize("modules", ["", "4444", "-1", "²", "4\n1"])
def test_a_picture_has_a_size(modules: str) -> None:
    assert drawn(modules, "M0 0h7") is None

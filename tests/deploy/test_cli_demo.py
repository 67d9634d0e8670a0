"""`heed demo`: who the invented people are, and codes that a sign-in would take."""

from datetime import UTC, datetime

import pyotp

from deploy.demo.people import everybody, find
from services.auth.domain import TOTP_SECONDS, totp_step
from tests.deploy.heed import heed


def test_everybody_is_shown_with_what_they_may_see() -> None:
    said = heed("demo", "people")
    assert said.returncode == 0
    for person in everybody():
        assert person.email in said.stdout
    assert "heed-demonstration" in said.stdout


def test_a_code_and_the_next_one_are_both_taken_and_nothing_else_is_printed() -> None:
    person = find("ada.okafor@oakfield.example")
    assert person is not None
    before = datetime.now(UTC)
    first, second = heed("demo", "code", "ada.okafor"), heed("demo", "code", "ada.okafor@oakfield.example", "--next")
    now = int(before.timestamp()) // TOTP_SECONDS
    assert first.stdout.strip() in {pyotp.TOTP(person.totp_secret).generate_otp(step) for step in (now, now + 1)}
    assert first.stdout != second.stdout
    assert totp_step(person.totp_secret, first.stdout, now=before) is not None
    assert "good once" in first.stderr


def test_somebody_unknown_is_said_in_one_sentence() -> None:
    said = heed("demo", "code", "nobody.atall")
    assert said.returncode == 1
    assert "heed demo people" in said.stderr
    assert said.stdout == ""

"""Mail of the demonstration is caught by a real SMTP server and goes nowhere."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from deploy import captured_mail
from deploy.captured_mail import CapturedMail


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[CapturedMail]:
    caught = CapturedMail(tmp_path / "mail")
    await caught.start()
    yield caught
    await caught.stop()


def _message(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "heed@rivermead.example"
    message["To"] = "ada.okafor@oakfield.example"
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@rivermead.example>"
    message.set_content("You have an alert in Heed. Sign in to read it.")
    message.add_alternative("<p>You have an alert in Heed.</p>", subtype="html")
    return message


async def _send(mail: CapturedMail, *subjects: str) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=mail.port, use_tls=False, start_tls=False) as smtp:
        for subject in subjects:
            await smtp.send_message(_message(subject))


async def test_a_mail_is_found_as_it_was_sent(mail: CapturedMail) -> None:
    await _send(mail, "first", "second")
    first, second = mail.mails()
    assert (first.to, first.subject) == ("ada.okafor@oakfield.example", "first")
    assert "Sign in to read it." in first.text
    assert second.message_id == "<second@rivermead.example>"
    assert first.at < second.at


async def test_mail_is_found_again_after_a_restart(mail: CapturedMail, tmp_path: Path) -> None:
    await _send(mail, "before")
    assert [m.subject for m in CapturedMail(tmp_path / "mail").mails()] == ["before"]


async def test_the_oldest_make_room(mail: CapturedMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captured_mail, "KEPT", 2)
    await _send(mail, "one", "two", "three")
    assert [m.subject for m in mail.mails()] == ["two", "three"]

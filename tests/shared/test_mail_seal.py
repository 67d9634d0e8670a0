"""A secret link in the mail queue: noise in its row and in its stored letter, and the same letter at every try."""

from uuid import uuid4

import pytest
from pydantic import SecretStr

from shared.db import Scope
from shared.keys import WrongSecret
from shared.mail import MailKind, queue_mail
from shared.mail_seal import MailSeal
from tests.conftest import Cluster
from tests.post_office import PostOffice
from tests.shared.sending import OAKFIELD, Queue, words_of

SECRET_PATH = "/password/Hq3v0cYb1mXw8TtLr5ZfJ2uKs9NdAeGo6PiQyBxVk4M"


@pytest.mark.postgres
@pytest.mark.smtp
async def test_a_secret_link_is_read_by_who_gets_the_mail_and_by_nobody_else(empty_cluster: Cluster) -> None:
    answers = ["451 Later", None]
    queue = Queue(empty_cluster)
    seal = MailSeal(SecretStr("k" * 40))
    async with PostOffice(data=lambda _: answers.pop(0)) as office:
        async with queue.db.begin(Scope(OAKFIELD)) as session:
            await queue_mail(
                session,
                kind=MailKind.INVITATION,
                school_id=OAKFIELD,
                staff_id=queue.book.add("brennan@school.example"),
                path=SECRET_PATH,
                seal=seal,
            )
        async with queue.sending(queue.sender(office, seal=seal)):
            await queue.until_all("sent")
        (letter,) = office.letters()
        assert f"https://heed.school.example{SECRET_PATH}" in words_of(letter)["text/plain"]
    (row,) = await queue.rows()
    await queue.close()
    assert row["attempts"] == 2
    assert SECRET_PATH not in str(row)
    assert SECRET_PATH.encode() not in row["bytes"]
    # What was sent at the second try is what was stored before the first.
    assert seal.open_letter(row["id"], row["bytes"]) == office.taken[0][1]


def test_what_is_sealed_for_one_mail_or_under_one_secret_is_of_no_use_elsewhere() -> None:
    seal, mail_id = MailSeal(SecretStr("k" * 40)), uuid4()
    closed = seal.close_path(mail_id, SECRET_PATH)
    assert seal.open_path(mail_id, closed) == SECRET_PATH
    for other, elsewhere in ((seal, uuid4()), (MailSeal(SecretStr("o" * 40)), mail_id)):
        with pytest.raises(WrongSecret):
            other.open_path(elsewhere, closed)
    assert seal.open_path(mail_id, "/alerts/1") == "/alerts/1"

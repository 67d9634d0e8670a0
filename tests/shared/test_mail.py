"""The mail queue: a row of the caller's transaction, which wakes the sender after the commit; its mails name nobody."""

import email
import email.policy
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.db import Database, Scope
from shared.mail import MailKind, MailState, queue_mail
from shared.mail_letters import FOLDER, Letters, _Particulars, deliverable
from shared.measures import MAIL_STATES
from shared.settings import HouseSettings
from tests.conftest import Cluster
from tests.shared.sending import words_of

pytestmark = pytest.mark.postgres

OAKFIELD, MEADOW, HADDAD = uuid4(), uuid4(), uuid4()


@pytest.fixture
async def db(empty_cluster: Cluster) -> AsyncIterator[Database]:
    database = empty_cluster.database("house")
    yield database
    await database.close()


async def queue(db: Database, school_id: UUID = OAKFIELD, path: str = "/alerts/1") -> UUID:
    async with db.begin(Scope(OAKFIELD)) as session:
        return await queue_mail(session, kind=MailKind.ALERT, school_id=school_id, staff_id=HADDAD, path=path)


async def test_r79_a_mail_is_queued_in_the_callers_transaction_and_wakes_after_its_commit(
    empty_cluster: Cluster, db: Database
) -> None:
    woken: list[str] = []
    db.on_mail(lambda: woken.append("sender"))
    db.on_publish(lambda: woken.append("relay"))
    with pytest.raises(RuntimeError):
        async with db.begin(Scope(OAKFIELD)) as session:
            await queue_mail(session, kind=MailKind.ALERT, school_id=OAKFIELD, staff_id=HADDAD, path="/alerts/1")
            assert woken == []
            raise RuntimeError
    assert woken == []
    mail_id = await queue(db)
    assert woken == ["sender"]
    worker = await asyncpg.connect(empty_cluster.url("house", "worker"))
    (row,) = await worker.fetch("SELECT * FROM mail")
    await worker.close()
    assert (row["id"], row["school_id"], row["staff_id"]) == (mail_id, OAKFIELD, HADDAD)
    assert (row["state"], row["attempts"], row["bytes"], row["kind"]) == ("prepared", 0, None, "alert")
    assert len(row["message_id"]) == 32


async def test_a_mail_of_another_school_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await queue(db, MEADOW)


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "alerts/1", ""])
async def test_a_mail_never_leads_out_of_heed(db: Database, path: str) -> None:
    with pytest.raises(ValueError, match="path of Heed"):
        await queue(db, path=path)


def test_the_gauge_counts_every_state_there_is() -> None:
    assert set(MAIL_STATES) == {state.value for state in MailState}


# -------------------------------------------------------------------------------------------------------------- letters
SETTINGS = HouseSettings(
    public_url="https://heed.rivermead.example/", mail_from="heed@rivermead.example", mail_from_name="Heed"
)
LINK = "https://heed.rivermead.example/alerts/018f2b"
WORDS = {
    MailKind.ALERT: ("You have a new alert in Heed", "You have a new alert in Heed. Sign in to read it:"),
    MailKind.ESCALATION: (
        "An alert is waiting for you in Heed",
        "An alert is waiting for you in Heed. Sign in to read it:",
    ),
    MailKind.INVITATION: (
        "You have been added to Heed",
        "You have been added to Heed, where your school records concerns about children. Choose your own "
        "password within seven days; the link is good once:",
    ),
    MailKind.JOINED: (
        "You have been added to another school in Heed",
        "You have been added to the staff of another school in Heed. Sign in as you are used to:",
    ),
    MailKind.PASSWORD: (
        "Choose a new password for Heed",
        "Somebody asked for a new password for your Heed account. If it was you, choose one within an hour; "
        "the link is good once. If it was not, do nothing:",
    ),
    MailKind.NEW_DEVICE: (
        "A new sign-in to Heed",
        "Somebody has signed in to Heed as you, on a device you have not used before. If it was not you, tell "
        "your lead DSL at once and end the session:",
    ),
    MailKind.SECOND_FACTOR_RESET: (
        "Your second factor for Heed was reset",
        "Your second factor for Heed was reset, and your sessions have ended. Set up a new one when you next "
        "sign in. If you had not asked for this, tell your lead DSL at once:",
    ),
    MailKind.SECOND_FACTOR_RESET_TOLD: (
        "A second factor was reset in Heed",
        "The second factor of a member of staff was reset in Heed. Sign in to see whose:",
    ),
    MailKind.TEAM_ROLE: (
        "A role of the safeguarding team was given in Heed",
        "A role of the safeguarding team was given in Heed. Sign in to see to whom:",
    ),
    MailKind.RECOVERY_CODE: (
        "A recovery code was used in Heed",
        "Somebody has signed in to Heed as you with one of your printed recovery codes. If it was not you, "
        "tell your lead DSL at once and end the session:",
    ),
    MailKind.DUTY: (
        "You have something to do in Heed",
        "You have been given something to do in Heed. Sign in to see what and by when:",
    ),
    MailKind.DUTY_OVERDUE: (
        "Something is overdue in Heed",
        "Something that was to be done is overdue in Heed. Sign in to see what:",
    ),
    MailKind.WEBHOOK_OFF: (
        "A webhook was switched off in Heed",
        "A webhook of your school was switched off in Heed, for nobody took what it was sent. Sign in to see which:",
    ),
    MailKind.RULES_CHANGED: (
        "The alert rules of your school were changed in Heed",
        "The rules by which people of your school are alerted were changed in Heed. Sign in to see them:",
    ),
    MailKind.CATEGORY_WEIGHED: (
        "Who may read a category of your school was changed in Heed",
        "A category of your school was made more or less sensitive in Heed, and with it who may read what is filed "
        "under it. Sign in to see them:",
    ),
    MailKind.TOLD_AUTHOR: (
        "Something was added for you in Heed",
        "Something was added for you to what you wrote in Heed. Sign in to read it:",
    ),
    MailKind.SIGN_IN_WAY: (
        "How you sign in to Heed was changed",
        "A passkey or an account you sign in to Heed with was added or removed. If it was not you, tell your lead DSL "
        "at once and look at your ways to sign in:",
    ),
    MailKind.BREAK_GLASS: (
        "Somebody has used break-glass in Heed",
        "Somebody has used break-glass in Heed to read a record they could not read otherwise. Sign in to see why, "
        "and to review it:",
    ),
    MailKind.DIGEST: (
        "There is something new for you in Heed",
        "There is something new for you in Heed since your last mail. Sign in to read it:",
    ),
}


async def written(kind: MailKind, *, school: str = "Oakfield Primary", settings: HouseSettings = SETTINGS) -> bytes:
    return await Letters(settings).write(
        kind,
        to="haddad@school.example",
        school=school,
        path="/alerts/018f2b",
        message_id="c0ffee",
        written_at=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
    )


def read(letter: bytes) -> EmailMessage:
    found = email.message_from_bytes(letter, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("kind", list(MailKind))
async def test_a_mail_holds_nothing_but_what_may_be_in_it(kind: MailKind) -> None:
    subject, sentence = WORDS[kind]
    letter = read(await written(kind))
    headers = [(name, str(value)) for name, value in letter.items() if name != "Content-Type"]
    assert sorted(headers) == [
        ("Auto-Submitted", "auto-generated"),
        ("Date", "Tue, 24 Nov 2026 12:30:00 +0000"),
        ("From", "Heed <heed@rivermead.example>"),
        ("MIME-Version", "1.0"),
        ("Message-ID", "<c0ffee@rivermead.example>"),
        ("Subject", subject),
        ("To", "haddad@school.example"),
    ]
    for part in letter.walk():
        allowed = {"Content-Type", "MIME-Version"} if part.is_multipart() else {"Content-Transfer-Encoding"}
        assert part is letter or set(part.keys()) <= allowed | {"Content-Type", "MIME-Version"}
        assert set(part["Content-Type"].params) <= {"charset", "boundary"}
    words = words_of(letter)
    assert list(words) == ["text/plain", "text/html"]
    assert words["text/plain"].split() == f"{sentence} {LINK} Oakfield Primary".split()
    html = words["text/html"]
    assert re.findall(r"<a href=\"([^\"]*)\">", html) == [LINK]
    assert " ".join(re.sub(r"<[^>]*>", " ", html).split()) == f"{subject} {sentence} {LINK} Oakfield Primary"


@pytest.mark.parametrize("kind", list(MailKind))
async def test_the_html_fetches_nothing_and_says_its_language(kind: MailKind) -> None:
    html = words_of(read(await written(kind)))["text/html"]
    assert '<html lang="en-GB">' in html
    assert not re.search(r"<(img|script|link|iframe|object|form)|src=|url\(|@import", html)


async def test_a_schools_name_is_text_in_every_part() -> None:
    words = words_of(read(await written(MailKind.ALERT, school="Ysgol <b>Llŷn</b> & Môn")))
    assert "Ysgol <b>Llŷn</b> & Môn" in words["text/plain"]
    assert "Ysgol &lt;b&gt;Llŷn&lt;/b&gt; &amp; Môn" in words["text/html"]


async def test_a_mail_is_what_the_standard_calls_a_mail() -> None:
    letter = await written(MailKind.ALERT, settings=SETTINGS.model_copy(update={"mail_from": "heed@mail.local"}))
    assert b"\n" not in letter.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in letter.split(b"\r\n"))
    assert letter.lower().count(b"message-id:") == 1
    # An encoding of a part that holds others is forbidden: only the two bodies have one.
    assert letter.count(b"Content-Transfer-Encoding") == 2
    assert read(letter)["From"] == "Heed <heed@mail.local>"


async def test_a_mail_written_twice_is_the_same_to_the_byte() -> None:
    assert await written(MailKind.ALERT) == await written(MailKind.ALERT)


@pytest.mark.parametrize("kind", list(MailKind))
async def test_a_letter_from_a_form_is_the_letter_that_is_built(kind: MailKind) -> None:
    letters, school = Letters(SETTINGS), "Ysgol <b>Llŷn</b> & Môn"
    for to in ("a@b.example", f"{'o' * 40}@school.example", f"{'o' * 60}@{'long.' * 40}example"):
        about = ("/alerts/018f2b?a=%20", f"{'c0ffee' * 5}00", datetime(2026, 11, 24, 12, 30, tzinfo=UTC))
        path, message_id, at = about
        given = {"to": to, "path": path, "message_id": message_id, "written_at": at}
        whole = await letters._whole(kind, school, _Particulars(to, *about))
        assert await letters.write(kind, school=school, **given) == whole  # type: ignore[arg-type]
    # Otherwise every letter would be built.
    assert letters._forms[kind, school] is not None


@pytest.mark.parametrize("kind", list(MailKind))
def test_every_kind_has_its_words(kind: MailKind) -> None:
    assert {path.name for path in (FOLDER / kind).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("haddad@school.example", "haddad@school.example"),
        (" haddad@school.example ", "haddad@school.example"),
        ("head@ysgol-llŷn.example", "head@xn--ysgol-lln-29b.example"),
        ("o'neill+heed@school.local", "o'neill+heed@school.local"),
        ("rené@school.example", None),
        ("haddad", None),
        ("haddad@", None),
        ("@school.example", None),
        ("a@b@c.example", None),
        ("a@b.example, c@d.example", None),
        ("a@b.example>\r\nRCPT TO:<c@d.example", None),
        ("Mr Haddad <haddad@school.example>", None),
    ],
)
def test_an_address_is_one_address(given: str, found: str | None) -> None:
    assert deliverable(given) == found

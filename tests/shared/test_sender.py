"""The sender, against real mail servers that are slow, say no, hang, and go away at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.db import Scope
from shared.mail import MailKind
from shared.mail_leases import MailLeases
from shared.mail_patience import Patience
from tests.conftest import Cluster
from tests.post_office import PostOffice, certificate
from tests.shared.sending import MEADOW, OAKFIELD, QUICK, Queue, until, words_of

pytestmark = [pytest.mark.postgres, pytest.mark.smtp]


@pytest.fixture
async def queue(empty_cluster: Cluster) -> AsyncIterator[Queue]:
    found = Queue(empty_cluster)
    yield found
    await found.close()


# ------------------------------------------------------------------------------------------------- when all goes well
async def test_r79_two_hundred_mails_go_out_once_each_over_one_connection(queue: Queue) -> None:
    async with PostOffice() as office:
        async with queue.sending(queue.sender(office)):
            await queue.put(*(f"person{n}@school.example" for n in range(200)))
            await queue.until_all("sent")
        assert office.connections == 1
        assert sorted(to for to, _ in office.taken) == sorted(f"person{n}@school.example" for n in range(200))
        assert len({letter["Message-ID"] for letter in office.letters()}) == 200
        assert office.farewells == 1
    rows = await queue.rows()
    assert {(row["attempts"], row["error"], row["lease_owner"]) for row in rows} == {(1, None, None)}
    assert all(row["sent_at"] for row in rows)


async def test_a_mail_names_the_school_it_is_about(queue: Queue) -> None:
    async with PostOffice() as office:
        async with queue.sending(queue.sender(office)):
            await queue.put("haddad@school.example", school_id=MEADOW, kind=MailKind.ESCALATION)
            await queue.until_all("sent")
        (letter,) = office.letters()
    assert letter["Subject"] == "An alert is waiting for you in Heed"
    assert "Meadow Lane" in "".join(words_of(letter).values())


async def test_a_connection_the_server_ended_meanwhile_is_opened_again_and_counts_as_no_try(queue: Queue) -> None:
    answers = iter([None, None, "421 4.4.2 You were idle for too long"])
    async with PostOffice(mail=lambda _: next(answers, None)) as office:
        async with queue.sending(queue.sender(office)):
            await queue.put("haddad@school.example")
            await queue.until_all("sent")
            office.hang_up()
            await queue.put("okafor@school.example")
            await queue.until_all("sent")
            await queue.put("boyle@school.example")
            await queue.until_all("sent")
        assert office.connections == 3
    assert [row["attempts"] for row in await queue.rows()] == [1, 1, 1]


async def test_a_mail_that_another_process_queued_is_found_without_a_wake(queue: Queue) -> None:
    async with PostOffice() as office:
        await queue.put("haddad@school.example")
        async with queue.sending(queue.sender(office)):
            await queue.until_all("sent")


# ---------------------------------------------------------------------------------------- what the server says of one
async def test_one_recipient_who_is_refused_for_good_stops_nobody_else(queue: Queue) -> None:
    no = {"gone@school.example": "550 5.1.1 gone@school.example is unknown here"}
    async with PostOffice(rcpt=no.get) as office:
        async with queue.sending(queue.sender(office)):
            await queue.put("okafor@school.example", "gone@school.example", "haddad@school.example")
            await queue.until_all("sent", "failed")
        assert office.connections == 1
        assert [to for to, _ in office.taken] == ["okafor@school.example", "haddad@school.example"]
    assert [(row["state"], row["error"]) for row in await queue.rows()] == [
        ("sent", None),
        ("failed", "SMTPRecipientRefused 550 5.1.1"),
        ("sent", None),
    ]


@pytest.mark.parametrize("where", ["rcpt", "data"])
async def test_later_means_later_with_the_same_bytes(queue: Queue, where: str) -> None:
    answers = iter(["451 4.7.1 Come back later", "450 Still not", None])
    async with PostOffice() as office:
        setattr(office, where, lambda _: next(answers))
        async with queue.sending(queue.sender(office)):
            await queue.put("haddad@school.example")
            await queue.until_all("sent")
        assert len(office.taken) == 1
    (row,) = await queue.rows()
    assert (row["attempts"], row["error"]) == (3, None)
    assert row["bytes"] == office.taken[0][1]


async def test_relaying_denied_is_ours_to_set_right_and_is_tried_again(queue: Queue) -> None:
    answers = iter(["554 5.7.1 Relay access denied", None])
    async with PostOffice(rcpt=lambda _: next(answers)) as office, queue.sending(queue.sender(office)):
        await queue.put("haddad@school.example")
        await queue.until_all("sent")


async def test_what_is_put_off_for_days_is_given_up_and_counted(queue: Queue) -> None:
    async with PostOffice(rcpt=lambda _: "450 4.2.1 later") as office, queue.sending(queue.sender(office)):
        await queue.put("haddad@school.example")
        await until(lambda: attempts_of(queue, 2))
        assert await queue.states() != ["failed"]
        await queue.execute("UPDATE mail SET created_at = created_at - interval '73 hours'")
        await queue.until_all("failed")
    (row,) = await queue.rows()
    assert row["error"] == "SMTPRecipientRefused 450 4.2.1"


async def attempts_of(queue: Queue, least: int) -> bool:
    return all(row["attempts"] >= least for row in await queue.rows())


async def sent_of(queue: Queue, count: int) -> bool:
    return (await queue.states()).count("sent") == count


def test_waits_double_up_to_the_longest_and_are_spread_out() -> None:
    patience = Patience(first=4, longest=60)
    assert all(2 <= patience.wait(0) <= 4 for _ in range(50))
    assert all(16 <= patience.wait(3) <= 32 for _ in range(50))
    assert all(30 <= patience.wait(attempts) <= 60 for attempts in (4, 5, 100, 10_000))
    assert len({patience.wait(100) for _ in range(50)}) > 10


# ----------------------------------------------------------------------------------- a server that hangs or goes away
async def test_without_an_answer_the_same_mail_is_sent_again(queue: Queue) -> None:
    once = [True]

    async def drop(to: str) -> None:
        if to.startswith("haddad") and once:
            once.clear()
            # Renamed between the tries; the mail is the one it was.
            queue.book.schools[OAKFIELD] = "Oakfield Academy"
            raise ConnectionResetError

    async with PostOffice(after=drop) as office, queue.sending(queue.sender(office)):
        await queue.put("haddad@school.example", "okafor@school.example")
        await queue.until_all("sent")
    twice = [content for to, content in office.taken if to.startswith("haddad")]
    assert len(twice) == 2
    assert twice[0] == twice[1]
    assert b"\r\nMessage-ID: <" in twice[0]
    assert len(office.taken) == 3
    assert [row["attempts"] for row in await queue.rows()] == [2, 1]


async def test_a_mail_without_an_answer_is_called_unknown(queue: Queue) -> None:
    async def drop(_: str) -> None:
        raise ConnectionResetError

    async with PostOffice(after=drop) as office, queue.sending(queue.sender(office, patience=Patience(first=600))):
        await queue.put("haddad@school.example")
        await queue.until_all("unknown")
    assert (await queue.rows())[0]["error"] == "SMTPServerDisconnected"


async def test_a_server_that_hangs_holds_up_one_mail_for_the_timeout_and_no_stop(queue: Queue) -> None:
    hung = asyncio.Event()

    async def hang(to: str) -> None:
        if to.startswith("haddad"):
            hung.set()
            await asyncio.sleep(3600)

    async with PostOffice(stall=hang) as office:
        slow = queue.sender(office, smtp_seconds=0.3, patience=Patience(first=600))
        async with queue.sending(slow):
            await queue.put("haddad@school.example", "okafor@school.example")
            await until(lambda: [to for to, _ in office.taken] == ["okafor@school.example"])
            await queue.until_all("sent", "unknown")
        assert sorted(await queue.states()) == ["sent", "unknown"]
        # Ten seconds of patience for a command, and asked to stop in the middle of one.
        hung.clear()
        await queue.execute("UPDATE mail SET next_try_at = now()")
        started = asyncio.get_running_loop().time()
        async with queue.sending(
            queue.sender(office, smtp_seconds=60, lease_seconds=600, patience=Patience(first=600))
        ):
            await hung.wait()
        assert asyncio.get_running_loop().time() - started < 6
        assert sorted(await queue.states()) == ["sent", "unknown"]
    assert all(row["lease_owner"] is None for row in await queue.rows())


async def test_a_server_that_never_greets_holds_up_no_stop(queue: Queue) -> None:
    connected = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    settings = queue.settings(PostOffice(), smtp_port=server.sockets[0].getsockname()[1])
    await queue.put("haddad@school.example")
    async with queue.sending(queue.sender(PostOffice(), settings=settings, smtp_seconds=60, lease_seconds=600)):
        await connected.wait()
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 1
    server.close()
    await server.wait_closed()
    (row,) = await queue.rows()
    assert (row["state"], row["attempts"], row["lease_owner"]) == ("prepared", 0, None)


async def test_a_server_that_is_away_costs_no_tries_and_loses_nothing(queue: Queue) -> None:
    office = PostOffice()
    await office.start(0)
    port = office.port
    await office.stop()
    async with queue.sending(queue.sender(office, settings=queue.settings(office, smtp_port=port))):
        await queue.put("haddad@school.example", "okafor@school.example")
        await until(lambda: waits_with(queue, "SMTPConnectError"))
        await office.start(port)
        await queue.until_all("sent")
    await office.stop()
    assert [row["attempts"] for row in await queue.rows()] == [1, 1]


async def waits_with(queue: Queue, error: str) -> bool:
    return all((row["state"], row["error"], row["attempts"]) == ("prepared", error, 0) for row in await queue.rows())


async def test_stop_finishes_the_mail_in_hand_gives_back_the_rest_and_says_farewell(queue: Queue) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_: str) -> None:
        begun.set()
        await go_on.wait()

    async with PostOffice(stall=slowly) as office:
        async with queue.sending(queue.sender(office)):
            await queue.put("haddad@school.example", "okafor@school.example", "boyle@school.example")
            await begun.wait()
            asyncio.get_running_loop().call_later(0.2, go_on.set)
        assert len(office.taken) == 1
        assert office.farewells == 1
    assert sorted(await queue.states()) == ["prepared", "prepared", "sent"]
    assert all(row["lease_owner"] is None for row in await queue.rows())


# ------------------------------------------------------------------------------------------------- TLS and signing in
async def test_starttls_and_auth_are_used(queue: Queue, tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with PostOffice(tls=server, password="harbour") as office:
        settings = queue.settings(office, smtp_security="starttls", smtp_user="heed", smtp_password="harbour")
        async with queue.sending(queue.sender(office, settings=settings, tls=client)):
            await queue.put("haddad@school.example")
            await queue.until_all("sent")
        assert (office.secured, office.signed_in) == ([True], [True])


async def test_tls_from_the_first_byte(queue: Queue, tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with PostOffice(tls=server, implicit=True) as office:
        settings = queue.settings(office, smtp_security="tls")
        async with queue.sending(queue.sender(office, settings=settings, tls=client)):
            await queue.put("haddad@school.example")
            await queue.until_all("sent")
        assert office.secured == [True]


async def test_a_certificate_nobody_vouches_for_is_refused(queue: Queue, tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    async with PostOffice(tls=server) as office:
        async with queue.sending(queue.sender(office, settings=queue.settings(office, smtp_security="starttls"))):
            await queue.put("haddad@school.example")
            await until(lambda: waits_with(queue, "SSLCertVerificationError"))
        assert office.taken == []


async def test_without_the_starttls_that_was_asked_for_nothing_goes_out(queue: Queue) -> None:
    async with PostOffice() as office:
        async with queue.sending(queue.sender(office, settings=queue.settings(office, smtp_security="starttls"))):
            await queue.put("haddad@school.example")
            await until(lambda: waits_with(queue, "SMTPException"))
        assert office.taken == []


async def test_with_a_wrong_password_mails_wait_until_it_is_right(queue: Queue, tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with PostOffice(tls=server, password="harbour") as office:
        settings = queue.settings(office, smtp_security="starttls", smtp_user="heed", smtp_password="wrong")
        async with queue.sending(queue.sender(office, settings=settings, tls=client)):
            await queue.put("haddad@school.example")
            await until(lambda: waits_with(queue, "SMTPAuthenticationError 535 5.7.8"))
        office.password = "wrong"
        async with queue.sending(queue.sender(office, settings=settings, tls=client)):
            await queue.until_all("sent")
    assert (await queue.rows())[0]["attempts"] == 1


async def test_a_refused_sender_is_no_mails_fault(queue: Queue) -> None:
    answers = iter(["550 5.7.1 not from here"] * 3)
    async with PostOffice(mail=lambda _: next(answers, None)) as office, queue.sending(queue.sender(office)):
        await queue.put("haddad@school.example", "okafor@school.example")
        await queue.until_all("sent")
    assert [row["attempts"] for row in await queue.rows()] == [1, 1]


# ------------------------------------------------------------------------------------------------------------ addresses
async def test_with_auth_down_mails_wait_and_are_sent_later(queue: Queue) -> None:
    queue.book.shut = True
    async with PostOffice() as office, queue.sending(queue.sender(office)):
        await queue.put("haddad@school.example")
        await until(lambda: waits_with(queue, "Unavailable"))
        queue.book.shut = False
        await queue.until_all("sent")
    assert (await queue.rows())[0]["attempts"] == 1


@pytest.mark.parametrize(
    "address", ["not an address", "two@a.example,three@a.example", "a@b.example\r\nBcc: c@d.example", "@", ""]
)
async def test_who_cannot_be_reached_is_counted_and_stops_nobody(queue: Queue, address: str) -> None:
    async with PostOffice() as office:
        async with queue.sending(queue.sender(office)):
            await queue.put(address, "left@school.example", "okafor@school.example")
            await queue.until_all("sent", "failed")
            queue.book.people = {s: email for s, email in queue.book.people.items() if not email.startswith("left")}
        assert [to for to, _ in office.taken][-1] == "okafor@school.example"
    assert (await queue.rows())[0]["error"] == "bad-address"


async def test_who_does_not_work_here_any_more_gets_no_mail(queue: Queue) -> None:
    await queue.put("left@school.example")
    queue.book.people.clear()
    async with PostOffice() as office:
        async with queue.sending(queue.sender(office)):
            await queue.until_all("failed")
        assert office.taken == []
    assert (await queue.rows())[0]["error"] == "no-address"


# ------------------------------------------------------------------------------------------------------ several senders
async def test_two_senders_share_the_work_and_no_mail_is_sent_twice(queue: Queue) -> None:
    async with PostOffice() as one, PostOffice() as two:
        async with queue.sending(queue.sender(one), queue.sender(two)):
            for _ in range(4):
                await queue.put(*(f"person{n}@school.example" for n in range(50)))
            await queue.until_all("sent")
        sent = [letter["Message-ID"] for letter in (*one.letters(), *two.letters())]
        assert len(sent) == len(set(sent)) == 200
        assert one.taken
        assert two.taken


async def test_a_mail_that_is_just_being_leased_is_passed_over(queue: Queue) -> None:
    one, other = await queue.put("haddad@school.example", "okafor@school.example")
    async with queue.worker_db.begin(Scope()) as session:
        await session.execute(text("SELECT id FROM mail WHERE id = :id FOR UPDATE"), {"id": one})
        found = await asyncio.wait_for(MailLeases(queue.worker_db, seconds=10).take(10), 5)
        assert [mail.id for mail in found] == [other]


async def test_what_another_sender_holds_is_left_alone_until_its_lease_ends(queue: Queue) -> None:
    await queue.put("haddad@school.example")
    await queue.execute(
        "UPDATE mail SET state = 'sending', lease_owner = gen_random_uuid(), lease_until = now() + interval '1 hour'"
    )
    async with PostOffice() as office, queue.sending(queue.sender(office)):
        await queue.put("okafor@school.example")
        await until(lambda: sent_of(queue, 1))
        assert [to for to, _ in office.taken] == ["okafor@school.example"]
        await queue.execute("UPDATE mail SET lease_until = now() WHERE state = 'sending'")
        await queue.until_all("sent")


async def test_what_was_leased_by_an_answer_that_got_lost_is_taken_again_at_once(queue: Queue) -> None:
    mails = await queue.put("haddad@school.example", "okafor@school.example")
    mine, another = MailLeases(queue.worker_db, seconds=3600), MailLeases(queue.worker_db, seconds=3600)
    for _ in range(2):
        assert {mail.id for mail in await mine.take(10)} == set(mails)
        assert await another.take(10) == []


async def test_a_mail_of_a_kind_from_a_newer_version_waits_for_its_sender(queue: Queue) -> None:
    await queue.put("haddad@school.example")
    await queue.execute("UPDATE mail SET kind = 'something-new'")
    async with PostOffice() as office, queue.sending(queue.sender(office, patience=QUICK)):
        await until(lambda: attempts_of(queue, 1))
        await queue.execute("UPDATE mail SET kind = 'alert'")
        await queue.until_all("sent")

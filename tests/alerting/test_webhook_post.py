"""One POST to a school's own system: only to where it may go, to the address that was looked at, and no further."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from services.alerting.domain.webhooks import may_be_reached, url_fault
from services.alerting.webhook_post import Poster, Undelivered, resolve
from tests.alerting.receiver import certificate, receiving

INSIDE = [
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "192.0.0.192", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1"),  # noqa: S104
    *("168.63.129.16", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254"),
    *("ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_is_not_reached(address: str) -> None:
    assert not may_be_reached(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "172.32.0.1", "100.128.0.1"])
def test_what_is_public_is(address: str) -> None:
    assert may_be_reached(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hooks.school.example/",
            "ftp://hooks.school.example/",
            "hooks.school.example",
            "https://",
            "https:///x",
        ),
        *("https://user:secret@hooks.school.example/", "https://hooks.school.example/#x", "https://localhost/"),
        *("https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "https://db.internal/"),
        *("https://hooks.school.example:99999/", "https://hooks.school.example:0/", "https://[::1/", "https://a b/"),
        *("https://hooks.school.example/" + "x" * 500, "https://localhost./", "https://hööks.example/"),
    ],
)
def test_an_address_that_is_none_is_refused_with_a_sentence(url: str) -> None:
    fault = url_fault(url)
    assert fault is not None
    assert fault.endswith(".")


def test_an_address_in_the_public_network_is_taken() -> None:
    assert url_fault("https://hooks.school.example:8443/heed?school=1") is None
    assert url_fault("http://127.0.0.1:9000/", anywhere=True) is None


def leads_to(*answers: Sequence[str]) -> tuple[list[str], "object"]:
    """A name server that gives these answers one after the other, as one does who means to deceive."""
    asked: list[str] = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return asked, look_up


async def refused(poster: Poster, url: str) -> Undelivered:
    with pytest.raises(Undelivered) as problem:
        await poster.post(url, b"{}", {})
    return problem.value


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.7", "169.254.169.254"])
async def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    async with receiving() as receiver:
        _, look_up = leads_to([address])
        poster = Poster(look_up=look_up)  # type: ignore[arg-type]
        assert (await refused(poster, f"https://hooks.school.example:{receiver.port}/")).error == "address-not-allowed"
        assert receiver.connections == 0


async def test_one_address_inside_spoils_all_others_of_a_name() -> None:
    async with receiving() as receiver:
        _, look_up = leads_to(["8.8.8.8", "127.0.0.1"])
        poster = Poster(look_up=look_up)  # type: ignore[arg-type]
        assert (await refused(poster, f"https://hooks.school.example:{receiver.port}/")).error == "address-not-allowed"
        assert receiver.connections == 0


async def test_by_the_real_name_server_a_name_of_this_machine_is_not_called() -> None:
    assert "127.0.0.1" in await resolve("localhost", 443)
    async with receiving() as receiver:
        for host in ("localhost", "127.0.0.1", "2130706433", "0x7f.1"):
            error = (await refused(Poster(), f"https://{host}:{receiver.port}/")).error
            assert error == "address-not-allowed", host
        assert receiver.connections == 0


async def test_the_address_that_was_looked_at_is_called_and_the_name_is_what_the_certificate_is_for(
    tmp_path: Path,
) -> None:
    server, trusts = certificate("hooks.school.example", str(tmp_path))
    async with receiving(tls=server) as receiver:
        # The second answer would lead elsewhere: nobody asks for it.
        asked, look_up = leads_to(["127.0.0.1"], ["127.0.0.2"])
        poster = Poster(anywhere=True, tls=trusts, look_up=look_up)  # type: ignore[arg-type]
        await poster.post(f"https://hooks.school.example:{receiver.port}/heed?a=1", b'{"x":1}', {"webhook-id": "7"})
        assert asked == ["hooks.school.example"]
        [(path, headers, body)] = receiver.heard
        assert (path, body, headers["webhook-id"]) == ("/heed?a=1", b'{"x":1}', "7")
        assert headers["host"] == f"hooks.school.example:{receiver.port}"


async def test_a_certificate_for_another_name_or_by_a_stranger_is_not_believed(tmp_path: Path) -> None:
    server, trusts = certificate("other.school.example", str(tmp_path))
    async with receiving(tls=server) as receiver:
        for tls in (trusts, None):
            _, look_up = leads_to(["127.0.0.1"])
            poster = Poster(anywhere=True, tls=tls, look_up=look_up)  # type: ignore[arg-type]
            assert (await refused(poster, f"https://hooks.school.example:{receiver.port}/")).error == "certificate"
        assert receiver.heard == []


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as elsewhere:
        more = f"Location: http://127.0.0.1:{elsewhere.port}/\r\n"
        async with receiving(status=302, more=more) as receiver:
            problem = await refused(Poster(anywhere=True), f"http://127.0.0.1:{receiver.port}/")
            assert (problem.error, problem.gone) == ("status-302", False)
            assert (len(receiver.heard), elsewhere.connections) == (1, 0)


async def test_what_is_not_taken_has_a_code() -> None:
    async with receiving(status=None) as silent:
        assert (
            await refused(Poster(anywhere=True, seconds=0.3), f"http://127.0.0.1:{silent.port}/")
        ).error == "timeout"
    assert (await refused(Poster(anywhere=True), f"http://127.0.0.1:{silent.port}/")).error == "no-connection"
    for status, gone in ((410, True), (500, False), (404, False)):
        async with receiving(status=status) as receiver:
            problem = await refused(Poster(anywhere=True), f"http://127.0.0.1:{receiver.port}/")
            assert (problem.error, problem.gone) == (f"status-{status}", gone)

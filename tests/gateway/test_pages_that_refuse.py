"""What a page says when it cannot do what was asked, with what was typed still on it; the mail of a demonstration."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import pytest

from services.gateway.cookies import CSRF
from shared.contracts.words import Role
from shared.peers import Peers
from tests.gateway.conftest import PASSWORD, House, browser, gateway_of

TYPED = "He said he walks home the long way <now>."


@pytest.mark.postgres
async def test_too_many_is_said_with_when_to_try_again_and_what_was_typed_is_kept(house: House) -> None:
    haddad = await house.add("haddad", Role.TEACHER)
    slow = gateway_of(house.peers, requests_per_minute=1)
    async with browser(slow.api) as http:
        assert (await http.post("/sign-in", data={"email": haddad.email, "password": PASSWORD})).status_code == 200
        token = {"csrf": http.cookies[CSRF]}
        assert (await http.post("/sign-in/code", data=token | {"code": haddad.code()})).status_code == 303
        shown = await http.get("/me")
        assert shown.status_code == 429
        owner = unescape(shown.text).partition('name="owner" value="')[2][:64]
        said = await http.post("/search", data=token | {"owner": owner, "words": TYPED})
    assert said.status_code == 429
    assert 0 < int(said.headers["retry-after"]) <= 60
    assert f"Wait {said.headers['retry-after']} seconds and try again." in said.text
    assert TYPED in unescape(said.text)
    assert TYPED not in said.text


@dataclass(frozen=True)
class Caught:
    at: datetime
    to: str
    subject: str
    text: str


async def test_caught_mail_is_shown_as_it_is_and_in_a_demonstration_alone() -> None:
    mail = Caught(datetime(2026, 3, 3, 12, 40, tzinfo=UTC), "a@b.example", "A new <alert>", "Sign in: </pre><h1>x")
    demo, school = gateway_of(Peers(), mode="demo"), gateway_of(Peers())
    for service in (demo, school):
        service.api.state.captured_mail = lambda: [mail]
    async with browser(demo.api) as http:
        shown = await http.get("/demo/mail")
        assert shown.status_code == 200
        assert "A new &lt;alert&gt;" in shown.text
        assert "&lt;/pre&gt;&lt;h1&gt;x" in shown.text
        # Every page says that nothing here is real.
        assert "demonstration" in (await http.get("/sign-in")).text.lower()
    async with browser(school.api) as http:
        assert (await http.get("/demo/mail")).status_code == 404
        assert "demonstration" not in (await http.get("/sign-in")).text.lower()

"""The sender's address book, against the auth that answers it."""

import pytest

from shared.addresses import AddressBook
from shared.contracts.words import Role
from shared.errors import Unavailable
from shared.ids import new_id
from shared.peers import Peers, ServiceTokens
from tests.auth.conftest import SECRET, House

pytestmark = pytest.mark.postgres


@pytest.fixture
async def book(house: House) -> AddressBook:
    peers = house.tokens._peers
    return AddressBook(peers, ServiceTokens(peers, name="alerting", secret=SECRET))


async def test_a_mail_names_the_school_it_is_about_and_not_its_readers(house: House, book: AddressBook) -> None:
    frost, dpo = house.people["frost"].id, house.people["dpo"].id
    found = await book({frost, dpo, new_id()})
    assert set(found) == {frost, dpo}
    assert found[frost].email == "frost@school.example"
    assert (found[frost].school(house.oakfield), found[frost].school(new_id())) == ("Oakfield", "Harbour")
    assert found[dpo].school(new_id()) == "Rivermead"


async def test_who_is_known_is_not_asked_for_again_even_while_auth_is_away(house: House, book: AddressBook) -> None:
    okafor = house.people["okafor"].id
    found = await book([okafor])
    book._peers = Peers({"auth": "http://127.0.0.1:1"})
    assert await book([okafor]) == found
    with pytest.raises(Unavailable):
        await book([okafor, house.people["haddad"].id])
    await book._peers.close()


async def test_who_is_added_later_is_found(house: House, book: AddressBook) -> None:
    unknown = new_id()
    assert await book([unknown]) == {}
    added = await house.add("ross", house.oakfield, Role.TEACHER)
    assert (await book([added.id]))[added.id].email == "ross@school.example"


async def test_an_auth_that_does_not_know_us_is_an_auth_that_does_not_answer(house: House) -> None:
    peers = house.tokens._peers
    with pytest.raises(Unavailable):
        await AddressBook(peers, ServiceTokens(peers, name="alerting", secret="w" * 40))([house.people["okafor"].id])

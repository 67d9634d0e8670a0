import pytest

from services.gateway.addresses import address_of, limit_key


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "2001:db8::5", "2001:db8::5"),
        (1, None, "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(proxies: int, forwarded: str | None, address: str) -> None:
    assert address_of("10.0.0.1", forwarded, proxies) == address


def test_without_a_socket_there_is_no_address() -> None:
    assert address_of(None, "203.0.113.9", 0) == ""


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
    ],
)
def test_an_ipv6_customer_counts_as_one(address: str, key: str) -> None:
    assert limit_key(address) == key

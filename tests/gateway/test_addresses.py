from ipaddress import ip_network

import pytest

from services.gateway.addresses import address_of, limit_key

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        (None, "203.0.113.9", ""),
    ],
)
def test_only_what_a_trusted_proxy_says_is_believed(peer: str | None, forwarded: str | None, address: str) -> None:
    assert address_of(peer, forwarded, PROXIES) == address


def test_without_trusted_proxies_it_is_the_socket() -> None:
    assert address_of("10.0.0.1", "203.0.113.9", ()) == "10.0.0.1"


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

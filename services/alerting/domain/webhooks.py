"""Where a school's own systems may be told, of what, and how often it is tried. Pure.

An address is the school's to choose and ours to reach, from inside the house's own network: what lies there is none of
theirs. A name says nothing of where it leads, so what counts is the address it was resolved to, at every try.
"""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, Literal
from urllib.parse import urlsplit

Kind = Literal[
    "alert.raised",
    "alert.read",
    "alert.acknowledged",
    "alert.done",
    "alert.withdrawn",
    "alert.escalated",
    "duty.given",
    "duty.overdue",
    "duty.done",
]
TEST: Final = "heed.test"

WAITS: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Between one try and the next, as Standard Webhooks advises. After the last one it is parked."""

LONGEST_URL: Final = 500
_INSIDE: Final = (".localhost", ".local", ".internal", ".home.arpa")
# What ranges there are the versions of Python do not agree on, so these are written out: addresses of version 4 inside
# those of version 6, which a gateway would unpack behind our back; what is set aside; and one that is public by its
# number and the inside of a cloud by its use.
_REFUSED: Final = tuple(
    ip_network(one)
    for one in (
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "2002::/16"),
        *("3fff::/20", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
    )
)


def may_be_reached(address: str) -> bool:
    """Whether it lies in the public network: no private, loopback, link-local, shared or metadata address."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if any(found in network for network in _REFUSED if network.version == found.version):
        return False
    site_local = isinstance(found, IPv6Address) and found.is_site_local
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified or site_local)


def url_fault(url: str, *, anywhere: bool = False) -> str | None:
    """Why this is no address for a webhook, in a sentence; None for one that may be tried."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "This is not a web address."
    if not host or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or port == 0:
        return "This is not a web address."
    if parts.scheme != "https" and not (anywhere and parts.scheme == "http"):
        return "The address has to begin with https://."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Leave out a name, a password and what follows #; whoever receives it checks the signature."
    inside = host == "localhost" or host.endswith(_INSIDE) or not _is_public_if_literal(host)
    if inside and not anywhere:
        return "This address lies inside a network and cannot be reached from here."
    return None


def _is_public_if_literal(host: str) -> bool:
    try:
        return may_be_reached(host)
    except ValueError:
        return True

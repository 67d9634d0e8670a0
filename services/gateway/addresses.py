"""Where a request comes from: the socket, unless a proxy that the settings name has passed it on."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def address_of(peer: str | None, forwarded: str | None, trusted: Sequence[Network]) -> str:
    """The nearest address that is not one of our proxies.

    `forwarded` is X-Forwarded-For: whoever connects writes it, so it is read from the right, behind trusted ones.
    """
    nearest = peer or ""
    for hop in reversed((forwarded or "").split(",")):
        if not _within(nearest, trusted) or not _is_address(hop.strip()):
            break
        nearest = hop.strip()
    return nearest


def limit_key(address: str) -> str:
    """One IPv6 customer holds a whole /64; counting single addresses would limit nobody."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))


def _within(address: str, networks: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

"""Where a request comes from: the socket, unless our own proxies stand before it."""

from ipaddress import IPv6Address, IPv6Network, ip_address


def address_of(peer: str | None, forwarded: str | None, proxies: int) -> str:
    """The address that the outermost of our `proxies` saw.

    `forwarded` is X-Forwarded-For. Each proxy appends whom it was called by; what is further left was written by
    whoever called, and is not believed. A header shorter than our row of proxies did not come through it.
    """
    hops = [hop.strip() for hop in (forwarded or "").split(",")]
    if proxies and len(hops) >= proxies and _is_address(hops[-proxies]):
        return hops[-proxies]
    return peer or ""


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


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

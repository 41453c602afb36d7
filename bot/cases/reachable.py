"""Which network addresses strangers may have us call: those that anybody can reach, none of a network of our own."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_TRANSLATED = ip_network("64:ff9b::/96")  # an IPv4 address in IPv6 clothes (RFC 6052)


def is_public(text: str) -> bool:
    """Whether this address, such as 203.0.113.7 or 2001:db8::1, is one of the public internet; False for what is no address."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in (found, *_within(found)))


def is_address(text: str) -> bool:
    """Whether it is a bare address and no name."""
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _within(found: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 one leads to."""
    if isinstance(found, IPv4Address):
        return []
    translated = IPv4Address(int(found) & 0xFFFFFFFF) if found in _TRANSLATED else None
    return [one for one in (found.ipv4_mapped, found.sixtofour, *(found.teredo or ()), translated) if one]

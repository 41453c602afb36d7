"""Whose address a request comes from, with as many proxies believed as the shop has of its own."""

from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import structlog
from starlette.requests import Request

log = structlog.get_logger(__name__)
IPV6_OF_ONE = 64  # bits: one household or server has all addresses behind them


def address_of(request: Request, trusted_proxies: int) -> str | None:
    """The sender's address for limits, None for this machine itself.

    Each proxy adds whom it heard from to X-Forwarded-For. What stands left of the shop's own proxies is the sender's claim,
    and is not believed.
    """
    peer = request.client.host if request.client else ""
    told = [one.strip() for line in request.headers.getlist("x-forwarded-for") for one in line.split(",") if one.strip()]
    chain = [*told, peer]
    found = _parsed(chain[max(0, len(chain) - 1 - trusted_proxies)]) or _parsed(peer)
    if found is None:
        return peer or "unknown"
    if found.is_loopback:
        if told and not trusted_proxies:
            _tell_of_a_proxy()
        return None
    return str(found) if isinstance(found, IPv4Address) else str(ip_network((found, IPV6_OF_ONE), strict=False))


@cache
def _tell_of_a_proxy() -> None:
    """Once a process: with every customer behind one address, the limits by address cannot hold."""
    log.warning(
        "web.proxy_not_counted", mend="AMENDS_TRUSTED_PROXIES is 0 and a proxy on this machine is in front: set how many there are."
    )


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without a port; an IPv4 one in IPv6 clothes as itself."""
    host = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0] if text.count(":") == 1 else text
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found

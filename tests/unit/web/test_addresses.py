"""Whose address counts, behind any number of proxies."""

import pytest
from starlette.requests import Request

from bot.web.addresses import address_of


def a_request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Request({"type": "http", "headers": headers, "client": (peer, 1234)})


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.5", (), 0, "203.0.113.5"),
        ("203.0.113.5", ("198.51.100.1",), 0, "203.0.113.5"),  # a claim of the sender's own
        ("10.0.0.1", ("198.51.100.1",), 1, "198.51.100.1"),
        ("10.0.0.1", ("192.0.2.9, 198.51.100.1",), 1, "198.51.100.1"),  # what stands left of our proxy is a claim
        ("10.0.0.1", ("192.0.2.9", "198.51.100.1, 10.0.0.2"), 2, "198.51.100.1"),
        ("10.0.0.1", ("198.51.100.1",), 5, "198.51.100.1"),
        ("10.0.0.1", ("nonsense",), 1, "10.0.0.1"),
        ("10.0.0.1", (), 1, "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1:4711",), 1, "198.51.100.1"),
        ("10.0.0.1", ("[2001:db8:1:2:3::4]:4711",), 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", (), 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", (), 0, "203.0.113.5"),
        ("127.0.0.1", (), 0, None),
        ("::1", (), 0, None),
        ("127.0.0.1", ("198.51.100.1",), 1, "198.51.100.1"),
        ("socket", (), 0, "socket"),
    ],
)
def test_address(peer: str, forwarded: tuple[str, ...], trusted: int, address: str | None) -> None:
    assert address_of(a_request(peer, *forwarded), trusted) == address


def test_request_without_a_peer_still_counts() -> None:
    assert address_of(Request({"type": "http", "headers": [], "client": None}), 0) == "unknown"

"""What every stand-in of a provider has in common, so that one suite can drive them all.

A stand-in speaks its provider's documented HTTP API (or SMTP and IMAP) on a port of its own, keeps what it was given to
deliver, misbehaves when told to, and sends its webhooks to Amends as the provider does, signed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import httpx


@dataclass(frozen=True)
class Arrived:
    """A message that came to a customer's phone: what they see of it, and what can be tapped."""

    to: str
    text: str
    id: str  # the provider's
    choices: tuple[tuple[str, str], ...] = ()  # id and label
    files: tuple[bytes, ...] = ()
    is_template: bool = False
    is_public: bool = False
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Forgery:
    """A request that must be refused with this status and change nothing."""

    what: str  # unsigned, stale, foreign, oversized, malformed ...
    method: str
    headers: dict[str, str]
    body: bytes
    status: tuple[int, ...]
    query: str = ""


class StandIn(Protocol):
    """One provider. `door` is the public address of Amends' webhook for it, such as http://127.0.0.1:8080/channels/telegram."""

    channel: str
    settings: dict[str, str]  # the AMENDS_... that point Amends to it
    door: str
    arrived: list[Arrived]  # in the order in which they came; safe to read while it runs

    def says(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = (), times: int = 1
    ) -> list[httpx.Response]:
        """A customer writes; the webhook is delivered so many times. The answers of Amends. A mailbox answers with none."""

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        """(sender, text, id) of several in one delivery, in this order; one by one where the provider knows no batches."""

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        """A customer takes a choice of the newest message to them: taps it, or writes its number."""

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        """The provider says what became of a message: delivered, read or failed."""

    def misbehaves(self, how: str, times: int) -> None:
        """For the next so many sendings: `down` (503), `rate` (too many, with a pause of a second), `crash` (done, and answered
        500 or not at all), `refused` (a final error), `late_failure` (taken, and reported as failed afterwards)."""

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        """Every request that must not be believed."""

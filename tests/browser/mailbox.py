"""A real mail server on this machine that keeps what it gets: where the product's worker mails to."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.product import free_ports, wait_until

PATIENCE_S = 20


class Mailbox:
    """All mails, in the order in which they came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[tuple[list[str], EmailMessage]] = []

    @property
    def settings(self) -> dict[str, str]:
        return {"AMENDS_SMTP_URL": f"smtp://127.0.0.1:{self.port}", "AMENDS_MAIL_FROM": "Larkspur & Lane <care@example.com>"}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # aiosmtpd calls it so
        read: Any = message_from_bytes(envelope.content, policy=default)
        self.mails.append((list(envelope.rcpt_tos), read))
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for to, mail in self.mails if to == [address]]

    def wait_for(self, address: str, count: int = 1) -> str:
        """The text of the newest mail to this address, when so many have come."""
        wait_until(lambda: len(self.to(address)) >= count, PATIENCE_S, f"mail number {count} to {address}")
        return str(self.to(address)[-1].get_content())


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    (port,) = free_ports(1)
    box = Mailbox(port)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box
    finally:
        server.stop()

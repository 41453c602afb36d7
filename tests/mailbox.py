"""A real mail server on this machine that keeps what it gets, or answers what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from bot.ports import Mail
from bot.providers.mail import SmtpMailer
from tests.product import free_ports, wait_until

PATIENCE_S = 20
SENDER = "Larkspur & Lane <care@example.com>"


class Mailbox:
    """All mails, in the order in which they came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.answer = "250 taken"

    @property
    def settings(self) -> dict[str, str]:
        return {"AMENDS_SMTP_URL": f"smtp://127.0.0.1:{self.port}", "AMENDS_MAIL_FROM": SENDER}

    @property
    def mailer(self) -> SmtpMailer:
        return SmtpMailer(self.settings["AMENDS_SMTP_URL"], SENDER)

    @property
    def dying_mailer(self) -> SmtpMailer:
        return Dying(self.settings["AMENDS_SMTP_URL"], SENDER)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # aiosmtpd calls it so
        if self.answer.startswith("250"):
            read: Any = message_from_bytes(envelope.content, policy=default)
            self.letters.append((list(envelope.rcpt_tos), read))
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for to, mail in self.letters if to == [address]]

    def wait_for(self, address: str, count: int = 1) -> str:
        """The text of the newest mail to this address, when so many have come."""
        wait_until(lambda: len(self.to(address)) >= count, PATIENCE_S, f"mail number {count} to {address}")
        return str(self.to(address)[-1].get_content())


class Dying(SmtpMailer):
    """Its process ends when the server has the mail, before anybody notes it."""

    def send(self, mail: Mail) -> None:
        super().send(mail)
        raise SystemExit


@contextmanager
def mailbox(kind: type[Mailbox] = Mailbox) -> Iterator[Mailbox]:
    """Open until the end."""
    (port,) = free_ports(1)
    box = kind(port)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box
    finally:
        server.stop()

"""What Amends needs of the world outside, as it needs it. `providers` and `store` implement these."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.cases.incident import Incident
from bot.cases.order import Order


class Orders(Protocol):
    """The shop's orders and incidents, wherever they live."""

    def find(self, number: str) -> Order | None:
        """The order of this number (as customers type it), or None."""

    def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """All orders of a customer, newest first."""

    def incidents(self) -> tuple[Incident, ...]:
        """The incidents known, newest first."""


@dataclass(frozen=True)
class Reply:
    """What the assistant says in one turn: a finished text, and what may be tapped (label and payload)."""

    text: str
    choices: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Mail:
    """One letter; `id` stays the same however often it is tried."""

    id: str
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Whoever carries letters."""

    def send(self, mail: Mail) -> None:
        """Hands it over. Raises MailFailed."""


class Assistant(Protocol):
    """The assistant as a function: one message in, one reply out."""

    def ask(self, sender_id: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply. Raises AssistantNotReady where nothing was asked, AssistantFailed where no usable answer came."""

    def is_ready(self) -> bool:
        """Whether it would answer now."""

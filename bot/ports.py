"""What Amends needs of the world outside, as it needs it. `providers` and `store` implement these."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.cases.channel import Abilities, Arrival, Media
from bot.cases.incident import Incident
from bot.cases.measured import Earlier
from bot.cases.order import Order
from bot.cases.periods import Period
from bot.cases.report import Report


class Orders(Protocol):
    """The shop's orders and incidents, wherever they live."""

    def find(self, number: str) -> Order | None:
        """The order of this number (as customers type it), or None."""

    def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """All orders of a customer, newest first."""

    def within(self, incident: Incident) -> tuple[Order, ...]:
        """Every order that the incident's scope holds, newest first."""

    def incidents(self) -> tuple[Incident, ...]:
        """The incidents known, newest first."""


@dataclass(frozen=True)
class Reply:
    """What the assistant says in one turn: a finished text, what may be tapped (label and payload), and both as a card.

    `card` is as `bot.cases.card.Card.as_json` gives it; the `choice` of a row is the payload of one of the choices.
    """

    text: str
    choices: list[dict[str, str]] = field(default_factory=list)
    card: dict[str, Any] | None = None


@dataclass(frozen=True)
class Mail:
    """One letter; `id` stays the same however often it is tried."""

    id: str
    to: str
    subject: str
    text: str
    stop: str | None = None  # the address of a page where its reader says that they want no more like it


class Mailer(Protocol):
    """Whoever carries letters."""

    def send(self, mail: Mail) -> None:
        """Hands it over. Raises MailFailed."""


@dataclass(frozen=True)
class Act:
    """One thing to be done for a customer, as it goes over the wire. `key` is permanent: the same key is the same act."""

    key: str
    reference: str  # of the remedy, which the customer has read
    case_reference: str
    kind: str
    order_number: str | None
    lines: tuple[int, ...]
    quantity: int | None
    amount: str | None  # decimal, in major units
    currency: str | None
    undoes: str | None = None  # the key of the act that this one takes back
    asked_at: str = ""  # ISO 8601
    pays_for: str = "price"  # or damages: money on top of what the order cost


@dataclass(frozen=True)
class Answer:
    """What a provider says of an act: `accepted` (it will be done), `settled` (it is done) or `failed` (it will not be)."""

    state: str
    reference: str | None = None  # the provider's own
    why: str | None = None


class ReportHelper(Protocol):
    """Works out reports beside this process, which goes on answering customers meanwhile."""

    def earlier(self, period: Period, now: datetime) -> Earlier:
        """What the report of a later period tells of this one. Raises ReportFailed."""

    def report(self, period: Period, now: datetime) -> Report:
        """The whole of it. Raises ReportFailed."""


class Reporter(Protocol):
    """Where there are such helpers."""

    def helper(self) -> AbstractContextManager[ReportHelper]:
        """One, for as long as it is needed."""


class RemedyProvider(Protocol):
    """Whoever carries remedies out."""

    def carry_out(self, act: Act) -> Answer:
        """Does it, or says that it will. Raises NotReached where it surely got nothing, NoAnswer where nobody knows."""

    def look_up(self, act: Act) -> Answer | None:
        """What became of the act; None where the provider never got it. Raises NotReached or NoAnswer."""


class Poster(Protocol):
    """Whoever tells other systems what happens here."""

    def post(self, url: str, secret: str, body: bytes, headers: dict[str, str]) -> int:
        """Posts it, signed with the secret; the status of the answer. Raises NotReached or NoAnswer."""


@dataclass(frozen=True)
class Remade:
    """A file written anew, with nothing in it but what can be seen. `width`, `height`: pixels of a picture."""

    content: bytes
    media_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Knock:
    """A request at a channel's door, as it came. `url`: the public address it was sent to, with its query, as the provider knows it."""

    method: str
    url: str
    headers: Mapping[str, str]  # names in lower case
    query: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class TakenIn:
    """What a request brought, and the answer that its sender gets once all of it is kept."""

    arrivals: tuple[Arrival, ...] = ()
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True)
class Collected:
    """What was fetched from a mailbox or a timeline, and from where to go on; to be kept together."""

    arrivals: tuple[Arrival, ...]
    cursor: str


@dataclass(frozen=True)
class OutgoingFile:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes
    url: str | None = None  # where its provider can fetch it for a while, for those that take no bytes


@dataclass(frozen=True)
class Outgoing:
    """One message to one customer, within what the channel can carry. `key` stays the same however often it is tried."""

    key: str  # 8 to 64 letters, digits, - and _
    to: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()  # id and label of each that can be tapped
    file: OutgoingFile | None = None
    thread: str | None = None  # of the customer's newest message
    subject: str | None = None
    is_public: bool = False
    template: Mapping[str, str] | None = None  # after the window: only the approved template goes out, filled with these
    stop: str | None = None  # the address of a page where its reader says that they want no more like it
    agent: str | None = None  # the person who wrote it


class Channel(Protocol):
    """Where customers write. Every method but `read` may reach the network; none is called while a unit of work is open."""

    name: str
    can: Abilities

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        """What a request at our door brings. Raises Refused where it is not the provider's, or not to be read; then nothing is kept."""

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        """What came since, for a channel that is looked into; None where there is nothing new, or requests bring it.
        `cursor`: None at the first time. Raises SendFailed."""

    def send(self, out: Outgoing) -> str | None:
        """Hands it to the provider; the provider's id of it, where there is one. Raises SendFailed."""

    def find(self, out: Outgoing) -> str | None:
        """The provider's id of what may have been sent before; None where it surely was not. Raises SendFailed."""

    def fetch(self, media: Media) -> bytes:
        """A file that a customer sent. Raises FileRefused("too_large") or SendFailed."""

    def mark_seen(self, to: str, provider_id: str) -> None:
        """Shows the customer that it was read and is being answered. Raises SendFailed, which harms nothing."""


class FileMaker(Protocol):
    """Whoever writes strangers' files anew."""

    def remake(self, raw: bytes, looks: str) -> Remade:
        """A `picture` or `pdf` written anew. Raises FileRefused."""


class Memory(Protocol):
    """What the assistant remembers of conversations, in a store of its own."""

    def forget(self, chats: Sequence[str]) -> int:
        """Takes away all of these conversations; how many events. Raises StoreUnavailable."""

    def quiet_since(self, before: datetime) -> list[str]:
        """Conversations of which nothing was heard since then. Raises StoreUnavailable."""

    def compact(self) -> None:
        """Leaves no trace of what was taken away. Raises StoreUnavailable."""


class Assistant(Protocol):
    """The assistant as a function: one message in, one reply out."""

    def ask(self, sender_id: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply. Raises AssistantNotReady where nothing was asked, AssistantFailed where no usable answer came."""

    def is_ready(self) -> bool:
        """Whether it would answer now."""

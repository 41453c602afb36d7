"""A conversation: one customer's exchange on one channel, its messages, and who answers now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.cases.issue import Word

DEV = "dev"  # the channel of chats that developers hold with the assistant: nobody else's business


class Handler(Word):
    """Who answers this conversation now."""

    ASSISTANT = "assistant"
    QUEUE = "queue"  # waits for a person
    AGENT = "agent"
    NOBODY = "nobody"


class Author(Word):
    """Who wrote a message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"  # our own plain lines: kept, starting up, failed


@dataclass(eq=False)
class Conversation:
    """`asked` is what the assistant asked last; `handler_version` grows whenever the handler changes."""

    id: str
    channel: str
    created_at: datetime
    handler: Handler = Handler.ASSISTANT
    handler_version: int = 1
    agent: str | None = None
    case_id: str | None = None
    customer_id: str | None = None
    tracker: int = 1  # n of sender_id <id>.<n>
    last_seq: int = 0
    asked: str | None = None
    asked_tries: int = 0
    asked_remedy: str | None = None
    misunderstood: int = 0
    time_zone: str | None = None
    turn_lease_until: datetime | None = None
    held_at: datetime | None = None  # the customer has been told that the assistant is starting
    note: str | None = None  # what a person agreed, at hand-back
    version: int = 1
    erased_at: datetime | None = None  # what was said is gone, and nothing more is said

    @property
    def with_whom(self) -> str:
        """Who answers now, as people are told: a name, or such as "the queue"."""
        return self.agent or ("nobody" if self.handler is Handler.NOBODY else f"the {self.handler}")

    @property
    def sender_id(self) -> str:
        """The assistant's name for this conversation's present working memory."""
        return f"{self.id}.{self.tracker}"

    def give_to(self, handler: Handler, agent: str | None = None) -> None:
        """Changes who answers. Whatever was written under the old version will not be sent."""
        self.handler, self.agent = handler, agent
        self.handler_version += 1

    def ask(self, fact: str | None, remedy: str | None = None) -> None:
        """Notes what is asked now, counting how often in a row."""
        self.asked_tries = self.asked_tries + 1 if fact and fact == self.asked else 1
        self.asked, self.asked_remedy = fact, remedy


@dataclass(eq=False)
class Message:
    """One utterance. `heard` is what the assistant understood and decided; `choices` what the customer may tap."""

    id: str
    conversation_id: str
    seq: int
    author: Author
    text: str
    at: datetime
    case_id: str | None = None
    provider_id: str | None = None  # the sender's own id of it: UNIQUE in a channel
    choice: str | None = None  # the payload of the offered choice that was tapped
    choices: list[dict[str, str]] = field(default_factory=list)
    heard: dict[str, Any] | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    agent: str | None = None
    card: dict[str, Any] | None = None  # {kind, text, rows}: the same as the text, laid out (bot.cases.card)
    is_public: bool = False  # everybody can read it


def conversation_of(sender_id: str) -> str:
    """The conversation's id within a sender_id."""
    return sender_id.rpartition(".")[0] or sender_id

"""A customer's address on a messaging channel, and what became of each part of a message to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ASKING, SENT, DELIVERED, READ, FAILED, DROPPED = "asking", "sent", "delivered", "read", "failed", "dropped"
_ORDER = (ASKING, SENT, DELIVERED, READ)


@dataclass(eq=False)
class Contact:
    """Who a conversation is with on its channel. `phone`, `email`: the provider vouches for them."""

    conversation_id: str
    channel: str
    address: str
    name: str | None = None
    thread: str | None = None  # of their newest message
    subject: str | None = None
    phone: str | None = None
    email: str | None = None
    last_in_at: datetime | None = None
    template_at: datetime | None = None  # when they were last told by a template that there is something to read
    stopped_at: datetime | None = None  # they want nothing here any more

    def is_open(self, window: timedelta | None, now: datetime) -> bool:
        """Whether free words may be sent now: with WhatsApp and Messenger, within a day of the customer's last message."""
        return window is None or (self.last_in_at is not None and now - self.last_in_at < window)

    @property
    def was_told(self) -> bool:
        """Whether a template went out since they last wrote."""
        return bool(self.template_at and (self.last_in_at is None or self.template_at >= self.last_in_at))


@dataclass(eq=False)
class Sending:
    """One part of a message on its way."""

    message_id: str
    part: int
    conversation_id: str
    channel: str
    at: datetime
    state: str = ASKING
    provider_id: str | None = None
    why: str | None = None

    def goes_on(self, state: str) -> bool:
        """Whether a receipt tells of something later: they may come in any order, and what was read cannot fail."""
        if state == FAILED:
            return self.state in (ASKING, SENT)
        return state in _ORDER and self.state in _ORDER and _ORDER.index(state) > _ORDER.index(self.state)

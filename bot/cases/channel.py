"""What channels have in common: what comes in (arrivals), and what a channel can show and carry."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.cases.instants import instant, instant_in
from bot.cases.issue import Word

LETTERS = frozenset({"email"})  # channels where nobody chats: one answer has to do
_STOPS, _STARTS = ("stop", "stop all", "stopall", "unsubscribe"), ("start", "unstop")
LONGEST_ID, LONGEST_ADDRESS, LONGEST_NAME = 150, 200, 80


class ArrivalKind(Word):
    """What happened at the provider. Whatever is none of these (a reaction, somebody who joined) is no arrival."""

    MESSAGE = "message"
    EDIT = "edit"  # `about` has other words now
    DELETION = "deletion"  # `about` was taken back by its sender
    RECEIPT = "receipt"  # what became of `about`, which we sent: `state`, and `why` where it failed
    STOP = "stop"  # wants nothing more here; `text` is what was written
    START = "start"  # wants it again
    HELP = "help"  # who is this, and how does one get out of it


@dataclass(frozen=True)
class Media:
    """A file at the provider. `ref`: whatever its channel needs to fetch it."""

    ref: str
    name: str = ""
    media_type: str = ""


@dataclass(frozen=True)
class Arrival:
    """One happening, as its channel read it. `id` is the provider's own and unique in its channel, at every delivery the same."""

    id: str
    kind: ArrivalKind
    sender: str  # the customer's address in the channel; for a receipt it may be empty
    text: str = ""
    at: datetime | None = None  # when the provider says that it was sent
    choice: str | None = None  # the id of the offered choice that was tapped
    media: tuple[Media, ...] = ()
    about: str | None = None  # the provider's id of another message
    state: str | None = None  # of a receipt: sent, delivered, read or failed
    why: str | None = None
    closes_window: bool = False  # of a failure told afterwards, as SendFailed tells it at once: only the approved template may go out now
    stops: bool = False  # the same: this customer wants nothing here, or cannot be reached here any more
    name: str | None = None  # what the customer is called there
    thread: str | None = None  # what an answer has to name, where the channel has threads
    subject: str | None = None
    refers: tuple[str, ...] = ()  # ids of messages of ours that it answers: a mail's conversation is found by them
    is_public: bool = False  # everybody can read it
    phone: str | None = None  # the provider vouches that it is the sender's
    email: str | None = None  # the same of an address

    def as_json(self) -> dict[str, Any]:
        """As it is kept until it has been taken in."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, "", (), False)}
        return {**kept, "kind": str(self.kind), "sender": self.sender} | ({"at": instant(self.at)} if self.at else {})


def arrival_of(kept: Mapping[str, Any]) -> Arrival:
    """The arrival that was kept so."""
    known = {one.name for one in fields(Arrival)}
    said = {name: value for name, value in kept.items() if name in known}
    said |= {"kind": ArrivalKind(said["kind"]), "at": instant_in(said["at"]) if said.get("at") else None}
    said |= {"media": tuple(Media(**one) for one in said.get("media", ())), "refers": tuple(said.get("refers", ()))}
    return Arrival(**said)


def meant(arrival: Arrival) -> ArrivalKind:
    """What it is meant as: we tell customers to write STOP and START, whatever the channel. Only where that is all; "Stop?" asks."""
    if arrival.kind is not ArrivalKind.MESSAGE or arrival.choice or arrival.media:
        return arrival.kind
    bare = " ".join(re.sub(r"[^\w\s?]|_", "", arrival.text).casefold().split())
    return ArrivalKind.STOP if bare in _STOPS else ArrivalKind.START if bare in _STARTS else ArrivalKind.MESSAGE


@dataclass(frozen=True)
class Abilities:
    """What a channel can show and carry."""

    longest: int  # characters of one message; what is longer goes out in parts, cut between sentences
    buttons: int = 0  # choices that can be tapped; where there are more, or a label is longer, they are numbered
    button_label: int = 20
    window: timedelta | None = None  # after the customer's last message, in which free words may be sent
    agent_window: timedelta | None = None  # the same for words that a person wrote, where the provider gives them longer
    has_template: bool = False  # an approved template may be sent after the window
    has_threads: bool = False  # a message that answers none of ours begins a conversation of its own
    collects: bool = False  # what comes in has to be looked for, by `collect`; no request brings all of it
    is_public: bool = False  # what comes in was read by everybody
    echoes_keys: bool = False  # its receipts bear our key in `refers`: what was sent although the answer was lost is known by them
    finds: bool = False  # `find` can tell whether a message was sent after its answer was lost
    sends_files: bool = False
    answers_stop: bool = False  # the provider itself answers STOP, START and HELP, as the law wants for SMS
    marks: bool = False  # `mark_seen` shows that a message was read and is being answered

"""The customer: talks through the public door, answers what is asked from their own facts, and notes how it went."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import httpx
import jwt

from bot import clock
from tests.journeys.by_nature import in_one_letter
from tests.journeys.journey import FACTS, Beside, Journey, Said
from tests.journeys.shop import customer_id
from tests.journeys.store import Now, Store
from tests.product import Chat, Product

MOST_TURNS = 15
IDENTITY_SECRET = "the shop of the journeys signs with this"


@dataclass(frozen=True)
class Turn:
    """One message and its answer. `excused`: what it asks it had to ask again, since the customer gave no answer to it."""

    said: str
    heard: str
    asked: str | None
    excused: bool
    seconds: float
    filed: int  # remedies filed by then
    beside: Beside | None = None


class Voice(Protocol):
    """The customer's end: the website's chat, or a messaging channel (`tests.journeys.over_channel.Line`)."""

    patience_s: float  # for an answer
    is_letter: bool
    is_proven: bool  # by where they write from

    @property
    def id(self) -> str:
        """Of the conversation."""

    def send(self, text: str | None = None, choice: str | None = None, client_id: str | None = None) -> Any:
        """Says it, or takes a choice: `status_code` 202 where it was taken in, else `text` says why not."""

    def read(self, wait: int = 0) -> list[dict[str, Any]]:
        """What is new for the customer, waiting so many seconds for it."""


@dataclass
class Talk:
    """A journey as it went."""

    journey: Journey
    product: Product
    store: Store
    chat: Voice
    turns: list[Turn] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)  # answers given so far, by fact
    done: list[Beside] = field(default_factory=list)
    unsaid: list[Said] = field(default_factory=list)  # of what was to be said after the end

    @property
    def heard(self) -> str:
        """All that was said to the customer."""
        return "\n".join(turn.heard for turn in self.turns)

    def asked(self, fact: str) -> int:
        """How often a fact was asked, not counting where it had to be asked again."""
        return sum(turn.asked == fact and not turn.excused for turn in self.turns)

    def asked_twice(self) -> list[str]:
        """Facts asked more often than the customer had something new to say about them."""
        return [fact for fact in FACTS if self.asked(fact) > _allowed(self.journey, fact)]

    def questions_to_filed(self) -> int | None:
        """Questions from the complaint to the first filed remedy; None where none was filed."""
        filed = next((place for place, turn in enumerate(self.turns) if turn.filed), None)
        return None if filed is None else sum(bool(turn.asked) and not turn.excused for turn in self.turns[:filed])

    @property
    def questions(self) -> int:
        """All but whether it is settled now, which stands in nobody's way."""
        return sum(turn.asked not in (None, "settled") for turn in self.turns)


def _allowed(journey: Journey, fact: str) -> int:
    usable = sum(one.is_usable for one in journey.answers.get(fact, ()))
    return max(1, usable) - (fact in journey.told)


def talk(product: Product, store: Store, journey: Journey, place: int, voice: Voice | None = None) -> Talk:
    """Has the whole conversation: until nothing is asked and nothing left to say, a person has it, or it grows too long.

    `voice`: where it is had; None: in the website's chat.
    """
    going = Talk(journey, product, store, voice or _begin(product, journey, place), unsaid=list(journey.then))
    _turn(going, Said(journey.says))
    while len(going.turns) < MOST_TURNS:
        now = store.now(going.chat.id)
        if now.asked and not now.is_with_people and not _tells_anew(going, now.asked):
            _answer(going, now, now.asked)
        elif going.unsaid:
            _turn(going, going.unsaid.pop(0))
        else:
            break
    return going


def _tells_anew(going: Talk, fact: str) -> bool:
    """Whether what is still to be said answers what went wrong."""
    return fact == "issue" and fact not in going.journey.answers and bool(going.unsaid)


def _begin(product: Product, journey: Journey, place: int) -> Chat:
    if not journey.signed_in:
        return Chat.begin(product)
    claims = {"sub": customer_id(journey.signed_in, place), "aud": "amends", "exp": clock.now() + timedelta(hours=1)}
    body = {"identity": jwt.encode(claims, IDENTITY_SECRET, algorithm="HS256")}
    opened = httpx.post(f"{product.url}/api/conversations", json=body, timeout=10).json()
    return Chat(product, opened["id"], opened["token"])


def _answer(going: Talk, now: Now, fact: str) -> None:
    """Something beside the matter where the journey has it here, else the answer."""
    asked = sum(turn.asked == fact for turn in going.turns)
    beside = next((one for one in going.journey.beside if one.when == fact and asked >= one.times and one not in going.done), None)
    if beside:
        going.done.append(beside)
        _turn(going, beside.says, fact, beside)
        return
    place = going.given.get(fact, 0)
    going.given[fact] = place + 1
    answers = going.journey.answers.get(fact)
    answer = answers[min(place, len(answers) - 1)] if answers else _by_itself(going.journey, now, fact)
    if going.chat.is_letter and place == 0:
        answer, also = in_one_letter(going.journey, fact, answer, going.given, going.chat.is_proven)
        going.given.update(dict.fromkeys(also, 1))
    _turn(going, answer, fact)


def _by_itself(journey: Journey, now: Now, fact: str) -> Said:
    """What a customer says where the journey does not tell: goes for their wish, and says yes to that and to nothing else."""
    if fact == "remedy":
        return _wished(journey, now)
    if fact == "confirmation":
        is_wish = not journey.wish or journey.wish in now.proposes or not now.proposes
        return _tap(now, "/affirm" if is_wish else "/deny") or Said("Yes" if is_wish else "No")
    if fact == "settled":
        return Said("yes")
    return Said("I don't have that.", is_usable=False)


def _wished(journey: Journey, now: Now) -> Said:
    if journey.wish == "person":
        return _tap(now, "/ask_human") or Said("I want to talk to a person")
    fitting = [one for one in now.choices if one["means"] and (not journey.wish or journey.wish in one["means"])]
    return Said(tap=fitting[0]["label"]) if fitting else Said(f"I want a {(journey.wish or 'solution').replace('_', ' ')}")


def _tap(now: Now, payload: str) -> Said | None:
    return next((Said(tap=one["label"]) for one in now.choices if one["payload"].startswith(payload)), None)


def _turn(going: Talk, what: Said, fact: str | None = None, beside: Beside | None = None) -> None:
    """Says it, waits for the answer, and notes both."""
    began = time.monotonic()
    said = _send(going, what)
    heard = _hear(going)
    seconds = time.monotonic() - began
    now = going.store.now(going.chat.id)
    asked = None if now.is_with_people else now.asked
    excused = asked is not None and asked == fact and (beside is not None or not what.is_usable)
    filed = sum(len(case.filed) for case in going.store.cases(going.chat.id))
    going.turns.append(Turn(said, heard, asked, excused, seconds, filed, beside))


def _send(going: Talk, what: Said) -> str:
    """Sends a text or taps the choice with these words; a choice that is not there is typed, as people do. What was said."""
    choices = going.store.now(going.chat.id).choices if what.tap else ()
    choice = next((one for one in choices if what.tap.lower() in one["label"].lower()), None)
    text = what.text or (choice["label"] if choice else what.tap)
    sent = going.chat.send(**({"choice": choice["id"]} if choice else {"text": text}), client_id=uuid.uuid4().hex)
    assert sent.status_code == 202, f"{text!r} was refused: {sent.text}"
    return f"[{text}]" if choice else text


def _hear(going: Talk) -> str:
    """The next words; none where a person has the conversation and the assistant rightly keeps silent."""
    until = time.monotonic() + going.chat.patience_s
    while time.monotonic() < until:
        new = going.chat.read(wait=1)
        if new:
            return "\n".join(one["text"] for one in new)
        now = going.store.now(going.chat.id)
        if now.is_with_people and now.is_answered:
            return "\n".join(one["text"] for one in going.chat.read())  # it may have come between the two looks
    raise AssertionError(f"no answer within {going.chat.patience_s} s")

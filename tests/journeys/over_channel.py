"""Journeys over a messaging channel: the same customers, who write from a phone, a mailbox or an account, and what came to them there."""

import io
import random
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from bot import clock
from bot.cases.conversation import Author
from bot.cases.public import MOST_TURNS, is_fit
from bot.channels.gsm import plain
from tests.channels.world import ADDRESSES, Customer, World
from tests.journeys.by_nature import LETTERS, PHONES, VOUCHED, expected_there, is_about_proof, is_website_only, names_order
from tests.journeys.customer import Talk, talk
from tests.journeys.journey import Journey, journeys, own_mail
from tests.journeys.judge import Judged, judge
from tests.journeys.shop import Copies, bring_copies, buyer_of
from tests.journeys.store import Store

FIRST_ADDRESS = 5000  # of our customers; the world's own have lower ones
PATIENCE_S, SLOW_S = 60.0, 30.0  # several are at it at once, on every channel
AT_ONCE = 4
IN_PUBLIC: dict[str, dict[str, Any]] = {"mastodon": {"visibility": "public"}, "reviews": {"public": True}}
_LIST = re.compile(r"(?:^|\n)[^\n]*:\n+(?:\d{1,2}\. [^\n]*(?:\n+|$))+")


@dataclass(frozen=True)
class Trip:
    """A journey on a channel, at its place in the shop."""

    channel: str
    place: int
    journey: Journey
    copies: Copies
    address: str
    is_proven: bool  # by the address that they write from


@dataclass(frozen=True)
class Sent:
    status_code: int = 202
    text: str = ""


@dataclass
class Line:
    """The customer's end of the channel; as `tests.product.Chat` is of the website's chat. `first`: how the first message is sent."""

    customer: Customer
    store: Store
    first: dict[str, Any] = field(default_factory=dict)
    is_letter: bool = False
    is_proven: bool = False
    patience_s: float = PATIENCE_S
    seen: int = 0

    @property
    def id(self) -> str:
        return self.customer.chat

    def send(self, text: str | None = None, choice: str | None = None, client_id: str = "") -> Sent:
        """Writes, or takes a choice as the channel has it: by a tap, or by its number."""
        there, address = self.customer.there, self.customer.address
        if choice:
            offered = next(one.choices for one in reversed(self.customer.said) if one.choices)
            answers = there.taps(address, next(one["label"] for one in offered if one["id"] == choice))
        else:
            answers = there.says(address, text, id=None, at=clock.now(), **self.first)
            self.first = {}
        refused = next((one for one in answers if one.status_code != 200), None)
        return Sent(refused.status_code, refused.text) if refused else Sent()

    def read(self, wait: int = 0) -> list[dict[str, Any]]:
        """What came since, once nothing more is under way, however long `wait` is."""
        until = time.monotonic() + self.patience_s
        while is_busy := self._is_under_way():
            if time.monotonic() > until:
                break
            time.sleep(0.2)
        if is_busy:
            return []
        new = self.customer.arrived[self.seen :]
        self.seen += len(new)
        words = "\n".join(one.text for one in new if not one.is_public)
        return [{"text": _LIST.sub("\n", words).strip()}] if words else []

    def _is_under_way(self) -> bool:
        """Also while a person is being brought: the words that say so come last."""
        return bool(self.customer.under_way()) or not self.store.now(self.id).is_answered or bool(self.customer.under_way())

    def amiss(self) -> Iterator[str]:
        """What of our words did not come, or came more than once; and what is wrong with those that everybody may read."""
        public = self.public_words()
        yield from (f"not fit for the public: {one[:80]!r}" for one in public if not is_fit(one))
        if len(public) > MOST_TURNS:
            yield f"{len(public)} public answers"
        ours = _pressed([one.text for one in self.customer.said if one.author is not Author.CUSTOMER and not one.is_public])
        came = _pressed([one.text for one in self.customer.arrived if not one.is_public])
        for one in set(ours):
            said, arrived = "".join(ours).count(one), "".join(came).count(one)
            if said != arrived:
                yield f"said {said} times and arrived {arrived} times: {one[:60]!r}"

    def public_words(self) -> list[str]:
        """What everybody may read, once a person has agreed to it."""
        return [one.text for one in self.customer.said if one.author is not Author.CUSTOMER and one.is_public]


def _pressed(texts: Sequence[str]) -> list[str]:
    """Without spaces, and in the signs that a text message has."""
    return [re.sub(r"\s", "", plain(one)) for one in texts]


def trips(channels: Sequence[str], names: Sequence[str] = ()) -> list[Trip]:
    """The journeys, all or those of these names, on each of the channels, at places of their own."""
    going: list[Trip] = []
    for channel in channels:
        first = len(going) + 1
        told = journeys(first=first, names=names, with_own_mail=channel == "email")
        going += [_trip(channel, place, one) for place, one in enumerate(told, start=first)]
    return going


def _trip(channel: str, place: int, told: Journey) -> Trip:
    is_proven = channel in VOUCHED and names_order(told) and not is_about_proof(told)
    address = ADDRESSES[channel].format(FIRST_ADDRESS + place)
    if channel == "email" and is_proven:
        address = own_mail(buyer_of(told, place), place)
    phone = f"+{address.lstrip('+')}" if channel in PHONES and is_proven else None
    copies = Copies(place, phone, has_own_mail=channel == "email")
    return Trip(channel, place, expected_there(told, channel), copies, address, is_proven)


def go(world: World, going: Sequence[Trip], at_once: int = AT_ONCE) -> Iterator[Judged]:
    """All of them, several at once, the channels in turn; as they are done. Whoever stops listening stops those that have not begun."""
    store, order = Store(world.product), [one.journey.name for one in going]
    travelling = sorted((one for one in going if not is_website_only(one.journey)), key=lambda one: order.index(one.journey.name))
    bring_copies(world.product, [one.copies for one in travelling], with_incidents=True)
    pool = ThreadPoolExecutor(at_once)
    try:
        for done in as_completed([pool.submit(_went, world, store, one) for one in travelling]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _went(world: World, store: Store, trip: Trip) -> Judged:
    line = Line(Customer(world, trip.channel, trip.address, "", ""), store, _first(trip), trip.channel in LETTERS, trip.is_proven)
    try:
        went = talk(world.product, store, trip.journey, trip.place, line)
    except AssertionError as stuck:
        went = Talk(trip.journey, world.product, store, line, turns=[])
        return Judged(went, ("stuck",), (str(stuck),), trip.channel)
    judged = judge(went, SLOW_S)
    return Judged(went, judged.ends, (*judged.differs, *line.amiss()), trip.channel)


def _first(trip: Trip) -> dict[str, Any]:
    """How the first message comes: in public where the channel is, with a photo of what is broken."""
    photos = {"photos": (a_photo(trip.place),)} if trip.journey.theme == "damaged" else {}
    return {**photos, **(IN_PUBLIC.get(trip.channel, {}))}


def a_photo(seed: int) -> bytes:
    """A picture that nobody else has."""
    drawn, out = random.Random(seed), io.BytesIO()
    Image.new("RGB", (320, 240), (drawn.randrange(256), drawn.randrange(256), drawn.randrange(256))).save(out, "JPEG")
    return out.getvalue()

"""The whole product between its channels' providers: a desk, a clock that can be put forward, and customers on every channel."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import func, select

from bot import clock, settings
from bot.bootstrap import open_channels, open_passwords, open_shop
from bot.cases.channel import Abilities
from bot.cases.conversation import Author, Handler, Message
from bot.handling import agents
from bot.handling.export import as_json, whole
from bot.handling.shop import Shop
from bot.settings import ROOT
from bot.store import tables
from bot.store.channel_tables import arrivals, contacts
from bot.store.demo import resolved
from tests.product import Chat, Product, running
from tests.standins.mail import mail_standin
from tests.standins.mastodon import mastodon
from tests.standins.messenger import MessengerStandIn
from tests.standins.meta import graph
from tests.standins.meta_whatsapp import WhatsAppStandIn
from tests.standins.reviews import reviews
from tests.standins.standin import Arrived
from tests.standins.telegram import telegram
from tests.standins.twilio import twilio

STAND_INS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "telegram": telegram,
    "sms": lambda: twilio("sms"),
    "meta": lambda: graph(WhatsAppStandIn(""), MessengerStandIn("")),  # one API for both
    "email": mail_standin,
    "mastodon": mastodon,
    "reviews": reviews,
}
CHANNELS = ("telegram", "sms", "whatsapp", "messenger", "email", "mastodon", "reviews")
# How customers are named there; the number is theirs alone. Phones are those of nobody (555-01xx).
ADDRESSES = {
    "telegram": "70055{0:04}",
    "sms": "+1503556{0:04}",
    "whatsapp": "1503556{0:04}",
    "messenger": "68055{0:04}",
    "mastodon": "buyer{0}@social.example",
    "reviews": "author-{0}",
    "email": "buyer{0}@mail.example",
}
VOUCHED = ("sms", "whatsapp", "email")  # the provider says that the address is theirs
PASSWORD, LEAD = "four-words-are-good", "Amira Haddad"
LOOKS_EVERY_S = 0.15  # each look takes processor time from what is looked at
PATIENCE_S = 45.0  # for an answer, while every channel talks at once


@dataclass
class Desk:
    """The owner at the desk, over its HTTP API."""

    client: httpx.Client
    csrf: str = ""

    def signs_in(self) -> None:
        """Again as well, when the clock has gone on for a day."""
        entered = self.client.post("/desk/sign-in", data={"name": LEAD, "password": PASSWORD})
        assert entered.status_code == 303, entered.text
        self.csrf = self.get("me")["csrf"]

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/desk/api/{path}")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.client.post(f"/desk/api/{path}", json=body, headers={"x-amends-desk": self.csrf})
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    def keeps(self, ref: str, name: str, content: bytes) -> str:
        """The id of a file for a reply."""
        headers = {"x-amends-desk": self.csrf, "content-type": "image/jpeg", "x-file-name": name}
        answer = self.client.post(f"/desk/api/files?chat={ref}&client_id=file-{ref}", content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def file(self, url: str) -> bytes:
        answer = self.client.get(url)
        assert answer.status_code == 200, url
        return answer.content


@dataclass
class World:
    """Everything that runs. Its clock goes forward only."""

    product: Product
    stand_ins: dict[str, Any]
    clock: Path
    shop: Shop
    desk: Desk
    can: Mapping[str, Abilities]  # of each channel
    regulars: dict[str, "Customer"] = field(default_factory=dict)  # customers whose remedy is filed, by channel
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def customer(self, channel: str) -> "Customer":
        """A new one, with a lamp that came broken."""
        number = next(self.numbers)
        return Customer(self, channel, ADDRESSES[channel].format(number), f"A{71000 + number}", f"buyer{number}@mail.example")

    def bring_orders(self, most: int) -> None:
        """One for each customer there will be: copies of the demo shop's A10036."""
        lines = map(json.loads, (ROOT / "data" / "shop" / "orders.jsonl").read_text(encoding="utf-8").splitlines())
        order = resolved(next(one for one in lines if one["order_number"] == "A10036"), clock.now().replace(microsecond=0))
        made = []
        for number in range(1, most + 1):
            who = {"id": f"buyer_{number}", "name": "Nina Berg", "email": f"buyer{number}@mail.example", "phone": f"+1 503 556 {number:04}"}
            made.append(json.dumps({**order, "order_number": f"A{71000 + number}", "customer": who}))
        file = Path(self.product.env["AMENDS_VAR"]) / "orders.jsonl"
        file.write_text("\n".join(made), encoding="utf-8")
        self.product.amends("orders", "import", str(file))

    def put_forward_to(self, at: datetime) -> None:
        ahead = self.clock.with_suffix(".new")
        ahead.write_text(str((at - datetime.now(timezone.utc)).total_seconds()), encoding="utf-8")
        ahead.replace(self.clock)
        self.desk.signs_in()

    def kept(self, channel: str) -> tuple[int, int]:
        """How many arrivals and contacts a channel has."""
        with self.shop.begin(False) as uow:
            return tuple(
                int(uow.session.execute(select(func.count()).where(table.c.channel == channel)).scalar()) for table in (arrivals, contacts)
            )  # type: ignore[return-value]


@dataclass
class Customer:
    """Somebody who writes to the shop on one channel."""

    world: World
    channel: str
    address: str
    order: str
    email: str
    heard: int = 0  # of what came to them

    @property
    def there(self) -> Any:
        """The provider."""
        return self.world.stand_ins[self.channel]

    @property
    def arrived(self) -> list[Arrived]:
        return [one for one in list(self.there.arrived) if one.to == self.address]

    def says(self, text: str, **how: Any) -> list[httpx.Response]:
        answers: list[httpx.Response] = self.there.says(self.address, text, **{"at": clock.now(), **how})
        assert all(one.status_code == 200 for one in answers), [one.text for one in answers]
        return answers

    def asks(self, text: str, **how: Any) -> str:
        """Writes, and returns what comes back."""
        self.says(text, **how)
        return self.hears()

    def taps(self, label: str) -> str:
        """Takes the newest choice whose label holds these words, and returns what comes back."""
        offered = next(one.choices for one in reversed(self.said) if one.choices)
        whole = next((one["label"] for one in offered if label.lower() in one["label"].lower()), None)
        assert whole, f"no choice {label!r} among {[one['label'] for one in offered]}"
        self.there.taps(self.address, whole)
        return self.hears()

    def hears(self) -> str:
        """Waits for what comes next, and until nothing more is under way."""
        assert within(PATIENCE_S, lambda: len(self.arrived) > self.heard), f"no words to {self.channel}: {self.under_way() or 'at rest'}"
        self.rests()
        new = self.arrived[self.heard :]
        self.heard += len(new)
        return "\n".join(one.text for one in new)

    def rests(self) -> None:
        """Until nothing of theirs is under way."""
        assert within(PATIENCE_S, lambda: not self.under_way()), f"{self.channel} does not come to rest: {self.under_way()}"

    def under_way(self) -> str:
        """What is not finished yet."""
        at = clock.now()
        with self.world.shop.begin(False) as uow:
            a, o = arrivals.c, tables.outbox.c
            waits = select(func.count()).where(a.channel == self.channel, a.lane == self.address, a.state == "waiting")
            if uow.session.execute(waits).scalar():
                return "an arrival"
            contact = uow.contacts.at(self.channel, self.address)
            if contact is None:
                return "nobody has come"
            conversation = uow.conversations.get(contact.conversation_id)
            if uow.messages.unanswered(conversation.id) and conversation.handler is Handler.ASSISTANT:
                return "a turn"
            is_message = (o.conversation_id == conversation.id, o.kind == "message", o.state == "waiting")
            soon = at + timedelta(minutes=6)  # a pause; what waits until they write waits for longer
            return "a message" if uow.session.execute(select(func.count()).where(*is_message, o.due_at < soon)).scalar() else ""

    @property
    def chat(self) -> str:
        with self.world.shop.begin(False) as uow:
            contact = uow.contacts.at(self.channel, self.address)
            assert contact, f"{self.address} has no conversation"
            return contact.conversation_id

    @property
    def said(self) -> list[Message]:
        """All that stands in their conversation."""
        with self.world.shop.begin(False) as uow:
            return list(uow.messages.of(self.chat))

    @property
    def own_words(self) -> list[str]:
        return [one.text for one in self.said if one.author is Author.CUSTOMER]

    @property
    def reference(self) -> str:
        with self.world.shop.begin(False) as uow:
            return str(uow.cases.of_conversation(self.chat)[-1].reference)

    def cases(self) -> list[dict[str, Any]]:
        """Theirs, as `amends cases export` gives them."""
        with self.world.shop.begin(False) as uow:
            references = [one.reference for one in uow.cases.of_conversation(self.chat)]
        return [as_json(whole(self.world.shop, one)) for one in references]

    def at_desk(self) -> Any:
        """Their chat, as the desk shows it."""
        return self.world.desk.get(f"chats/{self.reference}")


@contextmanager
def noon(file: Path) -> Iterator[None]:
    """The clock of this process and of all it starts is the file's; it begins at noon where the shop is: nobody is asked at night."""
    here = datetime.now(timezone.utc).astimezone(ZoneInfo("America/Phoenix"))
    file.write_text(str((here.replace(hour=12, minute=0) - here).total_seconds()), encoding="utf-8")
    moved = {"AMENDS_ENV": "test", "AMENDS_CLOCK_FILE": str(file)}
    before = {key: os.environ.get(key) for key in moved}
    os.environ.update(moved)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """All of it, ready."""
    with ExitStack() as stack:
        stack.enter_context(noon(folder / "clock"))
        there = dict[str, Any]()
        for open_it in STAND_INS.values():
            found = stack.enter_context(open_it())
            there |= {one.channel: one for one in (found if isinstance(found, tuple) else (found,))}
        given = {key: value for one in there.values() for key, value in one.settings.items()}
        product = stack.enter_context(running(folder / "var", **given, AMENDS_ENV="test", AMENDS_UNDO_SECONDS="0"))
        for name, one in there.items():
            one.door = f"{product.url}/channels/{name}"
        chosen = settings.read(product.env)
        shop = open_shop(chosen)
        agents.add(shop, open_passwords(), LEAD, "amira@desk.example", "owner", PASSWORD, clock.now())
        desk = Desk(
            stack.enter_context(httpx.Client(base_url=product.url, timeout=20, trust_env=False, limits=httpx.Limits(keepalive_expiry=1)))
        )
        desk.signs_in()
        channels = open_channels(chosen)
        world = World(product, there, folder / "clock", shop, desk, {name: one.can for name, one in channels.items()})
        world.bring_orders(99)
        for _ in range(2):  # the first turns of an assistant that has just started take longer than all that follow
            Chat.begin(product).say("hello")
        yield world


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(LOOKS_EVERY_S)
    return True

"""A shop with one messaging channel whose provider does as a test wants, and a clock that the test moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.bootstrap import open_file_maker
from bot.cases.channel import Abilities, Arrival, ArrivalKind, Media
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.way_back import Links
from bot.errors import SendFailed
from bot.handling.accept import add_reply
from bot.handling.arrivals import keep, take_next
from bot.handling.shop import Shop
from bot.ports import Collected, Knock, Outgoing, TakenIn
from bot.store.channel_tables import arrivals
from bot.worker.channels import Sending, TakingIn
from tests.builders import NOON

HER = "+15550123456"
LINKS = Links("secret" * 6, "https://shop.example/", "https://care.shop.example")


@dataclass
class Post:
    """A provider with nothing in between: what it is given arrives at once, or as a test wants it."""

    can: Abilities = field(default_factory=lambda: Abilities(longest=200, buttons=3, window=timedelta(hours=24), sends_files=True))
    name: str = "post"
    sent: list[Outgoing] = field(default_factory=list)
    failures: list[SendFailed] = field(default_factory=list)
    done_all_the_same: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    waiting: list[Collected] = field(default_factory=list)
    after_send: Callable[[], None] | None = None

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        raise NotImplementedError

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        return self.waiting.pop(0) if self.waiting else None

    def send(self, out: Outgoing) -> str | None:
        if self.failures:
            if self.done_all_the_same:
                self.sent.append(out)
            raise self.failures.pop(0)
        self.sent.append(out)
        if self.after_send:
            self.after_send()
        return f"out-{len(self.sent)}"

    def find(self, out: Outgoing) -> str | None:
        return next((f"out-{place}" for place, one in enumerate(self.sent, 1) if one.key == out.key), None)

    def fetch(self, media: Media) -> bytes:
        if media.ref not in self.files:
            raise SendFailed("not there yet")
        return self.files[media.ref]

    def mark_seen(self, to: str, provider_id: str) -> None:
        raise NotImplementedError

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.sent]


@dataclass
class Line:
    """A shop with one channel, and a clock that a test moves."""

    shop: Shop
    post: Post
    at: datetime = NOON

    def comes(self, id: str, text: str = "", kind: ArrivalKind = ArrivalKind.MESSAGE, **more: Any) -> None:
        """Kept and taken in, as after a webhook."""
        came = Arrival(id, kind, more.pop("sender", HER), text, at=more.pop("at", self.at), **more)
        for lane in keep(self.shop, self.post, [came], self.at):
            while take_next(self.shop, self.post, open_file_maker(), lane, self.at, at_once=True):
                pass

    def waits_of(self, sender: str) -> bool:
        """Whether something of theirs is not taken in yet."""
        with self.shop.begin(False) as uow:
            asked = select(arrivals.c.id).where(arrivals.c.lane == sender, arrivals.c.state == "waiting")
            return uow.session.execute(asked).first() is not None

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    def works(self) -> None:
        """The worker's two jobs, until nothing is due."""
        taking = TakingIn(self.shop, {self.post.name: self.post}, open_file_maker(), lambda: self.at)
        sending = Sending(self.shop, {self.post.name: self.post}, LINKS, lambda: self.at)
        while taking.run(self.at) + sending.run(self.at):
            taking.wait()
            sending.wait()
        taking.close()
        sending.close()

    def says(self, text: str, choices: tuple[tuple[str, str], ...] = (), author: Author = Author.ASSISTANT, **more: Any) -> str:
        with self.shop.begin(True) as uow:
            chat = uow.conversations.get(self.chat.id)
            offered = [{"label": label, "payload": payload} for label, payload in choices]
            return add_reply(uow, chat, author, text, self.at, offered, **more).id

    @property
    def chat(self) -> Conversation:
        with self.shop.begin(False) as uow:
            contact = uow.contacts.at(self.post.name, HER)
            assert contact is not None
            return uow.conversations.get(contact.conversation_id)

    @property
    def messages(self) -> list[Message]:
        with self.shop.begin(False) as uow:
            return uow.messages.of(self.chat.id)

    def state(self, message_id: str) -> str | None:
        with self.shop.begin(False) as uow:
            return uow.outbox.state_of(message_id)

    @property
    def alerts(self) -> list[str]:
        with self.shop.begin(False) as uow:
            return [one.kind for one in uow.alerts.unseen()]

"""A desk for tests: signed-in people, chats that wait, and a clock that can be moved."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from bot.bootstrap import open_passwords
from bot.cases.conversation import Conversation
from bot.handling import agents
from bot.handling.accept import accept, open_conversation
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.ports import Channel
from bot.settings import read
from bot.store.database import Database
from bot.web.app import create_app
from tests.doors import Says, a_shop

PASSWORD = "four-words-are-good"


@dataclass
class Person:
    """Somebody signed in at the desk, in a browser of their own."""

    name: str
    client: TestClient
    csrf: str

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/desk/api/{path}")
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(f"/desk/api/{path}", json=body, headers={"x-amends-desk": self.csrf})
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def rows(self) -> dict[str, dict[str, Any]]:
        """The queue by reference."""
        return {row["ref"]: row for row in self.get("board")["rows"]}


@dataclass
class TestDesk:
    """The product's own app over a test's store."""

    __test__ = False

    shop: Shop
    database: Database
    at: datetime
    says: Says = field(default_factory=Says)
    app: Any = None

    def person(self, name: str, role: str = "agent", **given: Any) -> Person:
        """A new account, signed in."""
        address = f"{name.lower().replace(' ', '.')}@example.com"
        agents.add(self.shop, open_passwords(), name, address, role, PASSWORD, self.at, **given)
        client = TestClient(self.app)
        entered = client.post("/desk/sign-in", data={"name": name, "password": PASSWORD}, follow_redirects=False)
        assert entered.status_code == 303
        return Person(name, client, client.get("/desk/api/me").json()["csrf"])

    def chat(self, *words: str, channel: str = "website") -> Conversation:
        """A customer's chat with these words, which the assistant has."""
        opened = open_conversation(self.shop, channel, self.at)
        for number, one in enumerate(words):
            accept(self.shop, opened.id, f"{opened.id}:{number}", one, None, self.at)
        return opened

    def waiting(self, *words: str, reason: str = "asked") -> str:
        """A chat that waits for a person; the reference of its case."""
        opened = self.chat(*(words or ("My lamp is broken.",)))
        with self.shop.begin(True) as uow:
            conversation = uow.conversations.get(opened.id)
            hand_off(self.shop, uow, conversation, reason, self.at)
            return case_of(uow, conversation, self.at).reference

    def conversation(self, reference: str) -> Conversation:
        with self.shop.begin(False) as uow:
            return uow.conversations.get(uow.cases.by_reference(reference).conversation_id)

    def customer(self, reference: str, text: str, key: str = "") -> None:
        """The customer of this case writes."""
        chat = self.conversation(reference)
        accept(self.shop, chat.id, f"{chat.id}:{key or chat.last_seq}-more", text, None, self.at)

    def said(self, reference: str) -> list[tuple[str, str]]:
        """(author, text) of all that stands in the chat."""
        with self.shop.begin(False) as uow:
            found = uow.messages.of(uow.cases.by_reference(reference).conversation_id)
            return [(str(one.author), one.text) for one in found]

    def acts(self, reference: str) -> list[str]:
        """What the audit of a case says was done."""
        with self.shop.begin(False) as uow:
            return [row["act"] for row in uow.cases.audit(uow.cases.by_reference(reference).id)]


@contextmanager
def a_desk(database: Database, now: datetime, var: Path, channels: Mapping[str, Channel] | None = None, **env: str) -> Iterator[TestDesk]:
    """A running one; `channels`: messaging channels; `env`: further settings, such as AMENDS_UNDO_SECONDS."""
    desk = TestDesk(a_shop(database), database, now)
    chosen = read({"AMENDS_VAR": str(var), "AMENDS_POLL_MS": "10", **env})
    desk.app = create_app(desk.shop, desk.says, chosen, now=lambda: desk.at, channels=channels)
    with TestClient(desk.app):
        yield desk

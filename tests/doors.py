"""A shop with real rules and words over a test's store, and an assistant that says what a test wants: it stands for Rasa."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot import canned, policy_files
from bot.handling.shop import Shop
from bot.ports import Reply
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import NOON

ROOT = Path(__file__).resolve().parent.parent


@cache
def data() -> tuple[policy_files.Rules, Wording, tuple[canned.Canned, ...]]:
    """The policy, wording and replies at hand of this repository, read once: nothing changes them."""
    folder = ROOT / "data"
    return policy_files.read(folder / "policy"), Wording.read(folder / "responses"), canned.read(folder / "desk" / "canned.yml")


def a_shop(database: Database) -> Shop:
    """With the policy and wording of this repository."""
    rules, wording, at_hand = data()
    return Shop(
        database.begin,
        OrderBook(database),
        rules.policy,
        wording,
        rules.shop_name,
        policy_texts=rules.texts,
        opens_unknown=True,
        canned=at_hand,
    )


@dataclass
class Says:
    """Answers every message with the same words, after doing what a test wants done meanwhile; an error is raised instead."""

    text: str = "Which order is it about?"
    choices: list[dict[str, str]] = field(default_factory=list)
    error: Exception | None = None
    card: dict[str, Any] | None = None
    meanwhile: Callable[[], Any] | None = None
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def ask(self, sender_id: str, text: str, metadata: dict[str, Any]) -> Reply:
        self.asked.append((sender_id, text, metadata))
        if self.meanwhile:
            self.meanwhile()
        if self.error:
            raise self.error
        return Reply(self.text, self.choices, self.card)

    def is_ready(self) -> bool:
        return self.error is None


def at_noon() -> datetime:
    """The tests' present."""
    return NOON

"""Incidents for tests: a shop whose late orders a storm touches, and customers who complain of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cases.case import PromiseState
from bot.cases.conversation import Author
from bot.cases.incident import Incident
from bot.handling.shop import Shop
from bot.ports import Mail
from bot.store.database import Database
from bot.store.orders import OrderBook
from tests.builders import NOON, a_buyer, an_incident, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

DAY = NOON + timedelta(hours=4)  # 9 in the morning in Phoenix
LATER = DAY + timedelta(hours=3)
NEW_YORK = {"city": "Albany", "state": "NY", "zip": "12207", "country": "USA"}
OTTO, UMA = (a_buyer(id=f"{name}_1", name=name, email=f"{name.lower()}@example.com") for name in ("Otto", "Uma"))


def stormy_shop(database: Database) -> Shop:
    """Late orders: Nina's in Arizona and two of Otto's there, one of Uma's in Arizona not due yet, one in New York."""
    take_orders(
        database,
        an_order(),
        an_order(number="B1", buyer=OTTO),
        an_order(number="B2", buyer=OTTO),
        an_order(number="C1", buyer=UMA, promised_by=NOON + timedelta(days=3)),
        an_order(number="D1", buyer=a_buyer(id="dan", email="dan@example.com"), ship_to=NEW_YORK),
    )
    shop = a_shop(database)
    return replace(shop, orders=OrderBook(database, incidents_kept=0), mails=True, policy=replace(shop.policy, tells_first=True))


def storm(**given: Any) -> Incident:
    return an_incident(**{"scope": {"states": ("AZ",), "status": ("shipped",)}, "next_update_at": LATER, **given})


def complain(shop: Shop, at: Any = DAY) -> Chat:
    chat = Chat(shop, now=at)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    return chat


def said(chat: Chat) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id) if one.author is Author.SYSTEM]


def news_of(chat: Chat) -> list[PromiseState]:
    return [one.state for one in chat.promises if one.what == "incident_news"]


class Outbound:
    """A mail server of the test's own memory, at the port's own edge."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def send(self, mail: Mail) -> None:
        self.mails.append(mail)

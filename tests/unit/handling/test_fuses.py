"""The fuses: goodwill that waits for a person without a word of accusation, a day's total, and what is owed, which no fuse touches."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.authority import Fuses
from bot.cases.issue import Issue
from bot.cases.money import Money
from bot.cases.order import DELIVERED, Order
from bot.cases.remedy import RemedyState
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_item, an_order
from tests.unit.handling.chats import Chat, take_orders

LATE, BROKEN = Issue.LATE_DELIVERY, Issue.DAMAGED_OR_DEFECTIVE
EMAIL = {"email": "nina@example.com"}
GOODWILL = {"keep_part", "voucher", "wait_part", "gesture"}
ACCUSES = re.compile(
    r"abus|suspi|fraud|too (many|much|often)|again and again|you have (had|got|received)|your (history|record|account)"
    r"|limit|trust|flag|review",
    re.IGNORECASE,
)


def late_order(number: str, price: str = "75.00") -> Order:
    """Nina's, come four days late."""
    return an_order(number=number, status=DELIVERED, items=(an_item(name="Desk Lamp", price=price),), delivered_at=NOON)


def complained(shop: Shop, number: str, issue: Issue = LATE) -> Chat:
    chat = Chat(shop)
    chat.say(f"{number} went wrong", issue, order_number=number, **EMAIL)
    return chat


def awarded(shop: Shop, number: str, label: str = "Keep it") -> Chat:
    chat = complained(shop, number)
    chat.tap(label)
    chat.tap("Yes")
    return chat


def wordings(chat: Chat) -> set[str]:
    return {wording for wording, _, _ in chat.offered}


def left_out(chat: Chat) -> dict[str, str]:
    """What the last decision left out, and why."""
    with chat.shop.begin(False) as uow:
        return {str(one["wording"]): str(one["why"]) for one in uow.remedies.decisions(chat.case.id)[-1].left_out}


def with_fuses(shop: Shop, **given: object) -> Shop:
    authority = shop.policy.authority
    fuses: Fuses = replace(authority.fuses, **given)  # type: ignore[arg-type]
    return replace(shop, policy=replace(shop.policy, authority=replace(authority, fuses=fuses)))


@pytest.fixture
def often(shop: Shop, memory_database: Database) -> Shop:
    """Nina has had three part refunds within ninety days, of what she spends much."""
    take_orders(memory_database, *(late_order(f"L{number}") for number in range(1, 6)), late_order("L9", "5000.00"))
    take_orders(memory_database, an_order(number="B1", status=DELIVERED, items=(an_item(),)))
    for number in ("L1", "L2", "L3"):
        assert awarded(shop, number).filed[0].state is RemedyState.QUEUED
    return shop


class TestGoodwillIsPaused:
    def test_after_three_awards_in_ninety_days_it_is_not_offered(self, often: Shop) -> None:
        chat = complained(often, "L4")
        assert wordings(chat) == {"callback"}
        assert {left_out(chat)[one] for one in ("keep_part", "voucher")} == {"goodwill_paused"}

    def test_without_a_word_of_accusation(self, often: Shop) -> None:
        chat = complained(often, "L4")
        chat.say("then give me a voucher", "inform")
        assert "a person here decides on that one" in chat.text
        assert not ACCUSES.search(" ".join([*chat.texts, *chat.labels])), chat.texts

    def test_and_asked_for_again_a_person_comes(self, often: Shop) -> None:
        chat = complained(often, "L4")
        chat.say("then give me a voucher", "inform")
        chat.say("no, a voucher I said", "inform")
        assert [one.reason for one in chat.escalations] == ["no_option_chosen"]
        assert not ACCUSES.search(chat.text), chat.text

    def test_what_is_owed_is_untouched(self, often: Shop) -> None:
        calm = Chat(often)
        calm.say("B1 went wrong", BROKEN, order_number="B1", **EMAIL)
        assert wordings(calm) == {"refund_items", "replacement_free"}
        calm.tap("Refund")
        calm.tap("Yes")
        assert calm.filed[0].state is RemedyState.QUEUED

    def test_the_ninety_days_pass(self, often: Shop) -> None:
        chat = Chat(often, now=NOON + timedelta(days=89))
        chat.say("L5 came late", LATE, order_number="L5", **EMAIL)
        assert not GOODWILL & wordings(chat)
        later = with_window(often, 90)
        chat = Chat(later, now=NOON + timedelta(days=91))
        chat.say("L5 came late", LATE, order_number="L5", **EMAIL)
        assert "keep_part" in wordings(chat)

    def test_offers_that_were_open_before_are_filed_for_a_person_to_decide(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, *(late_order(f"L{number}") for number in range(1, 5)), late_order("L9", "5000.00"))
        chats = [complained(shop, f"L{number}") for number in range(1, 5)]
        for chat in chats:
            chat.tap("Keep it")
        for chat in chats:
            chat.tap("Yes")
        assert [str(chat.filed[0].state) for chat in chats] == ["queued"] * 3 + ["needs_approval"]
        assert not ACCUSES.search(chats[-1].text), chats[-1].text

    def test_more_than_the_share_of_a_year_pauses_it_too(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, late_order("L1", "300.00"), late_order("L2", "20.00"))
        assert awarded(shop, "L1").filed[0].state is RemedyState.QUEUED  # $60.00, of $395.00 that she spent
        assert not GOODWILL & wordings(complained(shop, "L2"))

    def test_another_customer_is_not_concerned(self, often: Shop, memory_database: Database) -> None:
        from tests.unit.handling.chats import anothers_order

        order = anothers_order(status=DELIVERED, delivered_at=NOON)
        take_orders(memory_database, order)
        chat = Chat(often)
        chat.say("it came late", LATE, order_number=order.number, email="otto@example.com")
        assert "voucher" in wordings(chat)


def with_window(shop: Shop, longer_by: int) -> Shop:
    """The shop with every window so many days longer: the fuse alone is looked at."""
    issues = {
        issue: replace(needs, rules=tuple(replace(rule, within_days=(rule.within_days or 0) + longer_by) for rule in needs.rules))
        for issue, needs in shop.policy.issues.items()
    }
    return replace(shop, policy=replace(shop.policy, issues=issues))


class TestDayFuse:
    """The assistant may grant $100.00 a day by itself."""

    @pytest.fixture
    def day(self, shop: Shop, memory_database: Database) -> Shop:
        take_orders(memory_database, *(an_order(number=f"B{one}", status=DELIVERED, items=(an_item(),)) for one in range(1, 6)))
        return with_fuses(shop, per_day={"USD": Money.of("100.00", "USD")})

    def replaced(self, shop: Shop, number: str) -> Chat:
        chat = complained(shop, number, BROKEN)
        chat.tap("replacement")
        chat.tap("Yes")
        return chat

    def test_counts_goods_and_above_it_a_person_decides(self, day: Shop) -> None:
        assert [str(self.replaced(day, f"B{one}").filed[0].state) for one in (1, 2)] == ["queued", "queued"]
        third = complained(day, "B3", BROKEN)
        assert dict((wording, waits) for wording, _, waits in third.offered) == {
            "refund_items": False,
            "replacement_free": True,
            "keep_part": False,
        }
        third.tap("replacement")
        assert "must agree first" in third.text
        third.tap("Yes")
        assert third.filed[0].state is RemedyState.NEEDS_APPROVAL
        assert [one.reason for one in third.escalations] == ["above_limit"]

    def test_refuses_nothing_and_leaves_what_is_owed(self, day: Shop) -> None:
        before = wordings(complained(day, "B3", BROKEN))
        for one in (1, 2):
            self.replaced(day, f"B{one}")
        chat = complained(day, "B4", BROKEN)
        assert wordings(chat) == before
        chat.tap("Refund")
        chat.tap("Yes")
        assert chat.filed[0].state is RemedyState.QUEUED

    def test_is_whole_again_on_the_shops_next_day(self, day: Shop) -> None:
        for one in (1, 2):
            self.replaced(day, f"B{one}")
        chat = Chat(day, now=NOON + timedelta(days=1))
        chat.say("B5 broke", BROKEN, order_number="B5", **EMAIL)
        assert not any(waits for _, _, waits in chat.offered)

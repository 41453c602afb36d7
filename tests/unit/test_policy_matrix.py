"""The twenty rows of the remedy matrix (section C of the recovery research), each through a real chat: offers, limits, who approves.

What is a person's act there is a person's act here: through the ledger.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot import policy_files
from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.money import Money
from bot.cases.order import CANCELLED, DELIVERED, PROCESSING, SHIPPED, Order
from bot.cases.remedy import RemedyKind, RemedyState
from bot.cases.wording import faults
from bot.errors import BadInput, NotAllowed
from bot.handling import ledger
from bot.handling.shop import Shop
from bot.settings import ROOT
from bot.store import tables
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import NOON, a_buyer, an_incident, an_item, an_order
from tests.unit.handling.chats import Chat, paid, take_incidents, take_orders

RULES = policy_files.read(ROOT / "data" / "policy")
POLICY = RULES.policy
DAY = timedelta(days=1)
AGENT, LEAD, OTHER_LEAD = "Amira Haddad", "Tomas Lindqvist", "Priya Raman"
GOODWILL = {"keep_part", "wait_part", "voucher", "gesture"}
LATE, LOST, BROKEN, WRONG = Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING, Issue.DAMAGED_OR_DEFECTIVE, Issue.WRONG_ITEM
QUALITY, BILLING, CANCEL = Issue.QUALITY_NOT_AS_DESCRIBED, Issue.BILLING_DISPUTE, Issue.CANCELLATION_PROBLEM
ZOE = a_buyer(id="zoe_1", name="Zoe Park", email="zoe@example.com")
Offers = dict[str, tuple[str, bool]]  # wording: worth, whether a person must agree


@dataclass
class Desk:
    """The shop as it ships, and who writes to it."""

    shop: Shop
    database: Database

    def order(self, number: str = "Z1", price: str = "100.00", **given: Any) -> Order:
        """Zoe's, of one desk lamp."""
        made = an_order(**{"number": number, "buyer": ZOE, "items": (an_item(price=price),)} | given)
        take_orders(self.database, made)
        return made

    def incident(self, offer: str | None = None, **given: Any) -> Incident:
        made = an_incident(**given)
        take_incidents(self.database, made)
        with self.database.begin() as uow:
            uow.session.execute(update(tables.incidents).where(tables.incidents.c.code == made.code).values(offer=offer))
        return made

    def chat(self, order: Order | None, issue: Issue, text: str = "went wrong for me", **given: Any) -> Chat:
        begun = Chat(self.shop)
        facts = {"order_number": order.number, "email": order.buyer.email} if order else {}
        begun.say(f"{order.number if order else 'It'} {text}", issue, **facts, **given)
        return begun

    def offers(self, order: Order | None, issue: Issue, **given: Any) -> Offers:
        return offers(self.chat(order, issue, **given))


def offers(chat: Chat) -> Offers:
    return {wording: (amount, waits) for wording, amount, waits in chat.offered}


def late(days: int, status: str = PROCESSING) -> dict[str, Any]:
    """An order so many days late: not sent, on its way, or come at last."""
    times = {"promised_by": NOON - days * DAY, "placed_at": NOON - 20 * DAY}
    return {"status": status, **times, **({"delivered_at": NOON} if status == DELIVERED else {})}


def taken(chat: Chat, label: str) -> Chat:
    chat.tap(label)
    if chat.asks == "phone":
        chat.say("602 555 0134", "inform", phone="602 555 0134")
    chat.tap("Yes")
    return chat


def state(chat: Chat) -> str:
    return str(chat.filed[0].state)


@pytest.fixture
def desk(memory_database: Database) -> Desk:
    wording = Wording.read(ROOT / "data" / "responses")
    shop = Shop(memory_database.begin, OrderBook(memory_database, incidents_kept=0), POLICY, wording, RULES.shop_name)
    return Desk(shop, memory_database)


# Row 1. Late delivery, S1, ours: a new firm time and the status; credit only if it recurs, a tenth at most.
def test_row_01_late_a_little_new_firm_time_and_credit_only_if_it_recurs(desk: Desk) -> None:
    chat = desk.chat(desk.order(**late(1)), LATE)
    assert offers(chat) == {"refund_cancel": ("$100.00", False), "ship_express": ("None", False)}
    assert "has not left our warehouse" in chat.text  # the status
    chat.tap("express")
    assert re.search(r"with you by \w+day \d+ \w+", chat.text)  # the new firm time
    desk.order("Z0", **late(2, DELIVERED))
    again = desk.offers(desk.order("Z2", **late(1)), LATE)
    assert again["wait_part"] == ("$10.00", False)  # a tenth, no approval


# Row 2. Late, deadline missed, S2, ours: rush free, cancel with all money back, keep with 20 to 40 percent.
def test_row_02_deadline_missed_rush_cancel_or_keep_with_a_fifth(desk: Desk) -> None:
    offered = desk.offers(desk.order(**late(4)), LATE)
    assert offered == {"refund_cancel": ("$100.00", False), "ship_express": ("None", False), "wait_part": ("$20.00", False)}
    dear = desk.offers(desk.order("Z2", "900.00", **late(4)), LATE)
    assert {wording: waits for wording, (_, waits) in dear.items()} == {"refund_cancel": True, "ship_express": False, "wait_part": True}


# Row 3. Late or lost, third party (courier): the same as if it were ours; we see to the courier ourselves.
@pytest.mark.parametrize("days", [1, 4])
def test_row_03_courier_late_or_lost_same_as_ours(desk: Desk, days: int) -> None:
    ours = desk.offers(desk.order("Z1", **late(days)), LATE)
    couriers = desk.offers(desk.order("Y2", buyer=a_buyer(id="yan", email="yan@example.com"), **late(days, SHIPPED)), LATE)
    assert {amount for amount, _ in couriers.values()} == {amount for amount, _ in ours.values()}
    assert set(couriers) - set(ours) == {"redelivery_express"}
    lost = desk.chat(desk.order("Z3", **late(days, SHIPPED)), LOST)
    assert offers(lost) == {"refund_items": ("$100.00", False), "replacement_again": ("None", False)}
    assert lost.case.fault is Fault.THIRD_PARTY
    assert not any("redirect" in faults(text) for text in lost.texts)  # nobody is sent to the courier


# Row 4. Sandstorm, force majeure: regret, the cause, a new slot or all money back; the same small gesture for all or none.
@pytest.mark.parametrize("days", [1, 5])
def test_row_04_sandstorm_regret_cause_new_slot_or_refund(desk: Desk, days: int) -> None:
    storm = desk.incident()
    chat = desk.chat(desk.order(**late(days, SHIPPED)), LATE)
    assert offers(chat) == {"refund_cancel": ("$100.00", False), "redelivery_first": ("None", False)}
    assert storm.explanation in chat.text and re.search(r"sorry|regret", chat.text)
    assert not re.search(r"our (fault|mistake|failure)", chat.text)
    taken(chat, "first in line")
    assert state(chat) == "queued"


def test_row_04_gesture_is_a_tenth_for_all_and_set_by_the_incident(desk: Desk) -> None:
    desk.incident(offer="gesture")
    touched = [desk.offers(desk.order(f"Z{days}", **late(days, SHIPPED)), LATE, anger=days / 9) for days in (1, 4, 6)]
    assert all(one["gesture"] == ("$10.00", False) for one in touched)
    assert all(set(one) == {"refund_cancel", "redelivery_first", "gesture"} for one in touched)
    elsewhere = desk.order("Z9", ship_to={"city": "Reno", "state": "NV", "zip": "89501", "country": "USA"}, **late(4, SHIPPED))
    assert "gesture" not in desk.offers(elsewhere, LATE)


# Row 5. The same with medicine, perishables, a stranded person, S3: a person at once, always; the assistant grants nothing.
def test_row_05_dependent_or_stranded_person_at_once(desk: Desk) -> None:
    desk.incident()
    chat = desk.chat(desk.order(**late(2, SHIPPED)), LATE, "holds my insulin and I am stranded", reasons=("vulnerable",))
    assert [(one.reason, one.priority) for one in chat.escalations] == [("vulnerable", "urgent")]
    assert chat.case.severity is Severity.S3
    assert chat.remedies == []
    assert "you have an answer here by" in chat.text.lower() or "answers you here by" in chat.text


# Row 6. Wrong or missing item, ours: the right one free and keep what came, the money, or keep it with a part back.
def test_row_06_wrong_item_right_one_refund_or_keep_with_part(desk: Desk) -> None:
    chat = desk.chat(desk.order(status=DELIVERED), WRONG)
    assert offers(chat) == {
        "refund_items": ("$100.00", False),
        "replacement_right": ("None", False),
        "keep_part": ("$20.00", False),
    }
    chat.tap("right item")
    assert "Keep what you were sent" in chat.text
    dear = desk.offers(desk.order("Z2", "900.00", status=DELIVERED), WRONG)
    assert all(waits for _, waits in dear.values())
    missing = desk.offers(desk.order("Z3", "90.00", status=DELIVERED), LOST)
    assert missing["replacement_again"] == ("None", False) and missing["refund_items"] == ("$90.00", False)


# Row 7. Mass incident, ours: one equal base offer for all it touches, beside what is owed; the incident's table only.
def test_row_07_mass_incident_one_equal_offer(desk: Desk) -> None:
    given: dict[str, Any] = {"code": "PACKING", "fault": Fault.OURS, "issues": (WRONG,), "scope": {}, "started_at": NOON - 30 * DAY}
    desk.incident(offer="gesture", **given)
    alike = [
        desk.offers(desk.order(f"Z{number}", status=DELIVERED), WRONG, anger=anger, text=text)
        for number, (anger, text) in enumerate(
            [(0.0, "is the wrong one"), (1.0, "IS WRONG, FIX IT"), (0.5, "mixed up, thousands follow me")]
        )
    ]
    assert alike[0] == alike[1] == alike[2]
    assert set(alike[0]) & GOODWILL == {"gesture"}
    assert {"refund_items", "replacement_right"} <= set(alike[0])
    refused = desk.chat(desk.order("Z8", status=DELIVERED), WRONG)
    refused.say("give me a discount instead", "inform")
    assert "everybody this has touched gets the same from us" in refused.text


# Row 8. Faulty goods: money back or a replacement within the limit, however long ago; cause disputed or failed again: a person.
@pytest.mark.parametrize("ago", [3, 29, 200])
def test_row_08_faulty_goods_refund_or_replacement_without_an_end(desk: Desk, ago: int) -> None:
    chat = desk.chat(desk.order(status=DELIVERED, delivered_at=NOON - ago * DAY, placed_at=NOON - 300 * DAY), BROKEN)
    assert {"refund_items": ("$100.00", False), "replacement_free": ("None", False)}.items() <= offers(chat).items()
    taken(chat, "replacement")
    assert state(chat) == "queued"
    again = desk.chat(desk.order(status=DELIVERED), BROKEN, "broke once more")
    assert [one.reason for one in again.escalations] == ["second_failure"]  # a person: a price cut or the money


def test_row_08_dispute_over_the_cause_is_a_persons(desk: Desk) -> None:
    assert desk.offers(desk.order(**late(-3, SHIPPED)), BROKEN) == {"callback": ("None", False)}


# Row 9. Service done badly: redone free by a set date, or a price cut; the assistant's cut is 30 percent at most.
def test_row_09_done_badly_redo_or_price_cut(desk: Desk) -> None:
    chat = desk.chat(desk.order(status=DELIVERED), QUALITY)
    offered = offers(chat)
    assert offered["replacement_free"] == ("None", False) and offered["refund_return"] == ("$100.00", False)
    cut = max(rule.percent for rule in POLICY.issues[QUALITY].rules if rule.kind is RemedyKind.PARTIAL_REFUND)
    assert cut <= 30 and offered["keep_part"] == (f"${cut}.00", False)
    chat.tap("replacement")
    assert re.search(r"by \w+day \d+ \w+", chat.text)  # the set date
    whole = ledger.grant(desk.shop, chat.case.reference, AGENT, RemedyKind.PARTIAL_REFUND, NOON, amount=usd("80.00"), reason="botched")
    assert whole.state is RemedyState.QUEUED  # above 30 percent a person gives it


# Row 10. Overcharge: the exact sum back to the same card, up to the cap; any dispute goes to a person.
def test_row_10_overcharge_exact_sum_back_and_a_dispute_to_a_person(desk: Desk) -> None:
    twice = desk.chat(desk.order(status=DELIVERED, payments=paid(100, 100)), BILLING)
    assert offers(twice)["refund_owed"] == ("$100.00", False)
    taken(twice, "owed")
    assert "Visa ending 4242" in twice.text and state(twice) == "queued"
    above = desk.order("Z2", "1500.00", status=DELIVERED, payments=paid(1500, 1500))
    assert desk.offers(above, BILLING)["refund_owed"] == ("$1,500.00", True)
    disputed = desk.offers(desk.order("Z3", status=DELIVERED), BILLING)
    assert set(disputed) == {"check_payment", "callback"}  # people look; no money moves on a claim alone


# Row 11. Rude or ignored: a named person answers or calls, or decides about money; the assistant books it and judges nobody.
def test_row_11_rude_a_person_answers_and_nobody_is_judged(desk: Desk) -> None:
    chat = desk.chat(None, Issue.STAFF_CONDUCT, "was awful: the driver shouted at me", anger=0.9)
    assert offers(chat) == {"lead_answers": ("None", False), "refund_decided": ("None", False), "callback_lead": ("None", False)}
    taken(chat, "team lead call")
    assert state(chat) == "queued" and "team lead" in chat.text
    assert not re.search(r"he was wrong|will be (fired|disciplined)|rude of (him|her|them)", " ".join(chat.texts))


# Row 12. No reply, lost file: a named owner and a firm time at the front of the queue; the assistant promises, a person may add money.
def test_row_12_nobody_answered_new_owner_and_a_firm_time(desk: Desk) -> None:
    order = desk.order(status=DELIVERED)
    chat = desk.chat(order, Issue.OTHER_COMPLAINT, "still has no answer, I wrote three times", reasons=("repeated_failure",))
    (escalation,) = chat.escalations
    assert (escalation.priority, escalation.team) == ("high", "the customer care lead")
    assert re.search(r"answer\w* (you )?here by", chat.text)
    assert [one.due_at for one in chat.promises if one.what == "person_answers"] == [escalation.due_at]
    assert chat.remedies == []
    given = ledger.grant(desk.shop, chat.case.reference, AGENT, RemedyKind.PARTIAL_REFUND, NOON, amount=usd("25.00"), reason="file lost")
    assert given.state is RemedyState.QUEUED


# Row 13. Second failure: a person takes over now; all remedies together 100 to 150 percent; the lead decides.
def test_row_13_second_failure_person_now_and_the_wider_band(desk: Desk) -> None:
    taken(desk.chat(desk.order(status=DELIVERED), BROKEN), "replacement")
    again = desk.chat(desk.order(status=DELIVERED), BROKEN, "broke again")
    assert [(one.reason, one.team) for one in again.escalations] == [("second_failure", "the customer care lead")]
    assert again.offered == []
    assert POLICY.authority.bands == (100, 150)
    give: Callable[..., Any] = lambda amount: ledger.grant(  # noqa: E731
        desk.shop, again.case.reference, LEAD, RemedyKind.REFUND, NOON, amount=usd(amount), reason="twice broken"
    )
    assert give("150.00").state is RemedyState.QUEUED
    with pytest.raises(BadInput, match="more than this case may reach"):
        give("0.50")


# Row 14. The customer's own slip: no blame, a fix that saves face, free; a courtesy of a tenth is a person's.
def test_row_14_own_slip_is_put_right_without_blame(desk: Desk) -> None:
    ordered_wrongly = desk.chat(desk.order(**late(-4)), CANCEL, "is the wrong size, I ordered it by mistake")
    assert offers(ordered_wrongly)["refund_cancel"] == ("$100.00", False)  # free, while it has not left
    misread = desk.chat(desk.order("Z2", **late(-4)), LATE, "was due yesterday")
    assert "The record says it is due on" in misread.text
    assert offers(misread) == {"callback": ("None", False)}
    assert not any("blame" in faults(text) for text in [*ordered_wrongly.texts, *misread.texts])
    courtesy = ledger.grant(desk.shop, misread.case.reference, AGENT, RemedyKind.VOUCHER, NOON, amount=usd("10.00"), reason="courtesy")
    assert courtesy.state is RemedyState.QUEUED


# Row 15. Cause unclear, S1: believed, put right now if it is small and the first claim.
def test_row_15_cause_unclear_and_small_is_believed(desk: Desk) -> None:
    chat = desk.chat(desk.order(price="60.00", status=DELIVERED), QUALITY)
    assert (chat.case.fault, chat.case.severity) == (Fault.UNCLEAR, Severity.S1)
    assert not any(waits for _, waits in offers(chat).values())
    taken(chat, "replacement")
    assert state(chat) == "queued"
    assert desk.chat(desk.order(price="60.00", status=DELIVERED), QUALITY).escalations  # the second claim is a person's
    dear = desk.offers(desk.order("Z2", "150.00", status=DELIVERED), QUALITY)
    assert dear["replacement_free"] == ("None", True)


# Row 16. Cause unclear, S2 and more: help in between and a search with a day; a person decides, with reasons and an appeal.
def test_row_16_cause_unclear_and_dear_is_looked_into(desk: Desk) -> None:
    chat = desk.chat(desk.order(price="250.00", status=DELIVERED), LOST)
    assert (chat.case.fault, chat.case.severity) == (Fault.UNCLEAR, Severity.S2)
    assert offers(chat) == {
        "refund_items": ("$250.00", True),
        "replacement_again": ("None", True),
        "trace": ("None", False),  # in between: the search, with its day
    }
    taken(chat, "Refund")
    assert state(chat) == "needs_approval"
    assert "decision" in {one.what for one in chat.promises}
    ledger.refuse(desk.shop, chat.filed[0].reference, LEAD, "the picture shows it at your door", NOON)
    with desk.shop.begin(False) as uow:
        told = uow.messages.of(chat.id)[-1].text
    assert "the picture shows it at your door" in told and "a team lead looks at it again" in told


# Row 17. It can't be put right: the money and a voucher of a quarter or the same in cash, with a year at least and no lowest spend.
def test_row_17_cannot_be_put_right_voucher_of_a_quarter_or_cash(desk: Desk) -> None:
    chat = desk.chat(desk.order(**late(4, DELIVERED)), LATE, "came after the birthday")
    assert offers(chat)["voucher"] == ("$25.00", False) and offers(chat)["keep_part"] == ("$20.00", False)
    chat.tap("voucher")
    assert "no lowest spend" in chat.text and POLICY.voucher_months >= 12
    cancelled = desk.chat(desk.order("Z2", status=CANCELLED), LATE, "was cancelled on me")
    taken(cancelled, "owed")  # the money first, as owed
    on_top = ledger.grant(desk.shop, cancelled.case.reference, LEAD, RemedyKind.VOUCHER, NOON, amount=usd("25.00"), reason="unique item")
    assert on_top.state is RemedyState.QUEUED
    with pytest.raises(BadInput, match="more than this case may reach"):
        ledger.grant(desk.shop, cancelled.case.reference, LEAD, RemedyKind.REFUND, NOON, amount=usd("100.00"), reason="twice")


# Row 18. Knock-on damage: the assistant never puts a sum to it; a person decides, in money.
def test_row_18_knock_on_damage_is_never_reckoned_by_the_assistant(desk: Desk) -> None:
    order = desk.order(**late(4))
    plain = desk.offers(order, LATE)
    chat = desk.chat(order, LATE, "is late and the hotel cost me $500", amount="$500")
    assert offers(chat) == plain
    assert not any("500" in amount for amount, _ in offers(chat).values())
    rule = POLICY.escalation("damages")
    assert (rule.priority, rule.team, rule.severity) == ("high", "lead", "S3")


# Row 19. Injury, fire, data leak, discrimination, theft by staff, S4: safety first, a person now, nothing granted.
@pytest.mark.parametrize("reason", ["injury", "safety", "fraud", "discrimination", "threat", "legal", "regulator"])
def test_row_19_grave_harm_a_person_now_and_nothing_granted(desk: Desk, reason: str) -> None:
    chat = desk.chat(desk.order(status=DELIVERED), BROKEN, "caught fire", reasons=(reason,))
    assert [one.reason for one in chat.escalations] == [reason]
    assert chat.case.severity is Severity.S4 and chat.remedies == []
    line = POLICY.escalation(reason).safety_line
    assert line is None or chat.text.startswith(desk.shop.wording.say(line, chat.id))
    assert not re.search(r"our (fault|mistake)", chat.text)  # no statement of cause


# Row 20. Suspected abuse: what the law gives is unchanged, goodwill waits for a person, and nobody is accused.
def test_row_20_suspected_abuse_pauses_goodwill_alone(desk: Desk) -> None:
    desk.order("Z9", "9000.00", status=DELIVERED)
    for number in range(3):
        assert state(taken(desk.chat(desk.order(f"Z{number}", **late(4, DELIVERED)), LATE), "Keep it")) == "queued"
    first, fourth = (
        desk.offers(desk.order("Y1", status=DELIVERED, buyer=a_buyer()), BROKEN),
        desk.chat(desk.order("Z4", status=DELIVERED), BROKEN),
    )
    assert {name: one for name, one in first.items() if name not in GOODWILL} == offers(fourth)
    fourth.say("I want a discount", "inform")
    assert "a person here decides on that one" in fourth.text
    assert not re.search(r"abus|suspi|fraud|too (many|often)|trust", fourth.text, re.IGNORECASE)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_agent_grants_up_to_their_limit_and_no_further(desk: Desk) -> None:
    chat = desk.chat(desk.order(price="700.00", status=DELIVERED), BROKEN)
    big = ledger.grant(desk.shop, chat.case.reference, AGENT, RemedyKind.REFUND, NOON, amount=usd("600.00"), reason="torn")
    assert big.state is RemedyState.NEEDS_APPROVAL
    with pytest.raises(NotAllowed):
        ledger.approve(desk.shop, big.reference, AGENT, "", NOON)

"""A claim for damages: told after the thing itself, confirmed once, decided by a person, paid in money on the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.case import PromiseState
from bot.cases.claim import NO_RECEIPT, Claim, ClaimItem, ClaimState
from bot.cases.conversation import Handler
from bot.cases.hours import due_within
from bot.cases.issue import Severity
from bot.cases.remedy import RemedyKind, RemedyState
from bot.cases.wording import faults
from bot.errors import BadInput, Conflict, NotFound
from bot.handling import apology, ledger
from bot.handling.claim_decisions import accept, listed, refuse
from bot.handling.claims import DECISION
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON
from tests.unit.handling.chats import Chat, dear_order, take_orders

LEAD, AGENT = "Tomas Lindqvist", "Amira Haddad"
SOON = NOON + timedelta(hours=1)
BROKEN = {"order_number": "B1", "email": "nina@example.com", "phrase": "came broken"}


def claims(chat: Chat) -> list[Claim]:
    with chat.shop.begin(False) as uow:
        return [claim for case in chat.cases for claim in uow.claims.of(case.id)]


def items(chat: Chat) -> list[ClaimItem]:
    with chat.shop.begin(False) as uow:
        return [one for claim in claims(chat) for one in uow.claims.items(claim.id)]


def words_of(chat: Chat) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id)]


def file(chat: Chat) -> Chat:
    chat.tap("Refund")
    chat.tap("Yes")
    return chat


@pytest.fixture
def told(broken: Shop) -> Chat:
    """A lamp came broken, and what it cost besides is told in the same breath."""
    chat = Chat(broken)
    chat.say("The lamp of B1 came broken and I had to buy another for 80 dollars", "damaged_or_defective", **BROKEN)
    return chat


@pytest.fixture
def filed(broken: Shop) -> Chat:
    """The same without a word of other costs, and refunded."""
    chat = Chat(broken)
    chat.say("The lamp of B1 came broken", "damaged_or_defective", **BROKEN)
    return file(chat)


@pytest.fixture
def received(told: Chat) -> Chat:
    file(told)
    told.say("number 4711 of the corner shop", "inform")
    told.tap("That is all")
    return told


class TestTelling:
    def test_the_thing_itself_comes_first_and_the_loss_is_noted(self, told: Chat) -> None:
        assert "“I had to buy another for 80 dollars”" in told.text
        assert told.asks == "remedy"
        assert [(one.state, one.received_at) for one in claims(told)] == [(ClaimState.OPEN, None)]

    def test_it_is_taken_up_when_the_thing_itself_is_filed(self, told: Chat) -> None:
        file(told)
        assert told.filed[0].reference in told.text
        assert "$80.00" in told.text
        assert told.asks == "damages_receipt"

    def test_it_is_taken_up_at_once_where_that_is_filed_already(self, filed: Chat) -> None:
        filed.say("I also had to get a taxi, 40 dollars", "late_delivery")
        assert (filed.asks, len(filed.cases), filed.escalations) == ("damages_receipt", 1, [])

    def test_what_it_cost_is_asked_where_it_was_not_said(self, filed: Chat) -> None:
        filed.say("and the food in it spoiled", "quality_not_as_described")
        assert filed.asks == "damages_amount"
        filed.say("80", "inform")
        assert "$80.00" in filed.text
        filed.tap("no receipt")
        assert [(one.what, str(one.amount), one.receipt) for one in items(filed)] == [("the food in it spoiled", "$80.00", NO_RECEIPT)]

    def test_what_was_lost_is_asked_where_only_damages_were_claimed(self, filed: Chat) -> None:
        filed.say("I want compensation for the damages", "refund_not_received")
        assert filed.asks == "damages_what"
        filed.say("my carpet is stained, cleaning it was 60 dollars", "inform")
        assert filed.asks in ("damages_receipt", "damages_amount")

    def test_several_are_taken_one_at_a_time(self, filed: Chat) -> None:
        filed.say("the hotel cost me 120 and we missed our train", "late_delivery")
        filed.say("bill 88213", "inform")
        assert "missed our train" in filed.text
        filed.say("I don't know", "deny")
        filed.say("no", "deny")
        assert filed.asks == "damages_what"
        filed.say("a cab, 30 dollars", "inform")
        filed.say("none", "deny")
        filed.say("that's all", "inform")
        assert [(one.amount_minor, one.receipt) for one in items(filed)] == [(12000, "bill 88213"), (0, NO_RECEIPT), (3000, NO_RECEIPT)]
        assert "sum not known" in filed.text
        assert "In all: $150.00." in filed.text

    @pytest.mark.parametrize(("said", "receipt"), [("120 dollars, no receipt", NO_RECEIPT), ("120, receipt 4711", "receipt 4711")])
    def test_receipt_told_with_the_sum_is_not_asked_for(self, filed: Chat, said: str, receipt: str) -> None:
        filed.say("we missed our flight", "late_delivery")
        filed.say(said, "inform")
        assert (filed.asks, items(filed)[0].receipt, str(items(filed)[0].amount)) == ("damages_what", receipt, "$120.00")

    def test_sum_is_corrected_in_words(self, told: Chat) -> None:
        file(told)
        told.say("no wait, it was 85 dollars", "inform")
        assert (told.asks, [str(one.amount) for one in items(told)]) == ("damages_receipt", ["$85.00"])

    def test_no_fact_is_asked_without_end(self, filed: Chat) -> None:
        filed.say("we missed our flight", "late_delivery")
        filed.say("hm", "inform")
        filed.say("well", "inform")
        assert filed.asks == "damages_receipt"
        filed.say("yes", "affirm")
        filed.say("yes", "affirm")
        assert filed.asks == "damages_what"

    def test_question_back_is_answered_and_asked_again(self, told: Chat) -> None:
        file(told)
        told.say("what kind of receipt do you mean?", "out_of_scope")
        assert "A person decides it" in told.text
        assert told.asks == "damages_receipt"

    def test_small_talk_is_no_receipt(self, told: Chat) -> None:
        file(told)
        told.say("are you a bot", "ask_if_bot")
        assert told.asks == "damages_receipt"
        assert items(told)[0].receipt is None

    def test_person_is_one_word_away(self, told: Chat) -> None:
        file(told)
        assert "Talk to a person" in told.labels
        told.say("person", "ask_human")
        assert [one.reason for one in told.escalations] == ["asked"]
        assert claims(told)[0].state is ClaimState.OPEN

    def test_let_be_before_anything_was_told_it_is_dropped(self, filed: Chat) -> None:
        filed.say("I want compensation for the damages", "refund_not_received")
        filed.say("never mind", "never_mind")
        assert claims(filed)[0].state is ClaimState.DROPPED
        assert filed.asks is None

    def test_bought_elsewhere_is_no_wish_for_a_replacement(self, told: Chat) -> None:
        assert "wish" not in told.facts

    def test_told_while_an_offer_waits_it_is_noted_and_the_offer_stands(self, broken: Shop) -> None:
        chat = Chat(broken)
        chat.say("The lamp of B1 came broken", "damaged_or_defective", **BROKEN)
        chat.say("I had to get a taxi too, 40 dollars", "late_delivery", confidence=0.4)
        assert chat.asks == "remedy"
        assert "taxi" in chat.text
        assert chat.conversation.misunderstood == 0

    def test_goes_to_people_with_the_thing_itself(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, dear_order(number="D1"))
        chat = Chat(shop)
        facts = {"order_number": "D1", "email": "nina@example.com"}
        chat.say("The bookcase of D1 came broken and the hotel cost me 120", "damaged_or_defective", **facts)
        file(chat)
        assert claims(chat)[0].state is ClaimState.RECEIVED
        assert claims(chat)[0].reference in chat.text
        assert {one.what for one in chat.promises} >= {"decision", DECISION}

    def test_nothing_said_has_a_flaw_or_puts_a_yes_or_a_figure_on_it(self, received: Chat) -> None:
        assert [faults(one) for one in received.texts if faults(one)] == []
        assert "I can't say myself whether it is paid, or how much" in received.text
        assert not any(word in " ".join(received.texts).lower() for word in ("policy", "we will pay", "entitled"))


class TestReceipt:
    def test_one_message_confirms_all_of_it(self, received: Chat) -> None:
        (claim,) = claims(received)
        for told in (claim.reference, "“I had to buy another for 80 dollars”: $80.00", "number 4711 of the corner shop", "In all: $80.00."):
            assert told in received.text

    def test_decision_is_promised_and_a_person_brought(self, received: Chat) -> None:
        (claim,) = claims(received)
        (promise,) = (one for one in received.promises if one.what == DECISION)
        due = due_within(received.shop.policy.hours, NOON, received.shop.policy.escalation("damages").reply_within)
        assert (promise.due_at, claim.decide_by) == (due, due)
        assert [one.reason for one in received.escalations] == ["damages"]
        assert (received.conversation.handler, received.case.severity) == (Handler.QUEUE, Severity.S3)
        with received.shop.begin(False) as uow:
            assert [one.detail for one in uow.alerts.unseen("lead") if one.kind == "damages_claim"] == [{"claim": claim.reference}]

    def test_refund_of_the_thing_itself_stands(self, received: Chat) -> None:
        assert [(one.kind, one.state) for one in received.filed] == [(RemedyKind.REFUND, RemedyState.QUEUED)]

    def test_audit_holds_no_word_of_it(self, received: Chat) -> None:
        with received.shop.begin(False) as uow:
            lines = [line for line in uow.cases.audit(received.case.id) if line["act"].startswith("claim")]
        assert [line["act"] for line in lines] == ["claim.opened", "claim.item", "claim.received"]
        assert "corner" not in str(lines)
        assert "another" not in str(lines)

    def test_list_shows_it_with_its_items(self, received: Chat) -> None:
        (row,) = listed(received.shop, waiting=True)
        assert (row["state"], row["total"]) == ("received", ["$80.00"])


class TestDeciding:
    def test_accepted_it_is_a_refund_on_the_ledger_on_top_of_the_price(self, received: Chat) -> None:
        decided = accept(received.shop, claims(received)[0].reference, AGENT, SOON)
        remedy = decided.remedy
        assert remedy is not None
        assert (remedy.kind, str(remedy.amount), remedy.state, remedy.granted_by) == (
            RemedyKind.REFUND,
            "$80.00",
            RemedyState.QUEUED,
            AGENT,
        )
        assert sum(one.amount_minor or 0 for one in received.filed) > 7500  # more than the order cost: no band holds it
        assert remedy.id in received.sent_to_provider
        assert words_of(received)[-1].startswith("Amira Haddad has read your claim")
        assert remedy.reference in words_of(received)[-1]

    def test_promises_are_kept_and_the_escalation_answered(self, received: Chat) -> None:
        accept(received.shop, claims(received)[0].reference, AGENT, SOON)
        kept = {one.what: one.state for one in received.promises}
        assert (kept[DECISION], kept["person_answers"]) == (PromiseState.KEPT, PromiseState.KEPT)
        assert received.escalations[0].answered_at == SOON

    def test_late_decision_is_a_broken_promise(self, received: Chat) -> None:
        refuse(received.shop, claims(received)[0].reference, AGENT, "the lamp works", NOON + timedelta(days=3))
        assert {one.state for one in received.promises if one.what == DECISION} == {PromiseState.BROKEN}

    def test_part_needs_a_reason_that_the_customer_reads(self, received: Chat) -> None:
        reference = claims(received)[0].reference
        with pytest.raises(BadInput, match="less than was claimed"):
            accept(received.shop, reference, AGENT, SOON, "60.00")
        accept(received.shop, reference, AGENT, SOON, "60.00", "the receipt shows 60 dollars")
        assert "$60.00 of it is paid" in words_of(received)[-1]
        assert "the receipt shows 60 dollars" in words_of(received)[-1]
        assert "“person”" in words_of(received)[-1]

    @pytest.mark.parametrize("amount", ["800", "many", "-5", "80 or 90"])
    def test_unclear_or_higher_sum_is_refused_and_changes_nothing(self, received: Chat, amount: str) -> None:
        with pytest.raises(BadInput):
            accept(received.shop, claims(received)[0].reference, AGENT, SOON, amount)
        assert claims(received)[0].state is ClaimState.RECEIVED
        assert len(received.filed) == 1

    def test_refused_it_has_a_reason_and_the_way_to_appeal(self, received: Chat) -> None:
        reference = claims(received)[0].reference
        with pytest.raises(BadInput, match="Give the reason"):
            refuse(received.shop, reference, AGENT, " ", SOON)
        refuse(received.shop, reference, AGENT, "The lamp was bought before yours came.", SOON)
        assert "The reason: The lamp was bought before yours came." in words_of(received)[-1]
        assert "type “person”, and a team lead looks at it again" in words_of(received)[-1]
        assert claims(received)[0].state is ClaimState.REFUSED

    def test_it_is_decided_once(self, received: Chat) -> None:
        reference = claims(received)[0].reference
        accept(received.shop, reference, AGENT, SOON)
        with pytest.raises(Conflict, match="accepted by Amira Haddad"):
            refuse(received.shop, reference, LEAD, "no", SOON)
        with pytest.raises(Conflict):
            accept(received.shop, reference, LEAD, SOON)
        with pytest.raises(NotFound):
            accept(received.shop, "C-NONE", LEAD, SOON)

    def test_above_the_limit_a_lead_must_agree_as_well(self, filed: Chat) -> None:
        filed.say("we had to stay in a hotel, it cost us 900 dollars", "late_delivery")
        for said in ("900 dollars", "bill 1", "that's all"):
            if filed.asks:
                filed.say(said, "inform")
        decided = accept(filed.shop, claims(filed)[0].reference, AGENT, SOON)
        assert decided.remedy is not None
        assert decided.remedy.state is RemedyState.NEEDS_APPROVAL
        assert "must agree as well" in words_of(filed)[-1]
        ledger.approve(filed.shop, decided.remedy.reference, LEAD, "shown", SOON)
        assert decided.remedy.id in filed.sent_to_provider

    def test_what_a_person_gives_for_the_thing_itself_is_not_lessened_by_it(self, received: Chat) -> None:
        accept(received.shop, claims(received)[0].reference, AGENT, SOON)
        from bot.cases.money import Money

        granted = ledger.grant(
            received.shop, received.case.reference, AGENT, RemedyKind.PARTIAL_REFUND, SOON, amount=Money(1000, "USD"), reason="x"
        )
        assert granted.is_filed

    def test_letter_waits_for_the_decision(self, received: Chat) -> None:
        with received.shop.begin(True) as uow:
            ledger.settle(received.shop, uow, uow.remedies.get(received.filed[0].id), SOON)
        assert apology.draft(received.shop, received.case.id, SOON) is None
        refuse(received.shop, claims(received)[0].reference, AGENT, "the lamp works", SOON)
        assert apology.draft(received.shop, received.case.id, SOON) is not None


def test_offer_goes_on_where_only_a_claim_is_paid(told: Chat) -> None:
    accept(told.shop, claims(told)[0].reference, AGENT, SOON)
    told.tap("Refund")
    assert told.asks == "confirmation"
    told.tap("Yes")
    assert len(told.filed) == 2


def test_shop_of_another_currency_reckons_in_it(broken: Shop) -> None:
    gbp = replace(broken, policy=replace(broken.policy, authority=replace(broken.policy.authority, limits={})))
    chat = Chat(gbp)
    chat.say("my parcel is late and the hotel cost me 120", "late_delivery")
    assert [str(one.amount) for one in items(chat)] == ["$120.00"]

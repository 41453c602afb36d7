"""What people may do with a filed remedy: approve, refuse, give, take back; each exact act once, by whoever may."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.cases.case import PromiseState
from bot.cases.conversation import Handler
from bot.cases.issue import Fault
from bot.cases.money import Money
from bot.cases.order import DELIVERED
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling import ledger
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_item, an_order
from tests.unit.handling.chats import Chat, take_orders

LEAD, OTHER_LEAD, AGENT = "Tomas Lindqvist", "Priya Raman", "Amira Haddad"
LATER = NOON + timedelta(minutes=10)
Filing = Callable[[], Chat]


def dear(memory_database: Database, price: str = "700.00") -> None:
    """Nina's delivered order D1 of one sofa."""
    take_orders(memory_database, an_order(number="D1", status=DELIVERED, items=(an_item(name="Sofa", price=price),)))


@pytest.fixture
def waiting(shop: Shop, memory_database: Database) -> tuple[Chat, Remedy]:
    """A refund of $700.00 that waits for a person."""
    dear(memory_database)
    return filed(shop)


def filed(shop: Shop) -> tuple[Chat, Remedy]:
    chat = Chat(shop)
    chat.say("D1 nina@example.com broken", "damaged_or_defective", order_number="D1", email="nina@example.com")
    chat.tap("Refund")
    chat.tap("Yes")
    return chat, chat.remedies[-1] if chat.remedies[-1].is_filed else next(one for one in chat.remedies if one.is_filed)


def state_of(shop: Shop, reference: str) -> RemedyState:
    with shop.begin(False) as uow:
        return uow.remedies.by_reference(reference).state


class TestApproval:
    """Above the assistant's limit people decide."""

    def test_lead_agrees_and_it_is_queued_with_a_promise_and_a_word_to_the_customer(self, shop: Shop, waiting: tuple[Chat, Remedy]) -> None:
        chat, remedy = waiting
        assert remedy.state is RemedyState.NEEDS_APPROVAL
        approved = ledger.approve(shop, remedy.reference, LEAD, "seen the picture", LATER)
        assert approved.lacking == 0 and approved.remedy.state is RemedyState.QUEUED
        promises = {one.what: one.state for one in chat.promises if one.remedy_id == remedy.id}
        assert promises == {"decision": PromiseState.KEPT, "refund": PromiseState.OPEN}
        assert remedy.reference in chat.transcript[-1].text

    def test_agent_may_not_approve_what_is_above_their_limit(self, shop: Shop, waiting: tuple[Chat, Remedy]) -> None:
        with pytest.raises(NotAllowed, match="more than Amira Haddad may grant"):
            ledger.approve(shop, waiting[1].reference, AGENT, "", LATER)
        assert state_of(shop, waiting[1].reference) is RemedyState.NEEDS_APPROVAL

    def test_approval_binds_to_the_exact_act(self, shop: Shop, waiting: tuple[Chat, Remedy]) -> None:
        chat, remedy = waiting
        seen = ledger.digest_of(remedy, chat.case)
        with shop.begin(True) as uow:
            uow.remedies.by_reference(remedy.reference).amount_minor = 69_900
        with pytest.raises(Conflict, match="has changed since you looked"):
            ledger.approve(shop, remedy.reference, LEAD, "", LATER, digest=seen)
        assert state_of(shop, remedy.reference) is RemedyState.NEEDS_APPROVAL

    def test_above_the_second_limit_two_people_agree(self, shop: Shop, memory_database: Database) -> None:
        dear(memory_database, "1400.00")
        _, remedy = filed(shop)
        assert ledger.approve(shop, remedy.reference, LEAD, "", LATER).lacking == 1
        assert ledger.approve(shop, remedy.reference, LEAD, "again", LATER).lacking == 1
        assert state_of(shop, remedy.reference) is RemedyState.NEEDS_APPROVAL
        assert ledger.approve(shop, remedy.reference, AGENT, "", LATER).lacking == 0
        assert state_of(shop, remedy.reference) is RemedyState.QUEUED

    def test_first_of_two_approvals_is_void_once_the_act_changes(self, shop: Shop, memory_database: Database) -> None:
        dear(memory_database, "1400.00")
        _, remedy = filed(shop)
        ledger.approve(shop, remedy.reference, LEAD, "", LATER)
        with shop.begin(True) as uow:
            uow.remedies.by_reference(remedy.reference).amount_minor = 139_900
        assert ledger.approve(shop, remedy.reference, OTHER_LEAD, "", LATER).lacking == 1

    def test_refusal_gives_its_reason_and_the_way_to_appeal(self, shop: Shop, waiting: tuple[Chat, Remedy]) -> None:
        chat, remedy = waiting
        ledger.refuse(shop, remedy.reference, LEAD, "the picture shows another sofa.", LATER)
        said = chat.transcript[-1].text
        assert "the picture shows another sofa" in said and "person" in said and LEAD in said
        assert state_of(shop, remedy.reference) is RemedyState.REFUSED
        with pytest.raises(Conflict, match="it is refused"):
            ledger.approve(shop, remedy.reference, LEAD, "", LATER)

    def test_refusal_without_a_reason_is_no_refusal(self, shop: Shop, waiting: tuple[Chat, Remedy]) -> None:
        with pytest.raises(BadInput, match="reason"):
            ledger.refuse(shop, waiting[1].reference, LEAD, "  ", LATER)


class TestGrant:
    """A person gives something themselves."""

    @pytest.fixture
    def chat(self, broken: Shop) -> Chat:
        chat = Chat(broken)
        chat.say("B1 nina@example.com broken", "damaged_or_defective", order_number="B1", email="nina@example.com")
        return chat

    def grant(self, shop: Shop, chat: Chat, amount: str, who: str = AGENT) -> Remedy:
        money = Money.of(amount, "USD")
        return ledger.grant(shop, chat.case.reference, who, RemedyKind.PARTIAL_REFUND, LATER, amount=money, reason="scratched")

    def test_within_the_limit_it_goes_out_and_what_was_offered_is_withdrawn(self, broken: Shop, chat: Chat) -> None:
        remedy = self.grant(broken, chat, "30.00")
        assert remedy.state is RemedyState.QUEUED and remedy.granted_by == AGENT
        assert [one for one in chat.remedies if one.state is RemedyState.PROPOSED] == []

    def test_no_more_than_the_band_of_what_was_paid(self, broken: Shop, chat: Chat) -> None:
        self.grant(broken, chat, "30.00")
        with pytest.raises(BadInput, match=r"\$45.00 is left of \$75.00"):
            self.grant(broken, chat, "45.01")
        assert self.grant(broken, chat, "45.00").state is RemedyState.QUEUED

    def test_second_failure_has_a_wider_band(self, broken: Shop, chat: Chat) -> None:
        chat.say("this is the third time it broke", "damaged_or_defective", reasons=("repeated_failure",))
        assert self.grant(broken, chat, "112.50").state is RemedyState.QUEUED
        with pytest.raises(BadInput, match="more than this case may reach"):
            self.grant(broken, chat, "0.01")

    def test_exactly_the_same_is_not_given_twice(self, broken: Shop, chat: Chat) -> None:
        first = self.grant(broken, chat, "10.00")
        with pytest.raises(Conflict, match=first.reference):
            self.grant(broken, chat, "10.00")

    def test_nobody_approves_what_they_asked_for(self, shop: Shop, memory_database: Database) -> None:
        dear(memory_database)
        chat = Chat(shop)
        chat.say("D1 nina@example.com broken", "damaged_or_defective", order_number="D1", email="nina@example.com")
        money = Money.of("600.00", "USD")
        remedy = ledger.grant(shop, chat.case.reference, AGENT, RemedyKind.REFUND, LATER, amount=money, reason="torn")
        assert remedy.state is RemedyState.NEEDS_APPROVAL
        with pytest.raises(NotAllowed, match="somebody else must approve"):
            ledger.approve(shop, remedy.reference, AGENT, "", LATER)
        assert ledger.approve(shop, remedy.reference, LEAD, "", LATER).remedy.state is RemedyState.QUEUED

    def test_lead_may_grant_it_alone(self, shop: Shop, memory_database: Database) -> None:
        dear(memory_database)
        chat = Chat(shop)
        chat.say("D1 nina@example.com broken", "damaged_or_defective", order_number="D1", email="nina@example.com")
        money = Money.of("700.00", "USD")
        remedy = ledger.grant(shop, chat.case.reference, LEAD, RemedyKind.REFUND, LATER, amount=money, reason="torn")
        assert remedy.state is RemedyState.QUEUED

    @pytest.mark.parametrize("amount", ["0.00", "-5.00"])
    def test_worthless_is_refused(self, broken: Shop, chat: Chat, amount: str) -> None:
        with pytest.raises(BadInput, match="above nothing"):
            self.grant(broken, chat, amount)

    def test_other_currency_is_refused(self, broken: Shop, chat: Chat) -> None:
        with pytest.raises(BadInput, match="paid in USD"):
            ledger.grant(broken, chat.case.reference, AGENT, RemedyKind.REFUND, LATER, amount=Money.of("5", "EUR"), reason="scratched")


class TestUndo:
    """What has not gone out is cancelled; what is done is taken back by a record of its own."""

    def test_while_queued_it_is_cancelled_and_nothing_is_promised_any_more(self, shop: Shop, filing: Filing) -> None:
        chat = filing()
        chat.tap("Yes")
        remedy = next(one for one in chat.remedies if one.is_filed)
        assert ledger.undo(shop, remedy.reference, AGENT, "asked to", LATER).state is RemedyState.CANCELLED
        assert [one.state for one in chat.promises if one.remedy_id == remedy.id] == [PromiseState.WITHDRAWN]
        with shop.begin(True) as uow:
            assert uow.outbox.claim_due("remedy", LATER, timedelta(minutes=1), 10) == []

    def test_settled_it_is_compensated_by_a_record_that_a_person_approves(self, shop: Shop, filing: Filing) -> None:
        chat = filing()
        chat.tap("Yes")
        remedy = next(one for one in chat.remedies if one.is_filed)
        settle(shop, remedy.reference)
        back = ledger.undo(shop, remedy.reference, AGENT, "paid twice", LATER)
        assert (back.undoes, back.state) == (remedy.id, RemedyState.NEEDS_APPROVAL)
        assert ledger.undo(shop, remedy.reference, AGENT, "paid twice", LATER).id == back.id
        with pytest.raises(NotAllowed, match="somebody else"):
            ledger.approve(shop, back.reference, AGENT, "", LATER)
        ledger.approve(shop, back.reference, LEAD, "", LATER)
        settle(shop, back.reference)
        assert state_of(shop, remedy.reference) is RemedyState.COMPENSATED

    def test_on_its_way_it_cannot_be_taken_back(self, shop: Shop, filing: Filing) -> None:
        chat = filing()
        chat.tap("Yes")
        remedy = next(one for one in chat.remedies if one.is_filed)
        with shop.begin(True) as uow:
            ledger.begin(shop, uow, uow.remedies.by_reference(remedy.reference), LATER)
        with pytest.raises(Conflict, match="before it is sent, or once it is settled"):
            ledger.undo(shop, remedy.reference, AGENT, "", LATER)


class TestOutcome:
    """What the provider says."""

    @pytest.fixture
    def sent(self, shop: Shop, filing: Filing) -> tuple[Chat, Remedy]:
        chat = filing()
        chat.tap("Yes")
        remedy = next(one for one in chat.remedies if one.is_filed)
        with shop.begin(True) as uow:
            ledger.begin(shop, uow, uow.remedies.by_reference(remedy.reference), LATER)
        return chat, remedy

    def test_settled_keeps_the_promise_and_is_told_once(self, shop: Shop, sent: tuple[Chat, Remedy]) -> None:
        chat, remedy = sent
        before = len(chat.transcript)
        assert settle(shop, remedy.reference) is True
        assert settle(shop, remedy.reference) is False
        assert len(chat.transcript) == before + 1
        assert [one.state for one in chat.promises if one.remedy_id == remedy.id] == [PromiseState.KEPT]
        assert "has been paid back" in chat.transcript[-1].text

    def test_settled_after_its_day_broke_the_promise(self, shop: Shop, sent: tuple[Chat, Remedy]) -> None:
        chat, remedy = sent
        settle(shop, remedy.reference, days=60)
        assert [one.state for one in chat.promises if one.remedy_id == remedy.id] == [PromiseState.BROKEN]

    def test_failed_is_told_and_brings_a_person(self, shop: Shop, sent: tuple[Chat, Remedy]) -> None:
        chat, remedy = sent
        with shop.begin(True) as uow:
            assert ledger.fail(shop, uow, uow.remedies.by_reference(remedy.reference), "card closed", LATER) is True
            assert ledger.fail(shop, uow, uow.remedies.by_reference(remedy.reference), "card closed", LATER) is False
            assert [one.kind for one in uow.alerts.unseen()] == ["remedy_failed"]
        assert chat.conversation.handler is Handler.QUEUE
        assert [one.reason for one in chat.escalations] == ["remedy_failed"]
        assert "card closed" not in " ".join(one.text for one in chat.transcript)

    def test_last_word_that_comes_late_counts(self, shop: Shop, sent: tuple[Chat, Remedy]) -> None:
        _, remedy = sent
        with shop.begin(True) as uow:
            ledger.fail(shop, uow, uow.remedies.by_reference(remedy.reference), "timed out", LATER)
        assert settle(shop, remedy.reference) is True
        with shop.begin(True) as uow:
            assert ledger.fail(shop, uow, uow.remedies.by_reference(remedy.reference), "late", LATER) is False
        assert state_of(shop, remedy.reference) is RemedyState.SETTLED

    def test_failed_is_sent_again_under_the_same_key(self, shop: Shop, sent: tuple[Chat, Remedy]) -> None:
        _, remedy = sent
        with shop.begin(True) as uow:
            ledger.fail(shop, uow, uow.remedies.by_reference(remedy.reference), "closed for the night", LATER)
        again = ledger.redrive(shop, remedy.reference, AGENT, LATER)
        assert (again.key, again.state) == (remedy.key, RemedyState.QUEUED)
        with shop.begin(True) as uow:
            assert [row["subject_id"] for row in uow.outbox.claim_due("remedy", LATER, timedelta(minutes=1), 10)] == [remedy.id]


def settle(shop: Shop, reference: str, days: int = 1) -> bool:
    with shop.begin(True) as uow:
        return ledger.settle(shop, uow, uow.remedies.by_reference(reference), NOON + timedelta(days=days))


def test_two_chats_that_were_offered_the_same_get_it_once(broken: Shop) -> None:
    chats = [Chat(broken), Chat(broken)]
    for chat in chats:
        chat.say("B1 nina@example.com broken lamp", "damaged_or_defective", order_number="B1", email="nina@example.com", things=("lamp",))
        if chat.asks == "items":
            chat.tap("Desk Lamp")
        chat.tap("Refund")
    for chat in chats:
        chat.tap("Yes")
    filed_at_all = [one for chat in chats for one in chat.remedies if one.is_filed]
    assert len(filed_at_all) == 1
    assert filed_at_all[0].amount == Money.of("45.00", "USD")


def test_decision_is_written_down_with_its_reasons(shop: Shop, filing: Filing) -> None:
    chat = filing()
    with shop.begin(False) as uow:
        decisions = uow.remedies.decisions(chat.case.id)
    assert len(decisions) == 1
    decided = decisions[0]
    assert decided.policy_version == shop.policy.version
    assert decided.inputs["issue"] == "late_delivery" and decided.inputs["fault"] == str(Fault.THIRD_PARTY)
    assert {one["wording"] for one in decided.options} == {one.wording for one in chat.remedies}
    assert all(one["why"] for one in decided.left_out) and decided.left_out


def test_yes_to_an_offer_that_a_person_has_replaced_files_nothing_of_it(broken: Shop) -> None:
    chat = Chat(broken)
    chat.say("B1 nina@example.com broken", "damaged_or_defective", order_number="B1", email="nina@example.com")
    if chat.asks == "items":
        chat.tap("Desk Lamp")
    chat.tap("Refund")
    given = ledger.grant(
        broken, chat.case.reference, AGENT, RemedyKind.PARTIAL_REFUND, LATER, amount=Money.of("5.00", "USD"), reason="kind"
    )
    said = chat.tap("Yes")
    assert [one.reference for one in chat.filed] == [given.reference]
    assert given.reference in said

"""Vouchers: told with code and last day, used once whoever is quicker, taken back with their remedy."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.money import Money
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.cases.voucher import Voucher, VoucherState
from bot.errors import BadInput, Conflict, NotFound
from bot.handling import ledger, vouchers
from bot.handling.carrying_out import settle_by_hand, take_answer
from bot.handling.shop import Shop
from bot.ports import Answer
from bot.store.database import Database
from bot.worker.remedies import Remedies
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.unit.handling.chats import Chat, take_orders

AGENT, LEAD = "Amira Haddad", "Tomas Lindqvist"


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


def carry_out(shop: Shop, now: datetime = NOON) -> None:
    job = Remedies(shop, None, lambda: now)
    job.run(now)
    job.close()


def given(shop: Shop) -> tuple[Chat, Remedy]:
    """A case with a voucher of $11.25, granted by an agent and not made yet."""
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    return chat, ledger.grant(shop, chat.case.reference, AGENT, RemedyKind.VOUCHER, NOON, amount=Money(1125, "USD"), reason="waited long")


@pytest.fixture
def issued(shop: Shop) -> tuple[Chat, Remedy, Voucher]:
    chat, remedy = given(shop)
    carry_out(shop)
    with shop.begin(False) as uow:
        voucher = uow.vouchers.of(remedy.id)
        assert voucher is not None
        return chat, uow.remedies.get(remedy.id), voucher


Issued = tuple[Chat, Remedy, Voucher]


def test_code_is_told_with_its_worth_and_last_day(shop: Shop, issued: Issued) -> None:
    chat, remedy, voucher = issued
    with shop.begin(False) as uow:
        said = [one.text for one in uow.messages.of(chat.id) if voucher.code in one.text]
    assert len(said) == 1 and remedy.state is RemedyState.SETTLED
    assert "$11.25" in said[0] and "until Friday 3 September 2027" in said[0]
    assert voucher.code not in str(chat.acts)


def test_is_good_for_the_whole_of_its_last_day(shop: Shop, issued: Issued) -> None:
    _, _, voucher = issued
    assert voucher.expires_at == datetime(2027, 9, 4, tzinfo=ZoneInfo("America/Phoenix"))
    assert voucher.expires_at - NOON > timedelta(days=365)
    with pytest.raises(Conflict, match="expired"):
        vouchers.redeem(shop, voucher.code, "B1", "shop", voucher.expires_at)
    vouchers.redeem(shop, voucher.code, "B1", "shop", voucher.expires_at - timedelta(minutes=1))


def test_is_made_once_however_often_the_row_is_worked(shop: Shop, issued: Issued) -> None:
    _, remedy, voucher = issued
    with shop.begin(True) as uow:
        uow.outbox.again(remedy.id, NOON)
    carry_out(shop)
    with shop.begin(False) as uow:
        again = uow.vouchers.of(remedy.id)
    assert again is not None and again.code == voucher.code


def test_typed_otherwise_it_is_the_same_code(shop: Shop, issued: Issued) -> None:
    code = issued[2].code
    assert vouchers.look(shop, code.replace("-", " ").lower()).voucher.code == code
    with pytest.raises(NotFound):
        vouchers.look(shop, "2222-2222-2222-2222")


def test_same_order_again_is_the_same_use(shop: Shop, issued: Issued) -> None:
    chat, _, voucher = issued
    for _ in range(2):
        assert vouchers.redeem(shop, voucher.code, " B1 ", "shop", NOON).voucher.used_for == "B1"
    with pytest.raises(Conflict, match="has been used"):
        vouchers.redeem(shop, voucher.code, "B2", "shop", NOON)
    assert chat.acts.count("voucher.redeemed") == 1


@pytest.mark.parametrize("order", ["", "  ", "x" * 65, "B1\n2"])
def test_order_that_cannot_be_is_refused(shop: Shop, issued: Issued, order: str) -> None:
    with pytest.raises(BadInput):
        vouchers.redeem(shop, issued[2].code, order, "shop", NOON)
    assert vouchers.look(shop, issued[2].code).voucher.state is VoucherState.ISSUED


def test_one_of_eight_who_use_it_at_once_has_it(shop: Shop, issued: Issued) -> None:
    def use(number: int) -> bool:
        try:
            vouchers.redeem(shop, issued[2].code, f"B{number}", "shop", NOON)
        except Conflict:
            return False
        return True

    assert sum(at_once(8, use)) == 1


def test_using_and_voiding_at_once_does_one_of_them(shop: Shop, issued: Issued) -> None:
    def deed(number: int) -> bool:
        try:
            if number:
                vouchers.redeem(shop, issued[2].code, "B1", "shop", NOON)
            else:
                vouchers.void(shop, issued[2].code, "shop", NOON)
        except Conflict:
            return False
        return True

    assert sum(at_once(2, deed)) == 1


def taken_back(shop: Shop, remedy: Remedy) -> Remedy:
    back = ledger.undo(shop, remedy.reference, AGENT, "given twice", NOON)
    ledger.approve(shop, back.reference, LEAD, "", NOON)
    carry_out(shop)
    with shop.begin(False) as uow:
        return uow.remedies.get(back.id)


def test_taking_its_remedy_back_voids_it(shop: Shop, issued: Issued) -> None:
    assert taken_back(shop, issued[1]).state is RemedyState.SETTLED
    assert vouchers.look(shop, issued[2].code).voucher.state is VoucherState.VOID


def test_used_one_cannot_be_taken_back(shop: Shop, issued: Issued) -> None:
    vouchers.redeem(shop, issued[2].code, "B1", "shop", NOON)
    back = taken_back(shop, issued[1])
    assert (back.state, back.why) == (RemedyState.FAILED, "This voucher was used for order B1.")
    assert vouchers.look(shop, issued[2].code).voucher.state is VoucherState.REDEEMED


def test_voided_one_is_worthless_and_people_hear_of_it(shop: Shop, issued: Issued) -> None:
    for _ in range(2):
        assert vouchers.void(shop, issued[2].code, "shop", NOON).voucher.state is VoucherState.VOID
    with pytest.raises(Conflict, match="taken back"):
        vouchers.redeem(shop, issued[2].code, "B1", "shop", NOON)
    with shop.begin(False) as uow:
        assert [one.kind for one in uow.alerts.unseen()] == ["voucher_voided"]


def test_nobody_else_settles_a_voucher(shop: Shop) -> None:
    chat, remedy = given(shop)
    with pytest.raises(Conflict, match="made and sent by itself"):
        settle_by_hand(shop, remedy.reference, AGENT, "", NOON)
    with pytest.raises(Conflict, match="itself"):
        take_answer(shop, remedy.key, Answer("settled"), NOON)
    assert chat.filed[0].state is RemedyState.QUEUED


def test_undone_before_it_is_made_there_is_none(shop: Shop) -> None:
    _, remedy = given(shop)
    ledger.undo(shop, remedy.reference, AGENT, "", NOON)
    carry_out(shop)
    with shop.begin(False) as uow:
        assert uow.vouchers.of(remedy.id) is None

"""The shop's webhook against a real server that answers well, badly, late, twice or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot import clock
from bot.errors import NoAnswer, NotReached
from bot.ports import Act, Answer
from bot.providers.webhook import Webhook
from tests.product import free_ports
from tests.shopside import SECRET, ShopSide, running

ACT = Act("A-7K3M9Q:refund:7500USD:1.2", "R-2B4C6D", "A-7K3M9Q", "refund", "A10021", (1, 2), None, "75.00", "USD", asked_at="2026-03-03")


@pytest.fixture
def side() -> Iterator[ShopSide]:
    with running() as shop:
        yield shop


def webhook(side: ShopSide, secret: str = SECRET, off: timedelta = timedelta()) -> Webhook:
    def now() -> datetime:
        return clock.now() + off

    return Webhook(side.url, secret, now, answer_within=1.0)


def test_act_arrives_whole_and_signed(side: ShopSide) -> None:
    assert webhook(side).carry_out(ACT) == Answer("settled", "PAY-1")
    (act,) = side.acts
    assert (act["key"], act["amount"], act["lines"], act["undoes"]) == (ACT.key, "75.00", [1, 2], None)


@pytest.mark.parametrize("state", ["accepted", "settled", "failed"])
def test_what_the_shop_says_comes_back(side: ShopSide, state: str) -> None:
    side.manner = state
    assert webhook(side).carry_out(ACT).state == state
    assert webhook(side).look_up(ACT) == Answer(state, "PAY-1")


def test_same_key_twice_takes_effect_once(side: ShopSide) -> None:
    first, second = webhook(side).carry_out(ACT), webhook(side).carry_out(ACT)
    assert first == second
    assert side.effects == {ACT.key: 1}


@pytest.mark.parametrize("manner", ["400", "401", "403", "404", "410", "422"])
def test_refusal_is_a_failure_with_its_reason(side: ShopSide, manner: str) -> None:
    side.manner = manner
    assert webhook(side).carry_out(ACT) == Answer("failed", why="not for this card")


@pytest.mark.parametrize("manner", ["500", "503", "408", "409", "425", "429", "301", "garbage", "empty", "other", "hang", "drip"])
def test_what_says_nothing_is_no_answer(side: ShopSide, manner: str) -> None:
    side.manner = manner
    with pytest.raises(NoAnswer):
        webhook(side).carry_out(ACT)


def test_shop_that_is_not_there_got_nothing() -> None:
    (port,) = free_ports(1)
    for url in (f"http://127.0.0.1:{port}/", "http://no-such-shop.invalid/"):
        with pytest.raises(NotReached):
            Webhook(url, SECRET, clock.now).carry_out(ACT)
        with pytest.raises(NotReached):
            Webhook(url, SECRET, clock.now).look_up(ACT)


def test_act_the_shop_never_got_is_not_known(side: ShopSide) -> None:
    assert webhook(side).look_up(ACT) is None


def test_key_is_looked_up_whatever_is_in_it(side: ShopSide) -> None:
    odd = replace(ACT, key="A&B=1 ü:+%")
    side.known[odd.key] = {"state": "settled"}
    assert webhook(side).look_up(odd) == Answer("settled")
    assert side.asked == [odd.key]


def test_address_with_a_query_of_its_own_keeps_it(side: ShopSide) -> None:
    side.known[ACT.key] = {"state": "settled"}
    side.url += "?tenant=7"
    assert webhook(side).look_up(ACT) == Answer("settled")
    assert webhook(side).carry_out(ACT) == Answer("settled")


def test_wrong_secret_and_wrong_clock_are_refused(side: ShopSide) -> None:
    assert webhook(side, secret="another secret of sixteen").carry_out(ACT).state == "failed"
    assert "minutes old" in str(webhook(side, off=timedelta(minutes=6)).carry_out(ACT).why)
    with pytest.raises(NoAnswer):
        webhook(side, secret="another secret of sixteen").look_up(ACT)
    assert side.effects == {}

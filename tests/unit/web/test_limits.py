"""How often one may write, and what somebody who writes more often reads."""

import pytest
from starlette.exceptions import HTTPException

from bot.web.limits import BEGUN, MANY, SENT, Limiter, Limits, Rate


def test_limiter_allows_a_burst_and_then_says_how_long_to_wait() -> None:
    limiter = Limiter(Rate(3, 60, 60))
    assert [limiter.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 1]


def test_limiter_fills_up_with_time() -> None:
    limiter = Limiter(Rate(2, 20, 3600))
    assert [limiter.wait("a", 0.0) for _ in range(3)] == [0, 0, 180]
    assert limiter.wait("a", 90.0) == 90 and limiter.wait("a", 181.0) == 0 and limiter.wait("a", 182.0) > 0


def test_limiter_keeps_keys_apart() -> None:
    limiter = Limiter(Rate(1, 1, 60))
    assert limiter.wait("a", 0.0) == 0 and limiter.wait("b", 0.0) == 0 and limiter.wait("a", 0.0) == 60


def test_limiter_forgets_those_unused_for_longest() -> None:
    limiter = Limiter(Rate(1, 1, 60))
    for number in range(MANY + 1):
        limiter.wait(str(number), 0.0)
    assert len(limiter.buckets) == MANY and "0" not in limiter.buckets


def test_refusal_is_a_sentence_with_the_time_to_wait() -> None:
    limits = Limits()
    for _ in range(BEGUN.burst):
        limits.begin("203.0.113.5", None)
    with pytest.raises(HTTPException) as refused:
        limits.begin("203.0.113.5", None)
    assert refused.value.status_code == 429 and "Wait 3 minutes and begin again" in refused.value.detail
    assert refused.value.headers == {"retry-after": "180"}
    limits.begin("203.0.113.6", None)


def test_signed_in_customer_is_limited_wherever_they_are() -> None:
    limits = Limits()
    for number in range(BEGUN.burst):
        limits.begin(f"203.0.113.{number}", "nina_7")
    with pytest.raises(HTTPException):
        limits.begin("198.51.100.1", "nina_7")


def test_this_machine_begins_as_many_as_it_likes() -> None:
    limits = Limits()
    for _ in range(BEGUN.burst * 3):
        limits.begin(None, None)


def test_messages_are_limited_in_one_conversation_and_from_one_address() -> None:
    limits = Limits()
    for number in range(120):
        limits.send("203.0.113.5", f"chat {number}")
    with pytest.raises(HTTPException, match="from your network"):
        limits.send("203.0.113.5", "chat 120")
    for _ in range(SENT.burst):
        limits.send(None, "busy")
    with pytest.raises(HTTPException, match="30 messages in a minute"):
        limits.send(None, "busy")

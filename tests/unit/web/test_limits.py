"""How often one conversation may write."""

from bot.web.limits import FULL, MANY, Limiter


def test_limiter_allows_a_burst_and_then_waits() -> None:
    limiter = Limiter()
    assert [limiter.allows("a", 0.0) for _ in range(FULL + 1)] == [True] * FULL + [False]


def test_limiter_fills_up_with_time() -> None:
    limiter = Limiter()
    for _ in range(FULL):
        limiter.allows("a", 0.0)
    assert not limiter.allows("a", 1.0) and limiter.allows("a", 3.0)


def test_limiter_keeps_conversations_apart() -> None:
    limiter = Limiter()
    for _ in range(FULL):
        limiter.allows("a", 0.0)
    assert limiter.allows("b", 0.0)


def test_limiter_forgets_those_long_silent() -> None:
    limiter = Limiter()
    for number in range(MANY + 1):
        limiter.allows(str(number), 0.0)
    limiter.allows("late", 1000.0)
    assert len(limiter.buckets) == 1

"""Values as people read them: shares, spans of time, sums, and what became of a goal."""

from bot.cases.measures import Figure
from bot.cases.money import Money
from bot.reports.words import FIGURES

NOTHING = "–"


def value_of(one: Figure, value: float | None) -> str:
    """A figure's own value, or an earlier one of it."""
    return in_unit(one.unit, value)


def in_unit(unit: str, value: float | None) -> str:
    if value is None:
        return NOTHING
    if unit == "share":
        return percent(value)
    return span(value) if unit == "seconds" else f"{value:.2f}" if unit == "mean" else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Whole percents; one decimal where it is near an end, so that "100%" is all of them and "0%" none."""
    if share is None:
        return NOTHING
    is_near = 0 < share < 0.02 or 0.98 < share < 1
    return f"{share * 100:.1f}%" if is_near else f"{share * 100:.0f}%"


def span(seconds: float) -> str:
    """Such as "1.4 s", "25 min", "3 h 5 min", "14 h" or "2.3 days"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes >= 10 * 60 and minutes < 48 * 60:
        return f"{minutes / 60:.0f} h"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{seconds / 86_400:.1f} days"


def money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def is_met(one: Figure, target: float | None) -> bool | None:
    """Whether the goal is reached; None where there is none, or nothing to judge."""
    if target is None or one.value is None:
        return None
    return one.value <= target if FIGURES[one.key].low else one.value >= target


def goal(one: Figure, target: float | None) -> str:
    """Such as "at least 80%"."""
    if target is None:
        return ""
    return f"{'at most' if FIGURES[one.key].low else 'at least'} {in_unit(one.unit, target)}"


def change(one: Figure) -> str:
    """Beside the period before: "up from 71%"; nothing where there is nothing to compare."""
    before = one.before[-1] if one.before else None
    if before is None or one.value is None:
        return ""
    now, then = value_of(one, one.value), value_of(one, before)
    if now == then:
        return f"as before, {then}"
    return f"{'up' if one.value > before else 'down'} from {then}"


def counted(number: int, what: str = "case") -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

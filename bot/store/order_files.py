"""Reads files of orders and incidents (JSON Lines) into values, and says of every bad line what is wrong and how to mend it.

The shape is checked by the JSON Schemas in `formats/`; what a schema cannot say is checked here. docs/orders.md tells it all.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Generic, TypeVar

from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue
from bot.cases.money import EXPONENTS, Money
from bot.cases.order import DELIVERED, Buyer, Item, Order, Payment, normal_number
from bot.cases.wording import faults
from bot.errors import BadInput
from bot.store.line_checks import Problem, Wrong, check_shape

T = TypeVar("T")
READ_AS = "1"  # part of every digest: raise it when the same line comes to mean something else
SAMPLE_INSTANT = '"2026-03-01T14:05+00:00"'


@dataclass(frozen=True)
class Line(Generic[T]):
    """What a good line holds, under its key, with the digest that tells whether it is the same as last time."""

    key: str
    digest: str
    value: T


def read_orders(lines: Iterable[str]) -> "tuple[list[Line[Order]], list[str]]":
    """The orders of the good lines, and one problem for each bad line."""
    return _read(lines, lambda raw: (normal_number(raw["order_number"]), _order(raw)), "order", "order_number")


def read_incidents(lines: Iterable[str]) -> "tuple[list[Line[Incident]], list[str]]":
    """The incidents of the good lines, and one problem for each bad line."""
    return _read(lines, lambda raw: (raw["code"], _incident(raw)), "incident", "code")


def read_incident(raw: dict[str, Any]) -> Incident:
    """One incident in the import format. Raises BadInput, which says what is wrong and how to mend it."""
    try:
        check_shape("incident", raw)
        return _incident(raw)
    except Wrong as wrong:
        raise BadInput(f"{wrong.problem.where}: {wrong.problem.what}; {wrong.problem.mend}.") from wrong


def read_instant(said: str, where: str) -> datetime:
    """An instant with its offset. Raises BadInput."""
    try:
        found = _instant(said, where)
    except Wrong as wrong:
        raise BadInput(f"{wrong.problem.where}: {wrong.problem.what}; {wrong.problem.mend}.") from wrong
    assert found is not None
    return found


def _read(
    lines: Iterable[str], build: Callable[[dict[str, Any]], tuple[str, T]], kind: str, key_name: str
) -> tuple[list[Line[T]], list[str]]:
    good: list[Line[T]] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for at, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            raw = _loaded(text)
            check_shape(kind, raw)
            key, value = build(raw)
            if key in seen:
                raise Wrong(Problem(f"{kind} {key} stands in line {seen[key]} already", key_name, "keep one of the two lines"))
        except Wrong as wrong:
            problems.append(wrong.problem.at(at))
        else:
            seen[key] = at
            good.append(Line(key, _digest(raw), value))
    return good, problems


def _loaded(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"), object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        mend = "write one whole JSON object on each line"
        raise Wrong(Problem(f"not JSON, {error.msg[0].lower()}{error.msg[1:]}", f"column {error.colno}", mend)) from error
    except (ValueError, RecursionError) as error:
        raise Wrong(Problem("not JSON that can be read", "the line", "write numbers and nesting as docs/orders.md shows")) from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Wrong(Problem("the same key stands twice in one object", twice, "keep one of the two"))
    return found


def _digest(raw: Any) -> str:
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{READ_AS} {canonical}".encode()).hexdigest()


def _order(raw: dict[str, Any]) -> Order:
    currency = raw["currency"]
    placed, promised, delivered = (_instant(raw.get(name), name) for name in ("placed_at", "promised_by", "delivered_at"))
    assert placed is not None  # the schema demands it
    _check_course(raw["status"], placed, promised, delivered)
    return Order(
        number=normal_number(raw["order_number"]),
        status=raw["status"],
        placed_at=placed,
        promised_by=promised,
        delivered_at=delivered,
        carrier=raw.get("carrier"),
        tracking_numbers=tuple(raw.get("tracking_numbers", ())),
        buyer=Buyer(**raw["customer"]),
        ship_to={key: value for key, value in raw["ship_to"].items() if value is not None},
        items=_items(raw["items"], currency),
        currency=currency,
        total=_money(raw["total"], currency, "total"),
        payments=tuple(
            Payment(one["kind"], _money(one["amount"], currency, f"payments[{place}].amount"), one["method"])
            for place, one in enumerate(raw["payments"])
        ),
    )


def _check_course(status: str, placed: datetime, promised: datetime | None, delivered: datetime | None) -> None:
    """Nothing is promised or delivered before it was ordered, and an order is delivered at an instant or not at all."""
    if promised and promised < placed:
        raise Wrong(Problem("promised before it was placed", "promised_by", "correct promised_by or placed_at"))
    if delivered and delivered < placed:
        raise Wrong(Problem("delivered before it was placed", "delivered_at", "correct delivered_at or placed_at"))
    if status == DELIVERED and delivered is None:
        raise Wrong(Problem("delivered, but not when", "delivered_at", "add the instant of delivery, or correct status"))
    if status != DELIVERED and delivered is not None:
        raise Wrong(Problem(f"has an instant of delivery and is {status}", "delivered_at", "set it to null, or status to delivered"))


def _items(raw: list[dict[str, Any]], currency: str) -> tuple[Item, ...]:
    lines = [int(one["line"]) for one in raw]
    twice = next((line for line in lines if lines.count(line) > 1), None)
    if twice:
        raise Wrong(Problem(f"two items have line {twice}", "items", "number the items of an order differently"))
    return tuple(
        Item(
            line=int(one["line"]),
            sku=one["sku"],
            name=one["name"],
            quantity=int(one["quantity"]),
            unit_price=_money(one["unit_price"], currency, f"items[{place}].unit_price"),
            options=one.get("options", {}),
        )
        for place, one in enumerate(raw)
    )


def _incident(raw: dict[str, Any]) -> Incident:
    started, ended, update = (_instant(raw.get(name), name) for name in ("started_at", "ended_at", "next_update_at"))
    assert started is not None  # the schema demands it
    if ended and ended < started:
        raise Wrong(Problem("ended before it started", "ended_at", "correct ended_at or started_at"))
    for name in ("explanation", "action"):
        _check_words(raw[name], name)
    return Incident(
        code=raw["code"],
        title=raw["title"],
        fault=Fault(raw["fault"]),
        issues=tuple(Issue(one) for one in dict.fromkeys(raw["issue_types"])),
        started_at=started,
        ended_at=ended,
        next_update_at=update,
        scope={key: _scope(key, value) for key, value in raw["scope"].items()},
        explanation=raw["explanation"],
        action=raw["action"],
        published=raw.get("published", False),
        offer=raw.get("offer"),
    )


def _check_words(text: str, name: str) -> None:
    """Customers read this sentence: what the wording check refuses would stop every reply that tells it."""
    found = faults(text)
    if found:
        raise Wrong(
            Problem(
                f"wording that is not sent to customers: {', '.join(found)}", name, "say it plainly, with a date instead of a vague time"
            )
        )


def _scope(key: str, value: list[str]) -> tuple[Any, ...]:
    if key == "order_numbers":
        return tuple(normal_number(one) for one in value)
    if key != "placed_between":
        return tuple(value)
    first, last = (_instant(one, f"scope.placed_between[{place}]") for place, one in enumerate(value))
    if first and last and last < first:
        raise Wrong(Problem("ends before it begins", "scope.placed_between", "write the earlier instant first"))
    return (first, last)


def _instant(said: str | None, where: str) -> datetime | None:
    """An aware instant in UTC; one without offset is refused, since nobody can know when it was."""
    if said is None:
        return None
    try:
        found = datetime.fromisoformat(said[:-1] + "+00:00" if said.endswith(("Z", "z")) else said)
        if found.tzinfo is None:
            raise Wrong(Problem("an instant without offset", where, f"write where on earth it is that late, as in {SAMPLE_INSTANT}"))
        return found.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise Wrong(Problem("not an instant", where, f"write date, time and offset, as in {SAMPLE_INSTANT}")) from error


def _money(said: str, currency: str, where: str) -> Money:
    decimals = EXPONENTS.get(currency, 2)
    if len(said.partition(".")[2]) > decimals:
        raise Wrong(Problem(f"more decimals than {currency} has", where, f"write at most {decimals} of them"))
    return Money.of(Decimal(said), currency)

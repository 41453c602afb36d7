"""A journey as its file tells it: a customer with the facts they have, a temper and a wish, and what must stand in the store at the end."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
FACTS = ("order_number", "proof", "items", "what_happened", "phone", "issue")  # each is asked at most once
ANSWERABLE = (*FACTS, "remedy", "confirmation", "settled")
EXPECTED = ("issue", "fault", "filed", "person", "verdict", "facts", "items", "dropped")
_DEMO_NUMBER = re.compile(r"(?<!\d)10([ -]?)0([ -]?)(2[1-9]|3\d|4[0-6])(?!\d)")


@dataclass(frozen=True)
class Said:
    """One thing a customer does. `is_usable` is false for an answer that a fair assistant must ask again after."""

    text: str = ""
    tap: str = ""
    is_usable: bool = True


@dataclass(frozen=True)
class Beside:
    """A turn beside the matter, put in where `when` is asked, in place of the answer; `hears` must come back, `asks` be asked then."""

    when: str
    says: Said
    hears: tuple[str, ...] = ()
    asks: str | None = None
    times: int = 1  # before which asking of that fact it comes: 1 is the first


@dataclass(frozen=True)
class Journey:
    """One customer. Everything that is not given has a sensible value: see `tests/journeys/customer.py`."""

    name: str
    theme: str
    who: str  # the temper, in words
    says: str
    expect: tuple[dict[str, Any], ...]  # one for each case, in the order they begin
    wish: str | None = None  # a remedy's kind or wording, or person
    told: tuple[str, ...] = ()  # facts that the first message brings
    answers: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    then: tuple[Said, ...] = ()  # said after the end
    hears: tuple[str, ...] = ()  # patterns that must stand in what is said to the customer
    never_hears: tuple[str, ...] = ()
    questions: int | None = None  # at most so many
    signed_in: str | None = None  # a customer's id
    ci: bool = False
    fails: str | None = None  # a known defect of the product


def said(given: Any) -> Said:
    """A text, or one of {tap}, {wrong}, {unclear}: the last two are answers nobody could use."""
    if isinstance(given, str):
        return Said(given)
    ((how, text),) = given.items()
    if how == "tap":
        return Said(tap=text)
    assert how in ("wrong", "unclear"), f"an answer is a text, or tap, wrong or unclear, not {how}"
    return Said(text, is_usable=False)


def several(given: Any) -> tuple[Any, ...]:
    """What may be given once or as a list."""
    if given is None:
        return ()
    return tuple(given) if isinstance(given, list) else (given,)


def journeys(folder: Path = FOLDER, *, first: int = 1, names: Sequence[str] = (), with_own_mail: bool = False) -> list[Journey]:
    """All journeys, each talking about orders of its own: two customers never share an order. `names`: only these.

    `first`: the place of the first of them. `with_own_mail`: nor do they share an e-mail address.
    """
    told = [one for path in sorted(folder.glob("*.yml")) for one in _in_file(path)]
    twice = {name for name, count in Counter(one["name"] for one in told).items() if count > 1}
    assert not twice, f"two journeys of one name: {sorted(twice)}"
    chosen = [one for one in told if not names or one["name"] in names]
    rewrite = (lambda text, place: own_mail(own_number(text, place), place)) if with_own_mail else own_number
    return [_journey(_rewritten(one, place, rewrite)) for place, one in enumerate(chosen, start=first)]


def _in_file(path: Path) -> Iterator[dict[str, Any]]:
    for one in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["journeys"]:
        yield {**one, "theme": path.stem}


def own_number(number: str, place: int) -> str:
    """The number that the demo order A100nn has for the journey at this place."""
    assert 0 < place < 900, "an order number has room for 899 journeys"
    begin = str(100 + place)
    return _DEMO_NUMBER.sub(lambda found: f"{begin[:2]}{found[1]}{begin[2]}{found[2]}{found[3]}", number)


def own_mail(text: str, place: int) -> str:
    """The same with the demo customers' e-mail addresses as those in the orders at this place."""
    return re.sub(r"(?i)@example\.com\b", f"@p{place}.example.com", text)


def _rewritten(value: Any, place: int, rewrite: Callable[[str, int], str]) -> Any:
    if isinstance(value, dict):
        return {key: _rewritten(one, place, rewrite) for key, one in value.items()}
    if isinstance(value, list):
        return [_rewritten(one, place, rewrite) for one in value]
    return rewrite(value, place) if isinstance(value, str) else value


def _journey(told: dict[str, Any]) -> Journey:
    given = dict(told)
    known = {one.name for one in fields(Journey)} | set(ANSWERABLE)
    assert not set(given) - known, f"{given['name']}: unknown keys {sorted(set(given) - known)}"
    answers = {fact: tuple(map(said, several(given.pop(fact)))) for fact in ANSWERABLE if fact in given}
    expect = tuple(several(given.pop("expect")))
    for one in expect:
        assert not set(one) - set(EXPECTED), f"{given['name']}: unknown expectations {sorted(set(one) - set(EXPECTED))}"
    lists = {name: several(given.pop(name, None)) for name in ("told", "hears", "never_hears")}
    beside = tuple(_beside(one) for one in several(given.pop("beside", None)))
    then = tuple(map(said, several(given.pop("then", None))))
    return Journey(**given, **lists, answers=answers, expect=expect, beside=beside, then=then)


def _beside(told: dict[str, Any]) -> Beside:
    beside = Beside(told["when"], said(told["says"]), several(told.get("hears")), told.get("asks"))
    return replace(beside, times=told.get("times", 1))

"""What people write of a failure: checked at the rim, and naming nobody, for it is kept when the customer's data are erased."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cases.desk import Agent, DeskRole
from bot.cases.redaction import CARD, EMAIL, PHONE, SECRET, redacted
from bot.errors import BadInput
from bot.handling.desk_cases import fit_words
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

Body = Mapping[str, Any]
One = TypeVar("One", bound=Enum)
LONGEST_LINE, LONGEST_TITLE, MOST_WHYS = 500, 200, 5  # characters, characters, questions
FURTHEST = timedelta(days=366)
MARKS = (EMAIL, PHONE, CARD, SECRET)


def line_in(body: Body, name: str, names: Iterable[str] = (), *, longest: int = LONGEST_LINE, may_be_empty: bool = False) -> str | None:
    """One field as a line; None where it is empty and may be. `names`: of the customer. Raises BadInput."""
    words = " ".join(fit_words(body.get(name), name, longest, may_be_empty=may_be_empty).split())
    must_name_nobody(words, name, names)
    return words or None


def must_name_nobody(words: str, name: str, names: Iterable[str] = ()) -> None:
    """Raises BadInput where it holds an e-mail, a phone, a card or a word of the customer's name."""
    left = redacted(words)
    found = next((mark.strip("[]") for mark in MARKS if left.count(mark) > words.count(mark)), None)
    own = [word for one in names for word in re.findall(r"[^\W\d_]{3,}", one) if re.search(rf"\b{word.capitalize()}\b", words)]
    if found or own:
        what = f"“{own[0]}”" if own else f"the {found}"
        raise BadInput(f"{name}: leave out {what}: this is kept when the customer's data are erased.")


def whys_in(body: Body, names: Iterable[str]) -> tuple[str, ...]:
    """Up to five answers to "and why was that", the first first; empty ones are left out."""
    given = body.get("whys") or []
    if not isinstance(given, list) or len(given) > MOST_WHYS:
        raise BadInput(f"whys must be a list of at most {MOST_WHYS} lines.")
    found = [line_in({"whys": one}, "whys", names, may_be_empty=True) for one in given]
    return tuple(one for one in found if one)


def word_in(body: Body, name: str, words: type[One], *, may_be_empty: bool = False) -> One | None:
    """A field that is one of these words. Raises BadInput, which names them."""
    given = body.get(name)
    if given in (None, "") and may_be_empty:
        return None
    known = {str(one.value): one for one in words}
    if not isinstance(given, str) or given not in known:
        raise BadInput(f"{name} must be one of {', '.join(known)}.")
    return known[given]


def due_in(shop: Shop, body: Body, now: datetime) -> datetime:
    """The end of the day named in due_on, such as 2026-12-24, by the shop's clock: when it closes, or midnight. Raises BadInput."""
    given, hours = body.get("due_on"), shop.policy.hours
    try:
        day = date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise BadInput("due_on must be a day such as 2026-12-24.") from None
    spans = hours.spans(day)
    due = spans[-1][1] if spans else datetime.combine(day, time(23, 59), hours.zone)
    if not now < due <= now + FURTHEST:
        raise BadInput("due_on must lie ahead, by a year at most.")
    return due


def assignee_in(uow: "UnitOfWork", body: Body) -> str:
    """Who does it: somebody with an account that may act, where there are accounts at all. Raises BadInput."""
    name = fit_words(body.get("assignee"), "assignee", 80)
    accounts = [one for one in uow.agents.all() if one.may_act]
    if accounts and name not in {one.name for one in accounts}:
        raise BadInput(f"assignee: there is nobody called {name[:40]}: one of {', '.join(one.name for one in accounts)}.")
    return name


def somebody(uow: "UnitOfWork", name: str, now: datetime) -> Agent:
    """Whoever a command names: their account; else one made up for this deed, of somebody who has the whole machine anyway."""
    who = fit_words(name, "agent", 80)
    return uow.agents.find(who) or Agent(who, "", DeskRole.LEAD, "", now)

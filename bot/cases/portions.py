"""Several items of one order, each to be put right in its own way: "a new skillet, and money off for the apron"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.cases.choice import wishes
from bot.cases.order import Order, fine_items, items_named, stem
from bot.cases.remedy import RemedyKind

_APART = re.compile(r"[,;.!?\n]+|\b(?:and|but|while|whereas|plus|then)\b", re.IGNORECASE)
# Which clauses make one portion: "the skillet, replace it"; "a refund: the apron"; "the pan and a new apron, and the board".
_BELONG = re.compile(r"N+W|N*B(?:N+(?![NW]))?|WN+")
_NEW = re.compile(r"\b(?:new|another|fresh)\s+(?:\w+\s+){0,2}?(\w+)", re.IGNORECASE)
_BOUGHT = re.compile(r"\b(ordered|bought|purchased|paid|got|received|with)\b", re.IGNORECASE)
_SMALL = frozenset("the a an my your our for to as with on of one it s is about also please just me i d like want".split())


@dataclass(frozen=True)
class Portion:
    """Lines of an order that one remedy is for; `wish` is None where nothing was said of them."""

    lines: tuple[int, ...]
    wish: RemedyKind | None

    @property
    def told(self) -> str:
        """As it is kept: "1,2=refund"."""
        return f"{','.join(map(str, self.lines))}={self.wish or ''}"


def read_portion(told: str) -> Portion:
    """The portion that was kept so."""
    lines, _, wish = told.partition("=")
    return Portion(tuple(int(one) for one in lines.split(",")), RemedyKind(wish) if wish else None)


def portions(order: Order, lines: tuple[int, ...], said: str) -> tuple[Portion, ...]:
    """How the items at these lines, or any of the order, are to be put right where not all have the same wish; none where they do.

    Those of which nothing was said come last, and those that are fine not at all.
    """
    clauses = list(_clauses(order, lines, said))
    found = [_joined(clauses[match.start() : match.end()]) for match in _BELONG.finditer("".join(map(_kind, clauses)))]
    named = [line for one in found for line in one.lines]
    if len(set(named)) < len(named):
        return ()  # one item in two ways: which of them is meant cannot be told
    fine = {item.line for item in fine_items(order, said)}
    rest = tuple(line for line in lines if line not in named and line not in fine)
    parted = (*found, *([Portion(rest, None)] if rest else ()))
    is_parted = len({one.wish for one in parted}) > 1 or (lines and set(named) != set(lines))
    return parted if found and is_parted else ()


def wish_of(order: Order, lines: tuple[int, ...], said: str) -> RemedyKind | None:
    """What is asked for the items at these lines, in the clauses that name them."""
    return next((one.wish for one in _clauses(order, lines, said) if one.lines and one.wish), None)


def about(order: Order, lines: tuple[int, ...], said: str) -> str:
    """The message without the clauses that name none of these items, but others."""
    named = [(clause, _lines_named(order, clause)) for clause in _APART.split(said)]
    return ", ".join(clause for clause, others in named if not others or not lines or set(others) & set(lines))


def complained_of(order: Order, account: str) -> tuple[int, ...]:
    """The lines of the items that an account tells something of, as both in "the skillet is cracked and the apron has a hole".

    What is only said to have been bought is not among them, nor what is fine.
    """
    fine = {item.line for item in fine_items(order, account)}
    told: list[int] = []
    names: list[int] = []  # bare ones, which what comes next is told of as well: "skillet and apron broken"
    is_told: bool | None = None  # of the clause before, where there was one
    for clause in _APART.split(account):
        named = _lines_named(order, clause)
        if named and not _is_bare(order, clause):
            is_told = not _BOUGHT.search(clause)
            told += [*names, *named] if is_told else []
            names = []
        elif is_told:
            told += named
        elif is_told is None:
            names += named
    return tuple(line for line in dict.fromkeys(told) if line not in fine)


def _clauses(order: Order, lines: tuple[int, ...], said: str) -> Iterator[Portion]:
    """The clauses that name items, tell a wish, or both; of those without a wish only bare names."""
    for clause in _APART.split(said):
        named = tuple(line for line in _lines_named(order, clause) if not lines or line in lines)
        wish = _wish(order, clause)
        if wish or (named and _is_bare(order, clause)):
            yield Portion(named, wish)


def _lines_named(order: Order, clause: str) -> list[int]:
    """The lines of the items that a clause names; none where one word of it may mean any of several."""
    named = items_named(order, clause)
    nouns = {_words(item.name)[-1:][0] for item in named}
    return [item.line for item in named] if len(nouns) == len(named) else []


def _kind(clause: Portion) -> str:
    """N: names alone, W: a wish alone, B: both."""
    return "N" if clause.wish is None else "B" if clause.lines else "W"


def _joined(clauses: Sequence[Portion]) -> Portion:
    return Portion(tuple(line for one in clauses for line in one.lines), next(one.wish for one in clauses if one.wish))


def _wish(order: Order, clause: str) -> RemedyKind | None:
    """What the clause asks for; "a new skillet" asks for the skillet anew."""
    asked = wishes(clause)
    if asked:
        return asked[0]
    return RemedyKind.REPLACEMENT if any(items_named(order, match) for match in _NEW.findall(clause)) else None


def _is_bare(order: Order, clause: str) -> bool:
    """Whether it is nothing but names of items: "the skillet"."""
    names = {word for item in order.items for word in _words(item.name)}
    return set(_words(clause)) <= names | _SMALL


def _words(text: str) -> list[str]:
    return [stem(word) for word in re.findall(r"\w+", text.lower())]

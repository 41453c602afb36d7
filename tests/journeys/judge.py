"""What a journey came to, and where that differs from what its customer may rightly expect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.cases.wording import apologies, faults
from tests.journeys.customer import MOST_TURNS, Talk
from tests.journeys.journey import several
from tests.journeys.store import CaseNow

SLOW_S = 5.0  # from which the door says that something failed


@dataclass(frozen=True)
class Judged:
    """A journey, how each of its cases ended, and what is not as it should be."""

    talk: Talk
    ends: tuple[str, ...]
    differs: tuple[str, ...]
    channel: str = "website"

    @property
    def is_ok(self) -> bool:
        return not self.differs


def judge(talk: Talk, slow_s: float = SLOW_S) -> Judged:
    """Compares the store and the words with what the journey expects. `slow_s`: seconds in which an answer must be there."""
    cases = talk.store.cases(talk.chat.id)
    ends = tuple(_end(case) for case in cases) or ("no case",)
    return Judged(talk, ends, (*_cases_differ(talk, cases), *_talk_differs(talk, slow_s), *_words_differ(talk)))


def _end(case: CaseNow) -> str:
    """Where a case ended, in a word or two."""
    if case.reasons and case.reasons[-1] != "above_limit":
        return f"person: {case.reasons[-1]}"
    if case.filed:
        newest = case.filed[-1]
        return f"{newest.kind}, to be approved" if "needs_approval" in newest.words else newest.kind
    return "closed" if case.is_closed else "stopped"


def _cases_differ(talk: Talk, cases: list[CaseNow]) -> Iterator[str]:
    expected = talk.journey.expect
    if len(cases) != len(expected):
        yield f"{len(cases)} cases, not {len(expected)}"
    many = len(expected) > 1
    for place, (case, wanted) in enumerate(zip(cases, expected, strict=False), start=1):
        yield from (f"case {place}: {one}" if many else one for one in _case_differs(case, wanted))


def _case_differs(case: CaseNow, wanted: dict[str, Any]) -> Iterator[str]:
    for name, value in (("issue", case.issue), ("fault", case.fault)):
        if name in wanted and value not in several(wanted[name]):
            yield f"{name} {value}, not {_or(wanted[name])}"
    yield from _filed_differs(case, wanted)
    yield from _person_differs(case, wanted)
    if "items" in wanted and case.facts.get("items", "") != ",".join(map(str, several(wanted["items"]))):
        yield f"items {case.facts.get('items')}, not {wanted['items']}"
    for name, value in wanted.get("facts", {}).items():
        if not re.search(str(value), case.facts.get(name) or "", re.IGNORECASE):
            yield f"fact {name} is {case.facts.get(name)!r}, not {value!r}"
    if wanted.get("dropped") and not (case.is_closed and not case.filed):
        yield "the case was not dropped"


def _filed_differs(case: CaseNow, wanted: dict[str, Any]) -> Iterator[str]:
    """Each expected remedy is filed and nothing else is."""
    left = list(case.filed)
    for asked_for in several(wanted.get("filed")):
        words = set(str(asked_for).split())
        fitting = next((one for one in left if words <= one.words and ("needs_approval" in words) == ("needs_approval" in one.words)), None)
        if fitting is None:
            yield f"{asked_for} was not filed"
            continue
        left.remove(fitting)
        if "verdict" in wanted and not fitting.reasons.startswith(wanted["verdict"]):
            yield f"filed as {fitting.reasons!r}, not as {wanted['verdict']}"
    yield from (f"filed {' '.join(sorted(one.words))} unasked" for one in left)


def _person_differs(case: CaseNow, wanted: dict[str, Any]) -> Iterator[str]:
    expected = several(wanted.get("person"))
    came = case.reasons[-1] if case.reasons else None
    if not expected and any("needs_approval" in one.words for one in case.filed):
        expected = (None, "above_limit")
    if came not in (expected or (None,)):
        yield f"person: {came or 'none'}, not {_or([one or 'none' for one in expected] or ['none'])}"


def _talk_differs(talk: Talk, slow_s: float) -> Iterator[str]:
    """Faults of the conversation itself, which no customer should meet."""
    journey = talk.journey
    yield from (f"{fact} asked twice" if fact not in journey.told else f"{fact} asked though told" for fact in talk.asked_twice())
    if journey.questions is not None and talk.questions > journey.questions:
        yield f"{talk.questions} questions, not {journey.questions} at most"
    if len(talk.turns) >= MOST_TURNS:
        yield f"stopped after {MOST_TURNS} turns"
    slow = [turn.seconds for turn in talk.turns if turn.seconds > slow_s]
    if slow:
        yield f"an answer took {max(slow):.1f} s"
    yield from (f"never came to say {one.text or one.tap!r}" for one in talk.unsaid)
    yield from (f"{one.when} was never asked, so {one.says.text!r} was not said" for one in journey.beside if one not in talk.done)


def _words_differ(talk: Talk) -> Iterator[str]:
    yield from (f"never says {pattern!r}" for pattern in talk.journey.hears if not _stands(pattern, talk.heard))
    yield from (f"says {pattern!r}" for pattern in talk.journey.never_hears if _stands(pattern, talk.heard))
    for turn in talk.turns:
        found = faults(turn.heard)
        if found:
            yield f"wording ({', '.join(found)}): {turn.heard[:80]!r}"
        if apologies(turn.heard) > 1:
            yield f"more than one apology in one breath: {turn.heard[:80]!r}"
        if turn.beside is None:
            continue
        yield from (f"to {turn.said[:40]!r} does not say {one!r}" for one in turn.beside.hears if not _stands(one, turn.heard))
        if turn.beside.asks and turn.asked != turn.beside.asks:
            yield f"after {turn.said[:40]!r} asks {turn.asked}, not {turn.beside.asks}"


def _stands(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))


def _or(values: Any) -> str:
    return " or ".join(map(str, several(values)))

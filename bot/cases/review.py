"""Which messages a person looks at again, so that the assistant hears such ones better, and what they may be labelled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.cases.heard import Heard
from bot.cases.issue import Issue
from bot.cases.learning import Unsure

FALLBACK = "nlu_fallback"
FEWEST_WORDS = 2  # of the customer's own that must be left: out of fewer nothing is learned
# Every intent that the assistant can be taught, by what the customer does with it.
INTENTS: Mapping[str, tuple[str, ...]] = {
    "complains": tuple(map(str, Issue)),
    "asks": ("order_status", "ask_human", "ask_if_bot", "out_of_scope"),
    "answers": ("inform", "affirm", "deny", "never_mind"),
    "greets": ("greet", "thanks", "goodbye"),
}
ALL_INTENTS = frozenset(name for names in INTENTS.values() for name in names)


@dataclass(frozen=True)
class ReviewPolicy:
    """`unsure_below`: the assistant's confidence, from 0 to 1, below which a person looks at a message again."""

    unsure_below: float = 0.5


LOOKS_AGAIN = ReviewPolicy()


def likeliest(heard: Heard) -> tuple[str | None, float]:
    """What it was taken for and how surely, whether or not that was sure enough to act on."""
    named = next(((name, share) for name, share in heard.ranking if name != FALLBACK), None)
    return named or ((None, 0.0) if heard.intent in (None, FALLBACK) else (heard.intent, heard.confidence))


def why_looked_at_again(heard: Heard, policy: ReviewPolicy, *, asked_again: bool, left_out: Collection[str]) -> Unsure | None:
    """None for taps, for what has no words, and for what tells of something in `left_out`: grave matters are for people alone."""
    if heard.choice or heard.unreadable or not heard.text or set(heard.reasons) & set(left_out):
        return None
    _name, sure = likeliest(heard)
    if heard.intent == FALLBACK or sure < policy.unsure_below:
        return Unsure.UNSURE
    return Unsure.ASKED_AGAIN if asked_again else None

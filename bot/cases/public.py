"""What is said where everybody reads it: whether anything is, how often, and which of its pieces fit (rule 35).

One sorry-and-action reply in public does good, and a bare "write to us privately" does harm; a long exchange only spreads the
complaint, and who wants revenge is won over by no reply at all (Istanbulluoglu 2017; Weitzl 2018).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.cases.acts import public_flaws
from bot.cases.conversation import Handler
from bot.cases.issue import Issue, Severity
from bot.cases.wording import faults

MOST_TURNS = 2  # public answers in one thread
NOT_IN_PUBLIC = frozenset({"other_language", "erasure"})  # reasons for a person that are nobody else's business
SURELY = 0.95  # below it, praise is taken for a complaint too often to let a robot answer it where all can see
BLOCKING = frozenset({"personal_data", "public_length", "lacking_act"})


@dataclass(frozen=True)
class PublicPolicy:
    """`approve`: a person reads each public answer before it is posted."""

    approve: bool = True


APPROVES = PublicPolicy()


@dataclass(frozen=True)
class Mention:
    """A public message, as far as it decides whether it gets a public answer."""

    issue: Issue | None  # what this message complains of; none in praise, thanks and questions
    confidence: float
    reasons: frozenset[str]  # for a person: heard in it, or standing on its case
    severity: Severity
    handler: Handler
    turns: int  # public answers that the thread has, or that wait to be read
    is_insult: bool = False  # it holds nothing else


def why_silent(mention: Mention, severe: Collection[str]) -> str | None:
    """Why the assistant says nothing in public; None where it answers. `severe`: reasons that are for people alone."""
    if mention.turns >= MOST_TURNS:
        return "enough_said"
    if mention.handler in (Handler.AGENT, Handler.NOBODY):
        return "with_a_person"
    if mention.severity is Severity.S4 or mention.reasons & {*severe, *NOT_IN_PUBLIC}:
        return "for_a_person"
    if mention.is_insult or "abuse" in mention.reasons:
        return "vindictive"
    return None if mention.issue and mention.confidence >= SURELY else "no_complaint"


def fitting(candidates: Iterable[Sequence[str]]) -> str | None:
    """The first text that may stand in public: short, whole, without personal data; each is given as its pieces."""
    texts = (" ".join(filter(None, pieces)) for pieces in candidates)
    return next((text for text in texts if is_fit(text)), None)


def is_fit(text: str) -> bool:
    return not faults(text) and all(one.kind not in BLOCKING for one in public_flaws(text))

"""What the assistant understood of one message: the parse, as a value."""

import re
from dataclasses import dataclass

from bot.cases.issue import Issue

_PERSON = r"(a |an |the |your |some )?(real |live |actual |human |living )*(person|people|human|human being|agent|representative|rep|manager|supervisor|operator|someone|somebody|advisor)"
_ASKS_PERSON = re.compile(
    rf"^\W*((a|an|the|real|live|human|please|get|me|to)\W+)*(person|human|agent|representative|operator|manager|supervisor)\W*(please|now)?\W*$"
    rf"|\b(talk|speak|chat|connect|transfer|escalate|put|pass|hand)( me)?( over| through| on)?( to| with)? {_PERSON}\b"
    rf"|\b(give|get|want|need|have) (me )?{_PERSON} (to )?(call|ring|talk|speak|help|please|now|on the)",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(r"\b(spoke|talked|chatted|spoken|i (have )?(already )?(been )?(speak|talk)ing|was|were|had)\b[^.?!]{0,40}$", re.IGNORECASE)
_HAS_NOT = re.compile(r"\b(don'?t|do not|can'?t|cannot|couldn'?t|didn'?t)\b.{0,20}\b(have|know|remember|find|got|get)\b|\bno idea\b|\blost (it|the)\b", re.IGNORECASE)


WORTH_NAMING = 0.1


@dataclass(frozen=True)
class Heard:
    """One message, understood. `phrase` is the customer's own short telling of what went wrong."""

    message_id: str
    sender_id: str
    text: str
    intent: str | None = None
    confidence: float = 0.0
    entities: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    anger: float = 0.0
    phrase: str | None = None
    things: tuple[str, ...] = ()
    choice: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()

    @property
    def issue(self) -> Issue | None:
        return Issue.of(self.intent)

    def likely_issues(self) -> tuple[Issue, ...]:
        """The issues it may be about, likeliest first, down to a share that is worth naming."""
        named = ((Issue.of(name), share) for name, share in self.ranking)
        return tuple(issue for issue, share in named if issue and share >= WORTH_NAMING)

    @property
    def sounds_like_complaint(self) -> bool:
        """Unsure which, yet the likeliest of all intents is a complaint."""
        first = next((name for name, _ in self.ranking if name != "nlu_fallback"), None)
        return self.issue is None and Issue.of(first) is not None

    @property
    def issue_beside_facts(self) -> Issue | None:
        """The complaint a message of facts tells besides: facts weigh so much in a message that its kind comes second."""
        second = next((name for name, _ in self.ranking if name not in ("inform", "ask_human", "nlu_fallback")), None)
        return Issue.of(second) if self.phrase else None

    def values(self, entity: str) -> tuple[str, ...]:
        """Everything heard under one name, in order."""
        return tuple(value for name, value in self.entities if name == entity)

    @property
    def wants_person(self) -> bool:
        """Asks for a person, in the intent or in plain words; talking of one met before is no asking."""
        if self.intent == "ask_human":
            return True
        found = _ASKS_PERSON.search(self.text)
        return bool(found) and not _LONG_AGO.search(self.text[: found.start()] + found.group()[:1] if found else "")

    @property
    def has_not_got_it(self) -> bool:
        """Says that what was asked for is not at hand."""
        return bool(_HAS_NOT.search(self.text))

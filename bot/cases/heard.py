"""What the assistant understood of one message: the parse, as a value."""

import re
from dataclasses import dataclass

from bot.cases.issue import Issue

_REAL = r"(real |live |actual |living |human )*"
_ROLE = r"(person|human being|human|agent|representative|rep|manager|supervisor|operator|advisor)s?\b"
_ANYBODY = (
    rf"(a |an |the |your |some )?{_REAL}({_ROLE}|people\b|some(one|body)\b|staff\b|customer (service|care)\b|you (people|guys|lot)\b)"
)
_ASKS_PERSON = re.compile(
    rf"(^|[.!?] +|please,? )\W*((a|an|the|real|live|human|please|get|give|me|to|just)\W+)*{_ROLE}(\W+(please|now))?"
    r"(?=\W*$|[.!?](\s|$)|(?<=please)[,;:])"
    rf"|\b(talk|speak|chat|connect|transfer|escalate|put|pass|hand)( me| us| this| it)?( over| through| on)? (to|with) {_ANYBODY}"
    rf"|\b(give|get|want|need)( me)? (just )?(a |an |some |your |(?<=me )the )?{_REAL}{_ROLE}(?! who\b| that\b)"
    rf"|\b(can|could|will|would|have|want|need|get|give)( me)? (some(one|body)|a {_REAL}{_ROLE})"
    r"( please| who can| that can| to)? (call|ring|phone|contact|talk|speak|help)\b"
    rf"|\b(is|are) there (any|some|a|an) {_REAL}({_ROLE}|people\b)|\bis any(one|body) (real|human|there)\b",
    re.IGNORECASE,
)
# What stands just before: "I had to speak to a manager", "they put me through to an agent", "no need to talk to anyone".
_ASKS_NOT = re.compile(
    r"\b((had|was told|were told|was asked|managed|got) to"
    r"|((do|did)n['’]?t|do not|no need|not)( \w+){0,3}|(?<!can )(?<!could )(he|she|they)( \w+)?)[^\w,.;:?!]*$",
    re.IGNORECASE,
)
# They want none: "no person, just refund it", "don't bother anybody". "There is no person who answers" is no such wish.
_WANTS_NOBODY = re.compile(
    r"\b((do|ca)n['’]?t|do not|no need to|need not|never ?mind|forget|cancel|without)"
    r"( (want|need|bother|wait|involve|bring|to|for|in|with)){0,4}"
    r"( (the|a|any|your|that|another))?( \w+)? (person|human|agent|people|team|lead|someone|somebody|anyone|anybody)\b"
    r"|^\W*((actually|ok|okay|wait|please|sorry)\W+)*no,? (person|human|agent|people)\b"
    r"(?! (is|are|was|were|has|have|had|ever|there|here|answer|repl|pick|who|that|to)\w*)",
    re.IGNORECASE,
)
_HAS_NOT = re.compile(
    r"\b((do|ca|could|did)n['’]?t|do not|cannot)\b.{0,20}\b(have|know|remember|find|got|get)\b|\bno idea\b|\blost (it|the)\b", re.IGNORECASE
)


_SOUR = re.compile(r"\b(not|non|never|nothing|nobody|useless|worst|terrible|horrible|awful|poor|rude|unhelpful)\b|n['’]t\b", re.IGNORECASE)

WORTH_NAMING = 0.1  # a share from which an issue is named as a choice


COURTESIES = ("greet", "thanks", "goodbye", "affirm", "deny", "inform", "out_of_scope", "nlu_fallback")
SURE_OF_A_COURTESY, LONG_FOR_A_COURTESY, LONG_FOR_A_WISH = 0.6, 4, 10  # share; words; words

HARMS = ("injury", "safety", "threat")  # reasons for a person that are told back before whatever else went wrong

KINDS = ("goods", "food", "sent", "travel", "service", "people", "money", "charges")  # of things that a complaint is about

# A clause that opens so is of something named in another.
OF_WHAT_WAS_NAMED = re.compile(r"(it|it['’]s|this|that|these|those|they|he|she|his|her|their|its)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Thing:
    """What the customer named, in their word for it, and of which of KINDS it is."""

    name: str
    kind: str
    plural: bool = False
    acts: bool = False  # did or does something in the sentence: "the driver shouted"
    central: bool = True  # what the sentence is about, not what stands beside it


@dataclass(frozen=True)
class OwnWords:
    """A few of the customer's words that name the trouble, where no short clause tells it; `tells`: a deed, else a thing."""

    text: str
    tells: bool


@dataclass(frozen=True)
class Retold:
    """A clause of the customer's, turned to them: "my flight is delayed" is "your flight is delayed"; `asks`: it is what they ask."""

    text: str
    asks: bool = False
    issues: tuple[Issue, ...] = ()  # that it has plain words for
    beside: bool = False  # it tells something else than what leads
    harm: bool = False  # it tells of one of HARMS
    start: int = 0  # where it stands in the message


@dataclass(frozen=True)
class HowLong:
    """A time span that the customer counts: `way` is late or waited, `text` such as "2 hours"."""

    way: str
    text: str


@dataclass(frozen=True)
class Told:
    """An issue told in a message, and the clause that tells it."""

    issue: Issue
    words: str
    confidence: float = 1.0  # of the whole message


def wants_nobody(said: str) -> bool:
    """Says plainly that they want no person after all."""
    return bool(_WANTS_NOBODY.search(said))


SURE_ENOUGH = 0.95  # of the whole message; below it every tenth to second is another issue
MAY_LEAD = 0.25  # of the chance of the likeliest: an issue with less does not lead a message


def led_by(told: tuple[Told, ...], retold: Retold | None) -> tuple[Told, ...]:
    """The issues told, that first which the account said back has plain words for: what is said back is what is taken up.

    That nobody answers, or that somebody was rude, is told of another matter more often than for its own sake.
    """
    if len(told) < 2 or retold is None or told[0].confidence >= SURE_ENOUGH:
        return told
    plain = [one for one in told if one.issue in retold.issues and one.issue is not Issue.STAFF_CONDUCT]
    likely = [one for one in plain if one.confidence >= told[0].confidence * MAY_LEAD]
    is_led = told[0].issue in retold.issues or not likely
    return told if is_led else (likely[0], *(one for one in told if one is not likely[0]))


UNREADABLE = ("empty", "emoji", "link", "photo", "gibberish", "language")


@dataclass(frozen=True)
class Unreadable:
    """Why a message has no words to understand, and its language (ISO 639-1) where that is certain."""

    why: str  # one of UNREADABLE
    language: str | None = None


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
    abuse: bool = False  # insults at whoever reads
    retold: Retold | None = None
    retold_beside: Retold | None = None  # what else went wrong
    phrase: str | None = None
    own_words: OwnWords | None = None  # in place of a phrase
    things: tuple[Thing, ...] = ()  # what matters most first
    how_long: HowLong | None = None
    choice: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    told: tuple[Told, ...] = ()  # all issues of the message, the one that leads first
    unreadable: Unreadable | None = None

    @property
    def issue(self) -> Issue | None:
        """What it complains of; where nothing surely leads, the one likely issue that their account has plain words for."""
        if self.intent != "nlu_fallback" or self.retold is None:
            return Issue.of(self.intent)
        plain = [issue for issue in self.likely_issues()[:3] if issue in self.retold.issues]
        return plain[0] if len(plain) == 1 else None

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
    def hints_at_complaint(self) -> bool:
        """Taken for a courtesy or an answer, and too long for either: unsurely or with sour words, and a complaint comes next."""
        if self.intent not in COURTESIES or len(self.text.split()) < LONG_FOR_A_COURTESY:
            return False
        if self.confidence >= SURE_OF_A_COURTESY:
            return bool(_SOUR.search(self.text)) and self._is_next_a_complaint(0.0)
        return self._is_next_a_complaint(WORTH_NAMING)

    @property
    def asks_at_length(self) -> bool:
        """Asks for a person and says more than that, most likely a complaint."""
        return self.intent == "ask_human" and len(self.text.split()) >= LONG_FOR_A_WISH and self._is_next_a_complaint(0.0)

    def _is_next_a_complaint(self, share: float) -> bool:
        others = [name for name, chance in self.ranking if name not in ("nlu_fallback", self.intent) and chance >= share]
        return any(map(Issue.of, others[: 1 if share == 0.0 else 2]))

    @property
    def issue_beside_facts(self) -> Issue | None:
        """The complaint a message of facts tells besides: facts weigh so much in a message that its kind comes second."""
        second = next((name for name, _ in self.ranking if name not in ("inform", "ask_human", "nlu_fallback")), None)
        return Issue.of(second) if self.phrase else None

    @property
    def lead_words(self) -> str:
        """The clause that tells the leading issue, where several are told; else all of it."""
        return self.told[0].words if len(self.told) > 1 else self.text

    @property
    def harm(self) -> str | None:
        """Which of HARMS it tells of, the worst first."""
        return next((reason for reason in HARMS if reason in self.reasons), None)

    def values(self, entity: str) -> tuple[str, ...]:
        """Everything heard under one name, in order."""
        return tuple(value for name, value in self.entities if name == entity)

    @property
    def wants_person(self) -> bool:
        """Asks for a person, in the intent or in plain words; talking of one met before is no asking."""
        if wants_nobody(self.text):
            return False
        if self.intent == "ask_human":
            return True
        return any(not _ASKS_NOT.search(self.text[: found.start()]) for found in _ASKS_PERSON.finditer(self.text))

    @property
    def has_not_got_it(self) -> bool:
        """Says that what was asked for is not at hand."""
        return bool(_HAS_NOT.search(self.text))

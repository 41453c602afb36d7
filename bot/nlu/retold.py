"""What the customer told, clause by clause, turned to them: "my flight is delayed" becomes "your flight is delayed".

Said back so, it is neither a guess nor a quotation, and it is what a good listener says. A clause is taken from its subject on,
to where it may end without saying something else; a question is turned into what is asked: "why you are charged a fee".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bot.nlu.lexicon import known_things, read_words
from bot.nlu.quotable import OPEN_ENDED, is_mistyped, is_repeatable

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_CLAUSES = frozenset({"ROOT", "conj", "ccomp", "advcl", "parataxis"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_AUXILIARIES = frozenset({"aux", "auxpass"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_DENIABLE = frozenset({"ca", "can", "wo", "will", "could", "would"})  # verbs of mood that tell a fact where it is denied
_NEEDED = frozenset({"dobj", "attr", "acomp", "oprd", "prt", "xcomp", "dative", "agent", "ccomp"})  # of a verb
_ASIDE = frozenset({"cc", "conj", "punct", "advcl", "parataxis", "intj", "mark", "prep", "advmod", "npadvmod", "dep", "meta"})
_ASIDE_INSIDE = frozenset({"punct", "cc", "conj", "relcl", "advcl", "appos", "acl", "npadvmod", "parataxis", "dep"})
_SPEAKER = frozenset({"i", "we"})
_TURNED = {
    **{"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself"},
    **{"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"},
    **{"your": "our", "ur": "our", "yours": "ours", "yourself": "ourselves", "yourselves": "ourselves"},
}
_AGREES = {"am": "are", "was": "were", "'m": "'re", "m": "'re"}
_SPELT = {"nt": "n't", "ve": "'ve", "re": "'re"}
_NO_SUBJECT = frozenset({"who", "which", "what", "that", "whoever", "whatever", "u", "ur"})
_SUPPOSING = frozenset({"if", "unless", "whether", "until", "till", "when", "while", "before", "once"})
_SUPPOSED = frozenset({"if", "unless", "whether"})  # what hangs on it is supposed, and so is what that hangs on
_UNTOLD = frozenset(
    "think guess hope wish want need know believe expect feel suppose love like doubt wonder mean understand say tell ask hear see"
    " recommend suggest".split()
)
_BACKGROUND = frozenset({"order", "buy", "purchase", "book", "place"})
_FEELINGS = frozenset("upset unhappy disappointed angry annoyed frustrated furious sad sure sorry glad happy aware afraid".split())
_SAID = frozenset({"hope", "wish", "want", "expect", "say", "think", "promise"})  # by whom, is lost with the verb
_THEIR_DEEDS = frozenset("receive get order buy pay wait try book purchase spend find".split())  # of a customer, not of a shop
_LEFT_OUT = {"VBD": "you ", "VBN": "you ", "VBG": "you are "}  # by the form of the verb
_BEFORE_IT = frozenset({"advmod", "neg", "aux", "punct"})
_TIMES = frozenset("min mins minute minutes hr hrs hour hours day days week weeks month months year years".split())
_ASKED = frozenset({"why", "where", "when", "how"})
_IN_FIGURES = re.compile(r"[$€£₹]?\d+(?:[.,:]\d+)*(?:st|nd|rd|th|[ap]m|kg|gb?|ml|cm|mm|hrs?|h|mins?|s|x|k|%)?", re.IGNORECASE)
_FEWEST, _MOST, _LONGEST_RUN = 3, 13, 6  # words
_SPLIT = 6  # tokens more than words: "didn't" is two
_SHORT = 3  # letters of what may stand in capitals, such as "ATM"


class Turned(NamedTuple):
    """A clause as it is said back, where it stands, and whether it is what the customer asks."""

    text: str
    span: Span
    asks: bool = False


def retold(doc: Doc, read: int) -> Iterator[Turned]:
    """Yield the clauses of the first `read` tokens that can be said back, each as long as it may be."""
    sayable = [_is_sayable(token) for token in doc[:read]]
    for verb in doc[: len(sayable)]:
        opening = _opening(verb)
        if opening is None:
            continue
        for end in range(min(len(sayable), opening.start + _MOST + _SPLIT), max(verb.i, opening.start), -1):
            span = doc[opening.start : end]
            if all(sayable[opening.start : end]) and _is_whole(span, verb):
                text = opening.turn(span)
                if longest_run(text, span.text) <= _LONGEST_RUN:
                    yield Turned(text, span, opening.asks)
                    break


class _Opening(NamedTuple):
    """Where a clause starts, how it is turned, and whether it asks."""

    start: int
    turn: Callable[[Span], str]
    asks: bool = False


def _is_heated(token: Token) -> bool:
    return token.dep_ == "amod" and token.lower_ in read_words("heated")


def _opening(verb: Token) -> _Opening | None:
    """Return how the clause of a verb begins; None where it tells nothing that can be said back."""
    if verb.pos_ not in {"VERB", "AUX"} or not (verb.dep_ in _CLAUSES or _is_the_fact(verb)):
        return None
    subject = next((child for child in verb.children if child.dep_ in _SUBJECTS), None)
    if subject is None:
        return _left_out(verb)
    if subject.lower_ == "what" and subject.i == verb.sent.start and verb.dep_ == "ROOT" and _first(verb).tag_ in _FINITE:
        return _Opening(subject.i, _turned, asks=True)  # "what is taking so long"
    if not _may_be_subject(subject):
        return None
    asked = _asked(verb, subject)
    if asked is not None and asked.i < subject.i:
        return _Opening(asked.i, partial(_turned_question, verb=verb, subject=subject), asks=True)
    return _Opening(subject.left_edge.i, _turned) if _is_told(verb, subject) else None


def _is_the_fact(verb: Token) -> bool:
    """Tell whether it is what a fact is: "the fact that you lost my bag"."""
    return verb.dep_ == "acl" and verb.head.lemma_.lower() == "fact"


def _left_out(verb: Token) -> _Opening | None:
    """Return the opening of a sentence in which the customer leaves out that it is they: "never received it", "still waiting"."""
    start = verb.sent.start
    before = [token for token in verb.doc[start : verb.i]]
    is_theirs = verb.dep_ == "ROOT" and verb.lemma_.lower() in _THEIR_DEEDS
    if not is_theirs or verb.tag_ not in _LEFT_OUT or any(token.head != verb or token.dep_ not in _BEFORE_IT for token in before):
        return None
    if verb.sent.text.rstrip().endswith("?") or any(token.tag_ == "MD" for token in before) or _is_background(verb):
        return None
    began = "you have " if any(token.lower_ == "been" for token in before) else _LEFT_OUT[verb.tag_]
    return _Opening(start, lambda span: began + _turned(span))


def longest_run(told: str, said: str) -> int:
    """Return the most words in a row that both hold."""
    mine, theirs = (re.findall(r"\w+", text.lower()) for text in (told, said))
    best, row = 0, [0] * (len(mine) + 1)
    for word in theirs:
        row = [0] + [row[place] + 1 if word == other else 0 for place, other in enumerate(mine)]
        best = max(best, *row)
    return best


def _is_sayable(token: Token) -> bool:
    """Tell whether a word may be said back in a sentence of ours."""
    if _is_heated(token):
        return True
    if token.is_punct or token.is_space or not is_repeatable(token) or (token.is_upper and token.is_alpha and len(token) > _SHORT):
        return False
    if any(char.isdigit() for char in token.text) and not _IN_FIGURES.fullmatch(token.text) and not token.is_upper:
        return False  # "gr8"
    is_name = token.pos_ == "PROPN" and token.text.istitle()
    return is_name or token.lower_ in _SPELT or not is_mistyped(token.lower_)


def _may_be_subject(subject: Token) -> bool:
    """Tell whether somebody or something can be named by it; "you guys" and "2 hrs" can't."""
    if subject.lower_ in _NO_SUBJECT or any(token.lower_ in {"you", *_SPEAKER} for token in subject.subtree if token != subject):
        return False
    return subject.lower_ not in _TIMES or not any(child.dep_ == "nummod" for child in subject.children)


def _first(verb: Token) -> Token:
    return min([verb, *(child for child in verb.children if child.dep_ in _AUXILIARIES)], key=lambda token: token.i)


def _is_told(verb: Token, subject: Token) -> bool:
    """Tell whether it is told as a fact: no question, wish or supposition."""
    first = _first(verb)
    if first.i < subject.i or any(child.tag_ in {"WRB", "WP", "WDT"} and child.i < verb.i for child in verb.children):
        return False
    if first.lower_ == "been" or (
        first.tag_ not in _FINITE and not (first.tag_ == "MD" and first.lower_ in _DENIABLE and _is_denied(verb))
    ):
        return False
    if subject.lower_ == "you" and not (first.tag_ == "VBD" or first.lemma_.lower() == "have"):
        return False  # "you can't reach anybody": whoever tries
    if subject.lower_ in _SPEAKER and (verb.lemma_.lower() in _UNTOLD or _is_background(verb)):
        return False
    return not _is_supposed(verb) and not (verb.dep_ == "ccomp" and _is_said_or_ordered(verb.head))


def _is_said_or_ordered(head: Token) -> bool:
    """Tell whether what hangs on a verb is what somebody said or hoped, or what is to be made sure of."""
    is_order = head.tag_ == "VB" and not any(child.dep_ in _SUBJECTS | _AUXILIARIES for child in head.children)
    return is_order or head.lemma_.lower() in _SAID or any(one.lemma_.lower() == "make" and one.tag_ == "VB" for one in head.ancestors)


def _is_background(verb: Token) -> bool:
    """Tell whether it only tells what they ordered, and goes on to nothing else, or how they feel about it."""
    if verb.lemma_ == "be" and any(child.dep_ == "acomp" and child.lemma_.lower() in _FEELINGS for child in verb.children):
        return True
    return verb.lemma_.lower() in _BACKGROUND and not _is_denied(verb) and not any(child.dep_ == "conj" for child in verb.children)


def _is_denied(verb: Token) -> bool:
    return any(child.dep_ == "neg" for child in verb.children)


def _is_supposed(verb: Token) -> bool:
    opened = {child.lower_ for child in verb.children if child.dep_ in {"mark", "advmod"} and child.i < verb.i}
    above = {child.lower_ for one in verb.ancestors for child in one.children if child.dep_ in {"mark", "advmod"}}
    return bool(opened & _SUPPOSING or above & _SUPPOSED)


def _asked(verb: Token, subject: Token) -> Token | None:
    """Return the word that opens the question, where it asks why, where, when or how in a way that can be turned."""
    word = next((child for child in verb.children if child.lower_ in _ASKED and child.i < verb.i), None)
    first = _first(verb)
    if word is None or verb.dep_ not in {"ROOT", "conj", "parataxis"} or first.i != word.i + 1 or first.i > subject.i:
        return None
    if first.tag_ not in _FINITE or (first.lower_ == "did" and not _is_denied(verb)):
        return None
    return word


def _is_whole(span: Span, verb: Token) -> bool:
    """Tell whether it lacks nothing that it needs, and holds nothing that hangs elsewhere."""
    if not _FEWEST <= len(span.text.split()) <= _MOST or not _ends_well(span[-1]) or any(token.tag_ in {"WRB", "WP"} for token in span[1:]):
        return False
    inside = range(span.start, span.end)
    if any(map(_runs_on, span)):
        return False
    if any(token.dep_ == "prep" and not any(True for _ in token.children) for token in span[:-1]):
        return False  # "from and", where a name was left out
    if any(token.lower_ == "instead" for token in span) and span[-1].head.tag_ == "VBG":
        return False  # "instead of solving it", of what comes next
    if any(token != verb and token.head.i not in inside for token in span) or (verb.lemma_ == "be" and not _says_what_it_is(verb, inside)):
        return False
    return all(_may_lack(token, child, verb, inside) for token in span for child in token.children if child.i not in inside)


def _runs_on(token: Token) -> bool:
    """Tell whether another sentence begins with it: "and I want a new one", "nothing I cannot find it", "and the reason"."""
    if token.dep_ == "conj":
        return token.lemma_.lower() in _UNTOLD or (token.head.pos_ in {"VERB", "AUX"} and token.pos_ in {"NOUN", "PROPN"})
    return token.dep_ == "relcl" and token.head.pos_ == "PRON" and any(child.lower_ in _SPEAKER for child in token.children)


def _ends_well(last: Token) -> bool:
    return last.tag_ not in OPEN_ENDED and last.text[-1].isalnum() and last.lower_ != "no"


def _says_what_it_is(verb: Token, inside: range) -> bool:
    """Tell whether a form of "be" goes on, and not into another sentence that is run together with it."""
    after = [child.dep_ for child in verb.children if child.i in inside and child.i > verb.i]
    return any(one != "neg" for one in after) and "ccomp" not in after


def _may_lack(token: Token, child: Token, verb: Token, inside: range) -> bool:
    """Tell whether what hangs on a word may be left out."""
    if token != verb:
        return child.i >= inside.stop and child.dep_ in _ASIDE_INSIDE
    # "waiting for", "works with": the verb goes on with it.
    goes_on = child.dep_ == "prep" and child.i == verb.i + 1
    has_object = any(one.dep_ in _NEEDED and one.i in inside for one in verb.children)
    return child.dep_ in _ASIDE and (has_object or not goes_on)


def _turned(span: Span) -> str:
    """Return the words from the company's side: "I" is "you", "your" is "our"."""
    kept = [token for token in span if not _is_heated(token)]
    words = [_article(token, after) or _word(token) for token, after in zip(kept, [*kept[1:], None], strict=True)]
    said = "".join(word + token.whitespace_ for word, token in zip(words, kept, strict=True))
    return _begun(span[0], re.sub(r" '(re|ve)\b", r"'\1", said))


def _article(token: Token, after: Token | None) -> str:
    """Return "a" or "an" by what follows, where a word of heat was left out between."""
    if token.lower_ not in {"a", "an"} or after is None or after.i == token.i + 1:
        return ""
    return "an" if after.lower_[0] in "aeiou" else "a"


def _turned_question(span: Span, verb: Token, subject: Token) -> str:
    """Return what is asked, in the order of a statement: "why am I charged" is "why you are charged"."""
    first = _first(verb)
    about = [token for token in span if subject.left_edge.i <= token.i <= subject.right_edge.i]
    rest = [token for token in span if token.i > subject.right_edge.i]
    helper = [token for token in span if first.i <= token.i < subject.left_edge.i]  # with its "n't"
    helper = [] if first.lower_ in {"do", "does"} and len(helper) == 1 else helper
    if first == verb and not any(child.dep_ in _NEEDED for child in verb.children if child.i > subject.i):
        order = [span[0], *about, *rest, first] if len(rest) <= 2 else [span[0], *about, first, *rest]
    else:
        order = [span[0], *about, *helper, *rest]
    return _begun(span[0], _joined(order))


def _joined(tokens: list[Token]) -> str:
    """Return the words with blanks between them, but for the endings that spaCy cuts off, as "n't" of "didn't"."""
    return re.sub(r" (n't|'(?:s|m|d|re|ve|ll))\b", r"\1", " ".join(map(_word, tokens)))


def _begun(first: Token, said: str) -> str:
    """Return it as it goes on within a sentence."""
    is_name = first.pos_ == "PROPN" and first.lower_ not in _TURNED and first.lower_ not in known_things()
    keeps = is_name or (first.is_upper and len(first) > 1)
    return " ".join((said if keeps else said[:1].lower() + said[1:]).split())


def _word(token: Token) -> str:
    low = token.lower_.replace("\u2019", "'")
    if low == "you":
        return "we" if token.dep_ in _SUBJECTS else "us"
    if low in _TURNED:
        return _TURNED[low]
    if low in _AGREES and _speaks_of_self(token.head if token.dep_ in _AUXILIARIES else token):
        return _AGREES[low]
    if token.tag_ in {"VBD", "VBN"} and any(child.lemma_ == "do" and child.dep_ == "aux" for child in token.children):
        return token.lemma_  # "didn't received"
    return _SPELT.get(low, token.text.replace("\u2019", "'"))


def _speaks_of_self(verb: Token) -> bool:
    """Tell whether the customer is the subject of a verb, its own or that of the one it is joined to."""
    subjects = [child for child in verb.children if child.dep_ in _SUBJECTS]
    if not subjects and verb.dep_ == "conj" and verb.head != verb:
        return _speaks_of_self(verb.head)
    return any(one.lower_ in _SPEAKER for one in subjects)

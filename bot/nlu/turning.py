"""Turning the customer's words to them: "I" is "you", "your" is "our", and a question is told in the order of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.nlu.english import english_words
from bot.nlu.lexicon import known_things, read_words
from bot.nlu.phrase_list import misspellings

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = frozenset({"nsubj", "nsubjpass"})
AUXILIARIES = frozenset({"aux", "auxpass"})
NEEDED = frozenset({"dobj", "attr", "acomp", "oprd", "prt", "xcomp", "dative", "agent", "ccomp"})  # of a verb
SPEAKER = frozenset({"i", "we"})
SPELT = {
    **{"nt": "n't", "ve": "'ve", "re": "'re", "&": "and"},
    **{"mins": "minutes", "hrs": "hours", "yrs": "years", "flt": "flight", "flts": "flights", "acct": "account"},
    **{"min": "minute", "hr": "hour", "yr": "year"},
}
_COUNTED = {"minute": "minutes", "hour": "hours", "year": "years"}  # "10 min", but "a 10 min wait"
_TURNED = {
    **{"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself"},
    **{"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"},
    **{"your": "our", "ur": "our", "yours": "ours", "yourself": "ourselves", "yourselves": "ourselves"},
}
_AGREES = {"am": "are", "was": "were", "'m": "'re", "m": "'re"}
_PASTS = {
    **{"get": "got", "send": "sent", "take": "took", "give": "gave", "make": "made", "sell": "sold", "lose": "lost", "pay": "paid"},
    **{"tell": "told", "put": "put", "cut": "cut", "leave": "left", "keep": "kept", "let": "let", "go": "went", "come": "came"},
    **{"say": "said", "do": "did", "have": "had", "buy": "bought", "bring": "brought", "break": "broke", "steal": "stole"},
    **{"hold": "held", "find": "found", "choose": "chose", "become": "became", "begin": "began", "bump": "bumped", "hang": "hung"},
    **{"drive": "drove", "see": "saw", "write": "wrote", "shut": "shut", "feel": "felt", "mean": "meant", "fall": "fell"},
}
_DOUBLES = frozenset("cancel drop stop ship ban refer plan swap skip admit permit omit".split())
# What only gives weight, or leans on a sentence before.
_FILLERS = frozenset(
    "just also really actually literally basically simply honestly seriously clearly obviously then even absolutely".split()
)
_BRAND = re.compile(r"[a-z]?[A-Z][a-z]*[A-Z]|[ie][A-Z]")  # "iPhone", "YouTube"
_NOT = frozenset({"not", "n't", "nt"})
_OBJECTS = frozenset({"dobj", "dative"})
# What is said with an article also after a verb: "received the order", "sent an email".
_COUNTED_THINGS = frozenset(
    "order parcel package product item phone laptop card amount flight room car driver rider agent restaurant seller courier manager"
    " refund email message call reply response replacement app website".split()
)
_ONE_OF_MANY = frozenset("refund email message call reply response replacement".split())
_MANY = frozenset({"they", "we", "you", "i"})
YOU = frozenset({"you", "u"})
_YOU_ALL = frozenset({"guys", "people", "folks", "lot"})
# Nouns that are not counted, so that "a" does not go with them.
_MASS = frozenset(
    "food money luggage baggage information internet wifi wi-fi service meat chicken rice bread milk cheese packaging support help"
    " stuff furniture clothing jewelry cash water coffee tea pizza pasta equipment software access quality communication behaviour"
    " behavior staff data mail feedback fish soup".split()
)


def turned(tokens: Iterable[Token]) -> str:
    """Return the words from the company's side: "I" is "you", "your" is "our"; words of heat and fillers are left out."""
    kept = [token for token in tokens if not _may_go(token)]
    if not kept:
        return ""
    lacking = _lacking(kept)
    words = [
        f"{lacking.get(token.i, '')}{_article(token, after) or _word(token)}" for token, after in zip(kept, [*kept[1:], None], strict=True)
    ]
    said = "".join(word + token.whitespace_ for word, token in zip(words, kept, strict=True))
    return _begun(kept[0], re.sub(r" '(re|ve)\b", r"'\1", said))


def named(tokens: Sequence[Token], noun: Token) -> str:
    """Return a noun and what goes with it, turned, with an article where the customer left it out."""
    said = turned(tokens)
    return said if noun.dep_ in _OBJECTS else f"{_lacks(noun, tokens)}{said}"


def _lacks(noun: Token, tokens: Sequence[Token]) -> str:
    """Return the article, and a blank, that the customer left out before a noun; empty where it needs none."""
    has_one = tokens[0].tag_ in {"DT", "PRP$", "CD", "PDT"} or any(child.dep_ in {"det", "poss", "nummod"} for child in noun.children)
    if has_one or noun.tag_ in {"NNS", "NNPS"} or noun.lower_ in _MASS or (noun.tag_ == "NNP" and noun.lower_ not in known_things()):
        return ""
    before = [token for token in tokens if token.i < noun.i]
    is_known = all(token.dep_ == "compound" for token in before) and noun.lower_ not in _ONE_OF_MANY  # "delivery rider"
    if is_known or (before and before[0].lower_ in {"wrong", "same", "other", "entire", "whole", "incorrect", "full"}):
        return "the "
    return "an " if tokens[0].lower_[0] in "aeiou" else "a "


def _lacking(kept: Sequence[Token]) -> dict[int, str]:
    """Return the articles left out before what is received, sent or asked, by the place of the word each goes before."""
    found = {}
    for noun in kept:
        if noun.dep_ in _OBJECTS and noun.tag_ == "NN" and noun.lower_ in _COUNTED_THINGS and noun.head.i < noun.i:
            phrase = [token for token in kept if noun.left_edge.i <= token.i <= noun.i]
            found[phrase[0].i] = _lacks(noun, phrase)
    return found


def turned_question(tokens: Sequence[Token], verb: Token, subject: Token) -> str:
    """Return what is asked, in the order of a statement: "why am I charged" is "why you are charged"."""
    first = first_of(verb)
    last = _last_of(subject, verb)
    about = [token for token in tokens if subject.left_edge.i <= token.i <= last.i]
    rest = [token for token in tokens if token.i > last.i]
    helper = [token for token in tokens if first.i <= token.i < subject.left_edge.i]  # with its "n't"
    helper = [] if first.lower_ in {"do", "does"} and len(helper) == 1 else helper
    is_denied = any(child.dep_ == "neg" for child in verb.children)
    if first.lower_ == "did" and len(helper) == 1 and not is_denied:
        return _begun(
            tokens[0], _joined([_word(tokens[0]), *map(_word, about), *(past(one) if one == verb else _word(one) for one in rest)])
        )
    if tokens[0].lower_ == "how" and first.lower_ == "do" and subject.lower_ in SPEAKER:
        return _begun(tokens[0], _joined([_word(tokens[0]), *map(_word, about), "can", *map(_word, rest)]))  # "how do I change it"
    if first == verb and not any(child.dep_ in NEEDED for child in verb.children if child.i > subject.i):
        order = [tokens[0], *about, first, *rest]
    else:
        order = [tokens[0], *about, *helper, *rest]
    return _begun(tokens[0], _joined([_word(token) for token in order if not _may_go(token)]))


def _last_of(subject: Token, verb: Token) -> Token:
    """Return where who or what is asked about ends: of "why is my order at your depot", before "at"."""
    where = next((child for child in subject.children if child.dep_ == "prep" and child.lower_ in {"at", "in", "on"}), None)
    return subject.right_edge if where is None or first_of(verb) != verb else where.nbor(-1)


def past(verb: Token) -> str:
    """Return how a verb's past is said: "cancelled"."""
    word = verb.lower_
    if word in _PASTS:
        return _PASTS[word]
    if word.endswith("e"):
        return f"{word}d"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ied"
    doubled = word[-1:] if word in _DOUBLES else ""
    return f"{word}{doubled}ed"


def first_of(verb: Token) -> Token:
    """Return a verb or the first of what helps it: "has" of "has not come"."""
    return min([verb, *(child for child in verb.children if child.dep_ in AUXILIARIES)], key=lambda token: token.i)


def is_heated(token: Token) -> bool:
    """Tell whether it is a word of heat that a noun can do without: "an insane fee"."""
    return token.dep_ == "amod" and token.lower_ in read_words("heated")


def _may_go(token: Token) -> bool:
    before = token.nbor(-1).lower_ if token.i else ""
    is_filler = token.dep_ == "advmod" and token.lower_ in _FILLERS and before != "not"
    is_filler = is_filler and not (token.lower_ == "seriously" and token.i > token.head.i)  # "take it seriously"
    is_doubled = (token.lower_ in _NOT and before in _NOT) or (token.dep_ == "det" and _is_followed_by_whose(token))
    return is_heated(token) or is_filler or is_doubled or (before in YOU and token.lower_ in _YOU_ALL)


def _is_followed_by_whose(token: Token) -> bool:
    return token.i + 1 < len(token.doc) and token.nbor().tag_ == "PRP$"  # "in the my account"


def is_you(token: Token) -> bool:
    """Tell whether it speaks to the company: "you", "you guys"."""
    return token.lower_ in YOU or (token.lower_ in _YOU_ALL and token.i > 0 and token.nbor(-1).lower_ in YOU)


def _begun(first: Token, said: str) -> str:
    """Return it as it goes on within a sentence."""
    is_name = first.pos_ == "PROPN" and first.lower_ not in _TURNED and first.lower_ not in known_things()
    keeps = is_name or (first.is_upper and len(first) > 1)
    return " ".join((said if keeps else said[:1].lower() + said[1:]).split())


def _joined(words: list[str]) -> str:
    """Return them with blanks between, but for the endings that spaCy cuts off, as "n't" of "didn't"."""
    return re.sub(r" (n't|'(?:s|m|d|re|ve|ll))\b", r"\1", " ".join(words))


def _article(token: Token, after: Token | None) -> str:
    """Return "a" or "an" by what follows, where a word was left out between."""
    if token.lower_ not in {"a", "an"} or after is None or after.i == token.i + 1:
        return ""
    return "an" if after.lower_[0] in "aeiou" else "a"


def _word(token: Token) -> str:
    low = token.lower_.replace("\u2019", "'")
    if low in YOU:
        named = token.head if is_you(token.head) else token  # "you guys"
        return "we" if named.dep_ in SUBJECTS and not _is_made_to(named.head) else "us"
    if low in _TURNED:
        return _TURNED[low]
    if low == "was" and any(one.lower_ == "they" for one in (token.head if token.dep_ in AUXILIARIES else token).children):
        return "were"  # "they was"
    if low in _AGREES and _speaks_of_self(token.head if token.dep_ in AUXILIARIES else token):
        return _AGREES[low]
    if token.tag_ in {"VBD", "VBN"} and _first_is_do(token):
        return "get" if low == "got" else token.lemma_  # "didn't received", "didn't got placed"
    if low == "does" and token.dep_ == "aux" and any(one.lower_ in _MANY for one in token.head.children if one.dep_ in SUBJECTS):
        return "do"  # "they does not"
    if low == "1" and token.i > 0 and token.nbor(-1).lower_ == "no":
        return "one"
    if low in misspellings():
        return misspellings()[low]
    if low in SPELT:
        return _counted(token, SPELT[low])
    is_odd = not (token.is_lower or token.is_upper or token.is_title or _BRAND.match(token.text)) and low in english_words()
    is_capital = token.is_title and token.pos_ in {"VERB", "AUX", "ADV", "ADJ", "DET", "ADP"} and token.lower_ in english_words()
    is_loud = token.is_upper and token.pos_ in {"CCONJ", "SCONJ", "ADP", "AUX"} and low in english_words()  # "broken AND late"
    return low if is_odd or is_capital or is_loud else token.text.replace("\u2019", "'")  # "pacKaging"


def _first_is_do(word: Token) -> bool:
    """Tell whether a verb, or what helps it, comes first after "did"."""
    verb = word.head if word.dep_ in AUXILIARIES else word
    helpers = sorted((child for child in verb.children if child.dep_ in AUXILIARIES), key=lambda one: one.i)
    return bool(helpers) and helpers[0].lemma_ == "do" and word == [*helpers, verb][1]


def _counted(token: Token, word: str) -> str:
    is_many = any(child.dep_ == "nummod" and child.lower_ not in {"1", "one"} for child in token.children)
    return _COUNTED.get(word, word) if is_many and token.dep_ not in {"compound", "nmod", "amod"} else word


def _is_made_to(verb: Token) -> bool:
    """Tell whether it is what somebody is made or let to do: "they make you wait"."""
    return verb.dep_ == "ccomp" and verb.tag_ == "VB" and verb.head.lemma_.lower() in {"make", "let", "have", "help"}


def _speaks_of_self(verb: Token) -> bool:
    """Tell whether the customer is the subject of a verb, its own or that of the one it is joined to."""
    subjects = [child for child in verb.children if child.dep_ in SUBJECTS]
    if not subjects and verb.dep_ == "conj" and verb.head != verb:
        return _speaks_of_self(verb.head)
    return any(one.lower_ in SPEAKER for one in subjects)

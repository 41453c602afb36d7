"""A few of the customer's own words that name the trouble, for messages that hold no short clause to be quoted whole.

Quoted, they show that the message was read and claim nothing: "locked out of my account", "the fee on my bill".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.nlu.lexicon import known_things, read_words
from bot.nlu.quotable import NEGATIONS, OPEN_ENDED, SAID, SUPPOSING, is_listed_as_none, is_quotable, is_well_written
from bot.nlu.signs import sign

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

# What may be left out behind a word, or before the word that the others hang on, without changing what it says.
_MAY_FOLLOW = frozenset({"prep", "advmod", "npadvmod", "advcl", "relcl", "acl", "cc", "conj", "punct", "appos", "parataxis", "dep", "intj"})
_MAY_PRECEDE = frozenset(
    {"cc", "mark", "nsubj", "nsubjpass", "punct", "intj", "advmod", "advcl", "npadvmod", "prep", "dep", "expl", "aux", "auxpass"}
)
_OPENS_A_DEED = frozenset({"VERB", "AUX"})
_OF_A_DEED = frozenset({"ROOT", "conj", "ccomp", "advcl", "relcl", "acl", "parataxis"})
_BAD_FIRST = frozenset(
    {"be", "being", "been", "to", "is", "was", "are", "were", "am", "has", "have", "had", "do", "does", "did", "'s", "’s"}
)
_BAD_LAST_TAGS = OPEN_ENDED | {"PRP"}
_BAD_LAST = frozenset({"'s", "’s", "'re", "'m", "is", "are", "was", "were", "so", "very", "too", "and", "but"})
_DENYING = NEGATIONS | {"hardly"}
_SUPPOSING = SUPPOSING | {"when", "while"}
_ABOUT_YOU = frozenset({"you", "your", "u", "ur", "yours", "yourself", "i", "me"})
_GOOD_FIRST = frozenset({"too", "so", "very", "only", "still", "again", "all", "my", "no"})
_BAD_FIRST_KINDS = frozenset({"ADP", "SCONJ", "CCONJ", "PART", "PUNCT", "INTJ", "PRON", "ADV"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_NOBODY = frozenset({"one", "man", "men", "body", "person", "people", "way", "case", "thing", "things", "time", "service", "experience"})
_TELLING = frozenset({"only", "too", "instead"})
_RESENT = frozenset(
    "unhappy disappointed upset annoyed angry frustrated displeased dissatisfied fed sick tired unimpressed hate dislike complain problem"
    " issue trouble complaint".split()
)
_RESENTED_WITH = frozenset({"with", "about", "over", "at", "of", "by"})
_COMPLETE = frozenset({"dobj", "acomp", "attr", "oprd", "prt", "prep", "xcomp", "ccomp"})  # of a deed: what it is done to, or where
_FEWEST, _MOST, _ENOUGH = 2, 6, 1.0


def own_words(doc: Doc, read: int) -> Iterator[tuple[float, Span]]:
    """Yield the few words of the first `read` tokens that name a trouble, each with how well it does."""
    quotable = [is_quotable(token) for token in doc[:read]]
    for start in range(len(quotable)):
        for end in range(start + 1, len(quotable) + 1):
            if not quotable[end - 1] or (end - 1 > start and doc[end - 1].is_sent_start):
                break
            span = doc[start:end]
            if _words(span) > _MOST:
                break
            if _words(span) >= _FEWEST and _hangs_together(span) and all(map(is_well_written, span)):
                worth = _worth(span)
                if worth > _ENOUGH:
                    yield worth, span


def is_deed(span: Span) -> bool:
    """Tell whether the words tell what somebody or something did; else they name a thing."""
    return span.root.pos_ in _OPENS_A_DEED


def _words(span: Span) -> int:
    """Count as a reader of characters does: "didn't" is two."""
    return len(re.findall(r"\w+", span.text))


def _hangs_together(span: Span) -> bool:
    """Tell whether it is all of what hangs on one word, but for what may be left out before or behind it."""
    root = span.root
    inside = range(span.start, span.end)
    if any(token.head.i not in inside for token in span if token.i != root.i) or any(map(_is_glued, span)):
        return False
    if not _starts_well(span) or span[-1].tag_ in _BAD_LAST_TAGS or span[-1].lower_ in _DENYING or not span[-1].text[-1].isalnum():
        return False
    if any(token.tag_ == "PRP" and token.dep_ in _SUBJECTS for token in span[1:]):
        return False  # "shut down they take money"
    if any(token.lower_ in {"but", "or"} for token in span) or not (_names(root) or _tells(span)) or _is_broken_off(span):
        return False
    for token in span:
        may_precede = _MAY_PRECEDE if token.i == root.i and is_deed(span) else frozenset({"punct"})
        for child in token.children:
            if child.i < span.start and child.dep_ not in may_precede:
                return False
            if child.i >= span.end and (child.dep_ not in _MAY_FOLLOW or child.lower_ == "of"):
                return False
    return not _is_denied_outside(span)


def _is_broken_off(span: Span) -> bool:
    """Tell whether it ends with a verb that goes on, or joins what is not of a kind: "marked [as]", "cold and delivery boy"."""
    last = span[-1]
    goes_on = last.pos_ == "VERB" and last.i + 1 < len(last.doc) and last.nbor().head == last and last.nbor().pos_ in {"ADP", "PART"}
    joins = [child for token in span for child in token.children if child.dep_ == "conj" and child.i < span.end]
    return goes_on or any(child.pos_ != child.head.pos_ for child in joins)


def _is_glued(token: Token) -> bool:
    """Tell whether something hangs on the word that is no word: "phone.i", "delayed-no"."""
    return token.text == "-" or token.text[0] in ".,:;" or bool(re.search(r"\w[^\w\s'’]+\w", token.text))


def _starts_well(span: Span) -> bool:
    first = span[0]
    if span[-1].lower_ in _BAD_LAST or first.lower_ in _BAD_FIRST or not first.text[0].isalnum():
        return False
    if len(first) == 1 and first.is_alpha and first.lower_ != "a":
        return False
    if first.i > 0 and not first.nbor(-1).whitespace_ and first.nbor(-1).text in {"'", "’", "-", "/", "n't"}:
        return False
    return (first.dep_ == "neg" and first.lower_ in {"not", "never"}) or first.lower_ in _GOOD_FIRST or first.pos_ not in _BAD_FIRST_KINDS


def _stands_first(span: Span) -> bool:
    """Tell whether it opens its sentence or is what the sentence is about, as a headline has it."""
    return span.start == span.sent.start or span.root.dep_ in _SUBJECTS


def _is_resented(root: Token) -> bool:
    """Tell whether it is what somebody is unhappy with, or hates."""
    if root.dep_ == "pobj" and root.head.lower_ in _RESENTED_WITH:
        return root.head.head.lemma_.lower() in _RESENT
    return root.dep_ == "dobj" and root.head.lemma_.lower() in _RESENT


def _names(root: Token) -> bool:
    return root.pos_ in {"NOUN", "PROPN"} and root.lower_ not in _NOBODY


def _tells(span: Span) -> bool:
    """Tell whether it is a deed told as fact: no question, order, wish or supposition."""
    root, inside = span.root, range(span.start, span.end)
    if not is_deed(span) or root.dep_ not in _OF_A_DEED:
        return False
    kept = [child for child in root.children if child.i in inside]
    if any(child.dep_ == "conj" and any(one.dep_ in _SUBJECTS for one in child.children) for child in kept):
        return False  # "confirmed and money got deducted" is half of one and all of another
    has_subject = any(child.dep_ in _SUBJECTS and child.i < root.i for child in kept)
    if not has_subject and (root.tag_ == "VBP" or span.sent.text.rstrip().endswith("?")):
        return False
    if root.dep_ == "ccomp" and root.head.lemma_.lower() in SAID:
        return False  # "we see that the items were delivered"
    if root.tag_ == "VB" and not any(child.dep_ == "aux" for child in kept):
        return False
    if root.lemma_ == "be" and not (has_subject and any(child.dep_ in {"attr", "acomp", "prep"} for child in kept)):
        return False
    if any(child.dep_ == "neg" for child in root.children) and root.lemma_.lower() in read_words("went_wrong"):
        return False  # "won't lose my place" is no loss
    if not any(child.dep_ in _COMPLETE for child in kept) and any(child.dep_ == "prep" and child.i >= span.end for child in root.children):
        return False  # "the delay went" lacks where it went
    line = [root, *root.ancestors]
    around = [(token, child) for token in line for child in token.children if child.dep_ in {"mark", "advmod", "aux"}]
    return not any(
        (child.lower_ in _SUPPOSING and child.dep_ in {"mark", "advmod"}) or (child.tag_ == "MD" and child.i not in inside)
        for _, child in around
    )


def _is_denied_outside(span: Span) -> bool:
    """Tell whether a word that is left out turns what is quoted into its opposite."""
    if not is_deed(span):
        return is_listed_as_none(span)
    line = [*span.root.children, *(child for token in span.root.ancestors for child in token.children if child.dep_ in {"neg", "det"})]
    return any(child.lower_ in _DENYING and not span.start <= child.i < span.end for child in line)


def _worth(span: Span) -> float:
    """Return how well the words name what went wrong."""
    said = {token.lower_ for token in span}
    signs = sum(max(min(sign(token), 2.5), token.lower_ in _TELLING) for token in span)
    if signs <= 0 and (is_deed(span) or not (_stands_first(span) or any(token.dep_ == "amod" for token in span))):
        return 0.0  # "my channel link" at the end of a message tells nothing of the trouble
    things = sum(not known_things().isdisjoint({token.lower_, token.lemma_.lower()}) for token in span if token.pos_ in {"NOUN", "PROPN"})
    return (
        min(signs, 4.0)
        + 1.2 * min(things, 2)
        + 0.6 * is_deed(span)
        + 0.3 * any(token.like_num for token in span)
        + 2.0 * _is_resented(span.root)
        - 0.3 * abs(_words(span) - 4)
        - 1.5 * bool(said & _ABOUT_YOU)
    )

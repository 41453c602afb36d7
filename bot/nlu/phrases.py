"""Short clauses of the customer's own, to be quoted whole: "the zip broke", "nobody answers my mails"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.nlu.asserted import TIMES
from bot.nlu.lexicon import read_words
from bot.nlu.quotable import OPEN_ENDED, SUPPOSING, is_listed_as_none, is_quotable, is_well_written
from bot.nlu.signs import sign

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_BAD_FIRST_TAGS = frozenset({"CC", "TO", "RP", "POS", "IN", "WDT", "WP", "WRB", "DT", "UH", "PRP$", "EX", "PDT", "RB"})
_GOOD_FIRST_WORDS = frozenset(
    "no nobody nothing none without my the another all never not still twice only half nowhere completely".split()
)
_BAD_LAST_TAGS = OPEN_ENDED | {"UH"}
_BAD_LAST_WORDS = frozenset(
    "i we he she they is are was were am be been has have had do does did a an the very so too and but not n't 's 'm 've 're".split()
)
# A word without these says something else, or nothing.
_NEEDED = {
    **{"neg": 6.0, "pobj": 4.0, "prt": 3.0, "acomp": 2.5, "attr": 2.5, "oprd": 2.5, "dobj": 2.0, "ccomp": 1.5, "xcomp": 1.5},
    **{"compound": 1.0, "auxpass": 1.0, "aux": 3.0, "nummod": 0.5},
    **dict.fromkeys(("amod", "prep", "advmod"), 0.3),
    # "not refund my balance" is torn out of its sentence.
    **dict.fromkeys(("nsubj", "nsubjpass"), 6.0),
}
_BESIDES = frozenset(
    {"for", "in", "on", "at", "since", "with", "from", "by", "when", "after", "despite", "without", "today", "yesterday"}
)  # where and when may be left out
_JOINS = frozenset({"CC", "WRB", "WP", "WDT", "UH"})  # what joins one clause to another
_CLAUSES = frozenset({"ROOT", "conj", "ccomp", "advcl", "parataxis"})
_AROUND = frozenset(
    {"cc", "conj", "punct", "advmod", "npadvmod", "advcl", "intj", "mark", "parataxis", "dep"}
)  # of a clause, may be left out
_AT_WHICH = frozenset({"when", "whenever", "while", "once"})  # "when I go to cancel it" is not the trouble yet
_SUPPOSED = frozenset({"would", "could", "might", "may", "should", "shall", "must"})
_SEEN = frozenset({"see", "find", "notice", "realise", "realize", "discover", "mean", "be"})
_HEADLESS = frozenset({"is", "was", "are", "were", "am", "has", "have", "had"})
_ENOUGH = 3.0
_FEWEST, _MOST = 3, 6  # words


def phrases(doc: Doc, read: int) -> Iterator[tuple[float, Span]]:
    """Yield the clauses of the first `read` tokens that can be quoted, each with how well it tells what went wrong."""
    for span in _windows(doc, read):
        worth = _worth(span)
        if worth > _ENOUGH and (_is_whole(span) or _is_clause(span)):
            yield worth, span


def _windows(doc: Doc, read: int) -> Iterator[Span]:
    """Yield every run of quotable words that starts and ends well."""
    quotable = [is_quotable(token) for token in doc[:read]]
    for start, first in enumerate(doc[:read]):
        if not quotable[start] or not _starts_well(first):
            continue
        words = 0
        for end in range(start + 1, len(quotable) + 1):
            last = doc[end - 1]
            if not quotable[end - 1] or (last.is_sent_start and end - 1 > start):
                break
            words += _ends_word(last) + ("'" in last.text or "\u2019" in last.text)  # "didn't" is heard as two
            if words > _MOST:
                break
            if words >= _FEWEST and _ends_word(last) and _ends_well(last):
                yield doc[start:end]


def _ends_word(token: Token) -> bool:
    """Tell whether the customer's word ends with this token: "did" in "didn't" does not."""
    at_end = token.i + 1 == len(token.doc)
    return bool(token.whitespace_) or at_end or (token.nbor().is_punct and token.nbor().text != "-") or token.nbor().is_space


def _starts_well(token: Token) -> bool:
    if token.i > 0 and not _ends_word(token.nbor(-1)) and not token.nbor(-1).is_punct:
        return False
    if token.is_punct or token.lower_ in {"n't", "nt", "'s", "'m", "'ve", "'re", "be", "been", "being", "today", "yesterday"}:
        return False
    return token.lower_ in _GOOD_FIRST_WORDS or token.tag_ not in _BAD_FIRST_TAGS


def _ends_well(token: Token) -> bool:
    if token.dep_ == "prt":
        return True
    return token.text[-1].isalnum() and token.tag_ not in _BAD_LAST_TAGS and token.lower_ not in _BAD_LAST_WORDS


def _is_whole(span: Span) -> bool:
    """Tell whether nothing of the clause is cut off on either side: "charged now" of "charged now over 400" is."""
    doc = span.doc
    before, after = (doc[span.start - 1] if span.start else None), (doc[span.end] if span.end < len(doc) else None)
    begins = span[0].is_sent_start or before is None or before.is_punct or before.is_space or before.tag_ in _JOINS or before.dep_ == "mark"
    ends = after is None or after.is_punct or after.is_space or after.is_sent_start or after.tag_ in _JOINS or after.dep_ == "mark"
    return bool(begins and (ends or (after is not None and after.lower_ in _BESIDES)))


def _is_clause(span: Span) -> bool:
    """Tell whether it is a clause from its subject on that lacks nothing but what is said around it: "the driver never came"."""
    root = span.root
    if root.pos_ != "VERB" or root.dep_ not in _CLAUSES:
        return False
    subject = next((child for child in root.children if child.dep_ in {"nsubj", "nsubjpass"} and child.i < root.i), None)
    if subject is None or span.start != subject.left_edge.i:
        return False
    outside = [(token, child) for token in span for child in token.children if not span.start <= child.i < span.end]
    return all(token == root and (child.dep_ in _AROUND or child.lower_ in _BESIDES) for token, child in outside)


def _worth(span: Span) -> float:
    """Return how well the words tell what went wrong; what hangs together badly is worth nothing."""
    inside = range(span.start, span.end)
    roots = [token for token in span if token.head.i not in inside or token.head.i == token.i]
    if len(roots) != 1 or not _tells(roots[0], span) or not _is_told_as_fact(roots[0]) or not all(map(is_well_written, span)):
        return 0.0
    if (roots[0].pos_ == "NOUN" and is_listed_as_none(span)) or any(map(_is_a_time_as_subject, roots[0].children)):
        return 0.0
    signs = sum(sign(token) for token in span)
    lost = sum(_NEEDED.get(child.dep_, 0.0) for token in span for child in token.children if child.i not in inside)
    return 2.0 + signs - lost - _awkwardness(span)


def _is_a_time_as_subject(child: Token) -> bool:
    """Tell whether a time before a clause was taken for who did it: "2 hrs rejected my order"."""
    is_counted = child.lower_ in TIMES and any(one.dep_ == "nummod" for one in child.children)
    return child.dep_ == "nsubj" and is_counted and child.head.lemma_ not in {"be", "pass"}


def _awkwardness(span: Span) -> float:
    """Return how badly the words would read in quotation marks."""
    said_words = {token.lower_ for token in span}
    return (
        0.4 * abs(len(span.text.split()) - 4)
        + 1.5 * span.sent.text.rstrip().endswith("?")
        + 1.0 * (span[0].lower_ in _HEADLESS)
        + 0.7 * len(said_words & {"you", "your", "u", "ur"})
        # "I did nothing" is not what went wrong.
        + 1.5 * (span[0].lower_ in {"i", "we"} and "nothing" in said_words)
    )


def _tells(root: Token, span: Span) -> bool:
    """Tell whether the phrase is a clause, or a noun with what is wrong with it, and has a word for that."""
    if root.tag_ == "VB" and not any(child.dep_ in {"nsubj", "nsubjpass", "aux", "neg"} for child in root.children):
        return False  # "cancel my order" orders, it does not tell
    return root.pos_ in {"VERB", "AUX", "ADJ", "NOUN"} and any(sign(token) > 0 for token in span)


def _is_told_as_fact(root: Token) -> bool:
    """Tell whether it happened: not if it had, not as somebody's promise, fear or wish, and not as something that did not break."""
    line = [root, *root.ancestors]
    for token in line:
        if any((child.dep_ == "mark" and child.lower_ in SUPPOSING) or child.lower_ == "according" for child in token.children):
            return False
        if token.dep_ == "advcl" and any(child.dep_ == "advmod" and child.lower_ in _AT_WHICH for child in token.children):
            return False
        if any(child.tag_ == "MD" and child.lower_ in _SUPPOSED for child in token.children):
            return False
    if root.dep_ in {"xcomp", "relcl", "acl", "pcomp", "csubj"} or (root.dep_ == "ccomp" and root.head.lemma_.lower() not in _SEEN):
        return False
    denied = any(child.dep_ == "neg" for child in root.children) and root.lemma_.lower() in read_words("went_wrong")
    return not denied

"""What the customer told, clause by clause, turned to them: "my flight is delayed" becomes "your flight is delayed".

Said back so, it is neither a guess nor a quotation, and it is what a good listener says. A clause is taken from its subject on,
to where it may end without saying something else; a question is turned into what is asked: "why you are charged a fee".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bot.nlu.asserted import FINITE, TIMES, UNTOLD, ends_in_background, is_told
from bot.nlu.headlines import Opening, headline
from bot.nlu.lexicon import known_things, read_words
from bot.nlu.phrase_list import misspellings
from bot.nlu.quotable import OPEN_ENDED, SAID, is_mistyped, is_repeatable
from bot.nlu.run_together import FOUND, begins_anew, breaks_off, cuts_a_noun, is_stumbled, lacks_its_verb, runs_on, takes_a_subject
from bot.nlu.turning import NEEDED, SPEAKER, SPELT, SUBJECTS, YOU, first_of, is_heated, is_you, named, turned, turned_question

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_CLAUSES = frozenset({"ROOT", "conj", "ccomp", "advcl", "parataxis"})
_ASIDE = frozenset({"cc", "conj", "punct", "advcl", "parataxis", "intj", "mark", "prep", "advmod", "npadvmod", "dep", "meta"})
_ASIDE_INSIDE = frozenset({"punct", "cc", "conj", "relcl", "advcl", "appos", "acl", "npadvmod", "parataxis", "dep"})
_NO_SUBJECT = frozenset({"who", "which", "what", "that", "whoever", "whatever", "ur"})
_GIVES = frozenset("give send tell charge offer deny refuse owe promise ask pay show teach sell".split())  # passive with an object
_LEANS = frozenset("anyway anyways either or so plus also".split())  # on a sentence before
_HANGS = frozenset("therefore thus hence still also even however though".split())  # on what comes next
_MESSAGES = frozenset("message mail email text notification notice call letter alert".split())
_NAMED_BEFORE = frozenset(
    "restaurant company seller shop store airline host merchant courier call quantity agent rider delivery executive".split()
)
_ASKED = frozenset({"why", "where", "when", "how"})
_BEFORE_ITS_NOUN = frozenset("for with at to from of about".split())
_WHERE_AND_WHEN = frozenset("in on at during after before inside".split())
_WONDERS = frozenset({"understand", "know", "wonder", "ask", "see", "explain"})
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
            is_whole = all(sayable[opening.start : end]) and _is_whole(span, verb, verb.head if verb.dep_ == "relcl" else verb)
            if is_whole and not ends_in_background(verb, span):
                text = _apart(opening.turn(span), span.text)
                if not text.startswith("you your ") and longest_run(text, span.text) <= _LONGEST_RUN:
                    yield Turned(text, span, opening.asks)
                    break


def _apart(text: str, theirs: str) -> str:
    """Return it with "did not" as "didn't" or the other way round, where too many words in a row are theirs."""
    if longest_run(text, theirs) <= _LONGEST_RUN:
        return text
    shorter = re.sub(r"\b(is|are|was|were|do|does|did|has|have|had|could|would) not\b", r"\1n't", text)
    return shorter if shorter != text else re.sub(r"\b(is|are|was|were|do|does|did|has|have|had|could|would)n't\b", r"\1 not", text)


def _opening(verb: Token) -> Opening | None:
    """Return how the clause of a verb, or what stands for one, begins; None where it tells nothing that can be said back."""
    return headline(verb) or _clause(verb)


def _clause(verb: Token) -> Opening | None:
    """Return how a whole clause begins, from its subject or the word it asks with."""
    if verb.dep_ == "relcl":
        return _who_did_it(verb)
    if verb.pos_ not in {"VERB", "AUX"} or not (verb.dep_ in _CLAUSES or _is_the_fact(verb)):
        return None
    subject = next((child for child in verb.children if child.dep_ in {*SUBJECTS, "expl"}), None)
    if subject is None:
        return None
    if subject.lower_ == "what" and subject.i == verb.sent.start and verb.dep_ == "ROOT" and first_of(verb).tag_ in FINITE:
        return Opening(subject.i, turned, asks=True)  # "what is taking so long"
    if not _may_be_subject(subject) or subject.left_edge.tag_ in {"WRB", "WP", "WDT"}:
        return None
    wondered = _wondered(verb, subject)
    if wondered is not None:
        return Opening(wondered.i, turned, asks=True)
    asked = _asked(verb, subject)
    if asked is not None and asked.i < subject.i:
        return Opening(asked.i, partial(turned_question, verb=verb, subject=subject), asks=True)
    return Opening(subject.left_edge.i, partial(_told, subject=subject)) if is_told(verb, subject) else None


def _who_did_it(verb: Token) -> Opening | None:
    """Return the opening of "the driver who damaged my car", said as what the driver did."""
    noun, subject = verb.head, next((child for child in verb.children if child.dep_ in SUBJECTS), None)
    is_one = subject is not None and subject.lower_ in {"who", "that", "which"} and subject.i == noun.i + 1
    if subject is None or not is_one or noun.pos_ != "NOUN" or not any(child.dep_ in {"det", "poss"} for child in noun.children):
        return None
    if (
        first_of(verb).tag_ not in FINITE
        or noun.dep_ == "attr"
        or noun.left_edge.lower_ == "its"  # "its the only one that works"
        or (noun.dep_ == "pobj" and noun.head.lower_ == "of")  # "reviews of the shop which made me cancel"
        or noun.head.lemma_.lower() in UNTOLD  # "I need an app that does not crash" tells of none that does not
        or (subject.lower_ == "who" and noun.lemma_ not in read_words("things_people"))
    ):
        return None
    return Opening(noun.left_edge.i, lambda span: turned([token for token in span if token != subject]))


def _told(span: Span, subject: Token) -> str:
    """Return a clause turned; "order came late" is "the order came late"."""
    begins = subject.left_edge.i == span.start
    has_none = begins and all(
        (token.dep_ == "compound" and token.lower_ != "ur") or token.lower_ in {"wrong", "incorrect"}
        for token in span
        if token.i < subject.i
    )
    if not has_none or subject.tag_ != "NN" or not _is_a_thing(subject) or subject.i == span.end - 1:
        return turned(span)
    before, after = ([token for token in span if is_after == (token.i > subject.i)] for is_after in (False, True))
    return f"{named(before, subject)} {turned(after)}"


def _is_a_thing(noun: Token) -> bool:
    """Tell whether it is said with "the" where it was named before: "restaurant sent it"."""
    return noun.lower_ in known_things() or noun.lower_ in _NAMED_BEFORE


def _is_the_fact(verb: Token) -> bool:
    """Tell whether it is what a fact is: "the fact that you lost my bag"."""
    return verb.dep_ == "acl" and verb.head.lemma_.lower() == "fact"


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
    if is_heated(token) or token.text == "&" or (token.is_currency and token.i + 1 < len(token.doc) and token.nbor().like_num):
        return True
    if token.text == "%" and token.i > 0 and token.nbor(-1).like_num:
        return True
    if (
        token.is_punct
        or token.is_space
        or "?" in token.text
        or not is_repeatable(token)
        or (token.is_upper and token.is_alpha and len(token) > _SHORT)
    ):
        return False
    if token.lower_ in {"i", "d"} and not token.whitespace_ and token.i + 1 < len(token.doc) and token.nbor().lower_ == "d":
        return False  # "my email id"
    if any(char.isdigit() for char in token.text) and not _IN_FIGURES.fullmatch(token.text) and not token.is_upper:
        return False  # "gr8"
    is_name = token.pos_ == "PROPN" and token.text.istitle()
    return (
        is_name
        or token.lower_ in {*SPELT, *YOU}
        or token.lower_ in misspellings()
        or token.lower_ in known_things()
        or not is_mistyped(token.lower_)
    )


def _may_be_subject(subject: Token) -> bool:
    """Tell whether somebody or something can be named by it; "2 hrs" can't."""
    if is_you(subject):
        return True
    if (
        subject.lower_ in _NO_SUBJECT
        or subject.tag_ == "PRP$"
        or any(token.lower_ in {*YOU, *SPEAKER} for token in subject.subtree if token != subject)
    ):
        return False
    if subject.pos_ in {"VERB", "ADJ"} or (subject.lower_ == "it" and subject.i > 0 and subject.nbor(-1).lower_ in _BEFORE_ITS_NOUN):
        return False  # "its dented put it there", "they looked at it said I broke it"
    return subject.lower_ not in TIMES or not any(child.dep_ == "nummod" for child in subject.children)


def _wondered(verb: Token, subject: Token) -> Token | None:
    """Return the word that opens what they do not understand or would know: "I don't understand why it is late"."""
    word = next((child for child in verb.children if child.lower_ in {"why", "where"} and child.i < subject.left_edge.i), None)
    head = verb.head
    is_theirs = any(one.lower_ in SPEAKER for one in head.children if one.dep_ in SUBJECTS) and head.lemma_.lower() in _WONDERS
    is_to_be_told = head.lemma_.lower() in {"tell", "explain"} and any(one.lower_ in {"me", "us"} for one in head.children)
    if word is None or verb.dep_ not in {"ccomp", "advcl"} or not (is_theirs or is_to_be_told):
        return None
    return word if word.i > head.i and first_of(verb).i > subject.i else None


def _asked(verb: Token, subject: Token) -> Token | None:
    """Return the word that opens the question, where it asks why, where, when or how in a way that can be turned."""
    word = next((child for child in verb.children if child.lower_ in _ASKED and child.i < verb.i), None)
    first = first_of(verb)
    if word is None or verb.dep_ not in {"ROOT", "conj", "parataxis"} or first.i != word.i + 1 or first.i > subject.i:
        return None
    if first.tag_ not in FINITE and first.lower_ not in {"will", "can", "wo", "ca"}:
        return None
    return word


def _is_whole(span: Span, verb: Token, root: Token) -> bool:
    """Tell whether it lacks nothing that it needs, and holds nothing that hangs elsewhere than on its root."""
    if (
        not _FEWEST <= len(span.text.split()) <= _MOST
        or not _ends_well(span[-1])
        or span[0].lower_ in _LEANS
        or (span[0].pos_ == "ADJ" and span[1].pos_ == "CCONJ")
        or _has_two_objects(verb, span)
        or breaks_off(verb, span)
        or takes_a_subject(span)
        or any(map(is_stumbled, span[1:]))
        or any(token.tag_ in {"WRB", "WP"} and token.head != verb and not _is_known_how(token, verb) for token in span[1:])
    ):
        return False
    inside = range(span.start, span.end)
    if any(map(_is_of_their_words, span)) or any(map(_is_of_whoever, span)):
        return False
    if any(map(runs_on, span)) or any(map(begins_anew, span[1:])) or any(lacks_its_verb(one) for one in span if one != verb):
        return False
    bare = (
        one for one in span[:-1] if one.dep_ == "prep" and all(child.dep_ in {"cc", "punct"} or _is_adverb(child) for child in one.children)
    )
    if any(one.nbor().pos_ != "ADP" for one in bare):  # "through to", "out of" are whole
        return False  # "from and", where a name was left out
    if any(token.lower_ == "such" and token.nbor().i < span.end and any(map(is_heated, token.head.children)) for token in span[:-1]):
        return False  # "never had such awful service", of which the heat is the point
    if any(token.lower_ == "instead" for token in span) and span[-1].head.tag_ == "VBG":
        return False  # "instead of solving it", of what comes next
    if span[-1].lemma_ == "fact" or any(cuts_a_noun(child, span.end) for child in span[-1].children):
        return False
    if any(token != root and token.head.i not in inside for token in span) or (verb.lemma_ == "be" and not _says_what_it_is(verb, inside)):
        return False
    return all(_may_lack(token, child, verb, inside) for token in span for child in token.children if child.i not in inside)


def _is_adverb(word: Token) -> bool:
    """Tell whether it can't be what a preposition is of: "not flying with | again"."""
    return word.dep_ == "pcomp" and word.tag_ == "RB" and word.lower_ in {"again", "anymore", "ever"}


def _has_two_objects(verb: Token, span: Span) -> bool:
    """Tell whether two sentences are run together: "the status is delivered money is deducted"."""
    is_passive = any(child.dep_ == "auxpass" for child in verb.children) and verb.lemma_.lower() not in _GIVES
    return is_passive and any(child.dep_ == "dobj" and span.start <= child.i < span.end for child in verb.children)


def _is_of_their_words(token: Token) -> bool:
    """Tell whether it turns to the customer in what others told them: "a message that your order is cancelled"."""
    if token.lower_ not in {"your", "ur", "we", "our", "us", *YOU}:
        return False
    above = [one.head for one in (token.head, *token.head.ancestors) if one.dep_ in {"acl", "ccomp", "relcl"}]
    by_them = [one for one in above if not any(child.lower_ in SPEAKER for child in one.children if child.dep_ in SUBJECTS)]
    return any(one.lemma_.lower() in _MESSAGES | SAID for one in by_them)


def _is_of_whoever(token: Token) -> bool:
    """Tell whether it is anybody: "they don't care if you complain"."""
    return is_you(token) and token.dep_ in SUBJECTS and any(one.lower_ in {"if", "when", "unless"} for one in token.head.children)


def _is_known_how(word: Token, verb: Token) -> bool:
    """Tell whether it is of what somebody knows, or does not: "doesn't know how to reach me"."""
    return word.lower_ == "how" and verb.lemma_ == "know" and word.head.head == verb and word.i == verb.i + 1


def _ends_well(last: Token) -> bool:
    is_open = last.tag_ in OPEN_ENDED and not (last.tag_ == "IN" and last.dep_ in {"advmod", "prt"})  # "is down"
    return not is_open and last.text[-1].isalnum() and last.lower_ not in {"no", *_HANGS}


def _says_what_it_is(verb: Token, inside: range) -> bool:
    """Tell whether a form of "be" goes on, and not into another sentence that is run together with it."""
    after = [child.dep_ for child in verb.children if child.i in inside and child.i > verb.i]
    return any(one != "neg" for one in after) and "ccomp" not in after


def _stands_alone(verb: Token, inside: range) -> bool:
    """Tell whether what is taken for the object of a verb is a sentence beside it: "I used it abroad, why am I charged"."""
    first, last = verb.left_edge, verb.right_edge
    is_before = last.i < inside.start and verb.doc[last.i + 1].is_punct
    is_after = first.i >= inside.stop and (first.nbor(-1).is_punct or first.nbor(-1).pos_ == "CCONJ")
    return is_before or is_after


def _is_of_the_object(child: Token, verb: Token, inside: range) -> bool:
    """Tell whether what is taken for an object tells more of the object before it: "broke the lamp that I had brought"."""
    if verb.lemma_.lower() in UNTOLD | SAID | FOUND or child.left_edge.i < inside.stop:
        return False
    objects = [one for one in verb.children if one.dep_ == "dobj" and one.i in inside]
    return any(one.pos_ in {"NOUN", "PROPN"} and child.left_edge.lower_ in {"that", "which"} for one in objects)


def _tells_where(prep: Token) -> bool:
    """Tell whether it leads to where or when something was done, or to what it was broken for, and not what was charged for."""
    return prep.lower_ in _WHERE_AND_WHEN or (prep.lower_ == "for" and prep.head.lemma_.lower() in read_words("went_wrong"))


def _may_lack(token: Token, child: Token, verb: Token, inside: range) -> bool:
    """Tell whether what hangs on a word may be left out."""
    if token != verb:
        is_where = token.dep_ == "pobj" and child.lower_ in {"at", "in", "on"}
        is_apart = child.dep_ == "prep" and ((child.lower_ != "of" and token.dep_ in {"dobj", "attr"}) or is_where)
        return child.i >= inside.stop and (child.dep_ in _ASIDE_INSIDE or is_apart)
    if child.dep_ == "ccomp":
        return _stands_alone(child, inside) or _is_of_the_object(child, verb, inside)
    # "waiting for", "works with": the verb goes on with it.
    is_done = any(one.dep_ == "auxpass" for one in verb.children) and _tells_where(child)  # "was broken | for both"
    goes_on = child.dep_ == "prep" and child.i == verb.i + 1 and not is_done
    has_object = any(one.dep_ in NEEDED and one.i in inside for one in verb.children)
    return child.dep_ in _ASIDE and (has_object or not goes_on)

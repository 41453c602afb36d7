"""Where sentences are run together, as people type them: what must not be said back as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.nlu.asserted import FINITE, TIMES, UNTOLD
from bot.nlu.quotable import SAID
from bot.nlu.turning import AUXILIARIES, SPEAKER, SUBJECTS, first_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

FOUND = frozenset({"find", "notice", "make", "let", "email"})  # what else goes on with a sentence
_NOT_BEFORE = frozenset({"until", "till", "unless"})
_AFTER_TIMES = frozenset({"after", "before", "later", "late", "ago", "past", "early"})
_TRIED = frozenset("contact call ask try go chat message email write".split())
_OF_COMPANIES = frozenset("system policy policies end records partners terms".split())


def is_stumbled(token: Token) -> bool:
    """Tell whether words stumble, a "then" would be lost, or the company speaks: "so so late", "| then gave me", "our system"."""
    before = token.nbor(-1)
    is_quoted = before.lower_ == "our" and token.lower_ in _OF_COMPANIES
    is_twice = token.lower_ == before.lower_ or (before.lower_, token.lower_) == ("so", "no")
    if token.lower_ == "no" and token.dep_ == "det" and before.pos_ in {"ADV", "NOUN"}:
        return True  # "waited all day again | no parcel"
    return is_quoted or is_twice or (token.lower_ == "then" and before.lower_ not in {"and", "but", "&"})


def runs_on(token: Token) -> bool:
    """Tell whether another sentence begins with it: "and I want a new one", "nothing I cannot find it", "and I call again"."""
    if token.dep_ == "conj":
        is_tried = token.lemma_.lower() in _TRIED and token.tag_ == "VBP" and any(child.lower_ in SPEAKER for child in token.children)
        is_other = token.head.pos_ in {"VERB", "AUX"} and token.pos_ in {"NOUN", "PROPN"}
        return token.lemma_.lower() in UNTOLD or is_other or is_tried
    is_now = token.dep_ == "advcl" and token.tag_ == "VBP" and token.head.tag_ == "VBD"  # "it was not complete | after I cancel it"
    is_more = token.dep_ == "relcl" and token.head.pos_ == "PRON"
    return (is_now or is_more) and any(child.lower_ in SPEAKER for child in token.children)


def lacks_its_verb(token: Token) -> bool:
    """Tell whether it is a state that shares no verb with what it is joined to: "ordered the pasta but | disappointed"."""
    is_joined = token.dep_ == "conj" and token.pos_ == "ADJ" and token.head.pos_ == "VERB"
    return is_joined and not any(child.dep_ in SUBJECTS for child in token.children)


def begins_anew(token: Token) -> bool:
    """Tell whether another sentence begins with somebody, without a word between: "I haven't received it | I tried to call"."""
    if token.dep_ not in SUBJECTS or token.tag_ != "PRP" or token.i == 0 or token.lower_ in {"me", "us", "him", "them"}:
        return False
    before, verb = token.nbor(-1), token.head
    is_said = verb.dep_ == "ccomp" and verb.head.lemma_.lower() in UNTOLD | SAID | FOUND
    hangs = verb.head.i < token.i and (is_said or verb.dep_ in {"relcl", "acl", "advcl"})
    asks = before == verb or (before.head == verb and before.dep_ in {*AUXILIARIES, "neg"})  # "will I get"
    return not (hangs or asks or before.pos_ in {"CCONJ", "SCONJ", "ADP"} or before.lower_ in {"so", "&"})


def breaks_off(verb: Token, span: Span) -> bool:
    """Tell whether it stops within a time, or runs into a verb of another sentence: "an hour | after", "is showing is down"."""
    last = span[-1]
    is_time = last.lower_ in TIMES and last.i + 1 < len(last.doc) and last.nbor().lower_ in _AFTER_TIMES
    inner = [child for child in verb.children if child.dep_ in {"xcomp", "ccomp"} and span.start <= child.i < span.end]
    if span.end < len(last.doc) and last.nbor().head == verb and last.nbor().tag_ == "RB" and last.nbor().lower_.endswith("ly"):
        return True  # "don't take complaints | seriously"
    if span.end < len(last.doc) and last.nbor().lower_ in _NOT_BEFORE:
        return True  # "no delivery now | until October"
    return is_time or any(first_of(one).tag_ in FINITE and not any(child.dep_ in SUBJECTS for child in one.children) for one in inner)


def takes_a_subject(span: Span) -> bool:
    """Tell whether its last words are who or what does the next: "charged me for my order and the chair leg | came broken"."""
    last, after = span[-1], span.doc[span.end] if span.end < len(span.doc) else None
    is_noun = last.pos_ in {"NOUN", "PROPN"} and last.left_edge.i > span.start
    return is_noun and after is not None and (after.tag_ in FINITE or after.tag_ == "MD")


def cuts_a_noun(child: Token, end: int) -> bool:
    """Tell whether what follows may be more of the last noun: "an aircraft | approved seat"."""
    return child.i == end and child.dep_ == "acl" and child.tag_ == "VBN"

"""What people write in haste: "order not delivered", "unable to log in", "cancelled my flight", "no wifi on board".

Each lacks its subject or its verb, and is said back with it: "the order was not delivered", "you are unable to log in",
"your flight was cancelled", "there was no wifi on board".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from bot.nlu.asserted import LOSSES, TIMES
from bot.nlu.lexicon import known_things, read_words
from bot.nlu.quotable import SUPPOSING
from bot.nlu.signs import sign
from bot.nlu.turning import AUXILIARIES, SPEAKER, SUBJECTS, YOU, is_heated, named, turned

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_DONE_TO_THINGS = frozenset(
    "cancel deliver delay receive ship refund lose credit refuse decline damage break reject process send deduct block suspend deny"
    " steal open pack cook charge divert disconnect deactivate overbook confirm place dispatch fulfil honor honour apply"
    " miss provide".split()
)
_DONE_BY_THINGS = frozenset("break open steal miss cook apply place".split())  # "my phone broke", and its like, are whole
_AS_IT_SHOULD = frozenset(
    "deliver receive ship process send open pack cook confirm place dispatch fulfil honor honour apply provide".split()
)
_DOERS = frozenset("restaurant hotel airline shop store company seller bank website site app system carrier merchant vendor host".split())
_DONE_TO_CUSTOMERS = frozenset("charge overcharge bill force tell ask refuse deny treat send give cheat bump kick put hang".split())
_THEIR_DEEDS = frozenset(  # of a customer, not of a shop
    "receive get order buy pay wait try book purchase spend waste find struggle sit stand call contact email message speak request".split()
)
# Of goods, not of a customer: in the past, and in the present or denied, where more verbs can be of nothing else.
_THINGS_DID = frozenset("stop break die fall arrive come leak crack shrink fade fail crash freeze rip tear fray melt peel burst".split())
_THINGS_DO = _THINGS_DID | frozenset("work fit last hold keep run smell taste look feel turn charge connect respond rattle wobble".split())
_OF_SOMEBODY = frozenset("home here back across round around by over".split())  # "came home", "stopped by"
_ASKED_FOR = frozenset("response reply answer refund update resolution assistance feedback explanation compensation communication".split())
_BEFORE_IT = frozenset({"advmod", "neg", "aux", "auxpass"})
_UNHAPPY = frozenset("unhappy disappointed upset frustrated annoyed dissatisfied displeased unimpressed".split())
_OWED = frozenset("refund payment compensation resolution service support help information assistance".split())
_BETWEEN = frozenset({"advmod", "neg"})
_STANDS_ALONE = frozenset({"ROOT", "conj", "parataxis", "acl", "ccomp", "advcl", "dep", "amod"})
_TO_SOMEBODY = frozenset({"send", "give", "put", "tell", "ask"})  # with an object, by whomever
_NO_SUCH = frozenset("one way doubt wonder idea need matter longer more".split())  # "no one", "no doubt"
_MANY = frozenset({"NNS", "NNPS"})
_ME = frozenset({"me", "us"})
_WRONGLY = frozenset("wrong incorrect incomplete different defective damaged broken stale expired old used faulty bad".split())


class Opening(NamedTuple):
    """Where a clause starts, how it is turned, and whether it asks."""

    start: int
    turn: Callable[[Span], str]
    asks: bool = False


def headline(token: Token) -> Opening | None:
    """Return how what is said by a word without a subject or a verb begins; None where it tells nothing that can be said back."""
    if token.pos_ in {"NOUN", "PROPN"}:
        return _nothing_of(token)
    if token.tag_ not in {"VB", "VBD", "VBN", "VBG", "VBZ", "JJ"} or not _is_told(token):
        return None
    if token.tag_ in {"VB", "VBZ"}:
        return _not_done(token) or _by_it(token)
    return _done_to_a_thing(token) or _done_to_the_customer(token) or _by_the_customer(token) or _being_done(token) or _by_it(token)


def _is_told(token: Token) -> bool:
    """Tell whether it is no question, and hangs on nothing that is only supposed."""
    if token.dep_ not in _STANDS_ALONE or any(one.tag_ in {"WRB", "WP", "WDT", "MD"} for one in token.children):
        return False
    line = [token, *token.ancestors]
    return not any(child.lower_ in SUPPOSING and child.dep_ in {"mark", "advmod"} for one in line for child in one.children)


def _begins(place: Token) -> bool:
    """Tell whether a sentence, or a part of one that stands by itself, begins with a word."""
    return place.is_sent_start or place.i == 0 or place.nbor(-1).is_punct or place.nbor(-1).lower_ in {"and", "but", "&", "then"}


def _nothing_of(noun: Token) -> Opening | None:
    """Return the opening of "no wifi on this flight"."""
    first = noun.left_edge
    if (
        noun.lower_ in _NO_SUCH
        or first.lower_ != "no"
        or first.head != noun
        or not _begins(first)
        or noun.dep_ not in {"ROOT", "conj", "appos", "npadvmod", "dep"}
    ):
        return None
    if any(one.lemma_.lower() in read_words("went_wrong") for one in noun.doc[first.i + 1 : noun.i + 1]):
        return None  # "no damage"
    if noun.dep_ != "ROOT" and noun.head.pos_ in {"VERB", "AUX"}:
        return None
    is_had = noun.lemma_.lower() in _ASKED_FOR and not any(_is_to_be(one) for one in noun.children)
    began = "you got " if is_had else f"there {_was(noun)} "
    return Opening(first.i, lambda span: began + turned(span))


def _is_to_be(verb: Token) -> bool:
    """Tell whether it is "to be found", of which "you got no response" would make nonsense."""
    return verb.dep_ == "acl" and any(child.lower_ == "to" for child in verb.children)


def _done_to_a_thing(verb: Token) -> Opening | None:
    """Return the opening of "order not delivered", "flight cancelled again"."""
    lemma = verb.lemma_.lower()
    is_done = lemma in _DONE_TO_THINGS and not (verb.tag_ == "VBD" and lemma in _DONE_BY_THINGS)
    if not is_done or _is_helped(verb) or any(one.dep_ == "dobj" for one in verb.children):
        return None
    noun = next((one for one in verb.children if one.dep_ in SUBJECTS), None)
    if noun is None and verb.dep_ in {"acl", "amod"} and verb.head.dep_ == "ROOT" and verb.head.i < verb.i:
        noun = verb.head
    if noun is None or noun.i > verb.i or not _is_thing(noun) or not _begins(noun.left_edge):
        return None
    if lemma in _AS_IT_SHOULD and not any(sign(one) >= 1 and not is_heated(one) for one in _until_a_mark(noun.left_edge, verb)):
        return None  # "pathetic food delivered. My stomach is empty"
    if any(one.dep_ not in _BETWEEN or one.head != verb for one in verb.doc[noun.i + 1 : verb.i]):
        return None

    def turn(span: Span) -> str:
        before, after = [one for one in span if one.i <= noun.i], [one for one in span if one.i > noun.i]
        return f"{named(before, noun)} {_was(noun)} {turned(after)}"

    return Opening(noun.left_edge.i, turn)


def _until_a_mark(first: Token, verb: Token) -> list[Token]:
    """Return the words of a clause, up to the mark that ends it."""
    end = next((token.i for token in verb.doc[verb.i :] if token.is_punct), len(verb.doc))
    return [token for token in verb.subtree if first.i <= token.i < end]


def _was(noun: Token) -> str:
    return "were" if noun.tag_ in _MANY else "was"


def _is_thing(noun: Token) -> bool:
    known = {noun.lower_, noun.lemma_.lower()}
    if not known.isdisjoint(_OWED):
        return True
    is_theirs = any(child.dep_ == "poss" and child.lower_ in {"my", "our"} for child in noun.children)
    return (is_theirs or not known.isdisjoint(known_things())) and known.isdisjoint(read_words("things_people") | _DOERS)


def _done_to_the_customer(verb: Token) -> Opening | None:
    """Return the opening of "charged me twice", "cancelled my flight", "forced to wait", "refused to help"."""
    lemma, doer = verb.lemma_.lower(), _doer(verb)
    if (doer is not None and doer.lower_ not in YOU) or not _begins_with(verb) or verb.tag_ not in {"VBD", "VBN"}:
        return None
    thing = next((one for one in verb.children if one.dep_ == "dobj"), None)
    if lemma in _DONE_TO_CUSTOMERS:
        is_to_them = any(one.lower_ in _ME and one.dep_ in {"dobj", "dative", "nsubj"} for one in verb.subtree if one.i <= verb.i + 2)
        if is_to_them or lemma in {"refuse", "deny"}:
            return Opening(_start(verb), lambda span: "we " + turned(span))
        began = "you " if any(one.lower_ == "got" and one.dep_ == "auxpass" for one in verb.children) else "you were "
        return None if lemma in _TO_SOMEBODY and thing is not None else Opening(_start(verb), lambda span: began + turned(span))
    if thing is None or thing.i < verb.i or lemma not in _DONE_TO_THINGS - _THEIR_DEEDS or _is_helped(verb):
        return None
    if thing.left_edge.lower_ in {"my", "our"}:
        return _swapped(verb, thing)
    if lemma in {"deliver", "ship"} and any(one.lower_ in _WRONGLY for one in thing.subtree):
        return Opening(_start(verb), lambda span: f"we {turned([one for one in span if one.i <= verb.i])} {_rest(span, verb, thing)}")
    return None


def _not_done(verb: Token) -> Opening | None:
    """Return the opening of "didn't refund us"."""
    helped = [child for child in verb.children if child.dep_ == "aux" and child.lower_ in {"did", "do", "does"}]
    is_denied = any(child.dep_ == "neg" for child in verb.children)
    is_to_them = any(child.lower_ in _ME and child.dep_ in {"dobj", "dative"} for child in verb.children)
    if not (helped and is_denied and is_to_them) or _doer(verb) is not None or not _begins_with(verb):
        return None
    return Opening(_start(verb), lambda span: "we " + turned(span))


def _rest(span: Span, verb: Token, thing: Token) -> str:
    after = [one for one in span if one.i > verb.i]
    of_it = [one for one in after if one.i <= thing.i]
    return " ".join(filter(None, (named(of_it, thing), turned([one for one in after if one.i > thing.i]))))


def _swapped(verb: Token, thing: Token) -> Opening:
    """Return the opening of "cancelled my flight" as "your flight was cancelled": by whom, is not said."""

    def turn(span: Span) -> str:
        of_it = [one for one in span if thing.left_edge.i <= one.i <= thing.right_edge.i]
        before, after = [one for one in span if one.i <= verb.i], [one for one in span if one.i > thing.right_edge.i]
        done = re.sub(r"\b(broke|stole)\b", r"\1n", turned(before))
        return " ".join(filter(None, (turned(of_it), _was(thing), done, turned(after))))

    return Opening(_start(verb), turn)


def _by_the_customer(verb: Token) -> Opening | None:
    """Return the opening of a sentence in which the customer leaves out that it is they: "never received it", "unable to log in"."""
    doer = _doer(verb)
    if (doer is not None and doer.lower_ not in SPEAKER) or not _begins_with(verb):
        return None
    if verb.tag_ == "JJ" or verb.lower_ in _UNHAPPY:
        is_state = verb.lower_ in {"unable", "stuck"} or (verb.lower_ in _UNHAPPY and any(one.dep_ == "prep" for one in verb.children))
        return Opening(_start(verb), lambda span: "you are " + turned(span)) if is_state else None
    is_no_loss = verb.lemma_.lower() in LOSSES and any(child.dep_ == "neg" for child in verb.children)  # "not wasting money there"
    if is_no_loss or verb.lemma_.lower() not in _THEIR_DEEDS or verb.sent.text.rstrip().endswith("?"):
        return None
    began = _began(verb)
    return Opening(_start(verb), lambda span: f"{began} {_with_you_again(span, verb)}") if began else None


def _with_you_again(span: Span, verb: Token) -> str:
    """Return it turned, with "you" before what is joined: "ordered a mug and got a jug" is "ordered a mug and you got a jug"."""
    joined = next((child for child in verb.children if child.dep_ == "conj" and child.i < span.end), None)
    if joined is None or joined.tag_ != "VBD" or joined.lemma_.lower() not in _THEIR_DEEDS or _doer(joined) is not None:
        return turned(span)
    start = _start(joined)
    before, after = [one for one in span if one.i < start], [one for one in span if one.i >= start]
    return f"{turned(before).rstrip()} you {turned(after)}"


def _being_done(verb: Token) -> Opening | None:
    """Return the opening of "staff giving me a hard time", which lacks its "are"."""
    subject = next((child for child in verb.children if child.dep_ == "nsubj" and child.i < verb.i), None)
    if verb.tag_ != "VBG" or subject is None or _is_helped(verb) or verb.dep_ not in {"ROOT", "conj", "parataxis"}:
        return None
    is_noun = subject.pos_ in {"NOUN", "PROPN"} and subject.lower_ not in TIMES
    is_apart = any(one.dep_ not in _BETWEEN or one.tag_ != "RB" for one in verb.doc[subject.right_edge.i + 1 : verb.i])
    if not is_noun or is_apart or not _begins(subject.left_edge) or verb.sent.text.rstrip().endswith("?"):
        return None

    def turn(span: Span) -> str:
        before, after = [one for one in span if one.i < _start(verb)], [one for one in span if one.i >= _start(verb)]
        return f"{named(before, subject).rstrip()} {'are' if subject.tag_ in _MANY else 'is'} {turned(after)}"

    return Opening(subject.left_edge.i, turn)


def _by_it(verb: Token) -> Opening | None:
    """Return the opening of a sentence that leaves out what it is of: "stopped working after a week", "doesn't hold a charge"."""
    helpers = [child for child in verb.children if child.dep_ in AUXILIARIES]
    is_denied = bool(helpers) and helpers[0].lower_ in {"does", "did", "wo"} and any(child.dep_ == "neg" for child in verb.children)
    is_present = is_denied or (verb.tag_ == "VBZ" and not helpers)
    is_past = verb.tag_ in {"VBD", "VBN"} and not helpers
    start = verb.doc[_start(verb)]
    lemma = verb.lemma_.lower()
    if not ((is_present and lemma in _THINGS_DO) or (is_past and lemma in _THINGS_DID)) or _doer(verb) is not None:
        return None
    if not (start.is_sent_start or start.i == 0) or verb.sent.text.rstrip().endswith("?") or (is_past and _may_be_somebodys(verb)):
        return None
    return Opening(start.i, lambda span: "it " + turned(span))


def _may_be_somebodys(verb: Token) -> bool:
    """Tell whether somebody may have done it: "came home to find it", "failed to deliver", "stopped by your shop", "broke my arm"."""
    on = [child for child in verb.children if child.i > verb.i]
    is_stop = verb.lemma_.lower() == "stop" and not any(child.tag_ == "VBG" for child in on)
    is_theirs = any(one.dep_ == "dobj" and one.left_edge.lower_ in {"my", "our", "me", "us"} for one in on)
    return is_stop or is_theirs or any(one.lower_ in _OF_SOMEBODY or one.left_edge.lower_ == "to" for one in on)


def _began(verb: Token) -> str | None:
    """Return what a sentence lacks before its verb and the small words that go with it."""
    helpers = [child.lower_ for child in verb.children if child.dep_ in AUXILIARIES]
    if not helpers and any(child.dep_ == "neg" and child.lower_ == "not" for child in verb.children):
        return "you are" if verb.tag_ == "VBG" else "you have"
    if not helpers:
        return "you are" if verb.tag_ == "VBG" else "you"
    return {"been": "you have", "being": "you are", **dict.fromkeys(("have", "had", "did", "do"), "you")}.get(helpers[0])


def _doer(verb: Token) -> Token | None:
    """Return who does it, if the sentence says so: of a verb that is joined to another, the same."""
    while verb.dep_ == "conj" and not any(child.dep_ in SUBJECTS for child in verb.children):
        verb = verb.head
    return next((child for child in verb.children if child.dep_ in SUBJECTS), None)


def _is_helped(verb: Token) -> bool:
    return any(child.dep_ in AUXILIARIES for child in verb.children)


def _start(verb: Token) -> int:
    """Return where a clause begins that has only small words before its verb: "still not received"."""
    before = [child for child in verb.children if child.i < verb.i and child.dep_ in _BEFORE_IT]
    start = verb.i
    while start and verb.doc[start - 1] in before:
        start -= 1
    return start


def _begins_with(verb: Token) -> bool:
    """Tell whether nothing stands before it that may be who did it, also where it is joined to another verb."""
    start = verb.doc[_start(verb)]
    is_joined = verb.dep_ == "conj" and not start.is_sent_start and start.nbor(-1).lower_ in {"and", "but", "&", "then"}
    return _begins(start) and (not is_joined or _doer(verb) is not None or _begins_with(verb.head))

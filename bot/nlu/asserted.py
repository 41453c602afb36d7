"""Whether a clause tells a fact of the trouble: no question, wish or supposition, and not only what they ordered or feel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.nlu.lexicon import known_things, read_words
from bot.nlu.quotable import SAID
from bot.nlu.turning import AUXILIARIES, SPEAKER, SUBJECTS, YOU, first_of, is_you

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

FINITE = frozenset({"VBD", "VBZ", "VBP"})
UNTOLD = frozenset(
    "think guess hope wish want need know believe expect feel suppose love like doubt wonder mean understand say tell ask hear see"
    " recommend suggest hate".split()
)
_DENIABLE = frozenset({"ca", "can", "wo", "will", "could", "would"})  # verbs of mood that tell a fact where it is denied
_SUPPOSING = frozenset({"if", "unless", "whether", "until", "till", "when", "while", "before", "once"})
_HAPPENED = frozenset({"until", "till", "when", "while", "once"})  # not supposed, where the past is told
_SUPPOSED = frozenset({"if", "unless", "whether"})  # what hangs on it is supposed, and so is what that hangs on
LOSSES = frozenset("lose miss delay damage break cancel charge complain mind waste".split())
_OTHERS = frozenset({"they", "he", "she", "it"})
_SAYING = frozenset({"say", "admit", "tell"})
_BOUGHT = frozenset({"order", "buy", "purchase", "book", "place"})
_BACKGROUND = _BOUGHT | {"pay", "speak", "talk", "chat", "send"}
_FEELINGS = frozenset(
    "upset unhappy disappointed angry annoyed frustrated furious sad sure sorry glad happy aware afraid surprised amazed shocked".split()
)
_THEMSELVES = frozenset("company service services airline shop policy".split())
_TROUBLE = frozenset({"issue", "problem", "trouble"})
_THEY_SAY = frozenset("inform tell report explain mention".split())
_THOUGHT = frozenset({"think", "believe", "feel"})  # by the customer, who tells it so
_PARTICIPLES = frozenset("gone been done seen taken given broken stolen".split())
TIMES = frozenset("min mins minute minutes hr hrs hour hours day days week weeks month months year years".split())
_NO_EVENT = frozenset({"it", "this", "that", "same"})  # "this happened to me" says nothing of what did
_PERHAPS = frozenset({"maybe", "perhaps", "probably", "possibly", "guess"})
_LONGEST_SUBJECT = 9  # tokens to the verb: what is longer is two sentences run together


def is_told(verb: Token, subject: Token) -> bool:
    """Tell whether it is told as a fact: no question, wish or supposition."""
    first = first_of(verb)
    if first.i < subject.i or any(child.tag_ in {"WRB", "WP", "WDT"} and child.i < verb.i for child in verb.children):
        return False
    if first.lower_ == "been" or (first.tag_ not in FINITE and not (first.tag_ == "MD" and first.lower_ in _DENIABLE and is_denied(verb))):
        return False
    if _is_ill_joined(verb, first, subject) or (verb.lemma_.lower() == "happen" and subject.lower_ in _NO_EVENT):
        return False
    if subject.lower_ in _OTHERS and any(token.lower_ in YOU for token in verb.subtree):
        return False  # "they make you wait": whoever comes
    if first.lower_ in {"would", "could", "will", "wo"} and subject.lower_ in SPEAKER:
        return first.lower_ == "could" and verb.lemma_.lower() not in UNTOLD and not is_supposed(verb)
    if is_you(subject) and not (first.tag_ == "VBD" or first.lemma_.lower() == "have"):
        return False  # "you can't reach anybody": whoever tries
    if subject.lower_ in SPEAKER and (verb.lemma_.lower() in UNTOLD or (subject.dep_ == "nsubj" and _is_background(verb))):
        return False
    if _is_beside_the_point(verb, subject):
        return False
    return not is_supposed(verb) and not (verb.dep_ == "ccomp" and _is_said_or_ordered(verb.head))


def _is_ill_joined(verb: Token, first: Token, subject: Token) -> bool:
    """Tell whether a verb can't be of its subject as it stands, so that one of them is of another sentence."""
    if verb.i - subject.left_edge.i > _LONGEST_SUBJECT or (first.lower_ == "'s" and first != verb and verb.tag_ == "VBZ"):
        return True  # "it's works"
    if first == verb and (verb.lower_ in _PARTICIPLES or _is_of_what_came(verb, subject)):
        return True  # "it completely gone bad", "wrong item received me"
    return _is_two_at_once(verb) or _is_of_one_as_many(verb, first, subject)


def _is_two_at_once(verb: Token) -> bool:
    """Tell whether two sentences share its helpers: "they didn't | the lid was cracked"."""
    helpers = {child.lower_ for child in verb.children if child.dep_ in AUXILIARIES}
    return bool(helpers & {"did", "does", "do"}) and bool(helpers & {"was", "were", "is", "are"})


def _is_of_one_as_many(verb: Token, first: Token, subject: Token) -> bool:
    """Tell whether a name seems to do what many do, "Ltd fault in the lamp", or a thing is done to itself."""
    is_same = any(child.dep_ == "dobj" and child.lemma_ == subject.lemma_ for child in verb.children)  # "wrong lamp sent wrong lamp"
    is_many = subject.tag_ == "NNP" and first.tag_ == "VBP" and not any(child.dep_ == "conj" for child in subject.children)
    return is_many or is_same


def _is_of_what_came(verb: Token, subject: Token) -> bool:
    """Tell whether a thing seems to do what is done to it: "awful soup delivered"."""
    if verb.lemma_.lower() == "deliver" and any(child.dep_ == "dobj" for child in verb.children):
        return False
    return verb.lemma_.lower() in {"receive", "deliver"} and subject.lower_ in known_things()


def _is_beside_the_point(verb: Token, subject: Token) -> bool:
    """Tell whether it is what others say, a guess, the time of day, mere scorn, or no loss: "I won't lose my place".

    That "you will not cancel my account" is one.
    """
    is_quoted = any(child.lower_ == "according" for child in verb.children) or _is_said_of(verb, subject)
    first = subject.left_edge
    is_guessed = first.i > 1 and first.nbor(-2).lower_ == "may" and first.nbor(-1).lower_ == "be"  # "may be I am being difficult"
    is_guessed = is_guessed or any(child.lower_ in _PERHAPS for child in verb.children) or _only_seems(verb, subject)
    is_theirs_to_do = verb.lemma_.lower() == "cancel" and subject.dep_ == "nsubj" and subject.lower_ not in SPEAKER
    is_no_loss = is_denied(verb) and verb.lemma_.lower() in LOSSES and not is_theirs_to_do
    is_no_loss = is_no_loss or _has_no_trouble(verb)
    return is_quoted or is_guessed or is_no_loss or _tells_the_time(verb, subject) or _is_mere_scorn(verb, subject)


def _has_no_trouble(verb: Token) -> bool:
    """Tell whether it is of what goes well: "I don't have these problems at home"."""
    is_had = verb.lemma_.lower() in {"have", "face", "see"} and is_denied(verb)
    return is_had and any(child.dep_ == "dobj" and child.lemma_.lower() in _TROUBLE for child in verb.children)


def _only_seems(verb: Token, subject: Token) -> bool:
    """Tell whether it only leads to what seems so: "it seems never had such issue"; "it seems broken" tells."""
    if subject.lower_ != "it":
        return False
    if any(child.lower_ in {"seems", "appears"} for child in verb.children if child.i < verb.i):
        return True
    return verb.lemma_.lower() in {"seem", "appear"} and not any(
        child.dep_ in {"acomp", "xcomp", "oprd", "prep"} for child in verb.children
    )


def _is_said_of(verb: Token, subject: Token) -> bool:
    """Tell whether it is "package said to be delivered", or what hangs on "they are saying like"."""
    if verb.dep_ == "advcl" and verb.head.lemma_.lower() in _SAYING and any(child.lower_ == "like" for child in verb.children):
        return True
    return verb.lemma_ == "say" and subject.lower_ in known_things() and any(child.dep_ == "xcomp" for child in verb.children)


def _tells_the_time(verb: Token, subject: Token) -> bool:
    """Tell whether it is "it's 12 now", or a time run together with what did not come in it: "it's been 2 hours I got nothing"."""
    what = next((child for child in verb.children if child.dep_ in {"attr", "acomp"}), None)
    if subject.lower_ != "it" or verb.lemma_ != "be" or what is None:
        return False
    return what.like_num or (
        what.lower_ in TIMES and any(child.dep_ in {"ccomp", "relcl"} for one in (verb, what) for child in one.children)
    )


def _is_mere_scorn(verb: Token, subject: Token) -> bool:
    """Tell whether it only says what they are, "this company is truly awful", or "this is not the way"."""
    if first_of(verb).lower_ == "could" and is_denied(verb) and any(one.lower_ == "more" for one in verb.subtree):
        return True  # "you couldn't have picked a more useless shelf"
    if subject.lower_ == "this" and any(child.dep_ == "attr" and child.lower_ in {"way", "joke", "end"} for child in verb.children):
        return True
    if verb.lemma_ != "be" or not (subject.pos_ in {"PROPN", "PRON"} or subject.lower_ in _THEMSELVES):
        return False
    return any(child.dep_ == "acomp" and child.lower_ in read_words("heated") for child in verb.children)


def _is_said_or_ordered(head: Token) -> bool:
    """Tell whether what hangs on a verb is what somebody said or hoped, or what is to be made sure of."""
    is_order = head.tag_ == "VB" and not any(child.dep_ in SUBJECTS | AUXILIARIES for child in head.children)
    if (head.lemma_.lower() in _THOUGHT and any(child.lower_ in SPEAKER for child in head.children)) or _is_said_by_them(head):
        return False
    return is_order or head.lemma_.lower() in SAID or any(one.lemma_.lower() == "make" and one.tag_ == "VB" for one in head.ancestors)


def _is_said_by_them(head: Token) -> bool:
    """Tell whether the customer is who said it: "I am trying to inform you that my card is charged"."""
    first = head.head if head.dep_ == "xcomp" else head
    return head.lemma_.lower() in _THEY_SAY and any(child.lower_ in SPEAKER and child.dep_ == "nsubj" for child in first.children)


def _is_background(verb: Token) -> bool:
    """Tell whether it only tells what they ordered, and goes on to nothing else, or how they feel about it."""
    if any(child.dep_ == "xcomp" and child.lemma_.lower() in _SAYING for child in verb.children):
        return True  # "I have to say"
    is_able = not is_denied(verb) and any(child.dep_ == "acomp" and child.lower_ == "able" for child in verb.children)
    if is_able or (verb.lemma_ == "be" and any(child.dep_ == "acomp" and child.lemma_.lower() in _FEELINGS for child in verb.children)):
        return True
    return verb.lemma_.lower() in _BACKGROUND and not is_denied(verb) and not any(child.dep_ == "conj" for child in verb.children)


def ends_in_background(verb: Token, span: Span) -> bool:
    """Tell whether only what they ordered is left of "I ordered a lamp and got a chair"."""
    doer = next((child for child in verb.children if child.dep_ == "nsubj"), None)
    kinds = _BOUGHT | {"speak", "talk"} if doer is None else _BACKGROUND
    if (doer is not None and doer.lower_ not in SPEAKER) or verb.lemma_.lower() not in kinds or is_denied(verb):
        return False
    return not any(child.dep_ == "conj" and child.i < span.end for child in verb.children)


def is_denied(verb: Token) -> bool:
    return any(child.dep_ == "neg" for child in verb.children)


def is_supposed(verb: Token) -> bool:
    opened = {child.lower_ for child in verb.children if child.dep_ in {"mark", "advmod"} and child.i < verb.i}
    opened -= _HAPPENED if first_of(verb).tag_ == "VBD" else set()
    above = {child.lower_ for one in verb.ancestors for child in one.children if child.dep_ in {"mark", "advmod"}}
    return bool(opened & _SUPPOSING or above & _SUPPOSED)

"""Reading an answer in words: a wish, a yes, one of several things offered."""

import re
from collections.abc import Sequence

from bot.cases.order import stem
from bot.cases.remedy import RemedyKind

_WISHES = {
    RemedyKind.REFUND: r"\b((full|whole) (refund|amount|sum|price|money|\$?\d+)|refund(ed)?"
    r"|money back|(my|the) money\b.{0,25}\bback|reimburse(d|ment)?|give me back my money)\b"
    r"|\b((can|could|may|shall) i|(want|like|prefer|rather) to)( just| please)? (return|send|give|bring|take) (it|this|them)( back)?\b",
    RemedyKind.REPLACEMENT: r"\b(replace(d|ment)?|new one|another one|exchange|(right|correct) (one|item)|resend"
    r"|send (it|them|one|another) again)\b",
    RemedyKind.REDELIVERY: r"\b(re-?deliver(y|ed)?|send it again|resend|express)\b",
    RemedyKind.PARTIAL_REFUND: r"\b(part(ial)? refund|discount|keep (it|them)|(something|money|a bit) off"
    r"|(bit|part|some) of (the |my )?money"
    r"|(i['’]?ll|i will|i['’]?d|rather|like to|want to|let me) keep (the|this|that)"
    r"|(?<!would )(?<!why )(i['’](d|ll)|i will|i can|then|rather|^\W*i) (rather )?wait)\b",
    RemedyKind.CALLBACK: r"\b(call me|call ?back|ring me|phone me)\b",
    RemedyKind.VOUCHER: r"\b(voucher|coupon|store credit)\b",
}
# A "no" before the word, in the same breath: "no, a refund" and "not a voucher but a refund" do ask for one.
_NEGATED = re.compile(
    r"\b(not?|(don|doesn|didn)['’]?t|never|without|instead of)\b"
    r"([^\w,.;:?]+(?!but\b)\w+){0,3}[^\w,.;:?]*$",
    re.IGNORECASE,
)
_IN_FULL = re.compile(r"\b(full|whole|entire)\b|\ball of it\b|\ball (of )?(my|the) money\b", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(instead|rather|after all|on second thoughts?)\b", re.IGNORECASE)
_TAKES_BACK = re.compile(
    r"\bchang(ed?|ing) my mind\b|\b(stop|cancel|undo) (it|that|this|the)\b"
    r"|\b(do ?n['’]?t|do not) (send|ship|do) (it|that|the|me)\b",
    re.IGNORECASE,
)
# Bought elsewhere already: "I had to buy a new one" asks for none.
_BOUGHT = re.compile(
    r"\b(had to|have had to|forced to|ended up) (buy|get|order|buying|getting|ordering)\b[^,.;:?]{0,20}$|\bbought\b[^,.;:?]{0,12}$",
    re.IGNORECASE,
)
# Had already: "they gave me a coupon" wishes for none.
_HAD = re.compile(
    r"(\b(i|we) (am|was|were|have been) able to get|\b(got|gave|received|credited)|(?<!be )\bgiven|\bthey (will|would))\b"
    r"( (me|us|only|back|just|give|issue))*"
    r"( (a|an|the|my|some|full|only|[£$€₹]?\d+))*\W*$",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\s*[👍👌✅]|^\W*(yes|yep|yeah|yup|y|ok(ay)?|sure|correct|right|please do|go ahead|do (it|that)|confirm(ed)?|agreed?|fine)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(but|not|no|never|wait|unless|stop|if|maybe|perhaps|later)\b|n['’]t\b|\b(dont|doesnt|cant|wont)\b", re.IGNORECASE)
_ASKS_BACK = re.compile(r"^\W*(ok(ay)?|sure|right|correct|fine)\b.*\?", re.IGNORECASE | re.DOTALL)
_REPAIR = re.compile(r"\b(repair(ed|s|ing)?|mend(ed|ing)?)\b", re.IGNORECASE)
# How it is to be delivered: no condition of the yes that it stands beside.
_DELIVERY = re.compile(
    r"\b(leave|drop|hand|put|bring|deliver)( \w+){1,3} (with|at|to|in|by|behind|under|next|on|before|after|outside)\b"
    r"|\b(neighbou?rs?|safe place|concierge|porch|gate code|door ?bell|number \d+\w?)\b|\b(not )?(before|after) \d",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(if|unless|only|provided|as long as)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,.;!\n]+|\bbut\b|\band\b", re.IGNORECASE)
_CANCELS = re.compile(
    r"\b(want|need|like|wish|please|pls|can|could|may|how (do|can|would)|decided|going|have) (\w+ ){0,3}cancel\b"
    r"|^\W*((hi|hello|hey|please|pls|just)\W+)*cancel (my|the|this|that|it|order)\b",
    re.IGNORECASE,
)
# What makes the wish to cancel a complaint: it was tried, refused, charged for, or something else went wrong.
_TROUBLED = re.compile(
    r"\b(cancell?ed|cancels|cannot|could|not|never|no|nobody|refus\w*|tr(y|ied|ying)|charged?"
    r"|still (?!being|pack|processing|in|can|time|possible)|fees?|days?|weeks?|hours?|why|again|late"
    r"|broken?|wrong|but)\b|n['’]t\b|\b(wont|cant|doesnt|didnt)\b",
    re.IGNORECASE,
)
_NEEDS_NOT = re.compile(r"\b(?:i|we) (?:do|have|did)(?:n['’]?t| not)\b|\bno longer\b", re.IGNORECASE)  # "I don't need it any more"
LONGEST_WISH = 30  # words; in more, something is told besides
_NO = re.compile(r"^\s*[👎❌🚫]|^\W*(no|nope|nah|not|don['’]?t|stop|wait|neither|none)\b", re.IGNORECASE)
_ALL = re.compile(
    r"\b(all(?! (of )?(my|the) money)( of (them|it))?|everything|both|every (item|one)|the (whole|entire) (order|thing|lot))\b",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(
    r"\bnot (all|everything|both|every|the (whole|entire))\b"
    r"|\b(that['’]?s|that is|at|after) all\b(?! of)",
    re.IGNORECASE,
)
LONGEST_CHOICE = 7  # words of a message in which a word of a label may choose it
_EMPTY = frozenset(
    "the and for you your with when tell have has this that what was were from them they not want would like just can will its it'".split()
)
# "The second", "second option please": a place in the list. "The second charge first" is something of their own.
_ITS_PLACE = (
    r"(?:(?:^\W*|\bthe ){word}(?=\W*$|\W*[,.;!?(]|\W+(?:please|thanks|then|for me|is|sounds|and|of (?:them|these|those|the))\b)"
    r"|(?<!\bone )\b{word}(?= (?:one|option|choice|way|item|thing|offer|suggestion)\b))"
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}


def wishes(said: str) -> list[RemedyKind]:
    """The remedies a customer asks for, in the order they stand; "I don't want a refund" asks for none."""
    found = [(match.start(), kind) for kind, pattern in _WISHES.items() for match in re.finditer(pattern, said, re.IGNORECASE)]
    unmeant = (_NEGATED, _BOUGHT, _HAD)
    meant = sorted((start, kind) for start, kind in found if not any(one.search(said[:start]) for one in unmeant))
    kinds = list(dict.fromkeys(kind for _, kind in meant))
    # "I'd rather wait and have the money back you offered" gives nothing up: it is the part; "the full refund and keep it" is the whole.
    both = [kind for kind in kinds if kind in (RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND)]
    dropped = RemedyKind.PARTIAL_REFUND if _IN_FULL.search(said) else next(iter(both[1:]), None)
    return [kind for kind in kinds if len(both) < 2 or kind is not dropped]


def asks_to_cancel(said: str) -> bool:
    """Wants an order cancelled and complains of nothing: there is nothing to be sorry for, and nothing to look into."""
    wish = _CANCELS.search(said)
    rest = said.replace(wish.group(), " ") if wish else ""
    return bool(wish) and len(said.split()) <= LONGEST_WISH and not _TROUBLED.search(_NEEDS_NOT.split(rest)[0])


def takes_back(said: str) -> bool:
    """Takes back what was agreed: "stop it", "I've changed my mind"."""
    return bool(_TAKES_BACK.search(said))


def wants_instead(said: str) -> bool:
    """Wants something in place of what was agreed, so that a wish beside it changes that: "I want my money back instead"."""
    return bool(_INSTEAD.search(said)) or takes_back(said)


def is_yes(said: str) -> bool:
    """An explicit yes at the start, with no "but" in it and no question back: money moves on nothing less."""
    return bool(_YES.match(said)) and not holds_back(said)


def delivery_note(said: str) -> str:
    """How it is to be delivered, as told beside a yes: "leave it with the neighbour at 14"; empty where nothing is said of it."""
    return ", ".join(clause.strip() for clause in _CLAUSE_END.split(said) if _tells_delivery(clause))


def _tells_delivery(clause: str) -> bool:
    """Whether it says how to deliver, and makes the yes hang on nothing: "only if you leave it there" does."""
    return bool(_DELIVERY.search(clause)) and not _CONDITION.search(clause)


def without_delivery(said: str) -> str:
    """The same message without how it is to be delivered."""
    if not delivery_note(said):
        return said
    return ", ".join(clause.strip() for clause in _CLAUSE_END.split(said) if clause.strip() and not _tells_delivery(clause))


def holds_back(said: str) -> bool:
    """A "but" or a question back: whatever else it says, it is no explicit yes."""
    return bool(_BUT.search(said) or _ASKS_BACK.match(said))


def named_remedies(said: str) -> list[RemedyKind]:
    """The remedies a question is about: those asked for, and a repair, which elsewhere is often one that failed."""
    return wishes(said) or [RemedyKind.REPAIR] * bool(_REPAIR.search(said))


def is_no(said: str) -> bool:
    return bool(_NO.match(said))


def wants_all(said: str) -> bool:
    return bool(_ALL.search(said)) and not _NOT_ALL.search(said)


def position(said: str, count: int) -> int | None:
    """Which of `count` things is meant by its place: "2", "the second one", "last"; None where none is."""
    text = said.lower().strip()
    bare = re.fullmatch(r"\W*(?:number|no\.?|option|item)?\W*(\d)\W*", text)
    places = [int(bare.group(1))] if bare else [place for word, place in _ORDINALS.items() if re.search(_ITS_PLACE.format(word=word), text)]
    if not places and re.search(r"\blast (one|item|option)\b|^(the )?last\W*$", text):
        places = [count]
    return places[0] if len(places) == 1 and 1 <= places[0] <= count else None


def best_label(said: str, labels: Sequence[str]) -> int | None:
    """The one label that shares the most words with what was said; None where none or several do. A clause in which so much is said
    that a word of a label proves nothing does not count, nor one that holds back: "don't cancel it" is not "cancel it"."""
    clauses = [one for one in _CLAUSE_END.split(said) if len(one.split()) <= LONGEST_CHOICE and not holds_back(one)]
    words = {word for clause in clauses for word in _telling(clause)}
    shared = [len(words & _telling(label)) for label in labels]
    best = max(shared, default=0)
    return shared.index(best) if best and shared.count(best) == 1 else None


def _telling(text: str) -> set[str]:
    """The words that tell one label from another."""
    return {stem(word) for word in re.findall(r"[a-z0-9]{3,}", text.lower())} - _EMPTY


def postcodes(said: str, asked: bool) -> tuple[str, ...]:
    """What looks like a postcode: where one was asked for, or where the word stands beside it."""
    letters = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
    if asked or re.search(r"\b(zip|post ?code|postal)\b", said, re.IGNORECASE):
        return tuple(re.findall(rf"\b(?:{letters}|\d{{4,6}}(?:-\d{{4}})?)\b", said, re.IGNORECASE))
    return tuple(re.findall(rf"\b(?:{letters})\b", said))  # "SE1 9GF" is nothing else

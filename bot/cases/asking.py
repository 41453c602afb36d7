"""Whether a message asks something, and of what: where an order is, what a remedy does."""

import re

_QUESTION = re.compile(
    r"\?|^\W*((so|and|but|also|yes|yeah|ok|okay|fine|well|oh|hm+|no)\W+)*((for|to|from|on|in|by|of|at|with) )?"
    r"(what|how|when|why|which|where|who|is|are|does|did|will|do (i|you|u|we|they|your))\b"
    r"|\b(of|for|about) what\W*$",
    re.IGNORECASE,
)
# What the effect of a remedy tells: which day, which items, what sum, to which card, whether anything goes back.
_DETAIL = re.compile(
    r"\b(when|how (long|soon|fast|many|much)|(what|which) (day|date|time|items?|one|ones|product|things?|order|card|account|amount|sum))\b"
    r"|\b(for|on|to) (what|which)\b|\b(my|the|same|this|that) (card|account|bank|pay ?pal|visa|mastercard)\b|\bwhere (does|do|will)\b"
    r"|\b(send|return|bring|give|post|ship|mail)\b( \w+){0,3} back\b|\breturn (it|them|anything|this|that)\b"
    r"|\bback to (you|u|the (shop|store))\b|\bkeep (it|them|this|that)\b"
    r"|\b(free|cost|charged?|pay)\b|\ball of it\b|\bin full\b|\bthe (full|whole)\b|\bboth\b",
    re.IGNORECASE,
)
_WHAT_THAT_IS = re.compile(r"\b(is|are|was|were) (that|this|it|those|these|the)\b", re.IGNORECASE)
_WHERE = re.compile(
    r"\bwhere(['’]?s| is| are| r)\b.{0,20}\b(my|our|the)\b"
    r"|\bwhen (is|are|will|does|do)\b.{0,40}\b(com(e|ing)|arriv\w+|here|get)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_REQUEST = re.compile(r"\b(can|could|may|would|shall|will) (i|you|we)\b|\bplease\b", re.IGNORECASE)


def is_question(said: str) -> bool:
    """Asks something, and is no request such as "can I have the refund?"."""
    return bool(_QUESTION.search(said)) and not _REQUEST.search(said)


def holds_question(said: str) -> bool:
    """Whether any of its sentences asks something: "A refund of what. I have not paid"."""
    return any(map(is_question, _SENTENCE_END.split(said)))


def statements(said: str) -> str:
    """The sentences that ask nothing: "Fine, the refund." of "Fine, the refund. Does it go to my card?"."""
    return " ".join(one for one in _SENTENCE_END.split(said) if not is_question(one))


def asks_for_detail(said: str) -> bool:
    """Asks for what the record tells of a remedy: its day, items, sum, where the money goes, whether anything is sent back."""
    return bool(_DETAIL.search(said))


def asks_what_that_is(said: str) -> bool:
    """Asks what something just said is or is for: "is that for the mug?"."""
    return bool(_WHAT_THAT_IS.search(said))


def asks_where(said: str) -> bool:
    """Asks where an order is or when it comes."""
    return bool(_WHERE.search(said))

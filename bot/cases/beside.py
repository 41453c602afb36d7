"""What a customer may say beside the matter, in plain words that no classifier needs: a question back, a change, a fresh start."""

import re

# A question about us or about what goes on; each has its answer in data/responses/answers.yml.
_TOPICS = {
    "hours": (
        r"\b(opening|business|office|working|support) (hours|times?)\b",
        r"\bwhat (time|hours) (do|are) (you|your)\b",
        r"\bare you open\b",
        r"\bwhen (are|do) (you|your (people|staff|team)|agents|people) (there|open|close|available|work|answer)\b",
    ),
    "returns": (
        r"\bhow (do|does|is|are) (returns?|returning|exchanges?|refunds?)\b",
        r"\b(return|exchange|refund|cancellation)s? (policy|policies|rules|window|period)\b",
        r"\bhow (long|many days) (do|have) i (have|got)? ?(to|for) (return|send|exchange)\b",
    ),
    "privacy": (
        r"\b(privacy|gdpr|data protection)\b",
        r"\bwhat (do|will) you do with my (data|details|email|number|information)\b",
    ),
    "why_asked": (
        r"^\W*(but )?why (do|would|are|should) (you|i) (\w+ )?(need|ask|asking|want|give|share|tell)\b"
        r".{0,20}\b(it|that|this|my|for|you|know)\b",
        r"^\W*what('s| is) (that|it|this) for\b",
        r"^\W*what do you need (it|that|this|them|my \w+) for",
    ),
    "what_next": (
        r"\bwhat (happens|comes|is) (now|next|then)\b",
        r"\bwhat('s| is) going to happen\b",
        r"^\W*(and )?(now|then) what\b",
        r"\bnext steps?\?",
    ),
    "say_again": (
        r"^\W*(what|sorry|pardon( me)?|come again|huh|eh|i don'?t (understand|get it|follow))\W*$",
        r"\b(say|repeat) (that|it|the question) again\b",
        r"\bwhat do you mean\b",
        r"\bcan you repeat\b",
        r"^\W*(well\W+)?(any ?(one|body)( (here|there|home))?|(are )?(you|u) (still )?(there|here)|still there)\W*$",
    ),
}
_DROPS = re.compile(
    r"\b(forget (it|about it|that)|never ?mind|no need|don['’]?t bother|leave it( be| at that)?)\W*$"
    r"|\b(nothing|nothin)(['’]?s| is| was)? (wrong|happened|broken)\b|\bno (complaint|problem|issue)s?( at all)?\W*$"
    r"|^\W*(no[,. ]+)?(it['’]?s|its|that['’]?s|thats) (all )?(fine|ok|okay|good)( as it is)?\W*$",
    re.IGNORECASE,
)
_CONTROLS = {
    "transcript": (
        r"\b(e-?mail|send|mail|forward) me (a |the |this |my )?(copy|chat|transcript|conversation)\b",
        r"\b(copy|transcript) of (the|this|our|my) (chat|conversation|talk)\b",
    ),
    "erase": (
        r"\b(delete|erase|remove|wipe) (all )?(of )?(my|the) (\w+ )?(data|details|information|account data|record)\b",
        r"\bright to be forgotten\b",
    ),
    "start_again": (
        r"\b(start|begin) (again|over|afresh|anew|from (the )?(scratch|beginning|start))\b",
        r"^\W*(restart|reset)\W*$",
        r"\bfrom scratch\b",
    ),
    "not_asked": (
        r"\b(that('| i)?s|this is|it('| i)?s) not what i (asked|said|meant|wanted|want|wrote)\b",
        r"\b(that|this|it) (isn'?t|wasn'?t|is not) what i (asked|said|meant|wanted)\b",
        r"\b(did not|didn'?t|never) (ask|asked) (for )?(that|this)\b",
        r"\byou('re| are)? not (answering|listening|getting it)\b",
        r"\bnot what i asked\b",
    ),
    "review": (
        r"\b(show|tell|read) me (what|everything|all) (you|you've|i|i've) (have|got|know|noted|told|wrote|said)\b",
        r"\bwhat (have|do) you (have|got|know) (so far|on this|about (it|this|my case))\b",
        r"^\W*(change|edit|review|correct(?= \w))( something| (my|the) (details|answers|facts))?\W*$",
        r"\bsomething (is|'s) wrong (there|with (that|it|what you have))\b",
    ),
    "edit:order_number": (
        r"\b(no|not that|the|a|i meant)\b.{0,12}\b(other|different) order\b(?! (came|arrived|was|is))",
        r"\b(change|correct|edit) the order\b",
        r"\bwrong order (number|no)\b",
    ),
    "edit:items": (
        r"\b(change|correct|edit) the items?\b",
        r"\bnot that (item|one)\b",
        r"\b(wrong|other|different) (item|product|one) (there|in your list)\b",
    ),
    "edit:phone": (r"\b(change|correct|edit) (the |my )?(phone( number)?|telephone|call-?back number)\b",),
}
_TOPIC = {name: re.compile("|".join(ways), re.IGNORECASE) for name, ways in _TOPICS.items()}
_CONTROL = {name: re.compile("|".join(ways), re.IGNORECASE) for name, ways in _CONTROLS.items()}
TOPICS = tuple(_TOPICS)
LONGEST_QUESTION = 20  # words; in a longer one it is the story that counts


def topic_asked(said: str) -> str | None:
    """The question back that a short message asks, or None."""
    return _first(_TOPIC, said)


def control(said: str) -> str | None:
    """A fresh start, a look at what is known, a change of one fact; None for anything else."""
    return _first(_CONTROL, said)


def _first(patterns: dict[str, re.Pattern[str]], said: str) -> str | None:
    if len(said.split()) > LONGEST_QUESTION:
        return None
    return next((name for name, pattern in patterns.items() if pattern.search(said)), None)


def drops(said: str) -> bool:
    """Whether they want nothing of what is offered, and nobody: "it's fine, forget it"."""
    return bool(_DROPS.search(said))

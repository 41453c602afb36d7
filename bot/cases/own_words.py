"""A customer's own words, found without a parse: short clauses that can be said back as they stand, and spans of time."""

import re
from collections.abc import Iterator

FEWEST, MOST = 3, 6  # words of a clause; "didn't" is heard as two
_LONGEST_READ = 900  # characters: what went wrong is told early
# Where a clause ends whatever follows: a mark, or a word that joins the next one to it.
_BREAK = re.compile(
    r"[.!?;:,…\n()*~|]+|\s[-–—]+\s|(?<=[^\W\d_])[-–—]{2,}"
    r"|\s(?=(?:and|but|because|so|when|while|which|that|who|yet|although|though|if|until|till|or|then|as|cause|coz|cuz|bcoz|plus|also"
    r"|even|where|what|why|how|whereas|however|hence|since)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")
_FILLER = frozenset("and but so also then plus even now well yes no. ok okay oh just still, again, because however hence".split())
# A clause may end before one of these: where, when and with what may be left out.
_LEFT_OUT = frozenset(
    "over about for in on at since with from by after before despite without today yesterday within during through via".split()
)
_NO_START = frozenset(
    "of to for in on at since with from by after before despite via into onto about than or and but that which who whom whose when"
    " while if unless until till as because so be been being is are was were am has have had do does did like just very too really"
    " though ever even only such more most less any some then also let lets make making don't didn't doesn't dont didnt doesnt".split()
)
_NO_END = frozenset(
    "i we he she they you it's is are was were am be been has have had do does did a an the my your our their his her its this"
    " very so too and but or not to of for in on at with from by than that which who if as more most some any no every all both"
    " first second next last go going get getting got make made being just really only even such like into about i'm i've im ive"
    " can can't cannot cant won't wont didn't didnt don't dont doesn't doesnt isn't isnt wasn't wasnt haven't havent hasn't hasnt"
    " nothing anything turn turned log logged hang hung pass passed hold deal dealing come came go went show sign signed end ended"
    " such though rs inr usd rid look looking looked works worked work stand deliver delivered waiting wait waited argue charge charges fee"
    " always never still already called said many much few few one two three these those give gave send sent received receive ordered"
    " order put keep keeps kept trying want wanted told asked paid charged without between under over your".split()
)
# Requests, questions, talk about talk, vows: said back, they would be odd or hurt.
_NOT_SAID_BACK = re.compile(
    r"\b(will|shall|would|could|should|may|might|must|gonna|pl[sz]+|please|plss|kindly|sorry|apolog\w+|regret\w*|hi|hello|hey|dear|thanks?|thx"
    r"|lol|lmao|omg|smh|rt|dm|who|what|when|where|why|how|whom|think|guess|know|believe|hope|wish|wants?|need|needs|wonder\w*"
    r"|suppos\w+|imagine|something|everything|soon|shortly|asap|help|person|idk|btw|fyi|congrat\w*|great|thank\w*|amazing|wow|love\w*|nice|best|awesome|kudos"
    r"|u|ur|r|ya|n|hai|nahi|kya|bhai|yaar|bro|sir|madam|guys|dude|man|tag\w*|tweet\w*|hashtag\w*)\b"
    r"|\b(idiot|moron|stupid|fool|liar|lying|thie[vf]|crook|scam|fraud|cheat|looter|robber|criminal|joke|shame|disgrac|pathetic|ridiculous"
    r"|disgust|garbage|trash|rubbish|useless|incompeten|lousy|worst|sue|lawyer|court|police|death|die[ds]?\b|dead"
    r"|kill|suicid|rap(e|ist)|racis|hate|loot|nonsense|crap|clown|scum|loser|dumb|retard|ass\b|asses|arse|bastard|bastered|bitch|damn|hell\b"
    r"|bloody|bull|shit|f+u*c*k|fck|fuk|wtf|ffs|piss|dick|screw|suck|cunt|prick|bs\b|chutiya|bc\b|mc\b|harami|bakwas|poison|sick|ill\b"
    r"|hospital|injur|blood|bleed|cancer|pregnan)\w*",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(not|never|no|nobody|nothing|none|nowhere|without|still|again|twice|\w+n['’]t|dont|didnt|doesnt|isnt|wasnt|cant|wont|havent|hasnt"
    r"|br[eo]k\w*|crack\w*|damag\w*|shatter\w*|smash\w*|crush\w*|dent\w*|scratch\w*|torn|tore|ripped|leak\w*|spil[lt]\w*|burst|faulty|defect\w*"
    r"|stain\w*|dirty|mou?ld\w*|rotten|spoil\w*|stale|expired?|raw|(under|over)cooked|burn\w*|soggy|cold|tasteless|bland|sm[ea]ll\w*|stink\w*"
    r"|wrong\w*|incorrect\w*|different|late|delay\w*|overdue|wait\w*|stuck|slow\w*|reschedul\w*|postpon\w*|lost|miss\w*|vanish\w*|disappear\w*"
    r"|empty|incomplete|short|gone|stolen|undelivered|overcharg\w*|charg\w*|deduct\w*|debit\w*|doubled?|duplicate|cancel\w*|declin\w*"
    r"|reject\w*|den(y|ies|ied)|refus\w*|block\w*|lock\w*|bounc\w*|ignor\w*|hung|rude\w*|unhelpful|shout\w*|yell\w*|insult\w*|abrupt|crash\w*"
    r"|fr[eo]e?z\w*|frozen|fail\w*|errors?|down|outage|glitch\w*|unavailable|disconnect\w*|drop(s|ped)|lag\w*|disappoint\w*|poor\w*|bad|badly"
    r"|thin|small\w*|tight|loose|faded|fake|shrunk|unusable|unresolved|unanswered|pending|impossible|mixed|mess\w*|problems?|issues?|trouble"
    r"|refund\w*|replac\w*|instead|receiv\w*|got|argu\w*|horribl\w*|terribl\w*|mark(ed|s)|wast\w*|forg[eo]t\w*|left|took|taken|unable|worse|corrupt\w*|flicker\w*|quit|stopped|stops?|shut\w*|broken?|unprofessional|half|extra)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(r"[\"“”@#<>/\\&=_|+]|\d{5}|(?:\d[ -]?){7}|[^\x20-\x7e’‘–—]")
_SPAN = re.compile(
    r"\b(?:(?P<about>more than|over|almost|nearly|about|around|past|last|another|within|less than|under) )?"
    r"(?P<count>\d{1,3}(?:\.5)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) ?"
    r"(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?)\b(?! (?:old|ago old|experience|warranty|of experience))",
    re.IGNORECASE,
)
# Said shortly where there is no room: "I am still waiting for my card" as "still waiting for my card".
_LEAD = re.compile(
    r"(?:(?:i|we) (?:am|are|have been|had been)|i['’]m|i['’]ve been|we['’]re|we['’]ve been|im)"
    r" (?=(?:still|again|waiting|stuck|missing|unable)\b)",
    re.IGNORECASE,
)
_TELL_NOTHING = frozenset("this that with have your they been still were very just from".split())
_THIN = 2  # words that tell something; a phrase of fewer says little, such as "I am waiting"
_UNITS = {"min": "minute", "hr": "hour", "wk": "week", "yr": "year"}


def quotes(text: str, phrase: str | None = None) -> list[str]:
    """The clauses that can be said back as they stand, the one that tells most first, and none sharing words with it.

    `phrase` was found by a parse and stands first, unless a clause around it tells more.
    """
    found = (one for one in map(_quotable, _clauses(text[:_LONGEST_READ])) if one)
    held = sorted(dict.fromkeys(found), key=_telling, reverse=True)
    if phrase:
        around = next((one for one in held if _tokens(phrase) & _tokens(one) and len(_tokens(one)) > len(_tokens(phrase))), None)
        held = [around if around and len(_tokens(phrase)) < _THIN else phrase, *held]
    kept: list[str] = []
    for one in held:
        if not any(_tokens(one) & _tokens(other) for other in kept):
            kept.append(one)
    return kept


def spans(text: str) -> list[str]:
    """The time spans told, in whole words: "more than 2 hrs" is "more than 2 hours"."""
    return list(dict.fromkeys(_spelled(found) for found in _SPAN.finditer(text)))


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """Each clause, and whether it stands in a question."""
    start = 0
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        yield text[start:end].strip(), bool(found and "?" in found[0])
        start = found.end() if found else end


def _quotable(clause: tuple[str, bool]) -> str | None:
    text, is_asked = clause
    words = _WORD.findall(text)
    while words and words[0].lower() in _FILLER:
        words.pop(0)
    if is_asked or len(words) < FEWEST or words[0].lower() in _NO_START:
        return None
    kept = _cut(words)
    said = " ".join(kept)
    sound = kept and _TROUBLE.search(said) and not _NOT_SAID_BACK.search(said) and not _PRIVATE.search(said) and not said.isupper()
    return said if sound else None


def _cut(words: list[str]) -> list[str]:
    """The whole clause where it is short enough, else up to the last word after which the rest may be left out."""
    if _length(words) > MOST and (lead := _LEAD.match(" ".join(words))):
        return _cut(words[len(lead[0].split()) :])
    for end in range(min(len(words), MOST), FEWEST - 1, -1):
        is_whole = end == len(words) or words[end].lower() in _LEFT_OUT
        if is_whole and _length(words[:end]) <= MOST and words[end - 1].lower() not in _NO_END:
            return words[:end]
    return []


def _length(words: list[str]) -> int:
    return len(re.findall(r"\w+", " ".join(words)))


def _telling(quote: str) -> tuple[int, int]:
    """More words that tell of trouble first, then the longer one."""
    return len(_TROUBLE.findall(quote)), len(quote.split())


def _tokens(text: str) -> frozenset[str]:
    """The words that tell something."""
    return frozenset(re.findall(r"[a-z]{4,}", text.lower())) - _TELL_NOTHING


def _spelled(found: re.Match[str]) -> str:
    count, unit = found["count"].lower(), found["unit"].lower().rstrip("s")
    whole = next((word for short, word in _UNITS.items() if unit == short), unit)
    about = f"{found['about'].lower()} " if found["about"] and found["about"].lower() not in ("past", "last") else ""
    if count in ("a", "an"):
        return f"{about}{'an' if whole == 'hour' else 'a'} {whole}"
    return f"{about}{count} {whole}" + ("" if count in ("one", "1") or about == "another " else "s")

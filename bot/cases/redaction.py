"""A customer's words without what names or numbers somebody, so that people and a model may learn from the rest.

In doubt it is taken out: a word too many is missed by nobody, a name too many cannot be called back. What stays are the words
that tell what went wrong, short figures, sums of money and days.
"""

import re
from collections.abc import Iterable, Iterator

from bot.cases.first_names import ALSO_WORDS, FIRST_NAMES

NAME, EMAIL, PHONE, ORDER, CARD = "[name]", "[email]", "[phone]", "[order number]", "[card]"
POSTCODE, ADDRESS, NUMBER, LINK, SECRET = "[postcode]", "[address]", "[number]", "[link]", "[secret]"
PLACEHOLDERS = (NAME, EMAIL, PHONE, ORDER, CARD, POSTCODE, ADDRESS, NUMBER, LINK, SECRET)
# What is known of the customer or was heard in the message, by the names that the parse and the orders have for it.
KNOWN = {
    "person_name": NAME,
    "name": NAME,
    "email": EMAIL,
    "phone": PHONE,
    "order_number": ORDER,
    "reference": ORDER,
    "card": CARD,
    "zip": POSTCODE,
    "postcode": POSTCODE,
    "address": ADDRESS,
    "street": ADDRESS,
}
Found = tuple[int, int, str]  # from, to, what stands there instead

_PLACEHOLDER = re.compile("|".join(map(re.escape, PLACEHOLDERS)))
_MASKED_CARD = re.compile(r"\[card ending \d+\]")
_EMAIL = re.compile(
    r"[\w.%+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+|\S+@\S+"
    r"|[\w.%+-]+\s*(?:\bat\b|[(\[]at[)\]])\s*[\w-]+\s*(?:\.|\bdot\b|[(\[]dot[)\]])\s*"
    r"(?:com|net|org|info|edu|me|in|de|fr|eu|co)\b(?:\s*(?:\.|\bdot\b)\s*[a-z]{2}\b)?",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|info|uk|de|fr|eu)\b(?:/\S*)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w+")

# A run of figures as people group them, with what may lead it: "W 261-1340", "+44 (0)20 7946 0958", "#88".
_FIGURES = re.compile(
    r"(?<![\w.])(?<!\d,)[+(#]?(?:[a-z]{1,4}-?|[b-hj-z] )?\d(?:(?:[ ()/\-\u2013\u2011\u00a0]{0,3}|\.)\d)+(?!\w)"
    r"|(?<!\w)#\s?(?=[a-z-]*\d)[\w-]+",
    re.IGNORECASE,
)
_MIXED = re.compile(r"(?<!\w)(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z\d]+(?:[-_/][a-z\d]+)*(?!\w)", re.IGNORECASE)
_LONG_RUN = re.compile(r"\d{5,}")  # whatever it is glued to
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:-\d+)?(?:st|nd|rd|th|m?l|k?g|mg|lbs?|oz|rs|inr|usd|eur|gbp|k|[ap]m|hrs?|hours?|mins?|minutes?|s|secs?|days?|weeks?|wks?"
    r"|months?|yrs?|years?|[gmt]b|inch|in|[cm]m|km|x|p|w|v|h|d|stars?|ish)(?:/?\d{1,2})?|24/7|[a-z]+-?\d{1,2}",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}(?:[./-](?:19|20)?\d\d)?|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|\d{1,2} ?- ?\d{1,2}")
_TIME = re.compile(r"\d{1,2}[.:]\d\d(?: ?- ?\d{1,2}[.:]\d\d)?")
_SUM = re.compile(r"\d{1,3}(?:[ ,.']\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?")
_MONEY_BEFORE = re.compile(r"(?:[$£€₹]|\b(?:rs|inr|usd|eur|gbp)\.?)\s?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"(?:[.,]\d{1,3})*\s?(?:rs\b|inr\b|rupees?\b|usd\b|dollars?\b|bucks\b|quid\b|pounds?\b|eur(?:os?)?\b|gbp\b|/-|[₹€£$%])", re.IGNORECASE
)
_BORN = re.compile(r"\b(?:born|birth\w*|d\.?o\.?b)\b[^.!?]{0,20}$", re.IGNORECASE)
_BANK = re.compile(r"\b(?:sort ?code|iban|account|acct|a/c|routing|passport|licen[cs]e|ssn|social security)\b[^.!?]{0,24}$", re.IGNORECASE)
_CALLED = re.compile(r"\b(?:phone|tel|telephone|mobile|cell|call|ring|text|whatsapp|reach|number is|contact)\b[^.!?]{0,24}$", re.IGNORECASE)
_OF_AN_ORDER = re.compile(r"\border\b[^.!?]{0,24}$", re.IGNORECASE)
_ANNOUNCED_NUMBER = re.compile(
    r"\b(?:order|booking|case|ticket|tracking|ref(?:erence)?|invoice|receipt|confirmation|customer|member(?:ship)?|parcel|claim)"
    r"(?:\s*(?:ids?|nos?|num|numbers?|nr|ref(?:erence)?|codes?)[\s:.#=-]*(?:is|was)?[\s:.#=-]*(?=[a-z]{0,4}-?\d)|\s+(?=\d{4}))"
    r"(?P<token>[a-z\d][\w-]*)",
    re.IGNORECASE,
)
_LOCATOR = re.compile(
    r"\b(?i:confirmation|booking|pnr|reservation|locator|ref(?:erence)?|voucher|code)(?:\s+(?i:code|number|no|id|ref))?"
    r"[\s:.#=-]*(?i:is|was)?[\s:.#=-]+(?P<token>(?=[A-Z\d]*[A-Z])[A-Z\d]{5,8})\b"
)
_SECRET = re.compile(
    r"\b(?:password|passcode|pin|cvv|cvc|otp|security code)\b(?:\s+(?:is|was)\s+|\s*[:=]\s*)(?P<token>\S*\w)", re.IGNORECASE
)

_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]\d\d\s[A-Z\d]{4})\b", re.IGNORECASE)
_ANNOUNCED_POSTCODE = re.compile(
    r"\b(?:post\s?code|zip(?:\s?code)?|pin\s?code|eircode)\b(?:\s+(?:is|was))?[\s:=-]+(?P<token>[a-z]{0,2}\d[a-z\d]*(?:\s\d[a-z]{2})?)",
    re.IGNORECASE,
)
_STREET = r"(?:street|road|avenue|ave|lane|boulevard|blvd|crescent|terrace|highway|nagar|marg|stra(?:ss|ß)e|parkway|mews)"
_SHORT_STREET = r"(?:St|Rd|Ln|Dr|Drive|Way|Place|Pl|Court|Ct|Close|Gardens|Square|Sq|Row|Walk|Hill|Park|Grove|Green|House)"
_NO_STREET = r"(?!(?:days?|weeks?|months?|hours?|times?|the|on|in|at|of|for|and|to)\b)"
_ADDRESS = re.compile(
    rf"(?<!\w)\d+[a-z]?,?\s+(?:{_NO_STREET}[\w'’.]+\s+){{1,3}}(?i:{_STREET})\b"
    rf"|(?<!\w)\d+[a-zA-Z]?,?\s+(?:[A-Z][\w'’.]*\s+){{1,3}}{_SHORT_STREET}\b"
    rf"|\b(?:[A-Z][\w'’]+\s+){{1,3}}(?:(?i:{_STREET})|{_SHORT_STREET})\b"
    r"|\b(?i:flat|apt|apartment|unit|suite)\s*(?i:no\.?|number|#)?\s*\d+[a-zA-Z]?\b|\b(?i:p\.?\s?o\.?\s?box)\s*\d+"
)
_LIVES = re.compile(
    r"\b(?:(?:my|our|the|new|old|delivery|shipping|home|billing|correct|right|following)\s+address(?:\s+(?:is|was)|:)"
    r"|(?:i|we)\s+live\s+(?:at|in|on))"
    r"\s+(?!(?:wrong|not|correct|right|fine|the same|still|missing|incomplete|on file)\b)(?P<token>[^.!?\n;]+)",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ANY_NAME = r"(?P<token>[^\W\d_][\w'’-]*(?:[ \t]+[^\W\d_][\w'’-]*){0,2})"
_CAPITAL_NAME = r"(?P<token>[A-Z][\w'’-]+(?:[ \t]+[A-Z][\w'’-]+){0,2})"
_ANNOUNCED_NAME = re.compile(
    r"\b(?:my\s+(?:full\s+|first\s+|last\s+)?(?:sur)?name(?:\s+is|'s|’s|s|:)?|(?:sur)?name\s*[:=-]|name\s+is|i\s+am\s+called|call\s+me"
    r"|ask\s+for|in\s+the\s+name\s+of|on\s+behalf\s+of|attn\.?|c/o|yours(?:\s+\w+)?,|(?:kind\s+|best\s+|warm\s+)?regards,?|sincerely,?"
    rf"|cheers,)\s+{_ANY_NAME}",
    re.IGNORECASE,
)
_TITLE = re.compile(rf"\b(?:(?i:mr|mrs|ms|mx|dr|prof)\b\.?|Miss)\s+{_ANY_NAME}")
_HERE = re.compile(rf"\b(?i:(?:this|it)(?:\s+is|['’]s)|i\s+am|i['’]?m)\s+{_CAPITAL_NAME}")
_ROLE = re.compile(
    r"\b(?i:named|called|agent|representative|rep|driver|manager|supervisor|courier|rider|colleague|neighbou?r|husband|wife|son|daughter"
    r"|brother|sister|mother|father|friend|spoke\s+(?:to|with)|talked\s+to|speak\s+(?:to|with)|served\s+by|told\s+by|hi|hello|dear|hey)"
    rf",?\s+{_CAPITAL_NAME}"
)
_AFTER_THANKS = re.compile(
    r"\b(?:thanks|thank you|thx|ty|best|love)\s*[,.!\n-]+\s*(?P<token>[^\W\d_]{2,}(?:\s+[^\W\d_]{2,})?)\s*[.!]?\s*$", re.IGNORECASE
)
_LAST_LINE = re.compile(rf"(?:\n\s*|\s[-–~]\s?){_CAPITAL_NAME}\s*[.!]?\s*$")
_SAID_OF_A_PERSON = re.compile(r"\s+(?:was|is|has|had|said|says|told|promised|refused|hung|kept|from|at|who|never|did|does|just)\b")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;\n]|[\"“(\]]|[-–]\s)\s*$")
# Words that are written large and name nobody, and those that stand in a message that writes every word large.
_NOBODY = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
    november december christmas easter diwali eid xmas english american british german european french spanish indian
    i i'm i've i'd i'll im ive id amazon ebay paypal visa mastercard amex google apple samsung android iphone ipad windows facebook
    instagram twitter whatsapp netflix spotify dhl fedex ups usps hermes evri dpd gls tnt royal mail wifi bluetooth ok okay
    a an the and or but if so not no yes hi hello hey dear please thanks thank you your yours sir madam maam team guys all
    me my mine myself we our us he she his her him it its they their them this that these those here there who what when where why how
    am is are was were be been being do does did done has have had can could will would shall should may might must cannot can't
    don't didn't doesn't isn't wasn't won't couldn't wouldn't haven't hasn't it's that's there's what's you're they're i’m i’ve
    from with for to of on in at by as about after before since until till up down out off over just now then still very really again
    never ever always also even only too already yet soon today tomorrow yesterday tonight morning evening week month day days weeks
    order orders ordered ordering number reference booking ticket case tracking parcel package delivery delivered refund refunded phone
    email mobile contact account card money payment charged charge twice wrong broken damaged missing lost late item items product box
    arrived arrive received receive sent send got get getting give given return returned replace replacement exchange cancel cancelled
    customer service support care help manager supervisor agent driver rider courier staff representative person human bot
    trying waiting writing calling asking looking going using having sorry sure glad happy angry upset furious disappointed
    frustrated unable able shocked disgusted tired sick fed new old good bad worst best terrible rude poor awful
    company shop store website online app address details name want need know tell said told asked called spoke any some more one two
    three nothing something anything nobody somebody someone anyone time times been back because which while than well
    regards sincerely cheers kind bye joke mr mrs ms miss mx dr prof rs asap
    """.split()
)


def redacted(text: str, known: Iterable[tuple[str, str]] = ()) -> str:
    """The words with one of PLACEHOLDERS for each name, address, contact, and long or announced number.

    `known`: what was heard in the message or is on file, as pairs of a name in KNOWN and the value; other pairs change nothing.
    Redacted again, nothing changes.
    """
    given = tuple(known)
    for _ in range(4):  # a placeholder may make a name of what stands beside it
        before, text = text, _once(text, given)
        if text == before:
            break
    return text


def plain_words(text: str) -> str:
    """A redacted text as somebody could have typed it, in one line and without brackets: "order number is late"."""
    said = _PLACEHOLDER.sub(lambda found: f" {found.group()[1:-1]} ", text)
    return " ".join(re.sub(r"[\[\](){}<>|]", " ", said).split())


def words_left(text: str) -> int:
    """How many words of a redacted text are the customer's own."""
    return len(_WORD.findall(_PLACEHOLDER.sub(" ", text)))


def _once(text: str, known: tuple[tuple[str, str], ...]) -> str:
    kept = [found.span() for found in _PLACEHOLDER.finditer(text)]
    found = [one for one in _found(text, known) if one[1] > one[0] and not any(one[0] < end and start < one[1] for start, end in kept)]
    said, at = [], 0
    for start, end, instead in _apart(found):
        said += [text[at:start], instead]
        at = end
    return re.sub(r"(\[[a-z ]+\])(?:[ ,]*\1)+", r"\1", "".join([*said, text[at:]]))


def _apart(found: list[Found]) -> Iterator[Found]:
    """Those that overlap as one, under the name of the longest, or of the one that says most."""
    group: list[Found] = []
    for one in sorted(found):
        if group and one[0] >= max(end for _, end, _ in group):
            yield _joined(group)
            group = []
        group.append(one)
    if group:
        yield _joined(group)


def _joined(group: list[Found]) -> Found:
    longest = max(group, key=lambda one: (one[1] - one[0], one[2] != NUMBER))
    return min(start for start, _, _ in group), max(end for _, end, _ in group), longest[2]


_WHOLE = (
    (_MASKED_CARD, CARD),
    (_EMAIL, EMAIL),
    (_LINK, LINK),
    (_HANDLE, NAME),
    (_POSTCODE, POSTCODE),
    (_ADDRESS, ADDRESS),
    (_LONG_RUN, NUMBER),
)
_TOKEN = ((_ANNOUNCED_NUMBER, ORDER), (_LOCATOR, ORDER), (_SECRET, SECRET), (_ANNOUNCED_POSTCODE, POSTCODE), (_LIVES, ADDRESS))
_NAMES = (_ANNOUNCED_NAME, _TITLE, _HERE, _ROLE, _AFTER_THANKS, _LAST_LINE)


def _found(text: str, known: Iterable[tuple[str, str]]) -> Iterator[Found]:
    yield from _known(text, known)
    yield from ((*found.span(), instead) for pattern, instead in _WHOLE for found in pattern.finditer(text) if not _is_sum(text, found))
    yield from ((*found.span("token"), instead) for pattern, instead in _TOKEN for found in pattern.finditer(text))
    yield from _numbers(text)
    yield from _names(text)


def _is_sum(text: str, found: "re.Match[str]") -> bool:
    return found.group().isdigit() and _tells_how_much(text, *found.span())


def _known(text: str, known: Iterable[tuple[str, str]]) -> Iterator[Found]:
    """Each value however it is spaced and cased; of a name each part as well."""
    for kind, value in known:
        instead, letters = KNOWN.get(kind), re.findall(r"\w", value)
        if instead is None or len(letters) < 2:
            continue
        whole = r"[\W_]{0,3}".join(map(re.escape, letters))
        parts = [re.escape(part) for part in re.findall(r"[\w'’-]{3,}", value)] if instead in (NAME, ADDRESS) else []
        for pattern in (whole, *(part for part in parts if part.lower() not in _NOBODY)):
            yield from ((*found.span(), instead) for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def _numbers(text: str) -> Iterator[Found]:
    """Whatever has figures and is no day, time, sum or measure."""
    for found in (*_FIGURES.finditer(text), *_MIXED.finditer(text)):
        start, end = found.span()
        if not _tells_how_much(text, start, end):
            yield start, end, _kind_of_number(text, start, end)


def _tells_how_much(text: str, start: int, end: int) -> bool:
    raw, before = text[start:end], text[:start]
    figures = sum(one.isdigit() for one in raw)
    if _BORN.search(before) or (figures >= 4 and _BANK.search(before)):
        return False
    if _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(text, end):
        return bool(_SUM.fullmatch(raw)) and figures <= 7
    if _MEASURE.fullmatch(raw) or _DAY.fullmatch(raw) or _TIME.fullmatch(raw):
        return figures <= 8 and not re.search(r"\d{5}", raw)
    is_short = figures <= 4 and not re.search(r"[a-z]{2}|\d[a-z]|[a-z]-?\d{3}", raw, re.IGNORECASE)
    return is_short and not raw.startswith(("#", "+"))


def _kind_of_number(text: str, start: int, end: int) -> str:
    raw, before = text[start:end], text[:start]
    figures, has_letters = sum(one.isdigit() for one in raw), bool(re.search(r"[a-z]", raw, re.IGNORECASE))
    if _BANK.search(before) or _BORN.search(before) or figures < 5:
        return NUMBER
    if raw.startswith("+") or (_CALLED.search(before) and 7 <= figures <= 15):
        return PHONE
    if 13 <= figures <= 19 and not has_letters:
        return CARD
    if has_letters or raw.startswith("#") or _OF_AN_ORDER.search(before):
        return ORDER
    return PHONE if figures >= 10 else NUMBER


def _names(text: str) -> Iterator[Found]:
    for pattern in _NAMES:
        for found in pattern.finditer(text):
            yield from _until_no_name(text, *found.span("token"))
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        if _is_name(text, word):
            following = words[at + 1] if at + 1 < len(words) else None
            yield word.start(), following.end() if following and _goes_on(text, word, following) else word.end(), NAME


def _until_no_name(text: str, start: int, end: int) -> Iterator[Found]:
    """What was announced as a name, up to the first word that no name has."""
    stop = start
    for word in _WORD.finditer(text, start, end):
        if word.group().lower() in _NOBODY:
            break
        stop = word.end()
    yield start, stop, NAME


def _is_name(text: str, word: "re.Match[str]") -> bool:
    said = re.sub(r"['’]s$", "", word.group())
    low = said.lower()
    if low in FIRST_NAMES:
        return True
    if not said[0].isupper() or len(said) < 2:
        return False
    begins = bool(_SENTENCE_END.search(text[: word.start()]))
    if low in ALSO_WORDS and not said.isupper():
        return (not begins and low not in _NOBODY) or (begins and bool(_SAID_OF_A_PERSON.match(text, word.end())))
    return not begins and not said.isupper() and low not in _NOBODY


def _goes_on(text: str, word: "re.Match[str]", following: "re.Match[str]") -> bool:
    """Whether the next word is the rest of the name: it stands beside it, large as it is, and is no everyday word."""
    said = following.group()
    beside = bool(re.fullmatch(r"\s|\s?[A-Z]\.?\s", text[word.end() : following.start()]))
    return beside and said[0].isupper() and word.group()[0].isupper() and said.lower() not in _NOBODY

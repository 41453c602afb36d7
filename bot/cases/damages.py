"""Hearing what a failure cost somebody besides: a taxi, a hotel, spoiled food, a day without pay. Never the thing itself.

The assistant only takes it down, in the customer's words, with the sum they name (evidence, section C: "never quantifies").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from bot.cases.claim import NO_RECEIPT, ClaimItem
from bot.cases.money import Money

LONGEST_WHAT, LONGEST_RECEIPT = 100, 200  # characters kept of a loss, and of what shows it
MOST_ITEMS = 10
HIGHEST = Decimal(1_000_000)  # of one loss; above it the figure is no sum of money

_ONE = (
    r"(another|a (second|different|replacement|spare|temporary|rental|hire)|replacements?|one (from )?(elsewhere|somewhere)"
    r"|a new|new ones?)\b(?! (one )?(pass|code|card|pin|link|account|log|number|date|ticket|order|e-?mail|agent|person|time|day)\w*)"
)
_SERVICE = (
    r"(taxis?|cabs?|ubers?|lyfts?|hotels?|motels?|hostels?|airbnbs?|parking|child ?care|baby ?sitters?|nann(y|ies)|plumbers?"
    r"|electricians?|mechanics?|locksmiths?|cleaners?|cleaning|laundr(y|ette)|laundromat|launderette|petrol|fuel|tow(ing| truck)?"
    r"|(rental|hire) car|car (hire|rental)|(train|bus) (tickets?|fare)|flights? home|vet|doctor|pharmacy|storage|repairs?"
    r"|take-?(out|away)|restaurants?|ice packs?|space heaters?)"
)
_EVENT = (
    r"(connecting )?(flights?|trains?|ferr(y|ies)|bus|coach|connections?|weddings?|concerts?|exams?|interviews?|appointments?|meetings?"
    r"|events?|shows?|games?|match|funerals?|birthdays?|part(y|ies)|deadlines?|shifts?|rehearsals?|performances?|trips?|cruises?|christening)"
)
_OWN = (
    r"(carpets?|rugs?|floors?|floorboards|walls?|ceilings?|kitchen|clothes|dress|suit|shirts?|sofa|couch|mattress|phone|laptop|car"
    r"|tables?|desk|worktop|counter|furniture|books?|papers?|bag|shoes)"
)
_EATEN = r"(food|groceries|medicines?|medication|insulin|vaccines?|milk|meat|fish|breast ?milk|contents?|shopping|frozen \w+|flowers?)"
_GONE = r"(spoil(ed|t)|went (bad|off|rotten)|gone (bad|off)|thawed|defrosted|rotted|ruined|thrown? (away|out)|had to go|in the bin)"
_OF = r"(the|my|our|your|a)\b"
_FORCED = r"((had|have|having|forced|needed|obliged) to|ended up|end up)"
_PRICE = r"([$£€₹]\s?\d|\d[\d,.]*\s?(dollars?|bucks?|usd|pounds?|quid|gbp|euros?|eur|rs|rupees?)\b)"
_COST = rf"(cost (me|us)|costs me|set (me|us) back|came to|(cost|was|were) (me |us )?(about |around |over |nearly )?{_PRICE})"
_PATTERNS = (
    # Bought, hired or paid for in its place.
    rf"\b{_FORCED}\b[^.;!?]{{0,15}}\b(buy|buying|get|getting|order|ordering|rent|renting|hire|hiring)\b[^.;!?,]{{0,12}}\b{_ONE}",
    rf"\b{_FORCED}\b[^.;!?]{{0,20}}\b(buy|buying|get|getting|take|taking|call|calling|book|booking|order|ordering|pay|paying|spend"
    rf"|spending|rent|renting|hire|hiring|stay|staying|eat|eating|use|using)\b[^.;!?,]{{0,30}}\b{_SERVICE}\b",
    rf"\b(took|got|called|booked|paid for) (a |an )?{_SERVICE} (home|instead|back|to (work|the|my|get))\b",
    rf"\b(spent|spending|out of pocket)\b[^.;!?,]{{0,40}}\b(for|on) (a |an |the |my |our |two |three )?{_SERVICE}\b",
    r"(^\W*|\b(i|we)( have|['’]ve)?( just| already)? )(bought|rented|hired) (another|a (second|replacement|temporary|spare|new one)"
    r"|one (elsewhere|somewhere))\b",
    rf"\b{_SERVICE}\b[^.;!?,]{{0,25}}\b{_COST}",
    rf"\b{_COST}[^.;!?,]{{0,25}}\b(for|on|in) (a |an |the |my |our |two |three )?{_SERVICE}\b",
    rf"\b(bill|receipt|invoice|fare)s? (for|from) (a |an |the |my |our )?{_SERVICE}\b",
    rf"^\W*(a |an |my |our |two |plus |also )?{_SERVICE}\b[^.;!?\d]{{0,25}}{_PRICE}",
    # Spoiled or ruined by it.
    rf"\b{_EATEN}\b[^.;!?]{{0,25}}\b(in (it|there|the (fridge|freezer|refrigerator))|inside( it)?(?! {_OF}))\b[^.;!?]{{0,20}}\b{_GONE}\b",
    rf"\b(all (the|my|our|of (the|my|our))|a (week|month)['’]?s? (worth )?of) ([a-z]+ )?{_EATEN}\b[^.;!?]{{0,20}}\b{_GONE}\b",
    rf"\b{_FORCED} (throw|throwing|chuck|bin) (away |out )?[^.;!?]{{0,25}}\b{_EATEN}\b|\blost (all )?(the|my|our) {_EATEN}\b",
    rf"\b(ruined|damaged|flooded|scratched|stained|burn(t|ed)|soaked|wrecked) (my|our) (\w+ )?{_OWN}\b",
    rf"\b(my|our) (\w+ )?{_OWN} (is|are|was|were|got) (now |all )?(ruined|flooded|scratched|stained|burnt|soaked|wrecked)\b",
    # Missed by it; a day without pay; fees of others.
    rf"\b(missed|miss|missing) (my|our|the|a|an|his|her) ([a-z]+['’]?s? ){{0,2}}?{_EVENT}\b",
    r"\b(took|take|taken|taking|lost|losing|lose|missed|cost me) (an? |the |half an? |my |one |two |three |\d+ )?(whole |full |unpaid )?"
    r"(days?|afternoons?|mornings?|shifts?|hours?)(['’]s|['’])? ?(off|of|from)? ?(from )?(work|pay|wages|unpaid)\b",
    r"\b(lost|loss of|missed out on) (my |our )?(a day['’]s |two days['’] )?(wages?|earnings|income|pay|business|sales|clients?)\b"
    r"|\bunpaid leave\b",
    r"\b(bank|overdraft|returned|bounced)( payment)? (fees?|charges?)\b[^.;!?]{0,30}\b(because|since|from my|by my)\b"
    r"|\bmy bank charged me\b",
)
_LOSS = re.compile("|".join(_PATTERNS), re.IGNORECASE)
# Not yet, or not at all: "or I'll miss my flight", "I don't want to have to buy another".
_NOT_YET = re.compile(
    r"\b(will|would|won['’]?t|might|may|could|should|if|unless|can|shall|need to know|going to|about to|almost|nearly|don['’]?t want"
    r"|do not want|didn['’]?t|did not|never|without|rather than|instead of|so (that )?i (can|don)|before i|afraid|worried)\b"
    r"[^.;!?]{0,25}$|['’](ll|d)\b[^.;!?]{0,20}$",
    re.IGNORECASE,
)
_ASKS_DAMAGES = re.compile(
    r"\b(compensat(e|ion)|reimburse(d|ment)?|pay|paid|cover|claim)\b[^.;!?]{0,20}\b(damages?|loss(es)?|expenses|extra costs?|costs i had"
    r"|what (else )?(it|this) (has )?cost (me|us))\b|\bdamages claim\b|\bout of pocket\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?<!\d)[.,](?!\d)|[.,](?=\s)|[;!?\n]|(?<!hundred)(?<!thousand)\s(?:and|but|so|then|plus|also)\s(?!a half)", re.IGNORECASE
)
_LEAD_IN = re.compile(r"^\W*((and|but|so|then|also|plus|because|well|now|just)\b\W*)+", re.IGNORECASE)
_CONTACT = re.compile(r"\S+@\S+|\+?\d[\d ().-]{8,}\d")

_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "¥": "JPY"}
_WORDS = {
    "usd": "USD", "dollar": "USD", "buck": "USD", "gbp": "GBP", "pound": "GBP", "quid": "GBP", "eur": "EUR", "euro": "EUR",
    "inr": "INR", "rs": "INR", "rupee": "INR", "aud": "AUD", "cad": "CAD", "nzd": "NZD", "sgd": "SGD", "zar": "ZAR", "rand": "ZAR",
    "aed": "AED", "ngn": "NGN", "naira": "NGN", "kes": "KES", "jpy": "JPY", "yen": "JPY", "chf": "CHF",
}  # fmt: skip
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?"
_UNIT = "|".join(sorted(_WORDS, key=len, reverse=True))
_SUM = re.compile(
    rf"(?P<sign>[$£€₹¥]|\b(?:usd|gbp|eur|inr|aud|cad|rs)\b\.?)\s?(?P<first>{_FIGURE})(?![\d,]*\d)"
    rf"|(?<![\w.,$£€₹-])(?P<second>{_FIGURE})\s?(?P<unit>(?:{_UNIT})s?\b|[$£€₹])",
    re.IGNORECASE,
)
_COUNTED = r"(minutes?|mins?|days?|hours?|weeks?|months?|nights?|times|km|miles?|kg|am|pm|people|of us)"  # what a bare figure may count
_BARE = re.compile(rf"(?<![\w.,$£€₹-])(?P<figure>{_FIGURE})(?![\w%-]|[.,]\d|\s?{_COUNTED}\b)", re.IGNORECASE)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = {word: 10 * place for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_IN_WORDS = re.compile(
    rf"\b(?P<number>(?:(?:an?|and|hundred|thousand|{'|'.join([*_SMALL, *_TENS])})[\s-]+)+)(?P<unit>(?:{_UNIT})s?)\b", re.IGNORECASE
)

_PAID = re.compile(r"\b(cost|paid|pay|spent|spend|came to|charged|back|for|was|were)\b", re.IGNORECASE)
_SUM_ALONE = re.compile(
    rf"^\W*(it |that |which )?(was |for |about |around |cost |came to )*([$£€₹]\s?)?({_FIGURE})\s?({_UNIT})?s?\W*$", re.IGNORECASE
)

_UNSURE = re.compile(
    r"\b(not sure|no idea|(do|did)n['’]?t know|do not know|dont know|can['’]?t (say|remember|tell)|cannot (say|tell)|unsure|hard to say"
    r"|unknown|nothing yet|not yet|don['’]?t remember)\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^\W*(no|none|nope|nah|nothing|n/?a|not (any|one|any ?more))\b|\b(have|got|kept|keep) (none|nothing|no (receipt|bill|proof))\b"
    r"|\b(do|did)n['’]?t (have|keep|get)\b|\bno receipts?\b|\b(lost|threw away|thrown away) (it|the (receipt|bill))\b"
    r"|\bwithout (a )?receipt\b",
    re.IGNORECASE,
)
_NAMES_RECEIPT = re.compile(r"\b((no|without|with|the|a|my|lost) )*(receipts?|invoices?|bill|proof)\b", re.IGNORECASE)
_ENOUGH = re.compile(
    r"^\W*(no|nope|nah|none|nothing|that['’]?s (it|all|everything)|that is (it|all|everything)|all|done|finished|i['’]?m done)\b"
    r"|\bthat['’]?s (all|it|everything)\b|\bthat is (all|it)\b|\b(nothing|no) (else|more)\b",
    re.IGNORECASE,
)
_YES_ONLY = re.compile(r"^\W*(yes|yep|yeah|yup|sure|ok(ay)?|i (do|have)( one| it)?|of course)\W*$", re.IGNORECASE)
_CORRECTS = re.compile(r"\b(no|not|wait|sorry|actually|meant|mean|wrong|correction|rather)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Loss:
    """One thing that was lost or paid for besides, in the customer's words, with the sum they name; None where they name none."""

    what: str
    amount: Money | None = None


def losses(said: str, currency: str) -> tuple[Loss, ...]:
    """What a message tells of costs that followed from the failure. `currency`: of a dollar sign, where the customer buys in dollars."""
    clauses, found = [*_clauses(said), ""], list[Loss]()
    for clause, following in pairwise(clauses):
        if _is_loss(clause):
            after = following if _SUM_ALONE.match(following) else ""  # "had to get a taxi, 40 dollars"
            amount = sum_said(f"{clause} {after}", currency, asked=bool(_PAID.search(clause)))
            found.append(Loss(in_words(clause), amount))
    return tuple(found[:MOST_ITEMS])


def asks_damages(said: str) -> bool:
    """Whether it claims for damage or costs in general: what they were is still to be told."""
    return bool(_ASKS_DAMAGES.search(said))


def in_words(clause: str) -> str:
    """The loss as it is kept and quoted: without a lead-in, without addresses and numbers, cut at a word."""
    plain = " ".join(_CONTACT.sub("…", _LEAD_IN.sub("", clause)).replace("“", "").replace("”", "").split()).strip(" .,;:-")
    if len(plain) <= LONGEST_WHAT:
        return plain
    return plain[:LONGEST_WHAT].rpartition(" ")[0] or plain[:LONGEST_WHAT]


def sum_said(said: str, currency: str, *, asked: bool = False) -> Money | None:
    """The one sum a text names; None where it names none, or several. `asked`: a bare figure is one, too."""
    found = [Money.of(figure, unit) for figure, unit in _sums(said, currency)]
    if not found and asked:
        found = [Money.of(_plain(one["figure"]), currency) for one in _BARE.finditer(said) if _plain(one["figure"]) <= HIGHEST]
    sums = [one for one in dict.fromkeys(found) if one.minor > 0]
    return sums[0] if len(sums) == 1 else None


def corrected_sum(said: str, currency: str) -> Money | None:
    """Another sum named in place of the one noted: "no, it was 60 dollars"."""
    return sum_said(said, currency) if _CORRECTS.search(said) else None


def is_unknown(said: str) -> bool:
    """Whether the customer says that they cannot tell."""
    return bool(_UNSURE.search(said) or _NONE.search(said))


def receipt_said(said: str) -> str | None:
    """What shows it, as a line of text; NO_RECEIPT where there is none; None where only "yes" was said."""
    if _YES_ONLY.match(said) or not said.strip():
        return None
    if _NONE.search(said) and not re.search(r"\d{3}", said):
        return NO_RECEIPT
    return " ".join(said.split())[:LONGEST_RECEIPT]


def split_receipt(said: str) -> tuple[str, str | None]:
    """An answer on the sum, and what it says of a receipt besides: "120 dollars, no receipt"; None where it says nothing."""
    found = _NAMES_RECEIPT.search(said)
    if not found or not any(sign.isdigit() for sign in said[: found.start()]):
        return said, None
    return said[: found.start()], NO_RECEIPT if _NONE.search(said) else receipt_said(said[found.start() :])


def is_all(said: str) -> bool:
    """Whether nothing else was lost."""
    return bool(_ENOUGH.search(said))


def says_yes_only(said: str) -> bool:
    return bool(_YES_ONLY.match(said))


def totals(items: Sequence[ClaimItem]) -> tuple[Money, ...]:
    """The sum in each currency, in the order they were first named; what has no known sum adds nothing."""
    sums: dict[str, Money] = {}
    for one in items:
        if one.amount_minor:
            sums[one.currency] = sums.get(one.currency, Money(0, one.currency)) + one.amount
    return tuple(sums.values())


def first_open(items: Sequence[ClaimItem]) -> ClaimItem | None:
    """The first loss of which it was not asked yet what shows it."""
    return next((one for one in items if one.receipt is None), None)


def _clauses(said: str) -> list[str]:
    return [one for one in _CLAUSE.split(said) if one and one.strip()]


def _is_loss(clause: str) -> bool:
    return any(not _NOT_YET.search(clause[: found.start()]) for found in _LOSS.finditer(clause))


def _sums(said: str, currency: str) -> list[tuple[Decimal, str]]:
    found = [(_plain(one["first"] or one["second"]), _unit(one["sign"] or one["unit"], currency)) for one in _SUM.finditer(said)]
    found += [(Decimal(_number(one["number"])), _unit(one["unit"], currency)) for one in _IN_WORDS.finditer(said)]
    return [(figure, unit) for figure, unit in found if 0 < figure <= HIGHEST]


def _plain(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))


def _unit(said: str, currency: str) -> str:
    """The currency of a sign or word; a dollar is one of the customer's own country."""
    word = said.lower().strip(". ")
    code = _SIGNS.get(word) or _WORDS.get(word) or _WORDS.get(word.removesuffix("s")) or currency
    return currency if code == "USD" and word != "usd" and currency in _DOLLARS else code


def _number(words: str) -> int:
    """Such as 120 for "a hundred and twenty"."""
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word in _TENS:
            current += _TENS[word]
        elif word in _SMALL:
            current += _SMALL.index(word)
    return total + current

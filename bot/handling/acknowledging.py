"""Taking up what the customer told: what went wrong, in their terms, then one apology in the form that fits the fault."""

import re
from dataclasses import replace

from bot.cases.asking import holds_question
from bot.cases.choice import asks_to_cancel
from bot.cases.finding import OF_MONEY
from bot.cases.heard import OF_WHAT_WAS_NAMED, SURE_ENOUGH, Heard, Thing
from bot.cases.issue import Fault, Issue, Severity
from bot.handling.matters import waiting
from bot.handling.readings import (
    A_GUESS,
    A_LEANING,
    A_TOSS,
    NAMED_BY_WAYS,
    alike,
    are_told_together,
    bears_out,
    chance,
    is_torn,
    is_toss,
    is_unsure,
    leads,
    named_by_them,
    names,
    reading_of,
    rivals,
    within,
)
from bot.handling.saying import Part, items_said, listed, say
from bot.handling.scene import CANCELLATION, Scene
from bot.handling.told_back import is_of_others, told_back, told_beside

SURELY_BESIDE = 0.25  # of the whole message, from which a second matter is said back
PERHAPS_BESIDE = 0.15  # of the whole message, from which a second matter is named beside an uncertain first
UNNEEDED = 3  # what is said only where there is room for it
MOST_FIGURES = 2  # sums named again; a list of more reads like a bill

# Of these a thing is said to be in question or in trouble, and nothing is told as fact.
SAID_SOFTLY = ("service_outage", "damaged_or_defective", "quality_not_as_described", "billing_dispute", "other_complaint")
UNTELLING = ("people", "money", "charges", "sent")  # that it is about an order says nothing; somebody is named for what they did
WAITS_FOR = ("late_delivery", "lost_or_missing", "refund_not_received", "cancellation_problem")  # "I am still waiting", for the thing
AWAITED = (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING)  # which of them it is, an enquiry after it seldom tells
_MISSED = re.compile(r"\b(miss(ed|es|ing)?|catch|reach|make|los[et]|ruin(ed)?|destroy(ed)?|damaged?) (\w+ ){0,3}$")
_STANDS_FOR = frozenset("it they this that these those i we still never not nobody all only".split())  # for a thing named before


def acknowledgement(scene: Scene) -> list[Part]:
    """What went wrong, then the apology: once a case. The customer reads that they were heard first (Frantz & Bennigson 2005)."""
    case = scene.present_case
    if case is None or case.apologised or not (case.issue or _sounds_like_complaint(scene)):
        return []
    if scene.known.get("enquiry") == CANCELLATION and not _complains_of_cancelling(scene):
        return [Part(say(scene, "restate_wish_cancel"))] if asks_to_cancel(scene.heard.text) else []
    case.apologised = True
    finding = scene.finding
    fault = finding.fault if finding else Fault.UNCLEAR
    form = "harm" if case.severity is Severity.S4 else str(fault)
    own = f"apologise_{form}_{case.issue}"  # what is not known yet differs by issue
    name = own if scene.shop.wording.has(own) and not is_unsure(scene) else f"apologise_{form}"
    short = say(scene, "apologise_shortly", scene.heard.text) if form == Fault.UNCLEAR else ""
    return [*_restated(scene), *_beside(scene), Part(say(scene, name, scene.heard.text), short=short)]


def _complains_of_cancelling(scene: Scene) -> bool:
    """Whether what began as a mere wish to cancel has become a complaint."""
    text = scene.heard.text
    return scene.heard.issue is scene.case.issue and not (asks_to_cancel(text) or holds_question(text))


def _sounds_like_complaint(scene: Scene) -> bool:
    heard = scene.heard
    return heard.sounds_like_complaint or (scene.is_first and (heard.hints_at_complaint or heard.asks_at_length or _is_asked_which(heard)))


def _is_asked_which(heard: Heard) -> bool:
    """Whether nothing surely leads and a complaint is among what it may be, so that the kind is asked."""
    return heard.intent == "nlu_fallback" and bool(heard.likely_issues())


def taking_up(scene: Scene) -> list[Part]:
    """The turn to another matter that was told before, named again."""
    if not scene.resumes:
        return []
    if scene.is_apart:
        return [Part(say(scene, "inform_next_items", items=items_said(scene, scene.order, scene.known.lines())))]
    return [Part(say(scene, "inform_next_matter")), Part(say(scene, f"restate_{scene.case.issue}"))]


def _restated(scene: Scene) -> list[Part]:
    """The issue with the thing it is about, and the customer's own few words: what shows that they were heard (Packard 2021)."""
    told = told_back(scene)
    if told:
        return [*_of_what(scene, told[-1].text), *told, *(replace(part, spare=UNNEEDED) for part in _figures(scene, told[-1].text))]
    harm = scene.heard.harm
    return [*(_harm(scene, harm) if harm else _in_our_words(scene)), *told_beside(scene)]


def _of_what(scene: Scene, told: str) -> list[Part]:
    """The thing that an account names only as "it": "it keeps buzzing", "our crew ruined it"."""
    account = scene.heard.retold.text if scene.heard.retold else ""
    things = _things_beside(scene, told) if OF_WHAT_WAS_NAMED.match(account) or account.endswith((" it", " them")) else []
    return [Part(say(scene, "restate_thing", thing=one), spare=UNNEEDED) for one in things]


def _harm(scene: Scene, harm: str) -> list[Part]:
    """That there is talk of harm, which comes before whatever else they told, and the thing they named."""
    things = [Part(say(scene, "restate_thing", thing=one), spare=4) for one in _things_beside(scene, "")]
    return [*things, Part(say(scene, f"restate_harm_{harm}", scene.heard.text))]


def _in_our_words(scene: Scene) -> list[Part]:
    """What we take it for, with the thing it is about and a few words of theirs."""
    heard, said = scene.heard, _own_words(scene)
    issue = str(scene.case.issue or "unclear")
    quoted = heard.phrase or (heard.own_words.text if heard.own_words else None)
    named = [one for one in heard.things if one.central and _is_of_phrase(one, quoted, issue)]
    fitting = next((one for one in named if _fits(scene, issue, one) and not _is_missed(scene, one)), None)
    name, values = (f"restate_{issue}_{fitting.kind}", thing_values(fitting)) if fitting else (f"restate_{issue}", {})
    is_guess = is_unsure(scene) and chance(scene) < A_GUESS
    if is_unsure(scene) and (said or is_torn(scene) or (is_guess and not (fitting and issue in SAID_SOFTLY))):
        return [*_read(scene, said), *_figures(scene, said)]  # beside their own words, ours can be few
    near = "" if is_guess or is_of_others(scene) else heard.lead_words
    text = say(scene, name, near, **values)
    if scene.case.issue is None and heard.told and heard.told[0].confidence >= A_TOSS:
        text = reading_of(scene, heard.told[0].issue)  # torn between two kinds, one of which it tells in plain words
    elif scene.case.issue is None:
        return [*_nothing_sure(scene, said), *_figures(scene, said)]
    short = ""
    if is_unsure(scene) or not (said or bears_out(scene, name, near)):
        text, short = (say(scene, one, reading=within(text)) for one in ("restate_unsure", "restate_unsure_shortly"))
    own = heard.own_words.text.lower().split() if heard.own_words else []
    said = "" if own and all(word in text.lower() for word in own if len(word) > 2) else said  # nothing new
    quote = [Part(said, spare=2 if scene.case.issue else 1)] if said else []
    things = [] if fitting else [one for one in _things_beside(scene, f"{said} {text}") if not scene.shop.wording.shares(one, text)]
    # Where the sentence has words of theirs already, a thing named for its own sake tells nothing more.
    is_plain = not is_unsure(scene) and scene.shop.wording.shares(text, heard.text)
    beside = [] if is_plain else [Part(say(scene, "restate_thing", thing=one), spare=4 if said else 2) for one in things]
    return [Part(text, short=short), *quote, *beside, *_figures(scene, said)]


def _nothing_sure(scene: Scene, said: str) -> list[Part]:
    """Of a complaint whose kind must be asked: what they wrote or what it is about, and the two kinds that come near."""
    quote = [Part(said, spare=1)] if said else []
    if rivals(scene):
        either = _unclear(scene)
        things = [one for one in _things_beside(scene, f"{said} {either}") if not scene.shop.wording.shares(one, either)]
        return [*quote, *(Part(say(scene, "restate_thing", thing=one), spare=2) for one in things), Part(either)]
    things = _things_beside(scene, said) or [one.name for one in scene.heard.things if one.kind == "people" and not said]
    leaning = _leaning(scene, said)
    if leaning:
        return [Part(say(scene, "restate_thing_read", thing=things[0], reading=within(leaning)) if things else leaning)]
    return [*quote, Part(say(scene, "restate_unclear_thing", thing=things[0]) if things else say(scene, "restate_unclear"))]


def _read(scene: Scene, said: str) -> list[Part]:
    """What they wrote and what it is taken for: in one sentence, or in two where two matters are told."""
    reading, first = _reading(scene), reading_of(scene, scene.case.issue)
    things = [] if said else _things_beside(scene, "")
    if is_toss(scene) or (rivals(scene) and reading == first):
        if said and not _tells(scene):
            return [Part(said, spare=2), Part(_unclear(scene, said))]
        either = _unclear(scene, said)
        if said and rivals(scene) and not (alike(scene, rivals(scene)) or named_by_them(scene, rivals(scene))):
            return [Part(said)]  # beside their words, a doubt between two kinds that none of them names tells nothing
        named = [one for one in things if one not in either]
        beside = [Part(said)] if said else [Part(say(scene, "restate_thing", thing=one), spare=1) for one in named]
        return [*beside, *_wished(scene, beside), Part(either, spare=2 if said else 0)]
    quoted = said.split("“")[-1]
    is_named = _tells(scene) and (scene.case.issue in NAMED_BY_WAYS or names(scene.case.issue, quoted))
    if said and reading == first and (is_named or scene.shop.wording.says_again(first, quoted)):
        return [Part(said)]  # it would only say again what they wrote
    if said and not leads(scene):
        return [Part(f"{said} {first}", short=said)]
    if said:
        one = _own_words(scene, first)
        return [Part(f"{said} {reading}", short=one) if reading != first else Part(one)]
    if reading != first:
        return [*(Part(say(scene, "restate_thing", thing=one), spare=1) for one in things), Part(reading, short=first)]
    return [Part(say(scene, "restate_thing_read", thing=things[0], reading=within(reading)), short=reading) if things else Part(reading)]


def _wished(scene: Scene, beside: list[Part]) -> list[Part]:
    """What they ask for, where nothing else of theirs is said back."""
    wish = f"restate_wish_{scene.known.get('wish')}"
    return [Part(say(scene, wish), spare=1)] if not beside and scene.shop.wording.has(wish) else []


def _own_words(scene: Scene, reading: str = "") -> str:
    """The customer's clause, or a few words of theirs, in a sentence, with what it is taken for; empty where nothing can be quoted."""
    own = scene.heard.own_words
    phrase = scene.heard.phrase or (own.text if own else "")
    if not phrase:
        return ""
    tells = _tells(scene)
    if reading:
        return say(scene, "restate_quote_read" if tells else "restate_quote_thing_read", phrase=phrase, reading=within(reading))
    return say(scene, "restate_quote" if tells else "restate_quote_thing", phrase=phrase)


def _tells(scene: Scene) -> bool:
    """Whether the words that are quoted tell what somebody or something did; else they name a thing."""
    own = scene.heard.own_words
    return bool(scene.heard.phrase or (own and own.tells))


def _reading(scene: Scene) -> str:
    """What the assistant goes on from, where it is uncertain; both matters where two are told and neither surely leads."""
    told = scene.heard.told
    is_two = len(told) > 1 and told[1].confidence >= PERHAPS_BESIDE and told[1].words != told[0].words
    if is_two and told[0].issue is scene.case.issue:
        either = {name: say(scene, f"noun_{one.issue}", scene.heard.text) for name, one in zip(("matter", "what"), told, strict=False)}
        return say(scene, "restate_reading_two", **either)
    return reading_of(scene, scene.case.issue)


def _unclear(scene: Scene, said: str = "") -> str:
    """The two kinds that it is likeliest of, where two come near; else that something went wrong, or what it seems where none is quoted."""
    likely = rivals(scene)
    if not likely:
        return _leaning(scene, said) or say(scene, "restate_unclear")
    if same := alike(scene, likely):
        return same
    matter, what = (say(scene, f"noun_{issue}", scene.heard.text) for issue in likely)
    theirs = named_by_them(scene, likely)
    if scene.case.issue is None and len(theirs) == 1:  # the kind is asked, and of one alone a word of theirs speaks
        matter, what = say(scene, f"noun_{theirs[0]}", scene.heard.text), say(scene, "noun_something_else")
        return say(scene, "restate_either", matter=matter, what=what)
    name = "restate_reading_two" if are_told_together(scene, likely) else "restate_either"
    return say(scene, name, matter=matter, what=what)


def _leaning(scene: Scene, said: str) -> str:
    """The reading of the one kind that it leans to, where no other comes near and no words of theirs can be quoted."""
    heard = scene.heard
    if said:
        return ""
    if not heard.told:
        likely = [one for one in heard.likely_issues() if one is not Issue.OTHER_COMPLAINT]
        return reading_of(scene, likely[0]) if len(likely) == 1 and not heard.things else ""
    lead = heard.told[0]
    if heard.intent == "order_status" and lead.issue in AWAITED:
        return alike(scene, AWAITED)
    return reading_of(scene, lead.issue) if lead.issue is not Issue.OTHER_COMPLAINT and lead.confidence >= A_LEANING else ""


def _things_beside(scene: Scene, said: str) -> list[str]:
    """The first thing they named that is not in the words quoted: of those that such an issue is about, else of those that lead."""
    named = [one for one in scene.heard.things if one.kind not in UNTELLING and one.name not in said.lower()]
    fitting = [one for one in named if _fits(scene, str(scene.case.issue), one)]
    is_open = not said or scene.case.issue is None  # anything of theirs says more than that something went wrong
    return [one.name for one in (*fitting, *(one for one in named if one.central or is_open))][:1]


def _is_of_phrase(thing: Thing, phrase: str | None, issue: str) -> bool:
    """Whether the clause that is quoted, where one is, may be said of the thing: that the key fob failed says nothing of the car."""
    if phrase is None:
        return True
    said = phrase.lower()
    return thing.name.split()[-1] in said or (issue in WAITS_FOR and said.split()[0] in _STANDS_FOR)


def _is_missed(scene: Scene, thing: Thing) -> bool:
    """Whether a delay makes them miss it, so that it is not what was late: "going to miss our connecting flight"."""
    before, named, _ = scene.heard.text.lower().partition(thing.name)
    return scene.case.issue is Issue.LATE_DELIVERY and bool(named) and bool(_MISSED.search(before))


def _fits(scene: Scene, issue: str, thing: Thing) -> bool:
    """Whether there are words for this issue of this kind of thing; somebody is named only for what they did."""
    return scene.shop.wording.has(f"restate_{issue}_{thing.kind}") and (thing.kind != "people" or thing.acts)


def _figures(scene: Scene, said: str) -> list[Part]:
    """How long it has lasted and the sums they named, and not those that their quoted words hold."""
    heard = scene.heard
    counted = f"restate_{heard.how_long.way}" if heard.how_long else ""
    is_new = heard.how_long is not None and heard.how_long.text not in said
    long = [Part(say(scene, counted, long=heard.how_long.text), spare=2)] if heard.how_long and is_new else []
    named = dict.fromkeys(heard.values("amount"))
    left = [] if any(one in said for one in named) else [*named]  # a sum beside the one they put it in is of something else
    matters = scene.case.issue in OF_MONEY and 0 < len(left) <= MOST_FIGURES
    figures = listed(left, say(scene, "noun_and")) if matters else ""
    return [*long, *([Part(say(scene, "restate_figures", figures=figures), spare=2)] if figures else [])]


def _beside(scene: Scene) -> list[Part]:
    """A second matter told with the first. Said back wrongly, it would be worse than unsaid, and so not beside a mere reading."""
    also = _beside_the_account(scene)
    if not (also or is_unsure(scene)):
        sure = [one.issue for one in scene.heard.told if one.confidence >= SURELY_BESIDE]
        also = [issue for issue in waiting(scene)[:1] if issue in sure and scene.case.issue]
    return [Part(say(scene, f"restate_beside_{issue}"), spare=1) for issue in also]


def _beside_the_account(scene: Scene) -> list[Issue]:
    """Of two issues that it is all but certainly of, each told by a clause of its own: the one that their account leaves out."""
    account, told = scene.heard.retold, [one for one in scene.heard.told[:2] if PERHAPS_BESIDE <= one.confidence < SURE_ENOUGH]
    are_two = sum(one.confidence for one in told) >= SURE_ENOUGH and len({one.words for one in told}) == len(told) > 1
    left = [one.issue for one in told if account is None or one.issue not in account.issues]
    return left if account and account.beside and are_two and len(left) == 1 and scene.case.issue else []


def thing_values(thing: Thing) -> dict[str, str]:
    """The thing and the verbs that agree with it."""
    many = thing.plural
    return {
        "thing": thing.name,
        "is": "are" if many else "is",
        "was": "were" if many else "was",
        "has": "have" if many else "has",
        "does": "do" if many else "does",
        "they": "they" if many else "it",
        "falls": "fall" if many else "falls",
    }

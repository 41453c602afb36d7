"""Taking up what the customer told: what went wrong, in their terms, then one apology in the form that fits the fault."""

from dataclasses import replace

from bot.cases.acts import acts
from bot.cases.heard import Heard, Thing
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.wording import LONGEST_SENTENCE, faults
from bot.handling.matters import waiting
from bot.handling.saying import Part, listed, say
from bot.handling.scene import Scene

SURELY_BESIDE = 0.25  # of the whole message, from which a second matter is said back
A_GUESS = 0.8  # below it every third reading is another issue: named as a topic, never told as what happened
PERHAPS_BESIDE = 0.15  # of the whole message, from which a second matter is named beside an uncertain first
A_TOSS = 0.5  # below it every other reading is another issue: none is named
SURE_ENOUGH = 0.95  # below it every tenth to second is another issue, so what is said back is called a reading
UNNEEDED = 3  # what is said only where there is room for it
MOST_FIGURES = 2  # sums named again; a list of more reads like a bill

# What a sentence that says their account back must not seem to do: a promise or an apology in it would be taken for ours.
NOT_THEIRS = frozenset({"apologise", "own", "remedy", "next", "ask", "disclose"})

# Of these a thing is said to be in question or in trouble, and nothing is told as fact.
SAID_SOFTLY = ("service_outage", "damaged_or_defective", "quality_not_as_described", "billing_dispute", "other_complaint")
OF_MONEY = (Issue.BILLING_DISPUTE, Issue.REFUND_NOT_RECEIVED, Issue.CANCELLATION_PROBLEM)  # where a sum tells what it is about
WAITS_FOR = ("late_delivery", "lost_or_missing", "refund_not_received", "cancellation_problem")  # "I am still waiting", for the thing
_STANDS_FOR = frozenset("it they this that these those i we still never not nobody all only".split())  # for a thing named before


def acknowledgement(scene: Scene) -> list[Part]:
    """What went wrong, then the apology: once a case. The customer reads that they were heard first (Frantz & Bennigson 2005)."""
    case = scene.present_case
    if case is None or case.apologised or not (case.issue or _sounds_like_complaint(scene)):
        return []
    case.apologised = True
    finding = scene.finding
    fault = finding.fault if finding else Fault.UNCLEAR
    form = "harm" if case.severity is Severity.S4 else str(fault)
    own = f"apologise_{form}_{case.issue}"  # what is not known yet differs by issue
    name = own if scene.shop.wording.has(own) and not _is_unsure(scene) else f"apologise_{form}"
    short = say(scene, "apologise_shortly") if form == Fault.UNCLEAR else ""
    return [*_restated(scene), *_beside(scene), Part(say(scene, name, scene.heard.text), short=short)]


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
    return [Part(say(scene, "inform_next_matter")), Part(say(scene, f"restate_{scene.case.issue}"))]


def _restated(scene: Scene) -> list[Part]:
    """The issue with the thing it is about, and the customer's own few words: what shows that they were heard (Packard 2021)."""
    account = _account(scene)
    if account:
        return [*_told_back(scene, account), *(replace(part, spare=UNNEEDED) for part in _figures(scene, account))]
    heard, said = scene.heard, _own_words(scene)
    issue = str(scene.case.issue or "unclear")
    quoted = heard.phrase or (heard.own_words.text if heard.own_words else None)
    named = [one for one in heard.things if one.central and _is_of_phrase(one, quoted, issue)]
    fitting = next((one for one in named if _fits(scene, issue, one)), None)
    name, values = (f"restate_{issue}_{fitting.kind}", thing_values(fitting)) if fitting else (f"restate_{issue}", {})
    is_guess = _is_unsure(scene) and _chance(scene) < A_GUESS
    if _is_unsure(scene) and (said or (is_guess and not (fitting and issue in SAID_SOFTLY))):
        return [*_read(scene, said), *_figures(scene, said)]  # beside their own words, ours can be few
    near = "" if is_guess else heard.lead_words
    text = say(scene, name, near, **values)
    if scene.case.issue is None and heard.told and heard.told[0].confidence >= A_TOSS:
        text = _reading_of(scene, heard.told[0].issue)  # torn between two kinds, one of which it tells in plain words
    short = ""
    if _is_unsure(scene) or not (said or _bears_out(scene, name, near)):
        text, short = (say(scene, one, reading=_within(text)) for one in ("restate_unsure", "restate_unsure_shortly"))
    own = heard.own_words.text.lower().split() if heard.own_words else []
    said = "" if own and all(word in text.lower() for word in own if len(word) > 2) else said  # nothing new
    quote = [Part(said, spare=2 if scene.case.issue else 1)] if said else []
    things = [] if fitting else [one for one in _things_beside(scene, said) if not scene.shop.wording.shares(one, text)]
    # Where the sentence has words of theirs already, a thing named for its own sake tells nothing more.
    is_plain = not _is_unsure(scene) and scene.shop.wording.shares(text, heard.text)
    beside = [] if is_plain else [Part(say(scene, "restate_thing", thing=one), spare=4 if said else 2) for one in things]
    return [Part(text, short=short), *quote, *beside, *_figures(scene, said)]


def _account(scene: Scene, reading: str = "") -> str:
    """What they told, turned to them, in a sentence of ours, with what it is taken for; empty where it would say more than that."""
    told = scene.heard.retold
    if told is None:
        return ""
    if told.asks:
        name, values = "restate_asked_read" if reading else "restate_asked", {"question": told.text}
    else:
        name, values = "restate_told_read" if reading else "restate_told", {"account": told.text}
    return _sayable(say(scene, name, reading=_within(reading), **values))


def _account_of_both(scene: Scene) -> str:
    """The same with what else they told."""
    told, also = scene.heard.retold, scene.heard.retold_beside
    if told is None or also is None:
        return ""
    if told.asks:
        return _sayable(say(scene, "restate_asked_both", question=told.text, also=also.text))
    return _sayable(say(scene, "restate_told_both", account=told.text, also=also.text))


def _sayable(said: str) -> str:
    """The sentence, if it is short enough and does nothing that is ours to do."""
    fits = len(said.split()) <= LONGEST_SENTENCE and not faults(said)
    return said if fits and acts(said).isdisjoint(NOT_THEIRS) else ""


def _told_back(scene: Scene, account: str) -> list[Part]:
    """Their own account, and beside it what it is taken for, unless it says so itself or that is a toss."""
    issue, wording, both = scene.case.issue, scene.shop.wording, _account_of_both(scene)
    whole = Part(both, short=account) if both else Part(account)
    if issue in (None, Issue.OTHER_COMPLAINT) or _tells_otherwise(scene) or wording.is_named(f"restate_reading_{issue}", both or account):
        return [whole]
    name, near = f"restate_{issue}", scene.heard.lead_words
    if not _is_unsure(scene) and _bears_out(scene, name, near):
        text = say(scene, name, near)
        if not wording.shares(text, both or account):
            return [Part(text, spare=1), whole]
    reading = _reading_of(scene, issue)
    if wording.says_again(reading, account):
        return [whole]
    if both:
        return [whole, Part(reading, spare=1)]
    return [Part(_account(scene, reading) or account, short=account)]


def _tells_otherwise(scene: Scene) -> bool:
    """Whether their account has words for another issue than the one it is uncertainly taken for, or that is a toss."""
    told = scene.heard.retold.issues if scene.heard.retold else ()
    return _chance(scene) < A_TOSS or (_chance(scene) < A_GUESS and bool(told) and scene.case.issue not in told)


def _bears_out(scene: Scene, name: str, near: str) -> bool:
    """Whether what is said back follows from their words or the record, and not from the reading alone."""
    is_known = scene.finding is not None and scene.finding.fault is not Fault.UNCLEAR
    return scene.case.issue is None or is_known or scene.shop.wording.is_said(name, near)


def _read(scene: Scene, said: str) -> list[Part]:
    """What they wrote and what it is taken for: in one sentence, or in two where two matters are told."""
    reading, first = _reading(scene), _reading_of(scene, scene.case.issue)
    things = [] if said else _things_beside(scene, "")
    if _chance(scene) < A_TOSS:
        beside = [Part(said)] if said else [Part(say(scene, "restate_thing", thing=one)) for one in things]
        return [*beside, Part(say(scene, "restate_unclear"), spare=1 if beside else 0)]
    if said and reading == first and scene.shop.wording.says_again(first, said.split("“")[-1]):
        return [Part(said)]  # it would only say again what they wrote
    if said and not _leads(scene):
        return [Part(f"{said} {first}", short=said)]
    if said:
        one = _own_words(scene, first)
        return [Part(f"{said} {reading}", short=one) if reading != first else Part(one)]
    if reading != first:
        return [*(Part(say(scene, "restate_thing", thing=one), spare=1) for one in things), Part(reading, short=first)]
    return [Part(say(scene, "restate_thing_read", thing=things[0], reading=_within(reading)), short=reading) if things else Part(reading)]


def _own_words(scene: Scene, reading: str = "") -> str:
    """The customer's clause, or a few words of theirs, in a sentence, with what it is taken for; empty where nothing can be quoted."""
    own = scene.heard.own_words
    phrase = scene.heard.phrase or (own.text if own else "")
    if not phrase:
        return ""
    tells = _tells(scene)
    if reading:
        return say(scene, "restate_quote_read" if tells else "restate_quote_thing_read", phrase=phrase, reading=_within(reading))
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
        either = {name: say(scene, f"noun_{one.issue}") for name, one in zip(("matter", "what"), told, strict=False)}
        return say(scene, "restate_reading_two", **either)
    return _reading_of(scene, scene.case.issue)


def _within(sentence: str) -> str:
    """As it stands within another sentence."""
    return sentence[:1].lower() + sentence[1:]


def _leads(scene: Scene) -> bool:
    """Whether the case's issue is the one that leads the message, so that the words quoted are of it."""
    told = scene.heard.told
    return not told or told[0].issue is scene.case.issue


def _reading_of(scene: Scene, issue: Issue | None) -> str:
    return say(scene, f"restate_reading_{issue}", scene.heard.lead_words)


def _things_beside(scene: Scene, said: str) -> list[str]:
    """The first thing they named that is not in the words quoted: of those that such an issue is about, else of those that lead."""
    named = [one for one in scene.heard.things if one.kind not in ("people", "money") and one.name not in said.lower()]
    fitting = [one for one in named if _fits(scene, str(scene.case.issue), one)]
    return [one.name for one in (*fitting, *(one for one in named if one.central))][:1]


def _is_unsure(scene: Scene) -> bool:
    return bool(scene.case.issue and scene.heard.told and _chance(scene) < SURE_ENOUGH)


def _chance(scene: Scene) -> float:
    """How sure the message is of the case's issue."""
    return next((one.confidence for one in scene.heard.told if one.issue is scene.case.issue), scene.heard.confidence)


def _is_of_phrase(thing: Thing, phrase: str | None, issue: str) -> bool:
    """Whether the clause that is quoted, where one is, may be said of the thing: that the key fob failed says nothing of the car."""
    if phrase is None:
        return True
    said = phrase.lower()
    return thing.name.split()[-1] in said or (issue in WAITS_FOR and said.split()[0] in _STANDS_FOR)


def _fits(scene: Scene, issue: str, thing: Thing) -> bool:
    """Whether there are words for this issue of this kind of thing; somebody is named only for what they did."""
    return scene.shop.wording.has(f"restate_{issue}_{thing.kind}") and (thing.kind != "people" or thing.acts)


def _figures(scene: Scene, said: str) -> list[Part]:
    """How long it has lasted and the sums they named, and not those that their quoted words hold."""
    heard = scene.heard
    counted = f"restate_{heard.how_long.way}" if heard.how_long else ""
    long = [Part(say(scene, counted, long=heard.how_long.text), spare=2)] if heard.how_long else []
    named = dict.fromkeys(heard.values("amount"))
    left = [] if any(one in said for one in named) else [*named]  # a sum beside the one they put it in is of something else
    matters = scene.case.issue in OF_MONEY and 0 < len(left) <= MOST_FIGURES
    figures = listed(left, say(scene, "noun_and")) if matters else ""
    return [*long, *([Part(say(scene, "restate_figures", figures=figures), spare=2)] if figures else [])]


def _beside(scene: Scene) -> list[Part]:
    """A second matter told with the first. Said back wrongly, it would be worse than unsaid, and so not beside a mere reading."""
    if _is_unsure(scene):
        return []
    sure = [one.issue for one in scene.heard.told if one.confidence >= SURELY_BESIDE]
    also = [issue for issue in waiting(scene)[:1] if issue in sure and scene.case.issue]
    return [Part(say(scene, f"restate_beside_{issue}"), spare=1) for issue in also]


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

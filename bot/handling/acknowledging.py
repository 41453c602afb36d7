"""Taking up what the customer told: what went wrong, in their terms, then one apology in the form that fits the fault."""

from bot.cases.heard import Thing
from bot.cases.issue import Fault, Severity
from bot.handling.matters import waiting
from bot.handling.saying import Part, listed, say
from bot.handling.scene import Scene

SURELY_BESIDE = 0.25  # of the whole message, from which a second matter is said back
SURE_ENOUGH = 0.95  # below it every tenth to second is another issue, so what is said back is called a reading
MOST_FIGURES = 2  # sums named again; a list of more reads like a bill

_STANDS_FOR = frozenset("it they this that these those i we still never not nobody all only".split())  # for a thing named before


def acknowledgement(scene: Scene) -> list[Part]:
    """What went wrong, then the apology: once a case. The customer reads that they were heard first (Frantz & Bennigson 2005)."""
    case = scene.present_case
    if case is None or case.apologised or not (case.issue or scene.heard.sounds_like_complaint):
        return []
    case.apologised = True
    finding = scene.finding
    fault = finding.fault if finding else Fault.UNCLEAR
    form = "harm" if case.severity is Severity.S4 else str(fault)
    own = f"apologise_{form}_{case.issue}"  # what is not known yet differs by issue
    name = own if scene.shop.wording.has(own) and not _is_unsure(scene) else f"apologise_{form}"
    short = say(scene, "apologise_shortly") if form == Fault.UNCLEAR else ""
    return [*_restated(scene), *_beside(scene), Part(say(scene, name, scene.heard.text), short=short)]


def taking_up(scene: Scene) -> list[Part]:
    """The turn to another matter that was told before, named again."""
    if not scene.resumes:
        return []
    return [Part(say(scene, "inform_next_matter")), Part(say(scene, f"restate_{scene.case.issue}"))]


def _restated(scene: Scene) -> list[Part]:
    """The issue with the thing it is about, and the customer's own short phrase: what shows that they were heard (Packard 2021)."""
    heard, issue = scene.heard, str(scene.case.issue or "unclear")
    named = [one for one in heard.things if one.central and _is_of_phrase(one, heard.phrase)]
    fitting = next((one for one in named if _fits(scene, issue, one)), None)
    name, values = (f"restate_{issue}_{fitting.kind}", thing_values(fitting)) if fitting else (f"restate_{issue}", {})
    said = say(scene, "restate_quote", phrase=heard.phrase) if heard.phrase else ""
    others = [one.name for one in heard.things if one.kind not in ("people", "money") and one.name not in said.lower()]
    beside = [Part(say(scene, "restate_thing", thing=others[0]), spare=2 if not said else 4)] if others and not fitting else []
    if _is_unsure(scene) and said:
        text = say(scene, "restate_reading", matter=say(scene, f"noun_{issue}"))  # beside their own words, ours can be few
        return [Part(said), Part(text), *_figures(scene, said)]
    text = say(scene, name, heard.lead_words, **values)
    if _is_unsure(scene):
        text = say(scene, "restate_unsure", reading=text[:1].lower() + text[1:])
    quote = [Part(said, spare=3)] if said else []
    return [Part(text), *quote, *beside, *_figures(scene, said)]


def _is_unsure(scene: Scene) -> bool:
    told = scene.heard.told
    return bool(scene.case.issue and told and told[0].confidence < SURE_ENOUGH)


def _is_of_phrase(thing: Thing, phrase: str | None) -> bool:
    """Whether the clause that is quoted, where one is, may be said of the thing: that the key fob failed says nothing of the car."""
    said = (phrase or "it").lower()
    return thing.name.split()[-1] in said or said.split()[0] in _STANDS_FOR


def _fits(scene: Scene, issue: str, thing: Thing) -> bool:
    """Whether there are words for this issue of this kind of thing; somebody is named only for what they did."""
    return scene.shop.wording.has(f"restate_{issue}_{thing.kind}") and (thing.kind != "people" or thing.acts)


def _figures(scene: Scene, said: str) -> list[Part]:
    """How long it has lasted and the sums they named, and not those that their quoted words hold."""
    heard = scene.heard
    counted = f"restate_{heard.how_long.way}" if heard.how_long else ""
    long = [Part(say(scene, counted, long=heard.how_long.text), spare=2)] if heard.how_long else []
    left = [one for one in dict.fromkeys(heard.values("amount")) if one not in said]
    figures = listed(left, say(scene, "noun_and")) if 0 < len(left) <= MOST_FIGURES else ""
    return [*long, *([Part(say(scene, "restate_figures", figures=figures), spare=3)] if figures else [])]


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

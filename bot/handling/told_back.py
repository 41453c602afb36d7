"""The customer's own account, said back from the company's side, and beside it what it is taken for."""

import re

from bot.cases.acts import acts
from bot.cases.heard import SURE_ENOUGH
from bot.cases.issue import Issue, Severity
from bot.cases.wording import LONGEST_SENTENCE, faults
from bot.handling.readings import A_GUESS, NAMED_BY_WAYS, bears_out, chance, is_unsure, names, reading_of, within
from bot.handling.saying import Part, say
from bot.handling.scene import Scene

_ANOTHERS = re.compile(r"(another|someone else's|somebody else's|other (people|customer))", re.IGNORECASE)  # what went wrong for others
# What a sentence that says their account back must not seem to do: a promise or an apology in it would be taken for ours.
NOT_THEIRS = frozenset({"apologise", "remedy", "next", "ask", "disclose"})


def told_back(scene: Scene) -> list[Part]:
    """Their own account, and beside it what it is taken for, unless it says so itself or that is a toss; none where none reads well."""
    told, alone, both = scene.heard.retold, _account(scene), _account_of_both(scene)
    if not (told and alone) or (not told.harm if scene.heard.harm else told.beside and chance(scene) >= SURE_ENOUGH):
        return []
    issue, wording, whole = scene.case.issue, scene.shop.wording, Part(both or alone, short=alone)
    if issue in (None, Issue.OTHER_COMPLAINT) or told.beside or chance(scene) < A_GUESS:
        return [whole]  # below it the reading is too often another
    if names(issue, whole.text) or wording.is_named(f"restate_reading_{issue}", whole.text):
        return [whole]
    name, near = f"restate_{issue}", scene.heard.lead_words
    if not is_unsure(scene) and bears_out(scene, name, near):
        flat = say(scene, name, near)
        if not wording.shares(flat, whole.text):
            return [Part(flat, spare=2), whole]
    reading = reading_of(scene, issue)
    if issue in NAMED_BY_WAYS or wording.says_again(reading, alone):
        return [whole]
    return [whole, Part(reading, spare=2)] if both else [Part(_account(scene, reading) or alone, short=alone)]


def is_of_others(scene: Scene) -> bool:
    """Whether what could be said back went wrong for somebody else: "he was to deliver another order, which was cancelled"."""
    told = scene.heard.retold
    return told is not None and bool(_ANOTHERS.match(told.text))


def told_beside(scene: Scene) -> list[Part]:
    """What else they told, where what leads is said in our words."""
    told = scene.heard.retold
    account = _account(scene) if told and (told.beside or scene.heard.harm) else ""
    return [Part(account, spare=2)] if account else []


def _account(scene: Scene, reading: str = "") -> str:
    """What they told, turned to them, in a sentence of ours, with what it is taken for; empty where it would say more than that."""
    told = scene.heard.retold
    if told is None or is_of_others(scene):
        return ""
    if told.asks:
        name, values = "restate_asked_read" if reading else "restate_asked", {"question": told.text}
    else:
        name, values = "restate_told_read" if reading else "restate_told", {"account": told.text}
    return _sayable(scene, say(scene, name, reading=within(reading), **values))


def _account_of_both(scene: Scene) -> str:
    """The same with what else they told."""
    told, also = scene.heard.retold, scene.heard.retold_beside
    if told is None or also is None:
        return ""
    if told.asks:
        return _sayable(scene, say(scene, "restate_asked_both", question=told.text, also=also.text))
    first, then = sorted((told, also), key=lambda one: one.start)  # as they told it: "it" may be of what stands before
    return _sayable(scene, say(scene, "restate_told_both", account=first.text, also=then.text))


def _sayable(scene: Scene, said: str) -> str:
    """The sentence, if it is short enough and does nothing that is ours to do; of harm, nothing that we are said to have done."""
    fits = len(said.split()) <= LONGEST_SENTENCE and not faults(said)
    owns = scene.case.severity is Severity.S4 and " we " in said
    return said if fits and not owns and acts(said).isdisjoint(NOT_THEIRS) else ""

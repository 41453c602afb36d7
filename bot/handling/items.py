"""Which items of an order the customer means: named in their account, chosen, corrected, and how many of one."""

import re

from bot.cases.asking import is_question
from bot.cases.case import TAKEN_BACK
from bot.cases.choice import best_label, position, wants_all
from bot.cases.finding import GOODS
from bot.cases.issue import Issue
from bot.cases.order import PROCESSING, SHIPPED, Item, Order, fine_items, items_named
from bot.cases.portions import complained_of
from bot.cases.quantity import quantity_said
from bot.handling.matters import named_lines, portions_waiting, waiting
from bot.handling.scene import Scene

OFFERED = ("remedy", "confirmation")  # what is asked while an offer waits

ANOTHER_ITEM = "items:another"  # none of those that the words fit
BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
CORRECTS = re.compile(r"\b(no|not|wait|sorry|actually|meant|mean|instead|rather|wrong|correction|oops)\b", re.IGNORECASE)
_ADDS = re.compile(r"\b(too|also|as well|another|plus|same (for|with|goes)|and|both)\b", re.IGNORECASE)
GOES_ON = re.compile(r"^\W*(and|but|what about|how about|now|also)\b", re.IGNORECASE)  # "and the apron?"
_NOT_THAT = re.compile(r"\b(not|instead of) (the |a |an |my |that )?\w+", re.IGNORECASE)  # "not the apron, the cutting board"
_PARTLY = re.compile(
    r"\b(part(ly|ial|s)?|half|one (of|item|thing|is|was)|some|only|rest|other|missing (from|in)|incomplete)\b", re.IGNORECASE
)


def name_items(scene: Scene, order: Order) -> None:
    """The items the customer has named already, or the only one there is."""
    if len(order.items) == 1:
        scene.write("items", str(order.items[0].line), "record")
        note_quantity(scene, scene.known.get("what_happened") or "")
        return
    if scene.known.lines():
        return  # set apart already
    account = scene.known.get("what_happened") or ""
    told = _told_of(scene, order, account)
    told = () if len(told) < 2 and BOTH.search(account) else told
    named = order.pick(told) if told else likely_items(scene, order)
    is_all = (len(named) != 1 and _has_none_of_it(scene, order, account)) or (not named and wants_all(account))
    named = order.items if is_all else named
    if told or is_all or len(named) == 1 or (len(named) == 2 and BOTH.search(account)):
        scene.write("items", ",".join(str(item.line) for item in named))
        note_quantity(scene, account)


def _told_of(scene: Scene, order: Order, account: str) -> tuple[int, ...]:
    """The lines that the account tells something of, less those of another matter that was told with it.

    Of a parcel that lacks something, what is named may be what came.
    """
    others = {line for issue in waiting(scene) for line in named_lines(scene, issue)}
    return tuple(line for line in complained_of(order, account) if line not in others) if scene.case.issue in GOODS else ()


def _has_none_of_it(scene: Scene, order: Order, account: str) -> bool:
    """Whether an order that is still on its way is missed as a whole: asking which item of it would change nothing."""
    return scene.case.issue is Issue.LOST_OR_MISSING and order.status in (PROCESSING, SHIPPED) and not _PARTLY.search(account)


def likely_items(scene: Scene, order: Order) -> tuple[Item, ...]:
    """The items that the customer's words fit: one is meant, several are offered, none is guessed."""
    own_words = scene.known.get("lead") or ""
    told = (own_words, scene.known.get("what_happened"), scene.known.get("product"), scene.heard.text)
    return next(filter(None, (items_named(order, words) for words in told if words)), ())


def take_items(scene: Scene) -> bool:
    order, heard = scene.order, scene.heard
    if order is None:
        return False
    chosen: tuple[int, ...] = ()
    if heard.choice == ANOTHER_ITEM:
        for name in ("product", "what_happened"):
            scene.write(name, TAKEN_BACK)
        return True
    if heard.choice and heard.choice.startswith("items:"):
        chosen = tuple(int(one) for one in heard.choice[6:].split(","))
    elif wants_all(heard.text):
        chosen = tuple(item.line for item in order.items)
    else:
        place = position(heard.text, len(order.items))
        named = (order.items[place - 1],) if place else items_named(order, heard.text)
        chosen = tuple(item.line for item in named)
        if not chosen:
            label = best_label(heard.text, [item.name for item in order.items])
            chosen = (order.items[label].line,) if label is not None else ()
    if chosen:
        scene.write("items", ",".join(map(str, chosen)), "choice" if heard.choice else "customer")
        note_quantity(scene, f"{scene.known.get('what_happened') or ''}. {heard.text}")
    return bool(chosen)


def change_items(scene: Scene) -> bool:
    """Takes in what a message changes of what an offer that waits is about. Whether it did."""
    return _corrects_items(scene) or _adds_items(scene)


def _adds_items(scene: Scene) -> bool:
    """Another item besides those noted: "the apron has a hole, too"."""
    order, text, lines = scene.order, scene.heard.text, scene.known.lines()
    if order is None or not lines or scene.conversation.asked not in OFFERED or scene.heard.choice:
        return False
    if scene.heard.issue not in (None, scene.case.issue) or (is_question(text) and not GOES_ON.match(text)):
        return False
    lines = (*lines, *(line for one in portions_waiting(scene) for line in one.lines))
    fine = fine_items(order, text)
    named = tuple(item.line for item in items_named(order, text) if item.line not in lines and item not in fine)
    if not named or not (_ADDS.search(text) or GOES_ON.match(text) or scene.heard.issue):
        return False
    scene.write("items", ",".join(map(str, sorted({*scene.known.lines(), *named}))))
    scene.conversation.ask(None)
    return True


def _corrects_items(scene: Scene) -> bool:
    """Another item than the one noted, named where an offer waits: "no wait, I meant the cutting board"."""
    order, text = scene.order, scene.heard.text
    if order is None or scene.conversation.asked not in OFFERED or scene.heard.choice or scene.keeps:
        return False
    if note_quantity(scene, text):  # "sorry, two of them"
        scene.conversation.ask(None)
        return True
    named = tuple(item.line for item in items_named(order, _NOT_THAT.sub(" ", text)))
    if not named or len(named) == len(order.items) or named == scene.known.lines() or not CORRECTS.search(text):
        return False
    scene.write("items", ",".join(map(str, named)))
    scene.conversation.ask(None)
    return True


def note_quantity(scene: Scene, said: str) -> bool:
    """Keeps how many of the one item it is about, where fewer than were bought are meant. Whether that is new."""
    lines = scene.known.lines()
    ordered = scene.order.pick(lines)[0].quantity if scene.order and len(lines) == 1 else 1
    count = quantity_said(said, ordered)
    if count is None or scene.known.get("quantity") == str(count):
        return False
    scene.write("quantity", str(count))
    return True

"""Items of one order that are not put right in one way: the first of them now, the others after it, in cases of their own."""

from bot.cases.asking import is_question, statements
from bot.cases.choice import position
from bot.cases.order import Order, fine_items, items_named
from bot.cases.portions import Portion, portions, wish_of
from bot.handling import items, listening, matters
from bot.handling.progress import filed_of
from bot.handling.scene import Scene


def divide(scene: Scene, is_offered: bool) -> bool:
    """Takes the wish for each item from words such as "a new skillet, money off for the apron". Whether they part the items.

    `is_offered`: ways wait to be chosen from, so that a wish for one item alone parts it from the others.
    """
    order, known = scene.order, scene.known
    if order is None or scene.heard.choice or filed_of(scene):
        return False
    words = (known.get("what_happened") or "") if scene.just_proven else scene.heard.text
    found = portions(order, known.lines(), statements(words))
    if not found or not (is_offered or len([one for one in found if one.wish]) > 1):
        return False
    first, *rest = found
    scene.write("items", ",".join(map(str, first.lines)))
    scene.write("wish", first.wish or "")
    matters.set_apart(scene, rest)
    scene.conversation.ask(None)
    scene.divides = bool(rest)
    return True


def keep_others(scene: Scene) -> None:
    """Sets apart what a yes names besides: "yes, and money off for the apron". What waits already stays as it is."""
    order, text = scene.order, scene.heard.text
    if order is None or scene.heard.choice:
        return
    waiting = matters.portions_waiting(scene)
    kept = {line for one in waiting for line in one.lines}
    told = {line for issue in matters.waiting(scene) for line in matters.named_lines(scene, issue)}
    lines = tuple(item.line for item in items_named(order, text) if item.line not in _done(scene, order) | kept | told)
    wish = wish_of(order, lines, text)
    if lines and (wish or scene.heard.issue or scene.heard.told):
        matters.set_apart(scene, [*waiting, Portion(lines, wish)])


def other_items(scene: Scene) -> tuple[int, ...]:
    """Once a remedy is filed: the lines of the order that a message names and nothing is filed for, as in "the apron is still to do"."""
    order, text = scene.order, scene.heard.text
    if order is None or scene.heard.choice or not filed_of(scene) or listening.says_yes(scene):
        return ()
    is_more = bool(items.GOES_ON.match(text))
    is_trouble = scene.heard.issue or scene.heard.told or listening.verdict(scene) in ("partly", "no")
    if not (is_more or (is_trouble and not is_question(text))):
        return ()  # "thank you, the apron is lovely"
    done, place = _done(scene, order), position(text, len(order.items))
    named = items_named(order, text) or ((order.items[place - 1],) if place else ())
    return tuple(item.line for item in named if item.line not in done)


def _done(scene: Scene, order: Order) -> set[int]:
    """The lines that a remedy is filed for, all of them where one is for the whole order, and those said to be fine."""
    cases = [one for one in scene.uow.cases.of_conversation(scene.conversation.id) if one.order_number == order.number]
    filed = [one for one in scene.uow.remedies.of(*(case.id for case in cases)) if one.is_filed]
    lines = {line for one in filed for line in one.line_numbers or [item.line for item in order.items]}
    return lines | {item.line for item in fine_items(order, scene.heard.text)}

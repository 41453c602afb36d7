"""Taking from a message what it brings: facts in any order, and the answer to what was asked."""

import re

from bot.cases.asking import statements
from bot.cases.callback import CHOSEN_AT
from bot.cases.case import TAKEN_BACK, Case
from bot.cases.channel import LETTERS
from bot.cases.choice import (
    best_label,
    holds_back,
    is_no,
    is_yes,
    named_remedies,
    position,
    postcodes,
    takes_back,
    wants_instead,
    wishes,
    without_delivery,
)
from bot.cases.conversation import Handler
from bot.cases.dates import day_meant, zone_of
from bot.cases.issue import Issue
from bot.cases.order import PROCESSING, SHIPPED, Order, bare_lines, bare_numbers, normal_number
from bot.cases.portions import about
from bot.cases.proof import Proof, proof_of, same_text
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.handling.cases import VOUCHED
from bot.handling.items import BOTH, CORRECTS, name_items, take_items
from bot.handling.scene import Scene

OF_OPEN_ORDERS = (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING, Issue.CANCELLATION_PROBLEM)
KEPT_AS_SAID = ("email", "phone", "amount", "date", "product", "person_name")
LONGEST_ACCOUNT = 500  # characters of the customer's own account kept as a fact
DATED = 2  # ways offered, up to which each is said with its day
SHORTEST_ACCOUNT = 3  # words that count as telling what happened


def note_facts(scene: Scene) -> bool:
    """Writes down every fact the message brings. Whether it brought anything that may prove an order."""
    heard = scene.heard
    for name in KEPT_AS_SAID:
        values = heard.values(name)
        if values:  # "nina@exmaple.com sorry nina@example.com"
            scene.write(name, values[-1] if CORRECTS.search(heard.text) else values[0])
    _note_day(scene)
    codes = _postcodes(scene) or _code_beside_the_number(scene)
    for code in codes[:1]:
        scene.write("postcode", code)
    number = _order_number(scene, codes)
    if number:
        scene.write("order_number", number)
    _note_account(scene)
    for wish in wishes(statements(heard.text))[:1]:
        if scene.present_case:
            scene.write("wish", wish)
    return bool(number or codes or heard.values("email") or heard.values("phone"))


def _postcodes(scene: Scene) -> tuple[str, ...]:
    """What may be postcodes; in a letter, which was asked for one along with the order number, also in lines of their own."""
    text, asked = scene.heard.text, scene.conversation.asked
    if asked != "order_number" or scene.conversation.channel not in LETTERS:
        return postcodes(text, asked == "proof")
    alone = postcodes("\n".join(bare_lines(text)), asked=True)
    return tuple(one for one in (*postcodes(text, asked=False), *alone) if not scene.looked.orders.get(normal_number(one)))


def _code_beside_the_number(scene: Scene) -> tuple[str, ...]:
    """The postcode told in the breath that first names the order, without a word for it: one, so that nobody can try many at once."""
    numbers = [normal_number(value) for value in scene.heard.values("order_number")]
    order = scene.looked.orders.get(numbers[0]) if len(numbers) == 1 else None
    if order is None or scene.known.get("order_number"):
        return ()
    told = [one for one in postcodes(scene.heard.text, asked=True) if normal_number(one) != numbers[0]]
    return tuple(told) if len(told) == 1 and same_text(told[0], order.ship_to.get("zip")) else ()


def _note_day(scene: Scene) -> None:
    """Which day the customer's words mean, reckoned from when they were written and where the customer is."""
    policy, heard = scene.shop.policy, scene.heard
    zone = zone_of(scene.conversation.time_zone, policy.hours.zone)
    for words in heard.values("date")[:1]:
        span = day_meant(heard.text, words, scene.message.at, zone, day_first=policy.day_first)
        scene.write("day", str(span) if span else TAKEN_BACK)


def _note_account(scene: Scene) -> None:
    heard, told = scene.heard, scene.known.get("what_happened")
    is_account = (
        bool(heard.issue or heard.issue_beside_facts or heard.told) and heard.choice is None and len(heard.text.split()) >= SHORTEST_ACCOUNT
    )
    lead = heard.lead_words if len(heard.told) > 1 else heard.phrase
    if is_account and not told and lead and not BOTH.search(heard.text):
        scene.write("lead", lead[:LONGEST_ACCOUNT])
    if is_account and not told:
        scene.write("what_happened", heard.text[:LONGEST_ACCOUNT])


def _order_number(scene: Scene, codes: tuple[str, ...]) -> str | None:
    """The order number the message brings: one that exists if several are said.

    A proven order only gives way to another that can be opened.
    """
    choice = scene.heard.choice or ""
    if choice.startswith("order:"):
        return choice.removeprefix("order:")
    said = [normal_number(value) for value in scene.heard.values("order_number")]
    if scene.conversation.asked == "order_number" and not said:
        said = bare_numbers(scene.heard.text)
    said = [number for number in said if number not in map(normal_number, codes)]
    existing = [number for number in said if scene.looked.orders.get(number)]
    case = scene.present_case
    if case and case.proven:
        return next((number for number in existing if number != case.order_number and _may_replace(scene, number)), None)
    return next(iter(existing or said), None)


def _may_replace(scene: Scene, number: str) -> bool:
    """Whether this order may take the place of the one that is open: nothing is filed on that yet, and what is known opens it.

    One that exists and stays closed must sound like one that does not exist.
    """
    if any(remedy.is_filed for remedy in scene.uow.remedies.of(scene.case.id)):
        return False
    is_own = any(order.number == number for order in scene.looked.own)
    return is_own or proof_of(scene.looked.orders.get(number), *proofs_of(scene)) is Proof.GIVEN


def proofs_of(scene: Scene) -> list[tuple[str, ...]]:
    """What has been given that may prove an order: e-mail, phone, postcode."""
    return [tuple(filter(None, (scene.known.get(name),))) for name in ("email", "phone", "postcode")]


def prove(scene: Scene, brought_something: bool) -> None:
    """Opens the order if the number and something else agree; counts a wrong try. An unknown order counts alike."""
    case, known = scene.present_case, scene.known
    own = {order.number: order for order in scene.looked.own}
    number = known.get("order_number")
    if case is None:
        return
    if case.proven and number == case.order_number:
        if scene.order and not known.lines():
            name_items(scene, scene.order)
        return
    meant = own.get(number) if number else _only_one_it_can_be(scene, case.issue)
    if meant:
        scene.taken_for_granted = number is None
        open_order(scene, meant)
        return
    if not number or not (brought_something or _is_untried(scene, case)):
        return
    order = scene.looked.orders.get(number)
    outcome = proof_of(order, *proofs_of(scene))
    if outcome is Proof.GIVEN and order:
        open_order(scene, order)
    elif outcome is Proof.WRONG and not case.proven and _has_given_proof(scene, case):
        case.wrong_proofs += 1
        scene.proof_was_wrong = True
        scene.uow.note(case.id, "customer", "proof.wrong", scene.now, tries=case.wrong_proofs)


def _is_untried(scene: Scene, case: Case) -> bool:
    """Whether a proof was given that opened nothing yet, since a person was brought at once: it is not asked for again."""
    return not case.proven and not case.wrong_proofs and _has_given_proof(scene, case)


def _has_given_proof(scene: Scene, case: Case) -> bool:
    """Whether the customer said something that should have proven it: what only their channel vouches for is no wrong try of theirs."""
    facts = scene.uow.cases.facts(case.id)
    return any(one.name in ("email", "phone", "postcode") and one.value and one.source != VOUCHED for one in facts)


def _only_one_it_can_be(scene: Scene, issue: Issue | None) -> Order | None:
    """A signed-in visitor's one order, or the one still open where the issue is about such; none once it was said to be another."""
    if scene.known.values.get("order_number") == TAKEN_BACK:
        return None
    under_way = [order for order in scene.looked.own if order.status in (PROCESSING, SHIPPED)]
    candidates = under_way if issue in OF_OPEN_ORDERS and len(under_way) == 1 else scene.looked.own
    return candidates[0] if len(candidates) == 1 else None


def open_order(scene: Scene, order: Order, by: str = "customer") -> None:
    """The order is the customer's: from here its record may be shown. `by`: who proved it."""
    case = scene.case
    if case.order_number not in (None, order.number):
        scene.write("items", TAKEN_BACK)  # the lines of another order mean nothing in this one
    case.proven, case.order_number, case.customer_id = True, order.number, order.buyer.id
    scene.looked.orders[order.number] = order
    scene.just_proven = True
    scene.conversation.asked_remedy = None
    scene.write("order_number", order.number, "record")
    name_items(scene, order)
    scene.uow.note(case.id, by, "order.proven", scene.now)


def take_answer(scene: Scene) -> bool:
    """Reads the message as the answer to what was asked; whether it was one."""
    asked = scene.conversation.asked
    heard = scene.heard
    if asked == "order_number":
        return bool(_order_number(scene, ()))
    if asked == "proof":
        return bool(heard.values("email") or heard.values("phone") or postcodes(heard.text, True) or heard.values("order_number"))
    if asked == "phone":
        return bool(heard.values("phone")) or _changes_mind(scene)
    if asked == "confirmation":
        return _changes_mind(scene)
    if asked == "what_happened":
        enough = len(heard.text.split()) >= SHORTEST_ACCOUNT
        if enough:
            scene.write("what_happened", heard.text[:LONGEST_ACCOUNT])
        return enough
    if asked == "items":
        return take_items(scene)
    if asked == "remedy":
        return _take_remedy(scene)
    return False


def _take_remedy(scene: Scene) -> bool:
    offered = offered_remedies(scene)
    chosen = _chosen_of(scene, offered)
    if chosen:
        scene.conversation.asked_remedy = chosen.id
        scene.uow.note(scene.case.id, "customer", "remedy.chosen", scene.now, remedy=chosen.reference)
    return chosen is not None


def _changes_mind(scene: Scene) -> bool:
    """Whether another remedy on offer is asked for by name, in place of the one that waits for a yes."""
    for wish in _wishes_here(scene):
        fitting = [one for one in offered_remedies(scene) if one.meets(wish) and one.id != scene.conversation.asked_remedy]
        if len(fitting) == 1:
            scene.conversation.asked_remedy = fitting[0].id
            return True
    return False


def _chosen_of(scene: Scene, offered: list[Remedy]) -> Remedy | None:
    heard = scene.heard
    if heard.choice and heard.choice.startswith("remedy:"):
        return next((one for one in offered if one.id == heard.choice[7:]), None)
    said = statements(heard.text)  # nothing is chosen by asking about it
    if not said:
        return None
    labels = [scene.shop.wording.say(f"offer_{one.wording}", amount=one.amount or "-", items="items") for one in offered]
    named = [one for one, label in zip(offered, labels, strict=True) if " " in said.strip() and said.lower().strip(" .!") in label.lower()]
    if len(named) == 1:
        return named[0]
    place = position(said, len(offered))
    if place:
        return offered[place - 1]
    for wish in wishes(said):
        fitting = [one for one in offered if one.meets(wish)]
        if len(fitting) == 1:
            return fitting[0]
    if wishes(said) and not any(one.meets(wish) for one in offered for wish in wishes(said)):
        return None  # "I want my money back" chooses no part refund, though its label says "back"
    if len(offered) == 1 and is_yes(said):
        return offered[0]
    best = best_label(said, labels)
    return offered[best] if best is not None else None


def offered_remedies(scene: Scene) -> list[Remedy]:
    """What has been offered and neither taken nor withdrawn, in the order it was offered."""
    case = scene.present_case
    return [one for one in scene.uow.remedies.of(case.id) if one.state is RemedyState.PROPOSED] if case else []


def asked_about(scene: Scene) -> list[Remedy]:
    """The remedies on offer that a question is about: those it names, or all whose effect can be told."""
    offered, named = offered_remedies(scene), named_remedies(scene.heard.text)
    meant = [one for one in offered if any(one.meets(kind) for kind in named)]
    return meant or [one for one in offered if can_be_told(scene, one)]


def can_be_told(scene: Scene, remedy: Remedy) -> bool:
    """Whether its effect needs no fact that is asked only of who chooses it, such as the number to call."""
    return remedy.kind is not RemedyKind.CALLBACK or bool(scene.known.get("phone"))


def is_plain_answer(scene: Scene) -> bool:
    """A yes or no without words, such as a thumb, where a question waits for one."""
    if not scene.heard.unreadable or scene.heard.unreadable.why != "emoji":
        return False  # "No hablo inglés" is no no
    return scene.conversation.asked is not None and (is_yes(scene.heard.text) or is_no(scene.heard.text))


def verdict(scene: Scene) -> str | None:
    """The answer to whether it is put right: yes, partly or no."""
    choice, text = scene.heard.choice or "", scene.heard.text.lower()
    if choice.startswith("settled:"):
        return choice.removeprefix("settled:")
    if re.search(r"\b(partly|partially|not (quite|entirely|really|fully|completely)|half|kind of|sort of|almost)\b", text):
        return "partly"
    if says_no(scene):
        return "no"
    return "yes" if says_yes(scene) or scene.heard.intent == "thanks" else None


def wants_it_otherwise(scene: Scene) -> bool:
    """Whether another remedy than what is filed is asked for: "I've changed my mind, refund me instead"."""
    case, text = scene.present_case, scene.heard.text
    filed = [one for one in scene.uow.remedies.of(case.id) if one.is_filed] if case else []
    if not filed or scene.heard.choice:
        return False
    wanted = wishes(text)
    is_other = bool(wanted) and not any(one.meets(kind) for one in filed for kind in wanted)
    return wants_instead(text) if is_other else takes_back(text) and not wanted


def failed_before(scene: Scene) -> bool:
    """Whether something was filed for the same order and issue before, in another case: a second failure (Maxham 2002)."""
    case = scene.present_case
    if case is None or not scene.just_proven or case.issue is None:
        return False
    others = [one for one in scene.uow.cases.of_order(case.order_number or "") if one.id != case.id and one.issue is case.issue]
    lines = set(scene.known.lines())
    filed = [remedy for remedy in scene.uow.remedies.of(*(one.id for one in others)) if remedy.is_filed]
    of_these = [{int(line) for line in remedy.lines.split(",") if line} for remedy in filed]
    return any(not lines or not other or lines & other for other in of_these)  # another item is another failure


def says_yes(scene: Scene) -> bool:
    """An explicit yes, or a time for the call; a yes with a reservation, or to something else, is none, however the parse named it."""
    text = without_delivery(scene.heard.text)
    if _asks_for_another(scene):
        return False
    if (scene.heard.choice or "").startswith(CHOSEN_AT):
        return True
    return is_yes(statements(text)) or (scene.heard.intent == "affirm" and "?" not in text and not is_no(text) and not holds_back(text))


def _asks_for_another(scene: Scene) -> bool:
    """Whether another remedy is named than the one that waits for a yes: "ok, keep it with the money" confirms no replacement."""
    waiting = scene.conversation.asked_remedy
    named = _wishes_here(scene)
    return bool(waiting and named and not any(scene.uow.remedies.get(waiting).meets(wish) for wish in named))


def _wishes_here(scene: Scene) -> list[RemedyKind]:
    """The wishes of a message, but those for other items than the ones that are put right now."""
    return wishes(about(scene.order, scene.known.lines(), scene.heard.text) if scene.order else scene.heard.text)


def says_no(scene: Scene) -> bool:
    return scene.heard.intent == "deny" or is_no(scene.heard.text)


def with_people(scene: Scene) -> bool:
    """Whether a person answers this conversation, so that the assistant does not."""
    return scene.conversation.handler is not Handler.ASSISTANT

"""A claim for damages in the chat: what else was lost, what it cost, what shows it; then a person decides.

The assistant takes it down in the customer's words and confirms it once. It puts no figure and no yes on it.
"""

import secrets
from typing import TYPE_CHECKING

from bot.cases import damages
from bot.cases.asking import is_question
from bot.cases.authority import Role
from bot.cases.case import Alert, Promise
from bot.cases.claim import AMOUNT, ASKED, NO_RECEIPT, RECEIPT, WHAT, Claim, ClaimItem, ClaimState
from bot.cases.damages import Loss
from bot.cases.hours import due_within
from bot.cases.order import items_named
from bot.cases.reference import new_reference
from bot.cases.step import Answer, Ask, HandOff, Step
from bot.handling.asides import missed
from bot.handling.handoff import hand_off, raise_severity
from bot.handling.progress import filed_of
from bot.handling.saying import Choice, Part, choice, chosen, clock_for, listed, person, say
from bot.handling.scene import Scene

if TYPE_CHECKING:
    pass

DECISION = "damages_decision"  # the promise of when a person decides
LONGEST_QUOTE = 10  # words of theirs in a first reply, where a loss is taken down; more is a story, and stands in the case
TRIES = 2  # at a sum, until it counts as not known
ALL, NONE, UNKNOWN = "damages:all", "damages:none", "damages:unknown"  # taps
BESIDE = ("greet", "goodbye", "ask_if_bot")  # small talk is no answer


def currency_of(scene: Scene) -> str:
    """What a bare figure or a dollar sign is reckoned in: the order's currency, else the first that the shop names."""
    shops = next(iter(scene.shop.policy.authority.limits.get(Role.AGENT, {})), "USD")
    return scene.order.currency if scene.order else shops


def open_claim(scene: Scene) -> Claim | None:
    """The claim that is being told, of whichever matter of this conversation."""
    cases = scene.uow.cases.of_conversation(scene.conversation.id)
    return next((one for case in reversed(cases) for one in scene.uow.claims.of(case.id) if one.state is ClaimState.OPEN), None)


def step(scene: Scene) -> Step | None:
    """What a message does to a claim: the answer to what was asked of it, or a loss told once the thing itself is settled.

    None for any other message.
    """
    if scene.conversation.asked in ASKED:
        return _taken(scene)
    if scene.present_case is None or not filed_of(scene) or not _told(scene):
        return None
    return next_ask(scene)


def note(scene: Scene) -> None:
    """Keeps what a message tells of other losses while the thing itself is still open: it is taken up after that."""
    found = _told(scene)
    if found:
        scene.loss = found[0].what or scene.heard.text


def _told(scene: Scene) -> tuple[Loss, ...]:
    """The losses a message tells, kept on the claim; an item of the order itself is none, unless bought again."""
    text, currency = scene.heard.text, currency_of(scene)
    if scene.heard.choice or is_question(text):
        return ()
    found = tuple(one for one in damages.losses(text, currency) if not _is_the_thing(scene, one))
    if not found and not damages.asks_damages(text):
        return ()
    claim = open_claim(scene) or _opened(scene)
    for one in found:
        _add(scene, claim, one)
    return found or (Loss(""),)


def _is_the_thing(scene: Scene, loss: Loss) -> bool:
    bought_again = any(word in loss.what.lower() for word in ("another", "new", "replacement", "second"))
    return bool(scene.order and items_named(scene.order, loss.what)) and not bought_again


def _opened(scene: Scene) -> Claim:
    claim = Claim(secrets.token_hex(12), scene.case.id, new_reference("C"), scene.now)
    scene.uow.add(claim)
    scene.uow.flush()
    scene.uow.note(claim.case_id, "customer", "claim.opened", scene.now, claim=claim.reference)
    return claim


def _add(scene: Scene, claim: Claim, loss: Loss) -> None:
    """One loss more; the same words again are the same loss."""
    items = scene.uow.claims.items(claim.id)
    if any(one.what == loss.what for one in items) or len(items) >= damages.MOST_ITEMS:
        return
    minor, currency = (loss.amount.minor, loss.amount.currency) if loss.amount else (0, currency_of(scene))
    scene.uow.add(ClaimItem(claim.id, loss.what, minor, currency, None, scene.now, scene.message.id))
    scene.uow.flush()
    scene.uow.note(claim.case_id, "customer", "claim.item", scene.now, claim=claim.reference)


def next_ask(scene: Scene) -> Ask | None:
    """What is still to be asked of the open claim; None where there is none."""
    claim = open_claim(scene)
    if claim is None:
        return None
    lacking = damages.first_open(scene.uow.claims.items(claim.id))
    return Ask(WHAT) if lacking is None else Ask(RECEIPT if lacking.amount_minor else AMOUNT)


def _taken(scene: Scene) -> Step | None:
    """The message as the answer to what was asked; None for small talk, which is answered beside it."""
    heard, asked, claim = scene.heard, scene.conversation.asked, open_claim(scene)
    if claim is None or asked is None:
        scene.conversation.ask(None)
        return None
    items = scene.uow.claims.items(claim.id)
    if heard.intent in BESIDE or (heard.intent == "thanks" and not (asked == WHAT and items)):
        return None
    if heard.intent == "never_mind":
        return _ended(scene, claim)
    if not heard.choice and is_question(heard.text):
        return missed(scene) or Answer("damages", Ask(asked))
    answered = {WHAT: _take_what, AMOUNT: _take_amount, RECEIPT: _take_receipt}[asked](scene, claim, items)
    scene.conversation.misunderstood = 0
    return answered


def _take_what(scene: Scene, claim: Claim, items: list[ClaimItem]) -> Step:
    text = scene.heard.text
    if scene.heard.choice == ALL or damages.is_all(text) or (items and scene.heard.intent == "thanks"):
        return _ended(scene, claim)
    if damages.says_yes_only(text) or not any(sign.isalpha() for sign in text):
        tried = scene.conversation.asked_tries
        return _ended(scene, claim) if items and tried > TRIES else Ask(WHAT) if tried <= TRIES else HandOff("damages")
    currency = currency_of(scene)
    for one in damages.losses(text, currency) or (Loss(damages.in_words(text), damages.sum_said(text, currency)),):
        _add(scene, claim, one)
    asked = next_ask(scene)
    return _ended(scene, claim) if asked is None or (asked.fact == WHAT and len(items) >= damages.MOST_ITEMS) else asked


def _take_amount(scene: Scene, claim: Claim, items: list[ClaimItem]) -> Step:
    lacking, text, currency = damages.first_open(items), scene.heard.text, currency_of(scene)
    if lacking is None:
        return Ask(WHAT)
    on_sum, on_receipt = damages.split_receipt(text)
    said = [on_sum, *scene.heard.values("amount")]
    amount = next(filter(None, (damages.sum_said(one, currency, asked=True) for one in said)), None)
    if amount:
        lacking.amount_minor, lacking.currency = amount.minor, amount.currency
        lacking.receipt = on_receipt
        scene.uow.flush()
        return next_ask(scene) or Ask(WHAT)
    unknown = scene.heard.choice == UNKNOWN or damages.is_unknown(text) or scene.conversation.asked_tries >= TRIES
    return Ask(RECEIPT) if unknown else Ask(AMOUNT)


def _take_receipt(scene: Scene, claim: Claim, items: list[ClaimItem]) -> Step:
    lacking, text = damages.first_open(items), scene.heard.text
    if lacking is None:
        return Ask(WHAT)
    other = damages.corrected_sum(text, currency_of(scene))
    if other and other != lacking.amount:  # "no, it was 60 dollars"
        lacking.amount_minor, lacking.currency = other.minor, other.currency
        return Ask(RECEIPT)
    said = NO_RECEIPT if scene.heard.choice == NONE else damages.receipt_said(text)
    if said is None and scene.conversation.asked_tries < TRIES:
        return Ask(RECEIPT)
    lacking.receipt = said or text
    scene.uow.flush()
    return next_ask(scene) or Ask(WHAT)


def receipt_shown(scene: Scene) -> Step | None:
    """Files without words, where a receipt was asked for: they are it. None where none was."""
    claim = open_claim(scene) if scene.conversation.asked == RECEIPT else None
    lacking = damages.first_open(scene.uow.claims.items(claim.id)) if claim else None
    if lacking is None or not lacking.amount_minor:
        return None
    lacking.receipt = ", ".join(one.name for one in scene.files)
    scene.uow.flush()
    return next_ask(scene) or Ask(WHAT)


def _ended(scene: Scene, claim: Claim) -> Step:
    """All is told: the claim goes to a person; with nothing told it is let be."""
    if scene.uow.claims.items(claim.id):
        receive(scene, claim)
        return Answer("claim_received")
    claim.state = ClaimState.DROPPED
    scene.conversation.ask(None)
    scene.uow.note(claim.case_id, "customer", "claim.dropped", scene.now, claim=claim.reference)
    return Answer("claim_dropped")


def receive(scene: Scene, claim: Claim) -> None:
    """The claim is complete: a person is brought, and a time is promised by which they decide."""
    shop, uow, now = scene.shop, scene.uow, scene.now
    rule = shop.policy.escalation("damages")
    hand_off(shop, uow, scene.conversation, "damages", now, scene.message.id)
    claim.state, claim.received_at = ClaimState.RECEIVED, now
    claim.decide_by = due_within(shop.policy.hours, now, rule.reply_within)
    case = uow.cases.find(claim.case_id)
    if case:
        raise_severity(case, rule.severity)
    uow.add(Promise(claim.case_id, DECISION, shop.policy.teams[rule.team], claim.decide_by, now, scene.message.id))
    uow.alerts.raise_once(Alert("damages_claim", rule.team, now, f"damages_claim:{claim.id}", claim.case_id, {"claim": claim.reference}))
    uow.note(claim.case_id, "customer", "claim.received", now, claim=claim.reference)


def noted(scene: Scene) -> list[Part]:
    """That the other loss was heard, while the thing itself comes first."""
    if not scene.loss:
        return []
    is_short = not scene.is_first or len(scene.loss.split()) <= LONGEST_QUOTE
    return [Part(say(scene, "damages_noted", phrase=scene.loss) if is_short else say(scene, "damages_noted_shortly"), spare=1)]


def asking(scene: Scene, step: Ask) -> tuple[list[str], list[Choice]]:
    """The next question of the claim; before the first, who decides."""
    conversation, claim = scene.conversation, open_claim(scene)
    assert claim is not None  # whoever asks has found it
    items = scene.uow.claims.items(claim.id)
    lacking = damages.first_open(items)
    intro = [] if conversation.asked in ASKED else [say(scene, "damages_intro")]
    again = "_again" if conversation.asked == step.fact else ""
    conversation.ask(step.fact)
    if step.fact == WHAT or lacking is None:
        name = "ask_what_else" if items else "ask_what_was_lost"
        choices = [choice(say(scene, "label_that_is_all"), chosen(ALL))] if items else []
        return [*intro, say(scene, name + again)], [*choices, person(scene)]
    if step.fact == AMOUNT:
        text = say(scene, "ask_what_it_cost" + again, phrase=lacking.what)
        return [*intro, text], [choice(say(scene, "label_sum_unknown"), chosen(UNKNOWN)), person(scene)]
    name = "ask_what_shows_it" if lacking.amount_minor else "ask_what_shows_it_unpriced"
    text = say(scene, name, phrase=lacking.what, amount=lacking.amount if lacking.amount_minor else None)
    return [*intro, text], [choice(say(scene, "label_no_receipt"), chosen(NONE)), person(scene)]


def passed_on(scene: Scene) -> list[str]:
    """Where people take over the thing itself, what was told of other losses goes with it."""
    claim = open_claim(scene)
    if claim is None or not scene.uow.claims.items(claim.id):
        return []
    receive(scene, claim)
    return [received(scene, claim)]


def received(scene: Scene, claim: Claim | None = None) -> str:
    """One message: the reference, all items, the sum in each currency, who decides by when."""
    claim = claim or _last_received(scene)
    assert claim is not None and claim.decide_by is not None
    items = scene.uow.claims.items(claim.id)
    team = scene.shop.policy.teams[scene.shop.policy.escalation("damages").team]
    lines = [_line(scene, place, one) for place, one in enumerate(items, 1)]
    sums = damages.totals(items)
    total = [say(scene, "damages_total", total=listed([str(one) for one in sums], say(scene, "noun_and")))] if sums else []
    due = clock_for(scene).time(claim.decide_by)
    decided = say(scene, "damages_decision", Team=team[:1].upper() + team[1:], due=due)
    return "\n".join([say(scene, "damages_received", claim=claim.reference), *lines, *total, decided])


def _last_received(scene: Scene) -> Claim | None:
    cases = scene.uow.cases.of_conversation(scene.conversation.id)
    found = [one for case in cases for one in scene.uow.claims.of(case.id) if one.state is ClaimState.RECEIVED]
    return max(found, key=lambda one: one.received_at or one.created_at, default=None)


def _line(scene: Scene, place: int, item: ClaimItem) -> str:
    amount = item.amount if item.amount_minor else say(scene, "noun_sum_unknown")
    if item.receipt in (None, NO_RECEIPT):
        return say(scene, "damages_item_unshown", count=place, phrase=item.what, amount=amount)
    return say(scene, "damages_item", count=place, phrase=item.what, amount=amount, receipt=_unquoted(item.receipt or ""))


def _unquoted(text: str) -> str:
    return text.replace("“", "").replace("”", "")

"""Putting a question, an offer or a filing into words, with what may be tapped; notes on the conversation what is asked now."""

import re
from collections.abc import Sequence

from bot.cases.asking import holds_question, is_question
from bot.cases.channel import LETTERS
from bot.cases.claim import ASKED
from bot.cases.finding import OF_MONEY, WITHOUT_ORDER
from bot.cases.issue import Issue
from bot.cases.order import Item, Order
from bot.cases.policy import prospects
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.cases.step import Ask, Close, Confirm, Offer, Step
from bot.handling import claims
from bot.handling.asides import REVIEW
from bot.handling.call_times import time_choices
from bot.handling.handoff import hand_off
from bot.handling.items import ANOTHER_ITEM, likely_items
from bot.handling.letters import TRANSCRIPT, address_of
from bot.handling.listening import DATED, offered_remedies
from bot.handling.matters import is_more
from bot.handling.readings import is_torn, is_toss, named_by_them, rivals
from bot.handling.saying import Choice, Part, choice, chosen, effect_values, listed, person, say
from bot.handling.scene import DELIVERY_NOTE, Scene

QUESTIONS = {
    "order_number": "ask_which_order",
    "proof": "ask_for_proof",
    "items": "ask_which_item",
    "what_happened": "ask_about_event",
    "phone": "ask_for_phone",
    "issue": "ask_about_issue",
}
_SHORTLY = {"ask_which_order": "ask_which_order_shortly", "ask_about_issue": "ask_about_issue_shortly"}  # where the reply is long
LABELLED = (
    Issue.LATE_DELIVERY,
    Issue.LOST_OR_MISSING,
    Issue.DAMAGED_OR_DEFECTIVE,
    Issue.WRONG_ITEM,
    Issue.BILLING_DISPUTE,
    Issue.REFUND_NOT_RECEIVED,
    Issue.OTHER_COMPLAINT,
)
MOST_READ_OUT = 5  # choices of a kind, a person among them
NOT_SENT = ("general", "refund")  # ways named before the order is seen, where nothing can be sent again
BY_PEOPLE = ("in_person", "refund")  # the same where a person has it already
SENT_AGAIN = ("replacement_again", "refund")  # the same where it is one of these, whichever
OF_GOODS = frozenset({*Issue} - {*OF_MONEY, *WITHOUT_ORDER})
_CAME = re.compile(
    r"\b(have|has|had) been (late|delayed)|\b(was|were|came|arrived|got here|turned up) ([\w']+ ){0,3}(late|after)\b"
    r"|\b(got|received|delivered) ([\w']+ ){0,4}(late|after)\b|\bdelivered at \d",
    re.IGNORECASE,
)
_PARCEL = re.compile(
    r"\b(parcels?|packages?|packets?|couriers?|carriers?|ship(ped|ping|ment|s)?|tracking|order(ed|s)?|deliver\w*)\b", re.IGNORECASE
)
_MONEY = re.compile(
    r"[$£€₹]|\b(refund|money|pa(y|id)|charg|cost|pric|fees?\b|bill|subscri|premium|worth|compensat|reimburs|bought|purchas|rs\b|rupee|dollar)",
    re.IGNORECASE,
)
MONEY_DECIDED = "refund_decided"  # a wording
VERDICTS = ("yes", "partly", "no")
BY_PERSON = (RemedyKind.REFUND, RemedyKind.REPLACEMENT)  # wishes for which a person is named where policy has no such way
SHOWN_ORDERS = 5  # of a signed-in visitor's, newest first


def asking(scene: Scene, step: Step) -> tuple[list[Part], list[Choice]]:
    """The question or statement a step ends in, and its choices."""
    said, choices = _asking(scene, step)
    return [one if isinstance(one, Part) else Part(one) for one in said], choices


def _asking(scene: Scene, step: Step) -> tuple[Sequence[Part | str], list[Choice]]:
    if isinstance(step, Ask):
        return claims.asking(scene, step) if step.fact in ASKED else _ask(scene, step)
    if isinstance(step, Offer):
        return _offer(scene)
    if isinstance(step, Confirm):
        return _confirm(scene, scene.uow.remedies.get(step.remedy_id))
    if isinstance(step, Close):
        return _close(scene, scene.uow.remedies.get(step.remedy_id))
    raise TypeError(f"{type(step).__name__} has no words here")


def _ask(scene: Scene, step: Ask) -> tuple[Sequence[Part | str], list[Choice]]:
    """The question; the second time with where to find the answer, the third with an example, then a person (rule 33)."""
    conversation = scene.conversation
    asked_before = conversation.asked_tries if conversation.asked == step.fact and not scene.just_proven else 0
    tries = 0 if scene.digresses else asked_before
    conversation.ask(step.fact, conversation.asked_remedy)
    name = QUESTIONS[step.fact]
    choices = _choices_for(scene, step.fact)
    if scene.missed or tries > 1:
        choices = [*choices, *_ways_out(scene, step.fact, choices)]
    if step.fact == "proof" and scene.proof_was_wrong:
        return [say(scene, f"{name}_wrong")], choices
    if step.fact == "order_number" and scene.looked.own:
        return [say(scene, "ask_which_of_orders")], choices
    wording = next(
        one for one in (f"{name}_example" * (tries > 1), f"{name}_again" * (tries > 0), name) if one and scene.shop.wording.has(one)
    )
    if step.fact == "order_number" and tries and scene.heard.has_not_got_it:
        wording = "ask_which_order_lacking"
    if step.fact == "issue" and not tries and len(choices) > MOST_READ_OUT:
        wording = "ask_about_issue_open"
    elif step.fact == "issue" and not tries and len(_kinds_named(scene, choices)) == 1:
        wording = "ask_about_issue_one"
    values = {"order": scene.known.get("order_number"), "likely": _likely(scene, choices) if step.fact == "issue" else None}
    also = [] if asked_before else _asked_along(scene, step.fact)
    short = say(scene, _SHORTLY[wording]) if wording in _SHORTLY else ""
    asked = Part(say(scene, wording, scene.heard.text, **values), short=short)
    return [*([] if tries else _what_for(scene, step.fact)), asked, *also], choices


def _asked_along(scene: Scene, fact: str) -> list[str]:
    """In a letter, what will be asked next as well: who writes letters should not have to write four of them (rule 8)."""
    if scene.conversation.channel not in LETTERS or fact not in ("order_number", "proof", "items"):
        return []
    known, lacking = scene.known, []
    if fact == "order_number" and not any(known.get(one) for one in ("email", "phone", "postcode")):
        lacking.append("proof")
    if fact != "items" and not (known.lines() or known.get("product")):
        lacking.append("items")
    if scene.case.issue and not known.get("wish"):  # what would put it right means little before it is known what went wrong
        lacking.append("wish")
    if not lacking:
        return []
    said = listed([say(scene, f"along_{one}") for one in lacking], say(scene, "noun_and"))
    return [say(scene, "ask_along", what=said)]


def _what_for(scene: Scene, fact: str) -> list[Part]:
    """What the answer leads to: the ways that the order may allow."""
    if fact == "issue":
        is_sent = OF_GOODS.issuperset(scene.heard.likely_issues() or [None]) and not _is_not_sent(scene)
        ways = [f"could_{name}" for name in SENT_AGAIN] if is_sent else ["could_look_into", "can_refund_decided"]
        either = [say(scene, name, scene.heard.lead_words) for name in ways]
        return [Part(say(scene, "inform_could_issue", first=either[0], second=either[1]), spare=1)]
    if fact == "phone" and scene.is_first:
        return [Part(say(scene, "inform_could_call"), spare=1)]
    if fact not in ("order_number", "proof"):
        return []
    could = _ways_foreseen(scene, NOT_SENT)
    if could:
        return [Part(say(scene, f"inform_could_{fact}", first=could[0], second=could[1]), spare=1)]
    return [Part(say(scene, f"inform_why_{fact}"), spare=2)]


def what_people_can_do(scene: Scene) -> list[Part]:
    """The ways that whoever takes over may have for it, once in the first reply; nothing where the issue is not known."""
    case = scene.present_case
    if case is None or case.issue is None or not scene.is_first:
        return []
    could = _ways_foreseen(scene, BY_PEOPLE)
    if could:
        return [Part(say(scene, "inform_could_person", first=could[0], second=could[1]), spare=1)]
    return [Part(say(scene, "inform_could_either"), spare=1)]


def _ways_foreseen(scene: Scene, not_sent: tuple[str, str]) -> list[str]:
    """Two ways in words, what they ask for first, that the order may turn out to allow; none where the policy has not two.

    Of a message that may as well be of another issue, what fits most is named.
    """
    issue = scene.case.issue
    ways = prospects(scene.shop.policy, issue) if issue else ()
    if len(ways) < 2:
        return []
    ways = tuple(sorted(ways, key=lambda rule: rule.kind != scene.known.get("wish")))
    retold = scene.heard.retold
    is_any = is_toss(scene) if retold else is_torn(scene)
    names: tuple[str, ...] = tuple(rule.wording for rule in ways)
    is_other = retold is not None and retold.beside and issue in OF_GOODS  # what they tell is something else
    is_either = is_any and OF_GOODS.issuperset(rivals(scene) or [None])
    if (is_other or is_either) and not_sent == NOT_SENT and not _is_not_sent(scene):
        names = SENT_AGAIN
    elif is_any or _is_not_sent(scene):
        names = not_sent
    # Whether it was cancelled or is to be, and what, may be told in any clause.
    lead = scene.heard.text if issue is Issue.CANCELLATION_PROBLEM else scene.heard.lead_words
    near = " ".join((lead, *(thing.name for thing in scene.heard.things[:1])))
    return [say(scene, _way_named(scene, name, is_any=is_any), near) for name in names]


def _way_named(scene: Scene, name: str, *, is_any: bool) -> str:
    """The response for a way; of one for any matter, that of the issue, where it is clear."""
    own = f"could_{name}_{scene.case.issue}"
    return own if not is_any and scene.shop.wording.has(own) else f"could_{name}"


def _likely(scene: Scene, choices: list[Choice]) -> str:
    """What may be tapped, in words."""
    named = [say(scene, f"noun_{issue}", scene.heard.text) for issue in _kinds_named(scene, choices)]
    return listed([*named, say(scene, "noun_something_else")], say(scene, "noun_or"))


def _kinds_named(scene: Scene, choices: list[Choice]) -> list[Issue]:
    """The kinds that are read out of those that may be tapped: where their words name some, only these."""
    tapped = (Issue.of(one["payload"].removeprefix("/")) for one in choices)
    issues: list[Issue] = [issue for issue in tapped if issue and issue is not Issue.OTHER_COMPLAINT]
    return named_by_them(scene, issues) or issues


def _is_not_sent(scene: Scene) -> bool:
    """Whether it is about something that no parcel holds, such as a trip: what it can be put right with, the order must tell."""
    issue, things = scene.case.issue, scene.heard.things
    if issue in OF_MONEY:
        return False
    if issue is Issue.LATE_DELIVERY:  # nobody waits for a meal, a train or a rider by express, nor for what has come
        return (
            bool(_CAME.search(scene.heard.text))
            or any(one.kind in ("travel", "service", "food", "people") for one in things)
            or not _PARCEL.search(scene.heard.text)
        )
    if issue is Issue.QUALITY_NOT_AS_DESCRIBED:  # nor takes food back
        return any(one.kind in ("travel", "service", "food", "people") for one in things) and things[0].kind != "goods"
    if issue is Issue.LOST_OR_MISSING and not things:
        return not _PARCEL.search(scene.heard.text)
    return any(one.kind in ("travel", "service") for one in things[:1])


def _ways_out(scene: Scene, fact: str, choices: list[Choice]) -> list[Choice]:
    """After a failed try: that it is not at hand, and a person."""
    lacking = [choice(say(scene, "label_have_not"), "/deny")] if fact in ("order_number", "proof", "phone") else []
    return [one for one in (*lacking, person(scene)) if one not in choices]


def _choices_for(scene: Scene, fact: str) -> list[Choice]:
    if fact == "issue":
        likely = [issue for issue in scene.heard.likely_issues()[:3] if issue is not Issue.OTHER_COMPLAINT]
        shown = [*likely, Issue.OTHER_COMPLAINT] if likely else LABELLED
        return [choice(say(scene, f"label_{issue}"), f"/{issue}") for issue in shown] + [person(scene)]
    if fact == "order_number":
        return [choice(_order_label(order), chosen(f"order:{order.number}")) for order in scene.looked.own[:SHOWN_ORDERS]]
    return _items_to_choose(scene, scene.order) if fact == "items" and scene.order else []


def _items_to_choose(scene: Scene, order: Order) -> list[Choice]:
    """Those that the customer's words fit, where several do; else all."""
    likely = likely_items(scene, order)
    items = likely if len(likely) > 1 else order.items
    every = ",".join(str(item.line) for item in items)
    choices = [choice(_label(item), chosen(f"items:{item.line}")) for item in items]
    choices.append(choice(say(scene, "label_all_items"), chosen(f"items:{every}")))
    return choices + [choice(say(scene, "label_another_item"), chosen(ANOTHER_ITEM))] * (len(items) < len(order.items))


def _label(item: Item) -> str:
    """The item's name with its first options, so that two alike can be told apart."""
    kinds = ", ".join(list(item.options.values())[:2])
    return f"{item.name} ({kinds})" if kinds else item.name


def _order_label(order: Order) -> str:
    """A signed-in visitor's order, by what is in it."""
    return f"{order.items[0].name} ({order.number})"


def _offer(scene: Scene) -> tuple[Sequence[Part | str], list[Choice]]:
    offered = offered_remedies(scene)
    again = scene.conversation.asked == "remedy" and scene.missed and not is_question(scene.heard.text)
    scene.conversation.ask("remedy")
    name = "offer_intro_again" if again else "offer_intro" if len(offered) > 1 else "offer_one"
    values = {one.id: effect_values(scene, one) for one in offered}
    choices = [choice(say(scene, f"offer_{one.wording}", **values[one.id]), chosen(f"remedy:{one.id}")) for one in offered]
    is_said = scene.explains and len(offered) > 1
    text = say(scene, "offer_short") if is_said else say(scene, name, ways=_ways(scene, offered, values))
    asked = Part(text, short=say(scene, "offer_short") if scene.order else "")
    return [*_wished_besides(scene, offered), asked], [*choices, person(scene)]


def _wished_besides(scene: Scene, offered: list[Remedy]) -> list[Part]:
    """What they wished for in their first words and policy has not for this matter: by whom that is decided."""
    wish = scene.known.get("wish")
    if not scene.is_first or wish not in BY_PERSON or any(one.meets(wish) for one in offered):
        return []
    return [Part(say(scene, "inform_wish_refund" if wish == RemedyKind.REFUND else "inform_wish_replacement"), spare=1)]


def _ways(scene: Scene, offered: list[Remedy], values: dict[str, dict[str, object]]) -> str:
    """What is offered, in one sentence; with their days where there are few. A first reply has a time of its own, and names two."""
    named = _two_of(scene, offered) if scene.is_first else offered
    ways = [say(scene, f"can_{one.wording}", **values[one.id]) for one in named]
    if len(offered) <= DATED and not scene.is_first:
        ways = [say(scene, "noun_by", what=way, due=values[one.id]["due"]) for way, one in zip(ways, named, strict=True)]
    return f", {say(scene, 'noun_or')} ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))  # long ones need the comma


def _two_of(scene: Scene, offered: list[Remedy]) -> list[Remedy]:
    """Two of three ways: the money where they speak of any, else a call; the third stands under the words with the others."""
    spare = RemedyKind.CALLBACK if _MONEY.search(scene.heard.text) else MONEY_DECIDED
    besides = [one for one in offered if spare not in (one.kind, one.wording)]
    return besides if len(offered) > len(besides) == 2 else offered


def _confirm(scene: Scene, remedy: Remedy) -> tuple[Sequence[Part | str], list[Choice]]:
    again = scene.conversation.asked == "confirmation" and scene.missed
    scene.conversation.ask("confirmation", remedy.id)
    values = effect_values(scene, remedy)
    parts = [say(scene, f"effect_{remedy.wording}", **values)]
    if remedy.needs_approval:
        parts.append(say(scene, "effect_needs_approval", **values))
    times = time_choices(scene, remedy)
    choices = [choice(say(scene, "label_yes"), "/affirm"), *times]
    if len(offered_remedies(scene)) > 1:
        choices.append(choice(say(scene, "label_other_options"), "/deny"))
    choices.append(choice(say(scene, "label_review"), chosen(REVIEW)))
    asks = "ask_for_yes_again" if again else "ask_for_yes_or_time" if times else "ask_for_yes"
    return [*parts, say(scene, asks)], [*choices, person(scene)]


def _close(scene: Scene, remedy: Remedy) -> tuple[Sequence[Part | str], list[Choice]]:
    """What was filed, as the ledger has it now; after the last matter, whether it is put right."""
    values = effect_values(scene, remedy)
    if remedy.state is RemedyState.NEEDS_APPROVAL:
        hand_off(scene.shop, scene.uow, scene.conversation, "above_limit", scene.now, scene.message.id)
        return [say(scene, "filed_needs_approval", **values), *claims.passed_on(scene)], []
    filed = [say(scene, f"filed_{remedy.wording}", **values), *_told_beside_the_yes(scene)]
    if is_more(scene):
        return filed, []
    besides = claims.next_ask(scene)
    if besides:
        said, choices = claims.asking(scene, besides)
        return [*filed, *said], choices
    scene.conversation.ask("settled")
    verdicts = [choice(say(scene, f"label_settled_{one}"), chosen(f"settled:{one}")) for one in VERDICTS]
    return [*filed, *_in_all(scene), say(scene, "close_filed", **values), say(scene, "ask_if_settled")], [
        *verdicts,
        *_letter(scene),
        person(scene),
    ]


def _told_beside_the_yes(scene: Scene) -> list[str]:
    """What becomes of the rest of a yes: "and leave it with the neighbour", or a question such as "and the smell?"."""
    if scene.known.get(DELIVERY_NOTE):
        return [say(scene, "inform_delivery_note")]
    asks = holds_question(scene.heard.text) and not scene.heard.choice
    return [say(scene, "inform_question_beside")] if asks else []


def _letter(scene: Scene) -> list[Choice]:
    """The whole chat by e-mail, where it can be sent."""
    can = scene.shop.mails and address_of(scene.shop, scene.uow, scene.conversation.id)
    return [choice(say(scene, "label_transcript"), chosen(TRANSCRIPT))] if can else []


def _in_all(scene: Scene) -> list[str]:
    """Where several matters were settled one after another: all that was filed, in one sentence."""
    cases = [one for one in scene.uow.cases.of_conversation(scene.conversation.id) if not one.is_closed]
    filed = [remedy for case in cases for remedy in scene.uow.remedies.of(case.id) if remedy.is_filed]
    if len(filed) < 2:
        return []
    said = [say(scene, "noun_filed", what=say(scene, f"noun_{one.kind}"), remedy=one.reference) for one in filed]
    return [say(scene, "close_in_all", filed=listed(said, say(scene, "noun_and")))]

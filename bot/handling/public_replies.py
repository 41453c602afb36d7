"""The public reply to a complaint that everybody can read. The matter itself is answered in private, as always.

It is made of the shop's own sentences and of times alone: nothing in it comes from the customer or from their order.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case, PromiseState
from bot.cases.conversation import Conversation, Message
from bot.cases.dates import clock_of
from bot.cases.finding import Finding, examine
from bot.cases.issue import Fault, Issue
from bot.cases.letter import only_regret
from bot.cases.promises import PERSON_ANSWERS, TAKEN_UP
from bot.cases.public import Mention, fitting, why_silent
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def needs_approval(shop: Shop) -> bool:
    """Whether a person reads each before it is posted."""
    return shop.policy.public.approve


def compose(
    shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case | None, message: Message, now: datetime, *, turns: int
) -> str | None:
    """The public words to a public message whose private turn is done; None where nothing is to be said in public.

    `turns`: how many public answers its thread has, or has waiting for a person's yes.
    """
    if not message.is_public or message.heard is None or case is None or case.is_closed:
        return None
    mention = _mention(uow, conversation, case, message.heard, turns)
    if mention.issue is None or why_silent(mention, shop.policy.severe_reasons):
        return None
    found = examine(mention.issue, None, tuple(uow.incidents.all()), now)
    return fitting(_candidates(_Words(shop, uow, conversation, case, message, now, turns), mention.issue, found))


def _mention(uow: "UnitOfWork", conversation: Conversation, case: Case, heard: dict[str, Any], turns: int) -> Mention:
    told = {*heard.get("reasons", ()), *(one.reason for one in uow.cases.escalations(case.id))}
    issue, is_insult = Issue.of(heard.get("intent")), heard.get("topic") == "boundary"
    return Mention(issue, heard.get("confidence", 0.0), frozenset(told), case.severity, conversation.handler, turns, is_insult)


def _candidates(words: "_Words", issue: Issue, found: Finding) -> Iterator[Sequence[str]]:
    """From the fullest to the shortest; each names what went wrong, says sorry or owns it once, and says what happens next."""
    case, fault, incident = words.case, found.fault, found.incident
    if case.proven and case.issue is issue:  # what the record of their order says goes first
        fault = case.fault
        incident = incident if incident and incident.code == case.incident_code else None
    opening, next_step = (words.disclosed(), words.restated(issue), words.owned(fault)), words.next_step()
    if incident and not words.turns:
        yield *opening, incident.explanation, next_step
        yield *opening, incident.explanation, words.say("inform_public_private")
    yield *opening, next_step
    yield *opening, words.say("inform_public_private")


class _Words:
    """The sentences for one message; the second answer of a thread takes others than the first."""

    def __init__(
        self, shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, message: Message, now: datetime, turns: int
    ) -> None:
        self.shop, self.uow, self.case, self.message, self.now, self.turns = shop, uow, case, message, now, turns
        self.key = f"{conversation.id}/{case.id}/{turns}"

    def say(self, name: str, near: str = "", **values: object) -> str:
        return self.shop.wording.say(name, self.key, near, **values)

    def disclosed(self) -> str:
        """Where no person has read it, that it is automated."""
        return "" if needs_approval(self.shop) or self.turns else self.say("inform_public_automated")

    def restated(self, issue: Issue) -> str:
        """What went wrong, in the words for its kind that are nearest to theirs; they name nothing."""
        return self.say(f"restate_{issue}", self.message.text)

    def owned(self, fault: Fault) -> str:
        """Sorry once; the second time that it is still ours. Where the law protects sympathy only, no fault is owned in public."""
        if self.turns:
            return self.say("own_public_again")
        is_regret = fault is Fault.OURS and only_regret(self.shop.policy.jurisdiction.admission, self.case.severity)
        return self.say(f"apologise_public_{Fault.UNCLEAR if is_regret else fault}")

    def next_step(self) -> str:
        """By when a person is there, where that is promised; and that there is a private message."""
        open_ones = [one for one in self.uow.cases.promises(self.case.id) if one.state is PromiseState.OPEN and one.due_at > self.now]
        for what, name in ((PERSON_ANSWERS, "inform_public_person"), (TAKEN_UP, "inform_public_taken_up")):
            due = min((one.due_at for one in open_ones if one.what == what), default=None)
            if due:
                clock = clock_of(None, self.shop.policy.hours.zone, self.now)  # the shop's day: many read it, and later
                return self.say(name, due=clock.day(due))
        return self.say("inform_public_private")

"""Plays stories through the same deeds as real customers, people and the worker do; each is given its time, and none is later than now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case, CaseStatus, Promise, PromiseState
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.follow_up import ASKED, EFFORT, PUT_RIGHT, SATISFACTION, WISH, FollowUp, FollowUpState
from bot.cases.heard import Heard
from bot.cases.hours import due_within
from bot.cases.money import Money
from bot.cases.policy import Option
from bot.cases.promises import moments
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.handling import follow_ups, learning_deeds, ledger, people, promises, remedies, replies, vouchers
from bot.handling.accept import accept, add_reply, open_conversation
from bot.handling.cases import open_case, write_fact
from bot.handling.follow_up_answers import take_answer
from bot.handling.handoff import hand_off
from bot.handling.resolving import end_case, hindrance
from bot.handling.scene import LookedUp, Scene
from bot.handling.shop import Shop
from bot.simulation.stories import Story

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

STEPS = 6  # times that a follow-up is looked at, at most
LEADS = ("Tomas Lindqvist", "Priya Raman", "Grace Oyelaran")


class StillToCome(Exception):
    """This would happen later than now."""


@dataclass
class Stage:
    """One case on its way through the year."""

    story: Story
    conversation: Conversation
    case: Case
    at: datetime

    def later(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


class Actor:
    """Plays stories in one unit of work, which the shop's deeds share. `now`: nothing happens after it. `improvement`: the id of the
    planted one, to which the records of its cause lead."""

    def __init__(
        self, shop: Shop, uow: "UnitOfWork", words: dict[str, Any], now: datetime, seed: int, improvement: str | None = None
    ) -> None:
        self.shop, self.uow, self.words, self.now, self.random, self.improvement = shop, uow, words, now, Random(seed), improvement

    def act(self, story: Story) -> Case | None:
        """All of it that has happened by now; the case, where one was opened."""
        stage: Stage | None = None
        try:
            stage = self._opened(story)
            self._play(stage)
        except StillToCome:
            pass
        if stage:
            self._learn(stage)
        return stage.case if stage else None

    def _learn(self, stage: Stage) -> None:
        """Whoever answers for the record finishes it some days later."""
        record, story = self.uow.learning.find(stage.case.id), stage.story
        if record is None or not story.chances.get("finished"):
            return
        at = record.created_at + timedelta(hours=self.random.uniform(1, 90))
        who = self.uow.agents.find(record.assignee or story.agent) or self.uow.agents.find(LEADS[0])
        if at > self.now or who is None:
            return
        body: dict[str, Any] = {"root_cause": story.root_cause, "cause": story.cause or self.words["weather"], "action": "prevent"}
        body |= {"controllable": story.root_cause != "environment", "skill": story.skill, "team": "care" if story.skill else None}
        if story.is_fixed and self.improvement:
            body["improvement"] = {"id": self.improvement}
        learning_deeds.finish(self.shop, who, stage.case.reference, body, at)

    def _reach(self, stage: Stage, at: datetime) -> datetime:
        """Goes on at this time; time never runs back."""
        stage.at = max(stage.at, at)
        if stage.at > self.now:
            raise StillToCome()
        return stage.at

    # The chat.

    def _opened(self, story: Story) -> Stage:
        if story.at > self.now:
            raise StillToCome()
        conversation = open_conversation(self.shop, story.channel, story.at)
        said = self._customer(conversation, story.said, story.at)
        case = open_case(self.uow, conversation, story.at)
        stage = Stage(story, conversation, case, story.at)
        case.issue, case.severity, case.fault, case.incident_code = story.issue, story.severity, story.fault, story.incident
        said.case_id = case.id
        if story.chances.get("asks_first"):
            self._answer(stage, said, "ask", "Ask", "order_number")
            said = self._customer(conversation, self._own("number", number=story.number), stage.later(seconds=self.random.uniform(25, 180)))
        self._facts(stage, said)
        if story.chances.get("asks_known"):
            self._answer(stage, said, "ask_again", "Ask", "order_number")
            said = self._customer(conversation, self._own("number", number=story.number), stage.later(seconds=60))
        self._first_answer(stage, said)
        return stage

    def _customer(self, conversation: Conversation, text: str, at: datetime, choice: str | None = None) -> Message:
        taken = accept(self.shop, conversation.id, f"{conversation.id}:{conversation.last_seq}", text, choice, at)
        message = self.uow.messages.get(taken.message_id)
        message.asked_at = message.answered_at = message.answered_at or at
        return message

    def _answer(self, stage: Stage, to: Message, text: str, step: str, fact: str | None = None) -> Message:
        """The assistant's words, a moment later."""
        at = stage.later(seconds=self.random.uniform(0.4, 2.5))
        issue = stage.story.issue
        intent = str(issue) if issue else "order_status"
        to.heard = {"intent": intent, "confidence": 0.9, "reasons": [], "step": step, "topic": None, "missed": False, "fact": fact}
        stage.case.first_reply_at = stage.case.first_reply_at or at
        words = self._own(text, item=stage.story.item["name"], ref=stage.case.reference, carrier=stage.story.order["carrier"])
        return add_reply(self.uow, stage.conversation, Author.ASSISTANT, words, at)

    def _own(self, name: str, **values: object) -> str:
        return str(self.words.get(name, name)).format(**values)

    def _facts(self, stage: Stage, said: Message) -> None:
        story, case = stage.story, stage.case
        facts = {"order_number": story.number, "items": "1", "what_happened": story.said}
        for name, value in facts.items():
            write_fact(self.uow, case, name, value, "customer", stage.at, said.id)
        case.order_number, case.proven, case.customer_id = story.number, True, story.order["customer"]["id"]

    def _first_answer(self, stage: Stage, said: Message) -> None:
        story = stage.story
        stage.case.apologised = story.path != "enquiry"
        if story.path == "enquiry":
            write_fact(self.uow, stage.case, "enquiry", "order_status", "customer", stage.at, said.id)
            self._answer(stage, said, "enquiry", "Answer")
        elif story.path == "person":
            hand_off(self.shop, self.uow, stage.conversation, "asked", stage.at, said.id)
            self._answer(stage, said, f"{story.reply} {self.words['person']}", "HandOff")
        else:
            self._answer(stage, said, f"{story.reply} {self._offer(stage)}", "Offer", "remedy")

    def _offer(self, stage: Stage) -> str:
        what = self._noun(str(stage.story.remedy["kind"]))
        return self._own("offer", what=what)

    def _noun(self, kind: str) -> str:
        return str(self.words["noun"][kind])

    # What happens then.

    def _play(self, stage: Stage) -> None:
        story = stage.story
        if story.path == "enquiry":
            stage.case.close(stage.at)
            return
        if story.path == "dropped":
            return
        if story.path == "person":
            self._by_person(stage)
        else:
            self._by_assistant(stage)
        self._follow_up(stage)

    def _by_assistant(self, stage: Stage) -> None:
        story, price = stage.story, self._price(stage.story)
        remedy = self._filed(stage, price)
        if remedy.state is RemedyState.NEEDS_APPROVAL:
            self._reach(stage, self._open(stage.at, self.random.uniform(15, 130)))
            if story.chances["refused"]:
                ledger.refuse(self.shop, remedy.reference, LEADS[0], self.words["refused"], stage.at)
                self._person_writes(stage, "agent_sorry", 20)
                given = self._granted(stage, RemedyKind.VOUCHER, price.percent(8))
                self._resolved(stage)
                self._settled(stage, given)
                return
            self._approved(stage, remedy)
        self._carried_out(stage, remedy)

    def _approved(self, stage: Stage, remedy: Remedy) -> None:
        """As many leads agree as it takes."""
        for who in LEADS:
            if remedy.state is RemedyState.NEEDS_APPROVAL and remedy.granted_by != who:
                ledger.approve(self.shop, remedy.reference, who, self.words["approved"], stage.later(minutes=3))

    def _filed(self, stage: Stage, price: Money) -> Remedy:
        """The customer says yes to what was offered."""
        row, case = stage.story.remedy, stage.case
        kind, worth = RemedyKind(row["kind"]), price.percent(row.get("percent", 0))
        amount = None if row.get("goods") or not row.get("percent") else worth
        asks, owed = stage.story.chances["needs_approval"], kind is RemedyKind.REFUND
        option = Option(kind, row["wording"], amount, (1,), asks, owed, 3 if kind is RemedyKind.REDELIVERY else 5, (), "as offered", worth)
        (remedy,) = remedies.propose(self.shop, self.uow, case, (option,), stage.at)
        said = self._customer(stage.conversation, self.words["yes"], stage.later(seconds=self.random.uniform(20, 240)))
        remedies.file_remedy(self.shop, self.uow, case, remedy, stage.at, said.id)
        self._answer(stage, said, "filed", "Close")
        return remedy

    def _carried_out(self, stage: Stage, remedy: Remedy) -> None:
        story = stage.story
        if story.chances["fails"]:
            self._reach(stage, stage.at + timedelta(hours=5))
            ledger.fail(self.shop, self.uow, remedy, "the shop's system refused it", stage.at)
            self._person_writes(stage, "agent_news", story.minutes_to_person)
            ledger.redrive(self.shop, remedy.reference, story.agent, stage.at)
            self._resolved(stage)
        elif story.chances["settles_late"]:
            self._missed(stage, remedy)
            self._resolved(stage)
        self._settled(stage, remedy)

    def _missed(self, stage: Stage, remedy: Remedy) -> None:
        """The promised day passes; the customer is told before it, or only when it has."""
        promise = self._promise(stage, lambda one: one.remedy_id == remedy.id and one.what == str(remedy.kind))
        hours, before = self.shop.policy.hours, self.shop.policy.warn_before
        if stage.story.chances["told_late"]:
            _, tell_at = moments(hours, promise.created_at, promise.due_at, before)
            for _ in ("warned", "told"):
                promises.watch(self.shop, promise.id or 0, self._reach(stage, tell_at))
        self._reach(stage, promise.due_at + timedelta(minutes=1))
        promises.watch(self.shop, promise.id or 0, stage.at)
        self._person_writes(stage, "agent_news", stage.story.minutes_to_person)

    def _promise(self, stage: Stage, fits: Callable[[Promise], bool]) -> Promise:
        open_ones = [one for one in self.uow.cases.promises(stage.case.id) if one.state is PromiseState.OPEN]
        return next(one for one in open_ones if fits(one))

    def _settled(self, stage: Stage, remedy: Remedy) -> None:
        """The shop's system has done it, at whatever hour."""
        self._may_come_back(stage)
        self._reach(stage, stage.at + timedelta(hours=stage.story.hours_to_settle))
        if remedy.kind is RemedyKind.VOUCHER:
            vouchers.issue(self.shop, self.uow, stage.case, remedy, stage.at)
            return
        ledger.begin(self.shop, self.uow, remedy, stage.at)
        ledger.settle(self.shop, self.uow, remedy, stage.at)

    def _may_come_back(self, stage: Stage) -> None:
        if not stage.story.chances["comes_back"]:
            return
        stage.story.chances["comes_back"] = False
        self._reach(stage, stage.at + timedelta(hours=self.random.uniform(26, 60)))
        said = self._customer(stage.conversation, self._own("back", item=stage.story.item["name"]), stage.at)
        said.case_id = stage.case.id
        self._answer(stage, said, "back_reply", "Answer")

    # People.

    def _by_person(self, stage: Stage) -> None:
        story = stage.story
        if story.chances["never_answered"]:
            promise = self._promise(stage, lambda one: one.what == "person_answers")
            promises.watch(self.shop, promise.id or 0, self._reach(stage, promise.due_at + timedelta(minutes=1)))
            raise StillToCome()
        self._person_writes(stage, "agent_sorry" if str(story.issue) == "staff_conduct" else "agent", story.minutes_to_person)
        row, price = story.remedy, self._price(story)
        amount = None if row.get("goods") or not row.get("percent") else price.percent(row["percent"])
        given = self._granted(stage, RemedyKind(row["kind"]), amount)
        self._resolved(stage)
        self._settled(stage, given)

    def _person_writes(self, stage: Stage, words: str, minutes: float) -> None:
        story = stage.story
        self._reach(stage, self._open(stage.at, minutes))
        kind = "voucher" if words in ("agent_again", "agent_sorry") else str(story.remedy["kind"])
        people.reply(self.shop, stage.case.reference, self._who(stage), self._own(words, what=self._noun(kind)), stage.at)

    def _who(self, stage: Stage) -> str:
        """Whoever has the chat; else the person of the story."""
        return stage.conversation.agent or stage.story.agent

    def _granted(self, stage: Stage, kind: RemedyKind, amount: Money | None) -> Remedy:
        who, reason = self._who(stage), self.words["approved"]
        remedy, _ = ledger.grant_in(
            self.shop, self.uow, stage.case, who, kind, stage.later(seconds=40), amount=amount, lines=(1,), reason=reason
        )
        self._approved(stage, remedy)
        return remedy

    def _resolved(self, stage: Stage) -> None:
        """Whoever has the chat ends the case, unless something hinders it."""
        stage.later(minutes=2)
        agent = stage.conversation.agent
        if agent and hindrance(self.shop, self.uow, stage.case, stage.at) is None:
            end_case(self.shop, self.uow, stage.case, stage.conversation, agent, stage.at)

    def _open(self, at: datetime, minutes: float) -> datetime:
        return due_within(self.shop.policy.hours, at, round(minutes) or 1)

    # Whether it was put right.

    def _follow_up(self, stage: Stage) -> None:
        self._may_come_back(stage)
        for _ in range(STEPS):
            rounds = self.uow.follow_ups.of(stage.case.id)
            if not rounds or not rounds[-1].is_standing:
                return
            self._step(stage, rounds[-1])

    def _step(self, stage: Stage, found: FollowUp) -> None:
        story = stage.story
        self._reach(stage, found.due_at)
        follow_ups.go_on(self.shop, stage.conversation.id, found.id, stage.at)
        if found.state is not FollowUpState.ASKED or not (story.answer or story.chances["stops"]):
            return
        self._reach(stage, stage.at + timedelta(hours=self.random.uniform(0.2, 40)))
        self._taps(stage, found)
        if not found.is_standing and stage.case.status is CaseStatus.OPEN:
            story.answer, story.score = ("yes", 4) if self.random.random() < 0.6 else (None, 3)
            self._person_writes(stage, "agent_again", story.minutes_to_person * 3)
            given = self._granted(stage, RemedyKind.VOUCHER, self._price(story).percent(10 + 2 * found.number))
            self._resolved(stage)
            self._settled(stage, given)

    def _taps(self, stage: Stage, found: FollowUp) -> None:
        """One answer after the other, as long as something is asked."""
        story, given = stage.story, {PUT_RIGHT: stage.story.answer or "stop", SATISFACTION: str(stage.story.score), WISH: "skip"}
        given[EFFORT] = str(story.effort)
        while found.ended_at is None and (asked := stage.conversation.asked) in ASKED:
            if asked == SATISFACTION and not story.chances["scores"]:
                return
            ending = f'"{asked}:{given[asked]}"}}'
            tapped = next(one for one in self.uow.messages.last_choices(stage.conversation.id) if one["payload"].endswith(ending))
            self._tap(stage, tapped["id"])

    def _tap(self, stage: Stage, choice: str) -> None:
        conversation, at = stage.conversation, stage.later(seconds=self.random.uniform(4, 30))
        message = self._customer(conversation, "", at, choice)
        payload = str(message.choice).split('"')[3]
        heard = Heard(message.id, conversation.sender_id, message.text, "choose", 1.0, choice=payload)
        scene = Scene(self.shop, self.uow, conversation, message, heard, LookedUp(), at, is_first=False)
        step = take_answer(scene)
        assert step is not None  # a tap on what was asked is an answer
        reply = replies.compose(scene, step)
        message.case_id = stage.case.id
        message.heard = {"intent": "choose", "confidence": 1.0, "step": type(step).__name__, "fact": conversation.asked}
        add_reply(self.uow, conversation, Author.ASSISTANT, reply.text, at, reply.choices)

    def _price(self, story: Story) -> Money:
        return Money.of(str(story.item["unit_price"]), str(story.order["currency"]))

"""Keeping our word: whoever answers for a promise is warned, the customer is told before it fails, a missed one brings a person.

Every step is one transaction under the lock of the conversation and is noted on the promise itself: two workers, or one
that was killed in between, do each of them once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case, CaseStatus, Escalation, Promise, PromiseState
from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.dates import Clock, clock_of
from bot.cases.hours import due_within
from bot.cases.instants import instant
from bot.cases.promises import BY_PERSON, INCIDENT_NEWS, NEWS, PERSON_ANSWERS, SILENT_CHANNELS, Due, Watched, asks_for
from bot.cases.quiet import next_loud
from bot.cases.remedy import RemedyState
from bot.handling.accept import add_reply
from bot.handling.handoff import raise_severity, who_line
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

MISSED = "promise_missed"  # the reason for bringing a person
MOST_DOUBLED = 4  # times that the span until the next news is doubled, so that an unattended chat is not written full
OVER = (RemedyState.CANCELLED, RemedyState.REFUSED, RemedyState.COMPENSATED)


@dataclass(frozen=True)
class Scene:
    """One open promise and what it hangs on, locked."""

    shop: Shop
    uow: "UnitOfWork"
    conversation: Conversation
    case: Case
    promise: Promise
    now: datetime

    @property
    def clock(self) -> Clock:
        return clock_of(self.conversation.time_zone, self.shop.policy.hours.zone, self.now)

    @property
    def rings(self) -> bool:
        return self.conversation.channel not in SILENT_CHANNELS

    def say(self, name: str, **values: object) -> str:
        return self.shop.wording.say(name, f"{self.conversation.id}/{self.promise.id}", **values)


def watch(shop: Shop, promise_id: int, now: datetime) -> Due | None:
    """Does the next step that an open promise asks for, if any still does: what was done."""
    with shop.begin(True) as uow:
        conversation_id = uow.promises.conversation_of(promise_id)
        if conversation_id is None:
            return None
        conversation = uow.conversations.get(conversation_id)  # locked first, as everywhere; what follows is read under that lock
        promise = uow.cases.promise(promise_id)
        case = uow.cases.find(promise.case_id)
        if case is None or promise.state is not PromiseState.OPEN:
            return None
        scene = Scene(shop, uow, conversation, case, promise, now)
        if _is_moot(scene):
            promise.end(PromiseState.WITHDRAWN, now)
            _note(scene, "promise.withdrawn")
            return None
        policy, seen = shop.policy, as_watched(promise, conversation)
        asked = asks_for(seen, policy.hours, policy.quiet, policy.warn_before, now)
        if asked:
            {Due.WARN: _warn, Due.TELL: _tell, Due.MISSED: _miss}[asked](scene)
        return asked


def as_watched(promise: Promise, conversation: Conversation) -> Watched:
    warned, told = promise.warned_at is not None, promise.told_at is not None
    return Watched(
        promise.id or 0, promise.what, promise.created_at, promise.due_at, warned, told, conversation.channel, conversation.time_zone
    )


def _is_moot(scene: Scene) -> bool:
    """Nobody waits for it any more: the customer has closed the matter, or what it was about will not be done."""
    remedies = scene.uow.remedies.of(scene.case.id) if scene.promise.remedy_id else []
    if any(one.id == scene.promise.remedy_id and one.state in OVER for one in remedies):
        return True
    return scene.case.is_closed and scene.promise.remedy_id is None


def _warn(scene: Scene) -> None:
    """Whoever answers for it hears of it in time to keep it; of news of one incident once, however many wait for it."""
    scene.promise.warned_at = scene.now
    _alert(scene, "promise_due")
    _note(scene, "promise.warned")


def _tell(scene: Scene) -> None:
    """The customer reads that it may fail, before it does, and by when there is news: a promise of its own."""
    promise = scene.promise
    if promise.warned_at is None:  # told early, before a night
        _warn(scene)
    news = _news_due(scene, promise.due_at)
    what = INCIDENT_NEWS if promise.what == INCIDENT_NEWS else NEWS
    by_whom = scene.shop.name if what == INCIDENT_NEWS else _team(scene)
    new = Promise(scene.case.id, what, by_whom, news, scene.now, None, promise.remedy_id, assignee=_responsible(scene))
    scene.uow.add(new)
    promise.told_at = scene.now
    for escalation in scene.uow.cases.escalations(scene.case.id):
        if promise.what in BY_PERSON and escalation.answered_at is None:
            escalation.due_at = max(escalation.due_at, news)  # what is said of it from now on is the new time
    _write(scene, [scene.say(_wording(scene, "promise_late"), **_values(scene), news=scene.clock.time(news))])
    _note(scene, "promise.told")


def _miss(scene: Scene) -> None:
    """A promise broken is a failure anew: owned in words, with a person and a new time."""
    promise = scene.promise
    promise.end(PromiseState.BROKEN, scene.now)
    own = scene.say(_wording(scene, "promise_broken"), **_values(scene))
    who = _answered_by_agent(scene) if scene.conversation.handler is Handler.AGENT else _brought(scene)
    promise.told_at = promise.told_at or scene.now
    _write(scene, [own, who])
    _alert(scene, "promise_missed")
    _note(scene, "promise.missed")


def _answered_by_agent(scene: Scene) -> str:
    """The person who has the chat already answers by a new time."""
    due, agent = _next_word(scene), scene.conversation.agent or ""
    return scene.say("promise_with_agent", agent=agent, ref=scene.case.reference, news=scene.clock.time(due))


def _brought(scene: Scene) -> str:
    """A person is brought in, once: where one was already and has not answered, the new time is theirs."""
    case, conversation, uow = scene.case, scene.conversation, scene.uow
    rule = scene.shop.policy.escalation(MISSED)
    due = _next_word(scene)
    escalation = next((one for one in uow.cases.escalations(case.id) if one.reason == MISSED and one.answered_at is None), None)
    if escalation is None:
        escalation = Escalation(case.id, MISSED, rule.priority, _team(scene), scene.now, due)
        uow.add(escalation)
        raise_severity(case, rule.severity)
    escalation.due_at = due
    case.status, case.closed_at = CaseStatus.OPEN, None
    if conversation.handler is not Handler.QUEUE:
        conversation.give_to(Handler.QUEUE)
        conversation.ask(None)
    conversation.case_id = case.id  # the queue shows the matter that failed
    uow.note(case.id, "worker", "case.handed_off", scene.now, reason=MISSED, priority=rule.priority)
    return who_line(scene.shop, uow, conversation, case, escalation, scene.now)


def _next_word(scene: Scene) -> datetime:
    """By when a person answers: what was promised already where that is still to come, else a new promise."""
    promises = scene.uow.cases.promises(scene.case.id)
    ahead = [one for one in promises if one.state is PromiseState.OPEN and one.due_at > scene.now]
    standing = next((one for one in ahead if one.what in BY_PERSON), None)
    if standing:
        return standing.due_at
    named = next((one for one in ahead if one.what == scene.promise.what == INCIDENT_NEWS), None)
    due = named.due_at if named else _news_due(scene, scene.now)
    scene.uow.add(Promise(scene.case.id, PERSON_ANSWERS, _team(scene), due, scene.now, assignee=_responsible(scene)))
    return due


def _news_due(scene: Scene, after: datetime) -> datetime:
    """The open time a person has after a missed promise; twice as long each time the case has one broken already."""
    broken = sum(one.state is PromiseState.BROKEN and one is not scene.promise for one in scene.uow.cases.promises(scene.case.id))
    minutes = scene.shop.policy.escalation(MISSED).reply_within * 2 ** min(broken, MOST_DOUBLED)
    return due_within(scene.shop.policy.hours, max(after, scene.now), minutes)


def _team(scene: Scene) -> str:
    policy = scene.shop.policy
    return policy.teams[policy.escalation(MISSED).team]


def _responsible(scene: Scene) -> str | None:
    return scene.promise.assignee or scene.case.assignee or scene.conversation.agent


def _alert(scene: Scene, kind: str) -> None:
    policy, promise, code = scene.shop.policy, scene.promise, scene.case.incident_code
    team = next((key for key, name in policy.teams.items() if name == promise.by_whom), policy.escalation("unsettled").team)
    for_all = promise.what == INCIDENT_NEWS and code
    key = f"{kind}:{code}:{promise.due_at.isoformat()}" if for_all else f"{kind}:{promise.id}"
    detail: dict[str, object] = {"promise": promise.id, "what": promise.what, "due": instant(promise.due_at)}
    if for_all:
        detail["incident"] = code
    for_whom = team if for_all else _responsible(scene) or team
    scene.uow.alerts.raise_once(Alert(kind, for_whom, scene.now, key, None if for_all else scene.case.id, detail))


def _wording(scene: Scene, act: str) -> str:
    """The sentence for this kind of promise; remedies share one, and what is not known by its kind has a plain one."""
    own = scene.promise.what
    what = own if scene.shop.wording.has(f"{act}_{own}") else "remedy" if scene.promise.remedy_id else "other"
    return f"{act}_{what}"


def _values(scene: Scene) -> dict[str, object]:
    promise, case = scene.promise, scene.case
    remedy = next((one for one in scene.uow.remedies.of(case.id) if one.id == promise.remedy_id), None)
    by_day = remedy is not None and promise.what == str(remedy.kind)  # a remedy's day was named, not its hour
    return {
        "due": scene.clock.day(promise.due_at) if by_day else scene.clock.time(promise.due_at),
        "ref": case.reference,
        "team": promise.by_whom,
        "remedy": remedy.reference if remedy else None,
        "what": scene.shop.wording.say(f"noun_{remedy.kind}") if remedy else None,
    }


def _write(scene: Scene, words: list[str]) -> None:
    """Where a phone would ring, the words of what has happened already wait for the end of the quiet hours."""
    loud = next_loud(scene.shop.policy.quiet, scene.clock.zone, scene.now) if scene.rings else None
    add_reply(scene.uow, scene.conversation, Author.SYSTEM, " ".join(words), scene.now, not_before=loud)


def _note(scene: Scene, act: str) -> None:
    promise = scene.promise
    scene.uow.note(scene.case.id, "worker", act, scene.now, promise=promise.id, what=promise.what, due=instant(promise.due_at))

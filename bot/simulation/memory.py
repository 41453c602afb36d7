"""A unit of work in memory: deeds do in it what they do in the store, for one chat at a time, and the store takes all of it at once.

Only for a fresh database that nobody else writes to. It knows what the deeds of a simulated case ask for, and no more: what it does
not know is an AttributeError, not a wrong answer.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar

from bot.cases.audit import FIRST, seal
from bot.cases.authority import Approval
from bot.cases.case import Alert, Case, Escalation, Fact, Promise
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.desk import Agent
from bot.cases.follow_up import STOP, WAITS, FollowUp
from bot.cases.incident import Incident
from bot.cases.learning import Improvement, LearningRecord
from bot.cases.reference import new_reference
from bot.cases.remedy import Attempt, Remedy
from bot.cases.voucher import Voucher

NUMBERED = (Fact, Promise, Escalation, Alert, Approval, Attempt)
T = TypeVar("T")
Row = dict[str, Any]


class MemoryWork:
    """What one chat needs at hand (`chat`), and what has been written since it was last taken out (`take`)."""

    def __init__(self, agents: list[Agent], incidents: list[Incident]) -> None:
        self.kept: dict[type, list[Any]] = defaultdict(list)
        self.chat: dict[type, list[Any]] = defaultdict(list)
        self.numbers: dict[type, int] = defaultdict(int)
        self.references: set[str] = set()
        self.sent: list[Row] = []
        self.of_chat: dict[str, Row] = {}  # of what was sent, by what it is about
        self.audit: list[Row] = []
        self.heads: dict[str, tuple[int, str]] = {}
        self.improvements: dict[str, Improvement] = {}
        self._open_desks(agents, {one.code: one for one in incidents})
        self._open_shelves()

    @contextmanager
    def begin(self, _write: bool, goes_first: bool = False) -> "Iterator[MemoryWork]":
        """As the store's: whatever deed opens a unit of work gets this one."""
        yield self

    def next_chat(self) -> None:
        """The chat is over: what hangs on it is at hand no more."""
        self.chat, self.of_chat = defaultdict(list), {}

    def take(self) -> tuple[dict[type, list[Any]], list[Row], list[Row], dict[str, tuple[int, str]]]:
        """All that was written since: records by kind, outbox rows, audit lines, and the ends of their chains."""
        found = (dict(self.kept), self.sent, self.audit, self.heads)
        self.kept, self.sent, self.audit, self.heads = defaultdict(list), [], [], {}
        return found

    def add(self, row: Any) -> None:
        kind = type(row)
        if any(row is one for one in self.chat[kind]):
            return
        if kind in NUMBERED:
            self.numbers[kind] += 1
            row.id = self.numbers[kind]
        if isinstance(row, Case | Remedy):
            while row.reference in self.references:  # a clash, once in some thousands of cases
                row.reference = new_reference(row.reference[0])
            self.references.add(row.reference)
        self.chat[kind].append(row)
        self.kept[kind].append(row)

    def flush(self) -> None:
        """Nothing waits here."""

    def hold(self, _name: str) -> None:
        """Nobody else is here."""

    def note(self, case_id: str | None, who: str, act: str, now: datetime, **detail: Any) -> None:
        """One line, sealed over the one before. Only of cases: the shop's own chain has begun in the store."""
        if case_id is None:
            raise KeyError(f"{act} belongs to no case")
        chain = case_id
        length, before = self.heads.get(chain, (0, FIRST))
        sealed = seal(before, chain, length + 1, now, who, act, detail)
        line = {
            "case_id": case_id,
            "chain": chain,
            "number": length + 1,
            "at": now,
            "who": who,
            "act": act,
            "detail": detail,
            "seal": sealed,
        }
        self.audit.append(line)
        self.heads[chain] = (length + 1, sealed)

    def _all(self, kind: type[T], **same: Any) -> list[T]:
        return [one for one in self.chat[kind] if all(getattr(one, name) == value for name, value in same.items())]

    def _one(self, kind: type[T], **same: Any) -> T | None:
        return next(iter(self._all(kind, **same)), None)

    def _sure(self, kind: type[T], **same: Any) -> T:
        found = self._one(kind, **same)
        if found is None:
            raise KeyError(f"{kind.__name__} {same}")
        return found

    def _free_reference(self) -> str:
        return next(one for one in iter(lambda: new_reference("A"), "") if one not in self.references)

    def _open_desks(self, agents: list[Agent], incidents: dict[str, Incident]) -> None:
        by_name = {one.name: one for one in agents}
        self.agents = SimpleNamespace(all=lambda: agents, find=by_name.get)
        self.incidents = SimpleNamespace(read=incidents.__getitem__)
        self.alerts = SimpleNamespace(raise_once=self._raise_once)
        self.desk = SimpleNamespace(wake=lambda _chat: None, held_in=lambda _chat: [])
        self.case_views = SimpleNamespace(split_off=lambda _chat: [], has_remedy=self.references.__contains__)
        self.contacts = SimpleNamespace(vouched=lambda _chat: ())
        self.files = SimpleNamespace(of_message=lambda _message: [])
        self.outbox = SimpleNamespace(
            add=self._send,
            put=lambda kind, channel, subject, now: self._send(kind, channel, subject, now),
            mark=self._mark,
            again=self._again,
        )

    def _open_shelves(self) -> None:
        self.conversations = SimpleNamespace(
            get=lambda key: self._sure(Conversation, id=key), of_customer=lambda key: self._sure(Conversation, id=key)
        )
        self.messages = SimpleNamespace(
            get=lambda key: self._sure(Message, id=key),
            by_provider_id=lambda key: self._one(Message, provider_id=key),
            of=lambda chat, after=0: [one for one in self._all(Message, conversation_id=chat) if one.seq > after],
            unanswered=lambda chat: self._all(Message, conversation_id=chat, author=Author.CUSTOMER, answered_at=None),
            last_choices=self._last_choices,
        )
        self.cases = SimpleNamespace(
            find=lambda key: self._one(Case, id=key) if key else None,
            free_reference=self._free_reference,
            by_reference=lambda reference: self._sure(Case, reference=reference),
            facts=lambda case: self._all(Fact, case_id=case),
            promises=lambda case: self._all(Promise, case_id=case),
            promise=lambda key: self._sure(Promise, id=key),
            escalations=lambda case: self._all(Escalation, case_id=case),
        )
        self.promises = SimpleNamespace(conversation_of=lambda _key: self.chat[Conversation][0].id)
        self.remedies = SimpleNamespace(
            of=lambda case: sorted(self._all(Remedy, case_id=case), key=lambda one: (one.rank, one.id)),
            by_key=lambda key: self._one(Remedy, key=key),
            by_reference=lambda reference: self._sure(Remedy, reference=reference),
            approvals=lambda key: self._all(Approval, remedy_id=key),
            attempts=lambda key: self._all(Attempt, remedy_id=key),
        )
        self.vouchers = SimpleNamespace(of=lambda key: self._one(Voucher, remedy_id=key))
        self.follow_ups = SimpleNamespace(
            find=lambda key: self._one(FollowUp, id=key),
            of=lambda case: self._all(FollowUp, case_id=case),
            open_in=lambda chat: next((one for one in reversed(self._all(FollowUp, conversation_id=chat)) if one.state in WAITS), None),
            was_stopped=lambda chat: any(one.why == STOP for one in self._all(FollowUp, conversation_id=chat.id)),
        )
        self.learning = SimpleNamespace(
            find=lambda case: self._one(LearningRecord, case_id=case),
            get=lambda case: self._sure(LearningRecord, case_id=case),
            improvement=self.improvements.__getitem__,
        )

    def _last_choices(self, chat: str) -> list[dict[str, str]]:
        said = [one for one in self._all(Message, conversation_id=chat) if one.author is not Author.CUSTOMER]
        return list(said[-1].choices) if said else []

    def _raise_once(self, alert: Alert) -> bool:
        is_new = self._one(Alert, key=alert.key) is None
        if is_new:
            self.add(alert)
        return is_new

    def _send(
        self, kind: str, channel: str, subject: str, now: datetime, chat: str | None = None, not_before: datetime | None = None
    ) -> None:
        """What went out long ago has arrived."""
        due = max(now, not_before or now)
        state = "read" if kind == "message" else "waiting"
        row = {"kind": kind, "channel": channel, "subject_id": subject, "conversation_id": chat, "dedupe_key": f"{kind}:{subject}"}
        self.sent.append(
            self.of_chat.setdefault(
                subject, {**row, "state": state, "attempts": 1, "due_at": due, "at": now, "delivered_at": due if state == "read" else None}
            )
        )

    def _mark(self, subjects: list[str], state: str, now: datetime) -> None:
        for row in (self.of_chat[one] for one in subjects if one in self.of_chat):
            row.update(state=state, delivered_at=now if state == "delivered" else row["delivered_at"])

    def _again(self, subject: str, now: datetime) -> None:
        self.of_chat[subject].update(state="waiting", due_at=now)

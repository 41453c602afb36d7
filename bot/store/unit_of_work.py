"""One unit of work: what can be read and written together."""

import builtins  # `Cases.list` hides the type of that name inside its class
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from bot.cases.api import event_of
from bot.cases.case import Alert, Case, CaseStatus, Escalation, Fact, Promise, PromiseState
from bot.cases.conversation import DEV, Author, Conversation, Handler, Message
from bot.cases.reference import new_reference
from bot.errors import NotFound
from bot.store import ledger_tables, tables
from bot.store.api import CasePages, Hooks, Tokens
from bot.store.audit import Audit
from bot.store.case_views import CaseViews
from bot.store.channel_views import ChannelViews
from bot.store.channels import Arrivals, Contacts, Sendings
from bot.store.clocks import Clocks
from bot.store.customers import Customers
from bot.store.desk import Agents, Desk
from bot.store.desk_views import DeskViews
from bot.store.digests import Digests
from bot.store.erasures import Erasures
from bot.store.files import Files
from bot.store.follow_ups import FollowUps
from bot.store.holdings import Holdings
from bot.store.incidents import Incidents, Notices
from bot.store.kept import Kept
from bot.store.learning import Learning
from bot.store.ledger import Callbacks, Claims, Letters, Remedies, Vouchers
from bot.store.live import LiveViews
from bot.store.measures import Measures
from bot.store.offers import Offers
from bot.store.outbox import Outbox
from bot.store.policy_versions import PolicyVersions
from bot.store.promises import Promises
from bot.store.reviews import Reviews
from bot.store.staff import Staff
from bot.store.ways_back import WaysBack

Many = list  # in Cases, whose method of that name hides it


class UnitOfWork:
    """Repositories over one session. One that may write locks the rows it decides on, where the database can (PostgreSQL)."""

    def __init__(self, session: Session, write: bool = True) -> None:
        self.session, self.may_write = session, write
        self.kept = Kept()
        self.conversations = Conversations(session, lock=write, kept=self.kept)
        self.messages = Messages(session)
        self.files = Files(session)
        self.cases = Cases(session, lock=write, kept=self.kept)
        self.promises = Promises(session)
        self.staff = Staff(session, lock=write)
        self.incidents = Incidents(session, lock=write)
        self.notices = Notices(session)
        self.remedies = Remedies(session, lock=write, kept=self.kept)
        self.vouchers = Vouchers(session, lock=write)
        self.callbacks = Callbacks(session, lock=write)
        self.claims = Claims(session, lock=write)
        self.letters = Letters(session, lock=write)
        self.alerts = Alerts(session)
        self.audit = Audit(session)
        self.said: list[Message] = []  # in this unit of work, to customers and by them
        self.outbox = Outbox(session)
        self.arrivals, self.contacts, self.sendings = Arrivals(session), Contacts(session), Sendings(session)
        self.channel_views = ChannelViews(session)
        self.ways_back = WaysBack(session, lock=write)
        self.agents = Agents(session, lock=write)
        self.tokens, self.hooks, self.case_pages = Tokens(session), Hooks(session, lock=write), CasePages(session)
        self.desk = Desk(session, lock=write)
        self.clocks = Clocks(session)
        self.offers = Offers(session, lock=write)
        self.live = LiveViews(session, lock=write)
        self.digests = Digests(session)
        self.case_views = CaseViews(session)
        self.desk_views = DeskViews(session)
        self.follow_ups = FollowUps(session)
        self.learning = Learning(session, lock=write)
        self.reviews = Reviews(session, lock=write)
        self.measures = Measures(session)
        self.policies = PolicyVersions(session)
        self.customers, self.holdings, self.erasures = Customers(session), Holdings(session), Erasures(session, lock=write)

    def add(self, row: object) -> None:
        """Keeps a new record."""
        self.kept.forget()
        self.session.add(row)
        if isinstance(row, Message):
            self.said.append(row)

    def note(self, case_id: str | None, who: str, act: str, now: datetime, **detail: Any) -> None:
        """One line in the audit. Never personal data: names of facts, not their values."""
        self.audit.add(case_id, who, act, now, detail)

    def finish(self) -> None:
        """Before all is kept: writes the audit, and queues in the same transaction what other systems are told of it."""
        self.audit.write()
        if not (self.said or self.audit.written) or not self.hooks.standing():
            return
        for message in self.said:
            self.hooks.tell_message(message)
        for line in self.audit.written:
            event = event_of(line["act"]) if line["case_id"] else None
            if event:
                self.hooks.tell_act(event, line["case_id"], line["number"], line["who"], line["detail"].get("remedy"), line["at"])

    def hold(self, name: str) -> None:
        """Nobody else goes on with what bears this name, such as an order, until the transaction ends. SQLite has one writer anyway."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    def flush(self) -> None:
        self.kept.forget()
        self.session.flush()

    def let_go(self) -> None:
        """Keeps nothing of what was done here: it was only to see what would come of it."""
        self.session.rollback()
        self.said.clear()
        self.audit.waiting.clear()


class Conversations:
    """Conversations by id."""

    def __init__(self, session: Session, lock: bool, kept: Kept) -> None:
        self.session, self.lock, self.kept = session, lock, kept

    def find(self, conversation_id: str) -> Conversation | None:
        return self.kept.get(self.session, Conversation, conversation_id, self.lock)

    def get(self, conversation_id: str) -> Conversation:
        found = self.find(conversation_id)
        if found is None:
            raise NotFound("There is no such conversation.")
        return found

    def of_customer(self, conversation_id: str) -> Conversation:
        """For whoever writes in it as its customer. Raises NotFound, also for one that was erased."""
        found = self.get(conversation_id)
        if found.erased_at:
            raise NotFound("There is no such conversation.")
        return found

    def take_turn(self, conversation_id: str, now: datetime, until: datetime) -> bool:
        """Leases the conversation's turn to the caller in one statement; False where somebody has it."""
        c = tables.conversations.c
        free = (c.turn_lease_until.is_(None)) | (c.turn_lease_until < now)
        taken = update(tables.conversations).where(c.id == conversation_id, free).values(turn_lease_until=until, version=c.version + 1)
        return bool(self.session.execute(taken).rowcount)

    def waiting_for_a_turn(self, now: datetime, limit: int) -> list[str]:
        """Conversations with an unanswered customer's message that nobody is at, oldest first."""
        c, m = tables.conversations.c, tables.messages.c
        found = (
            select(m.conversation_id, func.min(m.at).label("since"))
            .join(tables.conversations, c.id == m.conversation_id)
            .where(m.author == Author.CUSTOMER, m.answered_at.is_(None), (c.turn_lease_until.is_(None)) | (c.turn_lease_until < now))
            .group_by(m.conversation_id)
            .order_by("since")
            .limit(limit)
        )
        return [row.conversation_id for row in self.session.execute(found)]

    def place_in_queue(self, conversation_id: str) -> tuple[int, datetime] | None:
        """Its place among those that wait for a person (1: next), in the order in which answers are due, and when its own is.

        None where it does not wait.
        """
        c, k, e = tables.conversations.c, tables.cases.c, tables.escalations.c
        under_way = [one for one in CaseStatus if one is not CaseStatus.CLOSED]  # by name, so that the index is used
        newest = (
            select(k.conversation_id, func.max(e.id).label("id"))
            .join(tables.conversations, c.id == k.conversation_id)
            .join(tables.escalations, e.case_id == k.id)
            .where(k.status.in_(under_way), c.handler == Handler.QUEUE, c.channel != DEV, e.answered_at.is_(None))
            .group_by(k.conversation_id)
            .subquery()
        )
        waiting = select(newest.c.conversation_id, e.due_at, e.id).join(tables.escalations, e.id == newest.c.id).cte("waiting")
        mine, other = waiting.alias("mine"), waiting.alias("other")
        earlier = or_(other.c.due_at < mine.c.due_at, and_(other.c.due_at == mine.c.due_at, other.c.id < mine.c.id))
        ahead = select(func.count()).select_from(other).where(earlier).scalar_subquery()
        found = self.session.execute(select(ahead.label("ahead"), mine.c.due_at).where(mine.c.conversation_id == conversation_id)).first()
        return (found.ahead + 1, found.due_at) if found else None


class Messages:
    """Messages in the order they were said."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, message_id: str) -> Message | None:
        found: Message | None = self.session.get(Message, message_id)
        return found

    def get(self, message_id: str) -> Message:
        found = self.find(message_id)
        if found is None:
            raise NotFound("There is no such message.")
        return found

    def by_provider_id(self, provider_id: str) -> Message | None:
        """The message already taken in under the sender's own id of it."""
        return next(iter(self._all(tables.messages.c.provider_id == provider_id)), None)

    def of(self, conversation_id: str, after: int = 0) -> list[Message]:
        """All of a conversation after this seq."""
        return self._all(tables.messages.c.conversation_id == conversation_id, tables.messages.c.seq > after)

    def unanswered(self, conversation_id: str) -> list[Message]:
        m = tables.messages.c
        return self._all(m.conversation_id == conversation_id, m.author == Author.CUSTOMER, m.answered_at.is_(None))

    def read_up_to(self, conversation_id: str) -> int:
        """The newest customer's message that was dealt with before somebody other than the system spoke; 0 where none was."""
        m = tables.messages.c
        spoke = select(func.max(m.seq)).where(m.conversation_id == conversation_id, m.author.in_([Author.ASSISTANT, Author.AGENT]))
        found = select(func.max(m.seq)).where(
            m.conversation_id == conversation_id, m.author == Author.CUSTOMER, m.answered_at.is_not(None), m.seq < spoke.scalar_subquery()
        )
        return int(self.session.execute(found).scalar() or 0)

    def last_choices(self, conversation_id: str) -> list[dict[str, str]]:
        """The choices still open: those of the newest message to the customer alone."""
        m = tables.messages.c
        to_them = (m.conversation_id == conversation_id, m.author != Author.CUSTOMER, m.is_public.is_(False))
        found = self.session.execute(select(m.choices).where(*to_them).order_by(m.seq.desc()).limit(1)).scalar()
        return list(found or [])

    def _all(self, *where: Any) -> list[Message]:
        found = select(Message).where(*where).order_by(tables.messages.c.seq)
        return list(self.session.execute(found).scalars())


class Cases:
    """Cases and what hangs on them."""

    def __init__(self, session: Session, lock: bool, kept: Kept) -> None:
        self.session, self.lock, self.kept = session, lock, kept

    def find(self, case_id: str | None) -> Case | None:
        return self.kept.get(self.session, Case, case_id, self.lock) if case_id else None

    def free_reference(self) -> str:
        """A new one that no case bears."""
        c = tables.cases.c
        drawn = iter(lambda: new_reference("A"), "")
        return next(one for one in drawn if self.session.execute(select(c.id).where(c.reference == one)).first() is None)

    def by_reference(self, reference: str) -> Case:
        """Where it may be changed, its conversation is locked before it: two that lock in different orders would both be stuck."""
        c, v = tables.cases.c, tables.conversations.c
        if self.lock:
            chat = select(v.id).join(tables.cases, c.conversation_id == v.id).where(c.reference == reference.upper())
            self.session.execute(chat.with_for_update(of=tables.conversations))
        asked = select(Case).where(c.reference == reference.upper())
        found: Case | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        if found is None:
            raise NotFound(f"There is no case {reference}.")
        return found

    def list(self, waiting: bool = False, with_dev: bool = False) -> "builtins.list[Case]":
        """Cases, oldest first; only those that wait for a person where asked. Chats of developers stay out."""
        found = select(Case).order_by(tables.cases.c.created_at)
        if not with_dev:
            found = found.where(tables.cases.c.channel != DEV)
        if waiting:
            queued = select(tables.conversations.c.case_id).where(tables.conversations.c.handler == Handler.QUEUE)
            found = found.where(tables.cases.c.id.in_(queued), tables.cases.c.status != CaseStatus.CLOSED)
        return [*self.session.execute(found).scalars()]

    def of_conversation(self, conversation_id: str) -> "builtins.list[Case]":
        """Every case that began in this conversation, oldest first."""
        found = select(Case).where(tables.cases.c.conversation_id == conversation_id).order_by(tables.cases.c.created_at)
        return [*self.session.execute(found).scalars()]

    def of_order(self, number: str) -> "builtins.list[Case]":
        """Every case about this order, oldest first."""
        asked = select(Case).where(tables.cases.c.order_number == number).order_by(tables.cases.c.created_at)
        return self.kept.once(("of_order", number), lambda: [*self.session.execute(asked).scalars()]) if number else []

    def facts(self, case_id: str) -> "builtins.list[Fact]":
        asked = select(Fact).where(tables.facts.c.case_id == case_id).order_by(tables.facts.c.id)
        return self.kept.once(("facts", case_id), lambda: [*self.session.execute(asked).scalars()])

    def promises(self, case_id: str) -> "builtins.list[Promise]":
        found = select(Promise).where(tables.promises.c.case_id == case_id).order_by(tables.promises.c.id)
        return [*self.session.execute(found).scalars()]

    def promise(self, promise_id: int) -> Promise:
        found: Promise | None = self.session.get(Promise, promise_id, with_for_update=self.lock)
        if found is None:
            raise NotFound("There is no such promise.")
        return found

    def promises_due(self, what: str, now: datetime, limit: int) -> "builtins.list[int]":
        """The ids of open promises of this kind whose time has come, the oldest first."""
        rows = tables.promises
        due = (rows.c.what == what, rows.c.state == PromiseState.OPEN, rows.c.due_at <= now)
        return [*self.session.execute(select(rows.c.id).where(*due).order_by(rows.c.due_at).limit(limit)).scalars()]

    def escalations(self, case_id: str) -> "builtins.list[Escalation]":
        found = select(Escalation).where(tables.escalations.c.case_id == case_id).order_by(tables.escalations.c.id)
        return [*self.session.execute(found).scalars()]

    def audit(self, case_id: str) -> "builtins.list[dict[str, Any]]":
        """What was done in a case, in order."""
        found = select(tables.audit).where(tables.audit.c.case_id == case_id).order_by(tables.audit.c.id)
        return [dict(row._mapping) for row in self.session.execute(found)]


class Alerts:
    """What people must notice."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def raise_once(self, alert: Alert) -> bool:
        """Keeps it unless one with its key stands already; whether it is new."""
        if self.session.execute(select(ledger_tables.alerts.c.id).where(ledger_tables.alerts.c.key == alert.key)).first():
            return False
        self.session.add(alert)
        self.session.flush()
        return True

    def unseen(self, for_whom: str | None = None) -> list[Alert]:
        """Those nobody has seen yet, oldest first."""
        a = ledger_tables.alerts.c
        asked = select(Alert).where(a.seen_at.is_(None)).order_by(a.at)
        return [*self.session.execute(asked.where(a.for_whom == for_whom) if for_whom else asked).scalars()]

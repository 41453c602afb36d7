"""Every case that a report touches, as one line each: a few queries over whole sets, put together in memory.

Chats of developers stay out. No text of a customer is read; learning records hold words without what names somebody.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, String, Table, and_, case, func, insert, or_, select, type_coerce, union
from sqlalchemy.orm import Session

from bot.cases.case import TAKEN_BACK, PromiseState
from bot.cases.conversation import DEV, Author
from bot.cases.follow_up import FollowUpState, Outcome
from bot.cases.issue import Severity
from bot.cases.learning import Improvement
from bot.cases.learning_rules import Failure
from bot.cases.measured import Brought, CaseLine, Given, Learned, Round, Watched, Word
from bot.cases.remedy import RemedyState
from bot.store import tables
from bot.store.follow_up_tables import follow_ups
from bot.store.learning_tables import improvements, learning_records
from bot.store.ledger_tables import approvals
from bot.store.types import EPOCH, MICROSECOND

c, m, r, e, p = tables.cases.c, tables.messages.c, tables.remedies.c, tables.escalations.c, tables.promises.c
f, lr, o, i = follow_ups.c, learning_records.c, tables.orders.c, tables.items.c
OURS = (Author.ASSISTANT, Author.AGENT, Author.SYSTEM)
SPEAK = (Author.CUSTOMER, Author.ASSISTANT, Author.AGENT)  # the system's lines answer nobody
COURTESIES = ("thanks", "goodbye")
NOT_FILED = (RemedyState.PROPOSED, RemedyState.CONFIRMED, RemedyState.CANCELLED)
ENQUIRY, ITEMS = "enquiry", "items"
AT_ONCE = 500  # keys in one query; old SQLite takes 999 values at most


def _of_a_session(name: str) -> Table:
    """A table that is none of the store's own: each session that reports has it for a moment."""
    return Table(name, MetaData(), Column("id", String(64), primary_key=True), prefixes=["TEMPORARY"])


every_case, long_talks, unnamed = map(_of_a_session, ("report_cases", "report_talks", "report_unnamed"))


class Measures:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def opened(self, since: datetime, until: datetime) -> int:
        """How many cases were opened from `since` until before `until`, developers' chats included."""
        return int(self.session.execute(select(func.count()).where(c.created_at >= since, c.created_at < until)).scalar_one())

    def lines(self, since: datetime, until: datetime, contact_gap: timedelta, told_from: datetime) -> list[CaseLine]:
        """The cases opened, ended, asked about, or otherwise touched from `since` until before `until`; oldest first. What is told of a
        case does not depend on the span. `contact_gap` as in ReportPolicy.
        From `told_from` on every remedy is told of; of those settled before, in which people had no part, no figure asks."""
        with self._noted(every_case, _touched(since, until)) as touched:
            return self._gathered(touched, contact_gap, told_from)

    @contextmanager
    def _noted(self, table: Table, ids: Any) -> Iterator[Any]:
        """Ids (a query, or a list) in a table of this session's own, so that many queries need not find them each anew; a query over it."""
        bind = self.session.connection()
        table.create(bind)
        if not isinstance(ids, list):
            self.session.execute(insert(table).from_select(["id"], ids))
        elif ids:
            self.session.execute(insert(table), [{"id": one} for one in ids])
        yield select(table.c.id)
        table.drop(bind)  # after an error the end of the transaction takes it away

    def _gathered(self, touched: Any, contact_gap: timedelta, told_from: datetime) -> list[CaseLine]:
        found = self._cases(touched)
        lines = {line.id: line for line in found}
        self._learned(touched, lines)
        with self._noted(unnamed, [one.id for one in found if one.product is None or one.issue is None]) as some:
            self._products(some, lines)
        with self._noted(long_talks, self._talks(touched, lines, contact_gap)) as some:
            self._later_contacts(some, lines, contact_gap)
        self._known_asks(touched, lines)
        self._what_hangs_on(touched, lines, told_from)
        self._again(touched, lines)
        return found

    def briefly(self, references: Sequence[str]) -> list[dict[str, Any]]:
        """Reference, issue, product, status and created_at of these; developers' chats stay out."""
        found: list[dict[str, Any]] = []
        columns = (c.reference, type_coerce(c.issue, String).label("issue"), type_coerce(c.status, String).label("status"), c.created_at)
        asked = select(*columns, lr.product).outerjoin(learning_records, lr.case_id == c.id).where(c.channel != DEV)
        for begins in range(0, len(references), AT_ONCE):
            some = references[begins : begins + AT_ONCE]
            found += [dict(row._mapping) for row in self.session.execute(asked.where(c.reference.in_(some)))]
        return found

    def improvements(self, days: int) -> list[Watched]:
        """All, each with what came in so many days after it was done and may be of its cause."""
        every = self.session.execute(select(Improvement).order_by(improvements.c.due_at, improvements.c.id)).scalars()
        return [Watched(one, self._since(one, one.done_at, timedelta(days=days)) if one.done_at else ()) for one in every]

    def _since(self, one: Improvement, done: datetime, span: timedelta) -> tuple[tuple[Failure, str], ...]:
        named = ((c.issue, one.issue), (lr.root_cause, one.root_cause), (lr.sku, one.sku))
        asked = select(c.created_at, c.issue, lr.root_cause, lr.sku, c.reference).join(learning_records, lr.case_id == c.id)
        asked = asked.where(
            c.created_at > done, c.created_at <= done + span, c.channel != DEV, *(column == it for column, it in named if it)
        )
        return tuple((Failure(*row), reference) for *row, reference in self.session.execute(asked.order_by(c.created_at)))

    def _cases(self, touched: Any) -> list[CaseLine]:
        columns = (
            *(c.id, c.reference, c.channel, type_coerce(c.issue, String), _plain(c.severity)),
            *(_raw(c.created_at), _raw(c.first_reply_at), _raw(c.closed_at)),
            *(c.order_number, c.customer_id, c.incident_code, o.carrier),
        )
        asked = select(*columns).outerjoin(tables.orders, o.number == c.order_number).where(c.id.in_(touched)).order_by(c.created_at)
        return [
            CaseLine(key, ref, channel, issue, SEVERITY[severity], EPOCH + made * MICROSECOND, _at(replied), _at(closed), *row)
            for key, ref, channel, issue, severity, made, replied, closed, *row in self.session.execute(asked).all()
        ]

    def _products(self, some: Any, lines: dict[str, CaseLine]) -> None:
        """Where no learning record names it: the line of the order that the case is about, else the only one. And what only asks."""
        names = tables.facts.c
        told: dict[str, str] = {}
        asked = select(names.case_id, names.name, names.value).where(names.case_id.in_(some), names.name.in_([ENQUIRY, ITEMS]))
        for case_id, name, value in self.session.execute(asked.order_by(names.id)):
            if name == ITEMS:
                told[case_id] = value
            else:
                lines[case_id].is_enquiry = value != TAKEN_BACK
        bought: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        of_case = select(c.id, i.line, i.sku, i.name).join(tables.items, i.order_number == c.order_number).where(c.id.in_(some))
        for case_id, number, sku, name in self.session.execute(of_case):
            bought[case_id].append((number, sku, name))
        for case_id, items in bought.items():
            numbers = [int(one) for one in told.get(case_id, "").split(",") if one.strip().isdigit()]
            chosen = [one for one in items if one[0] in numbers] or (items if len(items) == 1 else [])
            if chosen and lines[case_id].product is None:
                _, lines[case_id].sku, lines[case_id].product = min(chosen)

    def _talks(self, touched: Any, lines: dict[str, CaseLine], gap: timedelta) -> list[str]:
        """How often we said sorry, a person wrote, and the assistant asked; and when the customer got in touch first. The cases in which so
        much time passed between the first word and the last that the customer may have got in touch again."""
        is_theirs, speaks = m.author == Author.CUSTOMER, m.author.in_(SPEAK)
        # SQLite's LIKE knows no upper case by itself, and making every text small first would take as long as all the rest.
        has = m.text.like if self.session.get_bind().dialect.name == "sqlite" else m.text.ilike
        sorry = and_(m.author.in_(OURS), or_(has("%sorry%"), has("%apolog%")))
        kinds = (m.author == Author.AGENT, sorry, and_(is_theirs, m.heard["step"].as_string() == "Ask"))
        counted = (func.sum(case((kind, 1), else_=0)) for kind in kinds)
        spans = (func.min(case((is_theirs, m.at))), func.min(case((speaks, m.at))), func.max(case((speaks, m.at))))
        longest = gap // MICROSECOND
        long: list[str] = []
        asked = select(m.case_id, *counted, *map(_raw, spans)).where(m.case_id.in_(touched)).group_by(m.case_id)
        for case_id, by_people, apologies, asks, first, begun, ended in self.session.execute(asked).all():
            line = lines[case_id]
            line.person_words, line.apologies, line.asks = int(by_people), int(apologies), int(asks)
            line.contacts = (EPOCH + first * MICROSECOND,) if first else ()
            if begun and ended - begun > longest:
                long.append(case_id)
        return long

    def _later_contacts(self, some: Any, lines: dict[str, CaseLine], gap: timedelta) -> None:
        """When a customer got in touch again: words after so long in which nobody said anything; a thanks is no contact."""
        at = type_coerce(m.at, BigInteger)
        before = func.lag(at).over(partition_by=m.case_id, order_by=[m.at, m.seq])
        spoken = (
            select(m.id, m.author, at.label("moment"), before.label("before")).where(m.case_id.in_(some), m.author.in_(SPEAK)).subquery()
        )
        s, intent = spoken.c, m.heard["intent"].as_string()
        again = and_(s.author == Author.CUSTOMER, s.moment - s.before > gap // MICROSECOND)
        asked = select(m.case_id, m.at).join(spoken, s.id == m.id).where(again, or_(intent.is_(None), intent.not_in(COURTESIES)))
        for case_id, when in self.session.execute(asked.order_by(m.at)):
            lines[case_id].contacts += (when,)

    def _known_asks(self, some: Any, lines: dict[str, CaseLine]) -> None:
        """How much of what the assistant asked for was on record by then, from before or from the message that it answered."""
        k, fact = tables.facts.c, m.heard["fact"].as_string()
        was_known = and_(k.case_id == m.case_id, k.name == fact, or_(k.at < m.at, k.message_id == m.id))
        known = select(m.case_id, m.id, k.value).join(tables.facts, was_known)
        known = known.where(m.case_id.in_(some), m.author == Author.CUSTOMER, m.heard["step"].as_string() == "Ask")
        latest: dict[tuple[str, str], str] = {}
        for case_id, message_id, value in self.session.execute(known.order_by(k.at, k.id)):
            latest[(case_id, message_id)] = value
        for (case_id, _), value in latest.items():
            lines[case_id].known_asks += value != TAKEN_BACK

    def _again(self, touched: Any, lines: dict[str, CaseLine]) -> None:
        """Later cases about the same: the same issue with the same order, or of the same customer."""
        one, later = tables.cases.alias("one"), tables.cases.alias("later")
        is_same = and_(later.c.issue == one.c.issue, later.c.created_at > one.c.created_at, later.c.channel != DEV)
        found = union(
            *(
                select(one.c.id, later.c.id.label("again"), later.c.created_at.label("at"))
                .join(later, and_(later.c[key] == one.c[key], is_same))
                .where(one.c.id.in_(touched))
                for key in ("order_number", "customer_id")
            )
        ).subquery()
        for case_id, at in self.session.execute(select(found.c.id, found.c.at).order_by(found.c.at, found.c.again)):
            lines[case_id].again_at += (at,)

    def _what_hangs_on(self, touched: Any, lines: dict[str, CaseLine], told_from: datetime) -> None:
        asked = select(e.case_id, e.reason, e.at, e.due_at, e.answered_at).where(e.case_id.in_(touched)).order_by(e.at)
        for case_id, *row in self.session.execute(asked):
            lines[case_id].brought += (Brought(*row),)
        columns = (p.case_id, p.what, _raw(p.due_at), _plain(p.state), _raw(p.told_at))
        promised = self.session.execute(select(*columns).where(p.case_id.in_(touched)).order_by(p.due_at)).all()
        for case_id, what, due, state, told in promised:
            lines[case_id].promises += (Word(what, EPOCH + due * MICROSECOND, PROMISE[state], _at(told)),)
        answers = (f.case_id, _plain(f.state), _raw(f.asked_at), _raw(f.ended_at), _plain(f.outcome), f.satisfaction, f.effort, f.why)
        rounds = self.session.execute(select(*answers).where(f.case_id.in_(touched)).order_by(f.number)).all()
        for case_id, state, asked_at, ended_at, outcome, *row in rounds:
            said = Outcome(outcome) if outcome else None
            lines[case_id].rounds += (Round(ROUND[state], _at(asked_at), _at(ended_at), said, *row),)
        self._remedies(touched, lines, told_from)

    def _remedies(self, touched: Any, lines: dict[str, CaseLine], told_from: datetime) -> None:
        verdicts: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        a = approvals.c
        decided = select(a.remedy_id, a.verdict, a.at).join(tables.remedies, r.id == a.remedy_id).where(r.case_id.in_(touched))
        for remedy_id, verdict, at in self.session.execute(decided.order_by(a.at)):
            verdicts[remedy_id].append((verdict, at))
        sign = case((r.undoes.is_not(None), -1), else_=1)
        minor, currency = sign * func.coalesce(r.worth_minor, r.amount_minor), func.coalesce(r.worth_currency, r.currency)
        kind = type_coerce(r.kind, String)
        times = (_raw(r.created_at), _raw(r.settled_at))
        columns = (r.case_id, r.id, kind, r.wording, _plain(r.state), *times, minor, currency, r.policy_version)
        is_told = or_(r.settled_at.is_(None), r.settled_at >= told_from, c.created_at >= told_from, r.id.in_(select(a.remedy_id)))
        asked = select(*columns).join(tables.cases, c.id == r.case_id).where(r.case_id.in_(touched), r.state.not_in(NOT_FILED), is_told)
        asked = asked.order_by(r.created_at)
        for case_id, remedy_id, what, wording, state, made, settled, *row in self.session.execute(asked).all():
            given = Given(what, wording, REMEDY[state], EPOCH + made * MICROSECOND, _at(settled), *row)
            if remedy_id in verdicts:
                given.verdicts = tuple(verdicts[remedy_id])
            lines[case_id].remedies += (given,)

    def _learned(self, touched: Any, lines: dict[str, CaseLine]) -> None:
        said = (type_coerce(lr.root_cause, String), lr.cause, type_coerce(lr.skill, String), lr.team, lr.customer_words)
        columns = (lr.case_id, lr.sku, lr.product, _raw(lr.created_at), *said, lr.finished_at.is_not(None), lr.improvement_id)
        for case_id, sku, product, made, *row in self.session.execute(select(*columns).where(lr.case_id.in_(touched))).all():
            line = lines[case_id]
            line.sku, line.product, line.learned = sku, product, Learned(EPOCH + made * MICROSECOND, *row)


def _touched(since: datetime, until: datetime) -> Any:
    """The ids of all cases to which something happened that a report counts."""
    decided = approvals.c
    moments = (
        select(key.label("id")).where(at >= since, at < until)
        for key, at in (
            *((c.id, c.created_at), (c.id, c.closed_at), (p.case_id, p.due_at), (e.case_id, e.at)),
            *((f.case_id, f.asked_at), (r.case_id, r.settled_at), (lr.case_id, lr.created_at)),
        )
    )
    judged = select(r.case_id.label("id")).join(approvals, decided.remedy_id == r.id).where(decided.at >= since, decided.at < until)
    every = union(*moments, judged).subquery()
    return select(c.id).join(every, every.c.id == c.id).where(c.channel != DEV)


# A hundred thousand cases have a million instants and words: these are read as they are kept, and made into ours without the detour
# through the column's type, which takes twice as long.
PROMISE = {str(one): one for one in PromiseState}
ROUND = {str(one): one for one in FollowUpState}
REMEDY = {str(one): one for one in RemedyState}
SEVERITY = {str(one): one for one in Severity}


def _raw(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _plain(column: Any) -> Any:
    return type_coerce(column, String)


def _at(kept: int | None) -> datetime | None:
    return None if kept is None else EPOCH + kept * MICROSECOND

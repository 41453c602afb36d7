"""What each table holds about a person, and what becomes of it when they are erased. A test sees to it that no table is forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Table, and_, case, exists, func, literal, null, or_, select

from bot.cases.assignment import OfferState
from bot.cases.callback import CallbackState
from bot.cases.erasing import ERASED
from bot.cases.letter import LetterState
from bot.store import (
    api_tables,
    channel_tables,
    clock_tables,
    desk_tables,
    file_tables,
    follow_up_tables,
    learning_tables,
    ledger_tables,
    review_tables,
    tables,
    way_back_tables,
)
from bot.store.types import Instant

DROPPED, WAITING = "dropped", "waiting"
MONEY = "what was granted and paid stays on the books"
SEALED = "the sealed record of what was done, which holds no personal data"


@dataclass(frozen=True)
class Whose:
    """The ids by which a person's rows are found."""

    chats: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    customer_id: str | None = None


Values = Callable[[datetime], Mapping[str, Any]]


@dataclass(frozen=True)
class Held:
    """One table. `of`: the condition on a person's rows; `becomes`: what stands in them afterwards; `goes`: they are removed;
    `where`: which of them alone; `why`: why a row stays; `secret`: columns that no export shows."""

    table: Table
    of: Callable[[Whose], Any]
    becomes: Values | None = None
    where: Any = None
    goes: bool = False
    why: str = ""
    secret: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.table.name)


def _chat(table: Table) -> Callable[[Whose], Any]:
    return lambda whose: table.c.conversation_id.in_(whose.chats)


def _case(table: Table) -> Callable[[Whose], Any]:
    return lambda whose: table.c.case_id.in_(whose.cases)


def _within(column: Any, parent: Table) -> Callable[[Whose], Any]:
    """Rows that hang on one that hangs on a case."""
    return lambda whose: column.in_(select(parent.c.id).where(parent.c.case_id.in_(whose.cases)))


def _order(column: Any) -> Callable[[Whose], Any]:
    return lambda whose: column.in_(whose.orders)


def _of_chat_or_case(table: Table) -> Callable[[Whose], Any]:
    return lambda whose: or_(table.c.conversation_id.in_(whose.chats), table.c.case_id.in_(whose.cases))


def _to(**values: Any) -> Values:
    return lambda _now: values


def _if_there(column: Any) -> Any:
    """ERASED where something stood."""
    return case((column.is_not(None), literal(ERASED, String)), else_=None)


def _ended(column: Any, states: list[Any], end: Any) -> Any:
    return case((column.in_(states), literal(str(end), String)), else_=column)


def _now_unless(column: Any) -> Callable[[datetime], Any]:
    return lambda now: func.coalesce(column, literal(now, Instant))


def _came_from(whose: Whose) -> Any:
    """What waits to be taken in or was put aside: from them, and of messages to them. The same address elsewhere is another's."""
    a, k, s = channel_tables.arrivals.c, channel_tables.contacts.c, channel_tables.sendings.c
    theirs = exists().where(k.channel == a.channel, k.address == a.lane, k.conversation_id.in_(whose.chats))
    about = exists().where(s.channel == a.channel, literal("about ") + s.provider_id == a.lane, s.conversation_id.in_(whose.chats))
    return or_(theirs.correlate(channel_tables.arrivals), about.correlate(channel_tables.arrivals))


m, r, o = tables.messages, tables.remedies, tables.outbox
_proven = select(tables.cases.c.order_number).where(tables.cases.c.id == tables.facts.c.case_id, tables.cases.c.proven).scalar_subquery()
_harmless_fact = or_(
    tables.facts.c.name.in_(("items", "quantity")),
    and_(tables.facts.c.name == "order_number", tables.facts.c.value == _proven),
)
_seen = _now_unless(ledger_tables.alerts.c.seen_at)
_d, _n, _l = api_tables.hook_deliveries.c, ledger_tables.notices.c, ledger_tables.letters.c

# In this order: what hangs on a row goes before it.
HELD: tuple[Held, ...] = (
    Held(tables.customers, lambda whose: tables.customers.c.id == whose.customer_id, goes=True),
    Held(tables.orders, _order(tables.orders.c.number), why=f"{MONEY}, without name, address, parcel number and means of payment"),
    Held(tables.items, _order(tables.items.c.order_number), why="what was bought stays on the books"),
    Held(tables.payments, _order(tables.payments.c.order_number), why=MONEY),
    Held(tables.conversations, lambda whose: tables.conversations.c.id.in_(whose.chats), why="that there was a chat, and when"),
    Held(
        file_tables.file_contents,
        lambda whose: file_tables.file_contents.c.file_id.in_(
            select(file_tables.files.c.id).where(file_tables.files.c.conversation_id.in_(whose.chats))
        ),
        goes=True,
        secret=("content",),
    ),
    Held(file_tables.files, _chat(file_tables.files), goes=True),
    Held(
        desk_tables.message_labels,
        lambda whose: desk_tables.message_labels.c.message_id.in_(select(m.c.id).where(m.c.conversation_id.in_(whose.chats))),
        goes=True,
    ),
    Held(review_tables.review_items, _chat(review_tables.review_items), _to(text=None), why="how the assistant heard, without the words"),
    Held(channel_tables.arrivals, lambda whose: _came_from(whose), goes=True, secret=("key",)),
    Held(channel_tables.contacts, _chat(channel_tables.contacts), goes=True),
    Held(channel_tables.sendings, _chat(channel_tables.sendings), goes=True, secret=("provider_id",)),
    Held(
        m,
        _of_chat_or_case(m),
        _to(text=ERASED, choice=None, choices=[], heard=null(), card=null(), provider_id=None),
        why="that something was said, by whom and when",
        secret=("provider_id",),
    ),
    Held(tables.cases, lambda whose: tables.cases.c.id.in_(whose.cases), why="reference, issue and dates, for the shop's figures"),
    Held(tables.facts, _case(tables.facts), where=~_harmless_fact, goes=True, why="order and items, without what was told"),
    Held(
        r,
        _case(r),
        _to(reasons=case((r.c.granted_by != "assistant", literal(ERASED, String)), else_=r.c.reasons), why=_if_there(r.c.why)),
        why=MONEY,
    ),
    Held(tables.promises, _case(tables.promises), _to(words=None), why="what was promised for when, and whether it was kept"),
    Held(tables.escalations, _case(tables.escalations), why="when a person was brought in"),
    Held(ledger_tables.decisions, _case(ledger_tables.decisions), why="which policy decided"),
    Held(
        ledger_tables.approvals,
        _within(ledger_tables.approvals.c.remedy_id, r),
        _to(reason=ERASED),
        why=f"who agreed; {MONEY}",
    ),
    Held(ledger_tables.attempts, _within(ledger_tables.attempts.c.remedy_id, r), _to(detail=""), why=MONEY),
    Held(ledger_tables.vouchers, _within(ledger_tables.vouchers.c.remedy_id, r), why=f"a voucher names nobody; {MONEY}"),
    Held(
        ledger_tables.callbacks,
        _case(ledger_tables.callbacks),
        _to(phone="", state=_ended(ledger_tables.callbacks.c.state, [CallbackState.BOOKED], CallbackState.CANCELLED)),
        why="that a call was booked, without the number",
    ),
    Held(
        ledger_tables.claim_items,
        _within(ledger_tables.claim_items.c.claim_id, ledger_tables.claims),
        _to(what=ERASED, receipt=None),
        why=MONEY,
    ),
    Held(ledger_tables.claims, _case(ledger_tables.claims), _to(reason=_if_there(ledger_tables.claims.c.reason)), why=MONEY),
    Held(
        ledger_tables.letters,
        _case(ledger_tables.letters),
        _to(text=ERASED, state=_ended(_l.state, [LetterState.DRAFTED, LetterState.SIGNED], LetterState.DROPPED)),
        why="that an apology was written, without its words",
    ),
    Held(
        ledger_tables.notices,
        lambda whose: _n.subject.in_((*whose.orders, *whose.cases)),
        _to(state=_ended(_n.state, [WAITING], DROPPED)),
        why="which orders were told of an incident",
    ),
    Held(ledger_tables.alerts, _case(ledger_tables.alerts), lambda now: {"detail": {}, "seen_at": _seen(now)}, why="what people noticed"),
    Held(follow_up_tables.follow_ups, _case(follow_up_tables.follow_ups), why="whether it was put right, without words"),
    Held(
        learning_tables.learning_records,
        _case(learning_tables.learning_records),
        _to(customer_words=None, wants_to_know=False),
        why="what the shop learned, without who it was",
    ),
    Held(desk_tables.notes, _chat(desk_tables.notes), goes=True),
    Held(desk_tables.drafts, _chat(desk_tables.drafts), goes=True),
    Held(desk_tables.held_replies, _chat(desk_tables.held_replies), goes=True, secret=("key",)),
    Held(desk_tables.looking, _chat(desk_tables.looking), goes=True),
    Held(desk_tables.snoozes, _chat(desk_tables.snoozes), goes=True),
    Held(desk_tables.tags, _case(desk_tables.tags), why="words for sorting; one that names the customer goes"),
    Held(
        desk_tables.case_links,
        lambda whose: or_(desk_tables.case_links.c.case_id.in_(whose.cases), desk_tables.case_links.c.other_id.in_(whose.cases)),
        why="which cases belong together",
    ),
    Held(
        clock_tables.clocks,
        _case(clock_tables.clocks),
        lambda now: {"stopped_at": now},
        clock_tables.clocks.c.stopped_at.is_(None),
        why="how fast the shop answered",
    ),
    Held(
        clock_tables.offers,
        _chat(clock_tables.offers),
        lambda now: {"state": OfferState.WITHDRAWN, "ended_at": now},
        clock_tables.offers.c.state == OfferState.OFFERED,
        why="to whom the chat was offered",
    ),
    Held(way_back_tables.ways_back, _chat(way_back_tables.ways_back), goes=True, secret=("id", "used_by", "address")),
    Held(
        o,
        _chat(o),
        _to(state=DROPPED),
        and_(o.c.state == WAITING, o.c.kind != "remedy"),
        why="when something was sent, without what",
        secret=("dedupe_key",),
    ),
    Held(
        api_tables.hook_deliveries,
        _of_chat_or_case(api_tables.hook_deliveries),
        _to(body=None, state=_ended(_d.state, [WAITING], DROPPED)),
        why="that another system was told, without what",
        secret=("dedupe_key",),
    ),
    Held(tables.audit, _case(tables.audit), why=SEALED, secret=("seal",)),
)
# Tables in which nothing is about one customer, and why.
ABOUT_NOBODY: Mapping[str, str] = {
    "incidents": "what failed for many",
    "cursors": "how far mailboxes were read",
    "improvements": "what the shop does about it",
    "audit_heads": SEALED,
    "api_tokens": "other systems",
    "hooks": "other systems",
    "agents": "the people of the shop",
    "desk_sessions": "the people of the shop",
    "digests": "mails to the people of the shop, by case",
    "no_mail": "digests of addresses that want no mail: it stays, so that none is sent",
    "policy_versions": "the shop's rules",
    "erasures": "what was erased, and never whose",
}

"""What hangs on the ledger's remedies: approvals, attempts, decisions, vouchers, calls, claims and letters."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from bot.cases.authority import GOODWILL, STANDS, Approval
from bot.cases.callback import Callback, CallbackState
from bot.cases.claim import Claim, ClaimItem, ClaimState
from bot.cases.conversation import DEV
from bot.cases.issue import Severity
from bot.cases.letter import UNDER_WAY, Letter, LetterState
from bot.cases.money import Money
from bot.cases.remedy import Attempt, Decision, Remedy, RemedyState
from bot.cases.voucher import Voucher
from bot.errors import NotFound
from bot.store import ledger_tables, tables
from bot.store.kept import Kept

Row = TypeVar("Row")
BOOKING = 730_411  # the number of the lock on booking; any will do that nobody else uses


class Remedies:
    """The ledger's records."""

    def __init__(self, session: Session, lock: bool, kept: Kept) -> None:
        self.session, self.lock, self.kept = session, lock, kept

    def get(self, remedy_id: str) -> Remedy:
        _lock_conversation(self.session, self.lock, tables.remedies, tables.remedies.c.id == remedy_id)
        found: Remedy | None = self.session.get(Remedy, remedy_id, with_for_update=self.lock)
        return _found(found, "There is no such remedy.")

    def by_reference(self, reference: str) -> Remedy:
        _lock_conversation(self.session, self.lock, tables.remedies, tables.remedies.c.reference == reference.strip().upper())
        asked = select(Remedy).where(tables.remedies.c.reference == reference.strip().upper())
        found: Remedy | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return _found(found, f"There is no remedy {reference}.")

    def by_key(self, key: str) -> Remedy | None:
        _lock_conversation(self.session, self.lock, tables.remedies, tables.remedies.c.key == key)
        asked = select(Remedy).where(tables.remedies.c.key == key)
        found: Remedy | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return found

    def of(self, *case_ids: str) -> list[Remedy]:
        """Those of these cases, in the order in which they were offered."""
        if not case_ids:
            return []
        r = tables.remedies.c
        asked = select(Remedy).where(r.case_id.in_(case_ids)).order_by(r.rank, r.id)
        found = self.kept.once(("remedies", case_ids), lambda: [*self.session.execute(asked).scalars()])
        return sorted(found, key=lambda one: (one.rank, one.id))  # a rank may have changed since

    def in_states(self, *states: RemedyState, limit: int = 1000) -> list[Remedy]:
        """Those that stand there, longest there first. Those of developers' chats are among them: they are carried out too."""
        found = select(Remedy).where(tables.remedies.c.state.in_(states)).order_by(tables.remedies.c.changed_at).limit(limit)
        return [*self.session.execute(found).scalars()]

    def undoing(self, remedy_id: str) -> Remedy | None:
        """The record that takes this remedy back."""
        found: Remedy | None = self.session.execute(select(Remedy).where(tables.remedies.c.undoes == remedy_id)).scalar()
        return found

    def goodwill_of(self, customer_id: str) -> list[tuple[datetime, Money | None]]:
        """When this customer had goodwill, and how much."""
        r, c = tables.remedies.c, tables.cases.c
        asked = (
            select(r.created_at, r.amount_minor, r.currency)
            .join(tables.cases, c.id == r.case_id)
            .where(c.customer_id == customer_id, r.kind.in_(GOODWILL), r.state.in_(STANDS), r.statutory.is_(False))
        )
        rows = self.session.execute(asked).all()
        return [(row.created_at, Money(row.amount_minor, row.currency) if row.currency else None) for row in rows]

    def granted_by_assistant(self, since: datetime, currency: str) -> Money:
        """All that the assistant has granted by itself since then, money and goods, beyond what is owed."""
        r = tables.remedies.c
        asked = select(func.coalesce(func.sum(func.coalesce(r.worth_minor, r.amount_minor)), 0)).where(
            r.granted_by == "assistant",
            func.coalesce(r.worth_currency, r.currency) == currency,
            r.changed_at >= since,
            r.state.in_(STANDS - {RemedyState.NEEDS_APPROVAL}),
            r.statutory.is_(False),
            r.undoes.is_(None),
        )
        return Money(int(self.session.execute(asked).scalar() or 0), currency)

    def approvals(self, remedy_id: str) -> list[Approval]:
        asked = select(Approval).where(ledger_tables.approvals.c.remedy_id == remedy_id).order_by(ledger_tables.approvals.c.id)
        return [*self.session.execute(asked).scalars()]

    def attempts(self, remedy_id: str) -> list[Attempt]:
        asked = select(Attempt).where(ledger_tables.attempts.c.remedy_id == remedy_id).order_by(ledger_tables.attempts.c.id)
        return [*self.session.execute(asked).scalars()]

    def decisions(self, case_id: str | None = None) -> list[Decision]:
        """Of one case or of all, oldest first."""
        asked = select(Decision).order_by(ledger_tables.decisions.c.at)
        return [*self.session.execute(asked.where(ledger_tables.decisions.c.case_id == case_id) if case_id else asked).scalars()]


class Vouchers:
    """Vouchers by code."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def get(self, code: str) -> Voucher:
        found: Voucher | None = self.session.get(Voucher, code, with_for_update=self.lock)
        return _found(found, "There is no such voucher.")

    def of(self, remedy_id: str) -> Voucher | None:
        found: Voucher | None = self.session.execute(select(Voucher).where(ledger_tables.vouchers.c.remedy_id == remedy_id)).scalar()
        return found


class Callbacks:
    """Calls that are owed."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def of(self, remedy_id: str) -> Callback | None:
        found: Callback | None = self.session.execute(select(Callback).where(ledger_tables.callbacks.c.remedy_id == remedy_id)).scalar()
        return found

    def booked(self) -> list[Callback]:
        """Those still to be made, the next first."""
        c = ledger_tables.callbacks.c
        return [*self.session.execute(select(Callback).where(c.state == CallbackState.BOOKED).order_by(c.starts_at)).scalars()]

    def one_at_a_time(self) -> None:
        """Until the transaction ends, nobody else books: two who count the same slot would both take its last place."""
        if self.session.get_bind().dialect.name == "postgresql":  # on SQLite only one writes at a time anyway
            self.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": BOOKING})

    def taken(self, since: datetime) -> dict[datetime, int]:
        """How many calls are booked for each slot from then on."""
        c = ledger_tables.callbacks.c
        asked = (
            select(c.starts_at, func.count().label("calls"))
            .where(c.state == CallbackState.BOOKED, c.starts_at >= since)
            .group_by(c.starts_at)
        )
        return {row.starts_at: row.calls for row in self.session.execute(asked)}


class Claims:
    """Claims for damages."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def by_reference(self, reference: str) -> Claim:
        named = ledger_tables.claims.c.reference == reference.strip().upper()
        _lock_conversation(self.session, self.lock, ledger_tables.claims, named)
        asked = select(Claim).where(named)
        found: Claim | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return _found(found, f"There is no claim {reference}.")

    def of(self, case_id: str) -> list[Claim]:
        asked = select(Claim).where(ledger_tables.claims.c.case_id == case_id).order_by(ledger_tables.claims.c.created_at)
        return [*self.session.execute(asked).scalars()]

    def items(self, claim_id: str) -> list[ClaimItem]:
        asked = select(ClaimItem).where(ledger_tables.claim_items.c.claim_id == claim_id).order_by(ledger_tables.claim_items.c.id)
        return [*self.session.execute(asked).scalars()]

    def every(self) -> list[Claim]:
        """All, oldest first."""
        return [*self.session.execute(select(Claim).order_by(ledger_tables.claims.c.created_at)).scalars()]

    def waiting(self) -> list[Claim]:
        """Those that wait for a decision, the one due first at the front."""
        c = ledger_tables.claims.c
        return [*self.session.execute(select(Claim).where(c.state == ClaimState.RECEIVED).order_by(c.decide_by)).scalars()]


class Letters:
    """Formal apologies, one a case."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def of(self, case_id: str) -> Letter | None:
        of_case = ledger_tables.letters.c.case_id == case_id
        _lock_conversation(self.session, self.lock, ledger_tables.letters, of_case)
        asked = select(Letter).where(of_case)
        found: Letter | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return found

    def get(self, letter_id: str) -> Letter:
        _lock_conversation(self.session, self.lock, ledger_tables.letters, ledger_tables.letters.c.id == letter_id)
        found: Letter | None = self.session.get(Letter, letter_id, with_for_update=self.lock)
        return _found(found, "There is no such letter.")

    def due(self, limit: int) -> list[str]:
        """Cases of S2 and above that have no letter, whose remedies have all settled. Developers' chats get none."""
        r, c = tables.remedies.c, tables.cases.c
        settled = select(r.case_id).where(r.state == RemedyState.SETTLED, r.undoes.is_(None))
        under_way = select(r.case_id).where(r.state.in_(UNDER_WAY))
        claimed = select(ledger_tables.claims.c.case_id).where(ledger_tables.claims.c.state == ClaimState.RECEIVED)
        found = select(c.id).where(c.severity != Severity.S1, c.channel != DEV, c.id.in_(settled))
        for others in (under_way, claimed, select(ledger_tables.letters.c.case_id)):
            found = found.where(c.id.not_in(others))
        return [*self.session.execute(found.order_by(c.created_at).limit(limit)).scalars()]

    def every(self) -> list[Letter]:
        """All, oldest first."""
        return [*self.session.execute(select(Letter).order_by(ledger_tables.letters.c.drafted_at)).scalars()]

    def in_state(self, state: LetterState) -> list[Letter]:
        c = ledger_tables.letters.c
        return [*self.session.execute(select(Letter).where(c.state == state).order_by(c.drafted_at)).scalars()]


def _lock_conversation(session: Session, lock: bool, table: Table, which: ColumnElement) -> None:  # type: ignore[type-arg, unused-ignore]
    """A turn locks its conversation before anything else. Whoever changes what hangs on a case does so too, or each would wait
    for the other."""
    if lock and session.get_bind().dialect.name == "postgresql":
        of_case = tables.conversations.c.id == tables.cases.c.conversation_id
        asked = select(tables.conversations.c.id).join(tables.cases, of_case).join(table, table.c.case_id == tables.cases.c.id)
        session.execute(asked.where(which).with_for_update(of=tables.conversations))


def _found(row: Row | None, else_: str) -> Row:
    if row is None:
        raise NotFound(else_)
    return row

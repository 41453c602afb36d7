"""What hangs on the ledger's remedies: approvals, attempts, decisions, vouchers, calls, claims and letters."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.cases.authority import GOODWILL, STANDS, Approval
from bot.cases.callback import Callback, CallbackState
from bot.cases.claim import Claim, ClaimItem, ClaimState
from bot.cases.letter import Letter, LetterState
from bot.cases.money import Money
from bot.cases.remedy import Attempt, Decision, Remedy, RemedyState
from bot.cases.voucher import Voucher
from bot.errors import NotFound
from bot.store import ledger_tables, tables

Row = TypeVar("Row")


class Remedies:
    """The ledger's records."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def get(self, remedy_id: str) -> Remedy:
        found: Remedy | None = self.session.get(Remedy, remedy_id, with_for_update=self.lock)
        return _found(found, "There is no such remedy.")

    def by_reference(self, reference: str) -> Remedy:
        asked = select(Remedy).where(tables.remedies.c.reference == reference.strip().upper())
        found: Remedy | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return _found(found, f"There is no remedy {reference}.")

    def by_key(self, key: str) -> Remedy | None:
        found: Remedy | None = self.session.execute(select(Remedy).where(tables.remedies.c.key == key)).scalar()
        return found

    def of(self, case_id: str) -> list[Remedy]:
        found = select(Remedy).where(tables.remedies.c.case_id == case_id).order_by(tables.remedies.c.rank, tables.remedies.c.id)
        return [*self.session.execute(found).scalars()]

    def in_states(self, *states: RemedyState, limit: int = 1000) -> list[Remedy]:
        """Those that stand there, longest there first. Chats of developers stay out of it too: nothing of theirs is carried out."""
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
        """All that the assistant has granted by itself since then, beyond what is owed."""
        r = tables.remedies.c
        asked = select(func.coalesce(func.sum(r.amount_minor), 0)).where(
            r.granted_by == "assistant",
            r.currency == currency,
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
        asked = select(Claim).where(ledger_tables.claims.c.reference == reference.strip().upper())
        found: Claim | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return _found(found, f"There is no claim {reference}.")

    def of(self, case_id: str) -> list[Claim]:
        asked = select(Claim).where(ledger_tables.claims.c.case_id == case_id).order_by(ledger_tables.claims.c.created_at)
        return [*self.session.execute(asked).scalars()]

    def items(self, claim_id: str) -> list[ClaimItem]:
        asked = select(ClaimItem).where(ledger_tables.claim_items.c.claim_id == claim_id).order_by(ledger_tables.claim_items.c.id)
        return [*self.session.execute(asked).scalars()]

    def waiting(self) -> list[Claim]:
        """Those that wait for a decision, the one due first at the front."""
        c = ledger_tables.claims.c
        return [*self.session.execute(select(Claim).where(c.state == ClaimState.RECEIVED).order_by(c.decide_by)).scalars()]


class Letters:
    """Formal apologies, one a case."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def of(self, case_id: str) -> Letter | None:
        asked = select(Letter).where(ledger_tables.letters.c.case_id == case_id)
        found: Letter | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return found

    def get(self, letter_id: str) -> Letter:
        found: Letter | None = self.session.get(Letter, letter_id, with_for_update=self.lock)
        return _found(found, "There is no such letter.")

    def in_state(self, state: LetterState) -> list[Letter]:
        c = ledger_tables.letters.c
        return [*self.session.execute(select(Letter).where(c.state == state).order_by(c.drafted_at)).scalars()]


def _found(row: Row | None, else_: str) -> Row:
    if row is None:
        raise NotFound(else_)
    return row

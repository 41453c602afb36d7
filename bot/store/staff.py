"""What one person has open: chats, cases, calls and alerts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases.callback import Callback, CallbackState
from bot.cases.case import Alert, Case, CaseStatus
from bot.cases.claim import Claim, ClaimState
from bot.cases.conversation import Conversation, Handler
from bot.store import ledger_tables, tables


class Staff:
    """Rows are locked, chats first, in an order that is always the same."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def lock_chats(self, agent: str) -> None:
        """Locks every conversation of what this person has, before anything else, as everywhere."""
        v, c, b = tables.conversations.c, tables.cases.c, ledger_tables.callbacks.c
        called = select(b.case_id).where(b.assignee == agent, b.state == CallbackState.BOOKED)
        theirs = select(c.conversation_id).where((c.assignee == agent) | c.id.in_(called))
        asked = select(v.id).where((v.agent == agent) | v.id.in_(theirs)).order_by(v.id)
        self.session.execute(asked.with_for_update())

    def chats(self, agent: str) -> list[Conversation]:
        """Those this person answers now."""
        c = tables.conversations.c
        asked = select(Conversation).where(c.agent == agent, c.handler == Handler.AGENT).order_by(c.id)
        return [*self.session.execute(asked.with_for_update() if self.lock else asked).scalars()]

    def cases(self, agent: str) -> list[Case]:
        """Open ones this person is responsible for."""
        c = tables.cases.c
        ended = (CaseStatus.CLOSED, CaseStatus.RESOLVED)
        asked = select(Case).where(c.assignee == agent, c.status.not_in(ended)).order_by(c.id)
        return [*self.session.execute(asked.with_for_update() if self.lock else asked).scalars()]

    def calls(self, agent: str) -> list[Callback]:
        """Calls this person still has to make."""
        c = ledger_tables.callbacks.c
        asked = select(Callback).where(c.assignee == agent, c.state == CallbackState.BOOKED).order_by(c.id)
        return [*self.session.execute(asked.with_for_update() if self.lock else asked).scalars()]

    def alerts(self, agent: str) -> list[Alert]:
        """Alerts for this person that they have not seen."""
        a = ledger_tables.alerts.c
        return [*self.session.execute(select(Alert).where(a.for_whom == agent, a.seen_at.is_(None)).order_by(a.id)).scalars()]

    def claims(self, case_ids: list[str]) -> list[Claim]:
        """Undecided claims of these cases: whoever has the case has them too."""
        c = ledger_tables.claims.c
        asked = select(Claim).where(c.case_id.in_(case_ids), c.state.in_((ClaimState.OPEN, ClaimState.RECEIVED))).order_by(c.id)
        return [*self.session.execute(asked).scalars()] if case_ids else []

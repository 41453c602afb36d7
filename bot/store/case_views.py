"""What the case pane and the approvals show beyond one case's own rows: few queries, however many rows there are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.cases.authority import Approval
from bot.cases.callback import Callback
from bot.cases.case import Case, CaseStatus, Escalation
from bot.cases.claim import ClaimItem
from bot.cases.conversation import DEV, Conversation
from bot.cases.remedy import Remedy, RemedyState
from bot.store import desk_tables, ledger_tables, tables
from bot.store.inserts import insert_into

MOST_EARLIER = 20


class CaseViews:
    """Reads many at once; links cases."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def others_of(self, case: Case) -> list[Case]:
        """Other cases of the same customer or the same order, the newest first; none where neither is known."""
        c = tables.cases.c
        same = [column == value for column, value in ((c.customer_id, case.customer_id), (c.order_number, case.order_number)) if value]
        asked = select(Case).where(or_(*same), c.id != case.id, c.channel != DEV) if same else None
        return [*self.session.execute(asked.order_by(c.created_at.desc()).limit(MOST_EARLIER)).scalars()] if asked is not None else []

    def links(self, case_id: str) -> list[tuple[str, str, bool]]:
        """(the other case's reference, merged, split or linked, whether the link was made from the other one)."""
        k, c = desk_tables.case_links.c, tables.cases.c
        ours = select(c.reference, k.kind, k.id).join(tables.cases, c.id == k.other_id).where(k.case_id == case_id)
        theirs = select(c.reference, k.kind, k.id).join(tables.cases, c.id == k.case_id).where(k.other_id == case_id)
        found = [(row.id, row.reference, row.kind, False) for row in self.session.execute(ours)]
        found += [(row.id, row.reference, row.kind, True) for row in self.session.execute(theirs)]
        return [(reference, kind, back) for _, reference, kind, back in sorted(found)]

    def conversations_of(self, *references: str) -> list[str]:
        """Of the cases that there are of these references; none is locked."""
        c = tables.cases.c
        return [*self.session.execute(select(c.conversation_id).where(c.reference.in_(references)).distinct()).scalars()]

    def split_off(self, conversation_id: str) -> list[Case]:
        """Matters of a chat that people split off and nobody has settled, oldest first."""
        c, k = tables.cases.c, desk_tables.case_links.c
        made = select(k.case_id).where(k.kind == "split")
        unsettled = c.status.in_([CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.PENDING])
        asked = select(Case).where(c.conversation_id == conversation_id, unsettled, c.id.in_(made)).order_by(c.created_at, c.id)
        return [*self.session.execute(asked).scalars()]

    def link(self, case_id: str, other_id: str, kind: str, agent: str, now: datetime) -> None:
        """Once, however often."""
        row = {"case_id": case_id, "other_id": other_id, "kind": kind, "agent": agent, "at": now}
        self.session.execute(insert_into(self.session, desk_tables.case_links).values(**row).on_conflict_do_nothing())

    def calls(self, case_id: str) -> list[Callback]:
        c = ledger_tables.callbacks.c
        return [*self.session.execute(select(Callback).where(c.case_id == case_id).order_by(c.starts_at)).scalars()]

    def claim_items(self, claim_ids: Sequence[str]) -> list[ClaimItem]:
        i = ledger_tables.claim_items.c
        asked = select(ClaimItem).where(i.claim_id.in_(claim_ids)).order_by(i.id)
        return [*self.session.execute(asked).scalars()] if claim_ids else []

    def approvals(self, remedy_ids: Sequence[str]) -> dict[str, list[Approval]]:
        """By remedy, in the order in which people agreed."""
        a = ledger_tables.approvals.c
        found: dict[str, list[Approval]] = {one: [] for one in remedy_ids}
        if remedy_ids:
            for one in self.session.execute(select(Approval).where(a.remedy_id.in_(remedy_ids)).order_by(a.id)).scalars():
                found[one.remedy_id].append(one)
        return found

    def sending(self, remedy_ids: Sequence[str]) -> dict[str, str]:
        """The state of each remedy's outbox row, where it has one."""
        o = tables.outbox.c
        asked = select(o.subject_id, o.state).where(o.subject_id.in_(remedy_ids))
        return {row.subject_id: row.state for row in self.session.execute(asked)} if remedy_ids else {}

    def has_remedy(self, reference: str) -> bool:
        return self.session.execute(select(tables.remedies.c.id).where(tables.remedies.c.reference == reference)).first() is not None

    def escalations(self, case_ids: Sequence[str]) -> list[Escalation]:
        e = tables.escalations.c
        asked = select(Escalation).where(e.case_id.in_(case_ids)).order_by(e.id)
        return [*self.session.execute(asked).scalars()] if case_ids else []

    def to_decide(self, limit: int) -> list[tuple[Remedy, Case, Conversation]]:
        """Remedies that wait for people to agree, the one due first at the front."""
        r, c, v = tables.remedies.c, tables.cases.c, tables.conversations.c
        asked = (
            select(Remedy, Case, Conversation)
            .join(tables.cases, c.id == r.case_id)
            .join(tables.conversations, v.id == c.conversation_id)
            .where(r.state == RemedyState.NEEDS_APPROVAL, c.channel != DEV)
            .order_by(r.due_at, r.id)
            .limit(limit)
        )
        return [(row[0], row[1], row[2]) for row in self.session.execute(asked)]

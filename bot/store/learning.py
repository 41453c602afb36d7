"""Learning records and improvements: of a case, in lists, those that wait for a person, and customers who wait to be told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.cases.case import Case, CaseStatus
from bot.cases.conversation import DEV
from bot.cases.issue import Fault
from bot.cases.learning import Improvement, LearningRecord
from bot.cases.learning_rules import PRODUCT_ISSUES, Failure
from bot.cases.remedy import FILED
from bot.errors import NotFound
from bot.store import desk_tables, tables
from bot.store.learning_tables import improvements, learning_records

r, i, c = learning_records.c, improvements.c, tables.cases.c
ENDED = (CaseStatus.RESOLVED, CaseStatus.CLOSED)
MOST = 500  # rows of a list


def _theirs(name: str) -> Any:
    """What this person answers for or has finished."""
    return or_(r.assignee == name, c.assignee == name, r.finished_by == name)


@dataclass(frozen=True)
class Place:
    """Where something is still to be done, as `after` takes it to go on from here."""

    conversation_id: str
    case_id: str
    at: datetime


class Learning:
    """Over one session. The conversation of a case is locked before its record is changed."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def find(self, case_id: str) -> LearningRecord | None:
        found: LearningRecord | None = self.session.get(LearningRecord, case_id, with_for_update=self.lock)
        return found

    def get(self, case_id: str) -> LearningRecord:
        found = self.find(case_id)
        if found is None:
            raise NotFound("This case has no learning record: it gets one when it ends.")
        return found

    def of_cases(self, case_ids: Collection[str]) -> dict[str, LearningRecord]:
        """By case."""
        asked = select(LearningRecord).where(r.case_id.in_(case_ids))
        return {one.case_id: one for one in self.session.execute(asked).scalars()} if case_ids else {}

    def records(self, which: str, now: datetime, of: str | None = None, limit: int = MOST) -> list[tuple[LearningRecord, Case]]:
        """`which`: open (not finished), overdue, finished or all; the one due first at the front, what is finished newest first.

        `of`: only what this person answers for or has finished.
        """
        wanted = {
            "open": [r.finished_at.is_(None)],
            "overdue": [r.finished_at.is_(None), r.due_at < now],
            "finished": [r.finished_at.is_not(None)],
        }
        asked = select(LearningRecord, Case).join(tables.cases, c.id == r.case_id).where(*wanted.get(which, []))
        if of is not None:
            asked = asked.where(_theirs(of))
        order = (r.finished_at.desc(), r.case_id) if which == "finished" else (r.due_at, r.case_id)
        return [(row[0], row[1]) for row in self.session.execute(asked.order_by(*order).limit(limit))]

    def without(self, after: datetime | None, limit: int) -> list[Place]:
        """Cases that ended from an instant on and have no record, the one that ended first at the front."""
        has_one = select(r.case_id).where(r.case_id == c.id).exists()
        merged = select(desk_tables.case_links.c.case_id).where(desk_tables.case_links.c.kind == "merged")
        teaches = or_(c.issue.is_not(None), select(tables.escalations.c.id).where(tables.escalations.c.case_id == c.id).exists())
        asked = select(c.conversation_id, c.id, c.closed_at).where(
            c.status.in_(ENDED), c.closed_at.is_not(None), c.channel != DEV, ~has_one, c.id.not_in(merged), teaches
        )
        if after is not None:
            asked = asked.where(c.closed_at >= after)
        return [
            Place(row.conversation_id, row.id, row.closed_at)
            for row in self.session.execute(asked.order_by(c.closed_at, c.id).limit(limit))
        ]

    def improvement(self, improvement_id: str) -> Improvement:
        """Locked where the unit of work may write. Raises NotFound."""
        found: Improvement | None = self.session.get(Improvement, improvement_id.strip().upper(), with_for_update=self.lock)
        if found is None:
            raise NotFound(f"There is no improvement {improvement_id}.")
        return found

    def improvements(self, which: str, now: datetime, limit: int = MOST) -> list[Improvement]:
        """`which`: open, overdue, done or all; the one due first at the front, what is done newest first."""
        wanted = {"open": [i.done_at.is_(None)], "overdue": [i.done_at.is_(None), i.due_at < now], "done": [i.done_at.is_not(None)]}
        order = (i.done_at.desc(), i.id) if which == "done" else (i.due_at, i.id)
        return [*self.session.execute(select(Improvement).where(*wanted.get(which, [])).order_by(*order).limit(limit)).scalars()]

    def improvements_of(self, ids: Collection[str | None]) -> dict[str, Improvement]:
        """By id."""
        wanted = {one for one in ids if one}
        asked = select(Improvement).where(i.id.in_(wanted))
        return {one.id: one for one in self.session.execute(asked).scalars()} if wanted else {}

    def cases_of(self, improvement_ids: Collection[str]) -> dict[str, list[str]]:
        """The references of the cases whose records lead to each improvement, oldest first."""
        found: dict[str, list[str]] = {one: [] for one in improvement_ids}
        asked = select(r.improvement_id, c.reference).join(tables.cases, c.id == r.case_id).where(r.improvement_id.in_(improvement_ids))
        for row in self.session.execute(asked.order_by(c.created_at, c.id)) if improvement_ids else ():
            found[row.improvement_id].append(row.reference)
        return found

    def failures(self, causes: Sequence[Improvement], since: datetime, until: datetime) -> list[Failure]:
        """Failures that came within this span and may be of one of these causes."""
        asked = select(c.created_at, c.issue, r.root_cause, r.sku).join(tables.cases, c.id == r.case_id)
        asked = asked.where(c.created_at > since, c.created_at <= until)
        for column, named in ((c.issue, [one.issue for one in causes]), (r.root_cause, [one.root_cause for one in causes])):
            if all(named):
                asked = asked.where(column.in_({*named}))
        return [Failure(row.created_at, row.issue, row.root_cause, row.sku) for row in self.session.execute(asked)]

    def failed_alike(self, case: Case, since: datetime) -> bool:
        """Whether the same failure of another order of this proven customer was put right, or begun to be, in a case since then."""
        if not case.customer_id or case.issue is None:
            return False
        put_right = select(tables.remedies.c.id).where(
            tables.remedies.c.case_id == c.id, tables.remedies.c.state.in_(FILED), tables.remedies.c.undoes.is_(None)
        )
        same = (c.customer_id == case.customer_id, c.issue == case.issue, c.fault.in_((Fault.OURS, Fault.THIRD_PARTY)))
        others = (c.id != case.id, c.order_number != case.order_number, c.created_at >= since, c.created_at < case.created_at)
        return self.session.execute(select(c.id).where(*same, *others, put_right.exists()).limit(1)).first() is not None

    def to_tell(self, after: str, limit: int) -> list[Place]:
        """Cases whose customers asked what changes, and it has: those after this case's id, in its order."""
        asked = (
            select(c.conversation_id, c.id, i.done_at)
            .join(tables.cases, c.id == r.case_id)
            .join(improvements, i.id == r.improvement_id)
            .where(
                r.improvement_id.in_(select(i.id).where(i.what_changed.is_not(None))), i.done_at > c.created_at
            )  # few: looked up by them
            .where(r.wants_to_know, r.told_at.is_(None), r.case_id > after)
        )
        return [Place(row.conversation_id, row.id, row.done_at) for row in self.session.execute(asked.order_by(c.id).limit(limit))]

    def alike(self, case: Case, record: LearningRecord, of: str | None = None, limit: int = MOST) -> list[Place]:
        """Other records that nobody has finished, of the same issue, fault and incident; of a product that failed, of the same one.

        `of`: as for the lists. The oldest at the front.
        """
        same: list[Any] = [c.issue == case.issue, c.fault == case.fault, c.incident_code == case.incident_code]
        if case.issue in PRODUCT_ISSUES:
            same.append(r.sku == record.sku)
        if of is not None:
            same.append(_theirs(of))
        asked = select(c.conversation_id, c.id, r.created_at).join(tables.cases, c.id == r.case_id)
        asked = asked.where(r.finished_at.is_(None), c.id != case.id, *same).order_by(r.created_at, c.id).limit(limit)
        return [Place(row.conversation_id, row.id, row.created_at) for row in self.session.execute(asked)]

    def waiting_for(self, improvement_id: str) -> int:
        """How many records of this improvement have customers who asked what changes and were not told."""
        asked = select(func.count()).where(r.improvement_id == improvement_id, r.wants_to_know, r.told_at.is_(None))
        return int(self.session.execute(asked.select_from(learning_records)).scalar() or 0)

    def counts(self, now: datetime, of: str | None = None) -> dict[str, int]:
        """How many records and improvements are open, and how many of these are overdue; `of` as for the lists."""
        mine = select(func.count()).select_from(learning_records).join(tables.cases, c.id == r.case_id).where(r.finished_at.is_(None))
        if of is not None:
            mine = mine.where(_theirs(of))
        made = select(func.count()).select_from(improvements).where(i.done_at.is_(None))
        queries = {"records": mine, "records_overdue": mine.where(r.due_at < now)}
        queries |= {"improvements": made, "improvements_overdue": made.where(i.due_at < now)}
        return {name: int(self.session.execute(one).scalar() or 0) for name, one in queries.items()}

    def of_same_customer(self, case: Case, improvement_id: str) -> list[LearningRecord]:
        """The records of this customer that lead to this improvement: of this chat, and of others by sign-in. Locked."""
        same: list[Any] = [c.conversation_id == case.conversation_id]
        if case.customer_id:
            same.append(c.customer_id == case.customer_id)
        asked = select(LearningRecord).join(tables.cases, c.id == r.case_id).where(r.improvement_id == improvement_id, or_(*same))
        asked = asked.order_by(r.case_id)
        return [*self.session.execute(asked.with_for_update(of=learning_records) if self.lock else asked).scalars()]

    def hand_over(self, agent: str, to: str) -> int:
        """Gives what this person has still to finish and to do to another; how much it was."""
        moved = 0
        for table, ends in ((learning_records, r.finished_at), (improvements, i.done_at)):
            theirs = update(table).where(table.c.assignee == agent, ends.is_(None)).values(assignee=to, version=table.c.version + 1)
            moved += self.session.execute(theirs).rowcount
        return moved

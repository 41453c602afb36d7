"""Messages that a person looks at again: kept once each, listed, and labelled; and how messages were heard, week by week."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, Integer, cast, func, select, update
from sqlalchemy.orm import Session

from bot.cases.conversation import DEV, Author
from bot.cases.learning import ReviewItem
from bot.store import tables
from bot.store.review_tables import review_items
from bot.store.types import MICROSECOND

r, m, v, c = review_items.c, tables.messages.c, tables.conversations.c, tables.cases.c
Found = dict[str, Any]
WEEK = timedelta(days=7)


class Reviews:
    """Over one session."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def find(self, message_id: str) -> ReviewItem | None:
        found: ReviewItem | None = self.session.get(ReviewItem, message_id, with_for_update=self.lock)
        return found

    def rows(self, *, labelled: bool, limit: int, messages: Collection[str] | None = None) -> list[Found]:
        """Items with their chat's channel and case, the newest first; a dropped one counts as labelled."""
        asked = (
            select(*review_items.columns, v.channel, c.reference)
            .join(tables.conversations, v.id == r.conversation_id)
            .join(tables.cases, c.id == func.coalesce(r.case_id, v.case_id), isouter=True)
            .where(r.labelled_at.is_not(None) if labelled else r.labelled_at.is_(None))
            .order_by((r.labelled_at if labelled else r.at).desc(), r.message_id)
            .limit(limit)
        )
        if messages is not None:
            asked = asked.where(r.message_id.in_([*messages]))
        return [dict(row._mapping) for row in self.session.execute(asked)]

    def counts(self) -> dict[str, int]:
        """How many wait, how many are labelled for training, and how many were dropped."""
        dropped = r.labelled_at.is_not(None) & r.label.is_(None)
        asked = select(
            func.coalesce(func.sum(cast(r.labelled_at.is_(None), Integer)), 0),
            func.coalesce(func.sum(cast(r.labelled_at.is_not(None) & r.label.is_not(None), Integer)), 0),
            func.coalesce(func.sum(cast(dropped, Integer)), 0),
        )
        return dict(zip(("open", "labelled", "dropped"), map(int, self.session.execute(asked).one()), strict=True))

    def labelled(self) -> list[ReviewItem]:
        """Everything that is labelled for training and still has its words, the oldest label first."""
        asked = (
            select(ReviewItem)
            .where(r.labelled_at.is_not(None), r.label.is_not(None), r.text.is_not(None))
            .order_by(r.labelled_at, r.message_id)
        )
        return [*self.session.execute(asked).scalars()]

    def mark_exported(self, messages: Collection[str], now: datetime) -> None:
        """Notes when each was given out for training first."""
        first = update(review_items).where(r.message_id.in_([*messages]), r.exported_at.is_(None))
        self.session.execute(first.values(exported_at=now, version=r.version + 1))

    def heard_by_week(self, begin: datetime, end: datetime) -> list[tuple[int, str, int, float, float]]:
        """(week from 0, intent, messages, sum and sum of squares of the confidence) of customers' own words since `begin`.

        Weeks are of seven days from `begin`; taps and the chats of developers stay out.
        """
        # Whole microseconds since `begin`, divided into weeks by the database itself: rows are counted there, not here.
        at, width = cast(m.at, tables.RowNumber), WEEK // MICROSECOND
        start = m.at.type.process_bind_param(begin, None)
        week = cast((at - start - (at - start) % width) / width, Integer)
        intent, sure = m.heard["intent"].as_string(), cast(m.heard["confidence"].as_string(), Float)
        asked = (
            select(week.label("week"), intent.label("intent"), func.count(), func.sum(sure), func.sum(sure * sure))
            .join(tables.conversations, v.id == m.conversation_id)
            .where(m.author == Author.CUSTOMER, m.at >= begin, m.at < end, m.choice.is_(None), v.channel != DEV)
            .where(intent.is_not(None))
            .group_by("week", "intent")
        )
        return [(int(row[0]), str(row[1]), int(row[2]), float(row[3] or 0), float(row[4] or 0)) for row in self.session.execute(asked)]

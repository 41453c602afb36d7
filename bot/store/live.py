"""What a supervisor watches: alerts nobody has seen, and under which versions of the policy was decided."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.cases.case import UNDER_WAY, Alert
from bot.cases.conversation import DEV, Handler
from bot.errors import NotFound
from bot.store import ledger_tables, tables

Found = dict[str, Any]


class LiveViews:
    """Chats of developers stay out."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def alerts(self, limit: int, for_whom: Collection[str] | None = None) -> list[Found]:
        """Those nobody has seen, the newest first, with their case's reference; only those for these names and teams, where given."""
        a, c = ledger_tables.alerts.c, tables.cases.c
        asked = select(a.id, a.kind, a.for_whom, a.at, a.detail, c.reference).outerjoin(tables.cases, c.id == a.case_id)
        asked = asked.where(a.seen_at.is_(None)).order_by(a.at.desc(), a.id.desc()).limit(limit)
        rows = self.session.execute(asked.where(a.for_whom.in_([*for_whom])) if for_whom is not None else asked)
        return [dict(row._mapping) for row in rows]

    def alert(self, alert_id: int) -> Alert:
        """Raises NotFound."""
        found: Alert | None = self.session.get(Alert, alert_id, with_for_update=self.lock)
        if found is None:
            raise NotFound("There is no such alert.")
        return found

    def with_assistant(self) -> int:
        """How many open cases the assistant has alone."""
        v, c = tables.conversations.c, tables.cases.c
        asked = select(func.count()).select_from(tables.conversations).join(tables.cases, c.id == v.case_id)
        asked = asked.where(v.handler == Handler.ASSISTANT, c.status.in_(UNDER_WAY), c.channel != DEV)
        return int(self.session.execute(asked).scalar() or 0)

    def opened_since(self, at: datetime) -> int:
        """How many cases were opened from then on."""
        c = tables.cases.c
        asked = select(func.count()).select_from(tables.cases).where(c.created_at >= at, c.channel != DEV)
        return int(self.session.execute(asked).scalar() or 0)

    def policy_versions(self) -> list[Found]:
        """Each version that was decided under, the newest first: first and last, and how many decisions."""
        d = ledger_tables.decisions.c
        asked = select(
            d.policy_version.label("version"),
            func.min(d.at).label("first_at"),
            func.max(d.at).label("last_at"),
            func.count().label("decisions"),
        )
        rows = self.session.execute(asked.group_by(d.policy_version).order_by(func.max(d.at).desc()))
        return [dict(row._mapping) for row in rows]

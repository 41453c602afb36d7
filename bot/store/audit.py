"""The audit's chains in the database: lines are only ever added, each sealed over the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.cases.audit import FIRST, SHOPS_OWN, Line, seal
from bot.store import tables


class Audit:
    """Adds lines and reads chains."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, case_id: str | None, who: str, act: str, now: datetime, detail: dict[str, Any]) -> int:
        """One line at the end of the case's chain, or of the shop's own; its number. The end is locked until the transaction ends."""
        chain = case_id or SHOPS_OWN
        length, before = self._end(chain)
        sealed = seal(before, chain, length + 1, now, who, act, detail)
        line = {"chain": chain, "number": length + 1, "seal": sealed}
        self.session.execute(insert(tables.audit).values(case_id=case_id, at=now, who=who, act=act, detail=detail, **line))
        heads = tables.audit_heads
        self.session.execute(update(heads).where(heads.c.chain == chain).values(length=length + 1, seal=sealed))
        return length + 1

    def _end(self, chain: str) -> tuple[int, str]:
        """The chain's end, locked. A new chain gets an end of no length first: of two that begin it at once, one waits here."""
        heads = tables.audit_heads
        asked = select(heads.c.length, heads.c.seal).where(heads.c.chain == chain).with_for_update()
        end = self.session.execute(asked).first()
        if end is None:
            add = postgresql.insert if self.session.get_bind().dialect.name == "postgresql" else sqlite.insert
            self.session.execute(add(heads).values(chain=chain, length=0, seal=FIRST).on_conflict_do_nothing())
            end = self.session.execute(asked).one()
        return end.length, end.seal

    def chains(self) -> list[str]:
        """Every chain that has a line or a noted end, or should: that of every case."""
        every = select(tables.audit.c.chain).union(select(tables.audit_heads.c.chain), select(tables.cases.c.id)).subquery()
        return [*self.session.execute(select(every.c.chain).order_by(every.c.chain)).scalars()]

    def end_of(self, chain: str) -> tuple[int, str]:
        """The length and seal that the chain's end was noted to have; nothing where none was noted."""
        heads = tables.audit_heads
        end = self.session.execute(select(heads.c.length, heads.c.seal).where(heads.c.chain == chain)).first()
        return (end.length, end.seal) if end else (0, FIRST)

    def lines(self, chain: str) -> list[Line]:
        """Its lines by number, each under the case it stands with now: a line that was moved no longer fits its seal."""
        a = tables.audit.c
        columns = (func.coalesce(a.case_id, SHOPS_OWN), a.number, a.at, a.who, a.act, a.detail, a.seal)
        return [Line(*row) for row in self.session.execute(select(*columns).where(a.chain == chain).order_by(a.number))]

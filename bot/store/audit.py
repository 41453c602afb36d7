"""The audit's chains in the database: lines are only ever added, each sealed over the one before."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.cases.audit import FIRST, SHOPS_OWN, Line, seal
from bot.store import tables


class Audit:
    """Adds lines and reads chains."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, case_id: str | None, who: str, act: str, now: datetime, detail: dict[str, Any]) -> None:
        """One line at the end of the case's chain, or of the shop's own. The chain's end is locked until the transaction ends."""
        chain = case_id or SHOPS_OWN
        length, before = self._end(chain)
        sealed = seal(before, chain, length + 1, now, who, act, detail)
        line = {"chain": chain, "number": length + 1, "seal": sealed}
        self.session.execute(insert(tables.audit).values(case_id=case_id, at=now, who=who, act=act, detail=detail, **line))
        heads = tables.audit_heads
        if length:
            self.session.execute(update(heads).where(heads.c.chain == chain).values(length=length + 1, seal=sealed))
        else:
            self.session.execute(insert(heads).values(chain=chain, length=1, seal=sealed))

    def _end(self, chain: str) -> tuple[int, str]:
        heads = tables.audit_heads
        end = self.session.execute(select(heads.c.length, heads.c.seal).where(heads.c.chain == chain).with_for_update()).first()
        return (end.length, end.seal) if end else (0, FIRST)

    def chains(self) -> Iterator[tuple[str, int, str]]:
        """Every chain with the length and seal that its end was noted to have; lines without a noted end have length 0."""
        heads, audit = tables.audit_heads, tables.audit
        found = select(audit.c.chain).union(select(heads.c.chain)).subquery()
        noted = select(found.c.chain, heads.c.length, heads.c.seal).select_from(found.outerjoin(heads, heads.c.chain == found.c.chain))
        for row in self.session.execute(noted.order_by(found.c.chain)).all():
            yield row.chain, row.length or 0, row.seal or FIRST

    def lines(self, chain: str) -> list[Line]:
        a = tables.audit.c
        columns = (a.chain, a.number, a.at, a.who, a.act, a.detail, a.seal)
        return [Line(*row) for row in self.session.execute(select(*columns).where(a.chain == chain).order_by(a.number))]

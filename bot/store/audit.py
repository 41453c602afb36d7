"""The audit's chains in the database: lines are only ever added, each sealed over the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.cases.audit import FIRST, SHOPS_OWN, Line, seal
from bot.store import tables


class Audit:
    """Adds lines and reads chains. Lines are written together at the end of a unit of work: a chain's end is then locked for moments."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.waiting: list[dict[str, Any]] = []  # in the order in which they were added
        self.written: list[dict[str, Any]] = []  # of this unit of work

    def add(self, case_id: str | None, who: str, act: str, now: datetime, detail: dict[str, Any]) -> None:
        """One line more at the end of the case's chain, or of the shop's own."""
        self.waiting.append({"case_id": case_id, "chain": case_id or SHOPS_OWN, "who": who, "act": act, "at": now, "detail": detail})

    def write(self) -> None:
        """Writes what waits, each line sealed over the one before. The chains' ends are locked until the transaction ends."""
        if not self.waiting:
            return
        lines, self.waiting = self.waiting, []
        ends = self._ends(sorted({one["chain"] for one in lines}))
        for one in lines:
            length, before = ends[one["chain"]]
            one["number"] = length + 1
            one["seal"] = seal(before, one["chain"], length + 1, one["at"], one["who"], one["act"], one["detail"])
            ends[one["chain"]] = length + 1, one["seal"]
        self.session.execute(insert(tables.audit), lines)
        heads = tables.audit_heads
        for chain, (length, sealed) in ends.items():
            self.session.execute(update(heads).where(heads.c.chain == chain).values(length=length, seal=sealed))
        self.written += lines

    def _ends(self, chains: list[str]) -> dict[str, tuple[int, str]]:
        """The chains' ends, locked in one order. A new chain gets an end of no length first: of two that begin it at once, one waits."""
        heads = tables.audit_heads
        asked = select(heads).where(heads.c.chain.in_(chains)).order_by(heads.c.chain).with_for_update()
        ends = {row.chain: (row.length, row.seal) for row in self.session.execute(asked)}
        new = [chain for chain in chains if chain not in ends]
        if new:
            add = postgresql.insert if self.session.get_bind().dialect.name == "postgresql" else sqlite.insert
            begun = [{"chain": chain, "length": 0, "seal": FIRST} for chain in new]
            self.session.execute(add(heads).on_conflict_do_nothing(), begun)
            ends |= {row.chain: (row.length, row.seal) for row in self.session.execute(asked)}
        return ends

    def chains(self) -> list[str]:
        """Every chain that has a line or a noted end, or should: that of every case."""
        self.write()
        every = select(tables.audit.c.chain).union(select(tables.audit_heads.c.chain), select(tables.cases.c.id)).subquery()
        return [*self.session.execute(select(every.c.chain).order_by(every.c.chain)).scalars()]

    def end_of(self, chain: str) -> tuple[int, str]:
        """The length and seal that the chain's end was noted to have; nothing where none was noted."""
        self.write()
        heads = tables.audit_heads
        end = self.session.execute(select(heads.c.length, heads.c.seal).where(heads.c.chain == chain)).first()
        return (end.length, end.seal) if end else (0, FIRST)

    def lines(self, chain: str) -> list[Line]:
        """Its lines by number, each under the case it stands with now: a line that was moved no longer fits its seal."""
        self.write()
        a = tables.audit.c
        columns = (func.coalesce(a.case_id, SHOPS_OWN), a.number, a.at, a.who, a.act, a.detail, a.seal)
        return [Line(*row) for row in self.session.execute(select(*columns).where(a.chain == chain).order_by(a.number))]

"""Counting afterwards: nothing lost, nothing doubled, every promise accounted for."""

from collections import Counter
from datetime import datetime

from bot.cases.audit import first_fault
from bot.cases.case import Case, PromiseState
from bot.cases.conversation import Author
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.store.database import Database
from bot.store.unit_of_work import UnitOfWork
from tests.chaos.customers import Talk, filed_in
from tests.chaos.receiving_shop import ReceivingShop

AT_THE_SHOP = (RemedyKind.REPLACEMENT, RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND, RemedyKind.REDELIVERY)
UNDER_WAY = (RemedyState.QUEUED, RemedyState.SENT, RemedyState.UNKNOWN)


def rest(database: Database) -> int:
    """How many remedies are still on their way."""
    with database.begin(False) as uow:
        return len([one for one in uow.remedies.in_states(*UNDER_WAY) if one.kind in AT_THE_SHOP])


class Accounts:
    """Everything that was accepted, set against everything that is kept and everything the shop did."""

    def __init__(self, uow: UnitOfWork, talks: list[Talk], shop: ReceivingShop, now: datetime) -> None:
        self.uow, self.talks, self.shop, self.now = uow, talks, shop, now
        self.wrong: list[str] = []
        self.figures: Counter[str] = Counter({"conversations": len(talks)})
        self.keys: set[str] = set()

    def close(self) -> "Accounts":
        """Counts all of it."""
        for talk in self.talks:
            self._messages(talk)
            cases = self.uow.cases.of_conversation(talk.id)
            self.figures["cases"] += len(cases)
            if talk.accepted and not cases:
                self.wrong.append(f"{talk.id}: a complaint without a case")
            self._remedies(talk, [one for case in cases for one in self.uow.remedies.of(case.id)])
            for case in cases:
                self._promises(case)
        self.wrong += [f"the shop did {key}, which nobody filed" for key in self.shop.effects if key not in self.keys]
        self._audit()
        if self.shop.unsigned:
            self.wrong.append(f"{self.shop.unsigned} calls to the shop were not signed")
        return self

    def _messages(self, talk: Talk) -> None:
        kept = [one for one in self.uow.messages.of(talk.id) if one.author is Author.CUSTOMER]
        self.figures["messages accepted"] += len(talk.accepted)
        self.figures["messages kept"] += len(kept)
        if len(kept) != len(talk.accepted):
            self.wrong.append(f"{talk.id}: {len(talk.accepted)} messages were accepted and {len(kept)} are kept")
        if any(one.answered_at is None for one in kept):
            self.wrong.append(f"{talk.id}: a message was never dealt with")
        read = [one["seq"] for one in talk.read]
        if len(read) != len(set(read)):
            self.wrong.append(f"{talk.id}: the customer read something twice")

    def _remedies(self, talk: Talk, all_of_them: list[Remedy]) -> None:
        taken = [one for one in all_of_them if one.state not in (RemedyState.PROPOSED, RemedyState.CANCELLED)]
        if len(taken) > 1:
            self.wrong.append(f"{talk.id}: {len(taken)} remedies were filed for one yes")
        missing = filed_in(talk) - {one.reference for one in taken}
        if missing:
            self.wrong.append(f"{talk.id}: the customer read that {missing} is filed, and it is not")
        for one in taken:
            self.figures[f"remedies {one.state}"] += 1
            self.keys.add(one.key)
            self._effect(one)

    def _effect(self, remedy: Remedy) -> None:
        done = self.shop.effects[remedy.key]
        if remedy.kind not in AT_THE_SHOP:
            return
        if remedy.state is RemedyState.SETTLED and done != 1:
            self.wrong.append(f"{remedy.reference} is settled and took effect {done} times")
        if remedy.state is RemedyState.FAILED and done:
            self.wrong.append(f"{remedy.reference} is told as failed and took effect")

    def _promises(self, case: Case) -> None:
        settled = {one.id for one in self.uow.remedies.of(case.id) if one.state is RemedyState.SETTLED}
        for promise in self.uow.cases.promises(case.id):
            self.figures[f"promises {promise.state}"] += 1
            if promise.state is PromiseState.OPEN and (promise.remedy_id in settled or promise.due_at < self.now):
                self.wrong.append(f"{case.reference}: the promise {promise.what} is left open")

    def _audit(self) -> None:
        for chain in self.uow.audit.chains():
            length, end = self.uow.audit.end_of(chain)
            self.figures["audit lines"] += length
            fault = first_fault(self.uow.audit.lines(chain), length, end)
            if fault:
                self.wrong.append(f"audit of {chain}: {fault}")


def closed(database: Database, talks: list[Talk], shop: ReceivingShop, now: datetime) -> Accounts:
    """What is wrong, and the figures."""
    with database.begin(False) as uow:
        return Accounts(uow, talks, shop, now).close()

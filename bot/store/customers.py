"""Customers and what is theirs, found from whatever somebody knows of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.cases.erasing import NOBODY, Person
from bot.cases.order import normal_number
from bot.cases.proof import same_phone, same_text
from bot.store import tables

k, v, o, c, f, m = (
    table.c for table in (tables.cases, tables.conversations, tables.orders, tables.customers, tables.facts, tables.messages)
)

GIVEN = ("person_name", "email", "phone", "postcode")  # facts that tell who somebody is


@dataclass(frozen=True)
class ChatOfCase:
    """Where a case began, whose it is known to be, and when it was erased."""

    id: str
    customer_id: str | None
    erased: datetime | None


class Customers:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def is_known(self, customer_id: str) -> bool:
        """Whether anything stands under this id: an order, or a chat of somebody signed in."""
        return any(
            self._all(select(column).where(column == customer_id).limit(1)) for column in (c.id, v.customer_id, k.customer_id)
        ) and not customer_id.startswith(NOBODY)

    def of_email(self, email: str) -> list[str]:
        """The ids of those with this address."""
        return self._all(select(c.id).where(func.lower(c.email) == email.strip().lower()).order_by(c.id))

    def of_order(self, said: str) -> str | None:
        """Whose order it is; None where there is none of this number."""
        return next(iter(self._all(select(o.customer_id).where(o.number == normal_number(said)))), None)

    def chat_of_case(self, reference: str) -> "ChatOfCase | None":
        """The chat of a case, whose it is known to be, and when it was erased."""
        asked = select(v.id, k.customer_id, k.proven, v.customer_id.label("signed_in"), v.erased_at).join(
            tables.conversations, v.id == k.conversation_id
        )
        row = self.session.execute(asked.where(k.reference == reference)).first()
        if row is None:
            return None
        return ChatOfCase(row.id, (row.customer_id if row.proven else None) or row.signed_in, row.erased_at)

    def of_nobody(self, chats: Iterable[str]) -> set[str]:
        """Those of these chats whose customer is not known, and that are there still."""
        chats = {*chats}
        gone = self._all(select(v.id).where(v.id.in_(chats), v.erased_at.is_not(None)))
        return chats - self._known(chats) - {*gone}

    def person(self, customer_id: str) -> Person:
        """All that is theirs."""
        row = self.session.execute(select(tables.customers).where(c.id == customer_id)).first()
        orders = self.session.execute(select(o.number, o.ship_to).where(o.customer_id == customer_id).order_by(o.number)).all()
        numbers = tuple(one.number for one in orders)
        signed_in = self._all(select(v.id).where(v.customer_id == customer_id))
        is_theirs = or_(k.customer_id == customer_id, and_(k.proven, k.order_number.in_(numbers)))
        chats = {*signed_in, *self._all(select(k.conversation_id).where(is_theirs))}
        emails, phones = (row.email,) if row and row.email else (), (row.phone,) if row and row.phone else ()
        given = self._given(chats, customer_id)
        shared = self._of_others(chats, customer_id, numbers)
        naming = self.naming((*emails, *given["email"]), phones) - chats
        others = self._known(naming)
        return Person(
            customer_id,
            tuple(dict.fromkeys((*((row.name,) if row and row.name else ()), *given["person_name"]))),
            tuple(dict.fromkeys((*emails, *given["email"]))),
            tuple(dict.fromkeys((*phones, *given["phone"]))),
            tuple(dict.fromkeys([one.ship_to["zip"] for one in orders if one.ship_to.get("zip")] + given["postcode"])),
            numbers,
            tuple(sorted(chats)),
            tuple(sorted(shared)),
            tuple(sorted(naming - others)),
            tuple(sorted(others)),
        )

    def unknown(self, chats: Iterable[str]) -> Person:
        """Somebody of whom only chats are there, in which nothing was proven."""
        given = self._given(chats, None)
        names, emails, phones, postcodes = (tuple(dict.fromkeys(given[one])) for one in GIVEN)
        return Person(None, names, emails, phones, postcodes, chats=tuple(sorted(chats)))

    def naming(self, emails: Sequence[str], phones: Sequence[str]) -> set[str]:
        """Chats in which one of these was given, as a fact or somewhere in the words."""
        facts = self.session.execute(
            select(k.conversation_id, f.name, f.value).join(tables.facts, f.case_id == k.id).where(f.name.in_(("email", "phone")))
        )
        found = {
            one.conversation_id
            for one in facts
            if any(same_text(one.value, mail) for mail in emails if one.name == "email")
            or any(same_phone(one.value, phone) for phone in phones if one.name == "phone")
        }
        for mail in emails:
            found |= {*self._all(select(m.conversation_id).where(func.lower(m.text).contains(mail.lower(), autoescape=True)).distinct())}
        return found

    def _given(self, chats: Iterable[str], customer_id: str | None) -> dict[str, list[str]]:
        """What was told in these chats of whoever wrote, in the cases of this customer."""
        given: dict[str, list[str]] = {name: [] for name in GIVEN}
        asked = select(f.name, f.value).join(tables.cases, k.id == f.case_id).where(k.conversation_id.in_([*chats]), f.name.in_(given))
        for row in self.session.execute(asked.where(k.customer_id == customer_id) if customer_id else asked):
            if len(row.value) > 1:  # one that was taken back is a dash
                given[row.name].append(row.value)
        return given

    def _of_others(self, chats: Iterable[str], customer_id: str, numbers: Sequence[str]) -> set[str]:
        """Those of these chats in which another's order was opened, or that another began while signed in."""
        another = and_(k.proven, k.customer_id.is_not(None), k.customer_id != customer_id, k.order_number.not_in(numbers))
        cases = self._all(select(k.conversation_id).where(k.conversation_id.in_([*chats]), another))
        begun = self._all(select(v.id).where(v.id.in_([*chats]), v.customer_id.is_not(None), v.customer_id != customer_id))
        return {*cases, *begun}

    def _known(self, chats: Iterable[str]) -> set[str]:
        """Those of these chats whose customer is known."""
        proven = self._all(select(k.conversation_id).where(k.conversation_id.in_([*chats]), k.customer_id.is_not(None)))
        return {*proven, *self._all(select(v.id).where(v.id.in_([*chats]), v.customer_id.is_not(None)))}

    def cases_of(self, person: Person) -> list[str]:
        """The ids of their own cases in chats that they share."""
        own = or_(k.customer_id == person.customer_id, k.order_number.in_(person.orders))
        return self._all(select(k.id).where(k.conversation_id.in_(person.shared), own))

    def references_in(self, chats: Sequence[str]) -> list[str]:
        """The references of the cases that began in these chats, oldest first."""
        return self._all(select(k.reference).where(k.conversation_id.in_(chats)).order_by(k.created_at, k.reference))

    def _all(self, asked: Any) -> list[str]:
        return [*self.session.execute(asked).scalars()]

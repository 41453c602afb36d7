"""Whom a word names: a customer's id, an order's number, an e-mail address or a case reference. Never a guess between two."""

import re
from typing import TYPE_CHECKING

from bot.cases.erasing import NOBODY, Person
from bot.errors import BadInput, NotFound

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

_CASE = re.compile(r"[A-Z]+-[A-Z0-9]{4,}")


class AlreadyErased(NotFound):
    """Nothing is held about whoever this was: it was erased."""


def find(uow: "UnitOfWork", said: str) -> Person:
    """The person. Raises BadInput where it may be several, AlreadyErased, and NotFound with what can be given."""
    word = said.strip()
    if not word:
        raise BadInput("Say whose: a customer's id, an order's number, an e-mail address or a case reference.")
    if "@" in word and not uow.customers.is_known(word):
        return _by_email(uow, word)
    found = dict.fromkeys(filter(None, (word if uow.customers.is_known(word) else None, uow.customers.of_order(word))))
    chat = uow.customers.chat_of_case(word.upper()) if _CASE.fullmatch(word.upper()) else None
    if chat:
        if chat.erased and not chat.customer_id:
            raise AlreadyErased(f"{word.upper()} was erased on {chat.erased:%d %B %Y}: only its reference and dates are left.")
        if not chat.customer_id and not found:
            return uow.customers.unknown([chat.id])
        found |= {chat.customer_id: None} if chat.customer_id else {}
    gone = [one for one in found if one.startswith(NOBODY)]
    if gone and len(found) == 1:
        raise AlreadyErased(f"The customer of {word} was erased: what was bought and paid is left, without the person.")
    return uow.customers.person(_only(word, [one for one in found if one not in gone]))


def _by_email(uow: "UnitOfWork", email: str) -> Person:
    """Whoever has this address; where nobody has, whoever gave it in a chat and is not known."""
    ids = uow.customers.of_email(email)
    if ids:
        return uow.customers.person(_only(email, ids))
    chats = uow.customers.of_nobody(uow.customers.naming((email,), ()))
    if not chats:
        raise NotFound(f"Nothing is held about {email}. {_GIVE}")
    return uow.customers.unknown(chats)


def _only(word: str, ids: list[str]) -> str:
    if not ids:
        raise NotFound(f"Nothing is held about {word}. {_GIVE}")
    if len(ids) > 1:
        raise BadInput(f"{word} may be one of several customers: give the id of the one who is meant, {' or '.join(ids)}.")
    return ids[0]


_GIVE = "Give a customer's id, an order's number, an e-mail address or a case reference."

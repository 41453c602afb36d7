"""Everything held about a person, for them: one document, and their files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases.instants import instant
from bot.errors import BadInput
from bot.handling.persons import find
from bot.handling.shop import Shop


@dataclass(frozen=True)
class Held:
    """The document, and each file's path within the archive with its id."""

    document: dict[str, Any]
    files: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self.document["held"].values())


def gathered(shop: Shop, said: str, who: str, now: datetime) -> Held:
    """The person's rows by table. Of a chat that they share with another customer, only their own cases.

    Chats that merely name them are another's until proven: these are named by reference. Raises NotFound, AlreadyErased or BadInput.
    """
    if not who.strip():
        raise BadInput("Say who you are: the name is kept.")
    with shop.begin(True) as uow:
        person = find(uow, said)
        own = [one for one in person.chats if one not in person.shared]
        whose = uow.holdings.whose(own, person.orders, person.customer_id, uow.customers.cases_of(person))
        held = uow.holdings.rows(whose)
        files = tuple((f"files/{row['id']}-{row['name']}", str(row["id"])) for row in held.get("files", []))
        document = {
            "made_at": instant(now),
            "shop": shop.name,
            "customer_id": person.customer_id,
            "held": held,
            "only_named_in": uow.customers.references_in([*person.naming, *person.others]),
        }
        uow.note(None, who, "customer.exported", now, rows=sum(map(len, held.values())), files=len(files))
        return Held(document, files)


def content_of(shop: Shop, file_id: str) -> bytes:
    """The bytes of one of the files."""
    with shop.begin(False) as uow:
        return uow.files.content(file_id)

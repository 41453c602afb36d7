"""Joins the plain classes of `bot.cases` to their tables, so that rules know nothing of a database."""

from functools import lru_cache

from sqlalchemy.orm import registry

from bot.cases.case import Case, Escalation, Fact, Promise
from bot.cases.conversation import Conversation, Message
from bot.cases.remedy import Remedy
from bot.store import tables


@lru_cache(maxsize=1)
def map_all() -> None:
    """Maps once a process. A row with a version refuses to overwrite a change it has not seen."""
    mappers = registry()
    for kind, table in ((Conversation, tables.conversations), (Case, tables.cases), (Remedy, tables.remedies)):
        mappers.map_imperatively(kind, table, version_id_col=table.c.version)
    for other, table in (
        (Message, tables.messages),
        (Fact, tables.facts),
        (Promise, tables.promises),
        (Escalation, tables.escalations),
    ):
        mappers.map_imperatively(other, table)

"""What stands in the store of the product that the journeys talk to; read, never written."""

from dataclasses import dataclass
from typing import Any

from bot.cases.case import Case, known
from bot.cases.conversation import Handler
from bot.cases.remedy import Remedy
from bot.store.database import Database
from bot.store.unit_of_work import UnitOfWork
from tests.product import Product


@dataclass(frozen=True)
class Now:
    """Where a conversation stands between two messages."""

    asked: str | None
    is_with_people: bool
    is_answered: bool
    choices: tuple[dict[str, Any], ...]  # id, label and payload; `means`: the kind and wording of a remedy
    proposes: frozenset[str]  # kind and wording of the remedy that waits for a yes


@dataclass(frozen=True)
class Filed:
    """A remedy that is filed."""

    words: frozenset[str]  # kind, wording, amount, and needs_approval where a person must agree
    kind: str
    reasons: str


@dataclass(frozen=True)
class CaseNow:
    """A case as it stands."""

    issue: str | None
    fault: str
    filed: tuple[Filed, ...]
    reasons: tuple[str, ...]  # for which a person was brought, in order
    facts: dict[str, str]
    is_closed: bool


class Store:
    """The product's own database."""

    def __init__(self, product: Product) -> None:
        self.database = Database(product.env.get("AMENDS_DATABASE_URL") or f"sqlite:///{product.env['AMENDS_VAR']}/amends.db")

    def now(self, conversation_id: str) -> Now:
        """Where a conversation stands."""
        with self.database.begin(write=False) as uow:
            conversation = uow.conversations.get(conversation_id)
            choices = tuple(_with_meaning(uow, one) for one in uow.messages.last_choices(conversation_id))
            waiting = uow.messages.unanswered(conversation_id)
            people = conversation.handler is not Handler.ASSISTANT
            proposes = _meaning(uow, conversation.asked_remedy) if conversation.asked_remedy else frozenset()
            return Now(conversation.asked, people, not waiting, choices, proposes)

    def cases(self, conversation_id: str) -> list[CaseNow]:
        """All cases that began in the conversation, oldest first."""
        with self.database.begin(write=False) as uow:
            return [_case(uow, one) for one in uow.cases.list(with_dev=True) if one.conversation_id == conversation_id]


def _with_meaning(uow: UnitOfWork, choice: dict[str, str]) -> dict[str, Any]:
    _, is_remedy, rest = choice.get("payload", "").partition("remedy:")
    return {**choice, "means": _meaning(uow, rest.split('"')[0]) if is_remedy else frozenset()}


def _meaning(uow: UnitOfWork, remedy_id: str) -> frozenset[str]:
    remedy = uow.remedies.get(remedy_id)
    return frozenset({str(remedy.kind), remedy.wording})


def _case(uow: UnitOfWork, case: Case) -> CaseNow:
    filed = tuple(_filed(one) for one in uow.remedies.of(case.id) if one.is_filed)
    reasons = tuple(one.reason for one in uow.cases.escalations(case.id))
    facts = dict(known(uow.cases.facts(case.id)).values)
    return CaseNow(str(case.issue) if case.issue else None, str(case.fault), filed, reasons, facts, case.is_closed)


def _filed(remedy: Remedy) -> Filed:
    amount = str(remedy.amount.amount) if remedy.amount else ""
    words = {str(remedy.kind), remedy.wording, amount, remedy.currency or ""} | ({"needs_approval"} if remedy.needs_approval else set())
    return Filed(frozenset(words - {""}), str(remedy.kind), remedy.reasons)

"""Claims for damages and calls at the desk: decided and noted by whoever may see the case, as by the command."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.desk import Agent
from bot.errors import BadInput
from bot.handling import callbacks, claim_decisions
from bot.handling.claim_decisions import Decided
from bot.handling.desk_cases import fit_reference, fit_words, must_see
from bot.handling.shop import Shop
from bot.handling.sums import money_of

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_REASON = 300
Body = dict[str, Any]
Deed = Callable[[Shop, Agent, str, Body, datetime], Body]


def _must_see(shop: Shop, uow: "UnitOfWork", agent: Agent, case_id: str) -> None:
    case = uow.cases.find(case_id)
    assert case is not None  # the database demands it
    must_see(shop, uow, agent, case, uow.conversations.get(case.conversation_id))


def _claim(shop: Shop, agent: Agent, reference: str) -> str:
    """Raises NotFound, or NotAllowed where its case is not this person's to see."""
    with shop.begin(False) as uow:
        claim = uow.claims.by_reference(fit_reference(reference))
        _must_see(shop, uow, agent, claim.case_id)
        return claim.reference


def accept(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Pays it, in full or {amount, currency} of it with a {reason}; above this person's limit others must agree."""
    amount, currency = (body.get(name) if body.get(name) not in (None, "") else None for name in ("amount", "currency"))
    if not all(one is None or isinstance(one, str) for one in (amount, currency)):
        raise BadInput("amount and currency must be text, such as 80.00 and USD.")
    paid = money_of(amount, currency) if amount is not None else None
    reason = fit_words(body.get("reason"), "reason", LONGEST_REASON, may_be_empty=True)
    name = _claim(shop, agent, reference)
    said = f"{paid.amount} {paid.currency}" if paid else ""
    return _decided(claim_decisions.accept(shop, name, agent.name, now, said, reason))


def refuse(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Says no, with the {reason} that the customer reads."""
    reason = fit_words(body.get("reason"), "reason", LONGEST_REASON)
    return _decided(claim_decisions.refuse(shop, _claim(shop, agent, reference), agent.name, reason, now))


def _decided(done: Decided) -> Body:
    remedy = {"ref": done.remedy.reference, "state": str(done.remedy.state)} if done.remedy else None
    return {"ref": done.claim.reference, "state": str(done.claim.state), "remedy": remedy, "warnings": list(done.warnings)}


def _call(do: Callable[[Shop, str, str, datetime], Any]) -> Deed:
    """A deed on the call of a remedy."""

    def deed(shop: Shop, agent: Agent, reference: str, _body: Body, now: datetime) -> Body:
        with shop.begin(False) as uow:
            remedy = uow.remedies.by_reference(fit_reference(reference))
            _must_see(shop, uow, agent, remedy.case_id)
        done = do(shop, remedy.reference, agent.name, now)
        return {"ref": done.reference, "state": str(done.state)}

    return deed


OF_CLAIMS: dict[str, Deed] = {"accept": accept, "refuse": refuse}
OF_CALLS: dict[str, Deed] = {
    "done": _call(callbacks.done),  # somebody rang
    "unanswered": _call(callbacks.unanswered),  # somebody rang and reached nobody: it is tried again
    "missed": _call(callbacks.missed),  # nobody rang
}

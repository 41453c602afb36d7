"""Why something was offered, refused or needed a person: gathered from what was written down when it was decided."""

from dataclasses import dataclass
from typing import Any

from bot.cases.authority import Approval
from bot.cases.case import Case
from bot.cases.remedy import Decision, Remedy
from bot.handling.shop import Shop


@dataclass(frozen=True)
class Explained:
    """A case's decisions and remedies, oldest decision first; or one remedy of it with the decision it comes from."""

    case: Case
    decisions: tuple[Decision, ...]
    remedies: tuple[Remedy, ...]
    approvals: dict[str, tuple[Approval, ...]]  # by remedy
    acts: tuple[dict[str, Any], ...]  # the audit's lines on these remedies
    only: Remedy | None = None


def explain(shop: Shop, reference: str) -> Explained:
    """Of a case (A-...) or a remedy (R-...). Raises NotFound."""
    wanted = reference.strip().upper()
    with shop.begin(False) as uow:
        only = uow.remedies.by_reference(wanted) if wanted.startswith("R-") else None
        case = uow.cases.find(only.case_id) if only else uow.cases.by_reference(wanted)
        assert case is not None  # a remedy is always of a case
        decisions = uow.remedies.decisions(case.id)
        remedies = (only,) if only else tuple(uow.remedies.of(case.id))
        if only:
            decisions = [one for one in decisions if _offered(one, only)][-1:] or decisions[-1:]
        approvals = {one.id: tuple(uow.remedies.approvals(one.id)) for one in remedies}
        named = {one.reference for one in remedies}
        acts = [line for line in uow.cases.audit(case.id) if (line["detail"] or {}).get("remedy") in named]
        return Explained(case, tuple(decisions), remedies, approvals, tuple(acts), only)


def _offered(decision: Decision, remedy: Remedy) -> bool:
    """Whether this decision put the remedy on offer, before it was chosen."""
    amount = str(remedy.amount.amount) if remedy.amount else None
    return any(
        one["wording"] == remedy.wording and (one["amount"] or {}).get("amount") == amount  # type: ignore[attr-defined]  # JSON
        for one in decision.options
    )

"""`amends policy check`, `explain` and `try`, for people and programs to read."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.cases.finding import Finding, examine, recurs
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.money import Money
from bot.cases.order import Order
from bot.cases.policy import Option, Policy, options
from bot.cases.remedy import Decision, Remedy, RemedyState
from bot.commands.shop import ready_shop
from bot.errors import BadInput, NotFound
from bot.handling.explain import Explained, explain
from bot.handling.offering import left_out_of, option_json
from bot.policy_check import check
from bot.settings import ROOT
from bot.wording import Wording

WIDTH = 110  # where there is no terminal
FOLDER, RESPONSES = ROOT / "data" / "policy", ROOT / "data" / "responses"


@dataclass(frozen=True)
class Trial:
    """What `amends policy try` was given; "" and None where nothing was."""

    order: str
    issue: str
    fault: str = ""
    severity: str = ""
    lines: tuple[int, ...] = ()
    quantity: int | None = None
    at: str = ""


def show_checked(folder: Path | None) -> bool:
    """Prints every problem, or that there is none. Whether the policy is sound."""
    checked = check(folder or FOLDER, Wording.read(RESPONSES))
    for problem in checked.problems:
        print(problem)
    if checked.problems or checked.rules is None:
        count = len(checked.problems)
        more = "" if checked.rules else " What the files mean together is checked once these are mended."
        print(f"{count} problem{'s' * (count != 1)}.{more}")
        return False
    issues, rows = checked.counted
    print(f"The policy is sound: version {checked.rules.policy.version}, {issues} issues, {rows} options.")
    return True


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def table(*heads: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        made.add_column(head, no_wrap=place < len(heads) - 1, overflow="fold")
    return made


def row(made: Table, *cells: object) -> None:
    made.add_row(*(escape(str("-" if cell in (None, "") else cell)) for cell in cells))


# What was decided.


def show_explained(reference: str, as_json: bool) -> None:
    """Why, in sentences and a table."""
    found = explain(ready_shop(), reference)
    if as_json:
        print(json.dumps(_explained_json(found), ensure_ascii=False, indent=2, default=str))
        return
    out = console()
    for line in sentences(found):
        out.print(escape(line))
    for decision in found.decisions:
        out.print(f"\n[bold]Decided {_at(decision.at)}, policy {decision.policy_version}[/bold]")
        out.print(f"From: {escape(_inputs(decision))}")
        out.print(_decided(decision))


def sentences(found: Explained) -> list[str]:
    """The whole story, one sentence a remedy; what was never filed is told by the table."""
    case = found.case
    told = [f"Case {case.reference} is about {case.issue or 'nothing named yet'}, severity {case.severity}, fault {case.fault}."]
    if not found.decisions:
        told.append("Policy has decided nothing in it: nothing was offered, so there is nothing to explain.")
    for one in found.remedies:
        if found.only or one.state not in (RemedyState.PROPOSED, RemedyState.CANCELLED):
            told += [_why(one), *_by_whom(found, one)]
    return told


def _why(one: Remedy) -> str:
    what = f"{one.reference} ({one.wording}, {one.amount or 'no money'})"
    law = "; the law gives it, so no fuse holds it back" if one.statutory else ""
    if one.granted_by != "assistant":
        return f"{what} was given by a person: {one.reasons}. It is {one.state} now."
    needs = "A person had to agree" if one.needs_approval else "No person had to agree"
    return f"{what} was offered because: {one.reasons}{law}. {needs}. It is {one.state} now, under policy {one.policy_version}."


def _by_whom(found: Explained, one: Remedy) -> list[str]:
    told = [f"{word.who} {word.verdict} it on {_at(word.at)}: {word.reason or 'no reason given'}." for word in found.approvals[one.id]]
    if one.why:
        told.append(f"It did not go on because: {one.why}.")
    acts = [
        f"{line['act'].removeprefix('remedy.')} {_at(line['at'])}" for line in found.acts if line["detail"].get("remedy") == one.reference
    ]
    return [*told, f"Its way: {', '.join(acts)}."] if acts else told


def _inputs(decision: Decision) -> str:
    told = {name: value for name, value in decision.inputs.items() if value not in (None, [], False)}
    return ", ".join(f"{name} {_plain(value)}" for name, value in told.items())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return str(Money.of(value["amount"], value["currency"]))
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _decided(decision: Decision) -> Table:
    made = table("option", "worth", "who decides", "why")
    for one in decision.options:
        amount = one["amount"] or one.get("worth")
        law = "by law; " if one["statutory"] else ""
        row(made, one["wording"], _plain(amount) if amount else None, _decider(bool(one["needs_approval"])), f"{law}{one['reasons']}")
    for left in decision.left_out:
        row(made, left["wording"], None, "not offered", left["why"])
    return made


def _decider(needs_approval: bool) -> str:
    return "a person" if needs_approval else "at once"


def _explained_json(found: Explained) -> dict[str, Any]:
    return {
        "case": found.case.reference,
        "issue": found.case.issue,
        "decisions": [asdict(one) for one in found.decisions],
        "remedies": [{"reference": one.reference, "state": one.state, "why": _why(one)} for one in found.remedies],
        "approvals": {one.reference: [asdict(word) for word in found.approvals[one.id]] for one in found.remedies},
    }


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


# What would be decided.


def show_tried(trial: Trial, as_json: bool) -> None:
    """What policy would offer for the order, and what not."""
    shop = ready_shop()
    order = shop.orders.find(trial.order)
    if order is None:
        raise NotFound(f"There is no order {trial.order}. `amends orders import` takes orders in.")
    issue, now = _one_of(Issue, trial.issue, "issue"), moment(trial.at, shop.policy)
    concerned = _concerned(order, trial)
    found = examine(issue, order, shop.orders.incidents(), now)
    finding = _as_if(replace(found, again=recurs(issue, order, shop.orders.of_customer(order.buyer.id), now)), trial)
    offered = options(shop.policy, issue, finding, concerned, trial.lines)
    left_out = left_out_of(shop.policy, issue, finding, concerned, trial.lines)
    if as_json:
        told = {"finding": _finding_said(finding), "options": [option_json(one) for one in offered], "left_out": left_out}
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    out = console()
    out.print(escape(f"Order {order.number}, {issue}, {_at(now)}: {_finding_said(finding)}."))
    out.print(
        escape(f"Policy {shop.policy.version}, jurisdiction {shop.policy.jurisdiction.code}. Fuses and earlier remedies are not looked at.")
    )
    out.print(_tried(offered, left_out))


def _tried(offered: Iterable[Option], left_out: Iterable[dict[str, str]]) -> Table:
    made = table("option", "worth", "who decides", "by day", "why")
    for one in offered:
        law = "by law; " if one.statutory else ""
        row(made, one.wording, one.amount or one.worth, _decider(one.needs_approval), one.due_days, f"{law}{one.reasons}")
    for left in left_out:
        row(made, left["wording"], None, "not offered", None, left["why"])
    return made


def _finding_said(finding: Finding) -> str:
    told = [f"verdict {finding.verdict}", f"fault {finding.fault}", f"severity {finding.severity}", f"status {finding.status}"]
    told += [finding.note] if finding.note else []
    told += [f"{finding.days_late} days late"] if finding.days_late else []
    told += [f"day {finding.days}"] if finding.days is not None else []
    told += ["not the first such failure"] if finding.again else []
    told += [f"incident {finding.incident.code}"] if finding.incident else []
    return ", ".join([*told, *([f"{finding.owed} owed"] if finding.owed else [])])


def _as_if(finding: Finding, trial: Trial) -> Finding:
    fault = _one_of(Fault, trial.fault, "fault") if trial.fault else finding.fault
    severity = _one_of(Severity, trial.severity, "severity") if trial.severity else finding.severity
    return replace(finding, fault=fault, severity=severity)


def _concerned(order: Order, trial: Trial) -> Order:
    known = {item.line: item for item in order.items}
    unknown = [line for line in trial.lines if line not in known]
    if unknown:
        raise BadInput(f"Order {order.number} has no line {unknown[0]}: it has {', '.join(map(str, known))}.")
    if trial.quantity is None:
        return order
    if len(trial.lines) != 1 or not 1 <= trial.quantity <= known[trial.lines[0]].quantity:
        raise BadInput("--quantity goes with one --line, and is no more than was bought of it.")
    return order.narrowed(trial.lines[0], trial.quantity)


def moment(said: str, policy: Policy) -> datetime:
    """The time given, by the shop's own clock where it names no zone; now where none is. Raises BadInput."""
    if not said:
        return clock.now()
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        raise BadInput(f"{said!r} is no time such as 2026-11-22T10:00.") from None
    return (read if read.tzinfo else read.replace(tzinfo=policy.hours.zone)).astimezone(clock.now().tzinfo)


def _one_of(kind: Any, said: str, name: str) -> Any:
    try:
        return kind(said)
    except ValueError:
        raise BadInput(f"There is no {name} {said!r}: use one of {', '.join(map(str, kind))}.") from None

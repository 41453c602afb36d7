"""What a policy can get wrong beyond the shape of its files: what it cannot say, never offers, forgets, or promises too early.

Each problem is one line with file and line, as those of `policy_files`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bot.cases.authority import Role
from bot.cases.issue import Issue
from bot.cases.policy import Rule, fits, priced_option, prospects
from bot.cases.producible import Produced, has_no_end, owes_money, produced
from bot.cases.remedy import RemedyKind
from bot.policy_files import Rules, built, line_of, load
from bot.wording import Wording

SAID_OF_EACH = ("offer", "can", "effect", "filed")  # what is said of a remedy from the offer to the record
INCIDENT_WORDS = ("any", "none", "offered")
LEAST_HANDLING = 1  # business days


@dataclass(frozen=True)
class Checked:
    """The problems found and, where files can be read at all, the policy they make."""

    problems: tuple[str, ...]
    rules: Rules | None

    @property
    def counted(self) -> tuple[int, int]:
        """How many issues the policy has, and how many options in all."""
        issues = self.rules.policy.issues if self.rules else {}
        return len(issues), sum(len(one.rules) for one in issues.values())


def check(folder: Path, wording: Wording) -> Checked:
    """Everything that is wrong with the policy in a folder; where a file cannot be used, only that."""
    contents, problems = load(folder)
    if problems:
        return Checked(tuple(problems), None)
    rules = built(folder, contents)
    found = chain(
        _unsaid(rules, contents, wording),
        _lines_unsaid(rules, contents, wording),
        _currencies(contents),
        _fuses(rules, contents),
        _too_early(rules, contents),
        _offers(rules, contents),
    )
    return Checked(tuple(found), rules)


def _rows(rules: Rules, contents: Mapping[str, Any]) -> Iterator[tuple[Issue, Rule, str]]:
    """Every option with where it stands."""
    for issue, needs in rules.policy.issues.items():
        for place, rule in enumerate(needs.rules):
            line = contents["remedies"]["issues"][str(issue)]["options"][place].lc.line + 1
            yield issue, rule, f"remedies.yml line {line}: {issue}: {rule.wording}"


def _unsaid(rules: Rules, contents: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    for issue, rule, where in _rows(rules, contents):
        named = [f"{act}_{rule.wording}" for act in SAID_OF_EACH]
        if "order_number" in rules.policy.needed(issue) and rule in prospects(rules.policy, issue):
            named.append(f"could_{rule.wording}")  # named before the order is seen
        lacking = [f"utter_{one}" for one in named if not wording.has(one)]
        if lacking:
            yield f"{where}: data/responses has no {', '.join(lacking)}."
        if not any(wording.has(one) for one in (f"settled_{rule.wording}", f"settled_{rule.kind}")):
            yield f"{where}: data/responses has no utter_settled_{rule.kind}, so nobody is told when it is done."


def _lines_unsaid(rules: Rules, contents: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    for name, row in rules.policy.escalations.items():
        if row.safety_line and not wording.has(row.safety_line):
            line = line_of(contents["escalation"], ["reasons", name])
            yield f"escalation.yml line {line}: reasons.{name}: data/responses has no utter_{row.safety_line}."


def _currencies(contents: Mapping[str, Any]) -> Iterator[str]:
    """Where one limit knows a currency that another does not: sums in it would silently need a person, or two."""
    limits: dict[tuple[str, ...], Mapping[str, str]] = {
        ("remedies", "limits", name): amounts for name, amounts in contents["remedies"]["limits"].items()
    }
    limits |= {("authority", name): contents["authority"][name] for name in ("agent", "lead", "four_eyes")}
    if "per_day" in contents["authority"]["fuses"]:
        limits["authority", "fuses", "per_day"] = contents["authority"]["fuses"]["per_day"]
    every = set(chain(*limits.values()))
    for (file, *where), amounts in limits.items():
        lacking = sorted(every - set(amounts))
        if lacking:
            line = line_of(contents[file], [*where])
            yield f"{file}.yml line {line}: {'.'.join(where)} has no {', '.join(lacking)}, which other limits have."


def _fuses(rules: Rules, contents: Mapping[str, Any]) -> Iterator[str]:
    """Limits that make each other useless."""
    authority, file = rules.policy.authority, contents["authority"]
    for currency, most in authority.four_eyes.items():
        lead = authority.limits[Role.LEAD].get(currency)
        if lead is not None and lead < most:
            line = line_of(file, ["four_eyes"])
            yield f"authority.yml line {line}: four_eyes: {most} is more than a lead may grant ({lead}), so two never need to agree."
    for _, rule, where in _rows(rules, contents):
        per_day = authority.fuses.per_day or {}
        for currency, limit in (rule.bot_limit or {}).items():
            if not rule.statutory and currency in per_day and per_day[currency] < limit:
                yield f"{where}: its limit of {limit} is more than the assistant may grant on a whole day ({per_day[currency]})."
        most_percent = authority.bands[0]
        if rule.of and rule.percent > most_percent:
            yield f"{where}: {rule.percent} percent is more than the remedies of a case may reach ({most_percent}, authority.yml)."


def _too_early(rules: Rules, contents: Mapping[str, Any]) -> Iterator[str]:
    """Promises that the shop's own handling cannot keep."""
    handling = contents["hours"].get("handling_days", {})
    for _, rule, where in _rows(rules, contents):
        least = handling.get(str(rule.kind), LEAST_HANDLING)
        if rule.due_days < least:
            yield f"{where}: due_days is {rule.due_days}; a {rule.kind} takes {least} (hours.yml, handling_days). Promise no less."


def _offers(rules: Rules, contents: Mapping[str, Any]) -> Iterator[str]:
    """Rows that no case can ever reach, and cases in which money is owed and no row that the law gives offers it."""
    for issue, needs in rules.policy.issues.items():
        found = tuple(produced(issue, *_edges(rules, issue)))
        for place, rule in enumerate(needs.rules):
            if not any(fits(rule, one.finding) and priced_option(rule, one.finding, one.order, ()) for one in found):
                line = contents["remedies"]["issues"][str(issue)]["options"][place].lc.line + 1
                why = "no case ever reaches this row: its conditions are never true together"
                yield f"remedies.yml line {line}: {issue}: {rule.wording}: {why}."
        line = line_of(contents["remedies"], ["issues", str(issue)])
        yield from (f"remedies.yml line {line}: {issue}: {one}" for one in dict.fromkeys(_forgotten(issue, needs.rules, found)))


def _forgotten(issue: Issue, rules: tuple[Rule, ...], found: tuple[Produced, ...]) -> Iterator[str]:
    faults: dict[str, list[str]] = {}  # by what else the record says
    for one in found:
        if not owes_money(issue, one) or gives_money_back(rules, one):
            continue
        finding = one.finding
        timeless = tuple(replace(rule, within_days=None) for rule in rules)
        if gives_money_back(timeless, one):
            if has_no_end(issue):
                yield f"what the law gives has an end (within_days) where it has none: on day {finding.days} no row pays the money back."
            continue
        faults.setdefault(f"{finding.verdict}, {finding.note or 'no note'}, {finding.status}", []).append(str(finding.fault))
    for record, of_whom in faults.items():
        told = f"{record}, fault {' or '.join(dict.fromkeys(of_whom))}"
        yield f"money is owed and no row with statutory: true pays it back where the record says: {told}."


def gives_money_back(rules: tuple[Rule, ...], one: Produced) -> bool:
    """Whether a row that the law gives pays what is owed back in this case."""
    return any(
        rule.statutory
        and rule.kind is RemedyKind.REFUND
        and fits(rule, one.finding)
        and priced_option(rule, one.finding, one.order, ()) is not None
        for rule in rules
    )


def _edges(rules: Rules, issue: Issue) -> tuple[tuple[int, ...], tuple[str, ...], tuple[str, ...]]:
    """The days on both sides of every window, and the incidents and equal offers that the rows name."""
    rows = rules.policy.issues[issue].rules
    ends = {rule.within_days for rule in rows if rule.within_days is not None}
    named = {word for rule in rows for word in rule.when.get("incident", ())}
    offered = {rule.wording for rule in rows if "offered" in rule.when.get("incident", ())}
    ages = sorted({1} | ends | {end + 1 for end in ends})
    return tuple(ages), tuple(sorted(named - set(INCIDENT_WORDS))), tuple(sorted(offered))

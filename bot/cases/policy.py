"""Which remedies the shop allows for an issue, up to what limit, and when a person must decide.

The numbers are the shop's (data/policy/); the rows follow the remedy matrix of the recovery research:
match the remedy to the loss, at least two options, money back wherever it is owed (Roschk and Gelbrich 2014).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from bot.cases.assignment import USUAL, Assignment
from bot.cases.authority import Authority, Fuses, is_goodwill
from bot.cases.finding import Finding
from bot.cases.follow_up import ASKS_ONCE, FollowUpPolicy
from bot.cases.hours import Hours
from bot.cases.issue import Issue
from bot.cases.learning_rules import LEARNS, LearningPolicy
from bot.cases.letter import AdmissionMode
from bot.cases.measured import USUAL as COUNTS
from bot.cases.measured import ReportPolicy
from bot.cases.money import Money, total
from bot.cases.order import Item, Order
from bot.cases.public import APPROVES, PublicPolicy
from bot.cases.remedy import RemedyKind
from bot.cases.retention import KEEPS, RetentionPolicy
from bot.cases.review import LOOKS_AGAIN, ReviewPolicy
from bot.cases.service_clock import ClockPolicy


@dataclass(frozen=True)
class Rule:
    """One row of data/policy/remedies.yml: a remedy, when it fits, what it is worth and who may grant it."""

    kind: RemedyKind
    wording: str
    when: Mapping[str, tuple[str, ...]]
    of: str | None  # order, items or owed: what `percent` is taken of; None where no money moves
    percent: int
    bot_limit: Mapping[str, Money] | None  # of the value moved, by currency; None: no limit
    approval: str  # never, above_limit or always
    statutory: bool
    due_days: int  # business days until it has surely taken effect
    needs: tuple[str, ...]
    within_days: int | None = None  # of delivery, or of placing where nothing was delivered; None: no such end


@dataclass(frozen=True)
class Needs:
    """What must be known before remedies can be offered for an issue."""

    facts: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Escalate:
    """How a reason for bringing a person is handled: who, how urgently, within how many open minutes."""

    priority: str
    team: str
    reply_within: int
    severity: str | None = None
    safety_line: str | None = None


@dataclass(frozen=True)
class Jurisdiction:
    """Where the shop stands before the law: what a letter may admit, and where that was read."""

    code: str
    admission: AdmissionMode = AdmissionMode.REGRET
    source: str = ""


CONDITIONS = ("status", "verdict", "fault", "note", "severity", "failure", "incident")  # what a row may hang on, the plainest first
OF_WORTH = frozenset({RemedyKind.REPLACEMENT, RemedyKind.REDELIVERY, RemedyKind.REPAIR})  # goods move, though no money does
NO_CLOCKS = ClockPolicy({}, {})
NOBODY = Authority({}, {}, Fuses(90, 3, 15, None))


@dataclass(frozen=True)
class Policy:
    """The shop's rules about people and money, as read and checked at start-up."""

    version: str
    issues: Mapping[Issue, Needs]
    escalations: Mapping[str, Escalate]
    teams: Mapping[str, str]
    severe_reasons: tuple[str, ...]
    hours: Hours
    owners: Mapping[str, str] = field(default_factory=dict)  # by team: who answers for it while nobody is there
    take_up_within: int = 240  # open minutes, after which a person takes up what the assistant has not settled
    authority: Authority = NOBODY  # who may grant how much
    jurisdiction: Jurisdiction = Jurisdiction("US")
    warn_before: int = 120  # open minutes before a promise falls due, from which its assignee is warned
    voucher_months: int = 12  # how long a voucher is good
    incident_from: int = 5  # complaints of one kind within an hour, from which an incident is suggested
    quiet: tuple[time, time] = (time(21), time(8))  # no message that nobody asked for, by the customer's own clock
    tells_first: bool = False  # whether those an incident touches are told before they complain
    day_first: bool = False  # 3/11 is 3 November
    mail_after: int = 5  # minutes unseen, after which a mail says that there is something to read
    link_days: int = 7  # how long the link of such a mail is good
    clocks: ClockPolicy = NO_CLOCKS  # by when people answer and settle
    assignment: Assignment = USUAL  # how waiting chats find their people
    follow_up: FollowUpPolicy = ASKS_ONCE  # when customers are asked whether it was put right
    learning: LearningPolicy = LEARNS  # what is learned from a case that ended
    review: ReviewPolicy = LOOKS_AGAIN  # which messages a person looks at again
    retention: RetentionPolicy = KEEPS  # how long what is held about customers is kept
    report: ReportPolicy = COUNTS  # how a report counts
    public: PublicPolicy = APPROVES  # what is answered where everybody reads it
    digest_after: int = 15  # minutes a chat waits with nobody of its team there, after which they are mailed

    def needed(self, issue: Issue) -> tuple[str, ...]:
        return self.issues[issue].facts

    def escalation(self, reason: str) -> Escalate:
        return self.escalations.get(reason, self.escalations["asked"])


@dataclass(frozen=True)
class Option:
    """A remedy the policy allows in one case, with its worth and why."""

    kind: RemedyKind
    wording: str
    amount: Money | None
    lines: tuple[int, ...]
    needs_approval: bool
    statutory: bool
    due_days: int
    needs: tuple[str, ...]
    reasons: str
    worth: Money | None = None  # what moves: the amount, or the price of the goods that are sent again

    @property
    def is_goodwill(self) -> bool:
        return is_goodwill(self.kind, self.statutory)


def options(policy: Policy, issue: Issue, finding: Finding, order: Order | None, lines: tuple[int, ...]) -> tuple[Option, ...]:
    """What may be offered, statutory remedies first; the same for everyone in the same case (rule 24: tone plays no part)."""
    fitting = [rule for rule in policy.issues[issue].rules if fits(rule, finding)]
    priced = (priced_option(rule, finding, order, lines) for rule in fitting)
    return tuple(sorted((one for one in priced if one), key=lambda one: not one.statutory))


def prospects(policy: Policy, issue: Issue) -> tuple[Rule, ...]:
    """The two ways that an order may turn out to allow, before it is seen: the first that the law gives, and the first other."""
    rows = [rule for rule in policy.issues[issue].rules if not {"note", "incident", "failure"} & set(rule.when)]
    firsts = [next((rule for rule in rows if rule.statutory is lawful), None) for lawful in (False, True)]
    return tuple(rule for rule in rows if rule in firsts)


def unfitting(policy: Policy, issue: Issue, finding: Finding) -> tuple[tuple[Rule, str], ...]:
    """The rows that do not fit, each with the first condition that speaks against it and what was found instead."""
    rows = [rule for rule in policy.issues[issue].rules if not fits(rule, finding)]
    return tuple((rule, _against(rule, finding)) for rule in rows)


def worthless(policy: Policy, issue: Issue, finding: Finding, order: Order | None, lines: tuple[int, ...]) -> tuple[Rule, ...]:
    """The rows that fit and are worth nothing in this case: all is paid back already, or there is no order to reckon from."""
    fitting = [rule for rule in policy.issues[issue].rules if fits(rule, finding)]
    return tuple(rule for rule in fitting if priced_option(rule, finding, order, lines) is None)


def _against(rule: Rule, finding: Finding) -> str:
    for name, allowed in rule.when.items():
        found = _true_words(name, rule, finding)
        if not found & set(allowed):
            return f"{name} is {' or '.join(sorted(found)) or 'not known'}, not {' or '.join(allowed)}"
    if not _in_time(rule, finding):
        return f"day {finding.days} of {rule.within_days}"
    if _gives_way(rule, finding) and finding.incident:
        return f"incident {finding.incident.code} offers {finding.incident.offer} to all alike"
    return "not_mine"


def why_not(policy: Policy, issue: Issue, finding: Finding, kind: RemedyKind) -> str:
    """Why a remedy asked for is not among the options: what the row that comes nearest lacks, or that no row grants it."""
    rows = [rule for rule in policy.issues[issue].rules if rule.kind is kind]
    nearest = [rule for rule in rows if _fits_when(rule, finding)]  # all but its time is right, or its place
    if any(not _in_time(rule, finding) for rule in nearest):
        return "within_days"
    if any(_gives_way(rule, finding) for rule in nearest):
        return "incident"
    lacking = [[name for name in CONDITIONS if name in rule.when and not _is_true(name, rule, finding)] for rule in rows]
    fewest = min(map(len, lacking), default=0)
    failing = {name for names in lacking if len(names) == fewest for name in names}  # of the rows that come nearest
    return next((name for name in CONDITIONS if name in failing), "not_mine")


def window(policy: Policy, issue: Issue, finding: Finding, kind: RemedyKind) -> int | None:
    """How many days this remedy is open in such a case, the longest of its rows; None: without end."""
    ends = [rule.within_days for rule in policy.issues[issue].rules if rule.kind is kind and _fits_when(rule, finding)]
    return max((end for end in ends if end is not None), default=None)


def fits(rule: Rule, finding: Finding) -> bool:
    """Whether every condition of the row is true of the finding, in time, and no equal offer to all stands in its place."""
    return _fits_when(rule, finding) and _in_time(rule, finding) and not _gives_way(rule, finding)


def _fits_when(rule: Rule, finding: Finding) -> bool:
    return all(_is_true(name, rule, finding) for name in rule.when)


def _is_true(name: str, rule: Rule, finding: Finding) -> bool:
    return bool(_true_words(name, rule, finding) & set(rule.when[name]))


def _true_words(name: str, rule: Rule, finding: Finding) -> set[str]:
    """Every word that is true of the finding under a condition's name."""
    if name == "failure":
        return {"again" if finding.again else "first"}
    if name == "incident":
        incident = finding.incident
        return {"any", incident.code, *(["offered"] if incident.offer == rule.wording else [])} if incident else {"none"}
    word = getattr(finding, name)
    return set() if word is None else {str(word)}


def _in_time(rule: Rule, finding: Finding) -> bool:
    """Within the row's days. Where nothing tells when it began, it is."""
    return rule.within_days is None or finding.days is None or finding.days <= rule.within_days


def _gives_way(rule: Rule, finding: Finding) -> bool:
    """Whether it is goodwill of its own where an incident has one offer that all it touches get alike (section C, mass incident)."""
    offer = finding.incident.offer if finding.incident else None
    return offer is not None and rule.wording != offer and is_goodwill(rule.kind, rule.statutory)


def priced_option(rule: Rule, finding: Finding, order: Order | None, lines: tuple[int, ...]) -> Option | None:
    """The row with its worth worked out; None where it is worth nothing or needs an order there is none of."""
    items = order.pick(lines) if order else ()
    base = _base(rule, finding, order, items)
    if rule.of and (base is None or base.minor <= 0):
        return None
    amount = base.percent(rule.percent) if rule.of and base else None
    if amount and amount.minor <= 0:
        return None
    value = amount or (total([item.price for item in items], order.currency) if order else None)
    above = is_above(rule.bot_limit, value)
    approval = rule.approval == "always" or (rule.approval == "above_limit" and above)
    worth = f"worth {value}, {'above' if above else 'within'} the assistant's limit" if value else "no money moves"
    why = f"{finding.verdict}, fault {finding.fault}; {worth}"
    return Option(
        rule.kind,
        rule.wording,
        amount,
        tuple(item.line for item in items),
        approval,
        rule.statutory,
        rule.due_days,
        rule.needs,
        why,
        worth=value if rule.kind in OF_WORTH else amount,
    )


def worth_of_goods(order: Order | None, kind: RemedyKind, lines: Sequence[int]) -> Money | None:
    """The price of what moves where goods are sent or mended, all of the order without lines; None of a remedy that moves none."""
    if order is None or kind not in OF_WORTH:
        return None
    return total([item.price for item in order.pick(tuple(lines))], order.currency)


def is_above(limit: Mapping[str, Money] | None, value: Money | None) -> bool:
    """Whether a value is more than the assistant may grant; a currency without a limit always is."""
    if limit is None or value is None:
        return False
    return value.currency not in limit or limit[value.currency] < value


def _base(rule: Rule, finding: Finding, order: Order | None, items: tuple[Item, ...]) -> Money | None:
    if rule.of is None or order is None:
        return None
    if rule.of == "owed":
        return finding.owed
    if rule.of == "order":
        return order.paid - order.refunded
    left = order.paid - order.refunded  # no more goes back than came in
    return min(total([item.price for item in items], order.currency), left)

"""What a report lists: where it goes wrong, what causes weigh most, what is unusual, what remedies cost, what people decided."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, lgamma, log, log1p
from statistics import median

from bot.cases.case import PromiseState
from bot.cases.follow_up import Outcome
from bot.cases.measured import CaseLine, CauseKey, Earlier, PairKey, ReportPolicy, Word
from bot.cases.measures import MEASURES, Figure, Happened, came_back, is_kept, is_over, is_resolved_alone, share, was_reopened

NOT_SAID = "not_said"  # what nobody has named yet
NONE = "none"
EXAMPLES = 3
MOST_SMALL = 1e-17  # a chance beyond which more terms add nothing


@dataclass(frozen=True)
class Row:
    """The cases of one kind that were opened in the period, and what became of them."""

    name: str
    cases: tuple[str, ...]
    resolved_alone: Figure
    back: Figure
    with_person: Figure
    satisfied: Figure
    reopened: Figure


Name = Callable[[CaseLine], str]


def _remedy_of(line: CaseLine) -> str:
    return line.remedies[0].kind if line.remedies else NONE


DIMENSIONS: dict[str, Name] = {
    "issue": lambda one: one.issue or NOT_SAID,
    "cause": lambda one: (one.learned.root_cause if one.learned else None) or NOT_SAID,
    "channel": lambda one: one.channel,
    "product": lambda one: one.product or NOT_SAID,
    "remedy": _remedy_of,
}


def rows(lines: Sequence[CaseLine], name: Name, now: datetime, policy: ReportPolicy) -> tuple[Row, ...]:
    """One row a name, the most frequent first."""
    kinds: dict[str, list[CaseLine]] = defaultdict(list)
    for line in lines:
        kinds[name(line)].append(line)
    return tuple(_row(one, kinds[one], now, policy) for one in sorted(kinds, key=lambda one: (-len(kinds[one]), one)))


def _row(name: str, lines: list[CaseLine], now: datetime, policy: ReportPolicy) -> Row:
    scores = [(one.reference, score >= 4) for one in lines if (score := _last_score(one))]
    return Row(
        name,
        tuple(one.reference for one in lines),
        share("resolved_alone", ((one.reference, is_resolved_alone(one, now, policy)) for one in lines)),
        share("back_soon", ((one.reference, came_back(one, policy.soon_days, now)) for one in lines)),
        share("with_person", ((one.reference, one.had_person) for one in lines)),
        share("satisfied", scores),
        share("reopened", ((one.reference, was_reopened(one, policy.later_days, now)) for one in lines)),
    )


def _last_score(line: CaseLine) -> int | None:
    return next((one.satisfaction for one in reversed(line.rounds) if one.satisfaction), None)


@dataclass(frozen=True)
class Cause:
    """Where it concentrates: one issue with one product, or in one incident. `weight`: cases x severity x contacts again."""

    issue: str
    where: str
    is_incident: bool
    cases: tuple[str, ...]
    severity: float  # the mean of the weights
    back: float  # the share of those whose customers came back, so far
    weight: float
    root_causes: tuple[tuple[str, int], ...]  # as people named them, the most frequent first
    told: str | None  # the cause, as most people put it
    carriers: tuple[tuple[str, int], ...]
    before: tuple[int, ...]  # cases in earlier periods


def cause_key(line: CaseLine) -> CauseKey:
    return (line.issue or NOT_SAID, line.incident or line.product or NOT_SAID, line.incident is not None)


def causes(here: Happened, earlier: Sequence[Earlier], policy: ReportPolicy, most: int) -> tuple[Cause, ...]:
    """Those that weigh most in the period."""
    kinds: dict[CauseKey, list[CaseLine]] = defaultdict(list)
    for line in here.complaints:
        if line.issue:
            kinds[cause_key(line)].append(line)
    found = [_cause(key, lines, policy, tuple(one.causes[key] for one in earlier)) for key, lines in kinds.items()]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.issue, one.where))[:most])


def _cause(key: CauseKey, lines: list[CaseLine], policy: ReportPolicy, before: tuple[int, ...]) -> Cause:
    severity = sum(policy.weights[one.severity.value] for one in lines) / len(lines)
    back = sum(one.came_back(policy.soon_days) for one in lines) / len(lines)
    learned = [one.learned for one in lines if one.learned]
    return Cause(
        *key,
        tuple(one.reference for one in lines),
        severity,
        back,
        len(lines) * severity * (1 + policy.back_weight * back),
        _ranked(one.root_cause for one in learned),
        next((cause for cause, _ in _ranked(one.cause for one in learned)), None),
        _ranked(one.carrier for one in lines),
        before,
    )


def _ranked(found: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(one for one in found if one).items(), key=lambda one: (-one[1], one[0])))


@dataclass(frozen=True)
class Unusual:
    """One issue, alone or together with one product, carrier, cause or channel: more often than its share of before explains."""

    issue: str
    dimension: str
    value: str
    cases: tuple[str, ...]
    expected: float
    chance: float  # of as many or more, if nothing had changed


WHOLE = "whole"  # the issue, with whatever
PAIRED: dict[str, Callable[[CaseLine], str | None]] = {
    "product": lambda one: one.product,
    "carrier": lambda one: one.carrier,
    "cause": lambda one: one.learned.root_cause if one.learned else None,
    "channel": lambda one: one.channel,
}


def unusual(here: Happened, earlier: Sequence[Earlier], policy: ReportPolicy) -> tuple[Unusual, ...]:
    """What is new in the period, the least likely first.

    A pair's cases are counted against all others of the same periods, so that a busy season alone makes nothing unusual: given how many
    there are in all, those of this period follow a binomial law if nothing has changed (the exact test of two Poisson rates).
    Where an issue is unusual as a whole, what it is paired with is counted among its own cases: only what stands out there is told besides.
    The chance that is allowed is divided by the number of pairs looked at (Bonferroni), so that a quiet period seldom cries wolf.
    """
    then, now = sum(one.named for one in earlier), [one for one in here.complaints if one.issue]
    if not then:
        return ()
    pairs: dict[PairKey, list[str]] = defaultdict(list)
    for line in now:
        for key in _pairs(line):
            pairs[key].append(line.reference)
    before = {key: sum(one.pairs[key] for one in earlier) for key in pairs}
    limit = policy.chance / max(1, len(pairs))
    found: dict[PairKey, Unusual] = {}
    for key in sorted(pairs, key=lambda one: one[1] != WHOLE):  # an issue as a whole comes before what it is paired with
        whole = (key[0], WHOLE, "")
        among = (len(pairs[whole]), before[whole]) if whole in found else (len(now), then)
        one = _tested(key, pairs[key], before[key], *among, len(earlier))
        if one.chance < limit and len(one.cases) >= policy.unusual_from:
            found[key] = one
    return tuple(sorted(found.values(), key=lambda one: (one.chance, one.issue, one.value)))


def _pairs(line: CaseLine) -> list[PairKey]:
    issue = line.issue or ""
    return [(issue, WHOLE, ""), *((issue, name, value) for name, take in PAIRED.items() if (value := take(line)))]


def _tested(key: PairKey, refs: list[str], before: int, now: int, then: int, periods: int) -> Unusual:
    others_now, others_then = now - len(refs), then - before
    part = others_now / (others_now + others_then) if others_now and others_then else 1 / (1 + periods)
    return Unusual(*key, tuple(refs), before * part / (1 - part), upper_tail(len(refs), len(refs) + before, part))


def upper_tail(hits: int, of: int, chance: float) -> float:
    """The chance of so many hits or more in `of` tries, each with the same chance (binomial, exact)."""
    total = 0.0
    for k in range(hits, of + 1):
        ways = lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1)
        term = exp(ways + k * log(chance) + (of - k) * log1p(-chance))
        total += term
        if term < MOST_SMALL and k > of * chance:
            break
    return min(1.0, total)


@dataclass(frozen=True)
class Cost:
    """What settled remedies of one kind moved, in one currency; whole minor units."""

    kind: str
    currency: str
    minor: int
    cases: tuple[str, ...]


def costs(here: Happened) -> tuple[Cost, ...]:
    """By currency and kind. What was taken back counts against it."""
    sums: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for line, one in here.paid:
        if one.minor is not None and one.currency:
            sums[(one.currency, one.kind)].append((line.reference, one.minor))
    found = [
        Cost(kind, currency, sum(minor for _, minor in moved), tuple(dict.fromkeys(ref for ref, _ in moved)))
        for (currency, kind), moved in sums.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.currency, -one.minor, one.kind)))


@dataclass(frozen=True)
class Decided:
    """What people decided on one kind of remedy under one version of the policy, and what its customers said then."""

    wording: str
    policy: str
    verdict: str
    cases: tuple[str, ...]
    seconds: float  # the middle one, from filing to the decision
    yes: int
    not_yes: int  # partly or no
    silent: int


def decisions(here: Happened) -> tuple[Decided, ...]:
    kinds: dict[tuple[str, str, str], list[tuple[CaseLine, float]]] = defaultdict(list)
    for line, given, verdict, at in here.decided:
        kinds[(given.wording, given.policy, verdict)].append((line, (at - given.created_at).total_seconds()))
    found = [_decided(key, kinds[key]) for key in sorted(kinds)]
    return tuple(sorted(found, key=lambda one: -len(one.cases)))


def _decided(key: tuple[str, str, str], decided: list[tuple[CaseLine, float]]) -> Decided:
    said = [line.outcome for line, _ in decided]
    yes, silent = sum(one is Outcome.YES for one in said), sum(one is None for one in said)
    references = tuple(dict.fromkeys(line.reference for line, _ in decided))
    return Decided(*key, references, median(took for _, took in decided), yes, len(said) - yes - silent, silent)


@dataclass(frozen=True)
class Need:
    """What a team is to be trained in, with examples that name nobody: (reference, cause, the customer's words)."""

    skill: str
    team: str | None
    cases: tuple[str, ...]
    examples: tuple[tuple[str, str | None, str | None], ...]


def needs(here: Happened) -> tuple[Need, ...]:
    """By skill and team, the most frequent first."""
    kinds: dict[tuple[str, str | None], list[CaseLine]] = defaultdict(list)
    for line in here.opened:
        if line.learned and line.learned.skill:
            kinds[(line.learned.skill, line.learned.team)].append(line)
    found = [_need(*key, lines) for key, lines in kinds.items()]
    return tuple(sorted(found, key=lambda one: (-len(one.cases), one.skill, one.team or "")))


def _need(skill: str, team: str | None, lines: list[CaseLine]) -> Need:
    telling = sorted(lines, key=lambda one: (not (one.learned and one.learned.words), one.created_at))[:EXAMPLES]
    examples = tuple((one.reference, one.learned.cause, one.learned.words) for one in telling if one.learned)
    return Need(skill, team, tuple(one.reference for one in lines), examples)


@dataclass(frozen=True)
class Kept:
    """Promises of one kind that fell due."""

    what: str
    kept: int
    missed: tuple[str, ...]
    told: int  # of those missed, before they were


def promises(here: Happened, now: datetime) -> tuple[Kept, ...]:
    """By kind, the most often missed first."""
    kinds: dict[str, list[tuple[CaseLine, Word]]] = defaultdict(list)
    for line, one in here.due:
        if one.state is not PromiseState.WITHDRAWN and is_kept(one, now) is not None:
            kinds[one.what].append((line, one))
    return tuple(sorted((_kept(what, kinds[what], now) for what in kinds), key=lambda one: (-len(one.missed), one.what)))


def _kept(what: str, due: list[tuple[CaseLine, Word]], now: datetime) -> Kept:
    missed = [(line, one) for line, one in due if not is_kept(one, now)]
    told = sum(one.is_told_before for _, one in missed)
    return Kept(what, len(due) - len(missed), tuple(dict.fromkeys(line.reference for line, _ in missed)), told)


def earlier(here: Happened, now: datetime, policy: ReportPolicy) -> Earlier:
    """As much of a period as the report of a later one tells."""
    named = [one for one in here.complaints if one.issue]
    return Earlier(
        here.period.name,
        len(here.complaints),
        len(named),
        tuple(measure(here, now, policy).value for measure in MEASURES),
        Counter(map(cause_key, named)),
        Counter(key for line in named for key in _pairs(line)),
    )


ENDS = ("alone", "helped", "not_right", "silent", "open")


def ends(lines: Sequence[CaseLine], now: datetime, policy: ReportPolicy) -> dict[str, int]:
    """How so many cases ended: put right by the assistant alone and at once; put right with a person or in more contacts; not put
    right; nobody knows; too early to say."""
    return {**dict.fromkeys(ENDS, 0), **Counter(_end(one, now, policy) for one in lines)}


def _end(line: CaseLine, now: datetime, policy: ReportPolicy) -> str:
    if is_resolved_alone(line, now, policy):
        return "alone"
    if line.outcome is Outcome.YES and not any(one.is_bad for one in line.rounds):
        return "helped" if line.had_person or line.came_back(policy.soon_days) else "open"
    if line.outcome is not None:
        return "not_right"
    is_young = not is_over(line.created_at, policy.later_days, now)
    return "open" if line.is_undecided or (is_young and line.ended_at is None) else "silent"

"""Reads data/policy/*.yml into the rules' own values. Whatever is wrong is named with its file and line."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from bot.cases.assignment import USUAL, Assignment, Mode
from bot.cases.authority import Authority, Fuses, Role
from bot.cases.follow_up import FollowUpPolicy
from bot.cases.hours import Hours, due_within
from bot.cases.issue import Issue, Severity
from bot.cases.learning import FailureType
from bot.cases.learning_rules import LearningPolicy, ProductKind
from bot.cases.letter import AdmissionMode
from bot.cases.measured import report_policy
from bot.cases.money import Money
from bot.cases.policy import Escalate, Jurisdiction, Needs, Policy, Rule
from bot.cases.public import PublicPolicy
from bot.cases.remedy import RemedyKind
from bot.cases.retention import RetentionPolicy, misfits
from bot.cases.review import ReviewPolicy
from bot.cases.service_clock import PRIORITIES, ClockName, ClockPolicy
from bot.clock import now
from bot.errors import BadPolicy
from bot.policy_schema import SCHEMAS
from bot.yaml_files import parsed

FILES = (
    "shop",
    "hours",
    "escalation",
    "remedies",
    "authority",
    "jurisdictions",
    "clocks",
    "follow_up",
    "learning",
    "review",
    "retention",
    "report",
    "public",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Rules:
    """The policy, and who the shop is."""

    policy: Policy
    shop_name: str
    texts: Mapping[str, str]  # of its files, by name


def read(folder: Path) -> Rules:
    """All policy files of a folder. Raises BadPolicy, with every mistake."""
    contents, problems = load(folder)
    if problems:
        raise BadPolicy("\n".join(problems))
    return built(folder, contents)


def load(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What the files hold, and everything in them that no policy can be built from; each with file and line."""
    problems: list[str] = []
    contents: dict[str, Any] = {}
    for name in FILES:
        try:
            contents[name] = _parsed(folder / f"{name}.yml")
            problems += _misfits(folder / f"{name}.yml", name, contents[name])
        except BadPolicy as error:
            problems.append(str(error))
    return contents, problems or _clashes(folder, contents)


def _clashes(folder: Path, contents: dict[str, Any]) -> list[str]:
    """What each file alone may say and all together may not."""
    shop, remedies, known = contents["shop"]["shop"], contents["remedies"], contents["jurisdictions"]
    checks: list[Callable[[], object]] = [
        lambda: _check_reasons(folder / "escalation.yml", contents["escalation"]),
        lambda: _jurisdiction(shop, known),
        lambda: _authority(contents["authority"], ()),
        lambda: _check_follow_up(contents["follow_up"], contents["escalation"]),
        lambda: _check_report(contents["report"]),
        lambda: _check_retention(contents["retention"], contents["hours"]),
        lambda: _check_clocks(contents["clocks"], contents["escalation"]),
        lambda: _hours(shop, contents["hours"], folder),
    ]
    rows = [row for issue in remedies["issues"].values() for row in issue["options"]]
    anywhere = Jurisdiction(shop["jurisdiction"])
    checks += [partial(_rule, row, remedies["limits"], anywhere, known["jurisdictions"]) for row in rows]
    problems: list[str] = []
    for check in checks:
        try:
            check()
        except BadPolicy as error:
            problems += str(error).splitlines()
    return problems


def built(folder: Path, contents: dict[str, Any]) -> Rules:
    """The rules that contents without problems make."""
    shop, hours, escalation, remedies, authority, jurisdictions, clocks, follow_up, learning, review, retention, counts, public = (
        contents[name] for name in FILES
    )
    jurisdiction = _jurisdiction(shop["shop"], jurisdictions)
    policy = Policy(
        version=f"{remedies['version']}-{_digest(folder)}",
        issues={
            Issue(name): _needs(content, remedies["limits"], jurisdiction, jurisdictions) for name, content in remedies["issues"].items()
        },
        escalations={name: Escalate(**row) for name, row in escalation["reasons"].items()},
        teams=dict(escalation["teams"]),
        severe_reasons=tuple(escalation["severe"]),
        owners=dict(escalation.get("owners", {})),
        take_up_within=escalation["take_up_within"],
        warn_before=escalation.get("warn_before", 120),
        incident_from=escalation.get("incident_from", 5),
        tells_first=escalation.get("tells_first", False),
        authority=_authority(authority, escalation.get("leads", ())),
        jurisdiction=jurisdiction,
        voucher_months=authority["voucher_months"],
        quiet=_quiet(hours),
        mail_after=hours.get("unseen", {}).get("mail_after", 5),
        link_days=hours.get("unseen", {}).get("link_days", 7),
        hours=_hours(shop["shop"], hours, folder),
        day_first=shop["shop"]["dates"] == "day_first",
        clocks=_clocks(clocks),
        assignment=_assignment(escalation.get("assignment", {})),
        follow_up=_follow_up(follow_up),
        learning=_learning(learning),
        review=ReviewPolicy(float(review["unsure_below"])),
        retention=RetentionPolicy(**retention),
        report=report_policy(counts),
        public=PublicPolicy(**public),
        digest_after=escalation.get("digest_after", 15),
    )
    return Rules(policy, shop["shop"]["name"], {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))})


def _parsed(path: Path) -> Any:
    try:
        return parsed(path.read_text(encoding="utf-8"), path.name, BadPolicy, with_lines=True)
    except FileNotFoundError:
        raise BadPolicy(f"{path} is missing.") from None


def _misfits(path: Path, name: str, content: Any) -> list[str]:
    """Where the content does not fit its schema, in the order of the file."""
    found = Draft7Validator(SCHEMAS[name]).iter_errors(content)
    told = sorted((line_of(content, list(one.absolute_path)), _told(path, content, one)) for one in found)
    return [one for _, one in told]


def _told(path: Path, content: Any, problem: ValidationError) -> str:
    where = list(problem.absolute_path)
    return f"{path.name} line {line_of(content, where)}: {'.'.join(map(str, where)) or 'the file'}: {problem.message}"


def line_of(content: Any, where: list[str | int]) -> int:
    """The line of the deepest part of the path that still has one."""
    line = 1
    for step in where:
        positions = getattr(content, "lc", None)
        if positions is not None and positions.data and step in positions.data:
            line = positions.data[step][0] + 1
        content = content[step]
    return line


def _check_reasons(path: Path, escalation: Any) -> None:
    problems = [
        f"{path.name} line {line_of(escalation, ['reasons', name])}: reasons.{name}: there is no team {row['team']!r}."
        for name, row in escalation["reasons"].items()
        if row["team"] not in escalation["teams"]
    ]
    problems += [
        f"{path.name} line {line_of(escalation, ['owners', name])}: owners.{name}: there is no such team."
        for name in escalation.get("owners", {})
        if name not in escalation["teams"]
    ]
    needed = (
        *escalation["severe"],
        "asked",
        "assistant_failed",
        "above_limit",
        "unsettled",
        "remedy_failed",
        "promise_missed",
        "damages",
        "not_put_right",
        "not_put_right_again",
    )
    problems += [
        f"{path.name} line {line_of(escalation, ['reasons'])}: reasons needs a row for {name!r}."
        for name in dict.fromkeys(needed)
        if name not in escalation["reasons"]
    ]
    if problems:
        raise BadPolicy("\n".join(problems))


def _check_follow_up(follow_up: Any, escalation: Any) -> None:
    """Reasons after which nobody is asked must be reasons there are."""
    unknown = [one for one in follow_up["never_after"] if one not in escalation["reasons"]]
    if unknown:
        line = line_of(follow_up, ["never_after"])
        raise BadPolicy(f"follow_up.yml line {line}: never_after: there is no reason {unknown[0]!r} in escalation.yml.")


def _check_retention(days: Any, hours: Any) -> None:
    wrong = misfits(RetentionPolicy(**days), hours.get("unseen", {}).get("link_days", 7))
    if wrong:
        raise BadPolicy("\n".join(f"retention.yml line {line_of(days, [name])}: {name}: {why}" for name, why in wrong))


def _check_report(counts: Any) -> None:
    days = counts["came_back_days"]
    if days["soon"] >= days["later"]:
        raise BadPolicy(f"report.yml line {line_of(counts, ['came_back_days'])}: came_back_days: soon must be less than later.")


def _check_clocks(clocks: Any, escalation: Any) -> None:
    """What is urgent is not slower, nothing is settled before it is answered, and no reason promises more than its clock gives."""
    problems: list[str] = []
    for name in ClockName:
        line, minutes = line_of(clocks, [str(name)]), clocks[str(name)]
        if not minutes["urgent"] <= minutes["high"] <= minutes["normal"]:
            problems.append(f"clocks.yml line {line}: {name}: urgent must not be longer than high, nor high than normal.")
    for priority in PRIORITIES:
        if clocks["resolution"][priority] < clocks["first_reply"][priority]:
            where = f"clocks.yml line {line_of(clocks, ['resolution', priority])}: resolution.{priority}"
            problems.append(f"{where}: a case cannot be settled before it is answered: give it at least {clocks['first_reply'][priority]}.")
    for reason, row in escalation["reasons"].items():
        most = clocks["first_reply"][row["priority"]]
        if row["reply_within"] > most:
            where = f"escalation.yml line {line_of(escalation, ['reasons', reason])}: reasons.{reason}"
            problems.append(f"{where}: reply_within is {row['reply_within']}; clocks.yml gives {row['priority']} a first reply in {most}.")
    if problems:
        raise BadPolicy("\n".join(problems))


def _clocks(content: Any) -> ClockPolicy:
    minutes = {name: {priority: int(content[str(name)][priority]) for priority in PRIORITIES} for name in ClockName}
    return ClockPolicy(minutes, {name: int(content["warn_before"][str(name)]) for name in ClockName})


def _assignment(content: Any) -> Assignment:
    return Assignment(Mode(content.get("mode", USUAL.mode)), content.get("offer_seconds", USUAL.offer_seconds))


def _follow_up(content: Any) -> FollowUpPolicy:
    reasons, severity = tuple(content["never_after"]), Severity(content["calls_from"])
    days = (content["after_hours"], content["remind_days"], content["lapse_days"])
    share = content.get("effort_percent", 0)
    return FollowUpPolicy(*days, never_after=reasons, calls_from=severity, call_days=content["call_days"], effort_percent=share)


def _learning(content: Any) -> LearningPolicy:
    types = {Issue(name): FailureType(word) for name, word in content["failure_types"].items()}
    kinds = [
        ProductKind(name, tuple(row["skus"]), FailureType(row["failure_type"])) for name, row in content.get("product_kinds", {}).items()
    ]
    return LearningPolicy(types, FailureType(content["unknown"]), tuple(kinds), content["finish_days"], content["recurrence_days"])


def _jurisdiction(shop: Any, content: Any) -> Jurisdiction:
    code, known = shop["jurisdiction"], content["jurisdictions"]
    if code not in known:
        where = f"shop.yml line {line_of(shop, ['jurisdiction'])}"
        raise BadPolicy(f"{where}: jurisdictions.yml has no {code!r}: use one of {', '.join(sorted(known))}, or add it there.")
    return Jurisdiction(code, AdmissionMode(known[code]["admission"]), known[code]["source"])


def _authority(content: Any, leads: Any) -> Authority:
    fuses = content["fuses"]
    per_day = _limit(fuses["per_day"]) if "per_day" in fuses else None
    agent, lead = _limit(content["agent"]), _limit(content["lead"])
    for currency, most in agent.items():
        if currency not in lead or lead[currency] < most:
            raise BadPolicy(
                f"authority.yml line {line_of(content, ['lead'])}: a lead must be able to grant in {currency} what an agent can."
            )
    bands = content["bands"]
    if bands["second"] < bands["first"]:
        raise BadPolicy(f"authority.yml line {line_of(content, ['bands', 'second'])}: a second failure must not allow less than a first.")
    return Authority(
        {Role.AGENT: agent, Role.LEAD: lead},
        _limit(content["four_eyes"]),
        Fuses(fuses["goodwill_days"], fuses["goodwill_count"], fuses["goodwill_share"], per_day),
        (bands["first"], bands["second"]),
        tuple(leads),
    )


def _quiet(content: Any) -> tuple[time, time]:
    begins, ends = content.get("quiet", ("21:00", "08:00"))
    return time.fromisoformat(begins), time.fromisoformat(ends)


def _needs(content: Any, limits: Any, jurisdiction: Jurisdiction, known: Any) -> Needs:
    return Needs(tuple(content["needs"]), tuple(_rule(row, limits, jurisdiction, known["jurisdictions"]) for row in content["options"]))


def _statutory(row: Any, jurisdiction: Jurisdiction, known: Any) -> bool:
    """Whether the law gives it: everywhere, or where the shop is."""
    where = row.get("statutory", False)
    if isinstance(where, bool):
        return where
    unknown = [code for code in where if code not in known]
    if unknown:
        raise BadPolicy(f"remedies.yml line {row.lc.line + 1}: jurisdictions.yml has no {unknown[0]!r}.")
    return jurisdiction.code in where


def _window(row: Any, jurisdiction: Jurisdiction, known: Any) -> int | None:
    """Its days, everywhere alike or by jurisdiction; where the shop's is not named, it has no end."""
    days: Any = row.get("within_days")
    if not isinstance(days, Mapping):
        return None if days is None else int(days)
    unknown = [code for code in days if code not in known]
    if unknown:
        raise BadPolicy(f"remedies.yml line {row.lc.line + 1}: jurisdictions.yml has no {unknown[0]!r}.")
    return int(days[jurisdiction.code]) if jurisdiction.code in days else None


def _rule(row: Any, limits: Any, jurisdiction: Jurisdiction, known: Any) -> Rule:
    name = row.get("limit")
    if name and name not in limits:
        raise BadPolicy(f"remedies.yml line {row.lc.line + 1}: there is no limit {name!r}.")
    return Rule(
        kind=RemedyKind(row["kind"]),
        wording=row["wording"],
        when={key: tuple(values) for key, values in row.get("when", {}).items()},
        of=row.get("of"),
        percent=row.get("percent", 100),
        bot_limit=_limit(limits[name]) if name else None,
        approval=row.get("approval", "above_limit"),
        statutory=_statutory(row, jurisdiction, known),
        due_days=row["due_days"],
        needs=tuple(row.get("needs", ())),
        within_days=_window(row, jurisdiction, known),
    )


def _limit(amounts: Mapping[str, str]) -> Mapping[str, Money]:
    return {currency: Money.of(Decimal(str(amount)), currency) for currency, amount in amounts.items()}


def _hours(shop: Any, content: Any, folder: Path) -> Hours:
    try:
        zone = ZoneInfo(shop["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        raise BadPolicy(
            f"shop.yml line {line_of(shop, ['time_zone'])}: {shop['time_zone']!r} is no time zone such as Europe/London."
        ) from None
    weekly = {day: _spans(content, name) for day, name in enumerate(WEEKDAYS)}
    hours = Hours(zone, weekly, frozenset(_holiday(content, place) for place in range(len(content.get("holidays", ())))))
    try:
        due_within(hours, now(), 1)
    except ValueError:
        raise BadPolicy(
            f"hours.yml line {line_of(content, ['hours'])}: nobody is ever there: give at least one weekday its hours."
        ) from None
    return hours


def _spans(content: Any, day: str) -> tuple[tuple[time, time], ...]:
    spans = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in content["hours"].get(day, ()))
    ends = [instant for span in spans for instant in span]
    if any(earlier >= later for earlier, later in pairwise(ends)):
        where = f"hours.yml line {line_of(content, ['hours', day])}: {day}"
        raise BadPolicy(f"{where}: a span must open before it closes, and after the one before.")
    return spans


def _holiday(content: Any, place: int) -> date:
    said = str(content["holidays"][place])
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise BadPolicy(f"hours.yml line {line_of(content, ['holidays', place])}: {said!r} is no date: {error}.") from None


def _digest(folder: Path) -> str:
    """Which text exactly was in force."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.yml")))).hexdigest()[:8]

"""The report over a simulated year: its numbers hold beside plain sums, what is planted is found, and its file fetches nothing."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.cases import periods
from bot.cases.case import Case, Promise, PromiseState
from bot.cases.conversation import Author, Message
from bot.cases.follow_up import FollowUpState
from bot.cases.learning_rules import LEARNS
from bot.cases.periods import Period, PeriodKind
from bot.cases.remedy import RemedyState
from bot.cases.report import Report, as_json
from bot.commands.demo_year import must_be_fresh, written
from bot.errors import BadInput, Conflict, NotAllowed, ReportFailed
from bot.handling.chains import verify
from bot.handling.report import period_of, report
from bot.handling.shop import Shop
from bot.providers.reporter import SeparateReporter
from bot.reports import rendering
from bot.settings import read
from bot.simulation.stories import Planted
from bot.store import bulk, schema, tables
from bot.store.database import Database
from tests.desks import a_desk
from tests.doors import a_shop

NOW = datetime(2026, 11, 29, 15, tzinfo=timezone.utc)
CASES = 300


@dataclass(frozen=True)
class Played:
    """A year in a store of its own; tests only read it."""

    database: Database
    shop: Shop
    planted: Planted

    def month(self, at: datetime) -> Report:
        return self._of(PeriodKind.MONTH, at)

    def week(self, at: datetime) -> Report:
        return self._of(PeriodKind.WEEK, at)

    def _of(self, kind: PeriodKind, at: datetime) -> Report:
        zone = self.shop.policy.hours.zone
        return report(self.shop, periods.of(kind, at.astimezone(zone).date(), zone), NOW)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Any:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('year') / 'year.db'}")
    schema.upgrade(database)
    shop = a_shop(database)
    drawn = written(database, shop, CASES, 7, NOW, lambda _now: None)
    yield Played(database, shop, drawn.planted)
    database.close()


@dataclass
class Plain:
    """A case with everything that hangs on it, read one by one, and sums over it that share nothing with the report's queries."""

    case: Case
    said: list[Message]
    promises: list[Any]
    escalations: list[Any]
    rounds: list[Any]
    remedies: list[Any]
    facts: dict[str, str]
    approvals: int
    later: list[datetime]  # when further cases of the customer about the same were opened

    @property
    def is_complaint(self) -> bool:
        return self.case.issue is not None or "enquiry" not in self.facts

    def contacts_again(self) -> list[datetime]:
        found, last = [], None
        for one in self.said:
            if one.author is Author.SYSTEM:
                continue
            is_new = last is not None and one.at - last > timedelta(hours=24)
            answers = any(r.asked_at and r.asked_at <= one.at and (r.ended_at is None or one.at <= r.ended_at) for r in self.rounds)
            if one.author is Author.CUSTOMER and is_new and not answers:
                found.append(one.at)
            last = one.at
        return found + self.later

    def came_back(self, days: int) -> bool:
        return any(at <= self.case.created_at + timedelta(days=days) for at in self.contacts_again())

    @property
    def had_person(self) -> bool:
        return bool(self.escalations or self.approvals or any(one.author is Author.AGENT for one in self.said))

    @property
    def said_yes(self) -> bool:
        outcomes = [str(one.outcome) for one in self.rounds if one.outcome]
        poor = any(one.outcome not in (None, "yes") or (one.satisfaction or 5) <= 2 or (one.effort or 7) <= 3 for one in self.rounds)
        return outcomes[-1:] == ["yes"] and not poor


def plainly(played: Played) -> list[Plain]:
    found = []
    with played.database.begin(False) as uow:
        cases = uow.cases.list()
        for case in cases:
            alike = [one for one in cases if one.issue and one.issue is case.issue and one.created_at > case.created_at]
            same = [one.created_at for one in alike if case.customer_id and one.customer_id == case.customer_id]
            remedies = uow.remedies.of(case.id)
            said = [one for one in uow.messages.of(case.conversation_id) if one.case_id == case.id]
            facts = {one.name: one.value for one in uow.cases.facts(case.id)}
            hung = (uow.cases.promises(case.id), uow.cases.escalations(case.id), uow.follow_ups.of(case.id), remedies)
            decided = sum(len(uow.remedies.approvals(one.id)) for one in remedies)
            found.append(Plain(case, said, *hung, facts, decided, same))
    return found


def share(judged: list[bool]) -> tuple[float | None, int]:
    return (sum(judged) / len(judged) if judged else None, len(judged))


def test_the_numbers_of_a_month_are_those_that_plain_sums_give(year: Played) -> None:
    told = year.month(datetime(2026, 9, 15, tzinfo=timezone.utc))
    month, every = told.period, plainly(year)
    opened = [one for one in every if month.holds(one.case.created_at)]
    complaints = [one for one in opened if one.is_complaint]
    assert sorted(told.opened) == sorted(one.case.reference for one in complaints) and len(complaints) > 15
    assert told.enquiries == len(opened) - len(complaints)

    def value(key: str) -> tuple[float | None, int]:
        return (told.figure(key).value, told.figure(key).of)

    assert value("resolved_alone") == share([one.said_yes and not one.had_person and not one.came_back(7) for one in complaints])
    assert value("first_contact") == share([one.said_yes and not one.came_back(7) for one in complaints])
    assert value("back_soon") == share([one.came_back(7) for one in complaints])
    assert value("back_later") == share([one.came_back(30) for one in complaints])
    due = [p for one in every for p in one.promises if month.holds(p.due_at) and p.state is not PromiseState.WITHDRAWN]
    assert value("promises_kept") == share([one.state is PromiseState.KEPT for one in due])
    missed = [one for one in due if one.state is not PromiseState.KEPT]
    assert value("told_before") == share([one.told_at is not None and one.told_at <= one.due_at for one in missed])
    asked = [r for one in every for r in one.rounds if month.holds(r.asked_at)]
    assert value("satisfied") == share([r.satisfaction >= 4 for r in asked if r.satisfaction])
    assert value("answered") == share(
        [r.outcome is not None for r in asked if r.state not in (FollowUpState.ASKED, FollowUpState.REMINDED)]
    )
    effort = [r.effort for r in asked if r.effort]
    assert value("effort") == (sum(effort) / len(effort) if effort else None, len(effort))
    waited = [(one.case.first_reply_at - one.case.created_at).total_seconds() for one in complaints if one.case.first_reply_at]
    assert told.figure("first_reply").value == pytest.approx(median(waited))
    brought = [e for one in every for e in one.escalations if month.holds(e.at)]
    wanted = [(e.answered_at - e.at).total_seconds() for e in brought if e.reason == "asked" and e.answered_at]
    assert told.figure("to_person").value == (pytest.approx(median(wanted)) if wanted else None)
    assert value("person_in_time") == share([bool(e.answered_at and e.answered_at <= e.due_at) for e in brought])
    sorry = [
        sum(one.author is not Author.CUSTOMER and bool(re.search("sorry|apolog", one.text, re.I)) for one in c.said) for c in complaints
    ]
    assert told.figure("apologies").value == pytest.approx(sum(sorry) / len(sorry))
    moved = Counter[tuple[str, str]]()
    for one in (r for plain in every for r in plain.remedies if month.holds(r.settled_at) and r.worth is not None):
        assert one.state is RemedyState.SETTLED
        moved[(str(one.kind), one.worth.currency)] += one.worth.minor
    assert {(one.kind, one.currency): one.minor for one in told.costs} == dict(moved)
    assert {one.name: len(one.cases) for one in told.rows["issue"]} == Counter(str(one.case.issue) for one in complaints)
    assert told.counts[-2].cases == sum(one.is_complaint and month.before().holds(one.case.created_at) for one in every)


def test_what_is_planted_is_found(year: Played) -> None:
    week = year.week(year.planted.cause_day + timedelta(days=3))
    assert "Walnut Desk Lamp" in [one.where for one in week.causes[:3] if one.issue == "damaged_or_defective"]
    lamp = next(one for one in week.causes if one.where == "Walnut Desk Lamp")
    assert (
        lamp.carriers[0][0] == "Kestrel Freight" and dict(lamp.root_causes).get("supplier", 0) >= 1 and sum(lamp.before) < len(lamp.cases)
    )
    assert ("damaged_or_defective", "Walnut Desk Lamp") in [(one.issue, one.value) for one in week.unusual]
    stormy = year.month(year.planted.incident_day + timedelta(days=1))
    assert (stormy.causes[0].where, stormy.causes[0].is_incident) == (year.planted.incident, True)
    done = year.month(year.planted.fix_done + timedelta(days=1))
    (fix,) = done.improvements
    assert fix.sku == year.planted.fix_sku and fix.came_back == () and fix.has_ended
    assert fix.recurrence == f"no recurrence in {LEARNS.recurrence_days} of {LEARNS.recurrence_days} days"
    c, i = tables.cases.c, tables.items.c
    mugs = select(c.created_at).join(tables.items, i.order_number == c.order_number).where(i.sku == fix.sku, c.issue == fix.issue)
    with year.database.begin(False) as uow:
        mixed_up = [*uow.session.execute(mugs).scalars()]
    assert len(mixed_up) > 4 and max(mixed_up) < year.planted.fix_done
    rude = year.month(year.planted.rude_day + timedelta(days=14))
    quiet = year.month(year.planted.rude_day - timedelta(days=40))
    unkind = [sum(len(row.cases) for row in told.rows["issue"] if row.name == "staff_conduct") for told in (rude, quiet)]
    assert unkind[0] > 2 * unkind[1] and unkind[0] > 2
    assert all(one.examples and one.cases for told in (rude, week, stormy, done) for one in told.needs) and (rude.needs or done.needs)


def test_what_is_played_is_sealed_and_whole(year: Played) -> None:
    found = verify(year.shop, None)
    assert not found.broken and found.chains > CASES


def test_it_says_the_same_on_postgresql(year: Played, clean: Database) -> None:
    with year.database.begin(False) as here, clean.begin() as there:
        for table in tables.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in here.session.execute(select(table))]
            if rows:
                there.session.execute(insert(table), rows)
        bulk.number_on(there.session)
    for told in (year.month(datetime(2026, 9, 15, tzinfo=timezone.utc)), year.week(year.planted.cause_day + timedelta(days=3))):
        assert as_json(report(a_shop(clean), told.period, NOW)) == as_json(told)
    with clean.begin() as uow:  # what comes next has a number of its own
        uow.add(Promise(uow.cases.list()[0].id, "own_word", "care", NOW, NOW))


def test_a_period_in_which_nothing_happened_says_so(year: Played) -> None:
    long_ago = report(year.shop, Period(PeriodKind.WEEK, datetime(2024, 3, 4).date(), year.shop.policy.hours.zone), NOW)
    assert long_ago.is_empty and not long_ago.is_compared
    assert "Nothing happened in this week" in rendering.html(long_ago)
    assert "Nothing happened in this week" in rendering.written(long_ago, "md")
    assert json.loads(rendering.written(long_ago, "json"))["opened"] == []
    assert {row[4] for row in csv.reader(io.StringIO(rendering.written(long_ago, "csv")))} == {"value", "0", ""}


def test_the_file_fetches_nothing_and_every_link_in_it_leads_somewhere(year: Played) -> None:
    told = year.month(datetime(2026, 5, 15, tzinfo=timezone.utc))
    page = rendering.html(told)
    assert not re.search(r"https?:|//|<script|\bsrc=|@import|@font-face| style=| on[a-z]+=", page)
    assert set(re.findall(r"url\((.+?)\)", page)) == {"#p-helped", "#p-not_right", "#p-silent", "#p-before"}
    assert 'href="/' not in page and "https://shop.example/desk#/chat/A-" in rendering.html(told, "https://shop.example/desk")
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(re.findall(r'id="([^"]+)"', page)) and len(links) > 40
    assert len(re.findall(r"<svg [^>]*role=\"img\" aria-label=\"[^\"]+\"", page)) > 8
    at_desk = rendering.html(told, "", rendering.AtDesk("/desk/report/report.css", lambda name: f"/desk/report/cases?list={name}", PICKER))
    assert "<style" not in at_desk and " style=" not in at_desk
    text = rendering.written(told, "md")
    assert "| Put right by the assistant alone |" in text and "\n\n\n" not in text


PICKER = {"day": "", "week": "", "month": "2026-05", "before": "/desk/report?month=2026-04", "after": None, "files": []}


def test_developers_chats_and_customers_words_stay_out(year: Played) -> None:
    september = datetime(2026, 9, 15, tzinfo=timezone.utc)
    before = year.month(september)
    reference = before.opened[0]
    _move(year, reference, "dev")
    try:
        assert {*before.opened} - {*year.month(september).opened} == {reference}
    finally:
        _move(year, reference, "website")
    held = rendering.written(before, "json")
    assert "@example.com" not in held and not re.search(r"\bY1\d{5}\b", held)


def _move(year: Played, reference: str, channel: str) -> None:
    """A case to another channel; all of them are of the website."""
    with year.database.begin() as uow:
        uow.session.execute(update(tables.cases).where(tables.cases.c.reference == reference).values(channel=channel))


def test_what_cannot_be_told_is_said_in_words(year: Played, tmp_path: Path) -> None:
    assert period_of(year.shop, NOW).title == "16 to 22 November 2026"
    for asked, why in (
        ({"week": "2026-W60"}, "is no week: write a week such as"),
        ({"month": "2027-05"}, "has not begun yet"),
        ({"day": "2026-03-01", "month": "2026-03"}, "Ask for one period"),
    ):
        with pytest.raises(BadInput, match=why):
            period_of(year.shop, NOW, **asked)
    chosen = read({"AMENDS_VAR": str(tmp_path), "AMENDS_ENV": "development"})
    with pytest.raises(Conflict, match="There are cases in this database already"):
        must_be_fresh(chosen, year.database)
    with pytest.raises(NotAllowed, match="is for development"):
        must_be_fresh(read({"AMENDS_VAR": str(tmp_path), "AMENDS_ENV": "production"}), year.database)


@pytest.fixture
def shared_out(year: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one case on a report is worked out by two processes; the other one reads the same store."""
    monkeypatch.setattr("bot.handling.report.MANY", 1)
    for name, value in {"DATABASE_URL": year.database.url, "VAR": str(tmp_path), "ENV": "development"}.items():
        monkeypatch.setenv(f"AMENDS_{name}", value)


@pytest.mark.usefixtures("shared_out")
def test_two_processes_tell_what_one_tells(year: Played, tmp_path: Path) -> None:
    for told in (year.month(datetime(2026, 9, 15, tzinfo=timezone.utc)), year.week(year.planted.cause_day + timedelta(days=3))):
        assert any(one.cases for one in told.counts[:-1]) and any(value is not None for value in told.figures[0].before)
        assert as_json(report(year.shop, told.period, NOW, SeparateReporter())) == as_json(told)
    with a_desk(year.database, NOW, tmp_path) as desk:
        page = desk.person("Orla Auditor", "auditor").client.get("/desk/report?month=2026-05")
        assert page.status_code == 200 and "<h1>May 2026</h1>" in page.text


@pytest.mark.usefixtures("shared_out")
def test_a_helper_that_fails_is_told_in_words(year: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may = Period(PeriodKind.MONTH, datetime(2026, 5, 1).date(), year.shop.policy.hours.zone)
    with pytest.raises(ReportFailed, match="could not be worked out: its process was ended"):
        report(year.shop, may, NOW, SeparateReporter(longest=0.01))
    monkeypatch.setenv("AMENDS_DATABASE_URL", "nonsense")
    with pytest.raises(ReportFailed, match="AMENDS_DATABASE_URL is 'nonsense'"):
        report(year.shop, may, NOW, SeparateReporter())
    with a_desk(year.database, NOW, tmp_path) as desk:
        page = desk.person("Omar Auditor", "auditor").client.get("/desk/report?month=2026-05")
        assert page.status_code == 503 and "could not be worked out" in page.text and "amends report" in page.text


def test_at_the_desk_leads_owners_and_auditors_read_it(year: Played, tmp_path: Path) -> None:
    with a_desk(year.database, NOW, tmp_path) as desk:
        agent, auditor = desk.person("Ida Reader"), desk.person("Olga Auditor", "auditor")
        refused = agent.client.get("/desk/report")
        assert refused.status_code == 403 and "Ask a lead or the owner" in refused.text
        page = auditor.client.get("/desk/report?month=2026-05")
        assert page.status_code == 200 and "<h1>May 2026</h1>" in page.text
        assert "style-src 'self'" in page.headers["content-security-policy"] and page.headers["cache-control"] == "no-store"
        link = re.search(r'href="(/desk/report/cases\?[^"]*list=cause%3A1[^"]*)"', page.text)
        assert link
        listed = auditor.client.get(link[1].replace("&amp;", "&"))
        references = re.findall(r'href="/desk#/chat/(A-[A-Z0-9]+)"', listed.text)
        assert sorted(references) == sorted(year.month(datetime(2026, 5, 15, tzinfo=timezone.utc)).causes[0].cases)
        for kind in ("html", "md", "csv", "json"):
            file = auditor.client.get(f"/desk/report/file?month=2026-05&format={kind}")
            assert file.status_code == 200 and f'filename="report-2026-05.{kind}"' in file.headers["content-disposition"]
        for address, status in (("?week=soon", 400), ("/file?format=pdf", 400), ("/cases?list=nothing", 404)):
            said = auditor.client.get(f"/desk/report{address}")
            assert (said.status_code, "This report cannot be shown" in said.text) == (status, True)
        auditor.client.cookies.clear()
        assert auditor.client.get("/desk/report", follow_redirects=False).headers["location"] == "/desk/sign-in"

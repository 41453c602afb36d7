"""Writes a report as HTML, Markdown, CSV or JSON."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.cases.report import Report, as_json, csv_rows
from bot.reports import charts, shown
from bot.reports.words import DIMENSIONS, ENDS, FIGURES, HEADLINE, beside, plain

HERE = Path(__file__).parent
CSS = HERE / "static" / "report.css"
MOST_LISTED = 60  # references under one figure of a file; all are in the CSV and JSON
FORMATS = ("html", "md", "csv", "json")


@dataclass(frozen=True)
class AtDesk:
    """How the report stands at the desk. `list_address`: of the cases behind a figure, by the name of their list."""

    css: str
    list_address: Callable[[str], str]
    picker: Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """The cases behind one figure, at the end of a file."""

    anchor: str
    title: str
    total: int
    references: tuple[str, ...] = field(default_factory=tuple)


def written(report: Report, kind: str, desk: str = "") -> str:
    """One of FORMATS. `desk`: the address of the desk, to which each reference leads where it is known."""
    if kind == "json":
        return json.dumps(as_json(report), ensure_ascii=False, indent=1) + "\n"
    if kind == "csv":
        return _csv(report)
    return html(report, desk) if kind == "html" else markdown(report)


def html(report: Report, desk: str = "", at_desk: AtDesk | None = None) -> str:
    """One file that fetches nothing; at the desk a page whose figures lead to lists of cases."""
    names = _anchors(report)
    page = {
        "css_link": at_desk.css if at_desk else None,
        "css": "" if at_desk else CSS.read_text(encoding="utf-8"),
        "picker": at_desk.picker if at_desk else None,
        "link": at_desk.list_address if at_desk else lambda name: f"#{names[name]}",
        "lists": [] if at_desk else _lists(report, names),
        "opens": bool(desk or at_desk),
        "case_link": lambda reference: case_link(desk, reference),
    }
    return str(_page("report.html.j2", True).render(**_values(report), **page))


def case_list(report: Report, name: str, rows: list[dict[str, Any]], back: str, css: str) -> str:
    """The desk's page of the cases behind one figure. `rows`: reference, issue, product, status, opened."""
    values = {"title": title_of(report, name), "rows": rows, "back": back, "css": css, "link": lambda ref: case_link("/desk", ref)}
    return str(_page("cases.html.j2", True).render(report=report, **values))


def problem(said: str, back: str, css: str) -> str:
    """The desk's page of what cannot be shown, in words."""
    return str(_page("problem.html.j2", True).render(said=said, back=back, css=css))


def case_link(desk: str, reference: str) -> str:
    """Where a case is opened at the desk."""
    return f"{desk or '/desk'}#/chat/{quote(reference)}"


def markdown(report: Report) -> str:
    text = _page("report.md.j2", False).render(**_values(report))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def title_of(report: Report, name: str) -> str:
    """What the cases of a list are, in words."""
    kind, _, rest = name.partition(":")
    if kind == "figure":
        key, _, is_rest = rest.partition(":")
        told = FIGURES[key]
        return f"{told.name}: {(told.others or 'the others') if is_rest else told.counts}"
    if kind in DIMENSIONS:
        return f"{DIMENSIONS[kind]}: {plain(rest) if kind != 'product' else rest}"
    if kind == "cause":
        one = report.causes[int(rest) - 1]
        return f"{plain(one.issue)}, {one.where}"
    if kind == "unusual":
        new = report.unusual[int(rest) - 1]
        return f"New: {plain(new.issue)} {beside(new)}"
    named = {
        "opened": "Complaints opened",
        "missed": f"Promises missed: {plain(rest)}",
        "cost": f"Remedies that took effect: {plain(rest.rpartition(':')[2])}",
        "decision": "Decided by people",
        "need": "What to train",
        "improvement": f"The same cause again after {rest}",
    }
    return named[kind]


def _values(report: Report) -> dict[str, Any]:
    totals: dict[str, int] = {}
    for one in report.costs:
        totals[one.currency] = totals.get(one.currency, 0) + one.minor
    most = max((sum(counts.values()) for name, counts in report.ends.items() if name != "all"), default=0)
    sums = {name: sum(counts.values()) for name, counts in report.ends.items()}
    return {
        "report": report,
        "made": f"{report.made_at.astimezone(report.period.zone):%A %-d %B %Y, %H:%M}",
        "headline": [report.figure(key) for key in HEADLINE],
        "opened_change": _opened_change(report),
        "totals": totals.items(),
        "met": lambda one: shown.is_met(one, report.targets.get(one.key)),
        "goal": lambda one: shown.goal(one, report.targets.get(one.key)),
        "end_bar": lambda counts, name: charts.ends(counts, sums[name] if name == "all" else most),
        "periods": lambda counts: charts.periods(counts, f"Complaints by {report.period.kind}: {counts[-1].cases} in this one"),
    }


def _opened_change(report: Report) -> str:
    """Beside the period before."""
    if len(report.counts) < 2:
        return ""
    now, then = report.counts[-1].cases, report.counts[-2].cases
    if now == then:
        return f"As many as the {report.period.kind} before."
    return f"{'Up' if now > then else 'Down'} from {then:,} the {report.period.kind} before."


def _anchors(report: Report) -> dict[str, str]:
    """By number: names of products may be written in any letters."""
    return {name: f"list-{number}" for number, (name, _) in enumerate(report.lists(), 1)}


def _lists(report: Report, anchors: Mapping[str, str]) -> list[Listed]:
    found = [(name, refs) for name, refs in report.lists() if refs and _is_linked(name)]
    return [Listed(anchors[name], title_of(report, name), len(refs), refs[:MOST_LISTED]) for name, refs in found]


def _is_linked(name: str) -> bool:
    """The others of some figures, such as those who did not come back, are of no use to anybody."""
    kind, _, rest = name.partition(":")
    return kind != "figure" or not rest.endswith(":rest") or bool(FIGURES[rest.removesuffix(":rest")].others)


def _csv(report: Report) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_harmless(cell) for cell in row] for row in csv_rows(report))
    return out.getvalue()


def _harmless(cell: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


@cache
def _page(name: str, is_html: bool) -> Any:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=is_html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        words=FIGURES,
        ends=ENDS,
        dimensions=DIMENSIONS,
        plain=plain,
        beside=beside,
        nothing=shown.NOTHING,
        value_of=shown.value_of,
        in_unit=shown.in_unit,
        percent=shown.percent,
        money=shown.money,
        change=shown.change,
        counted=shown.counted,
        patterns=charts.PATTERNS,
        swatch=charts.swatch,
        weight=charts.weight,
        line=charts.line,
    )
    return made.get_template(name)

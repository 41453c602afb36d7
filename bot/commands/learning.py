"""`amends learning list`, `show` and `finish`; `amends improvements list`, `add` and `done`."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.cases.desk import Agent
from bot.cases.instants import instant_in
from bot.commands.shop import ready_shop
from bot.commands.tables import console
from bot.handling import improvements, learning_deeds, learning_views
from bot.handling.lessons import somebody
from bot.handling.shop import Shop

Found = dict[str, Any]
SHOWN = (
    "issue",
    "product",
    "sku",
    "failure_type",
    "fault",
    "customer_words",
    "root_cause",
    "cause",
    "whys",
    "controllable",
    "prevent",
    "action",
)
SHOWN_AFTER = ("skill", "team", "assignee", "due_at", "finished_by", "finished_at", "improvement", "again", "wants_to_know", "told_at")


def show_records(which: str, as_json: bool) -> None:
    """As a table or as JSON Lines."""
    shop = ready_shop()
    rows = learning_views.records(shop, None, which, clock.now())
    if as_json:
        return _lines(rows)
    heads = ("case", "issue", "product", "root cause", "due", "assignee", "improvement")
    _table(
        heads,
        ((row["case"], row["issue"], row["product"], row["root_cause"], _due(shop, row), row["assignee"], _again(row)) for row in rows),
        "No records.",
    )


def show_record(reference: str, as_json: bool) -> None:
    """All that one holds."""
    found = learning_views.shown(ready_shop(), None, reference, clock.now())
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for name in (*SHOWN, *SHOWN_AFTER):
        table.add_row(name.replace("_", " "), escape(_said(found[name])))
    console().print(table)


def finish_one(reference: str, agent: str, said: Mapping[str, Any], alike: bool) -> None:
    shop, now = ready_shop(), clock.now()
    who = _who(shop, agent)
    record = learning_deeds.finish(shop, who, reference, said, now)
    linked = f" It leads to {record.improvement_id}." if record.improvement_id else ""
    others = learning_deeds.finish_alike(shop, who, reference, now) if alike else 0
    print(f"The record of {reference.upper()} is finished.{linked}{f' So are {others} like it.' if alike else ''}")


def show_improvements(which: str, as_json: bool) -> None:
    """As a table or as JSON Lines."""
    shop = ready_shop()
    rows = learning_views.improvements(shop, which, clock.now())
    if as_json:
        return _lines(rows)
    heads = ("id", "what", "about", "assignee", "due", "done", "came back", "cases")
    _table(heads, ((row["id"], row["title"], _about(row), row["assignee"], *_ends(shop, row)) for row in rows), "No improvements.")


def add_one(agent: str, said: Mapping[str, Any]) -> None:
    shop, now = ready_shop(), clock.now()
    made = improvements.add(shop, _who(shop, agent), said, now)
    print(f"{made.id}: {made.assignee} does it by {_day(shop, made.due_at)}.")


def done_one(improvement: str, agent: str, words: str) -> None:
    shop, now = ready_shop(), clock.now()
    found = improvements.done(shop, _who(shop, agent), improvement, {"what_changed": words}, now)
    count = improvements.waiting(shop, found.id) if found.what_changed else 0
    told = f"{count} {'customer reads' if count == 1 else 'customers read'} what changed, by day." if count else "Nobody is told."
    print(f"{found.id} is done. {told}")


def _who(shop: Shop, name: str) -> Agent:
    with shop.begin(False) as uow:
        return somebody(uow, name, clock.now())


def _lines(rows: Iterable[Found]) -> None:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]], none: str) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, no_wrap=head in ("case", "id", "due", "done"))
    for row in rows:
        table.add_row(*(escape(str(cell or "-")) for cell in row))
    console().print(table if table.row_count else none)


def _day(shop: Shop, at: datetime | None) -> str | None:
    """The day by the shop's own clock."""
    return f"{at.astimezone(shop.policy.hours.zone):%Y-%m-%d}" if at else None


def _due(shop: Shop, row: Found) -> str:
    due = _day(shop, instant_in(row["due_at"]))
    return "finished" if row.get("finished_at") else f"{due}{', overdue' if row['overdue'] else ''}"


def _again(row: Found) -> str | None:
    if not row["improvement"]:
        return None
    return f"{row['improvement']['id']}{', ' + row['again']['words'] if row['again'] else ''}"


def _about(row: Found) -> str:
    return ", ".join(one for one in (row["issue"], row["root_cause"], row["sku"]) if one)


def _ends(shop: Shop, row: Found) -> tuple[object, ...]:
    done = _day(shop, instant_in(row["done_at"] or ""))
    return _due(shop, row), done, row["again"] and row["again"]["words"], len(row["cases"])


def _said(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return str(value.get("words") or f"{value.get('title')} ({value.get('id')})")
    return str(value)

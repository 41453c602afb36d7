"""`amends incidents open`, `news`, `close`, `list`, `show`, `tell` and `suggest`."""

import json
import sys
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.cases.instants import instant
from bot.commands.shop import ready_shop
from bot.handling import incidents
from bot.handling.reach import Reach, reach
from bot.handling.telling import First, tell_first
from bot.store.demo import resolved
from bot.store.order_files import read_incident, read_instant

WIDTH = 110  # where there is no terminal


def open_one(raw: dict[str, Any], who: str) -> None:
    """`raw` is in the import format; its instants may be told from now on."""
    now = clock.now()
    incident = read_incident(resolved(raw, now))
    shop = ready_shop()
    told = incidents.open_incident(shop, incident, who, now)
    found = reach(shop, incident.code, now)
    print(f"{incident.code} is open. It touches {found.orders} orders of {found.customers} customers by now.")
    print(f"{told.chats} customers with an open case read it in their chats. For the others: amends incidents tell {incident.code}")


def news_of(code: str, explanation: str, action: str, next_news: str, who: str) -> None:
    now = clock.now()
    at = _instant(next_news, now) if next_news else None
    told = incidents.tell_news(ready_shop(), code, who, now, explanation=explanation or None, action=action or None, next_news=at)
    print(f"{told.chats} customers who wait read it in their chats.")


def close_one(code: str, words: str, at: str, who: str) -> None:
    now = clock.now()
    told = incidents.close(ready_shop(), code, who, words, _instant(at, now), now)
    print(f"{code} is over. {told.chats} customers who waited read it in their chats, {told.letters} who were told first by mail.")


def show_list(as_json: bool) -> None:
    """Every incident with how far it reaches."""
    shop, now = ready_shop(), clock.now()
    found = [reach(shop, one.code, now) for one in shop.orders.incidents()]
    if as_json:
        for one in found:
            sys.stdout.write(json.dumps(_as_json(one), ensure_ascii=False) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("incident", "title", "since", "until", "next news", "orders", "customers", "cases"):
        table.add_column(head, no_wrap=head != "title")
    for one in found:
        incident = one.incident
        until, news = _at(incident.ended_at), _at(incident.next_update_at)
        counts = map(str, (one.orders, one.customers, one.complaints))
        table.add_row(escape(incident.code), escape(incident.title), _at(incident.started_at), until, news, *counts)
    _console().print(table if found else "No incidents.")


def show_one(code: str, as_json: bool) -> None:
    """One incident with all that is known of it."""
    found = reach(ready_shop(), code, clock.now())
    if as_json:
        print(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
        return
    incident = found.incident
    scope = "; ".join(f"{key} {', '.join(map(str, value))}" for key, value in _scope(found).items()) or "every order"
    pairs = (
        ("title", incident.title),
        ("fault", incident.fault),
        ("explains", ", ".join(incident.issues)),
        ("scope", scope),
        ("since, until", f"{_at(incident.started_at)}, {_at(incident.ended_at)}"),
        ("next news", _at(incident.next_update_at)),
        ("cause", incident.explanation),
        ("action", incident.action),
        ("one offer to all", incident.offer or "-"),
        ("orders", f"{found.in_scope} in its scope, {found.orders} touched by now, of {found.customers} customers"),
        ("complaints", f"{found.complaints}, {found.open_cases} open"),
        ("offered", _counts(found.offered)),
        ("filed", _counts(found.filed)),
        ("told", _counts(found.notices)),
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, escape(str(value)))
    _console().print(f"[bold]{escape(incident.code)}[/bold]")
    _console().print(table)


def tell_one(code: str, send: bool, who: str) -> None:
    """Shows the mail and the counts; with `send` it is queued."""
    found: First = tell_first(ready_shop(), code, who, clock.now(), send=send)
    if found.sample:
        print(f"Subject: {found.sample.subject}\n\n{found.sample.text}\n")
    deed = "queued" if found.queued else "would go out"
    print(f"{found.customers} mails {deed}, about {found.orders} orders. Left out: {found.complained} customers who have a case,", end=" ")
    print(f"{found.told} orders told before.")
    if not found.queued and found.orders:
        print(f"Nothing is sent yet. To send it: amends incidents tell {code} --send")


def show_suggestions() -> None:
    """What may have one cause."""
    found = incidents.suggestions(ready_shop(), clock.now())
    for issue, count in sorted(found.items(), key=lambda one: -one[1]):
        print(f"{count} complaints of {issue} within an hour: if they have one cause, amends incidents open --issue {issue} ...")
    if not found:
        print("Nothing to suggest.")


def _instant(said: str, now: datetime) -> datetime:
    return read_instant(resolved(said, now), "instant")


def _scope(found: Reach) -> dict[str, list[str]]:
    return {key: [_plain(one) for one in value] for key, value in found.incident.scope.items()}  # type: ignore[attr-defined]  # lists all


def _plain(value: object) -> str:
    return instant(value) if isinstance(value, datetime) else str(value)


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items()) or "-"


def _as_json(found: Reach) -> dict[str, Any]:
    incident = found.incident
    instants = {name: getattr(incident, name) for name in ("started_at", "ended_at", "next_update_at")}
    return {
        "code": incident.code,
        "title": incident.title,
        "fault": str(incident.fault),
        "issue_types": [str(one) for one in incident.issues],
        **{name: instant(at) for name, at in instants.items()},
        "scope": _scope(found),
        "explanation": incident.explanation,
        "action": incident.action,
        "published": incident.published,
        "offer": incident.offer,
        "orders_in_scope": found.in_scope,
        "orders_touched": found.orders,
        "customers_touched": found.customers,
        "complaints": found.complaints,
        "open_cases": found.open_cases,
        "offered": found.offered,
        "filed": found.filed,
        "notices": found.notices,
    }


def _at(instant: datetime | None) -> str:
    return f"{instant:%d %b %H:%M}" if instant else "-"


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)

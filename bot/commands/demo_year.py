"""`amends demo year`: a simulated year of the demo shop, so that a report has something to tell."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from rich.console import Console
from ruamel.yaml import YAML

from bot import clock, settings
from bot.bootstrap import open_passwords, open_shop
from bot.commands.shop import ready_database
from bot.errors import Conflict, NotAllowed
from bot.handling.shop import Shop
from bot.progress import Progress
from bot.settings import ROOT, Settings
from bot.simulation import year as years
from bot.simulation.stories import Year
from bot.store import bulk, tables
from bot.store.database import Database
from bot.store.demo import resolved
from bot.store.imports import import_incidents, import_orders
from bot.store.order_files import read_orders

FOLDER = ROOT / "data" / "shop"


def play_year(cases: int, seed: int) -> None:
    """Plays it into the database of the settings. Raises NotAllowed outside development, Conflict where real cases are."""
    chosen = settings.read()
    database = ready_database()
    must_be_fresh(chosen, database)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    shop = open_shop(chosen, database)
    with Progress(console, "A simulated year") as progress:
        drawn = written(database, shop, cases, seed, clock.now(), progress.tell)
    planted, zone = drawn.planted, drawn.zone
    sys.stdout.write(f"A year of {len(drawn.told)} cases is written. What is planted in it, and where a report shows it:\n")
    week = f"{planted.cause_day.astimezone(zone):%G-W%V}"
    for what, shown in (
        (f"an incident, {planted.incident}", f"amends report --month {planted.incident_day.astimezone(zone):%Y-%m}"),
        ("a month in which people were rude", f"amends report --month {planted.rude_day.astimezone(zone):%Y-%m}"),
        (f"a cause, {planted.cause_sku} damaged", f"amends report --week {week}"),
        (f"an end of a cause, {planted.fix_sku} mixed up", f"amends report --month {planted.fix_done.astimezone(zone):%Y-%m}"),
    ):
        sys.stdout.write(f"  {what:42} {shown}\n")


def must_be_fresh(chosen: Settings, database: Database) -> None:
    """Nobody's real cases stand beside made-up ones."""
    if chosen.env == "production":
        raise NotAllowed("A simulated year is for development: set AMENDS_ENV=development, and a database of its own.")
    if bulk.has_any(database, tables.cases):
        raise Conflict(
            "There are cases in this database already, and made-up ones must not stand beside them. "
            "Name an empty one, such as AMENDS_DATABASE_URL=sqlite:///year.db, and try again."
        )


def written(database: Database, shop: Shop, cases: int, seed: int, now: datetime, tell: Callable[[str], None]) -> Year:
    """Draws the year, brings in what it needs, plays it and writes it."""
    tell("drawing it")
    zone = shop.policy.hours.zone
    year = Year(_spec(), _shop_orders(now), now.astimezone(zone).date(), zone, cases, seed)
    lines = [json.dumps(one.order) for one in year.told]
    tell(f"importing {len(lines)} orders")
    import_orders(database, lines, False, now)
    import_incidents(database, [years.incident_line(year)], False, now)
    with database.begin(False) as uow:
        incident = uow.incidents.read(year.planted.incident)
    orders = {one.key: one.value for one in read_orders(lines)[0]}
    people = years.accounts(shop, open_passwords(), year.spec, year.begins)
    lead = next(one for one in people if one.name == years.LEAD)
    player = years.play(shop, year, year.told, orders, people, incident, now)
    player.improvement = years.plan_fix(shop, year, lead)
    for number in player.chunks():
        tell(f"{number} of {len(year.told)} cases")
        _put(database, player)
    years.finish_fix(shop, year, lead, player.improvement)
    return year


def _put(database: Database, player: years.Player) -> None:
    records, sent, lines, heads = player.work.take()
    with database.begin() as uow:
        bulk.put_records(uow.session, records)
        bulk.put_rows(uow.session, tables.outbox, sent)
        bulk.put_audit(uow.session, lines, heads)
        bulk.number_on(uow.session)


def _spec() -> Any:
    return YAML(typ="safe").load((FOLDER / "year.yml").read_text(encoding="utf-8"))


def _shop_orders(now: datetime) -> list[Any]:
    return [resolved(json.loads(line), now) for line in (FOLDER / "orders.jsonl").read_text(encoding="utf-8").splitlines()]

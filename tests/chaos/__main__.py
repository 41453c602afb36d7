"""Kills processes under load and prints what became of everything: make chaos, or python -m tests.chaos --kills 40."""

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bot import clock
from bot.store.database import Database
from tests.chaos.accounts import closed, rest
from tests.chaos.customers import Customers
from tests.chaos.receiving_shop import ReceivingShop
from tests.product import Product, running, wait_until

# Of ten kills: the assistant takes longest to come back, and is killed least often.
SHARES = {"assistant": 1, "actions": 3, "web": 3, "worker": 3}
SETTLES_S = 420


def main() -> int:
    """The exit code: 0 where nothing was lost, doubled or left open."""
    reader = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    reader.add_argument("--kills", type=int, default=200, help="how many in all")
    reader.add_argument("--customers", type=int, default=4, help="how many at once")
    reader.add_argument("--minutes", type=float, default=60, help="after which it kills no more")
    reader.add_argument("--seed", type=int, default=0, help="0: a new one, which is printed")
    given = reader.parse_args()
    seed = given.seed or secrets.randbelow(10**6) + 1
    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(f"Seed {seed}. Starting Amends.")
    secret = secrets.token_hex(16)
    shop = ReceivingShop(secret, seed)
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder), AMENDS_SHOP_WEBHOOK_URL=shop.url, AMENDS_SHOP_WEBHOOK_SECRET=secret) as product:
            shop.answers_to = product.url
            customers = Customers(product, given.customers, orders=given.kills * 6, seed=seed)
            customers.begin()
            began = time.monotonic()
            kills = _kill(product, shop, given.kills, given.minutes, random.Random(seed), console)
            customers.stop()
            shop.is_calm = True
            left = _settle(product, shop)
            accounts = closed(Database(product_database(product)), customers.talks, shop, clock.now())
            _print(console, kills, accounts.figures, shop, time.monotonic() - began, left)
    for one in accounts.wrong:
        console.print(one, style="red", markup=False)
    console.print(f"{len(accounts.wrong)} faults." if accounts.wrong else "Nothing lost, nothing doubled, every promise accounted for.")
    return int(bool(accounts.wrong) or left > 0)


def _kill(product: Product, shop: ReceivingShop, how_many: int, minutes: float, chance: random.Random, console: Console) -> Counter[str]:
    """Kills in bursts, each begun while all parts are at work: what is under way is what a kill may lose."""
    kills: Counter[str] = Counter()
    until = time.monotonic() + minutes * 60
    plan = [part for part, share in SHARES.items() for _ in range(how_many * share // sum(SHARES.values()))]
    plan += ["web"] * (how_many - len(plan))
    chance.shuffle(plan)
    burst = 0
    for number, part in enumerate(plan, start=1):
        if time.monotonic() > until:
            break
        if burst == 0:
            burst = chance.randint(1, 4)
            wait_until(product.is_ready, 180, "all parts to be ready")
            time.sleep(chance.uniform(1, 4))
        burst -= 1
        time.sleep(chance.uniform(0, 1.5))
        shop.answer_pending()
        _kill_one(product, part)
        kills[part] += 1
        if number % 20 == 0:
            console.print(f"{number} of {how_many} kills; the shop did {len(shop.effects)} things")
    wait_until(product.is_ready, 180, "all parts to be ready")
    return kills


def _kill_one(product: Product, part: str) -> None:
    for _ in range(300):  # it may be down from the kill before
        try:
            product.kill(part)
            return
        except (AssertionError, OSError, psutil.Error):
            time.sleep(0.2)


def _settle(product: Product, shop: ReceivingShop) -> int:
    """Waits until nothing is on its way any more; how many still are."""
    database, until = Database(product_database(product)), time.monotonic() + SETTLES_S
    while time.monotonic() < until and rest(database):
        shop.answer_pending()
        time.sleep(1)
    time.sleep(2)
    return rest(database)


def product_database(product: Product) -> str:
    return product.env.get("AMENDS_DATABASE_URL") or f"sqlite:///{Path(product.env['AMENDS_VAR']) / 'amends.db'}"


def _print(console: Console, kills: Counter[str], figures: Counter[str], shop: ReceivingShop, seconds: float, left: int) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for part, many in sorted(kills.items()):
        table.add_row(f"kills of {part}", str(many))
    for name, value in figures.items():
        table.add_row(name, str(value))
    for mood, many in sorted(shop.moods.items()):
        table.add_row(f"the shop {mood.replace('_', ' ')}", str(many))
    table.add_row("effects at the shop", str(sum(shop.effects.values())))
    table.add_row("still on their way", str(left))
    table.add_row("seconds", f"{seconds:.0f}")
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())

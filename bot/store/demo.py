"""A small shop to try things on, in data/shop/. Its dates are told relative to today, so that late parcels stay a few days late."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.errors import BadImport
from bot.store import tables
from bot.store.database import Database
from bot.store.imports import import_incidents, import_orders

RELATIVE = re.compile(r"(?P<sign>[+-])(?=\d)(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?")


def seed_demo(database: Database, folder: Path, now: datetime) -> int:
    """Fills an empty shop from orders.jsonl and incidents.jsonl: the number of orders taken, 0 where orders are there already."""
    with database.begin(write=False) as uow:
        if uow.session.execute(select(tables.orders.c.number).limit(1)).first():
            return 0
    minute = now.replace(second=0, microsecond=0)
    import_incidents(database, _dated(folder / "incidents.jsonl", minute), False, now)
    return import_orders(database, _dated(folder / "orders.jsonl", minute), False, now).new


def _dated(path: Path, now: datetime) -> list[str]:
    """The lines of the file with every "-3d4h" in it made an instant."""
    try:
        return [json.dumps(resolved(json.loads(line), now)) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise BadImport([f"{path.name}: cannot be read: {error}"]) from error


def resolved(value: Any, now: datetime) -> Any:
    """The same, with each text such as "-3d", "-3d4h" or "+90m" replaced by the instant that far from now."""
    if isinstance(value, dict):
        return {key: resolved(one, now) for key, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, now) for one in value]
    found = RELATIVE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return value
    span = timedelta(**{name: int(found[name] or 0) for name in ("days", "hours", "minutes")})
    return (now - span if found["sign"] == "-" else now + span).isoformat()

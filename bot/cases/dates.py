"""Dates and times as customers read them: absolute, with the zone where there is a clock time."""

from datetime import datetime
from zoneinfo import ZoneInfo


def day_said(instant: datetime, zone: ZoneInfo) -> str:
    """Such as "Tuesday 24 November"."""
    local = instant.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}"


def time_said(instant: datetime, zone: ZoneInfo) -> str:
    """Such as "17:30 (MST) on Tuesday 24 November"."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M} ({local:%Z}) on {day_said(instant, zone)}"


def days_said(days: int) -> str:
    """Such as "1 day" or "5 days"."""
    return "1 day" if days == 1 else f"{days} days"


def zone_of(name: str | None, shop: ZoneInfo) -> ZoneInfo:
    """The zone of this name; the shop's where there is none."""
    try:
        return ZoneInfo(name) if name else shop
    except (KeyError, ValueError, OSError):  # a name may also be a folder of zones
        return shop

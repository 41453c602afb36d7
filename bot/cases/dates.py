"""Dates and times as customers read them: absolute, with the zone where there is a clock time."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cases.date_words import DateSpan, span_of

AROUND = 3  # words on either side of a date that may belong to it: "by Friday", "Thursday last week"


def day_said(instant: datetime, zone: ZoneInfo) -> str:
    """Such as "Tuesday 24 November"."""
    local = instant.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}"


@dataclass(frozen=True)
class Clock:
    """The clock that times are said by: the customer's own, or else the shop's, which is then named."""

    zone: ZoneInfo
    now: datetime
    is_own: bool = False

    def day(self, instant: datetime) -> str:
        """Such as "Tuesday 24 November"."""
        return day_said(instant, self.zone)

    def moment(self, instant: datetime) -> str:
        """Such as "Tuesday 24 November, 17:30", for a list of what was said when."""
        return f"{self.day(instant)}, {instant.astimezone(self.zone):%H:%M}"

    def hour(self, instant: datetime) -> str:
        """Such as "17:30" or, by the shop's clock, "17:30 Phoenix time"."""
        return f"{instant.astimezone(self.zone):%H:%M}{self._place}"

    @property
    def _place(self) -> str:
        return "" if self.is_own else f" {_city(self.zone)} time"

    def time(self, instant: datetime) -> str:
        """Such as "17:30 today", "17:30 on Tuesday 24 November" or, by the shop's clock, "17:30 Phoenix time today"."""
        local = instant.astimezone(self.zone)
        on = "today" if local.date() == self.now.astimezone(self.zone).date() else f"on {self.day(instant)}"
        return f"{self.hour(instant)} {on}"


def clock_of(name: str | None, shop: ZoneInfo, now: datetime) -> Clock:
    """The clock of a customer in the zone of this name; the shop's where it is not known."""
    zone = zone_of(name, shop)
    return Clock(zone, now, is_own=zone is not shop or name == shop.key)


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def days_said(days: int) -> str:
    """Such as "1 day" or "5 days"."""
    return "1 day" if days == 1 else f"{days} days"


def zone_of(name: str | None, shop: ZoneInfo) -> ZoneInfo:
    """The zone of this name; the shop's where there is none."""
    try:
        return ZoneInfo(name) if name else shop
    except (KeyError, ValueError, OSError):  # a name may also be a folder of zones
        return shop


def day_meant(text: str, words: str, said_at: datetime, zone: ZoneInfo, *, day_first: bool) -> DateSpan | None:
    """The days meant by a date within a text: the longest stretch around it that makes sense decides."""
    start = text.find(words)
    if start < 0:
        return span_of(words, said_at, zone, day_first=day_first)
    before = [match.start() for match in re.finditer(r"\S+", text[:start])][-AROUND:]
    after = [start + len(words) + match.end() for match in re.finditer(r"\S+", text[start + len(words) :])][:AROUND]
    for first in [*before, start]:
        for last in [*reversed(after), start + len(words)]:
            span = span_of(text[first:last], said_at, zone, day_first=day_first)
            if span:
                return span
    return None

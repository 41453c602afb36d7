"""Which days a customer's words for a date mean: words, an instant and a zone in; local calendar days out, the past before the future."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.cases.issue import Word


class DayPart(Word):
    """The part of a day, where no clock time is named."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


@dataclass(frozen=True)
class DateSpan:
    """Local days from first to last, both included; a clock time or else a part of the day only where they are one day."""

    first: date
    last: date
    at: time | None = None
    part: DayPart | None = None

    def __str__(self) -> str:
        """ISO 8601: a day, a day with its time, or first/last."""
        if self.first == self.last:
            return f"{self.first}T{self.at:%H:%M}" if self.at else str(self.first)
        return f"{self.first}/{self.last}"


@dataclass(frozen=True)
class _Said:
    """What is known besides the words that name the day."""

    now: datetime  # in the zone of the conversation
    day_first: bool
    ahead: bool  # "by Friday" is the coming one
    at: time | None = None
    part: DayPart | None = None
    leads: frozenset[str] = frozenset()  # "since the", "for"

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def is_later_today(self) -> bool:
        """Whether the hour named has yet to come today: "Friday night", on a Friday morning, was a week ago."""
        return (self.at or (_BEGINS[self.part] if self.part else time())) > self.now.time()


_LONGEST = 80  # characters; what is longer is no phrase for a date
_BEGINS = {DayPart.MORNING: time(), DayPart.AFTERNOON: time(12), DayPart.EVENING: time(17), DayPart.NIGHT: time(18)}
_PARTS = {"midnight": DayPart.NIGHT, "lunchtime": DayPart.AFTERNOON, **{str(part): part for part in DayPart}}
_WEEKDAYS = {name: number for number, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_OFFSETS = {"day before yesterday": -2, "yesterday": -1, "today": 0, "now": 0, "tomorrow": 1, "day after tomorrow": 2}
_RELATIVE = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SLACK = {"week": 3, "fortnight": 3, "month": 15, "year": 182}  # days
_VAGUE = {"couple": (2, 3), "few": (3, 5), "several": (3, 7)}
_WORDS = {
    **{name: str(n) for n, name in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)},
    **{name: f"{n}th" for n, name in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)},
    **dict.fromkeys(("yday", "yest", "yesturday", "yesteday"), "yesterday"),
    **dict.fromkeys(("tomorow", "tommorow", "tommorrow", "tmrw", "tmr"), "tomorrow"),
    **{"teusday": "tuesday", "wensday": "wednesday", "wednsday": "wednesday", "thrusday": "thursday", "saterday": "saturday"},
    **{"fifteen": "15", "twenty": "20", "thirty": "30", "tonite": "tonight", "previous": "last", "upcoming": "coming"},
}
_PART = r"(?:morning|afternoon|evening|night)"
_PLAIN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # One way of writing,
    (re.compile(r"[’‘`´]"), "'"),
    (re.compile(r"[‐-―−]"), "-"),
    (re.compile(r"'s\b|'(?!\d\d\b)"), ""),
    (re.compile(r"[,;!?\"()]|:(?!\d)"), " "),
    (re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?"), r" \1m "),
    (re.compile(r"(?<=\d)\s?(st|nd|rd|th)\b"), r"\1 "),
    (re.compile(r"(?<=[a-z])[-/.]+|[-/](?=[a-z])|\.(?=\s|$)|(?<=[a-z])(?=[\d'])|(?<=\d)(?='|(?!(?:st|nd|rd|th)\b)[a-z])"), " "),
    (re.compile(r"\b[a-z]+\b"), lambda match: _WORDS.get(match[0], match[0])),
    (re.compile(r"\s+"), " "),
    # then one way of saying.
    (re.compile(r"\b(?:about|around|over|nearly|almost|more than|at least|roughly|exactly|just|approx(?:imately)?|some ?time) "), ""),
    (re.compile(r" from (?:now|today)\b"), " hence"),
    (re.compile(r" (?:already|itself|only|or so|onwards?)\b|(?<=[a-z]) now *$"), ""),
    (re.compile(r"\bnight before last\b"), "day before yesterday night"),
    (re.compile(r"\btonight\b"), "today night"),
    (re.compile(r"\b(?:all|whole) (?=week|month|year)"), "this "),
    (re.compile(rf"\ball day\b|\b(?:all|whole|this)(?= {_PART})"), "today"),
    (re.compile(rf"\blast(?= {_PART})"), "yesterday"),
    (re.compile(rf"\bnext(?= {_PART})"), "tomorrow"),
    (re.compile(r"\bnights? (ago|back)\b"), r"days \1 night"),
    (re.compile(r"\b(?:12 )?(?:noon|midday)\b"), "12 pm"),
)
_POINTS_AHEAD = re.compile(r"\b(?:by|until|till?)\b")
_LEADS = re.compile(
    r"(?:(?:on|since|from|at|in|of|for|the|by|until|till?|before|after|during|towards|dated?|to|back|earlier|later|due)(?: |$))+"
)
_WD = r"(?P<wd>mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:nesday)?s?|thu(?:r(?:s(?:day)?)?)?s?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?)"
_M = r"(?P<m>(?:jan|febr?)(?:uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|(?:sept?|nov|dec)(?:ember)?|oct(?:ober)?)"
_REL = r"(?:(?:this )?(?P<rel>last|past|next|coming|this) )?"
_D, _TH = r"(?P<d>\d{1,2})", r"(?P<th>st|nd|rd|th)"
_YEAR = r"(?: of)?(?:[ /-](?P<y>(?:19|20)\d\d|'?\d\d)| (?P<year_rel>last|this|next) year)?"
_COUNT = r"(?P<n>\d{1,3}|(?:an? )?(?:couple(?: of)?|few|several)|an?)(?: ?(?:-|or|to) ?(?P<n2>\d{1,3}))? "
_UNIT = r"(?P<unit>day|week|fortnight|month|year)s?"
_HOUR = r"(?:\b(?:at|from|since|by|before|after|until|till) )?(?<![\d/.-])\b(?P<h>\d{1,2})"
_CLOCKS = (
    re.compile(rf"{_HOUR}(?:[:.](?P<min>\d\d))? (?P<half>am|pm|o ?clock)\b"),
    re.compile(rf"{_HOUR}:(?P<min>\d\d)(?::\d\d)?\b"),
    re.compile(r"(?:\bat )?\b(?:(?P<past>half|quarter)(?: past)?|(?P<to>quarter to)) (?P<h>\d{1,2})\b(?![/.-])"),
    re.compile(
        r"\b(?:at|from|since|by|before|after|until|till) (?P<h>\d{1,2})(?:\.(?P<min>\d\d))?"
        rf"(?=$| (?:on|in|today|yesterday|tomorrow|last|this|{_WD})\b)"
    ),
)
_DAY_PART = re.compile(
    r"(?:\b(?:early|earlier|late|later|mid|in|at|during|on|the) )*\b(?P<part>morning|afternoon|evening|night|midnight|lunchtime)s?\b"
)
_THIRD = re.compile(r"(?:(?P<early>early|beginning|start)|(?P<mid>mid|middle)|late|end)(?: (?:of|in|on|the))* ")


def span_of(words: str, said_at: datetime, zone: ZoneInfo, *, day_first: bool) -> DateSpan | None:
    """The days meant by words said at an aware instant; None where they are not understood. "Since Friday" is that Friday."""
    try:
        return _read(_plain(words), said_at.astimezone(zone), day_first)
    except (OverflowError, ValueError):  # reckoned beyond the years of the calendar
        return None


def span_said(span: DateSpan, today: date) -> str:
    """Such as "Tuesday 17 November", "between 9 and 15 November", "in October"; with the year where it is not today's."""
    first, last = span.first, span.last
    year = "" if first.year == last.year == today.year else f" {last.year}"
    if first == last:
        day = f"{first:%A} {first.day} {first:%B}{year}"
        if span.at:
            return f"at {span.at:%H:%M} on {day}"
        return f"on the {span.part} of {day}" if span.part else day
    if span == _whole(first, 1):
        return f"in {first:%B}{year}"
    if span == _whole(first, 12):
        return f"in {first.year}"
    begin = "" if first.year == last.year else f" {first:%B} {first.year}"
    if not begin and first.month != last.month:
        begin = f" {first:%B}"
    return f"between {first.day}{begin} and {last.day} {last:%B}{year}"


def _plain(words: str) -> str:
    """In lower case and with single spaces, numbers as digits, and one word for what has several."""
    text = unicodedata.normalize("NFKC", " ".join(words[: 4 * _LONGEST].split())).lower()
    if max(len(text), len(words) / 4) > _LONGEST:
        return ""
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return " ".join(text.split()) if text.isascii() else ""


def _read(text: str, now: datetime, day_first: bool) -> DateSpan | None:
    """Take the hour, the part of the day and the prepositions off; what is left must be one of the phrases for days."""
    said = _Said(now, day_first, ahead=bool(_POINTS_AHEAD.search(text)))
    if clock := next(filter(None, (pattern.search(text) for pattern in _CLOCKS)), None):
        text = _without(text, clock)
    if part := _DAY_PART.search(text):
        text, said = _without(text, part), replace(said, part=_PARTS[part["part"]])
    if clock:
        said = replace(said, at=_time(clock, said.part), part=None)
        if said.at is None:
            return None
    if leads := _LEADS.match(text):
        text, said = text[leads.end() :], replace(said, leads=frozenset(leads[0].split()))
    span = _third(text, said) or _days(text, said)
    return replace(span, at=span.at or said.at, part=said.part) if span and span.first == span.last else span


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


def _time(clock: re.Match[str], part: DayPart | None) -> time | None:
    """The time of day; where neither "am" nor a part of the day says which half, the one in which shops are open."""
    named = clock.groupdict()
    hour, half = int(named["h"]), named.get("half")
    minute = {"half": 30, "quarter": 15}.get(named.get("past") or "", int(named.get("min") or 0))
    if hour > 23 or minute > 59:
        return None
    if half in ("am", "pm"):
        is_late = half == "pm"
    elif hour > 12 or named["h"].startswith("0"):
        is_late = hour > 11
    elif part:
        is_late = part in (DayPart.AFTERNOON, DayPart.EVENING) or (part is DayPart.NIGHT and 6 <= hour < 12)
    else:
        is_late = hour < 8 or hour == 12
    hour = hour % 12 + (12 if is_late else 0)
    return time((hour - 1) % 24, 45) if named.get("to") else time(hour, minute)


def _days(text: str, said: _Said) -> DateSpan | None:
    if not text and (said.at or said.part):  # an hour and no day: the last time it was that hour
        return _one(said.today + timedelta(days=said.ahead - said.is_later_today))
    return next((meaning(match, said) for pattern, meaning in _RULES if (match := pattern.fullmatch(text))), None)


def _third(text: str, said: _Said) -> DateSpan | None:
    """The early, middle or late third of a longer span: "mid October", "end of last week"."""
    match = _THIRD.match(text)
    span = _days(text[match.end() :], replace(said, leads=frozenset())) if match else None
    size = ((span.last - span.first).days + 1) // 3 if span else 0
    if not match or not span or not size:
        return span
    second, third = (span.first + timedelta(days=n * size) for n in (1, 2))
    if match["early"]:
        return DateSpan(span.first, second - timedelta(days=1))
    return DateSpan(second, third - timedelta(days=1)) if match["mid"] else DateSpan(third, span.last)


def _one(day: date) -> DateSpan:
    return DateSpan(day, day)


def _dates(days: Iterable[tuple[int, int, int]], said: _Said) -> list[date]:
    """Those of year, month and day that there are: the most recent first, then those to come; "by" turns it round."""
    real: list[date] = []
    for day in days:
        try:
            real.append(date(*day))
        except ValueError:
            continue
    return sorted(real, key=lambda day: (day < said.today if said.ahead else day > said.today, abs(day - said.today)))


def _picked(days: list[date], weekday: str | None, said: _Said, reach: int = 366) -> DateSpan | None:
    """The first of these days, or the first of the weekday named that is no further off than the reach, in days."""
    matching = (day for day in days if weekday and day.weekday() == _WEEKDAYS[weekday[:2]] and abs((day - said.today).days) <= reach)
    day = next(matching, days[0] if days else None)
    return _one(day) if day else None


def _months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _whole(day: date, months: int) -> DateSpan:
    """The month or the year that the day is in."""
    first, last = (day.month, day.month) if months == 1 else (1, 12)
    return DateSpan(date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1]))


def _shifted(day: date, unit: str, count: int) -> date:
    if unit in _UNIT_DAYS:
        return day + timedelta(days=_UNIT_DAYS[unit] * count)
    return _months_on(day, count * (12 if unit == "year" else 1))


def _relative(match: re.Match[str], said: _Said) -> DateSpan | None:
    return _one(said.today + timedelta(days=_OFFSETS[match[0]]))


def _counted(match: re.Match[str], said: _Said) -> DateSpan | None:
    """So many days ago or ahead; a count of weeks, months or years is good to half of one. "For three days" began then."""
    named = match.groupdict("")
    count, unit, way = named.get("n", "1"), named["unit"], named.get("way") or named.get("rel", "")
    low, high = next((vague for word, vague in _VAGUE.items() if word in count), (int(count), 0) if count.isdigit() else (1, 0))
    low, high = sorted((low, int(named.get("n2") or high or low)))
    if way in ("last", "past") or (not way and said.leads & {"for", "since", "from", "during"}):
        return DateSpan(_shifted(said.today, unit, -high), said.today)
    if way in ("next", "coming"):
        return DateSpan(said.today, _shifted(said.today, unit, high))
    if not way and "in" not in said.leads:
        return None
    near, far = (low, high) if way in ("", "hence", "time") else (-high, -low)
    slack = timedelta(days=_SLACK.get(unit, 0))
    return DateSpan(_shifted(said.today, unit, near) - slack, _shifted(said.today, unit, far) + slack)


def _hours(match: re.Match[str], said: _Said) -> DateSpan | None:
    """So many hours or minutes ago or ahead, reckoned as instants: the clocks may have changed in between."""
    count = int(match["n"] if match["n"].isdigit() else 1) * (-1 if match["way"] in ("ago", "back") else 1)
    then = said.now.astimezone(timezone.utc) + count * (timedelta(hours=1) if match["unit"].startswith("h") else timedelta(minutes=1))
    local = then.astimezone(said.now.tzinfo)
    return DateSpan(local.date(), local.date(), at=local.time().replace(second=0, microsecond=0))


def _unit(match: re.Match[str], said: _Said) -> DateSpan | None:
    """A whole week (from Monday), weekend, month or year; "earlier this week" ends today."""
    unit, rel, today = match["unit"], match["rel"], said.today
    if rel == "last" and said.leads > {"the"} and unit != "weekend":  # "for the last week"
        return DateSpan(_shifted(today, unit, -1), today)
    off = -2 if match["before_last"] else _RELATIVE.get(rel, 0)
    if unit == "weekend" and rel in (None, "past") and not match["before_last"]:
        off = 0 if today.weekday() > 4 or said.ahead else -1
    if unit in ("month", "year"):
        span = _whole(_shifted(today.replace(day=1), unit, off), 1 if unit == "month" else 12)
    else:
        monday = today + timedelta(days=7 * off - today.weekday())
        span = DateSpan(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=6))
    return replace(span, last=min(span.last, today)) if "earlier" in said.leads and span.first <= today else span


def _weekday(match: re.Match[str], said: _Said) -> DateSpan | None:
    named, today = match.groupdict(), said.today
    rel, week = named.get("rel"), named.get("week")
    off = _WEEKDAYS[named["wd"][:2]] - today.weekday()
    if week or rel == "this":
        return _one(today + timedelta(days=7 * _RELATIVE[week or "this"] + off))
    if rel in ("next", "coming") or (said.ahead and not rel):
        return _one(today + timedelta(days=off % 7 or (7 if rel else 0)))
    is_earlier = rel or named.get("gone") or named.get("before_last") or said.is_later_today
    back = -off % 7 or (7 if is_earlier else 0)
    return _one(today - timedelta(days=back + (7 if named.get("before_last") else 0)))


def _of_month(match: re.Match[str], said: _Said) -> DateSpan | None:
    """A day of the month and no month, perhaps with its weekday: "the 3rd", "Friday the 13th", "the 3rd of last month"."""
    named = match.groupdict()
    rel, wd, off = named.get("rel"), named["wd"], _RELATIVE.get(named.get("month_rel") or "this", 0)
    months = (_months_on(said.today.replace(day=1), n) for n in (range(off, off + 1) if named.get("month") else range(-12, 13)))
    said = replace(said, ahead=said.ahead or rel in ("next", "coming"))
    days = _dates(((month.year, month.month, int(named["d"])) for month in months), said)
    span = _picked(days, wd, said, reach=366 if named["th"] else 31)
    if span and wd and not named["th"] and span.first.weekday() != _WEEKDAYS[wd[:2]]:
        return _days(f"{rel or ''} {wd}".strip(), said)  # "Friday 2 parcels came": the number is of something else
    return span


def _years(match: re.Match[str], said: _Said) -> Iterable[int]:
    """The year named; where none is, all that may be meant: leap years are up to 8 years apart."""
    named, today = match.groupdict(), said.today
    if named.get("year_rel"):
        return [today.year + _RELATIVE[named["year_rel"]]]
    if not named.get("y"):
        return range(today.year - 8, today.year + 9)
    year = int(named["y"].lstrip("'"))
    return [year if year > 99 else 2000 + year - (100 if 1980 + year > today.year else 0)]


def _named(match: re.Match[str], said: _Said) -> DateSpan | None:
    month = _MONTHS.get(match["m"][:3]) or int(match["m"])
    return _picked(_dates(((year, month, int(match["d"])) for year in _years(match, said)), said), match.groupdict().get("wd"), said)


def _numeric(match: re.Match[str], said: _Said) -> DateSpan | None:
    """As the shop writes dates, unless only the other reading is a day, or lies on the side of today that is meant."""
    numbers = int(match["d"]), int(match["m"])

    def is_unlikely(days: list[date]) -> bool:
        if match["y"]:
            return days[0] < said.today if said.ahead else days[0] > said.today
        this_year = next((day for day in days if day.year == said.today.year), days[0])
        return abs(this_year - said.today) < abs(days[0] - said.today)

    orders = (numbers, numbers[::-1]) if said.day_first else (numbers[::-1], numbers)
    readings = [_dates(((year, month, day) for year in _years(match, said)), said) for day, month in orders]
    return _picked([day for days in sorted(filter(None, readings), key=is_unlikely) for day in days], match["wd"], said)


def _month(match: re.Match[str], said: _Said) -> DateSpan | None:
    number, rel, years = _MONTHS[match["m"][:3]], match["rel"], list(_years(match, said))
    this_month = replace(said, now=said.now.replace(day=1), ahead=said.ahead or rel in ("next", "coming"))
    months = _dates(((year, number, 1) for year in years), this_month)
    if rel == "this":
        return _whole(date(said.today.year, number, 1), 1)
    return _whole(months[1 if rel and months[0] == this_month.today and len(months) > 1 else 0], 1)


_Meaning = Callable[[re.Match[str], _Said], DateSpan | None]
_RULES: tuple[tuple[re.Pattern[str], _Meaning], ...] = (
    (re.compile("|".join(_OFFSETS)), _relative),
    (re.compile(rf"{_COUNT}{_UNIT}(?: (?P<way>ago|back|before|earlier|hence|time))?"), _counted),
    (re.compile(rf"(?P<rel>last|past|next|coming) {_COUNT}{_UNIT}"), _counted),
    (re.compile(rf"(?:this )?(?P<way>past) {_UNIT}"), _counted),
    (re.compile(r"(?P<n>\d{1,3}|an?) (?P<unit>hour|hr|minute|min)s? (?P<way>ago|back|hence)"), _hours),
    (re.compile(rf"{_REL}(?P<unit>weekend|week|month|year)(?P<before_last> before last)?"), _unit),
    (re.compile(rf"{_REL}{_WD}(?P<gone> gone| past)?(?P<before_last> before last)?"), _weekday),
    (re.compile(rf"{_WD}(?: of)? (?P<week>last|this|next) week"), _weekday),
    (re.compile(rf"(?P<week>last|this|next) week (?:on )?{_WD}"), _weekday),
    (re.compile(rf"{_REL}{_WD} (?:the )?{_D}{_TH}?"), _of_month),
    (re.compile(rf"(?:{_WD} )?(?:the )?{_D}{_TH}(?P<month>(?: of)?(?: the)?(?: (?P<month_rel>last|this|next))? month)?"), _of_month),
    (re.compile(rf"(?:{_WD} )?(?:on )?(?:the )?{_D}{_TH}?(?: of)? {_M}{_YEAR}"), _named),
    (re.compile(rf"(?:{_WD} )?(?:on )?{_M} (?:the )?{_D}{_TH}?{_YEAR}"), _named),
    (re.compile(rf"(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{{1,2}})[-/.]{_D}"), _named),
    (re.compile(rf"(?:{_WD} )?(?:on )?{_D}[-/.](?P<m>\d{{1,2}})(?:[-/.](?P<y>(?:19|20)\d\d|\d\d))?"), _numeric),
    (re.compile(rf"{_REL}{_M}(?: of)?(?: (?P<y>(?:19|20)\d\d|'\d\d)| (?P<year_rel>last|this|next) year)?"), _month),
)

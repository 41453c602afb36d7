"""When a promise that is not kept yet is warned of, and when its customer hears that it may fail: both before it is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.cases.conversation import DEV
from bot.cases.dates import zone_of
from bot.cases.hours import Hours
from bot.cases.issue import Word
from bot.cases.quiet import Quiet, when_to_tell

LOOK_BACK = 120  # days
# Kinds of promises beside those of remedies, which bear the remedy's kind.
PERSON_ANSWERS = "person_answers"  # made when a person is brought in
TAKEN_UP = "taken_up"  # a person looks into what is left unsettled
ANSWER = "answer"  # made while the assistant starts up
INCIDENT_NEWS = "incident_news"
DECISION = "decision"
NEWS = "news"  # made when another promise may fail
CALL = "call"  # the slot of a call that is booked
OWN_WORD = "own_word"  # what somebody at the desk promised by themselves
BY_PERSON = frozenset({PERSON_ANSWERS, NEWS})  # kept by a person's words in the chat
# Kept by the turn itself at about its time; only long after it has nobody kept it.
# A call's slot has a watch of its own, which owns up sooner.
GRACE = {ANSWER: timedelta(minutes=1), CALL: timedelta(hours=1)}
SILENT_CHANNELS = frozenset({"website", DEV})  # where a message makes nobody's phone ring


class Due(Word):
    """What a promise asks for now."""

    WARN = "warn"  # its assignee
    TELL = "tell"  # the customer
    MISSED = "missed"


@dataclass(frozen=True)
class Watched:
    """As much of an open promise as says what it asks for now."""

    id: int
    what: str
    made: datetime
    due: datetime
    is_warned: bool
    is_told: bool
    channel: str
    time_zone: str | None


def asks_for(promise: Watched, hours: Hours, quiet: Quiet, warn_before: int, now: datetime) -> Due | None:
    """What must be done about an open promise now; None where nothing is."""
    if now >= promise.due + GRACE.get(promise.what, timedelta()):
        return Due.MISSED
    if promise.what in GRACE:
        return None
    warn_at, tell_at = moments(hours, promise.made, promise.due, warn_before)
    if not promise.is_warned and now >= warn_at:
        return Due.WARN
    zone, rings = zone_of(promise.time_zone, hours.zone), promise.channel not in SILENT_CHANNELS
    return Due.TELL if not promise.is_told and now >= when_to_tell(quiet, zone, tell_at, promise.due, rings=rings) else None


def open_time(hours: Hours, begins: datetime, ends: datetime) -> timedelta:
    """How long people are there between two instants."""
    day, last, found = begins.astimezone(hours.zone).date(), ends.astimezone(hours.zone).date(), timedelta()
    while day <= last:
        for opens, closes in hours.spans(day):
            found += max(min(closes, ends) - max(opens, begins), timedelta())
        day += timedelta(days=1)
    return found


def open_time_before(hours: Hours, due: datetime, span: timedelta) -> datetime:
    """The instant from which so much open time is left until `due`."""
    day, left = due.astimezone(hours.zone).date(), span
    for back in range(LOOK_BACK):
        for opens, closes in reversed(hours.spans(day - timedelta(days=back))):
            end = min(closes, due)
            if end - left >= opens:
                return end - left
            left -= max(end - opens, timedelta())
    return due - span


@lru_cache(maxsize=4096)
def moments(hours: Hours, made: datetime, due: datetime, warn_before: int) -> tuple[datetime, datetime]:
    """When the assignee of a promise is warned, and when the customer is told, if it is not kept by then.

    `warn_before` open minutes before it is due, or half the time it had where that is less; the customer at half of
    what is left then, so that whoever was warned can still keep it. By the plain clock where people are never there
    in between.
    """
    had = open_time(hours, made, due)
    if had <= timedelta():
        lead = min(timedelta(minutes=warn_before), (due - made) / 2)
        return due - lead, due - lead / 2
    lead = min(timedelta(minutes=warn_before), had / 2)
    return open_time_before(hours, due, lead), open_time_before(hours, due, lead / 2)

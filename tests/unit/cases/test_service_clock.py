"""Service clocks: which run, when they end, what pauses them; and that looking often or seldom comes to the same."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.clock_steps import Step, advance
from bot.cases.hours import Hours, due_after, due_within
from bot.cases.promises import open_time
from bot.cases.service_clock import Breach, ClockName, ClockPolicy, Seen, ServiceClock, Standing, paused_since, standing, started

EVERYWHERE = settings(deadline=None, derandomize=True)
NEW_YORK = ZoneInfo("America/New_York")
HOURS = Hours(NEW_YORK, {day: ((time(8), time(12)), (time(13), time(18))) for day in range(5)}, frozenset({date(2026, 3, 9)}))
POLICY = ClockPolicy(
    {
        ClockName.FIRST_REPLY: {"normal": 120, "high": 60, "urgent": 30},
        ClockName.NEXT_REPLY: {"normal": 60, "high": 30, "urgent": 15},
        ClockName.RESOLUTION: {"normal": 600, "high": 300, "urgent": 120},
    },
    {ClockName.FIRST_REPLY: 10, ClockName.NEXT_REPLY: 10, ClockName.RESOLUTION: 120},
)
FRIDAY = datetime(2026, 3, 6, 9, tzinfo=NEW_YORK)  # the clocks change on Sunday, and Monday is a holiday
FIRST, NEXT, END = ClockName.FIRST_REPLY, ClockName.NEXT_REPLY, ClockName.RESOLUTION


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def brought(**more: Any) -> Seen:
    """A person was brought in on Friday at nine and promised within the hour."""
    usual: dict[str, Any] = {"brought_at": FRIDAY, "escalated_at": FRIDAY, "promised_at": FRIDAY + minutes(60)}
    return Seen(**(usual | {"waiting_since": FRIDAY} | more))


def answered(**more: Any) -> Seen:
    """A person has answered at half past nine."""
    usual: dict[str, Any] = {"brought_at": FRIDAY, "answered_at": FRIDAY + minutes(30), "spoke_at": FRIDAY + minutes(30)}
    return Seen(**(usual | more))


def shown(seen: Seen, now: datetime, *kept: ServiceClock) -> Standing:
    return standing(seen, {row.clock: row for row in kept}, POLICY, HOURS, now)


def test_first_answer_ends_with_the_promise_whatever_the_clock_would_give() -> None:
    for promised in (FRIDAY + minutes(15), FRIDAY + timedelta(days=5)):
        found = shown(brought(promised_at=promised, priority="urgent", brought_at=None), FRIDAY)
        assert found == Standing(FIRST, promised, Breach.OK)


def test_first_answer_warns_breaches_and_is_never_paused() -> None:
    asleep = brought(snoozed_at=FRIDAY + minutes(5), snoozed_until=FRIDAY + timedelta(days=1))
    found = [shown(asleep, FRIDAY + minutes(at)).breach for at in (0, 49, 50, 59, 60, 90)]
    assert found == [Breach.OK, Breach.OK, Breach.WARN, Breach.WARN, Breach.BREACHED, Breach.BREACHED]


def test_promise_put_off_later_does_not_hide_the_breach_of_the_first() -> None:
    rows: list[ServiceClock] = []
    look(brought(), rows, FRIDAY)
    later = brought(promised_at=FRIDAY + minutes(120))
    look(later, rows, FRIDAY + minutes(55))
    first = next(row for row in rows if row.clock is FIRST)
    assert shown(later, FRIDAY + minutes(55), first) == Standing(FIRST, FRIDAY + minutes(120), Breach.WARN)
    assert shown(later, FRIDAY + minutes(61), first) == Standing(FIRST, FRIDAY + minutes(120), Breach.BREACHED)


def test_next_answer_counts_from_the_first_message_nobody_answered_in_open_time() -> None:
    asked = FRIDAY.replace(hour=17, minute=30)
    found = shown(answered(waiting_since=asked), asked)
    tuesday = datetime(2026, 3, 10, 8, 30, tzinfo=NEW_YORK)  # after the weekend, the change of clocks and the holiday
    assert found == Standing(NEXT, tuesday.astimezone(timezone.utc), Breach.OK)


def test_message_to_the_assistant_starts_no_ones_clock_before_a_person_was_brought_in() -> None:
    seen = answered(answered_at=None, spoke_at=None, waiting_since=FRIDAY - minutes(40))
    assert started(seen)[NEXT] == FRIDAY


def test_customers_turn_pauses_the_end_and_their_word_goes_on_with_it() -> None:
    rows: list[ServiceClock] = []
    look(answered(), rows, FRIDAY + minutes(30))
    asked = answered(is_asked=True, spoke_at=FRIDAY + minutes(60))
    assert (Step.PAUSED, END) in look(asked, rows, FRIDAY + minutes(61))
    assert shown(asked, FRIDAY + timedelta(days=9), *rows) == Standing(END, None, Breach.PAUSED)
    back = answered(is_asked=True, spoke_at=FRIDAY + minutes(60), waiting_since=FRIDAY + minutes(100))
    assert (Step.WENT_ON, END) in look(back, rows, FRIDAY + minutes(101))
    (row,) = [one for one in rows if one.clock is END]
    assert (row.paused_s, row.due_at) == (40 * 60, due_within(HOURS, FRIDAY, 640))


def test_snooze_pauses_until_it_is_over_or_the_customer_writes() -> None:
    until = FRIDAY + minutes(120)
    seen = answered(waiting_since=FRIDAY + minutes(35), snoozed_at=FRIDAY + minutes(40), snoozed_until=until)
    assert shown(seen, FRIDAY + minutes(50)).breach is Breach.PAUSED
    assert shown(seen, until).clock is NEXT
    woken = replace(seen, waiting_since=FRIDAY + minutes(45))
    assert paused_since(woken, NEXT, FRIDAY + minutes(50)) is None


def test_settled_case_stops_all_and_an_open_one_goes_on_without_the_time_between() -> None:
    rows: list[ServiceClock] = []
    look(answered(waiting_since=FRIDAY + minutes(40)), rows, FRIDAY + minutes(40))
    ended = answered(waiting_since=FRIDAY + minutes(40), is_ended=True)
    assert look(ended, rows, FRIDAY + minutes(45)) == [(Step.STOPPED, NEXT), (Step.STOPPED, END)]
    assert shown(ended, FRIDAY + minutes(45)) == Standing()
    look(answered(waiting_since=FRIDAY + minutes(105)), rows, FRIDAY + minutes(105))
    (row,) = [one for one in rows if one.clock is END]
    assert (row.stopped_at, row.paused_s) == (None, 60 * 60)


def test_answer_that_came_too_late_is_a_breach_though_nobody_looked_meanwhile() -> None:
    rows: list[ServiceClock] = []
    look(brought(), rows, FRIDAY)
    late = answered(answered_at=FRIDAY + minutes(61), spoke_at=FRIDAY + minutes(61))
    assert look(late, rows, FRIDAY + minutes(63))[:2] == [(Step.BREACHED, FIRST), (Step.STOPPED, FIRST)]
    in_time = [replace_row(row) for row in rows if row.clock is FIRST]
    look(answered(answered_at=FRIDAY + minutes(59), spoke_at=FRIDAY + minutes(59)), in_time, FRIDAY + minutes(90))
    first = next(row for row in in_time if row.clock is FIRST)
    assert (first.stopped_at, first.breached_at) == (FRIDAY + minutes(59), None)


def test_higher_priority_moves_the_end_and_says_so_once() -> None:
    rows: list[ServiceClock] = []
    look(answered(), rows, FRIDAY)
    urgent = answered(priority="urgent")
    assert look(urgent, rows, FRIDAY + minutes(40)) == [(Step.MOVED, END)]
    assert look(urgent, rows, FRIDAY + minutes(40)) == []
    assert rows[0].due_at == due_within(HOURS, FRIDAY, 120)


# However often somebody looks.


@dataclass
class Chat:
    """A chat with people, as what is said and done changes it."""

    seen: Seen = field(default_factory=brought)

    def happen(self, what: str, at: datetime) -> None:
        seen = self.seen
        if what == "customer":
            self.seen = replace(seen, waiting_since=seen.waiting_since or at)
        elif what in ("answer", "question"):
            first = {"escalated_at": None, "promised_at": None, "answered_at": seen.answered_at or at}
            self.seen = replace(seen, **first, waiting_since=None, spoke_at=at, is_asked=what == "question")
        elif what == "snooze":
            self.seen = replace(seen, snoozed_at=at, snoozed_until=at + timedelta(hours=3))
        else:
            self.seen = replace(seen, priority=what)


def replace_row(row: ServiceClock) -> ServiceClock:
    """As it was before it stopped."""
    known = {name: value for name, value in vars(row).items() if not name.startswith("_")}  # it may be mapped to its table by now
    return ServiceClock(**{**known, "stopped_at": None, "breached_at": None})


def look(seen: Seen, rows: list[ServiceClock], now: datetime) -> list[tuple[Step, ClockName]]:
    taken = advance("case-1", seen, rows, POLICY, HOURS, now)
    rows += [one.row for one in taken if one.step is Step.STARTED and one.row not in rows]
    return [(one.step, one.row.clock) for one in taken]


EVENTS = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["customer", "answer", "question", "snooze", "high", "normal"])), min_size=1, max_size=12
)


@EVERYWHERE
@given(EVENTS, st.integers(0, 3000))
def test_looking_again_changes_nothing_and_the_board_says_what_is_kept(events: list[tuple[int, str]], after: int) -> None:
    chat, rows, now = Chat(), [], FRIDAY.astimezone(timezone.utc)
    for wait, what in events:
        now += minutes(wait)
        chat.happen(what, now)
        look(chat.seen, rows, now)
        assert look(chat.seen, rows, now) == []
    now += minutes(after)
    look(chat.seen, rows, now)
    running = [row for row in rows if not row.stopped_at and not row.paused_at]
    kept = [row for row in rows if not row.stopped_at]
    assert {(row.clock, row.started_at) for row in kept} == set(started(chat.seen).items())
    found, alone = shown(chat.seen, now, *kept), shown(chat.seen, now)
    assert found.due_at == min((row.due_at for row in running), default=None)
    if any(row.paused_at for row in kept) and not running:
        assert found.breach is Breach.PAUSED
    if FIRST in started(chat.seen):
        assert alone.due_at is not None and alone.due_at <= (chat.seen.promised_at or now)
    for row in rows:
        assert row.breached_at is None or row.breached_at <= now
        assert row.due_at >= row.started_at and row.paused_s >= 0
        if row.clock is not FIRST:
            assert row.due_at >= due_within(HOURS, row.started_at, min(POLICY.minutes[row.clock].values()))


@EVERYWHERE
@given(st.lists(st.integers(1, 600), min_size=2, max_size=8), st.data())
def test_pauses_lengthen_the_end_by_exactly_the_open_time_they_took(waits: list[int], data: st.DataObject) -> None:
    """Questions and answers in turn; whoever looks does so at any moments within, at least once in each state."""
    chat, rows, now = Chat(answered(spoke_at=FRIDAY)), [], FRIDAY.astimezone(timezone.utc)
    look(chat.seen, rows, now)
    stood = timedelta()
    for turn, wait in enumerate(waits):
        began, now = now, now + minutes(wait)
        if turn % 2:
            stood += open_time(HOURS, began, now)
        chat.happen("customer" if turn % 2 else "question", now)
        look(chat.seen, rows, now + timedelta(seconds=data.draw(st.integers(0, 59))))
    (row,) = [one for one in rows if one.clock is END]
    if row.paused_at is None:
        assert row.due_at == due_after(HOURS, FRIDAY, minutes(POLICY.minutes[END][chat.seen.priority]) + stood)

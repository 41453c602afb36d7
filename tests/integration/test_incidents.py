"""Incidents from opening to closing: those who complained read of them, those who have not can be told first, each once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cases.case import PromiseState
from bot.cases.issue import Issue
from bot.errors import BadImport, BadInput, Conflict, NotFound
from bot.handling import incidents
from bot.handling.chains import verify
from bot.handling.reach import reach, touched
from bot.handling.shop import Shop
from bot.handling.telling import say_in_chat
from bot.store.database import Database
from bot.store.imports import import_incidents
from bot.store.order_files import read_incident
from bot.store.unit_of_work import UnitOfWork
from bot.worker.incidents import Notices, Suggest
from tests.builders import NOON, a_case, a_conversation
from tests.import_lines import INCIDENT, changed
from tests.stormy import DAY, LATER, complain, news_of, said, storm, stormy_shop
from tests.unit.handling.chats import Chat


@pytest.fixture
def shop(database: Database) -> Shop:
    return stormy_shop(database)


def test_orders_are_touched_once_their_failure_has_begun_within_the_scope(shop: Shop) -> None:
    assert sorted(one.number for one in touched(shop, storm(), DAY)) == ["A10021", "B1", "B2"]
    assert [one.number for one in touched(shop, storm(), NOON + timedelta(days=4))].count("C1") == 1
    assert touched(shop, storm(started_at=DAY), DAY) == ()
    for scope, numbers in (
        ({"states": ("NY",)}, ["D1"]),
        ({"order_numbers": ("B2",)}, ["B2"]),
        ({"carriers": ("Kestrel",)}, []),
        ({"skus": ("SKU-2",), "states": ("NY",)}, ["D1"]),
        ({"placed_between": (NOON - timedelta(days=11), NOON)}, ["A10021", "B1", "B2", "D1"]),
        ({}, ["A10021", "B1", "B2", "D1"]),
    ):
        assert sorted(one.number for one in touched(shop, storm(scope=scope), DAY)) == numbers


def test_open_one_explains_to_those_who_complain_from_then_on(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat = complain(shop)
    assert "A storm has closed the roads around Phoenix." in chat.text
    assert chat.case.incident_code == "STORM-AZ"


def test_those_who_complained_before_it_was_known_read_of_it_in_their_chat(shop: Shop) -> None:
    chat = complain(shop)
    assert incidents.open_incident(shop, storm(), "Grace", DAY).chats == 1
    assert Notices(shop, None).run(DAY) == 1
    (line,) = said(chat)
    assert line.startswith(f"We now know what lies behind your case {chat.case.reference}.")
    assert "A storm has closed the roads" in line
    assert "12:00 Phoenix time today" in line  # the next news, with its promise
    assert news_of(chat) == [PromiseState.OPEN]
    assert chat.case.incident_code == "STORM-AZ"
    assert Notices(shop, None).run(DAY) == 0


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"explanation": "We hope the storm ends soon."}, "explanation: wording .*vague_time"),
        ({"action": "We are sorry for the delay."}, "action: wording .*says sorry once already"),
        ({"action": "Calm down, the roads open again."}, "action: wording"),
        ({"action": "Working on it"}, "action: .*full stop"),
        ({"next_update_at": DAY}, "next_update_at: .*past"),
        ({"offer": "a_car"}, "offer: a_car is no way .* use one of"),
        ({"ended_at": DAY}, "amends incidents import"),
        ({"started_at": DAY + timedelta(hours=1)}, "started_at: it lies ahead"),
    ],
)
def test_what_cannot_be_told_or_offered_is_refused_and_changes_nothing(shop: Shop, given: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        incidents.open_incident(shop, storm(**given), "Grace", DAY)
    assert shop.orders.incidents() == ()
    with shop.begin(False) as uow:
        assert "incident.opened" not in [one.act for one in uow.audit.lines("shop")]


def test_code_is_taken_once(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with pytest.raises(Conflict, match="already"):
        incidents.open_incident(shop, storm(title="Another"), "Grace", DAY)
    assert [one.title for one in shop.orders.incidents()] == ["Storm over Arizona"]


def test_news_reaches_those_who_wait_and_keeps_its_promise(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat, other = complain(shop), Chat(shop, now=DAY)
    other.say("the driver was rude", "staff_conduct")
    at = LATER - timedelta(minutes=5)
    told = incidents.tell_news(shop, "STORM-AZ", "Grace", at, action="Parcels go by rail now.", next_news=LATER + timedelta(hours=2))
    assert told.chats == 1
    assert Notices(shop, None).run(at) == 1
    (line,) = said(chat)
    assert "Parcels go by rail now." in line
    assert "14:00 Phoenix time today" in line
    assert news_of(chat) == [PromiseState.KEPT, PromiseState.OPEN]
    assert said(other) == []
    assert "Parcels go by rail now." in complain(shop, at).text


def test_news_without_news_or_of_what_is_over_is_refused(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with pytest.raises(BadInput, match="something new"):
        incidents.tell_news(shop, "STORM-AZ", "Grace", DAY)
    with pytest.raises(BadInput, match="vague_time"):
        incidents.tell_news(shop, "STORM-AZ", "Grace", DAY, action="It ends shortly.")
    with pytest.raises(NotFound):
        incidents.tell_news(shop, "NONE", "Grace", DAY, action="It is over.")
    incidents.close(shop, "STORM-AZ", "Grace", "The roads are open.", DAY, DAY)
    with pytest.raises(Conflict, match="is over"):
        incidents.tell_news(shop, "STORM-AZ", "Grace", DAY, action="It is back.")
    with pytest.raises(Conflict, match="is over"):
        incidents.close(shop, "STORM-AZ", "Grace", "The roads are open.", DAY, DAY)


def test_news_that_was_not_said_yet_gives_way_to_newer_news(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat = complain(shop)
    for action in ("Parcels go by rail now.", "The first train has left."):
        incidents.tell_news(shop, "STORM-AZ", "Grace", DAY, action=action)
    assert Notices(shop, None).run(DAY) == 1
    assert [("first train" in one) for one in said(chat)] == [True]


def test_closing_tells_those_who_waited_and_explains_no_more(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat, closed = complain(shop), complain(shop)
    with shop.begin(True) as uow:
        case = uow.cases.find(closed.case.id)
        assert case is not None
        case.close(DAY)
    told = incidents.close(shop, "STORM-AZ", "Grace", "The roads are open, and parcels move.", DAY, LATER)
    assert told.chats == 1
    Notices(shop, None).run(LATER)
    (line,) = said(chat)
    assert line == f"What lay behind your case {chat.case.reference} is over. The roads are open, and parcels move."
    assert said(closed) == []
    assert news_of(chat) == [PromiseState.KEPT]
    (found,) = shop.orders.incidents()
    assert (found.ended_at, found.next_update_at) == (DAY, None)


@pytest.mark.parametrize("ended_at", [NOON - timedelta(days=30), LATER + timedelta(hours=1)])
def test_end_before_the_start_or_ahead_is_refused(shop: Shop, ended_at: Any) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with pytest.raises(BadInput, match="ended after it started"):
        incidents.close(shop, "STORM-AZ", "Grace", "The roads are open.", ended_at, LATER)
    assert shop.orders.incidents()[0].ended_at is None


def test_two_workers_say_each_notice_once(shop: Shop) -> None:
    chats = [complain(shop) for _ in range(4)]
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(lambda _: Notices(shop, None).run(DAY), range(2)))
    assert done == 4
    assert [len(said(one)) for one in chats] == [1] * 4
    assert verify(shop).broken == ()


def test_worker_killed_before_it_commits_has_said_nothing(shop: Shop) -> None:
    class Killed(BaseException):
        pass

    @contextmanager
    def begin(write: bool) -> Iterator[UnitOfWork]:
        with shop.begin(write) as uow:
            yield uow
            if write:
                raise Killed

    chat = complain(shop)
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with shop.begin(False) as uow:
        (notice,) = uow.notices.due_in_chats(DAY, 10)
    with pytest.raises(Killed):
        say_in_chat(replace(shop, begin=begin), notice, DAY)
    assert said(chat) == []
    assert Notices(shop, None).run(DAY) == 1
    assert len(said(chat)) == 1


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Europe/Berlin", 8), ("Asia/Tokyo", 8), ("America/Phoenix", None)],
)
def test_news_that_can_wait_is_said_by_the_customers_day(shop: Shop, zone: str, hour: int | None) -> None:
    """It is 12:00 in Phoenix on the Saturday before Berlin's clocks go forward: 20:00 there, and 04:00 in Tokyo."""
    now = DAY.replace(day=28, hour=19)
    at_night = now + timedelta(hours=3) if zone == "Europe/Berlin" else now
    incidents.open_incident(shop, storm(next_update_at=now + timedelta(days=2)), "Grace", now)
    chat = complain(shop, now)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).time_zone = zone
    incidents.tell_news(shop, "STORM-AZ", "Grace", at_night, action="Parcels go by rail now.")
    steps = (at_night + timedelta(minutes=15) * n for n in range(60))
    first = next(at for at in steps if Notices(shop, None).run(at))
    if hour is None:
        assert first == at_night
    else:
        assert (first.astimezone(ZoneInfo(zone)).hour, first.astimezone(ZoneInfo(zone)).minute) == (hour, 0)


def test_news_that_would_come_too_late_is_said_in_the_night_where_no_phone_rings(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat = complain(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).time_zone = "Asia/Tokyo"  # 01:00 there, and the news was promised for 04:00
    incidents.tell_news(shop, "STORM-AZ", "Grace", DAY, action="Parcels go by rail now.")
    assert Notices(shop, None).run(DAY) == 1
    assert news_of(chat) == [PromiseState.KEPT]


def test_reach_counts_what_it_touches_and_what_was_offered(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    chat = complain(shop)
    chat.tap("refund")
    chat.tap("Yes")
    found = reach(shop, "STORM-AZ", DAY)
    assert (found.in_scope, found.orders, found.customers, found.complaints, found.open_cases) == (4, 3, 2, 1, 1)
    assert sum(found.filed.values()) == 1
    assert set(found.filed) <= set(found.offered)


def test_five_complaints_of_one_kind_within_an_hour_suggest_one_once(shop: Shop, database: Database) -> None:
    def add(count: int, issue: Issue, at: Any, channel: str = "website", **given: Any) -> None:
        for _ in range(count):
            conversation = a_conversation(channel=channel)
            with database.begin() as uow:
                uow.add(conversation)
                uow.flush()
                uow.add(a_case(conversation.id, issue=issue, created_at=at, channel=channel, **given))

    add(4, Issue.BILLING_DISPUTE, DAY)
    add(1, Issue.BILLING_DISPUTE, DAY - timedelta(hours=2))
    add(9, Issue.LATE_DELIVERY, DAY, "dev")
    add(9, Issue.WRONG_ITEM, DAY, incident_code="KNOWN")
    assert Suggest(shop).run(DAY) == 0
    add(1, Issue.BILLING_DISPUTE, DAY)
    assert incidents.suggestions(shop, DAY) == {Issue.BILLING_DISPUTE: 5}
    assert [Suggest(shop).run(DAY + timedelta(minutes=n)) for n in (0, 1, 30)] == [1, 0, 0]
    with shop.begin(False) as uow:
        ((kind, detail),) = ((one.kind, one.detail) for one in uow.alerts.unseen())
    assert (kind, detail) == ("incident_suggested", {"issue": "billing_dispute", "complaints": 5})
    add(5, Issue.BILLING_DISPUTE, DAY + timedelta(hours=1))
    assert Suggest(shop).run(DAY + timedelta(hours=1)) == 1


def test_offer_comes_in_by_the_import_too(database: Database, shop: Shop) -> None:
    import_incidents(database, [changed(INCIDENT, "offer", "gesture")], skip_bad=False, now=NOON)
    assert [one.offer for one in shop.orders.incidents()] == ["gesture"]
    with pytest.raises(BadImport, match="wording of a remedy"):
        import_incidents(database, [changed(INCIDENT, "offer", "A Gesture")], skip_bad=False, now=NOON)


def test_same_file_again_does_not_take_back_what_was_told_since(database: Database, shop: Shop) -> None:
    lines = [json.dumps(INCIDENT)]
    import_incidents(database, lines, skip_bad=False, now=NOON)
    incidents.tell_news(shop, "DEPOT-FIRE", "Grace", NOON, action="Parcels are sorted in Cheyenne.")
    assert import_incidents(database, lines, skip_bad=False, now=NOON).same == 1
    assert shop.orders.incidents()[0].action == "Parcels are sorted in Cheyenne."


def test_one_in_the_import_format_is_read_or_refused_in_words() -> None:
    assert read_incident(INCIDENT).code == "DEPOT-FIRE"
    with pytest.raises(BadInput, match=r"scope.states: not a list; write a list."):
        read_incident({**INCIDENT, "scope": {"states": "AZ"}})

"""Waiting chats are put before one person after the other; none is lost, none is before two, nobody gets more than they can carry."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.assignment import Assignment, Mode, OfferState
from bot.cases.conversation import Handler
from bot.cases.desk import Agent, DeskRole
from bot.errors import Conflict
from bot.handling import people
from bot.handling.accept import open_conversation
from bot.handling.board import look
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.offers import decline, pass_on
from bot.handling.shop import Shop
from bot.store.clock_tables import offers
from bot.store.database import Database
from bot.worker.offers import Offers
from tests.builders import NOON
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.unit.handling.chats import Chat

MORNING = NOON + timedelta(hours=4)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(database: Database) -> Shop:
    return offering(a_shop(database))


def offering(shop: Shop, mode: Mode = Mode.OFFER) -> Shop:
    return replace(shop, policy=replace(shop.policy, assignment=Assignment(mode, 60)))


def person(shop: Shop, name: str, capacity: int = 5, **given: object) -> None:
    with shop.begin(True) as uow:
        made = Agent(name, f"{name}@example.com", DeskRole.AGENT, "-", MORNING, capacity=capacity, seen_at=MORNING)
        for field, value in given.items():
            setattr(made, field, value)
        uow.add(made)


def waits(shop: Shop, reason: str = "asked", at: datetime = MORNING) -> str:
    chat = open_conversation(shop, "website", at)
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        hand_off(shop, uow, conversation, reason, at)
        return case_of(uow, conversation, at).reference


def run(shop: Shop, at: datetime) -> None:
    with shop.begin(True) as uow:
        for one in uow.agents.all():
            if one.seen_at and one.seen_at != MORNING - timedelta(hours=1):
                one.seen_at = at  # they sit there
    Offers(shop).run(at)


def offered(shop: Shop, at: datetime) -> dict[str, str]:
    """By reference, before whom it is on the board."""
    return {row.ref: row.shown["offered_to"] for row in look(shop, at).rows.values() if row.shown["offered_to"]}


def states(shop: Shop) -> list[tuple[str, str]]:
    with shop.begin(False) as uow:
        return sorted((row.agent, str(row.state)) for row in uow.session.execute(select(offers)))


def handler(shop: Shop, reference: str) -> tuple[Handler, str | None]:
    with shop.begin(False) as uow:
        found = uow.conversations.get(uow.cases.by_reference(reference).conversation_id)
        return found.handler, found.agent


def test_passes_from_one_to_the_next_and_stays_in_the_queue_when_nobody_is_left(shop: Shop) -> None:
    person(shop, "Ada"), person(shop, "Ben")
    ref = waits(shop)
    run(shop, MORNING)
    assert offered(shop, MORNING) == {ref: "Ada"}
    decline(shop, ref, "Ada", MORNING + SECOND)
    assert offered(shop, MORNING + SECOND) == {}
    run(shop, MORNING + 2 * SECOND)
    assert offered(shop, MORNING + 61 * SECOND) == {ref: "Ben"}
    run(shop, MORNING + 62 * SECOND)
    assert states(shop) == [("Ada", "declined"), ("Ben", "expired")]
    run(shop, MORNING + timedelta(hours=1))
    assert states(shop) == [("Ada", "declined"), ("Ben", "expired")] and handler(shop, ref) == (Handler.QUEUE, None)
    assert ref in look(shop, MORNING).rows  # for all, as before
    people.take(shop, ref, "Ada", MORNING + timedelta(hours=1))
    assert handler(shop, ref) == (Handler.AGENT, "Ada")


def test_taking_it_accepts_and_anybody_else_may_be_faster(shop: Shop) -> None:
    person(shop, "Ada"), person(shop, "Ben", teams=["legal"])
    first, second = waits(shop), waits(shop, "legal")
    run(shop, MORNING)
    assert offered(shop, MORNING) == {first: "Ada", second: "Ben"}
    people.take(shop, first, "Ada", MORNING)
    people.take(shop, second, "Ada", MORNING)
    run(shop, MORNING + SECOND)
    assert states(shop) == [("Ada", "accepted"), ("Ben", "withdrawn")] and offered(shop, MORNING) == {}
    with pytest.raises(Conflict, match="not offered to you"):
        decline(shop, second, "Ben", MORNING + SECOND)


def test_new_wait_asks_anew_and_whoever_had_the_case_first(shop: Shop) -> None:
    person(shop, "Ada"), person(shop, "Zoe")
    ref = waits(shop)
    people.take(shop, ref, "Zoe", MORNING)
    people.hand_back(shop, ref, "", MORNING, agent="Zoe")
    with shop.begin(True) as uow:
        hand_off(shop, uow, uow.conversations.get(uow.cases.by_reference(ref).conversation_id), "asked", MORNING)
    run(shop, MORNING)
    assert offered(shop, MORNING) == {ref: "Zoe"}


@pytest.mark.parametrize(
    "given", [{"away_since": MORNING}, {"seen_at": MORNING - timedelta(hours=1)}, {"teams": ["legal"]}, {"capacity": 0}]
)
def test_who_cannot_take_it_is_not_asked(shop: Shop, given: dict[str, object]) -> None:
    person(shop, "Ada", **given)
    waits(shop)
    run(shop, MORNING)
    assert states(shop) == []


def test_offer_ends_with_its_agent_gone_away_or_another_mode(shop: Shop) -> None:
    person(shop, "Ada"), person(shop, "Ben")
    ref = waits(shop)
    run(shop, MORNING)
    with shop.begin(True) as uow:
        uow.agents.get("Ada").away_since = MORNING
    run(shop, MORNING + SECOND)
    assert offered(shop, MORNING + SECOND) == {ref: "Ben"}
    run(offering(shop, Mode.PULL), MORNING + 2 * SECOND)
    assert states(shop) == [("Ada", "withdrawn"), ("Ben", "withdrawn")]
    waits(shop)
    run(offering(shop, Mode.PULL), MORNING + 3 * SECOND)
    assert len(states(shop)) == 2


def test_two_workers_at_once_offer_each_chat_once_and_nobody_more_than_they_can_carry(shop: Shop) -> None:
    person(shop, "Ada", 2), person(shop, "Ben", 3)
    refs = [waits(shop) for _ in range(8)]
    run_at = MORNING + SECOND
    for _ in range(2):
        at_once(2, lambda _: Offers(shop).run(run_at))
    told = offered(shop, run_at)
    assert len(told) == 5 and [*told.values()].count("Ada") == 2
    assert set(told) == set(refs[:5])  # the next due first
    assert [state for _, state in states(shop)] == [str(OfferState.OFFERED)] * 5


def test_killed_between_two_steps_goes_on_where_it_was(shop: Shop) -> None:
    person(shop, "Ada"), person(shop, "Ben")
    ref = waits(shop)
    run(shop, MORNING)
    with shop.begin(False) as uow:
        chat = uow.cases.by_reference(ref).conversation_id
    with pytest.raises(RuntimeError), shop.begin(True) as uow:
        offer = uow.offers.open_of(chat)
        assert offer
        offer.end(OfferState.EXPIRED, MORNING)
        uow.flush()
        raise RuntimeError("killed")
    assert offered(shop, MORNING) == {ref: "Ada"}
    run(shop, MORNING + 61 * SECOND)
    assert pass_on(shop, chat, MORNING + 61 * SECOND) == 0
    assert states(shop) == [("Ada", "expired"), ("Ben", "offered")]


def said(shop: Shop, at: datetime) -> str:
    """What a customer who asks for a person reads."""
    chat = Chat(shop, at)
    return chat.say("a person please", "ask_human")


def test_nobody_at_the_desk_means_a_name_a_reference_and_a_time(shop: Shop) -> None:
    assert "Amira Haddad" not in said(shop, MORNING)  # a shop that does not work at the desk
    person(shop, "Ada", teams=["care"])
    assert "Amira Haddad" not in said(shop, MORNING)
    later = MORNING + timedelta(minutes=3)
    told = said(shop, later)
    assert "Nobody is at the desk" in told and "Amira Haddad answers for our customer care team" in told
    assert "by 10:03" in told and "reference" in told and "connect" not in told.lower()
    assert "We are closed now" in said(shop, NOON + timedelta(hours=18))
    person(shop, "Ben", teams=["legal"], seen_at=later)
    assert "Nobody is at the desk" in said(shop, later)
    person(shop, "Cid", seen_at=later)
    assert "Amira Haddad" not in said(shop, later)

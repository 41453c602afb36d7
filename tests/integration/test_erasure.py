"""A customer who is erased is in no store, file or memory any more; what stays names nobody, and nothing more is sent."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.cases.channel import Arrival, ArrivalKind
from bot.cases.conversation import Handler
from bot.cases.erasing import ERASED
from bot.errors import Conflict, NotAllowed, NotFound
from bot.handling import chains, customer_export, desk_deeds, erasing, people
from bot.handling.accept import accept
from bot.handling.persons import AlreadyErased
from bot.handling.transcript import look
from bot.providers.tracker import TrackerFile
from bot.store import tables
from bot.store.database import Database
from bot.store.held import ABOUT_NOBODY, HELD
from bot.worker.erasures import Erasures
from tests.builders import NOON
from tests.canary import (
    AGENT,
    CARD,
    CUSTOMER,
    EMAIL,
    MARKS,
    NAME,
    ORDER,
    PHONE,
    POSTCODE,
    SIGN,
    Canary,
    agent_of,
    plant,
    remember,
    rows_with_traces,
    the_order,
    traces,
)
from tests.desks import a_desk
from tests.unit.handling.chats import Chat, anothers_order, take_orders

LATER = NOON + timedelta(hours=1)
WORDS_THAT_STAY = {
    "orders.carrier", "orders.status", "items.sku", "items.name", "messages.agent", "conversations.agent", "cases.assignee",
    "facts.value", "remedies.granted_by", "promises.by_whom", "promises.assignee", "escalations.team", "audit.who", "audit.detail",
    "decisions.inputs", "decisions.options", "decisions.left_out", "approvals.who", "letters.signed_by", "claims.decided_by",
    "callbacks.assignee", "alerts.for_whom", "hook_deliveries.who", "learning_records.sku", "learning_records.product",
    "learning_records.cause", "learning_records.whys", "learning_records.prevent", "learning_records.assignee",
    "learning_records.finished_by", "review_items.brought_by", "review_items.labelled_by", "learning_records.team",
    "orders.ship_to", "orders.tracking_numbers", "items.options", "payments.method",
}  # fmt: skip


@pytest.fixture
def memory(tmp_path: Path) -> TrackerFile:
    return TrackerFile(tmp_path / "tracker.db", wait=0.2)


@pytest.fixture
def canary(database: Database, memory: TrackerFile) -> Iterator[Canary]:
    planted = plant(database)
    remember(memory.path, planted.chats)
    yield planted


def go_on(canary: Canary, memory: TrackerFile) -> int:
    return Erasures(canary.shop, memory, canary.database.compact).run(LATER)


def test_erased_customer_is_nowhere_and_what_stays_names_nobody(canary: Canary, memory: TrackerFile) -> None:
    before = rows_with_traces(canary.database)
    assert len(before) > 30 and traces(memory.path)
    on_a_channel = {"contacts.address", "contacts.name", "contacts.thread", "contacts.subject", "arrivals.body", "sendings.why"}
    assert on_a_channel <= {one.rpartition(" ")[2] for one in before}
    assert not [one for one in before if CARD in one or "audit" in one or "decisions" in one]
    with pytest.raises(Conflict, match="still open"):
        erasing.erase(canary.shop, EMAIL, "Ida", LATER)
    assert rows_with_traces(canary.database) == before
    done = erasing.erase(canary.shop, EMAIL, "Ida", LATER - erasing.SETTLES, also_open=True)
    assert done.counts["messages"] > 20
    assert rows_with_traces(canary.database) == []
    assert go_on(canary, memory) == 1 and go_on(canary, memory) == 0
    assert traces(memory.path) == []
    if canary.database.engine.dialect.name == "sqlite":
        assert traces(Path(str(canary.database.engine.url.database))) == []
    assert memory.quiet_since(LATER) == ["other"]
    assert chains.verify(canary.shop).broken == ()
    _stays(canary)


def _stays(canary: Canary) -> None:
    """The books, the figures and what was learned; the deed itself without the person."""
    with canary.shop.begin(False) as uow:
        cases = [uow.cases.by_reference(one) for one in canary.references]
        assert all(one.is_closed and one.order_number in (ORDER, None) for one in cases)
        assert {fact.name for case in cases for fact in uow.cases.facts(case.id)} == {"order_number", "items"}
        paid = [one for case in cases for one in uow.remedies.of(case.id) if one.settled_at]
        assert [str(one.amount) for one in paid] == ["$45.00"]
        assert {uow.conversations.get(one.id).handler for one in canary.chats} == {Handler.NOBODY}
    order = canary.shop.orders.find(ORDER)
    assert order is not None and str(order.paid) == "$45.00" and order.buyer.name == ERASED and dict(order.ship_to) == {"country": "USA"}
    acts = [line for line in chains.trail(canary.shop, "shop") if line.act == "customer.erased"]
    assert [line.who for line in acts] == ["Ida"] and acts[0].detail["chats"] == 5


def test_export_holds_all_that_is_held_and_no_secret(canary: Canary) -> None:
    held = customer_export.gathered(canary.shop, canary.references[0], "Ida", LATER)
    text = json.dumps(held.document, ensure_ascii=False)
    assert [mark for mark in (NAME, EMAIL, PHONE, POSTCODE, SIGN) if mark not in text] == []
    named = {"customers", "orders", "messages", "cases", "facts", "remedies", "promises", "files", "follow_ups", "letters", "notes"}
    named |= {"contacts", "arrivals", "sendings"}
    named |= {"drafts", "held_replies", "callbacks", "ways_back", "outbox", "audit", "claims", "learning_records", "tags", "decisions"}
    assert named <= set(held.document["held"])
    assert "a" * 32 not in text and len(held.files) == 1
    assert SIGN.encode() in customer_export.content_of(canary.shop, held.files[0][1])
    for other in (CUSTOMER, ORDER.lower(), EMAIL.upper()):
        assert customer_export.gathered(canary.shop, other, "Ida", LATER).document["held"]["messages"] == held.document["held"]["messages"]


def test_nothing_more_is_written_sent_or_opened(canary: Canary, memory: TrackerFile) -> None:
    shop, chat = canary.shop, canary.chats[1]
    ref, others = chat.case.reference, len(canary.references)
    erasing.erase(shop, CUSTOMER, "Ida", LATER, also_open=True)
    (left,) = look(shop, chat.id, 0, LATER).messages
    assert "erased" in left["text"] and ref in left["text"]
    with pytest.raises(NotFound):
        accept(shop, chat.id, "too-late", f"it is me, {NAME}", None, LATER)
    with pytest.raises(NotAllowed, match="erased"):
        chat.hear(replace_sender(chat))
    for deed in (
        lambda: people.reply(shop, ref, AGENT, "Hello?", LATER),
        lambda: desk_deeds.keep_draft(shop, agent_of(shop), ref, "reply", f"Dear {NAME}", LATER),
        lambda: desk_deeds.note(shop, agent_of(shop), ref, NAME, "again", LATER),
    ):
        with pytest.raises(Conflict, match="was erased"):
            deed()
    with shop.begin(False) as uow:
        assert uow.ways_back.unseen(NOON, LATER + timedelta(days=1), LATER + timedelta(days=1), 10) == []
    take_orders(canary.database, the_order())  # the same again, and then changed
    assert rows_with_traces(canary.database) == []
    again = Chat(shop, customer_id=CUSTOMER)
    again.say(f"where is {ORDER}?", "order_status", order_number=ORDER, email=EMAIL)
    assert not again.case.proven and len(canary.references) == others
    for known in (ref, ORDER):
        with pytest.raises(AlreadyErased):
            erasing.erase(shop, known, "Ida", LATER)


def replace_sender(chat: Chat):  # type: ignore[no-untyped-def]
    assert chat.last is not None
    with chat.shop.begin(False) as uow:
        message = uow.messages.of(chat.id)[0]
    return chat.last.__class__(**{**vars(chat.last), "message_id": message.id})


def test_killed_between_store_and_memory_the_next_worker_goes_on(canary: Canary, memory: TrackerFile) -> None:
    erasing.erase(canary.shop, EMAIL, "Ida", NOON, also_open=True)  # and here the command is killed
    assert traces(memory.path)

    def dies() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):  # and here a worker, before it has noted that it is done
        Erasures(canary.shop, memory, dies).run(NOON)
    reader = sqlite3.connect(memory.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    assert Erasures(canary.shop, memory, canary.database.compact).run(NOON) == 0  # somebody reads: it is tried again
    reader.close()
    assert erasing.go_on(canary.shop, memory, canary.database.compact, NOON) == 0  # a turn may still be under way
    remember_more(memory, canary.chats[0])
    assert traces(memory.path) and go_on(canary, memory) == 1
    assert traces(memory.path) == []


def test_two_who_erase_at_once_erase_once(canary: Canary) -> None:
    def erase(_place: int) -> bool:
        try:
            return bool(erasing.erase(canary.shop, EMAIL, "Ida", LATER, also_open=True))
        except NotFound:
            return False

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(erase, range(2))) == [False, True]
    assert [line.act for line in chains.trail(canary.shop, "shop")].count("customer.erased") == 1
    assert rows_with_traces(canary.database) == []


def remember_more(memory: TrackerFile, chat: Chat) -> None:
    """A turn that was under way ends after the erasure."""
    with sqlite3.connect(memory.path) as file:
        file.execute("INSERT INTO events (sender_id, type_name, data) VALUES (?, 'user', ?)", (f"{chat.id}.3", NAME))
    file.close()


def test_lead_erases_at_the_desk_and_all_read_that_it_was(memory_database: Database, tmp_path: Path) -> None:
    canary = plant(memory_database)
    with a_desk(memory_database, LATER, tmp_path / "var") as desk:
        lead, agent = desk.person("Ida Lind", "lead"), desk.person("Ben Ode")
        ref = canary.chats[1].case.reference
        for deed in ("erase/preview", "erase"):
            agent.post(f"cases/{ref}/{deed}", 403, confirm=ref, also_open=True)
        told = lead.post(f"cases/{ref}/erase/preview")
        assert told["cases"] == canary.references and told["chats"] == 5 and ref in told["open"] and told["records"] > 100
        lead.post(f"cases/{ref}/erase", 400, confirm="yes", also_open=True)
        assert "still open" in json.dumps(lead.post(f"cases/{ref}/erase", 409, confirm=ref))
        assert rows_with_traces(memory_database)
        lead.post(f"cases/{ref}/erase", confirm=ref.lower(), also_open=True)
        assert rows_with_traces(memory_database) == []
        for one in canary.references:
            thread, case = lead.get(f"chats/{one}"), lead.get(f"cases/{one}")
            assert ERASED in json.dumps(thread) and not any(mark in json.dumps([thread, case]).lower() for mark in MARKS)
        assert not lead.rows().keys() & {*canary.references}
        assert "was erased" in json.dumps(lead.post(f"chats/{ref}/reply", 409, text="Hello?", key="late"))
        assert "was erased" in json.dumps(lead.post(f"cases/{ref}/erase/preview", 404))


def test_only_the_one_who_is_meant(memory_database: Database) -> None:
    canary = plant(memory_database)
    take_orders(memory_database, anothers_order())
    other = Chat(canary.shop)
    other.say("A20077 otto@example.com my lamp is late", "late_delivery", order_number="A20077", email="otto@example.com")
    other.say(f"my neighbour is {EMAIL}", "inform")
    stranger = Chat(canary.shop)
    stranger.say(f"I am {EMAIL} and my lamp is late", "late_delivery", email=EMAIL)
    found = erasing.preview(canary.shop, EMAIL)
    assert found.others == (other.case.reference,) and stranger.case.reference in found.cases
    assert stranger.id not in json.dumps(customer_export.gathered(canary.shop, EMAIL, "Ida", LATER).document)
    erasing.erase(canary.shop, EMAIL, "Ida", LATER, also_open=True)
    with canary.shop.begin(False) as uow:
        assert uow.messages.of(other.id)[0].text.startswith("A20077")
    assert {one.rpartition(" ")[2] for one in rows_with_traces(memory_database)} == {"messages.text"}
    with pytest.raises(NotFound, match=r"Nothing is held about nobody@example\.com"):
        erasing.preview(canary.shop, "nobody@example.com")


def test_same_address_on_another_channel_is_somebody_else(memory_database: Database) -> None:
    canary, theirs = plant(memory_database), PHONE.replace(" ", "")
    a = tables.metadata.tables["arrivals"]
    for channel in ("whatsapp", "telegram"):
        with canary.shop.begin(True) as uow:
            uow.arrivals.keep(channel, [Arrival("one-more", ArrivalKind.MESSAGE, theirs, "Hello?", NOON)], NOON, NOON)
    erasing.erase(canary.shop, EMAIL, "Ida", LATER, also_open=True)
    with canary.shop.begin(False) as uow:
        left = [(row.channel, row.state) for row in uow.session.execute(select(a).where(a.c.body.is_not(None)))]
        kept = uow.session.execute(select(func.count()).where(a.c.channel == "whatsapp")).scalar()
    assert left == [("telegram", "waiting")] and kept == 1  # of what was taken in the key alone, so that it is not taken in again


def test_every_table_is_known_with_all_its_words() -> None:
    held = {one.name: one for one in HELD}
    assert {table.name for table in tables.metadata.sorted_tables} == {*held, *ABOUT_NOBODY}
    assert not {*held} & {*ABOUT_NOBODY}
    forgotten = [
        f"{name}.{column.name}"
        for name, one in held.items()
        if not one.goes or one.where is not None
        for column in one.table.c
        if type(column.type).__name__ in ("Text", "JSON") and column.name not in (one.becomes(NOON) if one.becomes else {})
    ]
    own = {"conversations.note", "remedies.lines"}  # taken out with the row itself
    assert set(forgotten) - WORDS_THAT_STAY - own == set()
    assert all(one.goes or one.why for one in HELD)

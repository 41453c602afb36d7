"""A person whose every detail is like nobody else's, put into the store by every way in: so that what is left of them can be looked for."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.bootstrap import open_passwords
from bot.cases.case import Alert
from bot.cases.channel import Arrival, ArrivalKind
from bot.cases.claim import Claim, ClaimItem, ClaimState
from bot.cases.conversation import Author
from bot.cases.desk import Agent, Draft
from bot.cases.follow_up import WISH
from bot.cases.learning import FailureType, LearningRecord, ReviewItem, Unsure
from bot.cases.letter import Letter
from bot.cases.money import Money
from bot.cases.order import Payment
from bot.cases.remedy import Attempt, RemedyKind
from bot.cases.way_back import WayBack, digest_of
from bot.errors import SendFailed
from bot.handling import agents, case_api, case_deeds, desk_deeds, hooks, ledger, letters, people
from bot.handling.accept import add_reply
from bot.handling.clean import clean
from bot.handling.files import attach, keep_file
from bot.handling.shop import Shop
from bot.ports import Remade
from bot.store import tables
from bot.store.database import Database
from bot.worker.follow_ups import FollowUps
from bot.worker.remedies import Remedies
from tests.builders import NOON, a_buyer, an_item, an_order
from tests.doors import a_shop
from tests.lines import Line, Post
from tests.unit.handling.chats import Chat, take_orders

NAME, EMAIL, PHONE, POSTCODE = "Quillon Vexmarsh", "quillon.vexmarsh@canary.example", "+1 602 555 0177", "ZQ9 7XV"
CARD = "4242 4242 4242 4242"
CUSTOMER, ORDER = "quillon_vexmarsh", "Q70021"
SIGN = "marmaladecanary"  # a word that nobody else writes
MARKS = ("quillon", "vexmarsh", "602 555 0177", "6025550177", POSTCODE, "ZQ97XV", SIGN, CARD, CARD.replace(" ", ""))
AGENT = "Amira Haddad"
CREATE = (
    "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT NOT NULL, type_name TEXT NOT NULL, timestamp FLOAT,"
    " intent_name TEXT, action_name TEXT, data TEXT)"
)


class AsSent:
    """Writes no file anew: what was in it stays to be looked for."""

    def remake(self, raw: bytes, looks: str) -> Remade:
        return Remade(raw, "image/png", 1, 1)


def the_order() -> object:
    """Delivered, with the person in every field that a shop may put them in."""
    return an_order(
        number=ORDER,
        status="delivered",
        items=(an_item(price="45.00", options={"engraving": f"For {NAME}"}),),
        buyer=a_buyer(id=CUSTOMER, name=NAME, email=EMAIL, phone=PHONE),
        ship_to={"street": f"1 {SIGN} road", "city": "Phoenix", "state": "AZ", "zip": POSTCODE, "country": "USA"},
        tracking_numbers=(f"NP{SIGN}",),
        payments=(Payment("payment", Money.of("45.00", "USD"), f"wallet of {EMAIL}"),),
        delivered_at=NOON - timedelta(days=1),
    )


@dataclass
class Canary:
    """The person in a shop of their own; `chats`: all in which they wrote."""

    shop: Shop
    database: Database
    chats: list[Chat] = field(default_factory=list)

    @property
    def references(self) -> list[str]:
        with self.shop.begin(False) as uow:
            ids = [chat.id for chat in self.chats]
            return uow.customers.references_in(ids)


def plant(database: Database) -> Canary:
    """By order, chat, channel, sign-in, file, desk, API, other systems, mail and what people write about them."""
    shop = replace(a_shop(database), mails=True)
    take_orders(database, the_order())
    canary = Canary(shop, database)
    agents.add(shop, open_passwords(), AGENT, "amira@example.com", "lead", "four-words-are-good", NOON)
    hooks.add(shop, "https://help.example/hook", (), NOON, with_private=True)
    for chat in (_settled(shop), _by_people(shop), _called_back(shop), _on_a_channel(shop), Chat(shop, customer_id=CUSTOMER)):
        canary.chats.append(chat)
    canary.chats[-1].say(f"hello, this is {NAME}, {SIGN}", "greet", person_name=NAME)
    _written_about(canary)
    return canary


def agent_of(shop: Shop) -> Agent:
    """Whoever answers."""
    with shop.begin(False) as uow:
        return uow.agents.get(AGENT)


def _opening(chat: Chat, words: str = "my lamp is broken") -> None:
    # The assistant is asked what was kept: without the card's number.
    said = f"{ORDER} {EMAIL} {words}, {SIGN}. I am {NAME}, {PHONE}, {POSTCODE}, card {CARD}"
    chat.say(clean(said).text, "damaged_or_defective", order_number=ORDER, email=EMAIL, person_name=NAME, phone=PHONE)


def _settled(shop: Shop) -> Chat:
    """A case that ended: refunded, asked about, answered with a wish."""
    chat = Chat(shop)
    _opening(chat)
    chat.tap("efund")
    chat.tap("Yes")
    landed = NOON + timedelta(days=2)
    with shop.begin(True) as uow:
        (remedy,) = [one for one in uow.remedies.of(chat.case.id) if one.is_filed]
        ledger.settle(shop, uow, remedy, landed)
        uow.add(Attempt(remedy.id, landed, "failed", f"no account of {NAME}"))
    with shop.begin(False) as uow:
        due = uow.follow_ups.of(chat.case.id)[-1].due_at
    FollowUps(shop).run(due)
    chat.now = due
    chat.say("yes", "affirm")
    while chat.asks != WISH:  # some are asked how easy it was, too
        chat.say("4", "inform")
    chat.say(f"write {SIGN} on it, says {NAME}", "inform")
    letters.ask_for_transcript(shop, chat.id, due)
    chat.now = NOON
    return chat


def _by_people(shop: Shop) -> Chat:
    """A chat that a person answers, with all that people write beside it."""
    chat = Chat(shop)
    _opening(chat, "my lamp hums")
    file = keep_file(shop, AsSent(), chat.id, "photo-1", f"{SIGN}.png", b"\x89PNG\r\n\x1a\n" + SIGN.encode() * 4, NOON)
    ref, agent = chat.case.reference, agent_of(shop)
    with shop.begin(True) as uow:
        message = uow.messages.of(chat.id)[0]
        attach(uow, message, [file.id])
    people.take(shop, ref, AGENT, NOON)
    people.reply(shop, ref, AGENT, f"Dear {NAME}, hello.", NOON)
    desk_deeds.send(shop, agent, ref, desk_deeds.Reply(f"And, {NAME}: {SIGN}", "held-1"), NOON, 60.0)
    desk_deeds.keep_draft(shop, agent, ref, "reply", f"Dear {NAME}", NOON)
    desk_deeds.note(shop, agent, ref, f"{NAME} has called: {SIGN}", "note-1", NOON)
    case_api.add_note(shop, ref, AGENT, f"From outside: {PHONE}", "note-2", NOON)
    desk_deeds.label(shop, agent, ref, message.id, "late_delivery", f"{NAME} means it is late", NOON)
    case_deeds.change_tags(shop, agent, ref, {"add": ["vexmarsh", "lamp"]}, NOON)
    due = (NOON + timedelta(days=3)).isoformat()
    case_deeds.promise(shop, agent, ref, {"what": f"I ring {NAME} on {PHONE}", "due_at": due}, NOON)
    ledger.grant(shop, ref, AGENT, RemedyKind.PARTIAL_REFUND, NOON, amount=Money.of("5.00", "USD"), reason=f"for {NAME}")
    return chat


def _called_back(shop: Shop) -> Chat:
    """A call that is owed, and a note at hand-back."""
    chat = Chat(shop)
    said = {"order_number": ORDER, "email": EMAIL}
    chat.say(f"Your courier shouted at me. {ORDER} {EMAIL} {SIGN}", "staff_conduct", **said)
    chat.tap("call me")
    if chat.asks == "phone":
        chat.say(PHONE, "inform", phone=PHONE)
    chat.tap("Yes")
    work = Remedies(shop, None, lambda: NOON)
    work.run(NOON)
    work.close()
    people.take(shop, chat.case.reference, AGENT, NOON)
    people.hand_back(shop, chat.case.reference, f"We ring {NAME}.", NOON)
    return chat


def _on_a_channel(shop: Shop) -> Chat:
    """A conversation on WhatsApp: of a message to them nobody knows whether it arrived, one of theirs waits, one was put aside."""
    line, theirs = Line(shop, Post(name="whatsapp")), PHONE.replace(" ", "")
    line.comes(
        f"wamid-{SIGN}", f"hello, {SIGN}", sender=theirs, name=NAME, thread=SIGN, subject=f"Lamp of {NAME}", phone=theirs, email=EMAIL
    )
    with shop.begin(False) as uow:
        contact = uow.contacts.at("whatsapp", theirs)
        assert contact is not None
    chat = Chat(shop, id=contact.conversation_id)
    _opening(chat)
    line.works()
    _failing(chat, line)
    came = [Arrival(f"later-{place}", ArrivalKind.MESSAGE, theirs, f"{NAME} again, {SIGN}", NOON, name=NAME) for place in range(2)]
    receipt = Arrival("receipt", ArrivalKind.RECEIPT, "", about="out-1", state="failed", why=f"{PHONE} is no phone")
    with shop.begin(True) as uow:
        uow.arrivals.keep("whatsapp", [*came, receipt], NOON, NOON + timedelta(days=1))
        waiting = uow.arrivals.claim("whatsapp", theirs, NOON + timedelta(days=1), timedelta(minutes=1))
        assert waiting is not None
        uow.arrivals.end(waiting.id, "failed")
    return chat


def _failing(chat: Chat, line: Line) -> None:
    """A message whose answer was lost, and which the provider speaks of by their name."""
    with chat.shop.begin(True) as uow:
        add_reply(uow, uow.conversations.get(chat.id), Author.AGENT, f"Dear {NAME}", NOON, agent=AGENT)
    line.post.failures = [SendFailed(f"no account of {NAME}", is_unknown=True)]
    line.works()


def _written_about(canary: Canary) -> None:
    """What other parts keep: letters, claims, links, alerts, records, and what other systems are told."""
    chat, shop = canary.chats[0], canary.shop
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(chat.case.reference)
        uow.add(Letter("letter-1", case.id, f"Dear {NAME}", "test", NOON))
        uow.add(Claim("claim-1", case.id, "D-CANARY", NOON, ClaimState.REFUSED, reason=f"{NAME} has no receipt"))
        uow.add(WayBack("a" * 32, chat.id, 1, NOON, NOON + timedelta(days=7), digest_of(EMAIL)))
        uow.alerts.raise_once(Alert("reopened", AGENT, NOON, "canary", case.id, {"case": case.reference, "for": NAME}))
        if uow.session.get(LearningRecord, case.id) is None:
            uow.add(LearningRecord(case.id, NOON, NOON, FailureType.PRODUCT))
        uow.flush()
        record = uow.session.get(LearningRecord, case.id)
        record.product = f"lamp of {NAME}"
        record.customer_words, record.cause, record.whys = f"it broke, {SIGN}", f"{NAME} got the old box", ("the box is thin",)
        uow.add(Draft("Otto Lang", chat.id, "note", f"Is {NAME} well?", NOON))
        uow.add(ClaimItem("claim-1", f"a vase of {NAME}", 1000, "USD", f"{SIGN}.pdf", NOON))
        message = uow.messages.of(chat.id)[0]
        if uow.session.get(ReviewItem, message.id) is None:
            uow.add(ReviewItem(message.id, chat.id, NOON, Unsure.UNSURE, case.id, f"lamp {SIGN}"))
    with shop.begin(False) as uow:
        due = [
            row
            for hook in uow.hooks.due(NOON)
            for row in uow.session.execute(select(tables.metadata.tables["hook_deliveries"].c.id)).scalars()
        ]
    for one in due:
        hooks.prepare(shop, one)


def remember(path: Path, chats: Sequence[Chat]) -> None:
    """What Rasa would have written of these chats, in the shape of its own store; and of one more, by somebody else."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute(CREATE)
        for chat in chats:
            rows = [
                (f"{chat.id}.{number}", "user", NOON.timestamp(), f'{{"text": "{NAME} {EMAIL} {SIGN} {place}"}}')
                for number in (1, 2)
                for place in range(40)
            ]
            file.executemany("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", rows)
        file.execute("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES ('other.1', 'user', 0, 'somebody else')")
        file.commit()


def traces(*files: Path) -> list[str]:
    """Which marks are in these files' bytes, or in those beside them (-wal, -journal), in whatever case."""
    found = []
    for path in (near for file in files for near in file.parent.glob(f"{file.name}*")):
        held = path.read_bytes().lower()
        found += [f"{mark} in {path.name}" for mark in MARKS if mark.lower().encode() in held]
    return found


def every_value(database: Database) -> Iterator[tuple[str, str]]:
    """Each value of the store, with its table and column."""
    with database.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for column, value in row._mapping.items():
                    yield f"{table.name}.{column}", value.decode("latin-1") if isinstance(value, bytes) else str(value)


def rows_with_traces(database: Database) -> list[str]:
    """Where in the store a mark still stands."""
    return sorted({f"{mark} in {where}" for where, value in every_value(database) for mark in MARKS if mark.lower() in value.lower()})

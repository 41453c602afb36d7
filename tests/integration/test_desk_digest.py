"""People are mailed when chats wait and nobody looks: who, when, how often, and nothing of a customer; once however often killed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.desk import Agent, DeskRole
from bot.handling import people
from bot.handling.accept import accept, open_conversation
from bot.handling.cases import case_of
from bot.handling.chains import verify
from bot.handling.digests import DIGEST, queue
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.providers.mail import SmtpMailer
from bot.store.database import Database
from bot.worker.digests import Digests
from tests.builders import NOON
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.mailbox import Mailbox

MORNING = NOON + timedelta(hours=4)  # nine o'clock where the shop is
NIGHT = NOON + timedelta(hours=18)
MINUTE = timedelta(minutes=1)
DESK = "https://shop.example/desk"


@pytest.fixture
def shop(database: Database) -> Shop:
    made = a_shop(database)
    person(made, "Ada", teams=["care"])
    person(made, "Leo", DeskRole.LEAD, teams=["lead"])
    person(made, "Sam", teams=["safety"])
    person(made, "Aud", DeskRole.AUDITOR)
    return made


def person(shop: Shop, name: str, role: DeskRole = DeskRole.AGENT, **given: Any) -> None:
    with shop.begin(True) as uow:
        uow.add(Agent(name, address(name), role, "-", NOON, **given))


def address(name: str) -> str:
    return f"{name.lower()}@example.com"


def change(shop: Shop, name: str, **given: Any) -> None:
    with shop.begin(True) as uow:
        agent = uow.agents.get(name)
        for field, value in given.items():
            setattr(agent, field, value)


def waits(shop: Shop, reason: str = "asked", at: datetime = MORNING) -> str:
    chat = open_conversation(shop, "website", at)
    accept(shop, chat.id, f"{chat.id}-1", "I am Nina Berg, nina@example.com, order A10021.", None, at)
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        hand_off(shop, uow, conversation, reason, at)
        return case_of(uow, conversation, at).reference


def run(shop: Shop, mailer: SmtpMailer, at: datetime) -> None:
    Digests(shop, mailer, DESK).run(at)


def mailed(inbox: Mailbox) -> list[str]:
    """To whom, in order of their names; the box is empty then."""
    found = sorted(to[0] for to, _ in inbox.letters)
    inbox.letters.clear()
    return found


def test_team_is_mailed_once_an_hour_with_nothing_of_the_customer(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    first, second = waits(shop), waits(shop, "proof_failed", MORNING + MINUTE)
    run(shop, mailer, MORNING + 14 * MINUTE)
    assert mailed(inbox) == []
    run(shop, mailer, MORNING + 16 * MINUTE)
    (letter,) = inbox.to(address("Ada"))
    text = str(letter.get_content()).replace("\r\n", "\n")
    assert letter["Subject"] == "Waiting at the desk of Larkspur & Lane with nobody there: 2"
    assert f"{first}: asked, waiting for 16 minutes\n{DESK}#/chat/{first}" in text and f"{second}: proof failed" in text
    assert [word for word in ("Nina", "nina@", "A10021") if word in text] == []
    assert mailed(inbox) == [address("Ada")]
    for minutes in range(17, 76):
        run(shop, mailer, MORNING + minutes * MINUTE)
    assert mailed(inbox) == []
    run(shop, mailer, MORNING + timedelta(hours=4, minutes=17))
    assert "waiting for 4 hours" in str(inbox.to(address("Ada"))[0].get_content())
    assert mailed(inbox) == [address("Ada")] and verify(shop).broken == ()


Happens = Callable[[Shop, str], Any]
QUIETLY: dict[str, Happens] = {
    "somebody of the team is there": lambda shop, _: change(shop, "Ada", seen_at=MORNING + 19 * MINUTE),
    "somebody who answers for all is there": lambda shop, _: person(shop, "All", seen_at=MORNING + 19 * MINUTE),
    "it was taken": lambda shop, ref: people.take(shop, ref, "Leo", MORNING + 19 * MINUTE),
}


@pytest.mark.parametrize("happens", QUIETLY.values(), ids=QUIETLY)
def test_nobody_is_mailed_where_somebody_looks(shop: Shop, mailer: SmtpMailer, inbox: Mailbox, happens: Happens) -> None:
    happens(shop, waits(shop))
    run(shop, mailer, MORNING + 20 * MINUTE)
    assert mailed(inbox) == []


def test_night_waits_for_the_morning_unless_it_is_urgent_which_leads_hear_of_too(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    waits(shop, "asked", NIGHT)
    run(shop, mailer, NIGHT + timedelta(hours=2))
    assert mailed(inbox) == []
    ref = waits(shop, "injury", NIGHT)
    run(shop, mailer, NIGHT + timedelta(hours=3))
    assert ref in str(inbox.to(address("Leo"))[0].get_content())
    assert mailed(inbox) == [address("Leo"), address("Sam")]
    opening = NIGHT + timedelta(hours=9)
    with shop.begin(True) as uow:
        uow.conversations.get(uow.cases.by_reference(ref).conversation_id)
        uow.cases.by_reference(ref).close(opening)
    run(shop, mailer, opening + 14 * MINUTE)
    assert mailed(inbox) == []
    run(shop, mailer, opening + 15 * MINUTE)
    assert mailed(inbox) == [address("Ada")]


def test_whoever_is_away_is_left_in_peace_where_others_are_not(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    person(shop, "Ben", teams=["care"])
    change(shop, "Ada", away_since=MORNING)
    waits(shop)
    run(shop, mailer, MORNING + 15 * MINUTE)
    assert mailed(inbox) == [address("Ben")]
    change(shop, "Ben", disabled_at=MORNING)
    run(shop, mailer, MORNING + 16 * MINUTE)
    assert mailed(inbox) == [address("Ada")]


def test_mail_that_fails_is_tried_again_and_told_of_what_waits_then(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    first, second = waits(shop), waits(shop)
    inbox.answer = "451 not now"
    at = MORNING + 15 * MINUTE
    run(shop, mailer, at)
    inbox.answer = "250 taken"
    people.take(shop, first, "Leo", at)
    run(shop, mailer, at + MINUTE)
    text = str(inbox.to(address("Ada"))[0].get_content())
    assert second in text and first not in text
    assert mailed(inbox) == [address("Ada")]


def test_mail_nobody_needs_any_more_is_dropped_and_hinders_no_later_one(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    ref, at = waits(shop), MORNING + 15 * MINUTE
    assert queue(shop, "Ada", at)
    people.take(shop, ref, "Leo", at)
    run(shop, mailer, at)
    assert mailed(inbox) == []
    waits(shop)
    run(shop, mailer, at + MINUTE)
    assert mailed(inbox) == [address("Ada")]


def test_killed_at_any_moment_it_is_one_mail(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    waits(shop)
    at = MORNING + 15 * MINUTE
    with pytest.raises(SystemExit):
        run(shop, inbox.dying_mailer, at)
    for minutes in (1, 2, 3, 4):
        at_once(2, lambda _, minutes=minutes: run(shop, mailer, at + minutes * MINUTE))  # type: ignore[misc]
    ids = {letter["Message-ID"] for letter in inbox.to(address("Ada"))}
    assert len(ids) == 1 and len(inbox.letters) == 2  # the one that was lost and its like
    with shop.begin(False) as uow:
        assert uow.outbox.claim_due(DIGEST, at + timedelta(minutes=30), MINUTE, 10) == []
        assert uow.digests.mailed_since(MORNING) == {"Ada"}

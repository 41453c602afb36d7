"""Messages that a person looks at again: kept once, without what names anybody, marked by agents and labelled by leads."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cases.learning import Unsure
from bot.cases.taught import Example
from bot.cli import main
from bot.handling.drift import drift
from bot.handling.intake import hear
from bot.handling.review import labelled, note_exported, shown
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, a_buyer, an_order
from tests.desks import TestDesk, a_desk
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, heard, take_orders


def kept(shop: Shop) -> list[tuple[str, str, str | None, float | None]]:
    return [(row["text"], row["why"], row["heard"], row["confidence"]) for row in shown(shop)["rows"]]


def test_what_was_heard_unsurely_is_kept_once_and_names_nobody(database: Database) -> None:
    shop = a_shop(database)
    take_orders(database, an_order(number="M1", buyer=a_buyer()))
    chat = Chat(shop)
    chat.say(
        "M1 nina@example.com it hums and my cat hates it says Nina Ahlberg",
        "damaged_or_defective",
        confidence=0.41,
        ranking=(("nlu_fallback", 0.6), ("damaged_or_defective", 0.41)),
        order_number="M1",
        email="nina@example.com",
    )
    chat.hear_last_again()
    chat.say("it hums all night long", "damaged_or_defective")  # sure
    assert kept(shop) == [("[order number] [email] it hums and my cat hates it says [name]", "unsure", "damaged_or_defective", 0.41)]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("I do not want to live any more", {"intent": "other_complaint", "confidence": 0.2, "reasons": ("self_harm",)}),
        ("M1 nina@example.com", {"intent": "inform", "confidence": 0.2, "order_number": "M1", "email": "nina@example.com"}),
        ("My lamp is broken", {"intent": "choose", "confidence": 0.1, "choice": "label"}),
    ],
)
def test_grave_words_taps_and_bare_numbers_are_left_out(database: Database, text: str, given: dict[str, object]) -> None:
    shop = a_shop(database)
    Chat(shop).say(text, **given)  # type: ignore[arg-type]
    assert kept(shop) == []


def test_what_the_assistant_had_to_ask_again_is_kept(database: Database) -> None:
    shop = a_shop(database)
    chat = Chat(shop)
    chat.say("my parcel is late", "late_delivery")
    assert chat.asks == "order_number"
    chat.say("the blue one of course", "inform")
    assert [(text, why) for text, why, *_ in kept(shop)] == [("the blue one of course", str(Unsure.ASKED_AGAIN))]


@pytest.fixture
def desk(database: Database, tmp_path: Path):  # type: ignore[no-untyped-def]
    with a_desk(database, NOON, tmp_path) as made:
        yield made


def test_agent_marks_with_one_deed_and_a_lead_labels(desk: TestDesk) -> None:
    ref = desk.waiting("The lamp hums, says Nina Ahlberg of 12 Elm Street.")
    amira, lead, sam = desk.person("Amira Haddad"), desk.person("Lea Brandt", "lead"), desk.person("Sam Okafor", "auditor")
    message = amira.get(f"chats/{ref}")["messages"][0]["id"]
    for _ in range(2):
        amira.post(f"chats/{ref}/label", message=message)
    amira.get("review", 403)
    amira.post(f"review/{message}/label", 403, intent="late_delivery")
    (row,) = lead.get("review")["rows"]
    assert (row["text"], row["why"], row["brought_by"], row["case"]) == (
        "The lamp hums, says [name] of [address].",
        "misheard",
        "Amira Haddad",
        ref,
    )
    assert sam.get("review")["counts"] == {"open": 1, "labelled": 0, "dropped": 0}
    sam.post(f"review/{message}/label", 403, intent="late_delivery")
    lead.post(f"review/{message}/label", 400, intent="nothing_there_is", version=row["version"])
    lead.post("review/none/label", 404, intent="late_delivery")
    said = lead.post(f"review/{message}/label", intent="damaged_or_defective", version=row["version"])
    assert (said["label"], said["labelled_by"]) == ("damaged_or_defective", "Lea Brandt")
    other = desk.person("Owen Hale", "owner")
    other.post(f"review/{message}/label", 409, intent=None, version=row["version"])
    assert other.post(f"review/{message}/label", intent=None, version=said["version"])["label"] is None
    assert lead.get("review")["counts"] == {"open": 0, "labelled": 0, "dropped": 1}
    assert lead.get("review?done=1")["rows"][0]["message"] == message and [*labelled(desk.shop)] == []
    lead.post(f"review/{message}/label", intent="damaged_or_defective")
    assert [*labelled(desk.shop)] == [Example("The lamp hums, says name of address .", "damaged_or_defective")]
    note_exported(desk.shop, desk.at)
    assert lead.get("review")["counts"]["labelled"] == 1
    acts = desk.acts(ref)
    assert acts.count("message.labelled") == 1 and {"review.labelled", "review.dropped"} <= set(acts)


def test_weeks_are_counted_without_taps_and_developers_chats(database: Database) -> None:
    shop = a_shop(database)
    for days, intent, sure in (
        (40, "thanks", 0.9),
        (15, "late_delivery", 0.8),
        (8, "late_delivery", 0.6),
        (7.5, "wrong_item", 0.7),
        (1, "greet", 0.5),
    ):
        Chat(shop, now=NOON - timedelta(days=days)).say("something is the matter", intent, confidence=sure)
    tapping = Chat(shop, now=NOON - timedelta(days=1))
    tapping.say("Yes", "affirm", choice="settled:yes")
    with shop.begin(True) as uow:
        uow.messages.of(tapping.id)[0].choice = "settled:yes"
    hear(shop, heard("dev words, many of them", "wrong_item", sender_id="a-developer.1", confidence=0.2), NOON - timedelta(days=1))
    found = drift(shop, NOON)
    counts = {week.begins: dict(week.counts) for week in found.weeks}
    assert [dict(week.counts) for week in found.weeks][-3:] == [{"late_delivery": 1}, {"late_delivery": 1, "wrong_item": 1}, {"greet": 1}]
    assert (len(found.weeks), len(counts)) == (6, 6) and found.weeks[0].counts == {"thanks": 1}
    assert found.weeks[-2].mean == pytest.approx(0.65) and found.weeks[-2].share("wrong_item") == 0.5
    assert [row["dev"] for row in shown(shop)["rows"] if "dev words" in row["text"]] == [True]


def test_terminal_lists_and_labels(
    memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def amends(*words: str) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["amends", "learn", *words])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return said.out, said.err

    for name, value in (("AMENDS_DATABASE_URL", memory_database.url), ("AMENDS_VAR", str(tmp_path / "var")), ("AMENDS_ENV", "production")):
        monkeypatch.setenv(name, value)
    with a_desk(memory_database, NOON, tmp_path) as desk:
        desk.person("Lea Brandt", "lead")
        desk.person("Amira Haddad")
    chat = Chat(a_shop(memory_database))
    chat.say("the fan goes round and round, asks Nina Ahlberg", "damaged_or_defective", confidence=0.3)
    row = json.loads(amends("list", "--json")[0])
    assert (row["text"], row["heard"]) == ("the fan goes round and round, asks [name]", "damaged_or_defective")
    assert "give the intent, or --drop" in amends("label", row["message"])[1].lower()
    assert "lead or the owner" in amends("label", row["message"], "wrong_item", "--agent", "Amira Haddad")[1]
    assert "no intent 'wrong'" in amends("label", row["message"], "wrong", "--agent", "Lea Brandt")[1]
    amends("label", row["message"], "damaged_or_defective", "--agent", "Lea Brandt")
    out, err = amends("export")
    assert "  - intent: damaged_or_defective" in out and "- the fan goes round and round, asks name" in out and "1 new" in err
    assert "damaged_or_defective" in amends("list", "--done")[0] and "too few to tell" in amends("drift")[0]
    assert "No candidate waits" in amends("accept")[1] and "Nothing was accepted" in amends("rollback")[1]

"""The thin actions: what they return to Rasa, one bubble each, and the names the domain knows them by."""

import asyncio
import inspect
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from actions import base, complaint
from bot import policy_files
from bot.cases.heard import Thing
from bot.cases.issue import Issue
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import an_order
from tests.unit.handling.chats import take_orders

ROOT = Path(__file__).parents[3]
DOMAIN = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
REGISTERED = [one for _, one in inspect.getmembers(complaint, inspect.isclass) if issubclass(one, Action) and not inspect.isabstract(one)]
_numbers = count(1)


@pytest.fixture
def shop(memory_database: Database, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """What the process would open once."""
    take_orders(memory_database, an_order(status="delivered"))
    rules = policy_files.read(ROOT / "data" / "policy")
    words = Wording.read(ROOT / "data" / "responses")
    opened = Shop(memory_database.begin, OrderBook(memory_database, 0), rules.policy, words, rules.shop_name, opens_unknown=True)
    monkeypatch.setattr(base, "shop", lambda: opened)
    return opened


def a_parse(text: str, intent: str, **entities: str) -> dict[str, Any]:
    """A message as Rasa keeps it in the tracker."""
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": found,
        "intent_ranking": [{"name": intent, "confidence": 0.9}],
        "message_id": f"parsed-{next(_numbers)}",
    }


def run(action: Action, parse: dict[str, Any], sender_id: str = "somebody") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The events and the messages of one action."""
    tracker = Tracker(sender_id, {}, parse, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, tracker, DOMAIN))
    return events, dispatcher.messages


def test_form_is_told_which_fact_to_ask_and_that_the_message_was_used(shop: Shop) -> None:
    parse = a_parse("my parcel is late", "late_delivery")
    events, messages = run(complaint.ValidateComplaintForm(), parse)
    told = {one["name"]: one["value"] for one in events}
    assert told == {"requested_slot": "order_number", "heard": parse["message_id"]}
    assert messages == []


def test_form_has_nothing_to_ask_once_a_person_is_brought(shop: Shop) -> None:
    events, _ = run(complaint.ValidateComplaintForm(), a_parse("get me a person", "ask_human"))
    assert {one["name"]: one["value"] for one in events}["requested_slot"] is None


@pytest.mark.parametrize("action", [one for one in REGISTERED if one is not complaint.ValidateComplaintForm])
def test_every_other_action_says_the_same_one_bubble(shop: Shop, action: type[Action]) -> None:
    parse = a_parse("my parcel is late", "late_delivery")
    run(complaint.ValidateComplaintForm(), parse)
    events, messages = run(action(), parse)
    assert events == []
    assert len(messages) == 1
    assert "order number" in messages[0]["text"] or "number does the order have" in messages[0]["text"]


def test_saying_it_twice_decides_it_once(shop: Shop) -> None:
    parse = a_parse("my parcel is late", "late_delivery")
    assert run(complaint.ActionRespond(), parse) == run(complaint.ActionRespond(), parse)
    with shop.begin(False) as uow:
        assert len(uow.cases.list(with_dev=True)) == 1


def test_choices_become_buttons_with_their_payloads(shop: Shop) -> None:
    parse = a_parse("A10021 came broken", "damaged_or_defective", order_number="A10021", email="nina@example.com")
    _, messages = run(complaint.ActionRespond(), parse)
    assert [one["title"] for one in messages[0]["buttons"]] == ["Desk Lamp", "Wall Clock", "All of them"]
    assert messages[0]["buttons"][0]["payload"] == '/choose{"choice": "items:1"}'


def test_tapped_choice_is_taken(shop: Shop) -> None:
    first = a_parse("A10021 came broken", "damaged_or_defective", order_number="A10021", email="nina@example.com")
    run(complaint.ActionRespond(), first)
    events, _ = run(complaint.ValidateComplaintForm(), a_parse('/choose{"choice": "items:2"}', "choose", choice="items:2"))
    assert {one["name"]: one["value"] for one in events}["requested_slot"] == "remedy"


def test_parse_is_read_into_what_was_heard() -> None:
    parse = a_parse("late again", "late_delivery", order_number="A1", choice="items:1") | {
        "severity": {"level": "severe", "reasons": ["legal"]},
        "anger": 0.7,
        "what_happened": {"text": "late again"},
        "things": [{"name": "lamp", "kind": "goods", "plural": False}],
        "metadata": {"message_id": "ours"},
    }
    heard = base.heard_in(Tracker("c.1", {}, parse, [], False, None, {}, "action_listen"))
    assert (heard.message_id, heard.sender_id, heard.issue, heard.confidence) == ("ours", "c.1", Issue.LATE_DELIVERY, 0.9)
    assert (heard.entities, heard.choice) == ((("order_number", "A1"),), "items:1")
    assert (heard.reasons, heard.anger, heard.phrase, heard.things) == (("legal",), 0.7, "late again", (Thing("lamp", "goods"),))


def test_message_with_next_to_no_parse_is_still_heard() -> None:
    heard = base.heard_in(Tracker("c.1", {}, {"text": None}, [], False, None, {}, "action_listen"))
    assert (heard.text, heard.issue, heard.entities) == ("", None, ())


def test_domain_names_exactly_the_actions_there_are() -> None:
    assert sorted(one().name() for one in REGISTERED) == sorted(DOMAIN["actions"])


def test_each_action_is_named_as_its_class() -> None:
    for one in REGISTERED:
        words = "".join(part.title() for part in one().name().split("_"))
        assert one.__name__ == words


def test_every_fact_of_the_form_has_its_ask_action() -> None:
    asking = {f"action_ask_complaint_form_{slot}" for slot in DOMAIN["forms"]["complaint_form"]["required_slots"]}
    assert asking <= set(DOMAIN["actions"])
    assert set(DOMAIN["forms"]["complaint_form"]["required_slots"]) <= set(DOMAIN["slots"])


def test_domain_knows_every_issue_as_an_intent() -> None:
    assert {str(issue) for issue in Issue} <= set(DOMAIN["intents"])


def test_no_response_bears_the_name_the_form_would_take() -> None:
    words = Wording.read(ROOT / "data" / "responses")
    assert [slot for slot in DOMAIN["slots"] if words.has(f"ask_{slot}") or words.has(f"ask_complaint_form_{slot}")] == []

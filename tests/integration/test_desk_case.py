"""The case pane: what it shows, who may look, and facts that people correct as customers do."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event

from bot.cases.desk import Agent, DeskRole
from bot.cases.remedy import RemedyState
from bot.handling import case_pane
from bot.store.database import Database
from bot.store.orders import OrderBook
from tests.builders import an_order
from tests.desks import TestDesk, a_desk
from tests.unit.handling.chats import Chat, anothers_order, take_orders

AGENT, OTHER, LEAD = "Amira Haddad", "Jonas Weber", "Tomas Lindqvist"
NASTY = "<img src=x onerror=alert(1)> Robert'); DROP TABLE cases;-- \u202e"


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    take_orders(database, an_order(), an_order(number="A10022"), anothers_order())
    with a_desk(database, now, tmp_path) as found:
        yield found


def late(desk: TestDesk, number: str = "A10021") -> Chat:
    """A customer whose parcel is late."""
    chat = Chat(desk.shop, now=desk.at)
    chat.say(f"{number} nina@example.com is late", "late_delivery", order_number=number, email="nina@example.com")
    return chat


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows}


def refused(desk: TestDesk) -> list[tuple[str, str, str]]:
    """(who, why, route) of all that was refused at the desk's door."""
    with desk.shop.begin(False) as uow:
        lines = [one for one in uow.audit.lines("shop") if one.act == "desk.refused"]
        return [(one.who, one.detail["why"], one.detail["route"]) for one in lines]


def test_shows_all_that_is_known(desk: TestDesk) -> None:
    before = late(desk)
    before.tap("refund")
    before.tap("Yes")
    chat = late(desk, "A10022")
    lead, auditor = desk.person(LEAD, "lead"), desk.person("Ann Dit", "auditor")
    pane = lead.get(f"cases/{chat.case.reference.lower()}")
    facts = by_name(pane["facts"])
    assert (facts["email"]["verified"], facts["email"]["source"], facts["order_number"]["label"]) == (True, "customer", "Order number")
    assert (pane["customer"]["name"], pane["order"]["number"], pane["order"]["total"]) == ("Nina Berg", "A10022", "75.00")
    assert [(one["ref"], one["totals"]) for one in pane["earlier"]] == [(before.case.reference, ["75.00 USD"])]
    refund = next(one for one in pane["verdict"]["allowed"] if one["kind"] == "refund")
    assert (refund["amount"], refund["lines"], refund["statutory"]) == ("75.00 USD", [1, 2], True)
    assert {"kind": "voucher", "wording": "voucher", "reason": "status is shipped, not delivered"} in pane["verdict"]["refused"]
    assert "It is 4 days late." in pane["verdict"]["clauses"]
    assert pane["may_grant"] == {"limit": "2500.00", "currency": "USD", "left": "75.00", "two_from": "1000.00", "role": "lead"}
    assert {"opened the case", "proved which order it is"} <= {one["text"] for one in pane["history"]}
    assert [(one["what"], one["state"]) for one in pane["promises"]] == [("taken_up", "open")]
    seen = auditor.get(f"cases/{chat.case.reference}")
    assert seen["may_grant"] is None and not any(one["may_undo"] or one["may_refuse"] for one in seen["remedies"])
    assert lead.get(f"cases/{before.case.reference}")["remedies"][0]["may_undo"]
    assert {k: v for k, v in seen.items() if k not in ("may_grant", "remedies")} == {
        k: v for k, v in pane.items() if k not in ("may_grant", "remedies")
    }


def test_nothing_of_an_order_is_shown_before_it_is_proven(desk: TestDesk) -> None:
    lead, chat = desk.person(LEAD, "lead"), Chat(desk.shop, now=desk.at)
    chat.say("My parcel A10021 is late", "late_delivery", order_number="A10021")
    pane = lead.get(f"cases/{chat.case.reference}")
    assert (pane["customer"], pane["order"], pane["earlier"], pane["proven"]) == (None, None, [], False)
    assert by_name(pane["facts"])["order_number"]["verified"] is False
    assert any("No order is proven" in one for one in pane["verdict"]["clauses"])


def test_another_persons_case_is_refused_and_noted(desk: TestDesk) -> None:
    agent, other = desk.person(AGENT, teams=("care",)), desk.person(OTHER, teams=("payments",))
    theirs = desk.waiting()
    other.get(f"cases/{theirs}")  # whoever waits is everybody's
    agent.post(f"chats/{theirs}/take", version=desk.conversation(theirs).handler_version)
    agent.get(f"cases/{theirs}")
    assistants = late(desk).case.reference
    for ref in (theirs, assistants):
        assert "not with you" in other.get(f"cases/{ref}", 403)["error"]
        for path, body in (
            ("facts", {"name": "email", "value": "otto@example.com"}),
            ("tags", {"add": ["vip"]}),
            ("priority", {"priority": "urgent"}),
            ("promise", {"what": "call", "due_at": "2026-03-03T15:00:00Z"}),
            ("merge", {"into": theirs if ref == assistants else assistants}),
            ("split", {"messages": ["x"], "issue": "wrong_item"}),
            ("grant/preview", {"kind": "callback", "reason": "wished"}),
            ("grant", {"kind": "callback", "reason": "wished", "digest": "0" * 24}),
        ):
            other.post(f"cases/{ref}/{path}", 403, **body)
    other.get("cases/A-000000", 404)
    other.get("cases/%00", 404)
    other.get("cases/' OR 1=1 --", 404)
    found = refused(desk)
    assert found[0] == (OTHER, "NotAllowed", "/desk/api/cases/{ref}")
    assert (OTHER, "NotAllowed", "/desk/api/cases/{ref}/grant/preview") in found
    assert [one[:2] for one in found].count((OTHER, "NotFound")) == 3
    assert [one["act"] for one in agent.get(f"cases/{theirs}")["history"]][-1] == "case.taken"


def test_facts_are_corrected_as_customers_correct_them(desk: TestDesk) -> None:
    lead, chat = desk.person(LEAD, "lead"), Chat(desk.shop, now=desk.at)
    chat.say("My parcel is late", "late_delivery")
    ref = chat.case.reference
    version = chat.conversation.handler_version

    def note(name: str, value: str, status: int = 200) -> dict[str, Any]:
        found: dict[str, Any] = lead.post(f"cases/{ref}/facts", status, name=name, value=value, version=version)
        return found

    assert note("order_number", "order no. a10021") == {"ref": ref, "proven": False, "order": None}
    assert note("email", "otto@example.com")["proven"] is False  # another customer's proves nothing
    assert note("email", "NINA@example.com") == {"ref": ref, "proven": True, "order": "A10021"}
    assert chat.case.wrong_proofs == 0
    note("items", "2,1")
    pane = lead.get(f"cases/{ref}")
    facts = by_name(pane["facts"])
    assert (facts["items"]["value"], facts["items"]["source"], facts["email"]["source"]) == ("1,2", "agent", "agent")
    assert pane["customer"]["id"] == "nina_7"
    assert [(one["who"], one["text"]) for one in pane["history"]][-2:] == [(LEAD, "proved which order it is"), (LEAD, "noted items")]
    for name, value in (
        ("email", NASTY),
        ("phone", NASTY),
        ("postcode", NASTY),
        ("items", NASTY),
        ("items", "3"),
        ("quantity", "2"),
        ("wish", NASTY),
        ("issue", NASTY),
        ("what_happened", "x" * 501),
        ("order_number", "-"),
        ("proven", "yes"),
        (NASTY, "1"),
    ):
        note(name, value, 400)
    assert lead.get(f"cases/{ref}")["facts"] == pane["facts"]
    note("what_happened", NASTY)
    assert by_name(lead.get(f"cases/{ref}")["facts"])["what_happened"]["value"] == NASTY.replace("\u202e", "").strip()
    note("what_happened", "")
    assert "what_happened" not in by_name(lead.get(f"cases/{ref}")["facts"])
    note("issue", "damaged_or_defective")
    assert lead.get(f"cases/{ref}")["issue"] == "damaged_or_defective"


def test_what_is_filed_keeps_its_order_and_a_stale_form_changes_nothing(desk: TestDesk) -> None:
    lead, chat = desk.person(LEAD, "lead"), late(desk)
    ref, version = chat.case.reference, chat.conversation.handler_version
    lead.post(f"cases/{ref}/facts", name="items", value="1", version=version)
    assert {one.state for one in chat.remedies} == {RemedyState.CANCELLED}  # offered for other items
    chat.say("I want a refund", "inform")
    if chat.asks == "remedy":
        chat.tap("refund")
    chat.tap("Yes")
    filed = chat.filed[0].reference
    assert filed in lead.post(f"cases/{ref}/facts", 409, name="order_number", value="A10022", version=version)["error"]
    lead.post(f"chats/{ref}/take", version=version)
    stale = lead.post(f"cases/{ref}/facts", 409, name="email", value="new@example.com", version=version)
    assert "changed hands" in stale["error"]
    lead.post(f"cases/{ref}/facts", 400, name="email", value="new@example.com", version="1")
    assert (LEAD, "Conflict", "/desk/api/cases/{ref}/facts") in refused(desk)
    assert by_name(lead.get(f"cases/{ref}")["facts"])["email"]["value"] == "nina@example.com"


def test_ended_case_is_found_and_opens_again_when_it_is_taken(desk: TestDesk) -> None:
    amira, lead, auditor = desk.person("Amira"), desk.person("Tomas", "lead"), desk.person("Ann Dit", "auditor")
    chat = late(desk)
    chat.say("I want a person", "ask_human")
    ref = chat.case.reference
    amira.post(f"chats/{ref}/reply", text="It is found.", key="one")
    amira.post(f"chats/{ref}/resolve")
    assert [one["ref"] for one in amira.get("board")["rows"]] == []
    for typed in (ref, ref.removeprefix("A-").lower(), "A10021", "#a10021", "nina berg", "NINA@example.com"):
        assert [(one["ref"], one["status"]) for one in lead.get(f"search?text={quote(typed)}")["chats"]] == [(ref, "resolved")], typed
    assert [one["ref"] for one in auditor.get("search?text=nina")["chats"]] == [ref]
    for typed in ("", "A-", "%%%", "___", "nobody", "'; DROP TABLE cases;--"):
        assert lead.get(f"search?text={quote(typed)}")["chats"] == []
    amira.post(f"chats/{ref}/take")
    with desk.shop.begin(False) as uow:
        case = uow.cases.by_reference(ref)
        acts = [line["act"] for line in uow.cases.audit(case.id)]
    assert (str(case.status), case.closed_at, case.assignee) == ("open", None, "Amira") and "case.reopened" in acts
    assert [one["ref"] for one in amira.get("board")["rows"]] == [ref]


def test_ready_answer_with_a_gap_is_not_sent(desk: TestDesk) -> None:
    amira, chat = desk.person("Amira"), late(desk)
    chat.say("I want a person", "ask_human")
    ref = chat.case.reference
    said = amira.post(f"chats/{ref}/reply", 400, text="Send a photo of the {item}, please.", key="gap")
    assert "{item}" in said["error"]
    amira.post(f"chats/{ref}/reply", text="Send a photo of the { lamp }, please.", key="whole")


def test_is_read_in_few_queries_however_much_there_is(desk: TestDesk) -> None:
    lead = Agent(LEAD, "tomas@example.com", DeskRole.LEAD, "", desk.at)
    asked: list[str] = []
    reader = threading.get_ident()  # the desk's server stands beside it and looks for new messages all the while
    shop = replace(desk.shop, orders=OrderBook(desk.database, incidents_kept=0))  # else one count may find them still remembered

    @event.listens_for(desk.database.engine, "before_cursor_execute")
    def noted(_connection: object, _cursor: object, said: str, *_: object) -> None:
        if threading.get_ident() == reader:
            asked.append(said)

    def queries(ref: str) -> int:
        asked.clear()
        found = case_pane.shown(shop, lead, ref, desk.at)
        assert len(found["earlier"]) == earlier
        return len([one for one in asked if one.startswith("SELECT")])

    chat, earlier = late(desk), 0
    few = queries(chat.case.reference)
    for _ in range(4):
        late(desk, "A10022")
    earlier = 4
    assert queries(chat.case.reference) <= few + 2 <= 42  # what was learned of them or given before, and incidents

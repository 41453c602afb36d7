"""What people do to a case at the desk: tags, priority, promises, merging and splitting, claims and calls. Each once, and noted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cases.case import PromiseState
from bot.cases.conversation import Author, Handler
from bot.handling.person_words import send_due
from bot.handling.promises import watch
from bot.handling.unsettled import take_up
from bot.store.database import Database
from bot.worker.remedies import Remedies
from tests.builders import an_order
from tests.desks import PASSWORD, Person, TestDesk, a_desk
from tests.unit.handling.chats import Chat, anothers_order, take_orders

AGENT, OTHER, LEAD = "Amira Haddad", "Jonas Weber", "Tomas Lindqvist"
NASTY = "<b onclick=alert(1)>'); DROP TABLE tags;--"


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    take_orders(database, an_order(), an_order(number="A10022"), an_order(number="B1", status="delivered"), anothers_order())
    with a_desk(database, now, tmp_path) as found:
        yield found


def late(desk: TestDesk, number: str = "A10021", email: str = "nina@example.com") -> Chat:
    """A customer whose parcel is late, and who wants a person."""
    chat = Chat(desk.shop, now=desk.at)
    chat.say(f"{number} {email} is late", "late_delivery", order_number=number, email=email)
    chat.say("I want a person", "ask_human")
    return chat


def pane(person: Person, chat: Chat, ref: str = "") -> dict[str, Any]:
    found: dict[str, Any] = person.get(f"cases/{ref or chat.case.reference}")
    return found


def later(desk: TestDesk, person: Person, at: datetime) -> None:
    """It is that time now, and this person has signed in again."""
    desk.at = at
    entered = person.client.post("/desk/sign-in", data={"name": person.name, "password": PASSWORD}, follow_redirects=False)
    assert entered.status_code == 303
    person.csrf = person.get("me")["csrf"]


def carry_out(desk: TestDesk) -> None:
    job = Remedies(desk.shop, None, lambda: desk.at)
    job.run(desk.at)
    job.close()


def test_tags_and_priority(desk: TestDesk) -> None:
    agent, chat = desk.person(AGENT), late(desk)
    path = f"cases/{chat.case.reference}"
    assert agent.post(f"{path}/tags", add=["#VIP", "needs photo"]) == {"tags": ["needs-photo", "vip"]}
    assert agent.post(f"{path}/tags", add="vip", remove=["needs-photo", "never there"]) == {"tags": ["vip"]}
    for add in ([NASTY], ["x" * 41], [7], {"a": 1}, [f"t{one}" for one in range(21)], [""]):
        agent.post(f"{path}/tags", 400, add=add)
    assert agent.post(f"{path}/priority", priority="urgent") == {"priority": "urgent"}
    agent.post(f"{path}/priority", priority="urgent")
    for wrong in (NASTY, None, ["urgent"]):
        agent.post(f"{path}/priority", 400, priority=wrong)
    found = pane(agent, chat)
    assert (found["tags"], found["priority"], [one["priority"] for one in found["escalations"]]) == (["vip"], "urgent", ["urgent"])
    assert desk.acts(chat.case.reference).count("case.priority") == 1
    assert desk.acts(chat.case.reference).count("case.tagged") == 2


def test_a_case_that_nobody_was_brought_into_gets_a_priority_too(desk: TestDesk) -> None:
    lead, chat = desk.person(LEAD, "lead"), Chat(desk.shop, now=desk.at)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    assert pane(lead, chat)["priority"] == "normal"
    lead.post(f"cases/{chat.case.reference}/priority", priority="high")
    found = pane(lead, chat)
    assert (found["priority"], found["handler"], found["escalations"][0]["answered_at"] is not None) == ("high", "assistant", True)


def test_a_persons_promise_is_kept_like_any_other(desk: TestDesk) -> None:
    agent, other, chat = desk.person(AGENT), desk.person(OTHER), late(desk)
    path = f"cases/{chat.case.reference}"
    due = desk.at + timedelta(hours=3)
    for what, when in (
        ("ring", desk.at.isoformat()),
        ("ring", (desk.at - timedelta(days=1)).isoformat()),
        ("ring", "2026-03-03T15:00:00"),
        ("ring", "tomorrow"),
        ("ring", "9999-12-31T23:59:59+00:00"),
        ("ring", None),
        (" ", due.isoformat()),
        ("x" * 301, due.isoformat()),
    ):
        agent.post(f"{path}/promise", 400, what=what, due_at=when)
    made = agent.post(f"{path}/promise", what=f"ring about {NASTY}", due_at=due.isoformat().replace("+00:00", "Z"))
    assert agent.post(f"{path}/promise", what=f"ring about {NASTY}", due_at=due.isoformat()) == made  # pressed twice
    found = [one for one in pane(agent, chat)["promises"] if one["kind"] == "own_word"]
    assert [(one["what"], one["assignee"], one["state"]) for one in found] == [(f"ring about {NASTY}", AGENT, "open")]
    assert NASTY not in str(pane(agent, chat)["history"])  # of a promise the audit has its number
    other.post(f"{path}/promise/end", 403, id=made["id"], state="kept")
    agent.post(f"{path}/promise/end", 400, id=made["id"], state="broken")
    agent.post(f"{path}/promise/end", 404, id=10**6, state="kept")
    others = next(one for one in chat.all_promises if one.what != "own_word" and one.state is PromiseState.OPEN)
    agent.post(f"{path}/promise/end", 400, id=others.id, state="kept")
    assert [agent.post(f"{path}/promise/end", id=made["id"], state="kept")["state"] for _ in range(2)] == ["kept", "kept"]
    assert desk.acts(chat.case.reference).count("promise.kept") == 1
    forgotten = agent.post(f"{path}/promise", what="write", due_at=due.isoformat())["id"]
    later(desk, agent, due + timedelta(minutes=1))
    watch(desk.shop, forgotten, desk.at)
    assert f"{AGENT} named" in desk.said(chat.case.reference)[-1][1] and "That is our failure" in desk.said(chat.case.reference)[-1][1]
    assert agent.post(f"{path}/promise/end", id=forgotten, state="kept")["state"] == "broken"


def test_two_cases_of_one_customer_become_one_and_lose_nothing(desk: TestDesk) -> None:
    agent, stays, goes = desk.person(AGENT, capacity=9), late(desk), late(desk)
    first, second = stays.case.reference, goes.case.reference
    agent.post(f"cases/{second}/promise", what="ring", due_at=(desk.at + timedelta(hours=2)).isoformat())
    agent.post(f"cases/{first}/merge", 400, into=first)
    agent.post(f"cases/{first}/merge", 404, into="A-NOTHING")
    agent.post(f"cases/{first}/merge", 404, into=NASTY[:20])
    assert [agent.post(f"cases/{second}/merge", into=first) for _ in range(2)] == [{"ref": first}] * 2
    gone, kept = pane(agent, goes, second), pane(agent, stays, first)
    assert (gone["status"], gone["links"]) == ("closed", [{"ref": first, "kind": "merged", "back": False}])
    assert kept["links"] == [{"ref": second, "kind": "merged", "back": True}]
    assert {one["state"] for one in gone["promises"]} == {"withdrawn"}
    assert {(one["what"], one["due_at"]) for one in gone["promises"]} <= {(one["what"], one["due_at"]) for one in kept["promises"]}
    assert ("ring", AGENT, "open") in [(one["what"], one["assignee"], one["state"]) for one in kept["promises"]]
    assert gone["facts"] and {one["state"] for one in gone["remedies"]} == {"cancelled"}
    assert desk.said(second)[-1] == (
        str(Author.SYSTEM),
        f"Your case {second} goes on as {first}. All of it is kept there, and what was promised still holds.",
    )
    assert goes.conversation.handler is Handler.NOBODY and stays.conversation.handler is Handler.QUEUE
    assert "goes on as" in agent.post(f"cases/{second}/grant/preview", kind="callback", reason="wished")["problem"]
    third = late(desk).case.reference
    agent.post(f"cases/{third}/merge", 409, into=second)  # what is closed takes nothing in
    other_order = late(desk, "A10022").case.reference
    assert "about one order" in agent.post(f"cases/{other_order}/merge", 409, into=first)["error"]
    otto = late(desk, "A20077", "otto@example.com").case.reference
    assert "different customers" in agent.post(f"cases/{otto}/merge", 403, into=first)["error"]
    unknown = desk.waiting()
    assert "not proven" in agent.post(f"cases/{unknown}/merge", 403, into=first)["error"]


def test_what_would_be_given_twice_is_not_merged(desk: TestDesk) -> None:
    agent, one, other = desk.person(AGENT), late(desk), late(desk)
    for ref, amount in ((one.case.reference, "20.00"), (other.case.reference, "21.00")):
        wish = {"kind": "partial_refund", "amount": amount, "currency": "USD", "lines": [1], "reason": "late"}
        seen = agent.post(f"cases/{ref}/grant/preview", **wish)
        agent.post(f"cases/{ref}/grant", **wish, digest=seen["digest"])
    assert seen["warnings"]
    twice = agent.post(f"cases/{one.case.reference}/merge", 409, into=other.case.reference)
    assert "same twice" in twice["error"]
    (given,) = [found for found in pane(agent, one)["remedies"] if found["state"] == "queued"]
    agent.post(f"remedies/{given['ref']}/undo", reason="given twice")
    agent.post(f"cases/{one.case.reference}/merge", into=other.case.reference)


def test_a_second_matter_becomes_a_case_of_its_own(desk: TestDesk) -> None:
    agent, chat = desk.person(AGENT), late(desk)
    ref = chat.case.reference
    chat.say("And the clock is broken", None)
    said = [one for one in chat.transcript if one.author is Author.CUSTOMER]
    for messages, status in (([], 400), (["nothing"], 400), ([NASTY], 400), ("all", 400), ([1], 400), ([said[-1].id] * 201, 400)):
        agent.post(f"cases/{ref}/split", status, messages=messages, issue="damaged_or_defective")
    ours = next(one.id for one in chat.transcript if one.author is Author.SYSTEM or one.author is Author.ASSISTANT)
    agent.post(f"cases/{ref}/split", 400, messages=[ours], issue="damaged_or_defective")
    agent.post(f"cases/{ref}/split", 400, messages=[said[-1].id], issue=NASTY)
    elsewhere = next(one.id for one in late(desk, "A10022").transcript if one.author is Author.CUSTOMER)
    agent.post(f"cases/{ref}/split", 400, messages=[elsewhere], issue="wrong_item")
    made = agent.post(f"cases/{ref}/split", messages=[said[-1].id], issue="damaged_or_defective")["ref"]
    agent.post(f"cases/{ref}/split", 409, messages=[said[-1].id], issue="damaged_or_defective")  # pressed twice
    new = pane(agent, chat, made)
    assert (new["issue"], new["order"]["number"], new["proven"], new["assignee"]) == ("damaged_or_defective", "A10021", True, AGENT)
    facts = {one["name"]: one["value"] for one in new["facts"]}
    assert facts == {"order_number": "A10021", "email": "nina@example.com", "what_happened": "And the clock is broken"}
    assert new["links"] == [{"ref": ref, "kind": "split", "back": False}]
    assert pane(agent, chat)["links"] == [{"ref": made, "kind": "split", "back": True}]
    assert chat.case.reference == ref  # the chat goes on about the first


def test_what_was_split_off_is_not_forgotten(desk: TestDesk) -> None:
    agent, chat = desk.person(AGENT), late(desk)
    ref = chat.case.reference
    chat.say("And the clock is broken", None)
    agent.post(f"chats/{ref}/take", version=chat.conversation.handler_version)
    said = [one for one in chat.transcript if one.author is Author.CUSTOMER]
    made = agent.post(f"cases/{ref}/split", messages=[said[-1].id], issue="damaged_or_defective")["ref"]
    agent.post(f"chats/{ref}/hand-back", note="", version=chat.conversation.handler_version)
    (waits,) = [one for one in pane(agent, chat, made)["promises"] if one["kind"] == "taken_up"]
    desk.at = datetime.fromisoformat(waits["due_at"])
    assert take_up(desk.shop, waits["id"], desk.at)
    assert (chat.case.reference, chat.conversation.handler) == (made, Handler.QUEUE)
    later(desk, agent, desk.at)
    for one, left in ((ref, made), (made, made)):
        agent.post(f"chats/{one}/reply", text="A new clock is sent to you.", key=f"key-{one}", version=chat.conversation.handler_version)
        desk.at += timedelta(minutes=1)
        send_due(desk.shop, desk.at, 10)
        agent.post(f"chats/{one}/resolve", version=chat.conversation.handler_version)
        assert (chat.case.reference, pane(agent, chat, one)["status"]) == (left, "resolved")
    assert chat.conversation.handler is Handler.NOBODY


def claimed(desk: TestDesk) -> tuple[Chat, str]:
    """A broken lamp, refunded, and what it cost besides: $80; the claim's reference."""
    chat = Chat(desk.shop, now=desk.at)
    words = "The lamp came broken and I had to buy another for 80 dollars"
    chat.say(words, "damaged_or_defective", order_number="B1", email="nina@example.com")
    for label in ("Refund", "Yes", "no receipt", "That is all"):
        chat.tap(label)
    with desk.shop.begin(False) as uow:
        return chat, uow.claims.waiting()[0].reference


def test_claims_are_decided_within_a_persons_limit(desk: TestDesk) -> None:
    agent, (chat, claim) = desk.person(AGENT), claimed(desk)
    (shown,) = pane(agent, chat)["claims"]
    assert (shown["ref"], shown["total"], shown["may_decide"]) == (claim, ["80.00 USD"], True)
    agent.post(f"claims/{claim}/refuse", 400, reason=" ")
    for body in ({"amount": "900.00", "currency": "USD"}, {"amount": 80, "currency": "USD"}, {"amount": NASTY, "currency": "USD"}):
        agent.post(f"claims/{claim}/accept", 400, **body)
    agent.post(f"claims/{claim}/accept", 400, amount="20.00", currency="USD")  # less needs a reason
    done = agent.post(f"claims/{claim}/accept", amount="60.00", currency="USD", reason="the taxi's usual fare")
    assert (done["state"], done["remedy"]["state"]) == ("accepted", "queued")
    agent.post(f"claims/{claim}/accept", 409)
    agent.post(f"claims/{claim}/refuse", 409, reason="no")
    agent.post("claims/D-NOTHING/accept", 404)
    (shown,) = pane(agent, chat)["claims"]
    assert (shown["state"], shown["decided_by"], shown["remedy"], shown["may_decide"]) == ("accepted", AGENT, done["remedy"]["ref"], False)
    assert desk.person("Ann Dit", "auditor").post(f"claims/{claim}/accept", 403)


def test_calls_are_made_or_tried_again(desk: TestDesk) -> None:
    agent, chat = desk.person(AGENT), late(desk)
    ref = chat.case.reference
    wish = {"kind": "callback", "reason": "wished"}
    digest = agent.post(f"cases/{ref}/grant/preview", **wish)["digest"]
    call = agent.post(f"cases/{ref}/grant", **wish, digest=digest)["ref"]
    agent.post(f"callbacks/{call}/done", 409)  # it is not booked yet
    carry_out(desk)
    booked = pane(agent, chat)["callbacks"][0]
    assert (booked["remedy"], booked["state"], booked["phone"]) == (call, "booked", "+1 555 0123 456")
    agent.post(f"callbacks/{call}/unanswered", 409)
    agent.post(f"callbacks/{call}/missed", 409)
    later(desk, agent, datetime.fromisoformat(booked["starts_at"]) + timedelta(minutes=5))
    agent.post(f"callbacks/{call}/unanswered")
    agent.post(f"callbacks/{call}/unanswered", 409)  # pressed twice
    again = pane(agent, chat)["callbacks"][0]
    assert again["state"] == "booked" and again["starts_at"] > booked["starts_at"]
    assert f"{AGENT} rang the number ending 56 for {call} and reached nobody" in desk.said(ref)[-1][1]
    calls = [one for one in pane(agent, chat)["promises"] if one["kind"] == "call"]
    assert [one["state"] for one in calls] == ["kept", "open"]
    assert agent.post(f"callbacks/{call}/done") == {"ref": call, "state": "settled"}
    assert agent.post(f"callbacks/{call}/done")["state"] == "settled"
    agent.post("callbacks/R-NOTHING/done", 404)

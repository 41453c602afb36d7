"""What people do in a chat at the desk: what the customer reads of it, what nobody else may see, and what is refused and noted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cases.case import Promise
from bot.handling.person_words import send_due
from bot.handling.transcript import look
from bot.store.database import Database
from tests.desks import Person, TestDesk, a_desk
from tests.doors import a_shop
from tests.sent_files import photo

NASTY = "<img src=x onerror=alert(1)>'; DROP TABLE messages; -- {0.ref} %s \u202e"


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    """Without the seconds for taking back."""
    with a_desk(database, now + timedelta(hours=6), tmp_path, AMENDS_UNDO_SECONDS="0") as found:
        yield found


@pytest.fixture
def slow_desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    """With five seconds for taking back."""
    with a_desk(database, now + timedelta(hours=6), tmp_path, AMENDS_UNDO_SECONDS="5") as found:
        yield found


def words_of_people(desk: TestDesk, ref: str) -> list[str]:
    return [text for author, text in desk.said(ref) if author == "agent"]


def test_first_word_takes_the_chat_and_is_said_once(desk: TestDesk) -> None:
    ref, amira, jonas = desk.waiting(), desk.person("Amira Haddad"), desk.person("Jonas Weber")
    version = amira.rows()[ref]["version"]
    sent = [amira.post(f"chats/{ref}/reply", text="I have your lamp.", key="k1", version=version) for _ in range(2)]
    assert sent[0]["message"] == sent[1]["message"] and sent[0]["held"] is None and sent[0]["warnings"] == []
    assert words_of_people(desk, ref) == ["I have your lamp."]
    assert "already" in jonas.post(f"chats/{ref}/reply", 409, text="Me too.", key="k2")["error"]
    assert "changed hands" in jonas.post(f"chats/{ref}/take", 409, version=version)["error"]
    assert amira.post(f"chats/{ref}/reply", 409, text="Other words.", key="k1")["error"].startswith("Other words")
    row = amira.rows()[ref]
    assert (row["handler"], row["agent"], row["unread"]) == ("agent", "Amira Haddad", 0)
    page = look(desk.shop, row["conversation"], 0, desk.at)
    assert page.messages[-1]["text"] == "I have your lamp." and page.messages[-1]["agent"] == "Amira Haddad"


def test_words_against_the_rules_are_warned_of_and_sent(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    text = "Sorry for any inconvenience!"
    checked = amira.post("check", text=text, ref=ref)["warnings"]
    assert {one["rule"] for one in checked} >= {10, 17} and all(one["better"] for one in checked)
    assert amira.post(f"chats/{ref}/reply", text=text, key="k")["warnings"] == checked
    assert words_of_people(desk, ref) == [text]


def test_held_reply_takes_the_chat_can_be_taken_back_and_else_goes_out_in_order(slow_desk: TestDesk) -> None:
    desk = slow_desk
    ref, amira, jonas = desk.waiting(), desk.person("Amira Haddad"), desk.person("Jonas Weber")
    first = amira.post(f"chats/{ref}/reply", text="First.", key="k1")
    second = amira.post(f"chats/{ref}/reply", text="Secnd.", key="k2", version=first["version"])
    third = amira.post(f"chats/{ref}/reply", text="Third.", key="k3")
    assert first["message"] is None and amira.rows()[ref]["agent"] == "Amira Haddad"
    assert amira.post(f"chats/{ref}/reply", text="First.", key="k1")["held"]["id"] == first["held"]["id"]
    assert amira.post(f"held/{second['held']['id']}/undo")["text"] == "Secnd."
    assert [one["text"] for one in amira.get(f"chats/{ref}")["held"]] == ["First.", "Third."]
    assert amira.get(f"chats/{ref}")["draft"] == {"mode": "reply", "text": "Secnd."}
    assert words_of_people(desk, ref) == [] and send_due(desk.shop, desk.at + timedelta(seconds=4), 10) == 0
    jonas.post(f"held/{third['held']['id']}/undo", 404)
    desk.at += timedelta(seconds=6)
    # The worker that sends them is another process than the one that held them, and may die at any point: what is due is in the store.
    assert send_due(a_shop(desk.database), desk.at, 10) == 2 and send_due(desk.shop, desk.at, 10) == 0
    assert words_of_people(desk, ref) == ["First.", "Third."]
    assert "gone out" in amira.post(f"held/{third['held']['id']}/undo", 409)["error"]
    assert desk.acts(ref).count("case.replied") == 2 and desk.acts(ref).count("reply.undone") == 1


def test_reply_of_whom_the_chat_was_taken_from_is_dropped_and_given_back(slow_desk: TestDesk) -> None:
    desk = slow_desk
    ref, amira, lead = desk.waiting(), desk.person("Amira Haddad"), desk.person("Tomas Lindqvist", "lead")
    amira.post(f"chats/{ref}/reply", text="I will see.", key="k1")
    lead.post(f"chats/{ref}/assign", to="Tomas Lindqvist")
    send_due(desk.shop, desk.at + timedelta(seconds=6), 10)
    assert words_of_people(desk, ref) == []
    seen = amira.get(f"chats/{ref}")
    assert seen["draft"]["text"] == "I will see." and seen["held"] == []
    assert "reply.dropped" in [one["kind"] for one in seen["markers"]]


def test_what_is_held_goes_out_before_the_chat_is_handed_back_or_ended(slow_desk: TestDesk) -> None:
    desk = slow_desk
    back, ended, amira = desk.waiting(), desk.waiting(), desk.person("Amira Haddad")
    for ref in (back, ended):
        amira.post(f"chats/{ref}/reply", text="It is on its way.", key="k1")
    amira.post(f"chats/{back}/hand-back", note="A new lamp on Friday 6 March")
    amira.post(f"chats/{ended}/resolve")
    assert [words_of_people(desk, ref) for ref in (back, ended)] == [["It is on its way."]] * 2
    assert desk.said(back)[-1][1].endswith("What was agreed: A new lamp on Friday 6 March")
    assert send_due(desk.shop, desk.at + timedelta(seconds=6), 10) == 0


def test_case_is_ended_as_a_person_does_and_not_before_the_customer_has_an_answer(desk: TestDesk) -> None:
    ref, amira, jonas = desk.waiting(), desk.person("Amira Haddad"), desk.person("Jonas Weber")
    amira.post(f"chats/{ref}/resolve", 409)
    version = amira.post(f"chats/{ref}/take")["version"]
    assert "waits for an answer" in amira.post(f"chats/{ref}/resolve", 409, version=version)["error"]
    jonas.post(f"chats/{ref}/resolve", 409)
    sent = amira.post(f"chats/{ref}/reply", text="Your lamp is sent.", key="k", resolve=True)
    with desk.shop.begin(False) as uow:
        case = uow.cases.by_reference(ref)
    assert (str(case.status), case.closed_at) == ("resolved", desk.at)
    said = desk.said(ref)[-1]
    assert said == ("system", f"Amira Haddad has closed {ref}. If anything about it is still wrong, write here.")
    assert ref not in amira.rows() and desk.conversation(ref).handler_version == sent["version"]
    desk.customer(ref, "It is broken again.")
    assert str(desk.conversation(ref).handler) == "assistant"


def test_open_promise_and_open_decision_hinder_the_end(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    amira.post(f"chats/{ref}/reply", text="I call you at three.", key="k")
    with desk.shop.begin(True) as uow:
        uow.add(Promise(uow.cases.by_reference(ref).id, "call_back", "Amira Haddad", desk.at + timedelta(hours=2), desk.at))
    assert "promise" in amira.post(f"chats/{ref}/resolve", 409)["error"]
    assert "promise" in amira.post(f"chats/{ref}/reply", 409, text="Bye.", key="k2", resolve=True)["error"]
    assert words_of_people(desk, ref) == ["I call you at three."]


def test_old_page_changes_nothing(desk: TestDesk) -> None:
    ref, amira, lead = desk.waiting(), desk.person("Amira Haddad"), desk.person("Tomas Lindqvist", "lead")
    old = amira.rows()[ref]["version"]
    lead.post(f"chats/{ref}/take", version=old)
    lead.post(f"chats/{ref}/hand-back", version=old + 1, note="")
    before = desk.said(ref), desk.conversation(ref).handler_version
    for act, body in (("take", {}), ("reply", {"text": "Hello.", "key": "k"}), ("assign", {"to": "Amira Haddad"}), ("resolve", {})):
        lead.post(f"chats/{ref}/{act}", 409, version=old, **body)
    lead.post(f"chats/{ref}/hand-back", 409, version=old + 1, note="again")
    lead.post(f"chats/{ref}/take", 400, version="2")
    assert (desk.said(ref), desk.conversation(ref).handler_version) == before


def test_draft_is_its_writers_alone_and_on_all_their_screens(desk: TestDesk) -> None:
    ref, amira, lead = desk.waiting(), desk.person("Amira Haddad"), desk.person("Tomas Lindqvist", "owner")
    amira.post(f"chats/{ref}/draft", mode="reply", text="Perhaps we")
    assert amira.get(f"chats/{ref}")["draft"] == {"mode": "reply", "text": "Perhaps we"}
    assert lead.get(f"chats/{ref}")["draft"] is None and "Perhaps" not in lead.client.get("/desk/api/board").text
    amira.post(f"chats/{ref}/reply", text="Perhaps we can.", key="k")
    assert amira.get(f"chats/{ref}")["draft"] is None
    amira.post(f"chats/{ref}/draft", 400, mode="shout", text="x")


def test_text_stays_text_in_every_field(desk: TestDesk) -> None:
    ref, lead = desk.waiting(NASTY), desk.person("Tomas Lindqvist", "lead")
    shown = NASTY.replace("\u202e", "").strip()
    lead.post(f"chats/{ref}/note", text=NASTY, key="n1")
    lead.post(f"chats/{ref}/whisper", text=NASTY, key="n2")
    lead.post(f"chats/{ref}/reply", text=NASTY, key="k1")
    message = lead.get(f"chats/{ref}")["messages"][0]["id"]
    lead.post(f"chats/{ref}/label", message=message, intent="late_delivery", what=NASTY)
    lead.post(f"chats/{ref}/draft", mode="note", text=NASTY)
    seen = lead.get(f"chats/{ref}")
    assert [one["text"] for one in seen["notes"]] == [shown] * 2 and {one["kind"] for one in seen["notes"]} == {"note", "whisper"}
    assert words_of_people(desk, ref) == [shown] and seen["messages"][0]["label"] == {"intent": "late_delivery", "what": shown}
    lead.post(f"chats/{ref}/hand-back", note=NASTY)
    assert shown.replace("  ", " ") in desk.said(ref)[-1][1]
    for path, body in (
        ("label", {"message": NASTY, "what": "x"}),
        ("label", {"message": message, "what": "x", "intent": NASTY}),
        ("reply", {"text": "x", "key": NASTY}),
        ("note", {"text": "x", "key": NASTY}),
        ("snooze", {"until": NASTY}),
        ("assign", {"to": NASTY}),
    ):
        answer = lead.client.post(f"/desk/api/chats/{ref}/{path}", json=body, headers={"x-amends-desk": lead.csrf})
        assert answer.status_code in (400, 404) and answer.headers["content-type"] == "application/json", (path, answer.text)
    lead.get("chats/A-' OR 1=1 --", 404)
    acts = desk.acts(ref)
    assert {"note.written", "note.whispered", "case.taken", "case.replied", "message.labelled", "case.handed_back"} <= set(acts)


def test_note_is_kept_once_and_never_reaches_the_customer(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    notes = [amira.post(f"chats/{ref}/note", text="Bought twice before.", key="n")["note"]["id"] for _ in range(2)]
    assert notes[0] == notes[1] and len(amira.get(f"chats/{ref}")["notes"]) == 1
    assert "Bought twice" not in str(look(desk.shop, desk.conversation(ref).id, 0, desk.at).as_json())
    assert str(desk.conversation(ref).handler) == "queue"


def test_files_of_a_person_are_written_anew_and_shown_to_this_customer_alone(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    kept = upload(amira, ref, "one", photo())
    assert kept.status_code == 201 and upload(amira, ref, "one", photo()).json()["id"] == kept.json()["id"]
    assert upload(amira, ref, "two", b"MZ\x90").status_code == 400
    amira.post(f"chats/{desk.waiting()}/reply", 400, text="Look.", key="k0", files=[kept.json()["id"]])
    amira.post(f"chats/{ref}/reply", text="", key="k1", files=[kept.json()["id"]])
    amira.post(f"chats/{ref}/reply", 400, text="Again.", key="k2", files=[kept.json()["id"]])
    page = look(desk.shop, desk.conversation(ref).id, 0, desk.at)
    assert [one["id"] for one in page.messages[-1]["files"]] == [kept.json()["id"]]
    shown = amira.get(f"chats/{ref}")["messages"][-1]["files"][0]
    seen = amira.client.get(shown["url"])
    assert seen.headers["content-type"] == "image/jpeg" and seen.headers["content-security-policy"].startswith("default-src 'none'")
    stranger = desk.person("Jonas Weber", teams=("legal",))
    assert stranger.client.get(shown["url"]).status_code == 403
    assert amira.client.get("/desk/api/files/none").status_code == 404


def upload(person: Person, ref: str, client_id: str, raw: bytes) -> Any:
    headers = {"x-amends-desk": person.csrf, "x-file-name": "label.jpg"}
    return person.client.post(f"/desk/api/files?chat={ref}&client_id={client_id}", content=raw, headers=headers)


def test_put_aside_until_a_time_or_the_customers_next_word(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    amira.post(f"chats/{ref}/snooze", 409, until=(desk.at + timedelta(hours=1)).isoformat())
    amira.post(f"chats/{ref}/reply", text="I ask the carrier.", key="k")
    amira.post(f"chats/{ref}/snooze", 400, until=(desk.at - timedelta(hours=1)).isoformat())
    amira.post(f"chats/{ref}/snooze", until=(desk.at + timedelta(hours=1)).isoformat())
    assert amira.rows()[ref]["snoozed_until"] == (desk.at + timedelta(hours=1)).isoformat()
    desk.at += timedelta(minutes=1)
    desk.customer(ref, "Any news?")
    assert (amira.rows()[ref]["snoozed_until"], amira.rows()[ref]["unread"]) == (None, 1)
    amira.post(f"chats/{ref}/snooze", until=None)


def test_who_has_it_on_the_screen_is_shown_for_a_minute(desk: TestDesk) -> None:
    ref, amira, jonas = desk.waiting(), desk.person("Amira Haddad"), desk.person("Jonas Weber")
    amira.post(f"chats/{ref}/looking")
    assert jonas.rows()[ref]["looking"] == ["Amira Haddad"]
    jonas.post(f"chats/{ref}/looking")
    jonas.post(f"chats/{ref}/looking", gone=True)
    assert jonas.rows()[ref]["looking"] == ["Amira Haddad"]
    desk.at += timedelta(seconds=61)
    assert jonas.rows()[ref]["looking"] == []


def test_lead_gives_a_chat_to_somebody_or_back_to_the_queue_and_the_customer_reads_who(desk: TestDesk) -> None:
    ref, amira, lead = desk.waiting(), desk.person("Amira Haddad"), desk.person("Tomas Lindqvist", "lead")
    jonas = desk.person("Jonas Weber")
    lead.post(f"chats/{ref}/assign", to="Amira Haddad")
    assert desk.said(ref)[-1][1].startswith("Amira Haddad answers you here")
    assert amira.rows()[ref]["agent"] == amira.rows()[ref]["assignee"] == "Amira Haddad"
    jonas.post(f"chats/{ref}/assign", 403, to="Jonas Weber")
    lead.post(f"chats/{ref}/assign", 404, to="Nobody Known")
    desk.person("Ada Auditor", "auditor")
    lead.post(f"chats/{ref}/assign", 400, to="Ada Auditor")
    amira.post(f"chats/{ref}/reply", text="Hello.", key="k")
    desk.at += timedelta(minutes=90)
    amira.post(f"chats/{ref}/assign", to=None)
    row = amira.rows()[ref]
    assert (row["handler"], row["assignee"], row["clock"]) == ("queue", None, "first_reply")
    assert f"{ref}" in desk.said(ref)[-1][1] and datetime.fromisoformat(row["due_at"]) > desk.at


def test_roles_and_forms_are_asked_for_and_refusals_are_in_the_audit(desk: TestDesk) -> None:
    ref, amira, auditor = desk.waiting(), desk.person("Amira Haddad", teams=("care",)), desk.person("Ada Auditor", "auditor")
    amira.post(f"chats/{ref}/whisper", 403, text="Say sorry.", key="k")
    auditor.post(f"chats/{ref}/reply", 403, text="Hello.", key="k")
    auditor.get(f"chats/{ref}")
    forged = amira.client.post(f"/desk/api/chats/{ref}/take", json={})
    assert forged.status_code == 403
    legal = desk.waiting(reason="legal")
    desk.person("Tomas Lindqvist", "lead").post(f"chats/{legal}/take")
    for path, body in (("take", {}), ("reply", {"text": "x", "key": "k"}), ("note", {"text": "x", "key": "k"}), ("looking", {})):
        amira.post(f"chats/{legal}/{path}", 403, **body)
    with desk.shop.begin(False) as uow:
        refused = [one for one in uow.audit.lines("shop") if one.act == "desk.refused"]
    assert len(refused) == 7 and {one.who for one in refused} == {"Amira Haddad", "Ada Auditor"}
    assert words_of_people(desk, ref) == words_of_people(desk, legal) == []


def test_three_handoffs_restart_silence_and_a_new_process_change_no_owner(desk: TestDesk, tmp_path: Path) -> None:
    ref, amira, jonas = desk.waiting("My lamp is broken."), desk.person("Amira Haddad"), desk.person("Jonas Weber")
    for number, person in enumerate((amira, jonas, amira)):
        person.post(f"chats/{ref}/reply", text=f"Word {number}.", key=f"k{number}")
        desk.customer(ref, "/restart")
        desk.at += timedelta(minutes=61)
        desk.customer(ref, "Are you there?")
        with a_desk(desk.database, desk.at, tmp_path / str(number)) as again:
            kept = again.conversation(ref)
        assert (str(kept.handler), kept.agent) == ("agent", person.name)
        person.post(f"chats/{ref}/hand-back", note=f"Agreed {number}", version=kept.handler_version)
        assert str(desk.conversation(ref).handler) == "assistant"
    assert words_of_people(desk, ref) == ["Word 0.", "Word 1.", "Word 2."]
    assert desk.says.asked == []  # not one message went to the assistant meanwhile
    assert desk.acts(ref).count("case.handed_back") == 3

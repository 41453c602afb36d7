"""What is learned from a case: one record, filled when it ends, finished by a person; causes watched; customers told what changed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.cases.case import CaseStatus
from bot.cases.conversation import Author
from bot.cases.desk import Agent, DeskRole
from bot.cases.learning import FailureType, LearningRecord, RootCause
from bot.errors import AmendsError, BadInput, Conflict, NotAllowed
from bot.handling import case_pane, erasing, improvements, learning, learning_views, what_changed
from bot.handling.learning_deeds import finish, finish_alike
from bot.handling.resolving import end_case
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.store.learning_tables import learning_records
from bot.worker.learning import Gaps, Tellings
from tests.builders import NOON, a_buyer, an_incident, an_item, an_order
from tests.desks import a_desk
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_incidents, take_orders


def a_complaint(shop: Shop, number: str = "M1", days: int = 0) -> Chat:
    """Nina's lamp came broken, and she says so with her name and address."""
    chat = Chat(shop, now=NOON + timedelta(days=days))
    said = f"{number} nina@example.com I am Nina Berg of 4 Elm Street, my lamp came broken in two"
    chat.say(said, "damaged_or_defective", order_number=number, email="nina@example.com")
    return chat


def ended(chat: Chat) -> LearningRecord:
    """The case ends as a person ends it; its record."""
    with chat.shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        case = uow.cases.find(conversation.case_id)
        assert case is not None
        end_case(chat.shop, uow, case, conversation, "Amira Haddad", chat.now)
    return record_of(chat)


def record_of(chat: Chat) -> LearningRecord:
    with chat.shop.begin(False) as uow:
        return uow.learning.get(chat.cases[0].id)


def at_once(work: Callable[[], object]) -> None:
    """Two workers do the same at the same time."""
    gate = threading.Barrier(2)

    def begin() -> None:
        gate.wait()
        work()

    both = [threading.Thread(target=begin) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()


@pytest.fixture
def shop(database: Database) -> Shop:
    delivered = NOON - timedelta(days=1)
    orders = [
        an_order(number=number, status="delivered", items=(an_item(price="45.00", sku="LMP-1"),), buyer=a_buyer(), delivered_at=delivered)
        for number in ("M1", "M2", "M3")
    ]
    take_orders(database, *orders)
    return a_shop(database)


def test_case_that_ends_has_one_record_filled_from_what_is_known(shop: Shop) -> None:
    chat = a_complaint(shop)
    found = ended(chat)
    assert (found.failure_type, found.sku, found.product, found.root_cause) == (FailureType.PRODUCT, "LMP-1", "Desk Lamp", None)
    assert found.due_at > chat.now and found.finished_at is None
    assert found.customer_words and found.customer_words.startswith("I am [name]") and "my lamp came broken in two" in found.customer_words
    assert not [one for one in ("Nina", "Berg", "nina@", "Elm", "M1") if one in found.customer_words]
    with shop.begin(True) as uow:  # opened again, and ended again: still the one record, brought up to date
        case = uow.cases.find(found.case_id)
        assert case is not None
        case.status, case.closed_at, case.assignee = CaseStatus.OPEN, None, "Amira Haddad"
        kept = uow.learning.get(case.id)
        kept.cause = "The box has no padding."
    chat.now += timedelta(days=1)
    again = ended(chat)
    assert (again.cause, again.assignee, again.created_at) == ("The box has no padding.", "Amira Haddad", found.created_at)
    assert chat.acts.count("learning.opened") == 1


def test_incident_says_the_root_cause(database: Database) -> None:
    take_orders(database, an_order(number="L1", buyer=a_buyer()))
    take_incidents(database, an_incident())
    chat = Chat(a_shop(database))
    chat.say("L1 nina@example.com it is late", "late_delivery", order_number="L1", email="nina@example.com")
    found = ended(chat)
    assert (found.root_cause, found.controllable, found.cause) == (RootCause.ENVIRONMENT, False, an_incident().explanation)


def test_cases_that_ended_before_get_their_records_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [a_complaint(shop, number) for number in ("M1", "M2", "M3")]
    for chat in chats:
        ended(chat)
    with shop.begin(True) as uow:
        uow.session.execute(delete(learning_records))  # as an earlier version left them
    monkeypatch.setattr("bot.worker.learning.AT_ONCE", 2)
    gaps = Gaps(shop)
    assert [gaps.run(NOON + timedelta(seconds=second)) for second in (2, 4, 6)] == [2, 1, 0]
    assert all(record_of(chat).failure_type is FailureType.PRODUCT for chat in chats)
    with shop.begin(True) as uow:
        uow.session.execute(delete(learning_records))
    done: list[int] = []
    at_once(lambda: done.append(sum(learning.fill_gaps(shop, chat.id, chat.cases[0].id, NOON) for chat in chats)))
    assert len(done) == 2 and sum(done) == 3


DUE = (NOON + timedelta(days=14)).date().isoformat()
SAID: dict[str, Any] = {
    "root_cause": "process",
    "cause": "The lamp's box has no padding at the base.",
    "whys": ["The box was chosen for the older, shorter lamp.", ""],
    "controllable": True,
    "prevent": "A longer box for this lamp.",
    "action": "prevent",
    "skill": "product_fact",
    "team": "care",
    "improvement": {"title": "Longer boxes for lamps", "assignee": "Amira Haddad", "due_on": DUE, "only_product": True},
}
WORDS = "Since Monday 2 March our lamps travel in a longer box with padding at both ends."


def an_account(name: str = "Amira Haddad", role: DeskRole = DeskRole.AGENT) -> Agent:
    return Agent(name, f"{name.split()[0].lower()}@shop.example", role, "-", NOON)


AMIRA, LEA, AUDITOR = an_account(), an_account("Lea Moreau", DeskRole.LEAD), an_account("Theo Vogel", DeskRole.AUDITOR)


@pytest.fixture
def staffed(shop: Shop) -> Shop:
    with shop.begin(True) as uow:
        for one in (an_account(), an_account("Lea Moreau", DeskRole.LEAD), an_account("Theo Vogel", DeskRole.AUDITOR)):
            uow.add(one)
    return shop


def test_person_finishes_the_record_and_a_stale_form_a_stranger_or_a_name_in_it_changes_nothing(staffed: Shop) -> None:
    chat = a_complaint(staffed)
    with staffed.begin(True) as uow:
        uow.cases.by_reference(chat.case.reference).assignee = "Amira Haddad"
    reference, seen = chat.case.reference, ended(chat).version
    ben = an_account("Ben Okafor")
    refused: list[tuple[Agent, dict[str, Any], type[AmendsError]]] = [
        (AUDITOR, SAID, NotAllowed),
        (ben, SAID, NotAllowed),
        (AMIRA, SAID | {"version": seen + 1}, Conflict),
        (AMIRA, SAID | {"root_cause": "bad luck"}, BadInput),
        (AMIRA, SAID | {"cause": "Nina packed it badly."}, BadInput),
        (AMIRA, SAID | {"prevent": "Write to nina@example.com."}, BadInput),
        (AMIRA, SAID | {"improvement": {"title": "Boxes", "assignee": "Nobody Known", "due_on": DUE}}, BadInput),
        (AMIRA, SAID | {"improvement": {"title": "Boxes", "assignee": "Amira Haddad", "due_on": "2026-02-01"}}, BadInput),
    ]
    for who, body, error in refused:
        with pytest.raises(error):
            finish(staffed, who, reference, body, chat.now)
    assert record_of(chat).version == seen and learning_views.improvements(staffed, "all", chat.now) == []
    finish(staffed, AMIRA, reference, SAID | {"version": seen}, chat.now)
    with pytest.raises(Conflict):
        finish(staffed, LEA, reference, SAID | {"version": seen}, chat.now)
    (found,) = learning_views.records(staffed, AMIRA, "finished", chat.now)
    assert (found["finished_by"], found["whys"], found["improvement"]["title"]) == (
        "Amira Haddad",
        SAID["whys"][:1],
        "Longer boxes for lamps",
    )
    (made,) = learning_views.improvements(staffed, "open", chat.now)
    assert (made["issue"], made["root_cause"], made["sku"], made["cases"]) == ("damaged_or_defective", "process", "LMP-1", [reference])
    assert learning_views.records(staffed, ben, "all", chat.now) == [] and learning_views.records(staffed, AUDITOR, "all", chat.now)
    assert chat.acts.count("learning.finished") == 1


def test_done_improvement_shows_whether_its_cause_came_back(staffed: Shop) -> None:
    chat = a_complaint(staffed)
    ended(chat)
    record = finish(staffed, LEA, chat.case.reference, SAID, chat.now)
    assert record.improvement_id
    for words in ("We are sorry for any inconvenience.", "Ask ada@example.com about it.", "a longer box"):
        with pytest.raises(BadInput):
            improvements.done(staffed, LEA, record.improvement_id, {"what_changed": words}, chat.now)
    with pytest.raises(NotAllowed):
        improvements.done(staffed, an_account("Ben Okafor"), record.improvement_id, {}, chat.now)
    improvements.done(staffed, AMIRA, record.improvement_id, {}, chat.now)
    again = Chat(staffed, now=NOON + timedelta(days=5))
    again.say("M2 nina@example.com it is broken", "damaged_or_defective", order_number="M2", email="nina@example.com")
    ended(again)
    later = NOON + timedelta(days=41, hours=1)
    assert learning_views.improvements(staffed, "done", later)[0]["again"]["words"] == "no recurrence in 41 of 90 days"
    finish(staffed, LEA, again.case.reference, SAID | {"improvement": None}, again.now)
    assert learning_views.improvements(staffed, "done", later)[0]["again"]["words"] == "came back once in 41 of 90 days"
    assert learning_views.shown(staffed, AUDITOR, chat.case.reference, later)["again"]["times"] == 1
    improvements.done(staffed, AMIRA, record.improvement_id, {"what_changed": WORDS}, later)
    with pytest.raises(Conflict):
        improvements.done(staffed, LEA, record.improvement_id, {"what_changed": "Now it is another box."}, later)


def told_what_changed(chat: Chat) -> list[str]:
    return [one.text for one in chat.transcript if one.author is Author.SYSTEM and WORDS in one.text]


def asking(shop: Shop, number: str) -> Chat:
    """A customer who asked what changes, and whose record leads to an improvement that is done and said."""
    chat = a_complaint(shop, number)
    ended(chat)
    record = finish(shop, LEA, chat.case.reference, SAID, chat.now)
    with shop.begin(True) as uow:
        uow.learning.get(record.case_id).wants_to_know = True
    assert record.improvement_id
    improvements.done(shop, LEA, record.improvement_id, {"what_changed": WORDS}, chat.now + timedelta(hours=1))
    return chat


def test_customer_who_asked_is_told_once_by_two_workers_and_in_their_day(staffed: Shop) -> None:
    chat = asking(staffed, "M1")
    case_id, night = chat.cases[0].id, NOON.replace(hour=7)  # midnight in the shop's zone
    assert not what_changed.tell(staffed, chat.id, case_id, night + timedelta(days=1))
    day = NOON + timedelta(days=1, hours=8)
    done: list[int] = []
    at_once(lambda: done.append(Tellings(staffed).run(day)))
    assert sum(done) == 1 and len(told_what_changed(chat)) == 1 and record_of(chat).told_at == day
    assert chat.case.reference in told_what_changed(chat)[0]
    with staffed.begin(False) as uow:  # so a mail leads whoever has left back to it
        assert uow.ways_back.unseen(day - timedelta(hours=1), day, day + timedelta(minutes=5), 9) == [chat.id]
    assert Tellings(staffed).run(day + timedelta(days=1)) == 0


@pytest.mark.parametrize("why", ["stop", "erasure", "unsaid", "unasked"])
def test_nobody_is_told_who_does_not_want_it_or_where_nothing_is_said(staffed: Shop, why: str) -> None:
    chat = asking(staffed, "M1")
    case_id = chat.cases[0].id
    with staffed.begin(True) as uow:
        record = uow.learning.get(case_id)
        if why == "stop":
            (follow_up,) = uow.follow_ups.of(case_id)
            follow_up.why = "stop"
        elif why == "unsaid":
            uow.learning.improvement(record.improvement_id or "").what_changed = None
        elif why == "unasked":
            record.wants_to_know = False
    if why == "erasure":
        erasing.erase(staffed, chat.cases[0].reference, "Lea Moreau", NOON + timedelta(hours=2), also_open=True)
    assert Tellings(staffed).run(NOON + timedelta(days=1, hours=8)) == 0
    assert told_what_changed(chat) == []
    if why == "erasure":  # the record stays, without the customer, and is corrected as before
        record = finish(staffed, LEA, chat.cases[0].reference, SAID | {"improvement": None}, NOON + timedelta(days=2))
        assert (record.customer_words, record.wants_to_know, record.cause) == (None, False, SAID["cause"])


def test_earlier_failure_of_another_order_is_known_to_the_rules_and_to_whoever_has_the_case(staffed: Shop) -> None:
    first = a_complaint(staffed)
    first.tap("efund")
    first.tap("Yes")
    ended(first)
    finish(staffed, LEA, first.cases[0].reference, SAID, first.now)
    second = a_complaint(staffed, "M2", days=3)
    with staffed.begin(False) as uow:
        inputs = [uow.remedies.decisions(chat.cases[0].id)[-1].inputs["again"] for chat in (first, second)]
    assert inputs == [False, True]
    pane = case_pane.shown(staffed, LEA, second.case.reference, second.now)
    (earlier,) = pane["earlier"]
    assert (earlier["ref"], earlier["again"], earlier["learned"]["cause"]) == (first.cases[0].reference, True, SAID["cause"])
    assert earlier["remedies"] and pane["learning"] is None


def test_desk_shows_each_person_their_records_and_says_how_to_mend_a_bad_form(shop: Shop, database: Database, tmp_path: Path) -> None:
    chat = a_complaint(shop)
    with shop.begin(True) as uow:
        uow.cases.by_reference(chat.case.reference).assignee = "Amira Haddad"
    reference = chat.case.reference
    ended(chat)
    with a_desk(database, NOON + timedelta(days=20), tmp_path) as desk:
        amira, lea, ben = desk.person("Amira Haddad"), desk.person("Lea Moreau", "lead"), desk.person("Ben Okafor")
        theo = desk.person("Theo Vogel", "auditor")
        lists = [one.get("learning?tab=overdue") for one in (amira, lea, ben, theo)]
        assert [[row["case"] for row in one["records"]] for one in lists] == [[reference], [reference], [], [reference]]
        assert [one["counts"]["records_overdue"] for one in lists] == [1, 1, 0, 1]
        assert [one["records"][0]["may_finish"] for one in (lists[0], lists[1], lists[3])] == [True, True, False]
        ben.get(f"learning/{reference}", 403)
        with shop.begin(True) as uow:  # settled by the assistant alone: nobody's yet, and so a lead's
            uow.learning.get(chat.cases[0].id).assignee = uow.cases.by_reference(reference).assignee = None
        assert [one.get("learning?tab=overdue")["records"] == [] for one in (amira, lea, ben)] == [True, False, True]
        with shop.begin(True) as uow:
            uow.learning.get(chat.cases[0].id).assignee = uow.cases.by_reference(reference).assignee = "Amira Haddad"
        amira.get("learning?tab=all", 400)
        form = amira.get(f"learning/{reference}")
        body = SAID | {"version": form["version"], "improvement": SAID["improvement"] | {"due_on": "2026-04-30"}}
        theo.post(f"learning/{reference}/finish", 403, **body)
        refused = amira.post(f"learning/{reference}/finish", 400, **body | {"controllable": "perhaps"})
        assert "true or false" in refused["error"]
        made = amira.post(f"learning/{reference}/finish", **body)["improvement"]
        assert "since you looked" in lea.post(f"learning/{reference}/finish", 409, **body)["error"]
        assert "second_apology" in amira.post(f"improvements/{made}/done", 400, what_changed="We are sorry.")["error"]
        assert amira.post(f"improvements/{made}/done", what_changed=WORDS) == {"version": 2, "tells": 0}
        assert [row["id"] for row in theo.get("learning?tab=done")["improvements"]] == [made]
        assert desk.acts(reference)[-1] == "learning.finished"
        other = {"title": "Check mugs", "action": "detect", "assignee": "Ben Okafor", "due_on": "2026-05-04", "issue": "wrong_item"}
        assert ben.post("improvements", 201, **other)["id"].startswith("I-")


def test_same_is_said_of_all_open_records_like_it_and_of_no_others(staffed: Shop, database: Database) -> None:
    delivered = NOON - timedelta(days=1)
    otto = a_buyer(id="otto_1", name="Padding Otto", email="otto@example.com")
    other = an_order(number="M4", status="delivered", items=(an_item(sku="CLK-9"),), buyer=a_buyer(), delivered_at=delivered)
    named = an_order(number="M5", status="delivered", items=(an_item(sku="LMP-1"),), buyer=otto, delivered_at=delivered)
    take_orders(database, other, named)
    chats = [a_complaint(staffed, number) for number in ("M1", "M2", "M3", "M4")]
    fifth = Chat(staffed)
    fifth.say("M5 otto@example.com my lamp is broken", "damaged_or_defective", order_number="M5", email="otto@example.com")
    for chat in (*chats, fifth):
        ended(chat)
    reference = chats[0].cases[0].reference
    with pytest.raises(Conflict):
        finish_alike(staffed, LEA, reference, NOON)
    finish(staffed, LEA, reference, SAID | {"cause": "No Padding at the base."}, NOON)
    assert learning_views.for_form(staffed, LEA, reference, NOON)["alike"] == 3
    assert [finish_alike(staffed, LEA, reference, NOON) for _ in range(2)] == [2, 0]  # what names the fifth's customer is not said there
    found = [record_of(chat) for chat in (*chats, fifth)]
    assert [one.cause for one in found] == ["No Padding at the base."] * 3 + [None, None]
    assert len({one.improvement_id for one in found[:3]}) == 1 and chats[2].acts.count("learning.finished") == 1

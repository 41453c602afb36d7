"""Follow-ups: asked after the remedy has landed, once, in the customer's hours; a bad answer opens the same case again."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.cases.case import CaseStatus
from bot.cases.conversation import Author
from bot.cases.follow_up import STOP, FollowUp, FollowUpState
from bot.cases.remedy import RemedyState
from bot.cases.way_back import Links
from bot.errors import NotAllowed
from bot.handling import ledger, people
from bot.handling.coming_back import stop
from bot.handling.export import export
from bot.handling.follow_ups import go_on
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.follow_ups import FollowUps
from tests.builders import NOON, a_buyer, an_item, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

ASKED = "put"  # every wording of the first question says so


@dataclass
class Told:
    """A customer whose broken lamp is refunded, and who is then left alone."""

    shop: Shop
    chat: Chat
    landed: datetime

    def work(self, at: datetime) -> int:
        """What the worker does at this time."""
        self.chat.now = at
        return FollowUps(self.shop).run(at)

    @property
    def row(self) -> FollowUp:
        with self.shop.begin(False) as uow:
            return uow.follow_ups.of(self.chat.case.id)[-1]

    def asked(self) -> list[str]:
        """What was written to the customer by nobody in particular since the refund landed."""
        with self.shop.begin(False) as uow:
            said = uow.messages.of(self.chat.id)
        return [one.text for one in said if one.author is Author.SYSTEM and one.at > self.landed]

    def tap(self, label: str) -> str:
        """A tap on a choice of the newest message, whoever wrote it."""
        with self.shop.begin(False) as uow:
            open_now = uow.messages.last_choices(self.chat.id)
        payload = next(one["payload"] for one in open_now if label in one["label"])
        return self.chat.say(payload, "choose", choice=payload.split('"')[3])


def asking_effort_of(shop: Shop, percent: int) -> Shop:
    return replace(shop, policy=replace(shop.policy, follow_up=replace(shop.policy.follow_up, effort_percent=percent)))


@pytest.fixture
def told(database: Database) -> Told:
    shop = asking_effort_of(a_shop(database), 0)
    order = an_order(
        number="M1", status="delivered", items=(an_item(price="45.00"),), buyer=a_buyer(), delivered_at=NOON - timedelta(days=1)
    )
    take_orders(database, order)
    chat = Chat(shop)
    chat.say("M1 nina@example.com my lamp is broken", "damaged_or_defective", order_number="M1", email="nina@example.com")
    chat.tap("efund")
    chat.tap("Yes")
    landed = NOON + timedelta(days=2)
    with shop.begin(True) as uow:
        (remedy,) = [one for one in uow.remedies.of(chat.case.id) if one.is_filed]
        ledger.settle(shop, uow, remedy, landed)
    return Told(shop, chat, landed)


def test_asked_once_after_it_has_landed_and_closed_after_three_answers(told: Told) -> None:
    assert told.work(told.landed + timedelta(hours=19)) == 0
    due = told.row.due_at
    assert told.landed + timedelta(hours=20) <= due <= told.landed + timedelta(hours=24 + 12)
    assert told.work(due) == 1 and told.work(due) == 0
    (question,) = told.asked()
    assert "45.00" in question and told.chat.case.reference in question
    assert "1 (not at all) to 5" in told.tap("Yes")
    assert "differently" in told.tap("4")
    assert "closed" in told.chat.say("pack lamps in a better box", "inform")
    (case,) = export(told.shop)
    assert (case["status"], case["csat"], case["facts"]["wish"]) == ("closed", 4, "pack lamps in a better box")
    assert (case["follow_up"]["state"], case["follow_up"]["outcome"]) == ("answered", "yes")
    assert told.work(due + timedelta(days=60)) == 0


def test_bad_answer_in_words_opens_the_same_case_again_for_whoever_had_it(told: Told) -> None:
    with told.shop.begin(True) as uow:
        uow.cases.by_reference(told.chat.case.reference).assignee = "Amira Haddad"
    told.work(told.row.due_at)
    told.chat.now = told.row.due_at + timedelta(days=2)  # days later
    said = told.chat.say("no, it is still broken", "damaged_or_defective")
    assert "up again" in said and "sorry" not in said.lower()
    (case,) = export(told.shop)
    assert (case["status"], case["handler"], case["escalation"]["reason"]) == ("open", "queue", "not_put_right")
    with told.shop.begin(False) as uow:
        assert [one.for_whom for one in uow.alerts.unseen() if one.kind == "reopened"] == ["Amira Haddad"]


def test_second_no_goes_to_the_lead_and_nobody_asks_a_third_time(told: Told) -> None:
    told.work(told.row.due_at)
    told.tap("No")
    case = told.chat.case
    people.take(told.shop, case.reference, "Amira Haddad", told.chat.now)
    given = ledger.grant(
        told.shop,
        case.reference,
        "Amira Haddad",
        ledger.RemedyKind.PARTIAL_REFUND,
        told.chat.now,
        amount=ledger.Money.of("5.00", "USD"),
        reason="again",
    )
    people.hand_back(told.shop, case.reference, "", told.chat.now)
    with told.shop.begin(True) as uow:
        ledger.settle(told.shop, uow, uow.remedies.by_reference(given.reference), told.chat.now)
    assert told.row.number == 2
    told.work(told.row.due_at)
    told.tap("Partly")
    (found,) = export(told.shop)
    assert found["escalation"]["reason"] == "not_put_right_again"
    with told.shop.begin(False) as uow:  # the team's key: whoever is of it finds it among their alerts
        assert [one.for_whom for one in uow.alerts.unseen() if one.kind == "reopened"] == ["care", "lead"]
    with told.shop.begin(True) as uow:
        from bot.handling.follow_ups import plan

        plan(told.shop, uow, uow.cases.by_reference(case.reference), told.chat.now)
        assert len(uow.follow_ups.of(case.id)) == 2


def test_one_reminder_then_no_more_and_silence_is_no_satisfaction(told: Told) -> None:
    told.work(told.row.due_at)
    first = told.row.due_at
    assert told.work(first) == 1
    assert told.work(told.row.due_at) == 1
    assert len(told.asked()) == 2
    (case,) = export(told.shop)
    assert (case["status"], case["csat"], case["follow_up"]["state"], case["follow_up"]["outcome"]) == ("closed", None, "unanswered", None)
    assert told.work(told.row.due_at + timedelta(days=90)) == 0


def test_whoever_answered_the_first_question_is_not_reminded_of_the_others(told: Told) -> None:
    told.work(told.row.due_at)
    told.tap("Yes")
    asked = len(told.asked())
    assert told.work(told.row.due_at) == 1
    (case,) = export(told.shop)
    assert (case["status"], case["csat"], case["follow_up"]["state"], case["follow_up"]["outcome"]) == ("closed", None, "answered", "yes")
    assert len(told.asked()) == asked


@pytest.mark.parametrize("said", ["stop", "please don't ask me again", "tap"])
def test_stop_means_stop_for_every_later_case(told: Told, said: str) -> None:
    told.work(told.row.due_at)
    assert "no more such questions" in (told.tap("Don't ask") if said == "tap" else told.chat.say(said, "deny"))
    assert told.work(told.row.due_at + timedelta(days=30)) == 0
    assert len(told.asked()) == 1


def test_link_under_a_letter_stops_the_questions(told: Told) -> None:
    links = Links("s" * 32, "https://shop.example/", "https://care.shop.example")
    token = links.to_stop_asking(told.chat.id).partition("of=")[2]
    with pytest.raises(NotAllowed):
        stop(told.shop, links, token[:-1] + ("A" if token[-1] != "A" else "B"), NOON)
    for _ in range(2):
        stop(told.shop, links, token, told.landed)
    assert (told.row.state, told.row.why) == (FollowUpState.WITHDRAWN, STOP)
    told.work(told.landed + timedelta(days=2))
    assert told.asked() == []


def test_nobody_is_asked_in_their_night(told: Told) -> None:
    zone = "Pacific/Auckland"
    with told.shop.begin(True) as uow:
        uow.conversations.get(told.chat.id).time_zone = zone
        row = uow.follow_ups.of(told.chat.case.id)[0]
        row.due_at = datetime(2026, 3, 6, 11, 0, tzinfo=NOON.tzinfo)  # midnight there
    assert told.work(told.row.due_at) == 1  # looked at, and put off
    assert told.asked() == []
    assert told.row.due_at == datetime(2026, 3, 6, 19, 0, tzinfo=NOON.tzinfo)  # eight in the morning there
    told.work(told.row.due_at)
    assert len(told.asked()) == 1


def test_shop_that_brings_meals_asks_after_minutes(memory_database: Database) -> None:
    shop = asking_effort_of(a_shop(memory_database), 0)
    shop = replace(shop, policy=replace(shop.policy, follow_up=replace(shop.policy.follow_up, after_hours=0.1)))
    take_orders(memory_database, an_order(number="M1", status="delivered", items=(an_item(price="45.00"),)))
    noon_there = NOON + timedelta(hours=7)
    chat = Chat(shop, noon_there)
    chat.say("M1 nina@example.com my soup is spilled", "damaged_or_defective", order_number="M1", email="nina@example.com")
    chat.tap("efund")
    chat.tap("Yes")
    with shop.begin(True) as uow:
        ledger.settle(shop, uow, next(one for one in uow.remedies.of(chat.case.id) if one.is_filed), noon_there)
    told = Told(shop, chat, noon_there)
    told.work(noon_there + timedelta(minutes=5))
    assert told.asked() == []
    told.work(noon_there + timedelta(minutes=7))
    assert len(told.asked()) == 1 and ASKED in told.asked()[0]


def test_open_case_is_not_asked_about(told: Told) -> None:
    people.take(told.shop, told.chat.case.reference, "Amira Haddad", told.landed)
    due = told.row.due_at
    told.work(due)
    assert told.asked()[-1:] != [ASKED] and told.row.state.value == "planned" and told.row.due_at > due


@pytest.mark.parametrize(("reason", "why"), [("injury", "grave"), ("repeated_failure", "call")])
def test_after_something_grave_a_person_speaks_and_no_question_is_put(told: Told, reason: str, why: str) -> None:
    with told.shop.begin(True) as uow:
        from bot.handling.handoff import hand_off

        conversation = uow.conversations.get(told.chat.id)
        hand_off(told.shop, uow, conversation, reason, told.landed)
    people.take(told.shop, told.chat.case.reference, "Amira Haddad", told.landed)
    people.hand_back(told.shop, told.chat.case.reference, "", told.landed)
    before = len(told.asked())
    told.work(told.row.due_at)
    assert (told.row.state.value, told.row.why, len(told.asked())) == ("withdrawn", why, before)
    with told.shop.begin(False) as uow:
        assert [one.kind for one in uow.alerts.unseen() if one.kind == "follow_up_call"] == (["follow_up_call"] if why == "call" else [])


@pytest.mark.parametrize("lands", [True, False])
def test_case_that_nobody_is_asked_about_ends_once_all_has_landed(told: Told, lands: bool) -> None:
    due = told.row.due_at
    with told.shop.begin(True) as uow:
        stopped = FollowUp("earlier", told.chat.case.id, told.chat.id, 2, told.landed, told.landed)
        uow.add(stopped)
        stopped.end(FollowUpState.WITHDRAWN, told.landed, STOP)
        (remedy,) = [one for one in uow.remedies.of(told.chat.case.id) if one.is_filed]
        remedy.state = RemedyState.SETTLED if lands else RemedyState.UNKNOWN
    assert told.chat.case.status is CaseStatus.ON_HOLD
    told.work(due)
    assert told.asked() == [] and told.chat.case.status is (CaseStatus.RESOLVED if lands else CaseStatus.ON_HOLD)


def test_two_workers_ask_once(told: Told) -> None:
    at, gate, done = told.row.due_at, threading.Barrier(2), []
    row = told.row

    def ask() -> None:
        gate.wait()
        done.append(go_on(told.shop, row.conversation_id, row.id, at))

    both = [threading.Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(done) == [False, True] and len(told.asked()) == 1


def test_question_beside_it_is_answered_and_the_answer_still_counts(told: Told) -> None:
    told.work(told.row.due_at)
    told.chat.say("are you a bot?", "ask_if_bot")
    assert "1 (not at all) to 5" in told.chat.say("yes it has", "affirm")
    assert "differently" in told.chat.say("four", "inform")
    assert told.chat.case.status is CaseStatus.PENDING


@pytest.mark.parametrize(("said", "effort", "status"), [("6", 6, "pending"), ("two", 2, "open"), ("tap", 7, "pending")])
def test_share_of_cases_is_asked_how_easy_it_was_and_hard_is_a_bad_answer(told: Told, said: str, effort: int, status: str) -> None:
    told.shop = told.chat.shop = asking_effort_of(told.shop, 100)
    told.work(told.row.due_at)
    told.tap("Yes")
    assert "1 (not at all) to 7 (fully)" in told.tap("4")
    answer = told.tap("7, fully") if said == "tap" else told.chat.say(said, "inform")
    assert ("up again" if status == "open" else "differently") in answer
    (case,) = export(told.shop)
    assert (case["follow_up"]["effort"], case["csat"], case["status"]) == (effort, 4, status)


@pytest.mark.parametrize(
    ("said", "asks", "wish"),
    [
        ("tap:Tell me", True, None),
        ("Please let me know what you change", True, "Please let me know what you change"),
        ("tap:Skip", False, None),
        ("tell your driver to ring", False, "tell your driver to ring"),
    ],
)
def test_whoever_asks_what_changes_is_noted_and_nothing_more_is_promised(told: Told, said: str, asks: bool, wish: str | None) -> None:
    told.work(told.row.due_at)
    told.tap("Yes")
    told.tap("4")
    answer = told.tap(said.removeprefix("tap:")) if said.startswith("tap:") else told.chat.say(said, "inform")
    assert ("you read it here, once" in answer) is asks and "closed now" in answer
    with told.shop.begin(False) as uow:
        record = uow.learning.get(told.chat.cases[0].id)
    (case,) = export(told.shop)
    assert (record.wants_to_know, case["facts"].get("wish"), case["status"]) == (asks, wish, "closed")


def test_poor_score_after_a_yes_is_a_bad_answer(told: Told) -> None:
    told.work(told.row.due_at)
    told.tap("Yes")
    assert "up again" in told.tap("1, not")
    (case,) = export(told.shop)
    assert (case["csat"], case["status"]) == (1, "open")

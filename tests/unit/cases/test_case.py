"""Cases: what is known now, from facts told at different times."""

from datetime import timedelta
from itertools import permutations

from bot.cases.case import CaseStatus, Fact, known
from bot.cases.conversation import Handler, conversation_of
from tests.builders import NOON, a_case, a_conversation


def fact(name: str, value: str, minute: int, number: int | None = None) -> Fact:
    return Fact("case-1", name, value, "customer", NOON + timedelta(minutes=minute), id=number)


def test_latest_fact_of_a_name_wins_in_whatever_order_they_are_read() -> None:
    told = [fact("order_number", "A1", 1), fact("order_number", "A2", 3), fact("email", "a@b.example", 2)]
    for facts in permutations(told):
        assert known(list(facts)).values == {"order_number": "A2", "email": "a@b.example"}


def test_later_row_wins_within_one_instant() -> None:
    assert known([fact("wish", "refund", 1, 8), fact("wish", "repair", 1, 7)]).get("wish") == "refund"


def test_lines_are_numbers_and_none_where_none_is_known() -> None:
    assert known([fact("items", "1,3", 1)]).lines() == (1, 3)
    assert known([]).lines() == known([fact("items", "", 1)]).lines() == ()


def test_closing_a_case_keeps_when() -> None:
    case = a_case("conversation-1")
    case.close(NOON)
    assert (case.status, case.closed_at, case.is_closed) == (CaseStatus.CLOSED, NOON, True)


def test_words_written_under_an_earlier_handler_can_be_told_apart() -> None:
    conversation = a_conversation()
    versions = [conversation.handler_version]
    for handler in (Handler.QUEUE, Handler.AGENT, Handler.ASSISTANT):
        conversation.give_to(handler)
        versions.append(conversation.handler_version)
    assert len(set(versions)) == 4


def test_asking_the_same_fact_again_is_counted_and_another_starts_anew() -> None:
    conversation = a_conversation()
    tries = []
    for asked in ("proof", "proof", "items", "proof", None, None):
        conversation.ask(asked)
        tries.append(conversation.asked_tries)
    assert tries == [1, 2, 1, 1, 1, 1]


def test_sender_id_leads_back_to_its_conversation() -> None:
    conversation = a_conversation(id="0a1b")
    conversation.tracker = 12
    assert conversation_of(conversation.sender_id) == conversation_of("0a1b") == "0a1b"

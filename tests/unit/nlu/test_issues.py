"""A second issue is heard where a clause plainly tells it, and nowhere else."""

from typing import Any

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.issue import Issue
from bot.nlu.clauses import CLAUSES, Clauses, clauses
from bot.nlu.issues import Clause, issues_told

CRUSHED = "the box came crushed and nobody answers my mails"


def ranking(**chances: float) -> list[dict[str, Any]]:
    every = {str(issue): 0.01 for issue in Issue} | {"ask_human": 0.01, "inform": 0.01} | chances
    return [{"name": name, "confidence": chance} for name, chance in sorted(every.items(), key=lambda one: -one[1])]


def told(text: str, leads: str, *of_clauses: dict[str, float]) -> list[dict[str, Any]]:
    every = {str(issue): 0.01 for issue in Issue}
    message = Message(data={TEXT: text})
    Clauses({}).read(message)
    chances = dict(zip(clauses(text), of_clauses, strict=True))
    parts = [Clause(part.get("span"), part.get("tells"), every | chances[part.get("span")]) for part in message.get(CLAUSES)]
    return issues_told(text, ranking(**{leads: 0.6}), parts)


def test_both_are_heard_with_their_words() -> None:
    found = told(CRUSHED, "damaged_or_defective", {"damaged_or_defective": 0.9}, {"staff_conduct": 0.8})
    assert [(one["name"], CRUSHED[one["start"] : one["end"]]) for one in found] == [
        ("damaged_or_defective", "the box came crushed"),
        ("staff_conduct", "and nobody answers my mails"),
    ]


def test_clause_without_plain_words_for_it_is_no_second_issue() -> None:
    found = told(
        "the box came crushed and I cried for hours", "damaged_or_defective", {"damaged_or_defective": 0.9}, {"staff_conduct": 0.9}
    )
    assert [one["name"] for one in found] == ["damaged_or_defective"]


def test_plain_words_without_a_fair_chance_are_no_second_issue() -> None:
    found = told(CRUSHED, "damaged_or_defective", {"damaged_or_defective": 0.9}, {"staff_conduct": 0.05})
    assert len(found) == 1


def test_late_and_missing_are_one_matter() -> None:
    text = "still waiting, it never arrived"
    found = told(text, "late_delivery", {"late_delivery": 0.9}, {"lost_or_missing": 0.8})
    assert [one["name"] for one in found] == ["late_delivery"]


def test_message_of_another_kind_is_led_by_what_it_tells_plainly() -> None:
    found = told("get me a person, the box came crushed", "ask_human", {"ask_human": 0.9}, {"damaged_or_defective": 0.8})
    assert [one["name"] for one in found] == ["damaged_or_defective"]


def test_message_without_a_complaint_has_no_issue() -> None:
    assert issues_told("thanks a lot", ranking(inform=0.9), []) == []

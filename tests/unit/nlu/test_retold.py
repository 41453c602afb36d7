"""A clause that is said back must say just what the customer said, from the company's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.nlu.retold import longest_run

Read = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("My kettle is broken and I want a new one", "your kettle is broken"),
        ("I was charged twice for one chair!", "you were charged twice for one chair"),
        ("we're still waiting for our table", "you're still waiting for your table"),
        ("Your driver shouted at me in front of my neighbours", "our driver shouted at you in front of your neighbours"),
        ("ur driver threw my kettle over the fence", "our driver threw your kettle over the fence"),
        ("You sent me the wrong lamp", "we sent you the wrong lamp"),
        ("The app doesn't let me log in to my account", "the app doesn't let you log in to your account"),
        ("they dont answer my mails", "they don't answer your mails"),
        ("never received my blanket", "you never received your blanket"),
        ("Still waiting for my refund", "you are still waiting for your refund"),
        ("Northway lost my parcel", "Northway lost your parcel"),
        ("I withdrew cash and was charged", "you withdrew cash and were charged"),
        ("I was charged an insane fee", "you were charged a fee"),
        ("I didn't received my parcel", "you didn't receive your parcel"),
    ],
)
def test_clause_is_turned_to_the_customer(text: str, told: str, read: Read) -> None:
    retold = read(text)["retold"]
    assert (retold["text"], retold["asks"]) == (told, False)
    assert longest_run(text[retold["start"] : retold["end"]], text) >= 3


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Why was I charged a cancellation fee?", "why you were charged a cancellation fee"),
        ("Where is my refund?", "where your refund is"),
        ("why didn't my parcel come?", "why your parcel didn't come"),
    ],
)
def test_question_is_told_as_what_they_ask(text: str, asked: str, read: Read) -> None:
    retold = read(text)["retold"]
    assert (retold["text"], retold["asks"]) == (asked, True)


@pytest.mark.parametrize(
    "text",
    [
        "if my parcel never came I would be angry",
        "I hope the lamp is not broken",
        "make sure that the sweater is not damaged",
        "You can't reach anybody there",
        "you guys lost my bag",
        "2 hrs late",
        "My oreder is lost",
        "you lying thieves stole my money",
        "they promised that it would not be late",
        "the parcel 4821 9930 1173 is lost",
        "My sister Dana Reed was charged twice",
        "THE PARCEL IS LOST AGAIN",
    ],
)
def test_nothing_is_told_that_was_not_told_as_fact_or_reads_badly(text: str, read: Read) -> None:
    assert read(text).get("retold") is None


LONG = [
    "The blue velvet armchair with the turned oak legs that I ordered from you for my mother in March came with a crack in the back",
    "I have been waiting for three whole weeks for somebody to come and collect the broken washing machine from my kitchen",
    "your courier left my parcel with a neighbour whom I have never met and who does not open the door to anybody at all",
]


@pytest.mark.parametrize("text", LONG)
def test_no_more_than_six_words_in_a_row_are_theirs(text: str, read: Read) -> None:
    retold = read(text).get("retold")
    assert retold is None or (longest_run(retold["text"], text) <= 6 and len(retold["text"].split()) <= 13)


def test_longest_run_counts_words_in_a_row() -> None:
    assert longest_run("the zip of your coat broke", "The zip of my coat broke") == 3
    assert longest_run("", "anything") == 0

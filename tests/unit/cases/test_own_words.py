"""A customer's own words, said back as they stand or not at all."""

import pytest

from bot.cases.own_words import quotes, spans


def test_short_clauses_of_trouble_are_said_back_the_one_that_tells_most_first() -> None:
    said = "I chose the blue kettle, the lid was cracked and leaking, and nobody returned my call."
    assert quotes(said) == ["the lid was cracked", "nobody returned my call"]


@pytest.mark.parametrize(
    "said",
    [
        "Why was the kettle late?",  # a question
        "the kettle seller is a wrong idiot",  # an insult
        "wrong number is 4155550134",  # private
        "broken lamp for nina@example.com",
        "I have nothing but good words",  # torn from its sentence
        "My toaster will not turn on at all in the mornings",
        "Something went wrong here",  # says nothing
    ],
)
def test_what_would_hurt_or_be_torn_is_not_said_back(said: str) -> None:
    assert quotes(said) == []


def test_thin_phrase_gives_way_to_the_clause_around_it() -> None:
    assert quotes("I am still waiting for my lamp", "I am still waiting") == ["still waiting for my lamp"]


def test_time_spans_are_told_in_whole_words_each_once() -> None:
    assert spans("waited more than 2 hrs, then an hour on hold, 2 days now; more than 2 hrs") == ["more than 2 hours", "an hour", "2 days"]
    assert spans("my 5 years old son") == []

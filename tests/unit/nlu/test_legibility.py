"""What cannot be understood is told from what can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.heard import UNREADABLE, Unreadable
from bot.evaluation.sets import FOLDER, messages, sentences
from bot.nlu.legibility import Legibility


@pytest.fixture(scope="module")
def legibility() -> Legibility:
    return Legibility({})


def why(legibility: Legibility, text: str) -> str | None:
    found = legibility.unreadable(text, means_something=False)
    return found.why if found else None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("...", "empty"),
        ("😡😡😡", "emoji"),
        ("👍", "emoji"),
        ("https://example.org/track/81", "link"),
        ("https://example.org/IMG_2231.jpg", "photo"),
        ("asdfgh jkl qwe", "gibberish"),
        ("hfjdkslahfjkds", "gibberish"),
        ("Hola, mi pedido no ha llegado", "language"),
        ("Meine Bestellung ist kaputt angekommen", "language"),
        ("मेरा ऑर्डर नहीं आया", "language"),
        ("我的包裹没到", "language"),
        ("где моя посылка", "language"),
    ],
)
def test_unreadable_message_is_recognised(legibility: Legibility, text: str, kind: str) -> None:
    assert why(legibility, text) == kind


@pytest.mark.parametrize(
    "text",
    ["wtf", "ok", "no", "W2611340", "Aoife Murphy", "lamp brokn", "see https://example.org/x it is broken", "late again 😡", "john@x.org"],
)
def test_short_and_misspelt_messages_are_read(legibility: Legibility, text: str) -> None:
    assert why(legibility, text) is None


def test_no_english_message_of_ours_is_taken_for_another_language(legibility: Legibility) -> None:
    texts = [text for _, text in sentences(FOLDER / "test_nlu.yml")] + [one["text"] for one in messages("two_issues.yml")]
    assert [text for text in texts if why(legibility, text) == "language"] == []


def test_language_is_named_only_where_it_is_certain(legibility: Legibility) -> None:
    assert legibility.unreadable("Wo bleibt meine Lieferung? Ich warte seit zwei Wochen", False) == Unreadable("language", "de")
    assert legibility.unreadable("où est mon colis", False) in (Unreadable("language", None), Unreadable("language", "fr"))


def test_what_means_something_is_no_gibberish(legibility: Legibility) -> None:
    assert legibility.unreadable("buhbyeee", means_something=True) is None


@given(st.text(max_size=300))
def test_any_text_gets_one_of_the_kinds_or_none(legibility: Legibility, text: str) -> None:
    assert why(legibility, text) in (None, *UNREADABLE)


@pytest.mark.parametrize(
    ("text", "code"), [("Sprechen Sie Deutsch?", "de"), ("habla español?", "es"), ("parla italiano?", "it"), ("po polsku prosze", "pl")]
)
def test_bare_question_for_a_language_is_answered_in_it(legibility: Legibility, text: str, code: str) -> None:
    assert legibility.unreadable(text, False) == Unreadable("language", code)


def test_english_word_beside_a_language_is_no_question_for_it(legibility: Legibility) -> None:
    assert legibility.unreadable("the manual of the lamp is in deutsch only", False) is None

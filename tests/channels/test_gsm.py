"""Segments of text messages, by the figures of 3GPP TS 23.038 and TS 23.040."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.gsm import BASIC, EXTENDED, is_gsm, plain, segments


def test_alphabet_is_the_standards() -> None:
    assert len(BASIC) == 127  # 128 places, of which one is the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("[" + "a" * 158, 1),
        ("[" + "a" * 159, 2),
        ("a" * 152 + "€" * 77, 3),  # 306 septets, but no escape is cut from its character: 152, 152 and 2
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),  # 33 pairs in each: a pair is not cut either
        ("😀" * 67, 3),
        ("a" * 69 + "ł", 1),
        ("a" * 70 + "ł", 2),
        ("Ça va? Où? ¿Qué? Ærø, ÄÖÜ ß", 1),
    ],
    ids=lambda one: f"{len(one)}{one[:1]}{one[-1:]}" if isinstance(one, str) else str(one),
)
def test_segments_are_counted_as_phones_count(text: str, count: int) -> None:
    assert segments(text) == count


def test_typographic_signs_do_not_cost_a_segment() -> None:
    typographic = "We’re sorry — “Ord. 7” is late… It leaves on Monday\u00a0–\u202fnot before."
    assert plain(typographic) == 'We\'re sorry - "Ord. 7" is late... It leaves on Monday - not before.'
    assert segments(typographic + "a" * 60) == 2 and segments(plain(typographic + "a" * 60)) == 1
    assert plain("cafe\u0301") == "café"


def test_what_cannot_be_told_otherwise_stays_as_it_was_written() -> None:
    for text in ("Łukasz’s order — late", "It’s here 🎉", "👨\u200d👩\u200d👧"):
        assert plain(text) == text and not is_gsm(text)


def letters(text: str) -> list[str]:
    return [one for one in unicodedata.normalize("NFC", text) if one.isalnum() and one not in "xʼ"]


@settings(max_examples=200)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("’“—…× \u00a0€[\nłя😀")), max_size=400))
def test_folding_never_costs_a_segment_nor_changes_a_letter(text: str) -> None:
    folded = plain(text)
    assert segments(folded) <= segments(text)
    assert letters(folded) == letters(text)
    assert plain(folded) == folded

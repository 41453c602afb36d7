"""A message is cut where one thing ends and the next begins, and no letter of it is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import MOST_CLAUSES, clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("came late AND it's broken, and nobody answers my mails", ["came late", "AND it's broken,", "and nobody answers my mails"]),
        ("It is late. The driver was rude!", ["It is late.", "The driver was rude!"]),
        ("wrong size & no reply", ["wrong size", "& no reply"]),
        ("I paid $1,299.00 for it", ["I paid $1,299.00 for it"]),
        ("late", ["late"]),
        ("", []),
    ],
)
def test_text_is_cut_into_clauses(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in clauses(text)] == parts


@given(st.text(max_size=400))
def test_clauses_stand_in_order_within_the_text(text: str) -> None:
    spans = clauses(text)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert len(spans) <= MOST_CLAUSES
    assert all(0 <= start < end <= len(text) for start, end in spans)

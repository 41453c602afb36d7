"""Remedies: legal moves only, whatever is tried in whatever order."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.money import Money
from bot.cases.remedy import FILED, IllegalMove, RemedyKind, RemedyState, remedy_key
from tests.builders import NOON, a_remedy

LEGAL = {
    tuple(map(RemedyState, line.split()))
    for line in """
    proposed confirmed|proposed cancelled
    confirmed queued|confirmed needs_approval|confirmed cancelled
    needs_approval approved|needs_approval refused|needs_approval cancelled
    approved queued|approved cancelled
    queued sent|queued cancelled
    sent settled|sent failed|sent unknown|sent queued
    unknown settled|unknown failed|unknown sent
    failed queued|failed cancelled|failed settled
    settled compensated
    cancelled proposed
    """.replace("\n", "|").split("|")
    if line.strip()
}
S = RemedyState


@pytest.mark.parametrize(("before", "after"), product(RemedyState, RemedyState))
def test_remedy_makes_legal_moves_and_no_others(before: RemedyState, after: RemedyState) -> None:
    remedy, later = a_remedy("case-1", state=before), NOON + timedelta(hours=1)
    if (before, after) in LEGAL:
        remedy.move(after, later)
        assert (remedy.state, remedy.changed_at) == (after, later)
    else:
        with pytest.raises(IllegalMove, match=f"is {before} and cannot become {after}"):
            remedy.move(after, later)
        assert (remedy.state, remedy.changed_at) == (before, NOON)


@given(st.lists(st.sampled_from(RemedyState), max_size=60))
def test_no_walk_carries_out_what_was_not_confirmed_or_was_refused(tried: list[RemedyState]) -> None:
    remedy = a_remedy("case-1")
    walked = [remedy.state]
    for state in tried:
        try:
            remedy.move(state, NOON)
        except IllegalMove:
            continue
        walked.append(state)
    since_offer = walked[len(walked) - 1 - walked[::-1].index(S.PROPOSED) :]
    if remedy.is_filed:
        assert S.CONFIRMED in since_offer
    if S.SENT in since_offer:
        assert since_offer.index(S.CONFIRMED) < since_offer.index(S.QUEUED) < since_offer.index(S.SENT)
    if S.NEEDS_APPROVAL in since_offer and S.QUEUED in since_offer:
        assert since_offer.index(S.APPROVED) < since_offer.index(S.QUEUED)
    assert walked.count(S.SETTLED) <= 1
    assert S.REFUSED not in walked[:-1]


def test_filed_means_accepted_and_not_undone() -> None:
    filed = {state for state in RemedyState if a_remedy("case-1", state=state).is_filed}
    assert filed == FILED == {S.NEEDS_APPROVAL, S.APPROVED, S.QUEUED, S.SENT, S.SETTLED, S.UNKNOWN}


def test_key_is_the_same_for_the_same_act_and_another_for_another() -> None:
    acts = product(
        ("A-1", "A-2"),
        (RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND),
        (None, Money(450, "USD"), Money(450, "EUR")),
        ((), (1,), (1, 2), (12,)),
    )
    keys = [remedy_key(*act) for act in acts]
    assert len(set(keys)) == len(keys)
    assert remedy_key("A-1", RemedyKind.REFUND, Money.of("4.50", "USD"), (1,)) == remedy_key(
        "A-1", RemedyKind.REFUND, Money(450, "USD"), (1,)
    )

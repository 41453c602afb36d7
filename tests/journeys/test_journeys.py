"""A chosen third of the journeys, through the public door, against the real processes. `make journeys` runs all."""

import pytest

from tests.journeys.customer import talk
from tests.journeys.journey import Journey, journeys
from tests.journeys.judge import judge
from tests.journeys.store import Store
from tests.product import Product

ALL = journeys()
CHOSEN = [(place, one) for place, one in enumerate(ALL, start=1) if one.ci]


def as_test(place: int, one: Journey) -> object:
    known = [pytest.mark.xfail(reason=one.fails, strict=False)] if one.fails else []
    return pytest.param(place, one, id=one.name, marks=known)


@pytest.mark.product
@pytest.mark.parametrize(("place", "journey"), [as_test(*one) for one in CHOSEN])
def test_journey_ends_as_its_customer_may_expect(product: Product, place: int, journey: Journey) -> None:
    judged = judge(talk(product, Store(product), journey, place))
    told = "\n".join(f"> {turn.said}\n  {turn.heard}" for turn in judged.talk.turns)
    assert judged.is_ok, f"{'; '.join(judged.differs)}\n{told}"


def test_journeys_chosen_for_every_run_are_a_third_and_touch_every_theme() -> None:
    assert len(ALL) >= 60
    assert len(ALL) * 0.3 <= len(CHOSEN) <= len(ALL) * 0.42
    assert {one.theme for _, one in CHOSEN} == {one.theme for one in ALL}

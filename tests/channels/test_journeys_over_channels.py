"""Ten journeys over every messaging channel, all at once, judged as over the website. `make journeys CHANNEL=sms` has all of them."""

import pytest

from tests.channels.world import CHANNELS, World
from tests.journeys.by_nature import PUBLIC
from tests.journeys.judge import Judged
from tests.journeys.over_channel import go, trips
from tests.journeys.report import transcript

TEN = (
    "late-nothing-told",
    "damaged-all-told",
    "wrong-nothing-told",
    "charged-twice",
    "refund-never-came",
    "person-at-once",
    "grave-burnt",
    "correct-item",
    "second-later-other-order",
    "digress-opening-hours",
)
AT_ONCE = 4  # the assistant takes one turn at a time: more would wait for each other longer than a turn may take

pytestmark = [pytest.mark.product, pytest.mark.xdist_group("channels")]


@pytest.fixture(scope="module")
def went(world: World) -> list[Judged]:
    return list(go(world, trips(CHANNELS, TEN), AT_ONCE))


@pytest.mark.parametrize("channel", CHANNELS)
def test_customers_of_a_channel_come_to_what_customers_of_the_website_come_to(went: list[Judged], channel: str) -> None:
    there = [one for one in went if one.channel == channel]
    assert len(there) == len(TEN)
    amiss = [f"{'; '.join(one.differs)}\n{transcript(one)}" for one in there if not one.is_ok]
    assert not amiss, "\n\n".join(amiss)
    assert sum(len(one.talk.asked_twice()) for one in there) == 0


@pytest.mark.parametrize("channel", PUBLIC)
def test_complaints_in_public_get_one_public_answer_and_what_is_grave_gets_none(went: list[Judged], channel: str) -> None:
    said = {one.talk.journey.name: len(one.talk.chat.public_words()) for one in went if one.channel == channel}
    assert said["grave-burnt"] == 0 and said["person-at-once"] == 0
    assert said["charged-twice"] == said["wrong-nothing-told"] == 1

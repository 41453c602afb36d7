"""What goes out on messaging channels, whatever their provider: once, in order, in parts, tried again and given up in time."""

from datetime import timedelta

import pytest

from bot.cases.channel import Abilities
from bot.cases.conversation import Author
from bot.errors import SendFailed
from bot.handling.accept import add_reply
from bot.handling.sending import GIVEN_UP_AFTER, SEEN_AFTER
from bot.store.database import Database
from bot.worker.channels import Sending
from tests.builders import NOON
from tests.doors import a_shop
from tests.lines import Line, Post


@pytest.fixture
def line(database: Database) -> Line:
    return Line(a_shop(database), Post())


def test_choices_are_tapped_where_they_fit_and_numbered_where_not(line: Line) -> None:
    line.comes("1", "Broken lamp.")
    line.says("What would help?", (("New lamp", "/a"), ("Money back", "/b")))
    line.works()
    assert [label for _, label in line.post.sent[0].choices] == ["New lamp", "Money back"] and line.post.texts == ["What would help?"]
    line.says("And now?", (("The replacement with everything in it", "/a"), ("Money back", "/b")))
    line.works()
    assert line.post.sent[1].choices == () and "\n1. The replacement with everything in it\n2. Money back" in line.post.texts[1]
    line.comes("2", choice=line.post.sent[0].choices[0][0])
    assert "no longer open" in line.messages[-1].text and line.messages[-1].author is Author.SYSTEM


def test_long_words_go_in_parts_and_each_once_though_the_middle_fails(line: Line) -> None:
    line.comes("1", "Hello.")
    words = " ".join(f"Sentence number {one} says a little." for one in range(15))
    message = line.says(words)
    line.post.failures = []
    line.post.after_send = lambda: line.post.failures.append(SendFailed("not reached")) if len(line.post.sent) == 1 else None
    line.works()
    assert line.state(message) == "waiting" and len(line.post.sent) == 1
    line.later(seconds=10)
    line.works()
    assert " ".join(line.post.texts) == words and all(len(one) <= 200 and one.endswith(".") for one in line.post.texts)
    assert line.state(message) == "sent" and len({one.key for one in line.post.sent}) == len(line.post.sent)


def test_nothing_overtakes_in_a_conversation_and_no_other_waits_for_it(line: Line) -> None:
    line.comes("1", "Hello.")
    line.comes("1b", "Hello.", sender="+15550999999")
    line.post.failures = [SendFailed("status 503")]
    line.says("First.")
    line.works()
    line.says("Second.")
    with line.shop.begin(True) as uow:
        other = uow.contacts.at("post", "+15550999999")
        assert other
        add_reply(uow, uow.conversations.get(other.conversation_id), Author.ASSISTANT, "Elsewhere.", line.at)
    line.works()
    assert line.post.texts == ["Elsewhere."]
    line.later(seconds=10)
    line.works()
    assert line.post.texts == ["Elsewhere.", "First.", "Second."]


@pytest.mark.parametrize("finds", [True, False])
def test_what_may_have_gone_out_is_looked_for_where_that_can_be(line: Line, finds: bool) -> None:
    line.post.can = Abilities(longest=200, finds=finds)
    line.comes("1", "Hello.")
    line.post.failures, line.post.done_all_the_same = [SendFailed("no answer", is_unknown=True)], True
    message = line.says("Once.")
    line.works()
    line.later(seconds=10)
    line.works()
    assert line.post.texts == ["Once."] * (1 if finds else 2) and line.state(message) == "sent"


def test_provider_that_is_away_for_an_hour(line: Line) -> None:
    line.comes("1", "Hello.")
    message = line.says("Here again.")
    for _ in range(20):
        line.post.failures = [SendFailed("not reached")]
        line.works()
        line.later(minutes=3)
    assert line.state(message) == "waiting" and "message_waits" in line.alerts
    assert line.at - NOON > SEEN_AFTER
    line.post.failures = []
    line.later(minutes=7)
    line.works()
    assert line.post.texts == ["Here again."] and line.state(message) == "sent"


def test_given_up_after_a_day_or_at_once_where_it_is_final(line: Line) -> None:
    line.post.can = Abilities(longest=200)
    line.comes("1", "Hello.")
    line.post.failures = [SendFailed("no such number", is_final=True)]
    refused = line.says("One.")
    line.works()
    assert line.state(refused) == "failed" and line.alerts == ["message_failed"]
    late = line.says("Two.")
    line.post.failures = [SendFailed("not reached")] * 2
    line.works()
    line.at += GIVEN_UP_AFTER
    line.works()
    assert line.state(late) == "failed"


def test_provider_that_wants_to_be_left_alone_is(line: Line) -> None:
    line.comes("1", "Hello.")
    line.post.failures = [SendFailed("too many at once", wait_s=30)]
    line.says("Later.")
    sending = Sending(line.shop, {"post": line.post}, None, lambda: line.at)
    sending.run(line.at)
    sending.wait()
    line.says("Even later.")
    line.later(seconds=20)
    assert sending.run(line.at) == 0
    line.later(seconds=11)
    sending.close()
    line.works()
    assert line.post.texts == ["Later.", "Even later."]


@pytest.mark.parametrize("has_template", [True, False])
def test_after_the_window_one_template_or_none_and_the_words_when_they_write(line: Line, has_template: bool) -> None:
    line.post.can = Abilities(longest=500, window=timedelta(hours=24), has_template=has_template)
    line.comes("1", "Hello.")
    line.later(hours=26)
    messages = [line.says("Was it put right?"), line.says("And one more thing.")]
    line.works()
    line.later(hours=5)
    line.works()
    assert [bool(one.template) for one in line.post.sent] == [True] * has_template
    assert [line.state(one) for one in messages] == ["waiting"] * 2 and "message_waits" in line.alerts
    line.comes("2", "Yes?")
    line.works()
    assert [one.text for one in line.post.sent if not one.template] == ["Was it put right?", "And one more thing."]


def test_people_may_write_for_longer_where_the_provider_says_so(line: Line) -> None:
    line.post.can = Abilities(longest=500, window=timedelta(hours=24), agent_window=timedelta(days=7))
    line.comes("1", "Hello.")
    line.later(hours=26)
    line.says("From a person.", author=Author.AGENT, agent="Amira Haddad")
    line.works()
    assert line.post.texts == ["From a person."]

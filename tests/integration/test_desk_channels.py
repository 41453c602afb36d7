"""What people at the desk see of a chat on a messaging channel: what became of each message, and whether words can be sent now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cases.channel import Abilities, ArrivalKind, Media
from bot.cases.conversation import Author
from bot.errors import SendFailed
from bot.handling.arrivals import TRIES
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.store.database import Database
from tests.builders import NOON
from tests.desks import Person, TestDesk, a_desk
from tests.lines import Line, Post

WINDOW = timedelta(minutes=20)


@dataclass
class Watched(Line):
    """A line that somebody at the desk watches."""

    desk: TestDesk | None = None
    amira: Person | None = None

    def look(self) -> dict[str, Any]:
        """The chat as the desk reads it now."""
        assert self.desk and self.amira
        self.desk.at = self.at
        ((ref, row),) = self.amira.rows().items()
        shown: dict[str, Any] = self.amira.get(f"chats/{ref}")
        return shown | {"ref": ref, "mark": row["mark"], "of": {one["id"]: one for one in shown["messages"]}}

    def alert(self, kind: str) -> dict[str, Any]:
        assert self.amira
        (found,) = [one for one in self.amira.get("alerts")["alerts"] if one["kind"] == kind]
        return dict(found)


@pytest.fixture
def line(database: Database, tmp_path: Path) -> Iterator[Watched]:
    """A customer who wrote on a channel with a window, and waits for a person."""
    post = Post(Abilities(longest=200, window=WINDOW, has_template=True, finds=True))
    with a_desk(database, NOON, tmp_path / "var", {"post": post}) as desk:
        found = Watched(desk.shop, post, NOON, desk, desk.person("Amira Haddad", "lead"))
        found.comes("1", "The lamp is broken.")
        with desk.shop.begin(True) as uow:
            conversation = uow.conversations.get(found.chat.id)
            hand_off(desk.shop, uow, conversation, "asked", NOON)
            case_of(uow, conversation, NOON)
        found.works()
        yield found


def test_each_message_says_what_became_of_it_and_the_row_says_that_there_is_news(line: Watched) -> None:
    first = line.says("A person looks at it.", author=Author.AGENT)
    waiting = line.look()
    assert waiting["of"][first]["state"] == "waiting" and waiting["of"][first]["became"] is None
    line.post.failures = [SendFailed("status 503") for _ in range(9)]
    for _ in range(9):
        line.works()
        line.later(minutes=1)
    tried = line.look()
    assert tried["of"][first]["became"] == {"what": "retry", "why": "status 503"} and tried["mark"] != waiting["mark"]
    line.post.failures = []
    line.later(minutes=6)
    line.works()
    sent = line.look()
    assert (sent["of"][first]["state"], sent["of"][first]["became"]) == ("sent", None) and sent["mark"] != tried["mark"]
    line.comes("r1", kind=ArrivalKind.RECEIPT, about="out-1", state="delivered")
    assert line.look()["of"][first]["state"] == "delivered"
    second = line.says("And this?")
    line.post.failures = [SendFailed("no such number", is_final=True)]
    line.works()
    failed = line.look()
    assert failed["of"][second]["became"] == {"what": "failed", "why": "no such number"}
    alert = line.alert("message_failed")
    assert alert["ref"] == failed["ref"] and alert["detail"]["why"] == "no such number"


def test_after_the_window_words_wait_and_the_desk_says_so(line: Watched) -> None:
    contact = line.look()["contact"]
    assert contact["until"] == (NOON + WINDOW).isoformat() and contact["has_window"] and contact["told_at"] is None
    line.later(minutes=21)
    late = line.says("It is on its way.", author=Author.AGENT)
    assert line.look()["of"][late]["became"] == {"what": "window", "why": None}
    line.works()
    told = line.look()
    assert told["of"][late]["became"]["what"] == "told" and told["contact"]["told_at"] == line.at.isoformat()
    assert line.post.sent[-1].template is not None
    line.later(seconds=9)
    line.comes("2", "Any news?")
    line.works()
    assert line.look()["of"][late]["state"] == "sent" and line.look()["contact"]["told_at"] is None


def test_stop_is_seen_and_what_is_sent_after_it_did_not_arrive(line: Watched) -> None:
    before = line.says("Before.")
    line.later(minutes=21)  # the window is closed: STOP itself opens it for the answer to it
    line.comes("s", "STOP", ArrivalKind.STOP)
    line.works()
    assert "no more messages" in line.post.texts[-1]
    line.later(minutes=1)
    after = line.says("After.", author=Author.AGENT)
    line.works()
    shown = line.look()
    assert shown["contact"]["stopped_at"] and not shown["contact"]["asks_start"]
    assert shown["of"][before]["state"] == "dropped"
    assert shown["of"][after]["became"] == {"what": "failed", "why": "stopped"}
    assert "wants no more messages here" in [one["text"] for one in shown["markers"]]
    line.comes("3", "I did not mean it.", is_public=True)
    again = line.look()
    assert again["contact"]["stopped_at"] is None and [one["public"] for one in again["messages"]][-1] is True


def test_message_that_could_not_be_taken_in_leads_to_its_chat(line: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_media: Media) -> bytes:
        raise ZeroDivisionError

    ref = line.look()["ref"]
    monkeypatch.setattr(line.post, "fetch", breaks)
    with pytest.raises(ZeroDivisionError):
        line.comes("2", "A photo.", media=(Media("photo-1"),))
    for _ in range(TRIES):
        line.later(minutes=3)
        line.works()
    alert = line.alert("arrival_failed")
    assert alert["ref"] == ref and alert["detail"]["channel"] == "post" and isinstance(alert["detail"]["arrival"], int)


def test_website_has_no_such_thing(memory_database: Database, tmp_path: Path) -> None:
    with a_desk(memory_database, NOON, tmp_path / "var") as desk:
        ref = desk.waiting("My lamp is broken.")
        shown = desk.person("Amira Haddad", "lead").get(f"chats/{ref}")
        assert shown["contact"] is None and {one["became"] for one in shown["messages"]} == {None}
        assert not any(one["public"] for one in shown["messages"])

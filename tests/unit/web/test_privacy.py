"""Nobody reads or writes a conversation that is not theirs, nor asks for more than is fair."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.limits import BEGUN, MAILED, SENT
from bot.web.session import LIFE, sign
from tests.builders import NOON
from tests.doors import Says, a_shop

ENDPOINTS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/api/messages", None),
    ("GET", "/api/stream", None),
    ("POST", "/api/messages", {"client_id": "a", "text": "hello"}),
    ("POST", "/api/seen", {"seq": 1}),
    ("POST", "/api/transcript", {}),
]
SECRET = "the shop's own secret for its visitors"


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chosen(tmp_path: Path) -> settings.Settings:
    return replace(settings.read({"AMENDS_VAR": str(tmp_path), "AMENDS_POLL_MS": "20"}), identity_secret=SECRET, trusted_proxies=1)


@pytest.fixture
def client(memory_database: Database, chosen: settings.Settings, clock: Clock) -> Iterator[TestClient]:
    app = create_app(a_shop(memory_database), Says(), chosen, now=clock)
    with TestClient(app, client=("10.0.0.1", 1)) as client:
        yield client


def begin(client: TestClient, address: str = "203.0.113.5", **body: Any) -> Any:
    return client.post("/api/conversations", json=body, headers={"x-forwarded-for": address})


def token_of(client: TestClient) -> str:
    return str(begin(client).json()["token"])


def call(client: TestClient, endpoint: tuple[str, str, dict[str, Any] | None], token: str | None, **given: Any) -> Any:
    method, path, body = endpoint
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.request(method, path, json=body, headers=headers, **given)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one[0]} {one[1]}")
def test_each_door_wants_the_token_in_its_header(client: TestClient, endpoint: tuple[str, str, Any]) -> None:
    token = token_of(client)
    for query in ({}, {"token": token, "access_token": token, "authorization": f"Bearer {token}", "conversation": token.split(".")[0]}):
        answer = call(client, endpoint, None, params=query)
        assert answer.status_code == 401 and answer.json()["error"].endswith(".")
    client.cookies.set("token", token)
    client.cookies.set("authorization", f"Bearer {token}")
    assert call(client, endpoint, None).status_code == 401


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one[0]} {one[1]}")
def test_tampered_token_opens_no_door(client: TestClient, chosen: settings.Settings, clock: Clock, endpoint: tuple[str, str, Any]) -> None:
    mine, other = token_of(client), token_of(client)
    chat, issued, signature = other.split(".")
    of_mine = mine.split(".")
    tampered = [
        f"{chat}.{issued}.{of_mine[2]}",  # the other's name under my signature
        f"{chat}.{int(issued) + 1}.{signature}",  # made younger
        f"{chat}..{signature}",
        f"{chat}.{issued}.",
        f"{chat}.{issued}",
        f"{chat}.{issued}.{signature[:-1]}",
        f"{chat}.{issued}.{signature}=",
        f"{chat.upper()}.{issued}.{signature}",
        f"x.{other}",
        base64.b64encode(other.encode()).decode(),
        sign("another installation's secret", chat, clock.now),
        sign(chosen.secret("session"), chat, clock.now - LIFE - timedelta(seconds=1)),
    ]
    assert [call(client, endpoint, one).status_code for one in tampered] == [401] * len(tampered)


def test_token_of_one_conversation_touches_no_other(client: TestClient) -> None:
    mine, other = token_of(client), token_of(client)
    assert call(client, ENDPOINTS[2], mine).status_code == 202
    everywhere = {"after": 0, "conversation_id": mine.split(".")[0], "id": mine.split(".")[0]}
    assert call(client, ENDPOINTS[0], other, params=everywhere).json()["messages"] == []
    assert call(client, ENDPOINTS[3], other).status_code == 204
    assert len(call(client, ENDPOINTS[0], mine).json()["messages"]) >= 1


def test_same_client_id_in_two_conversations_is_two_messages(client: TestClient) -> None:
    kept = [call(client, ENDPOINTS[2], token_of(client)).json() for _ in range(2)]
    assert kept[0]["id"] != kept[1]["id"] and not kept[1]["duplicate"]


def test_token_of_a_conversation_that_is_gone_says_so(client: TestClient, chosen: settings.Settings, clock: Clock) -> None:
    token = sign(chosen.secret("session"), "gone", clock.now)
    answers = [call(client, one, token) for one in ENDPOINTS]
    assert [one.status_code for one in answers] == [404] * len(ENDPOINTS)


@pytest.mark.parametrize("seq", [-1, True, "1", 1.5, None, 2**40])
def test_seen_wants_the_number_of_a_message(client: TestClient, seq: Any) -> None:
    answer = call(client, ("POST", "/api/seen", {"seq": seq}), token_of(client))
    assert answer.status_code == 400 and answer.json()["error"].startswith("seq must be")


def test_transcript_without_mail_or_proof_is_refused_in_words(client: TestClient) -> None:
    answer = call(client, ENDPOINTS[4], token_of(client))
    assert answer.status_code == 409 and "can't send mail" in answer.json()["error"]


def test_stream_is_not_held_open_for_a_question_of_its_head(client: TestClient) -> None:
    assert call(client, ("HEAD", "/api/stream", None), token_of(client)).status_code == 405


def test_only_so_many_chats_begin_from_one_address_behind_the_proxy(client: TestClient) -> None:
    codes = [begin(client, f"192.0.2.{number}, 203.0.113.5").status_code for number in range(BEGUN.burst + 1)]  # claiming to be others
    assert codes == [201] * BEGUN.burst + [429]
    refused = begin(client, "203.0.113.5")
    assert refused.json()["error"].startswith("Many chats have begun here") and 0 < int(refused.headers["retry-after"]) <= BEGUN.pause
    assert begin(client, "203.0.113.6").status_code == 201


def test_refused_message_is_not_kept_and_can_be_sent_again(client: TestClient) -> None:
    token = token_of(client)
    sent = [call(client, ("POST", "/api/messages", {"client_id": str(n), "text": "hello"}), token) for n in range(SENT.burst + 1)]
    assert [one.status_code for one in sent] == [202] * SENT.burst + [429]
    assert sent[-1].headers["retry-after"] in ("1", "2") and sent[-1].json()["error"].endswith("send it again.")


def test_letters_are_not_asked_for_without_end(client: TestClient) -> None:
    token = token_of(client)
    assert [call(client, ENDPOINTS[4], token).status_code for _ in range(MAILED.burst + 1)] == [409] * MAILED.burst + [429]

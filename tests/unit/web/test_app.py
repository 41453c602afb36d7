"""The public API over the real store: what it takes, what it refuses, and in which words."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import clock, settings
from bot.settings import Settings
from bot.store import tables
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.bodies import LARGEST
from bot.web.limits import SENT
from tests.doors import Says, a_shop

IDENTITY_SECRET = "the shop's own secret for its visitors"


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return replace(settings.read({"AMENDS_VAR": str(tmp_path), "AMENDS_POLL_MS": "20"}), identity_secret=IDENTITY_SECRET)


@pytest.fixture
def assistant() -> Says:
    return Says(choices=[{"label": "Yes", "payload": "/affirm"}])


@pytest.fixture
def client(memory_database: Database, chosen: Settings, assistant: Says) -> Iterator[TestClient]:
    with TestClient(create_app(a_shop(memory_database), assistant, chosen), raise_server_exceptions=False) as client:
        yield client


def begin(client: TestClient, **body: Any) -> dict[str, str]:
    answer = client.post("/api/conversations", json=body)
    assert answer.status_code == 201
    return {"authorization": f"Bearer {answer.json()['token']}"}


def send(client: TestClient, who: dict[str, str], text: str = "My parcel is late", **body: Any) -> Any:
    return client.post("/api/messages", headers=who, json={"client_id": uuid.uuid4().hex, "text": text} | body)


def read(client: TestClient, who: dict[str, str], after: int = 0, wait: int = 20) -> Any:
    return client.get("/api/messages", headers=who, params={"after": after, "wait": wait}).json()


def test_message_is_taken_at_once_and_answered_later(client: TestClient) -> None:
    who = begin(client, time_zone="Europe/Berlin")
    taken = send(client, who)
    assert (taken.status_code, taken.json()["seq"]) == (202, 1)
    page = read(client, who, after=1)
    assert [one["author"] for one in page["messages"]] == ["assistant"]
    assert page["handler"] == "assistant" and page["typing"] is False


def test_reader_is_told_of_choices_and_not_what_they_stand_for(client: TestClient) -> None:
    who = begin(client)
    send(client, who)
    (choice,) = read(client, who, after=1)["messages"][0]["choices"]
    assert set(choice) == {"id", "label"}


def test_choice_is_sent_by_its_id(client: TestClient, assistant: Says) -> None:
    who = begin(client)
    send(client, who)
    choice = read(client, who, after=1)["messages"][0]["choices"][0]
    assert send(client, who, "Yes", choice=choice["id"]).status_code == 202
    read(client, who, after=3)
    assert assistant.asked[-1][1] == "/affirm"


def test_fetched_words_are_noted_as_delivered(client: TestClient, memory_database: Database) -> None:
    who = begin(client)
    send(client, who)
    read(client, who, after=1)
    with memory_database.begin(False) as uow:
        rows = uow.session.execute(select(tables.outbox.c.state)).scalars().all()
    assert rows == ["delivered"]


def test_same_client_id_is_the_same_message(client: TestClient) -> None:
    who = begin(client)
    first, second = send(client, who, client_id="a").json(), send(client, who, client_id="a").json()
    assert first["id"] == second["id"] and second["duplicate"]


def test_foreign_token_reads_nothing(client: TestClient) -> None:
    mine, other = begin(client), begin(client)
    send(client, mine, "a secret")
    assert read(client, other, wait=0)["messages"] == []
    forged = {"authorization": mine["authorization"][:-4] + "AAAA"}
    assert client.get("/api/messages", headers=forged).status_code == 401
    assert client.get("/api/messages").status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 5000, b'{"text": "a"}', b'{"client_id": 5, "text": "a"}'),
        *(
            b'{"client_id": "a/b", "text": "a"}',
            b'{"client_id": "a"}',
            b'{"client_id": "a", "text": 7}',
            b'{"client_id": "a", "choice": []}',
        ),
    ],
)
def test_body_that_cannot_be_used_is_refused_in_words_and_changes_nothing(client: TestClient, content: bytes) -> None:
    who = begin(client)
    answer = client.post("/api/messages", headers=who, content=content)
    assert answer.status_code == 400 and answer.json()["error"].endswith(".")
    assert read(client, who, wait=0)["messages"] == []


def test_body_that_is_too_large_is_refused(client: TestClient) -> None:
    who = begin(client)
    assert client.post("/api/messages", headers=who, content=b"x" * (LARGEST + 1)).status_code == 413
    parts = (b"x" * 1024 for _ in range(LARGEST // 1024 + 1))
    assert client.post("/api/messages", headers=who, content=parts).status_code == 413


@pytest.mark.parametrize("query", ["after=x", "after=-1", "wait=nan", "wait=1e9"])
def test_query_that_cannot_be_used_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/messages?{query}", headers=begin(client)).status_code == 400


def test_too_many_messages_are_refused_in_words(client: TestClient) -> None:
    who = begin(client)
    codes = [send(client, who).status_code for _ in range(SENT.burst + 1)]
    assert codes[-1] == 429 and set(codes[:-1]) == {202}


def test_signed_in_visitor_is_known(client: TestClient, memory_database: Database) -> None:
    identity = jwt.encode({"sub": "nina_7", "aud": "amends", "exp": clock.now() + timedelta(minutes=5)}, IDENTITY_SECRET, algorithm="HS256")
    who = begin(client, identity=identity)
    with memory_database.begin(False) as uow:
        assert uow.conversations.get(who["authorization"].split()[1].split(".")[0]).customer_id == "nina_7"


def test_wrong_identity_is_refused_in_words(client: TestClient) -> None:
    answer = client.post("/api/conversations", json={"identity": "nonsense"})
    assert answer.status_code == 401 and "Sign in again" in answer.json()["error"]


def test_unknown_address_and_method_are_refused_in_words(client: TestClient) -> None:
    assert client.get("/nowhere").status_code == 404 and client.get("/nowhere").json()["error"].endswith(".")
    assert client.put("/api/messages").status_code == 405
    assert client.get("/static/../app.py").status_code == 404


def test_page_runs_nothing_but_our_own_files(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "{{" not in page.text
    assert client.get("/widget.js").status_code == client.get("/static/demo/shop.js").status_code == 200
    assert "<script>" not in page.text and "style=" not in page.text


def test_demo_shop_is_there_in_development_only(memory_database: Database, chosen: Settings) -> None:
    demo = TestClient(create_app(a_shop(memory_database), Says(), chosen))
    assert len({one["customer"] for one in demo.get("/api/demo").json()["orders"]}) == 6
    real = TestClient(create_app(a_shop(memory_database), Says(), replace(chosen, env="production")))
    assert "<amends-chat open" in real.get("/").text and "<amends-chat" not in demo.get("/").text
    assert real.get("/api/demo").status_code == real.post("/api/demo/sign-in").status_code == 404


def test_demo_shop_signs_its_customers_in_and_nobody_else(client: TestClient, memory_database: Database) -> None:
    signed = client.post("/api/demo/sign-in", json={"customer": "cleo_marchetti"}).json()["identity"]
    who = begin(client, identity=signed)
    with memory_database.begin(False) as uow:
        assert uow.conversations.get(who["authorization"].split()[1].split(".")[0]).customer_id == "cleo_marchetti"
    assert client.post("/api/demo/sign-in", json={"customer": "nobody"}).status_code == 400


def test_customer_s_own_words_carry_the_id_of_their_browser(client: TestClient) -> None:
    who = begin(client)
    send(client, who, client_id="mine-1")
    mine, ours = read(client, who, wait=0)["messages"][0], read(client, who, after=1)["messages"][0]
    assert mine["client_id"] == "mine-1" and "client_id" not in ours


def test_health_names_the_parts_that_are_not_ready(client: TestClient, chosen: Settings) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"web": True, "database": True, "assistant": True, "worker": False}}


def test_health_is_well_once_the_worker_is_seen(client: TestClient, chosen: Settings) -> None:
    (chosen.var / "worker.alive").touch()
    assert client.get("/healthz").status_code == 200

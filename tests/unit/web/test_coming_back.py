"""The doors of the way back, and what a browser hears where a route crashes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.bootstrap import open_links
from bot.cases.way_back import Links, WayBack, digest_of
from bot.handling.accept import open_conversation
from bot.handling.shop import Shop
from bot.settings import Settings
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.headers import SECURITY
from tests.builders import NOON
from tests.doors import Says, a_shop

WAY = "5" * 32
SHOP_PAGE = "https://shop.example"


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return replace(settings.read({"AMENDS_VAR": str(tmp_path), "AMENDS_ORIGINS": SHOP_PAGE}))


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    return a_shop(memory_database)


@pytest.fixture
def way(shop: Shop) -> WayBack:
    made = WayBack(WAY, open_conversation(shop, "website", NOON).id, 1, NOON, NOON + timedelta(days=7), digest_of("nina@example.com"))
    with shop.begin(True) as uow:
        uow.add(made)
    return made


@pytest.fixture
def links(chosen: Settings) -> Links:
    links = open_links(chosen)
    assert links
    return links


@pytest.fixture
def client(shop: Shop, chosen: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shop, Says(), chosen, now=lambda: NOON), raise_server_exceptions=False) as client:
        yield client


def test_link_is_exchanged_for_a_session_of_its_conversation(client: TestClient, links: Links, way: WayBack) -> None:
    token = links.to_chat(way).partition("#amends=")[2]
    opened = client.post("/api/continue", json={"token": token, "client_id": "b1"})
    assert (opened.status_code, opened.json()["id"]) == (200, way.conversation_id)
    who = {"authorization": f"Bearer {opened.json()['token']}"}
    assert client.get("/api/messages", headers=who).status_code == 200
    used = client.post("/api/continue", json={"token": token, "client_id": "b2"})
    assert (used.status_code, used.json()["error"][:33]) == (401, "This link has been used already. ")
    assert client.get("/api/messages", headers={"authorization": f"Bearer {token}"}).status_code == 401  # good for nothing else
    assert client.post("/api/continue", json={"token": token}).status_code == 400
    assert client.get(f"/api/continue?token={token}").status_code == 405


def test_mails_are_stopped_by_a_tap_and_never_by_a_look(client: TestClient, shop: Shop, links: Links, way: WayBack) -> None:
    address = links.to_stop(way).removeprefix(links.door)
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200 and f'<form method="post" action="{address}">' in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'; form-action 'self'")
        assert "<script" not in page.text and "<style" not in page.text and page.headers["referrer-policy"] == "no-referrer"
    assert client.head(address).status_code == 405
    with shop.begin(False) as uow:
        assert not uow.ways_back.wants_none(way.address)
    assert client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200  # as a mail program's own button does
    with shop.begin(False) as uow:
        assert uow.ways_back.wants_none(way.address)
    for wrong in ("/mail/stop", f"{address}x", '/mail/stop?of="><script>'):
        assert client.post(wrong).status_code == 400 and "<script>" not in client.get(wrong).text


def test_crash_is_told_in_words_that_the_shops_page_may_read(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("nina@example.com")

    monkeypatch.setattr("bot.web.conversations.open_conversation", breaks)
    crashed = client.post("/api/conversations", json={}, headers={"origin": SHOP_PAGE})
    assert (crashed.status_code, crashed.headers["content-type"]) == (500, "application/json")
    assert "Something failed on our side" in crashed.json()["error"] and "nina" not in crashed.text
    assert crashed.headers["access-control-allow-origin"] == SHOP_PAGE and "Origin" in crashed.headers["vary"]
    assert {name: crashed.headers[name] for name in SECURITY} == SECURITY
    monkeypatch.undo()
    assert client.post("/api/conversations", json={}, headers={"origin": SHOP_PAGE}).status_code == 201

"""The doors of the way back, and what a browser hears where a route crashes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.bootstrap import open_links
from bot.cases.way_back import Links, WayBack, digest_of
from bot.handling.accept import open_conversation
from bot.handling.shop import Shop
from bot.settings import Settings
from bot.store.database import Database
from bot.web.app import STATIC, create_app
from bot.web.headers import SECURITY
from bot.web.session import AUDIENCE
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


@pytest.mark.parametrize(
    ("accept", "language"),
    [("ar-EG,ar;q=0.9,en;q=0.8", "ar"), ("fr, en;q=0.5, ar;q=0.7", "ar"), ("ar;q=0, en", "en"), ("", "en"), ("*;q=x, <script>", "en")],
)
def test_page_to_stop_mails_speaks_the_browsers_language(
    client: TestClient, links: Links, way: WayBack, accept: str, language: str
) -> None:
    address = links.to_stop(way).removeprefix(links.door)
    words = json.loads((STATIC / "strings" / "ar.json").read_text(encoding="utf-8"))
    for page, name in (
        (client.get(address, headers={"accept-language": accept}), "button"),
        (client.post(address, headers={"accept-language": accept}), "done"),
        (client.get(f"{address}x", headers={"accept-language": accept}), "refused"),
    ):
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in page.text and "accept-language" in page.headers["vary"].lower()
        assert (words[f"said_mail_stop_{name}"] in page.text) == (language == "ar")


def test_who_is_signed_in_goes_on_with_a_conversation_of_theirs_alone(shop: Shop, chosen: Settings, links: Links) -> None:
    given = {"identity_secret": "a secret of the shop of thirty-two"}
    client = TestClient(create_app(shop, Says(), replace(chosen, **given), now=lambda: NOON))
    chat = open_conversation(shop, "website", NOON, customer_id="nina_7")
    way = WayBack("b" * 32, chat.id, 1, NOON, NOON + timedelta(days=7), digest_of("nina@example.com"))
    with shop.begin(True) as uow:
        uow.add(way)
    link = {"token": links.to_chat(way).partition("#amends=")[2], "client_id": "b1"}

    def signed(customer: str) -> str:
        return jwt.encode(
            {"sub": customer, "aud": AUDIENCE, "exp": NOON + timedelta(minutes=5)}, given["identity_secret"], algorithm="HS256"
        )

    other = client.post("/api/continue", json={**link, "identity": signed("otto_8")})
    assert (other.status_code, other.json()["code"]) == (409, "link_of_another")
    forged = client.post("/api/continue", json={**link, "identity": signed("nina_7") + "x"})
    assert (forged.status_code, forged.json()["code"]) == (401, "wrong_identity")
    opened = client.post("/api/continue", json={**link, "identity": signed("nina_7")})  # neither try has used it up
    assert (opened.status_code, opened.json()["id"]) == (200, chat.id)
    who = {"authorization": f"Bearer {opened.json()['token']}"}
    asked = [client.post("/api/mine", json={"identity": signed(one)}, headers=who).status_code for one in ("nina_7", "otto_8")]
    assert asked == [204, 409]
    assert client.post("/api/mine", json={}, headers=who).status_code == 400
    assert client.post("/api/mine", json={"identity": signed("nina_7")}).status_code == 401


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

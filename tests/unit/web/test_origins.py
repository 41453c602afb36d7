"""Which websites may use the chat, and what their browsers are told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.errors import BadSetting
from bot.store.database import Database
from bot.web.app import create_app
from tests.doors import Says, a_shop

SHOP = "https://shop.example"
ASKING = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


@pytest.fixture
def client(memory_database: Database, tmp_path: Path) -> Iterator[TestClient]:
    yield from a_client(memory_database, tmp_path, "production")


@pytest.fixture
def developing(memory_database: Database, tmp_path: Path) -> Iterator[TestClient]:
    yield from a_client(memory_database, tmp_path, "development")


def a_client(database: Database, var: Path, env: str) -> Iterator[TestClient]:
    chosen = settings.read({"AMENDS_VAR": str(var), "AMENDS_ORIGINS": f"{SHOP}, http://other.example:8000", "AMENDS_ENV": env})
    with TestClient(create_app(a_shop(database), Says(), chosen), base_url="https://chat.example") as client:
        yield client


def begin(client: TestClient, origin: str | None = None, **headers: str) -> Any:
    return client.post("/api/conversations", json={}, headers=({"origin": origin} if origin else {}) | headers)


@pytest.mark.parametrize("origin", [SHOP, "http://other.example:8000"])
def test_named_website_may_use_the_chat(client: TestClient, origin: str) -> None:
    answer = begin(client, origin)
    assert answer.status_code == 201 and answer.headers["access-control-allow-origin"] == origin
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "https://evil.example",
            "http://shop.example",
            "https://shop.example:8443",
            "https://sub.shop.example",
            "https://shop.example.evil",
        ),
        *("null", "", "https://", "nonsense", "https://chat.example:444", "https://chat.example:x"),
        *("http://localhost:3000", "https://shop.example/", "https://evil.example, https://shop.example"),
    ],
)
def test_foreign_website_is_refused_in_words(client: TestClient, origin: str) -> None:
    answer = client.post("/api/conversations", json={}, headers={"origin": origin})
    assert answer.status_code == 403 and answer.json()["error"].endswith("own website.")
    assert "access-control-allow-origin" not in answer.headers and answer.headers["vary"] == "Origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_foreign_website_changes_and_reads_nothing(client: TestClient) -> None:
    who = {"authorization": f"Bearer {begin(client).json()['token']}"}
    foreign = who | {"origin": "https://evil.example"}
    assert client.post("/api/messages", headers=foreign, json={"client_id": "a", "text": "hello"}).status_code == 403
    for path in ("/api/messages", "/api/stream"):
        assert client.get(path, headers=foreign).status_code == 403
    assert client.get("/api/messages", headers=who).json()["messages"] == []


def test_our_own_pages_and_those_without_an_origin_may(client: TestClient) -> None:
    assert begin(client, "https://chat.example").status_code == 201
    assert begin(client).status_code == 201
    behind_a_proxy = begin(client, "https://help.shop.example", **{"sec-fetch-site": "same-origin"})  # the proxy asks under another name
    assert behind_a_proxy.status_code == 201
    assert begin(client, "https://evil.example", **{"sec-fetch-site": "cross-site"}).status_code == 403


def test_preflight_is_answered(client: TestClient) -> None:
    answer = client.options("/api/messages", headers={"origin": SHOP} | ASKING)
    assert answer.status_code == 204 and answer.content == b""
    told = answer.headers
    assert told["access-control-allow-origin"] == SHOP and told["access-control-allow-methods"] == "GET, POST"
    assert told["access-control-allow-headers"] == "authorization, content-type, x-file-name" and "Origin" in told["vary"]
    foreign = client.options("/api/messages", headers={"origin": "https://evil.example"} | ASKING)
    assert foreign.status_code == 403 and "access-control-allow-origin" not in foreign.headers


def test_refusals_can_be_read_by_a_named_website(client: TestClient) -> None:
    answer = client.get("/api/messages", headers={"origin": SHOP})
    assert answer.status_code == 401 and answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["access-control-expose-headers"] == "retry-after"


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:5173"])
def test_this_machines_pages_may_in_development_only(client: TestClient, developing: TestClient, origin: str) -> None:
    assert begin(developing, origin).status_code == 201
    assert begin(client, origin).status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhost:3000.evil.example"])
def test_what_only_looks_like_this_machine_may_not(developing: TestClient, origin: str) -> None:
    assert begin(developing, origin).status_code == 403


def test_shops_own_door_is_for_servers_and_shared_with_no_page(client: TestClient) -> None:
    answer = client.get("/shop/vouchers?code=x", headers={"origin": SHOP})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_widget_may_be_loaded_by_any_page_and_the_rest_by_ours_only(client: TestClient) -> None:
    for path in ("/widget.js", "/strings/en.json"):
        answer = client.get(path, headers={"origin": SHOP})
        assert answer.status_code == 200
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["access-control-allow-origin"] == "*"  # an integrity hash is checked on shared files only
    for path in ("/", "/api/messages", "/healthz"):
        assert client.get(path).headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("", ()),
        (" , ", ()),
        ("https://Shop.Example", ("https://shop.example",)),
        ("https://shop.example/,http://a.example:81", ("https://shop.example", "http://a.example:81")),
        ("https://shop.example:443, http://a.example:80", ("https://shop.example", "http://a.example")),
        ("https://bücher.example", ("https://xn--bcher-kva.example",)),
        ("http://[::1]:3000", ("http://[::1]:3000",)),
    ],
)
def test_origins_are_taken_as_browsers_name_them(given: str, taken: tuple[str, ...]) -> None:
    assert settings.read({"AMENDS_ORIGINS": given}).origins == taken


@pytest.mark.parametrize(
    "given",
    [
        *(
            "shop.example",
            "https://shop.example/help",
            "ftp://shop.example",
            "https://",
            "https://me@shop.example",
            "https://shop.example?x=1",
        ),
        *("*", "https://*.shop.example", "https://shop.example:x", "https://a.example https://b.example", "null", "https://[bad"),
    ],
)
def test_origin_that_cannot_be_used_is_named(given: str) -> None:
    with pytest.raises(BadSetting, match="AMENDS_ORIGINS names") as refused:
        settings.read({"AMENDS_ORIGINS": f"https://good.example,{given}"})
    assert repr(given) in str(refused.value) and str(refused.value).endswith(".")


def test_short_identity_secret_is_refused_without_showing_it() -> None:
    with pytest.raises(BadSetting, match="at least 32 characters") as refused:
        settings.read({"AMENDS_IDENTITY_SECRET": "pass-word"})
    assert "pass-word" not in str(refused.value)


def test_proxies_are_counted() -> None:
    assert replace(settings.read({}), var=Path()).trusted_proxies == 0
    assert settings.read({"AMENDS_TRUSTED_PROXIES": "2"}).trusted_proxies == 2
    with pytest.raises(BadSetting, match="AMENDS_TRUSTED_PROXIES is '-1': use a whole number from 0 to 10"):
        settings.read({"AMENDS_TRUSTED_PROXIES": "-1"})

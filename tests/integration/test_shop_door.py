"""The shop's door: signed or refused, and whatever is sent twice or late does no harm."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.cases.money import Money
from bot.cases.remedy import RemedyKind, RemedyState
from bot.cases.signature import HEADER, WINDOW_S, sign
from bot.handling import ledger
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.bodies import LARGEST
from bot.worker.remedies import Remedies
from tests.builders import NOON, an_order
from tests.doors import Says, a_shop
from tests.shopside import SECRET, running
from tests.unit.handling.chats import Chat, take_orders


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    take_orders(memory_database, an_order())
    return a_shop(memory_database)


@pytest.fixture
def client(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("AMENDS_SHOP_WEBHOOK_SECRET", SECRET)
    chosen = replace(settings.read({"AMENDS_VAR": str(tmp_path / "var")}), poll=0.05)
    with TestClient(create_app(shop, Says(), chosen, now=lambda: NOON), raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, path: str, body: Any, at: datetime = NOON, secret: str = SECRET) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/shop/{path}", content=content, headers={HEADER: sign(secret, content, at)})


def look(client: TestClient, code: str) -> Any:
    query = f"code={quote(code)}"
    return client.get(f"/shop/vouchers?{query}", headers={HEADER: sign(SECRET, query.encode(), NOON)})


@pytest.fixture
def chat(shop: Shop) -> Chat:
    """With a refund that is filed, and a voucher of $11.25 that is made."""
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    chat.tap("refund")
    chat.tap("Yes")
    return chat


@pytest.fixture
def key(shop: Shop, chat: Chat) -> str:
    """Of a refund the shop has accepted."""
    from bot import clock
    from bot.providers.webhook import Webhook

    with running("accepted") as side:
        job = Remedies(shop, Webhook(side.url, SECRET, clock.now), lambda: NOON)
        job.run(NOON)
        job.close()
    (refund,) = chat.filed
    assert refund.state is RemedyState.SENT
    return refund.key


@pytest.fixture
def code(shop: Shop) -> str:
    chat = Chat(shop)
    chat.say("the page crashes", "service_outage")
    given = ledger.grant(shop, chat.case.reference, "Amira", RemedyKind.VOUCHER, NOON, amount=Money(1125, "USD"), reason="it took long")
    job = Remedies(shop, None, lambda: NOON)
    job.run(NOON)
    job.close()
    with shop.begin(False) as uow:
        found = uow.vouchers.of(given.id)
    assert found is not None
    return found.code


class TestSignature:
    @pytest.mark.parametrize("seconds", [-WINDOW_S - 1, WINDOW_S + 1, 86400])
    def test_stale_or_early_is_refused(self, client: TestClient, key: str, chat: Chat, seconds: int) -> None:
        answer = post(client, "remedies/answer", {"key": key, "state": "settled"}, NOON + timedelta(seconds=seconds))
        assert answer.status_code == 401 and "5 minutes old" in answer.json()["error"]
        assert chat.filed[0].state is RemedyState.SENT

    @pytest.mark.parametrize("seconds", [-WINDOW_S + 1, 0, WINDOW_S - 1])
    def test_within_five_minutes_is_taken(self, client: TestClient, key: str, seconds: int) -> None:
        assert post(client, "remedies/answer", {"key": key, "state": "settled"}, NOON + timedelta(seconds=seconds)).status_code == 200

    def test_of_another_body_does_not_fit(self, client: TestClient, code: str) -> None:
        header = {HEADER: sign(SECRET, json.dumps({"code": code, "order": "B1"}).encode(), NOON)}
        changed = json.dumps({"code": code, "order": "B2"})
        assert client.post("/shop/vouchers/redeem", content=changed, headers=header).status_code == 401
        assert look(client, code).json()["state"] == "issued"

    @pytest.mark.parametrize(
        "header", [None, "", "t=,v1=", "nonsense", "t=1,v1=" + "0" * 64, "v1=" + "0" * 64, "t=1772539200,v1=" + "g" * 64]
    )
    def test_missing_or_broken_is_refused(self, client: TestClient, header: str | None) -> None:
        headers = {HEADER: header} if header is not None else {}
        for path in ("remedies/answer", "vouchers/redeem", "vouchers/void"):
            assert client.post(f"/shop/{path}", content=b"{}", headers=headers).status_code == 401
        assert client.get("/shop/vouchers?code=A", headers=headers).status_code == 401

    def test_of_another_secret_is_refused(self, client: TestClient, key: str) -> None:
        assert post(client, "remedies/answer", {"key": key, "state": "settled"}, secret="somebody else's secret").status_code == 401

    def test_for_one_deed_does_not_pass_for_another(self, client: TestClient, code: str) -> None:
        assert post(client, "vouchers/void", {"code": code, "order": "B1"}).status_code == 400
        assert post(client, "vouchers/redeem", {"code": code}).status_code == 400
        assert look(client, code).json()["state"] == "issued"

    def test_what_is_too_large_is_not_even_checked(self, client: TestClient) -> None:
        assert client.post("/shop/remedies/answer", content=b"x" * (LARGEST + 1)).status_code == 413


class TestAnswer:
    def test_settles_once_in_whatever_order_it_comes(self, client: TestClient, key: str, chat: Chat) -> None:
        for state in ("accepted", "settled", "settled", "failed", "accepted"):
            said = post(client, "remedies/answer", {"key": key, "state": state, "reference": "PAY-7"})
            assert said.status_code == 200
        assert said.json() == {"remedy": chat.filed[0].reference, "state": "settled"}
        with chat.shop.begin(False) as uow:
            assert sum("has been paid back" in one.text for one in uow.messages.of(chat.id)) == 1

    def test_failure_then_success_ends_well(self, client: TestClient, key: str, chat: Chat) -> None:
        assert post(client, "remedies/answer", {"key": key, "state": "failed", "why": "card closed"}).json()["state"] == "failed"
        assert post(client, "remedies/answer", {"key": key, "state": "settled"}).json()["state"] == "settled"

    @pytest.mark.parametrize(
        "body",
        [
            *(
                {},
                {"key": "x"},
                {"key": "x", "state": "perhaps"},
                {"key": 5, "state": "settled"},
                {"key": "x", "state": "settled", "to": "me"},
            ),
            *(b"[]", b"{", b"\xff", b"", {"key": "x", "state": "settled", "why": "w" * 501}),
        ],
    )
    def test_body_that_cannot_be_used_is_refused(self, client: TestClient, body: Any) -> None:
        answer = post(client, "remedies/answer", body)
        assert answer.status_code == 400 and answer.json()["error"].endswith(".")

    def test_unknown_key_and_unsent_remedy(self, client: TestClient, chat: Chat) -> None:
        assert post(client, "remedies/answer", {"key": "x", "state": "settled"}).status_code == 404
        ledger.undo(chat.shop, chat.filed[0].reference, "Amira", "", NOON)
        (refund,) = (one for one in chat.remedies if one.kind is RemedyKind.REFUND)
        assert post(client, "remedies/answer", {"key": refund.key, "state": "settled"}).status_code == 409


class TestVouchers:
    def test_is_looked_up_used_and_then_spent(self, client: TestClient, code: str) -> None:
        assert {name: look(client, code).json()[name] for name in ("state", "value", "currency", "order")} == {
            "state": "issued",
            "value": "11.25",
            "currency": "USD",
            "order": None,
        }
        for _ in range(2):
            used = post(client, "vouchers/redeem", {"code": code.lower(), "order": "B1"})
            assert (used.status_code, used.json()["state"], used.json()["order"]) == (200, "redeemed", "B1")
        again = post(client, "vouchers/redeem", {"code": code, "order": "B2"})
        assert again.status_code == 409 and "has been used" in again.json()["error"]
        assert post(client, "vouchers/void", {"code": code}).status_code == 409

    def test_unknown_code(self, client: TestClient) -> None:
        assert look(client, "2222-2222-2222-2222").status_code == 404
        assert post(client, "vouchers/redeem", {"code": "!", "order": "B1"}).status_code == 404

    def test_void_is_void(self, client: TestClient, code: str) -> None:
        for _ in range(2):
            assert post(client, "vouchers/void", {"code": code}).json()["state"] == "void"
        assert post(client, "vouchers/redeem", {"code": code, "order": "B1"}).status_code == 409

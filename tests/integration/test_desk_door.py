"""The desk's door: who gets in, for how long, and what is refused and noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from bot.bootstrap import open_passwords
from bot.errors import BadInput, Conflict
from bot.handling import agents
from bot.handling.shop import Shop
from bot.settings import read
from bot.store.database import Database
from bot.web.app import create_app
from tests.doors import Says, a_shop

PASSWORD = "four-words-are-good"


@dataclass
class Desk:
    """A desk with one agent, and a clock that can be moved."""

    shop: Shop
    client: TestClient
    at: datetime

    def sign_in(self, name: str = "Amira Haddad", password: str = PASSWORD) -> int:
        return self.client.post("/desk/sign-in", data={"name": name, "password": password}, follow_redirects=False).status_code

    def me(self) -> int:
        return self.client.get("/desk/api/me").status_code

    def acts(self, act: str) -> list[str]:
        with self.shop.begin(False) as uow:
            return [one.who for one in uow.audit.lines("shop") if one.act == act]


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[Desk]:
    chosen = read({"AMENDS_VAR": str(tmp_path)})
    shop = a_shop(database)
    agents.add(shop, open_passwords(), "Amira Haddad", "amira@example.com", "agent", PASSWORD, now)
    found = Desk(shop, TestClient(create_app(shop, Says(), chosen, now=lambda: found.at)), now)
    with found.client:
        yield found


def test_signs_in_by_name_or_address_and_out(desk: Desk) -> None:
    assert desk.me() == 401
    assert desk.client.get("/desk", follow_redirects=False).headers["location"] == "/desk/sign-in"
    assert desk.sign_in("AMIRA@example.com") == 303
    cookie = next(iter(desk.client.cookies.jar))
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly"), cookie.get_nonstandard_attr("SameSite")) == ("/desk", True, "strict")
    told = desk.client.get("/desk/api/me").json()
    assert (told["name"], told["role"], told["may"]["supervise"]) == ("Amira Haddad", "agent", False)
    stolen = dict(desk.client.cookies)
    assert desk.client.post("/desk/sign-out", follow_redirects=False).status_code == 303
    desk.client.cookies.update(stolen)
    assert desk.me() == 401


def test_wrong_words_tell_nothing_and_lock_the_account(desk: Desk) -> None:
    said = {desk.client.post("/desk/sign-in", data={"name": name, "password": "wrong"}).text for name in ("Amira Haddad", "Nobody")}
    assert len({one.replace("Nobody", "Amira Haddad") for one in said}) == 1
    assert [desk.sign_in(password="wrong") for _ in range(4)] == [401] * 4
    assert desk.sign_in() == 401
    assert desk.acts("agent.locked") == ["Amira Haddad"]
    desk.at += timedelta(minutes=16)
    assert desk.sign_in() == 303


@pytest.mark.parametrize(("quiet", "active"), [(timedelta(hours=2, seconds=1), False), (timedelta(hours=1), True)])
def test_session_ends_with_silence_and_with_the_shift(desk: Desk, quiet: timedelta, active: bool) -> None:
    desk.sign_in()
    desk.at += quiet
    assert (desk.me() == 200) is active
    for _ in range(12):
        desk.at += timedelta(hours=1)
        desk.me()
    assert desk.me() == 401


def test_new_password_or_closed_account_ends_every_session(desk: Desk) -> None:
    desk.sign_in()
    agents.set_password(desk.shop, open_passwords(), "Amira Haddad", "another-four-words", desk.at)
    assert desk.me() == 401
    assert desk.sign_in() == 401 and desk.sign_in(password="another-four-words") == 303
    agents.disable(desk.shop, "Amira Haddad", desk.at)
    assert desk.me() == 401 and desk.sign_in(password="another-four-words") == 401


def test_foreign_form_signs_nobody_in(desk: Desk) -> None:
    sent = desk.client.post(
        "/desk/sign-in", data={"name": "Amira Haddad", "password": PASSWORD}, headers={"origin": "https://evil.example"}
    )
    assert sent.status_code == 403 and desk.me() == 401


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": "amira haddad"}, Conflict),
        ({"email": "AMIRA@example.com"}, Conflict),
        ({"name": " "}, BadInput),
        ({"email": "amira"}, BadInput),
        ({"role": "boss"}, BadInput),
        ({"password": "short"}, BadInput),
        ({"teams": ("no such team",)}, BadInput),
        ({"capacity": 0}, BadInput),
    ],
)
def test_account_that_cannot_be_is_refused(desk: Desk, changed: dict[str, Any], error: type[Exception]) -> None:
    asked = {"name": "Jonas Weber", "email": "jonas@example.com", "role": "lead", "password": PASSWORD} | changed
    with pytest.raises(error):
        agents.add(desk.shop, open_passwords(), now=desk.at, **asked)
    assert [one.name for one in agents.listed(desk.shop)] == ["Amira Haddad"]


def test_no_password_is_kept(desk: Desk) -> None:
    kept = agents.listed(desk.shop)[0].password_hash
    assert PASSWORD not in kept and kept.startswith("$argon2id$")


def test_a_guess_costs_what_rfc_9106_advises() -> None:
    usual = PasswordHasher()
    assert usual.time_cost >= 3 and usual.memory_cost >= 64 * 1024  # its second recommended option; the product's own

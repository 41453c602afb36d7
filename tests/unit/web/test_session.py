"""Whose conversation a request speaks for."""

from datetime import datetime, timedelta, timezone

import jwt
import pytest

from bot.web.session import LIFE, WrongIdentity, WrongToken, conversation_in, customer_in, sign
from tests.builders import NOON

SECRET = "a secret that is long enough for HS256"


def an_identity(secret: str = SECRET, **claims: object) -> str:
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    return jwt.encode({"sub": "nina_7", "exp": tomorrow} | claims, secret, algorithm="HS256")


def test_token_opens_its_own_conversation() -> None:
    assert conversation_in(SECRET, f"Bearer {sign(SECRET, 'abc', NOON)}", NOON) == "abc"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer abc.1.x", "Bearer ..", "Basic abc", "Bearer é.1.x", "Bearer " + sign("other secret", "abc", NOON)]
)
def test_wrong_token_opens_nothing(header: str) -> None:
    with pytest.raises(WrongToken):
        conversation_in(SECRET, header, NOON)


def test_token_of_one_conversation_does_not_open_another() -> None:
    _, issued, signature = sign(SECRET, "abc", NOON).split(".")
    with pytest.raises(WrongToken):
        conversation_in(SECRET, f"Bearer abd.{issued}.{signature}", NOON)


def test_token_ends_some_day() -> None:
    with pytest.raises(WrongToken):
        conversation_in(SECRET, f"Bearer {sign(SECRET, 'abc', NOON)}", NOON + LIFE + timedelta(seconds=1))


def test_identity_names_the_customer() -> None:
    assert customer_in(SECRET, an_identity()) == "nina_7"


@pytest.mark.parametrize(
    "identity",
    [
        "nonsense",
        an_identity(secret="another secret that is long enough"),
        an_identity(exp=datetime(2020, 1, 1, tzinfo=timezone.utc)),
        jwt.encode({"sub": "nina_7"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "nina_7", "exp": 9999999999}, None, algorithm="none"),
        an_identity(sub=""),
    ],
)
def test_identity_that_cannot_be_verified_is_refused(identity: str) -> None:
    with pytest.raises(WrongIdentity):
        customer_in(SECRET, identity)


def test_identity_is_refused_where_no_secret_is_set() -> None:
    with pytest.raises(WrongIdentity, match="AMENDS_IDENTITY_SECRET"):
        customer_in(None, an_identity())

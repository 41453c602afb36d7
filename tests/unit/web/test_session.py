"""Whose conversation a request speaks for."""

from datetime import timedelta

import jwt
import pytest

from bot.web.session import LIFE, WrongIdentity, WrongToken, conversation_in, customer_in, sign
from tests.builders import NOON

SECRET = "a secret that is long enough for HS256"


def an_identity(secret: str = SECRET, **claims: object) -> str:
    given = {"sub": "nina_7", "aud": "amends", "exp": NOON + timedelta(minutes=5)} | claims
    return jwt.encode({name: value for name, value in given.items() if value is not None}, secret, algorithm="HS256")


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
    assert customer_in(SECRET, an_identity(), NOON) == "nina_7"
    assert customer_in(SECRET, an_identity(aud=["amends", "desk"]), NOON) == "nina_7"


@pytest.mark.parametrize(
    "identity",
    [
        "nonsense",
        an_identity(secret="another secret that is long enough"),
        an_identity(exp=NOON - timedelta(minutes=1)),
        an_identity(exp=NOON + timedelta(days=2)),  # it would open the door for anybody who once saw it
        an_identity(exp=None),
        *(an_identity(exp=one) for one in ("never", 10**30, True, [])),
        an_identity(aud="newsletter"),
        an_identity(aud=None),
        jwt.encode({"sub": "nina_7", "aud": "amends", "exp": NOON + timedelta(minutes=5)}, None, algorithm="none"),
        jwt.encode({"sub": "nina_7", "aud": "amends", "exp": NOON + timedelta(minutes=5)}, SECRET, algorithm="HS512"),
        an_identity()[:-4] + "AAAA",
        an_identity(sub=7),
        an_identity(sub=None),
        an_identity(sub=""),
    ],
)
def test_identity_that_cannot_be_verified_is_refused(identity: str) -> None:
    with pytest.raises(WrongIdentity):
        customer_in(SECRET, identity, NOON)


def test_identity_is_refused_where_no_secret_is_set() -> None:
    with pytest.raises(WrongIdentity, match="AMENDS_IDENTITY_SECRET"):
        customer_in(None, an_identity(), NOON)

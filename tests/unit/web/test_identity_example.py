"""The example in docs/widget.md, as a shop would copy it."""

import re
import time
from datetime import datetime, timezone

import pytest

from bot.settings import ROOT
from bot.web.session import WrongIdentity, customer_in

SECRET = "a secret that is long enough for HS256"


def the_example() -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "widget.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def signed(secret: str, customer: str) -> str:
    names: dict[str, object] = {}
    exec(the_example(), names)
    sign = names["identity"]
    assert callable(sign)
    return str(sign(secret, customer))


def test_example_names_the_customer() -> None:
    assert customer_in(SECRET, signed(SECRET, "nina_7"), datetime.now(timezone.utc)) == "nina_7"
    assert customer_in(SECRET, signed(SECRET, "Zoë 😀"), datetime.now(timezone.utc)) == "Zoë 😀"


def test_example_expires_within_a_quarter_of_an_hour() -> None:
    with pytest.raises(WrongIdentity, match="has expired"):
        customer_in(SECRET, signed(SECRET, "nina_7"), datetime.fromtimestamp(time.time() + 900, timezone.utc))


def test_example_under_another_secret_is_refused() -> None:
    with pytest.raises(WrongIdentity):
        customer_in(SECRET, signed("another secret, as long as needed", "nina_7"), datetime.now(timezone.utc))


def test_example_is_at_most_ten_lines() -> None:
    assert len([line for line in the_example().splitlines() if line.strip()]) <= 10

"""The example of docs/channels.md is a channel: from a signed request to the answer, once, and nothing but what is signed is believed."""

import json
import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.cases.signature import HEADER, flaw, sign
from bot.clock import now
from bot.errors import BadSetting, Refused
from bot.ports import Channel, Knock
from bot.settings import ROOT, read
from bot.store.database import Database
from bot.web.app import create_app
from bot.worker.channels import Sending
from tests.doors import Says, a_shop
from tests.product import wait_until
from tests.served import served

SECRET = "both the app and Amends know this one"
GUIDE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
_spec = spec_from_file_location("example_channel", ROOT / "docs" / "example_channel.py")
assert _spec and _spec.loader
example = module_from_spec(_spec)
_spec.loader.exec_module(example)


def opened(url: str) -> Channel:
    channel: Channel = example.open_app({"AMENDS_APP_URL": url, "AMENDS_APP_SECRET": SECRET}, None)
    return channel


@pytest.fixture
def app() -> Iterator[Any]:
    """The shop's app: takes each key once."""
    taken: dict[str, dict[str, Any]] = {}
    statuses: list[int] = []

    async def take(request: Request) -> Response:
        body = await request.body()
        assert flaw(SECRET, request.headers.get(HEADER), body, now()) is None
        if statuses:
            return Response(status_code=statuses.pop())
        said = json.loads(body)
        taken.setdefault(said["key"], said)
        return JSONResponse({"id": f"app-{len(taken)}"})

    site = Starlette(routes=[Route("/messages", take, methods=["POST"])])
    site.state.taken, site.state.statuses, site.state.let_go = taken, statuses, lambda: None
    with served(site) as url:
        site.state.url = url
        yield site.state


def test_signed_message_is_answered_once(memory_database: Database, app: Any, tmp_path: Path) -> None:
    shop, says, channel = a_shop(memory_database), Says("Which order is it about?"), opened(app.url)
    settings = read({"AMENDS_VAR": str(tmp_path / "var")})
    body = json.dumps({"id": "m-1", "from": "june", "text": "My lamp came broken\0.", "photo": "https://elsewhere.example/x"}).encode()
    signed = {HEADER: sign(SECRET, body, now())}
    app.statuses[:] = [503]  # for the first try
    with TestClient(create_app(shop, says, settings, channels={"app": channel})) as client:
        for headers, status in ((signed, 200), (signed, 200), ({}, 401), ({HEADER: sign("another", body, now())}, 401)):
            assert client.post("/channels/app", content=body, headers=headers).status_code == status
        garbled = b'{"from": "june"}'
        refused = client.post("/channels/app", content=garbled, headers={HEADER: sign(SECRET, garbled, now())})
        assert refused.status_code == 400 and "Post {" in refused.text
        sending = Sending(shop, {"app": channel}, None, now)

        def arrived() -> bool:
            sending.run(now())
            sending.wait()
            return bool(app.taken)

        wait_until(arrived, 20, "the answer in the app")
        sending.close()
    (one,) = app.taken.values()
    assert (one["to"], one["text"]) == ("june", "Which order is it about?") and len(says.asked) == 1


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode()))
def test_no_bytes_break_it(body: bytes) -> None:
    try:
        opened("http://127.0.0.1:1").read(
            Knock("POST", "https://x/channels/app", {HEADER.lower(): sign(SECRET, body, now())}, {}, body), now()
        )
    except Refused as refused:
        assert refused.status == 400


def test_it_is_opened_as_the_settings_say() -> None:
    assert example.open_app({}, None) is None
    with pytest.raises(BadSetting, match="at least 32 characters"):
        example.open_app({"AMENDS_APP_URL": "https://app.example", "AMENDS_APP_SECRET": "short"}, None)


def test_guide_counts_the_lines_of_each_module() -> None:
    """Within a sixth: the guide shows how short they are."""
    told = re.findall(r"\| `((?:bot/channels|docs)/\w+\.py)` \| (\d+) \|", GUIDE)
    assert len(told) > 6
    for path, count in told:
        lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
        assert abs(lines - int(count)) <= max(12, lines / 6), f"{path}: {lines}"

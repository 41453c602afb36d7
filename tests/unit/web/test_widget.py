"""The chat element as it is handed to a shop's page: one file, small, whole, and with every word in every language."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot import settings
from bot.cases.attachment import REFUSALS
from bot.handling.coming_back import AnotherCustomers, LinkExpired, LinkRefused, LinkUsed
from bot.settings import ROOT
from bot.store.database import Database
from bot.web.app import STATIC, create_app
from bot.web.limits import TOO_FAST
from bot.web.session import WrongIdentity
from bot.web.widget import MODULES, assembled
from bot.wording import Wording
from tests.doors import Says, a_shop

HEAVIEST = 30 * 1024  # bytes, gzipped
STRINGS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (STATIC / "strings").glob("*.json")}


@pytest.fixture(params=["development", "production"])
def client(request: pytest.FixtureRequest, memory_database: Database, tmp_path: Path) -> Iterator[TestClient]:
    chosen = replace(settings.read({"AMENDS_VAR": str(tmp_path)}), env=request.param)
    yield TestClient(create_app(a_shop(memory_database), Says(), chosen))


def test_script_is_small_and_pages_of_others_may_load_it(client: TestClient) -> None:
    answer = client.get("/widget.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip" and answer.headers["content-type"].startswith("text/javascript")
    assert len(gzip.compress(answer.content, 9)) < HEAVIEST
    assert answer.headers["access-control-allow-origin"] == "*" and answer.headers["cross-origin-resource-policy"] == "cross-origin"
    plain = client.get("/widget.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == answer.content


def test_script_that_is_here_already_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/widget.js").headers["etag"]
    again = client.get("/widget.js", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_modules_are_put_together_whole() -> None:
    script = assembled(STATIC)
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    assert {path.stem for path in (STATIC / "widget").glob("*.js")} == set(MODULES)
    assert script.startswith("(() => {") and script.endswith("})();\n")


def test_script_makes_no_markup_of_words_and_runs_none() -> None:
    script = assembled(STATIC)
    for risky in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        ".style",
        'setAttribute("style',
    ):
        assert risky not in script, risky


@pytest.mark.parametrize("language", sorted(STRINGS))
def test_every_language_says_everything(language: str) -> None:
    """English has the server's own sentences in data/responses and in the errors; every other language has all of them here."""
    of_the_server = {f"said_{code}": words for code, words in server_says().items()}
    expected = {**STRINGS["en"], **({} if language == "en" else of_the_server)}
    assert set(STRINGS[language]) == set(expected)
    for name, words in expected.items():
        assert STRINGS[language][name] and values_in(STRINGS[language][name]) == values_in(words), name


def values_in(words: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", words))


def server_says() -> dict[str, str]:
    """All that the chat or a page of its own may have to show of what the server says, by code: in English."""
    wording = Wording.read(ROOT / "data" / "responses").responses
    named = [*(f"refuse_file_{why}" for why in REFUSALS), "answer_transcript_off", "answer_transcript_unproven"]
    named += [f"mail_stop_{part}" for part in ("title", "ask", "button", "done", "refused")]
    errors = (LinkRefused, LinkUsed, LinkExpired, AnotherCustomers, WrongIdentity)
    return {TOO_FAST: "{when}", **{name: wording[f"utter_{name}"][0] for name in named}, **{one.code: str(one()) for one in errors}}


def test_chat_carries_no_words_of_other_pages() -> None:
    assert "said_refuse_file_program" in assembled(STATIC) and "said_mail_stop" not in assembled(STATIC)


def test_every_word_is_used() -> None:
    script = "".join((STATIC / "widget" / f"{name}.js").read_text(encoding="utf-8") for name in MODULES)
    composed = ("state_", "by_", "card_")
    unused = [name for name in STRINGS["en"] if f'"{name}"' not in script and not name.startswith(composed)]
    assert unused == []


def test_strings_are_served_and_other_files_are_not(client: TestClient) -> None:
    assert client.get("/strings/ar.json").json() == STRINGS["ar"]
    assert client.get("/strings/xx.json").status_code == client.get("/strings/..%2Fwidget.json").status_code == 404


@pytest.mark.parametrize("path", sorted((STATIC / "widget").glob("*.*")), ids=lambda path: path.name)
def test_files_stay_readable(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert (len(lines) <= 400 and max(map(len, lines)) <= 160) or path.suffix == ".css"

"""The API for other systems: what a token opens, what comes out, what a person's reply does, and what is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from bot.cases.conversation import Author, Handler
from bot.errors import BadInput, Conflict, NotFound
from bot.handling import people, tokens
from bot.handling.accept import open_conversation
from bot.handling.shop import Shop
from bot.settings import read
from bot.store.database import Database
from bot.web.app import create_app
from tests.builders import NOON, an_order
from tests.doors import Says, a_shop
from tests.unit.handling.chats import Chat, take_orders

LATE = "A10021 nina@example.com is late"


@dataclass
class Api:
    """Another system with a token for everything, and a clock that can be moved."""

    shop: Shop
    client: TestClient
    at: datetime = NOON
    words: str = ""

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"/api/v1{path}", params=query, headers=self.headers)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers)

    def reply(self, reference: str, text: str, **more: Any) -> httpx.Response:
        return self.post(f"/cases/{reference}/messages", **({"agent": "Amira", "text": text, "key": f"k{len(text)}"} | more))

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.words}"}

    def late(self) -> Chat:
        """A customer whose order is late, with the assistant."""
        chat = Chat(self.shop, now=self.at)
        chat.say(LATE, "late_delivery", order_number="A10021", email="nina@example.com")
        return chat


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Api]:
    take_orders(database, an_order())
    shop = a_shop(database)
    found = Api(shop, TestClient(create_app(shop, Says(), read({"AMENDS_VAR": str(tmp_path)}), now=lambda: found.at)))
    found.words = tokens.add(shop, "Help desk", ("read", "write", "hooks"), NOON)[1]
    with found.client:
        yield found


def test_token_opens_what_it_is_for_until_it_is_revoked(api: Api) -> None:
    made, words = tokens.add(api.shop, "Reports", ("read",), NOON)
    reads = {"authorization": f"Bearer {words}"}
    assert api.client.get("/api/v1/cases", headers=reads).status_code == 200
    refused = api.client.post("/api/v1/handoffs", headers=reads, json={"case": "A-222222", "agent": "Amira"})
    assert refused.status_code == 403 and "scope write" in refused.json()["error"]
    assert api.client.get("/api/v1/hooks", headers=reads).status_code == 403
    used = next(one for one in tokens.listed(api.shop) if one.name == "Reports")
    assert words not in str(vars(used)) and used.last_used_at == NOON and used.id == made.id
    tokens.revoke(api.shop, "reports", NOON)
    assert api.client.get("/api/v1/cases", headers=reads).status_code == 401
    for header in (
        {},
        {"authorization": "Bearer amends_nobody"},
        {"authorization": f"Basic {api.words}"},
        {"cookie": f"token={api.words}"},
    ):
        answer = api.client.get("/api/v1/cases", headers=header)
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")
    assert api.client.get(f"/api/v1/cases?access_token={api.words}").status_code == 401


def test_tokens_that_cannot_be_are_refused(api: Api) -> None:
    for name, scopes in (("", ("read",)), ("x" * 81, ("read",)), ("Chat\x07", ("read",)), ("Chat", ("everything",)), ("Chat", ())):
        with pytest.raises(BadInput):
            tokens.add(api.shop, name, scopes, NOON)
    with pytest.raises(Conflict):
        tokens.add(api.shop, "help DESK", ("read",), NOON)
    with pytest.raises(NotFound):
        tokens.revoke(api.shop, "Chat", NOON)
    assert [one.name for one in tokens.listed(api.shop)] == ["Help desk"]


def test_no_page_of_a_website_is_let_in(api: Api) -> None:
    asked = {"origin": "http://localhost:3000", "access-control-request-method": "GET"}
    assert not [name for name in api.client.options("/api/v1/cases", headers=asked).headers if name.startswith("access-control")]
    answer = api.client.get("/api/v1/cases", headers=api.headers | {"origin": "http://localhost:3000"})
    assert "access-control-allow-origin" not in answer.headers and answer.headers["cache-control"] == "no-store"


def test_too_many_requests_are_told_how_long_to_wait(api: Api) -> None:
    answers = (api.client.delete("/api/v1/hooks/H-00000000", headers=api.headers) for _ in range(1000))
    refused = next(one for one in answers if one.status_code != 404)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1 and "in a minute" in refused.json()["error"]
    assert api.get("/cases").status_code == 200


def test_cases_come_page_by_page_and_filtered(api: Api) -> None:
    chats = []
    for minutes in (0, 0, 1, 2):
        api.at = NOON + timedelta(minutes=minutes)
        chats.append(api.late())
    developers = Chat(api.shop, id=open_conversation(api.shop, "dev", NOON).id)
    developers.say(LATE, "late_delivery", order_number="A10021")
    api.post("/handoffs", case=chats[3].case.reference, agent="Amira")
    references, query = [], dict[str, Any](limit=3)
    while True:
        page = api.get("/cases", **query).json()
        references += [one["reference"] for one in page["cases"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(references) == sorted(one.case.reference for one in chats) and references[2:] == [one.case.reference for one in chats[2:]]
    for asked, expected in (
        ({"waiting": "true"}, chats[3:]),
        ({"waiting": "false"}, chats[:3]),
        ({"since": "2026-03-03T13:01:00+01:00"}, chats[2:]),
        ({"status": "closed"}, []),
    ):
        found = [one["reference"] for one in api.get("/cases", **asked).json()["cases"]]
        assert sorted(found) == sorted(one.case.reference for one in expected), asked
    assert api.get(f"/cases/{developers.case.reference}").status_code == 404


def test_one_case_has_its_facts_remedies_and_words(api: Api) -> None:
    chat = api.late()
    found = api.get(f"/cases/{chat.case.reference.lower()}").json()
    assert (found["reference"], found["order_number"], found["handler"], found["version"]) == (
        chat.case.reference,
        "A10021",
        "assistant",
        1,
    )
    assert found["facts"]["email"] == "nina@example.com" and found["remedies"][0]["state"] == "proposed"
    assert [(one["author"], one["text"]) for one in found["messages"]] == [("customer", LATE), ("assistant", chat.text)]
    assert found["messages"][1]["choices"] == chat.labels
    later = api.get(f"/cases/{chat.case.reference}/messages", after=1).json()["messages"]
    assert [one["seq"] for one in later] == [2] and later[0] == found["messages"][1]


def test_person_asks_takes_replies_and_hands_back(api: Api) -> None:
    chat = api.late()
    reference = chat.case.reference
    asked = api.post("/handoffs", case=reference, agent="Amira", reason="legal")
    assert asked.status_code == 201 and (asked.json()["reason"], asked.json()["priority"]) == ("legal", "high")
    assert chat.transcript[-1].author is Author.SYSTEM and reference in chat.transcript[-1].text
    assert [one["case"] for one in api.get("/handoffs").json()["handoffs"]] == [reference]
    assert api.post("/handoffs", case=reference, agent="Amira").json() == asked.json()
    taken = api.post(f"/cases/{reference}/take", agent="Amira", version=asked.json()["version"]).json()
    assert (taken["handler"], taken["agent"]) == ("agent", "Amira") and api.get("/handoffs").json()["handoffs"] == []
    assert api.post(f"/cases/{reference}/take", agent="Jonas").status_code == 409
    sent = api.reply(reference, "I have your case.", version=taken["version"])
    assert sent.status_code == 201 and sent.json()["message"]["agent"] == "Amira" and chat.transcript[-1].text == "I have your case."
    assert api.post(f"/cases/{reference}/hand-back", agent="Jonas").status_code == 409
    assert api.post(f"/cases/{reference}/hand-back", agent="Amira", version=1).status_code == 409
    back = api.post(f"/cases/{reference}/hand-back", agent="Amira", note="The carrier looks for it.", version=taken["version"])
    assert back.json()["handler"] == "assistant" and chat.conversation.handler is Handler.ASSISTANT
    assert chat.conversation.note == "The carrier looks for it."
    with api.shop.begin(False) as uow:
        asked_for = [one["who"] for one in uow.cases.audit(chat.case.id) if one["act"] == "api.asked"]
    assert asked_for and set(asked_for) == {"token Help desk"}


def test_reply_and_note_are_kept_once_under_their_key(api: Api) -> None:
    chat = api.late()
    reference = chat.case.reference
    first, again = (api.reply(reference, "I look into it.", key="ticket-7:1", version=1) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()["duplicate"]) == (201, 200, True)
    assert again.json()["message"] == first.json()["message"]
    assert api.reply(reference, "Something else.", key="ticket-7:1").status_code == 409
    assert api.reply(reference, "Not mine.", agent="Jonas", key="ticket-7:2").status_code == 409
    assert [one.text for one in chat.transcript if one.author is Author.AGENT] == ["I look into it."]
    notes = [api.post(f"/cases/{reference}/notes", agent="Amira", text="Call the depot.", key="n1").json() for _ in range(2)]
    assert notes[0] == notes[1] and api.post(f"/cases/{reference}/notes", agent="Amira", text="Other.", key="n1").status_code == 409
    with api.shop.begin(False) as uow:
        assert [one.text for one in uow.desk.notes(chat.id)] == ["Call the depot."]
    assert "Call the depot." not in [one.text for one in chat.transcript]


def test_same_reply_twenty_times_at_once_is_sent_once(api: Api) -> None:
    chat = api.late()
    reference = chat.case.reference

    def reply(_: int) -> bool:
        return people.reply(api.shop, reference, "Amira", "I look into it.", NOON, version=1, key="k1").duplicate

    with ThreadPoolExecutor(8) as pool:
        duplicates = list(pool.map(reply, range(20)))
    assert sorted(duplicates) == [False] + [True] * 19
    assert [one.text for one in chat.transcript if one.author is Author.AGENT] == ["I look into it."]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": "Hello", "key": "k"}, "agent must be given"),
        ({"agent": "Amira", "text": "  \u200b ", "key": "k"}, "text cannot be used"),
        ({"agent": "Amira", "text": "x" * 4001, "key": "k"}, "at most 4000"),
        ({"agent": "Amira\n", "text": "Hello", "key": "k"}, "agent cannot be used"),
        ({"agent": "Amira", "text": "Hello", "key": "k k"}, "key cannot be used"),
        ({"agent": "Amira", "text": "Hello", "key": "k", "verion": 1}, "only agent, text, key, version"),
        ({"agent": "Amira", "text": "Hello", "key": "k", "version": "1"}, "of type integer"),
    ],
)
def test_body_that_cannot_be_used_changes_nothing(api: Api, body: dict[str, Any], words: str) -> None:
    chat = api.late()
    refused = api.post(f"/cases/{chat.case.reference}/messages", **body)
    assert refused.status_code == 422 and words in refused.json()["error"]
    assert len(chat.transcript) == 2 and chat.is_with_assistant


def test_request_that_cannot_be_read_is_refused_in_words(api: Api) -> None:
    chat = api.late()
    path = f"/api/v1/cases/{chat.case.reference}/take"
    typed = {**api.headers, "content-type": "application/json"}
    assert api.client.post(path, content=b"{", headers=typed).status_code == 400
    assert api.client.post(path, content=b"[]", headers=typed).status_code == 400
    assert api.client.post(path, content=b'{"agent": "' + b"x" * 70_000 + b'"}', headers=typed).status_code == 413
    assert api.client.post(path, content=b"agent=Amira", headers=api.headers).status_code == 415
    assert api.client.post(path, content=b'{"agent": "\\ud800\\u0000"}', headers=typed).status_code == 422
    for query in (
        "limit=0",
        "limit=many",
        "status=lost",
        "waiting=1",
        "since=yesterday",
        "since=0001-01-01T00:00:00%2B14:00",
        "cursor=x",
        "l=1",
    ):
        refused = api.client.get(f"/api/v1/cases?{query}", headers=api.headers)
        assert refused.status_code == 422 and refused.json()["error"], query
    for missing in (
        "/cases/A-222222",
        "/cases/A-222222/messages",
        "/cases/%00",
        f"/cases/{chat.case.reference}/files/none",
        "/nothing",
    ):
        assert api.get(missing).status_code == 404, missing
    assert api.get("/cases", cursor="A-222222").status_code == 404 and api.get("/cases", cursor="A-2222\n").status_code == 422
    assert api.post("/handoffs", case=chat.case.reference, agent="Amira", reason="boredom").status_code == 422
    assert api.client.put("/api/v1/cases", headers=api.headers).status_code == 405
    assert chat.is_with_assistant and len(chat.transcript) == 2


def test_description_names_every_operation_and_needs_no_token(api: Api) -> None:
    told = api.client.get("/api/v1/openapi.json").json()
    assert told["openapi"] == "3.1.0" and told["security"] == [{"token": []}]
    operations = {(method, path) for path, found in told["paths"].items() for method in found}
    assert ("post", "/cases/{ref}/messages") in operations and len(operations) == 14
    assert not [path for path in told["paths"] if "approve" in path]

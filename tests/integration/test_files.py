"""Photos and documents through the public door: kept once, written anew, seen by their own conversation alone, gone when unused."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from bot import settings
from bot.cases.attachment import KEPT_UNUSED
from bot.errors import BadInput
from bot.handling import files
from bot.handling.accept import accept, open_conversation
from bot.handling.cases import case_of
from bot.handling.files import keep_file
from bot.handling.letters import transcript
from bot.ports import Remade
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.file_bodies import NAME
from bot.worker.files import UnusedFiles
from tests.builders import NOON, an_order
from tests.doors import Says, a_shop
from tests.sent_files import CAMERA, HEIC, bomb, pdf, photo
from tests.unit.handling.chats import take_orders


class Visitor:
    """One conversation at the door."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.who = {"authorization": f"Bearer {client.post('/api/conversations', json={}).json()['token']}"}

    def file(self, raw: bytes, client_id: str = "one", name: str = "lamp.jpg") -> Any:
        return self.client.post(f"/api/files?client_id={client_id}", content=raw, headers={**self.who, NAME: name})

    def say(self, client_id: str, text: str = "", **body: Any) -> Any:
        return self.client.post("/api/messages", json={"client_id": client_id, "text": text, **body}, headers=self.who)

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/messages", headers=self.who).json()["messages"]
        return found

    def get(self, file_id: str, **headers: str) -> Any:
        return self.client.get(f"/api/files/{file_id}", headers={**self.who, **headers})


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Any:
    chosen = settings.read({"AMENDS_VAR": str(tmp_path)})
    with TestClient(create_app(a_shop(database), Says(), chosen, now=lambda: NOON)) as client:
        yield client


def test_photo_is_kept_once_without_its_place_and_seen_by_its_own_chat_alone(client: TestClient, database: Database) -> None:
    nina, other = Visitor(client), Visitor(client)
    raw = photo(3000, 2000, orientation=6)
    first = nina.file(raw, name="C%3A%5Chome%5Cbroken%20lamp.exe.jpeg")
    assert first.status_code == 201, first.text
    kept = first.json()
    assert {**kept, "id": "", "size": 0} == {"id": "", "kind": "photo", "name": "broken lamp.jpg", "width": 1365, "height": 2048, "size": 0}
    assert nina.file(raw).json() == kept  # sent twice is kept once
    sent = nina.say("m1", files=[kept["id"]])
    assert sent.status_code == 202 and nina.say("m1", files=[kept["id"]]).json()["duplicate"]
    (mine,) = [one for one in nina.messages() if one["author"] == "customer"]
    assert mine["text"] == "" and mine["files"] == [kept]
    shown = nina.get(kept["id"])
    assert shown.headers["x-content-type-options"] == "nosniff" and shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"] and len(shown.content) == kept["size"]
    picture = Image.open(io.BytesIO(shown.content))
    assert not picture.getexif() and "comment" not in picture.info and CAMERA.encode() not in shown.content
    corner = picture.getpixel((picture.width - 50, 50))  # orientation 6: what was top left is top right
    assert all(part > 240 for part in corner), corner
    assert other.get(kept["id"]).status_code == 404
    assert client.get(f"/api/files/{kept['id']}").status_code == 401
    stolen = other.say("m1", "look", files=[kept["id"]])
    assert stolen.status_code == 400 and "not here any more" in stolen.json()["error"] and other.messages() == []
    again = nina.say("m2", "look", files=[kept["id"]])
    assert again.status_code == 400 and "sent with another one" in again.json()["error"]


def test_photo_of_an_iphone_becomes_one_that_every_browser_shows(client: TestClient) -> None:
    nina = Visitor(client)
    kept = nina.file(HEIC, name="IMG_2034.HEIC").json()
    assert (kept["name"], kept["width"], kept["height"]) == ("IMG_2034.jpg", 64, 48)
    assert Image.open(io.BytesIO(nina.get(kept["id"]).content)).format == "JPEG"


def test_pdf_is_kept_without_scripts_attachments_and_author_and_only_downloaded(client: TestClient) -> None:
    nina = Visitor(client)
    kept = nina.file(pdf(), name="receipt.pdf").json()
    assert (kept["kind"], kept["name"], kept["width"]) == ("document", "receipt.pdf", None)
    shown = nina.get(kept["id"])
    assert shown.headers["content-disposition"] == "attachment; filename*=UTF-8''receipt.pdf"
    assert shown.content.startswith(b"%PDF-") and b"/Photo" in shown.content and b"\xff\xd8\xff" in shown.content
    assert [
        one for one in (b"/JS", b"JavaScript", b"/AA", b"/Annots", b"setup.exe", b"Nina", CAMERA.encode()) if one in shown.content
    ] == []


REFUSED = {
    "program": (b"MZ\x90\0" + b"\0" * 500, "is a program"),
    "svg": (b'<?xml version="1.0"?>\n<svg onload="x()"/>', "SVG"),
    "html": (b"<!DOCTYPE html><script>x()</script>", "web page"),
    "zip": (b"PK\x03\x04" + b"\0" * 50, "ZIP"),
    "cut off": (photo(900, 900)[:5000], "damaged or cut off"),
    "bomb": (bomb(), "60 million"),
    "empty": (b"", "empty"),
    "locked": (pdf(password="x"), "locked"),
    "broken pdf": (b"%PDF-1.7\nnothing", "damaged"),
    "long pdf": (pdf(101), "100 pages"),
    "gif": (b"GIF89a" + b"\0" * 50, "JPEG or PNG"),
}


def test_what_is_no_picture_is_refused_in_words_and_nothing_is_kept(client: TestClient, database: Database) -> None:
    nina = Visitor(client)
    for number, (why, (raw, words)) in enumerate(REFUSED.items()):
        refused = nina.file(raw, f"no{number}", "holiday.jpg")
        assert refused.status_code == 400 and words in refused.json()["error"], (why, refused.text)
        assert any(way in refused.json()["error"] for way in ("Send", "Print", "Take", "Choose", "Save")), why
    large = nina.file(b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "large")
    assert large.status_code == 413 and "10 MB" in large.json()["error"]
    assert nina.file(photo(), "bad id!").status_code == 400
    assert nina.say("m1", files="one").status_code == 400
    assert nina.say("m1", files=["nothing"]).status_code == 400
    assert nina.say("m1", "hello", files=["1", "2", "3", "4", "5", "6"]).json()["error"].startswith("A message holds at most 5")
    assert nina.messages() == []
    with database.begin(False) as uow:
        assert uow.files.bytes_of(nina.who["authorization"].split()[1].split(".")[0]) == 0


def test_more_files_than_a_customer_sends_in_an_hour_wait(client: TestClient) -> None:
    nina = Visitor(client)
    answers = [nina.file(b"GIF89a", f"n{number}") for number in range(21)]
    assert [one.status_code for one in answers] == [400] * 20 + [429]
    assert "Wait 60 seconds" in answers[-1].json()["error"] and answers[-1].headers["retry-after"] == "60"


class Untouched:
    """A maker for bytes of which only the size matters."""

    def remake(self, raw: bytes, looks: str) -> Remade:
        return Remade(raw, "image/png", 1, 1)


def test_unused_file_is_gone_after_a_day_and_a_used_one_stays(database: Database, now: datetime) -> None:
    shop = a_shop(database)
    chat = open_conversation(shop, "website", now)
    used, unused = (keep_file(shop, Untouched(), chat.id, one, "x.png", photo(kind="PNG"), now) for one in ("a", "b"))
    accept(shop, chat.id, f"{chat.id}:m", "Here it is", None, now, [used.id])
    job = UnusedFiles(shop)
    assert job.run(now + KEPT_UNUSED - timedelta(minutes=1)) == 0
    assert job.run(now + KEPT_UNUSED + timedelta(minutes=10)) == 1
    with database.begin(False) as uow:
        assert uow.files.find(chat.id, unused.id) is None and uow.files.content(unused.id) == b""
        assert uow.files.find(chat.id, used.id) and uow.files.content(used.id) == photo(kind="PNG")


def test_letter_of_the_whole_chat_names_the_files(database: Database, now: datetime) -> None:
    shop = a_shop(database)
    take_orders(database, an_order())
    chat = open_conversation(shop, "website", now)
    kept = keep_file(shop, Untouched(), chat.id, "a", "my lamp.png", photo(kind="PNG"), now)
    accept(shop, chat.id, f"{chat.id}:m", "", None, now, [kept.id])
    with database.begin() as uow:
        case = case_of(uow, uow.conversations.get(chat.id), now)
        case.proven, case.order_number = True, "A10021"
    with database.begin(False) as uow:
        letter = transcript(shop, uow, "letter", chat.id, now)
    assert letter and letter.text.rstrip().endswith("[photo: my lamp.png]")


def test_chat_holds_no_more_than_its_share(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = photo(kind="PNG")
    monkeypatch.setattr(files, "MOST_IN_A_CHAT", len(raw) * 2)
    shop = a_shop(database)
    chat = open_conversation(shop, "website", now)
    for one in ("a", "b"):
        keep_file(shop, Untouched(), chat.id, one, "x.png", raw, now)
    with pytest.raises(BadInput, match="no more fit in"):
        keep_file(shop, Untouched(), chat.id, "c", "x.png", raw, now)

"""Photos and documents in a real browser: picked, pasted and dropped, sent later, seen again, enlarged, and seen by nobody else."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ANSWER_MS, Visitor, Visits
from tests.browser.test_for_everyone import assert_open_to_all
from tests.product import Product
from tests.sent_files import CAMERA, pdf, photo

pytestmark = [pytest.mark.product, pytest.mark.browser]

SMALLEST = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
GIVE = """(panel, [how, raw, name, type]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(raw), (one) => one.charCodeAt(0))], name, { type }));
  const made = { bubbles: true, cancelable: true, composed: true, clipboardData: data, dataTransfer: data };
  panel.dispatchEvent(how === "paste" ? new ClipboardEvent(how, made) : new DragEvent(how, made));
}"""


def find(visitor: Visitor, what: str) -> Locator:
    return visitor.page.locator(f"amends-chat {what}")


def pick(visitor: Visitor, *files: tuple[str, bytes]) -> None:
    """As the browser's own picker gives them."""
    chosen: list[Any] = [{"name": name, "mimeType": "image/jpeg", "buffer": raw} for name, raw in files]
    find(visitor, "input[type=file]").set_input_files(chosen)


def give(visitor: Visitor, how: str, raw: bytes, name: str, kind: str = "image/png") -> None:
    """Pasted or dropped."""
    find(visitor, ".panel").evaluate(GIVE, [how, base64.b64encode(raw).decode(), name, kind])


def token_of(visitor: Visitor) -> dict[str, str]:
    kept = visitor.page.evaluate("Object.entries(localStorage).find(([key]) => key.endsWith(':token'))[1]")
    return {"authorization": f"Bearer {kept.strip(chr(34))}"}


def sent_files(visitor: Visitor, product: Product) -> list[dict[str, Any]]:
    """What the server has of this customer's files."""
    page = httpx.get(f"{product.url}/api/messages", headers=token_of(visitor)).json()
    return [file for one in page["messages"] if one["author"] == "customer" for file in one["files"]]


def test_photo_alone_is_heard_seen_again_enlarged_by_keyboard_and_kept_from_others(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    pick(visitor, ("lamp.jpg", photo(1600, 1200)))
    expect(find(visitor, ".tray canvas")).to_be_visible()
    expect(find(visitor, ".tray progress")).to_be_hidden()  # it is there
    visitor.field.press("Enter")
    heard = visitor.hear(1)
    assert "kept with your case" in heard and "can't look into pictures" in heard and "?" in heard, heard
    expect(find(visitor, ".tray li")).to_have_count(0)
    visitor.page.reload()
    picture = find(visitor, "button.picture.seen")
    expect(picture).to_be_visible()
    box = picture.locator("canvas").bounding_box()
    assert box and box["width"] > 150
    assert (
        picture.locator("canvas").evaluate("(one) => [...one.getContext('2d').getImageData(one.width - 9, one.height - 9, 1, 1).data]")[0]
        > 150
    )
    picture.focus()
    visitor.page.keyboard.press("Enter")
    dialog = find(visitor, "dialog")
    expect(dialog.get_by_role("img", name="Photo lamp.jpg")).to_be_visible()
    expect(dialog.locator("button")).to_be_focused()
    assert_open_to_all(visitor, "enlarged")
    visitor.page.keyboard.press("Tab")
    assert dialog.evaluate("(one) => !one.getRootNode().activeElement || one.contains(one.getRootNode().activeElement)")
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(picture).to_be_focused()
    expect(visitor.field).to_be_visible()  # the chat has stayed open
    (kept,) = sent_files(visitor, product)
    content = httpx.get(f"{product.url}/api/files/{kept['id']}", headers=token_of(visitor)).content
    assert content.startswith(b"\xff\xd8\xff") and b"Exif" not in content and CAMERA.encode() not in content
    other = httpx.post(f"{product.url}/api/conversations", json={}).json()["token"]
    assert httpx.get(f"{product.url}/api/files/{kept['id']}", headers={"authorization": f"Bearer {other}"}).status_code == 404
    assert visitor.errors == []  # the page's policy stood in no way


def test_pasted_and_dropped_files_go_with_the_words_and_a_disguised_program_is_refused(
    visit: Visits, product: Product, tmp_path: Path
) -> None:
    visitor = visit()
    visitor.open()
    give(visitor, "paste", photo(300, 200, kind="PNG"), "screenshot.png")
    give(visitor, "dragover", b"", "x.png")
    expect(find(visitor, ".panel")).to_have_attribute("data-drop", "Drop photos or a PDF here")
    give(visitor, "drop", pdf(), "receipt.pdf", "application/pdf")
    give(visitor, "drop", photo(90, 90), "not this one.jpg")
    give(visitor, "drop", b"MZ" + b"\0" * 300, "holiday.jpg")
    expect(find(visitor, ".tray li")).to_have_count(4)
    refused = find(visitor, ".tray li").filter(has_text="holiday.jpg")
    expect(refused).to_contain_text("is a program, whatever its name says. Send a photo")
    expect(refused.get_by_role("button", name="Try again")).to_have_count(0)
    find(visitor, ".tray").get_by_role("button", name="Remove: not this one.jpg").click()
    expect(find(visitor, ".tray li")).to_have_count(3)
    visitor.say("The lamp came broken, order A10036, hana.sato@example.com")
    heard = visitor.hear(1)
    assert "kept with your case" in heard, heard
    assert [(one["kind"], one["name"]) for one in sent_files(visitor, product)] == [
        ("photo", "screenshot.png"),
        ("document", "receipt.pdf"),
    ]
    expect(find(visitor, ".tray li")).to_have_count(1)  # what was refused stays to be seen
    with visitor.page.expect_download() as saved:
        find(visitor, "button.file").click()
    assert saved.value.suggested_filename == "receipt.pdf"
    shown = product.amends("cases", "list", "--json")
    reference = next(line for line in shown.splitlines() if "A10036" in line).split('"reference": "')[1][:8]
    assert "[file: screenshot.png]" in product.amends("cases", "show", reference)
    saved_to = product.amends("cases", "files", reference, "--to", str(tmp_path)).split("\n")[0]
    assert saved_to.endswith(f"{reference}-1-screenshot.png") and Path(saved_to).read_bytes().startswith(b"\x89PNG")
    assert visitor.errors == []


def test_photo_without_a_line_goes_out_later_even_from_another_tab(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("My parcel is late")
    visitor.hear(1)
    visitor.context.set_offline(True)
    pick(visitor, ("label.jpg", photo(400, 300)))
    expect(find(visitor, ".tray li")).to_contain_text("Not sent: no connection.")
    expect(find(visitor, ".tray").get_by_role("button", name="Try again: label.jpg")).to_be_visible()
    visitor.field.press("Enter")
    expect(find(visitor, ".state.waiting")).to_be_visible()
    expect(find(visitor, "button.picture.seen")).to_be_visible()  # from this device
    context = visitor.context
    visitor.page.close()
    context.set_offline(False)
    again = visit(context=context)
    again.open()
    again.hear(2)
    expect(find(again, "button.picture.seen")).to_be_visible(timeout=ANSWER_MS)
    assert [one["name"] for one in sent_files(again, product)] == ["label.jpg"]


def test_photos_shut_nobody_out_on_the_smallest_phone(visit: Visits) -> None:
    visitor = visit(**SMALLEST, device_scale_factor=2, color_scheme="dark", path="/?lang=ar", reduced_motion="reduce")
    visitor.open()
    pick(visitor, ("a photo with a name that is longer than the screen of a phone is wide.jpg", photo(1200, 2400)), ("x.jpg", b"GIF89a"))
    expect(find(visitor, ".tray .state.failed")).to_contain_text("لا يمكن هنا قراءة صور من هذا النوع")  # by its code, not in English
    assert_open_to_all(visitor, "before sending")
    for one in find(visitor, ".form button").all():
        box = one.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44, one.inner_text()
    find(visitor, "button.send").click()
    visitor.hear(1)
    expect(find(visitor, "button.picture.seen")).to_be_visible()
    frame, photo_in_it = find(visitor, "button.picture").bounding_box(), find(visitor, "button.picture canvas").bounding_box()
    assert frame and photo_in_it and frame["width"] - photo_in_it["width"] <= 2  # the frame fits, on a dense screen too
    assert_open_to_all(visitor, "sent")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find(visitor, ".scroll").evaluate("(one) => one.scrollWidth <= one.clientWidth")

"""What the assistant does with photos: it says truly that it cannot see them, keeps them with the case, and asks on."""

import itertools

from bot.cases.attachment import File, FileContent, FileKind
from bot.cases.conversation import Handler
from bot.handling.accept import accept
from bot.handling.export import as_json, transcript_json, whole
from bot.handling.files import files_of_case
from bot.handling.shop import Shop
from tests.unit.handling.chats import Chat, heard
from tests.unit.handling.test_damages import BROKEN, items

ALONE = "can't look into pictures and files myself"
WITH_WORDS = "I can't look into it myself"
_numbers = itertools.count()


def send(chat: Chat, text: str, *names: str, intent: str | None = None, **facts: object) -> str:
    """A message with photos; without words the assistant is given dots, as a turn gives it."""
    ids = [f"{chat.id}-{next(_numbers)}" for _ in names]
    with chat.shop.begin(True) as uow:
        for one, name in zip(ids, names, strict=True):
            uow.add(File(one, chat.id, one, FileKind.PHOTO, "image/jpeg", name, 3, chat.now))
            uow.flush()
            uow.add(FileContent(one, b"jpg"))
    kept = accept(chat.shop, chat.id, f"{chat.id}-m{next(_numbers)}", text, None, chat.now, ids)
    return chat.hear(heard(text or "...", intent or "nlu_fallback", message_id=kept.message_id, sender_id=f"{chat.id}.1", **facts))


def test_photos_alone_open_a_case_are_heard_and_count_as_no_misunderstanding(chat: Chat) -> None:
    for _ in range(4):
        said = send(chat, "", "lamp.jpg", ranking=(("late_delivery", 0.4), ("wrong_item", 0.3)))
        assert ALONE in said and chat.asks == "issue"
    assert chat.conversation.handler is Handler.ASSISTANT and chat.conversation.misunderstood == 0
    assert len(chat.cases) == 1 and chat.case.issue is None
    assert len(files_of_case(chat.shop, chat.case.reference)) == 4
    assert "It is broken or faulty" in chat.labels  # all that it may be, not what dots were taken for


def test_open_question_stays_open_under_a_photo(chat: Chat) -> None:
    chat.say("My parcel is late", "late_delivery")
    assert chat.asks == "order_number"
    said = send(chat, "", "label.jpg")
    assert ALONE in said and said.rstrip().endswith(("?", ".")) and "order" in said.split(ALONE)[1]
    assert chat.asks == "order_number" and chat.conversation.asked_tries == 1
    assert chat.say("A10021 nina@example.com", "inform", order_number="A10021", email="nina@example.com")
    assert chat.case.proven


def test_photo_beside_words_is_told_of_once_and_the_words_are_heard(broken: Shop) -> None:
    chat = Chat(broken)
    said = send(chat, "The lamp of B1 came broken", "lamp.jpg", "box.jpg", intent="damaged_or_defective", **BROKEN)
    assert WITH_WORDS in said and chat.case.proven
    again = send(chat, "here is one more", "third.jpg", intent="inform")
    assert WITH_WORDS not in again and ALONE not in again
    found = whole(broken, chat.case.reference)
    assert [one["name"] for one in as_json(found)["files"]] == ["lamp.jpg", "box.jpg", "third.jpg"]
    assert [one["files"] for one in transcript_json(found) if one["author"] == "customer"] == [["lamp.jpg", "box.jpg"], ["third.jpg"]]


def test_photo_is_the_receipt_where_one_was_asked_for(broken: Shop) -> None:
    chat = Chat(broken)
    chat.say("The lamp of B1 came broken and I had to buy another for 80 dollars", "damaged_or_defective", **BROKEN)
    chat.tap("Refund")
    chat.tap("Yes")
    assert chat.asks == "damages_receipt"
    said = send(chat, "", "receipt.jpg")
    assert chat.asks == "damages_what" and WITH_WORDS in said
    assert [one.receipt for one in items(chat)] == ["receipt.jpg"]


def test_photo_for_a_person_is_left_to_the_person(chat: Chat) -> None:
    chat.say("I want a person", "ask_human")
    assert chat.conversation.handler is Handler.QUEUE
    assert ALONE not in send(chat, "", "lamp.jpg")
    assert [one.name for one, _ in files_of_case(chat.shop, chat.case.reference)] == ["lamp.jpg"]

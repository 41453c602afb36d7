"""Files that customers send: kept ahead of their message, joined to it, shown to whoever may see them, and taken away unused."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.attachment import (
    KEPT_UNUSED,
    LARGEST,
    MOST_IN_A_CHAT,
    MOST_IN_A_MESSAGE,
    File,
    FileContent,
    FileKind,
    file_name,
    looks_like,
)
from bot.cases.conversation import Message
from bot.errors import BadInput, FileNotKept, FileRefused, NotFound
from bot.handling.clean import mask_cards, visible
from bot.handling.shop import Shop
from bot.ports import FileMaker

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

REMOVED_AT_ONCE = 100


def keep_file(shop: Shop, maker: FileMaker, conversation_id: str, client_id: str, name: str, raw: bytes, now: datetime) -> File:
    """Keeps a file written anew, once however often it is sent. Raises NotFound or FileNotKept; then nothing is kept.

    No unit of work is open while it is written anew.
    """
    with shop.begin(False) as uow:
        uow.conversations.of_customer(conversation_id)
        known = uow.files.by_client_id(conversation_id, client_id)
    if known:
        return known
    try:
        looks = _checked(raw)
        made = maker.remake(raw, looks)
        with shop.begin(True, goes_first=True) as uow:
            uow.conversations.of_customer(conversation_id)  # one at a time in a conversation
            known = uow.files.by_client_id(conversation_id, client_id)
            if known:
                return known
            if uow.files.bytes_of(conversation_id) + len(made.content) > MOST_IN_A_CHAT:
                raise FileRefused("chat_full")
            kind = FileKind.DOCUMENT if looks == "pdf" else FileKind.PHOTO
            shown = file_name(mask_cards(visible(name)), kind, made.media_type)
            kept = File(secrets.token_hex(16), conversation_id, client_id, kind, made.media_type, shown, len(made.content), now)
            kept.width, kept.height = made.width, made.height
            uow.add(kept)
            uow.flush()
            uow.add(FileContent(kept.id, made.content))
            return kept
    except FileRefused as refusal:
        raise FileNotKept(refusal_line(shop, conversation_id, refusal.why), f"refuse_file_{refusal.why}") from refusal


def refusal_line(shop: Shop, conversation_id: str, why: str) -> str:
    """Why a file is not kept, and what to do instead."""
    return shop.wording.say(f"refuse_file_{why}", conversation_id)


def _checked(raw: bytes) -> str:
    looks = looks_like(raw) if len(raw) <= LARGEST else "too_large"
    if looks not in ("picture", "pdf"):
        raise FileRefused(looks)
    return looks


def attach(uow: "UnitOfWork", message: Message, file_ids: Sequence[str]) -> None:
    """Joins files to the message they come with. Raises BadInput."""
    for place, found in enumerate(check_attachable(uow, message.conversation_id, file_ids)):
        found.message_id, found.place = message.id, place


def check_attachable(uow: "UnitOfWork", conversation_id: str, file_ids: Sequence[str], taken: Sequence[str] = ()) -> list[File]:
    """The files a message may bring; `taken` are on their way with others. Raises BadInput."""
    if len(file_ids) > MOST_IN_A_MESSAGE:
        raise BadInput(f"A message holds at most {MOST_IN_A_MESSAGE} files. Send the others with another message.")
    files = []
    for file_id in dict.fromkeys(file_ids):
        found = uow.files.find(conversation_id, file_id)
        if found is None:
            raise BadInput("A file of this message is not here any more. Add it once more and send the message again.")
        if found.message_id or file_id in taken:
            raise BadInput("A file of this message was sent with another one already. Leave it out and send the message again.")
        files.append(found)
    return files


def open_file(shop: Shop, conversation_id: str, file_id: str) -> tuple[File, bytes]:
    """A file of this conversation and its bytes. Raises NotFound, also for one of another conversation."""
    with shop.begin(False) as uow:
        found = uow.files.find(conversation_id, file_id)
        if found is None:
            raise NotFound("There is no such file in this chat.")
        return found, uow.files.content(found.id)


def sent_file(shop: Shop, file_id: str) -> tuple[File, bytes]:
    """A file that one of us sent, and its bytes. Raises NotFound, also for a customer's: no link is ever made to that."""
    with shop.begin(False) as uow:
        found = uow.files.sent(file_id)
        if found is None:
            raise NotFound("There is no such file here.")
        return found, uow.files.content(found.id)


def files_of_case(shop: Shop, reference: str) -> list[tuple[File, bytes]]:
    """What came with a case and its bytes, for the people who look at it. Raises NotFound."""
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(reference.strip())
        return [(one, uow.files.content(one.id)) for one in uow.files.of_case(case.id)]


def remove_unused(shop: Shop, now: datetime) -> int:
    """Takes away files that no message came to speak of; how many."""
    with shop.begin(True) as uow:
        return uow.files.remove_unused(now - KEPT_UNUSED, REMOVED_AT_ONCE)


def file_json(one: File) -> dict[str, Any]:
    """A file as its sender sees it."""
    return {"id": one.id, "kind": str(one.kind), "name": one.name, "width": one.width, "height": one.height, "size": one.size}

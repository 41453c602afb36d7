"""What Telegram's updates say: an Update of core.telegram.org/bots/api as arrivals, whatever it holds."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from bot.cases.channel import LONGEST_NAME, Arrival, ArrivalKind, Media

UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]  # what is asked for: no groups' news, no reactions
COMMANDS = {"start": ArrivalKind.START, "stop": ArrivalKind.STOP, "help": ArrivalKind.HELP}
_COMMAND = re.compile(r"/(start|stop|help)(?:@\w+)?(?:\s+(.*))?", re.I | re.S)
FILES = {"animation": "video/mp4", "document": "", "video": "video/mp4", "audio": "", "voice": "audio/ogg", "video_note": "video/mp4"}


def arrivals_in(update: Mapping[str, Any], number: int) -> tuple[Arrival, ...]:
    """What an update brings, from private chats only: nobody complains of an order in a group. `number`: its update_id."""
    if tap := object_in(update, "callback_query"):
        return _tapped(tap)
    if member := object_in(update, "my_chat_member"):
        return _come_or_gone(member, number)
    if edited := object_in(update, "edited_message"):
        return _edited(edited, number)
    return _said(object_in(update, "message"))


def _said(message: Mapping[str, Any]) -> tuple[Arrival, ...]:
    """A message, or the command it is. What follows a command is a message of its own: a link can bring an order number so."""
    sender, key = _customer(message, message), id_of(message)
    text, media = _text_of(message), _media_of(message)
    if not sender or key is None or not (text or media):
        return ()
    said = Arrival(key, ArrivalKind.MESSAGE, sender, text, _time(message, "date"), media=media)
    said = replace(said, name=_name_of(object_in(message, "from")), phone=_own_phone(message))
    command = None if media else _COMMAND.fullmatch(text.strip())
    if not command:
        return (said,)
    kind, rest = COMMANDS[command[1].lower()], command[2]
    alone = replace(said, id=f"{key}/{kind}", kind=kind)
    if kind is ArrivalKind.STOP or not rest:
        return (alone,)
    return (alone, replace(said, text=rest)) if kind is ArrivalKind.START else (replace(said, text=rest),)


def _edited(message: Mapping[str, Any], number: int) -> tuple[Arrival, ...]:
    """Other words. A live location moves on as an edit, and says nothing new."""
    sender = _customer(message, message)
    if not sender or "location" in message:
        return ()
    at, text, media = _time(message, "edit_date"), _text_of(message), _media_of(message)
    return (Arrival(f"update {number}", ArrivalKind.EDIT, sender, text, at, media=media, about=id_of(message)),)


def _tapped(tap: Mapping[str, Any]) -> tuple[Arrival, ...]:
    message, key, choice = object_in(tap, "message"), words_in(tap, "id"), words_in(tap, "data")
    sender = _customer(message, tap)
    if not sender or not choice or not 0 < len(key) <= 100:
        return ()
    rows = _list(object_in(message, "reply_markup"), "inline_keyboard")
    buttons = [button for row in rows if isinstance(row, list) for button in row]
    label = next((words_in(button, "text") for button in buttons if words_in(button, "callback_data") == choice), "")
    name = _name_of(object_in(tap, "from"))
    return (Arrival(f"tap {key}", ArrivalKind.MESSAGE, sender, label, choice=choice, about=id_of(message), name=name),)


def _come_or_gone(member: Mapping[str, Any], number: int) -> tuple[Arrival, ...]:
    """The customer blocked the bot or let it in again; nothing was written, so the text is empty."""
    kinds = {"kicked": ArrivalKind.STOP, "member": ArrivalKind.START}
    kind, sender = kinds.get(words_in(object_in(member, "new_chat_member"), "status")), _customer(member, member)
    return (Arrival(f"update {number}", kind, sender, at=_time(member, "date")),) if kind and sender else ()


def _customer(place: Mapping[str, Any], deed: Mapping[str, Any]) -> str:
    """The chat's id where it is a person's own with the bot; else empty: a group, a channel, another bot."""
    chat, who = object_in(place, "chat"), object_in(deed, "from")
    theirs = whole_in(chat, "id")
    is_own = theirs is not None and theirs == whole_in(who, "id")
    return str(theirs) if is_own and chat.get("type") == "private" and not who.get("is_bot") else ""


def id_of(message: Any) -> str | None:
    """Numbers of messages begin anew in each chat."""
    chat, number = whole_in(object_in(message, "chat"), "id"), whole_in(message, "message_id")
    return None if chat is None or number is None else f"{chat}:{number}"


def _text_of(message: Mapping[str, Any]) -> str:
    """What was written; for what has no words, what it says: a sticker its sign, a place its address and coordinates."""
    contact, place, venue = object_in(message, "contact"), object_in(message, "location"), object_in(message, "venue")
    spot = [place.get(one) for one in ("latitude", "longitude")]
    is_spot = all(isinstance(one, int | float) and abs(one) <= 180 for one in spot)
    return (
        words_in(message, "text")
        or words_in(message, "caption")
        or words_in(object_in(message, "sticker"), "emoji")
        or words_in(object_in(message, "dice"), "emoji")
        or words_in(object_in(message, "poll"), "question")
        or " ".join(one for one in (_name_of(contact), _phone_of(contact)) if one)
        or ", ".join(
            one for one in (words_in(venue, "title"), words_in(venue, "address"), f"geo:{spot[0]},{spot[1]}" if is_spot else "") if one
        )
    )


def _media_of(message: Mapping[str, Any]) -> tuple[Media, ...]:
    """The largest size of a photo; any other file as it is, also what cannot be opened here: then its sender is told."""
    if sizes := [one for one in _list(message, "photo") if words_in(one, "file_id")]:
        best = max(sizes, key=lambda one: (whole_in(one, "width") or 0) * (whole_in(one, "height") or 0))
        return (Media(words_in(best, "file_id"), media_type="image/jpeg"),)
    for kind, usual in FILES.items():  # an animation is told as a document too
        if ref := words_in(object_in(message, kind), "file_id"):
            return (Media(ref, words_in(message[kind], "file_name"), words_in(message[kind], "mime_type") or usual),)
    return ()


def _own_phone(message: Mapping[str, Any]) -> str | None:
    """The number of a contact that is the sender's own: Telegram knows accounts by their numbers."""
    contact, who = object_in(message, "contact"), whole_in(object_in(message, "from"), "id")
    return _phone_of(contact) or None if who is not None and whole_in(contact, "user_id") == who else None


def _phone_of(contact: Mapping[str, Any]) -> str:
    digits = re.sub(r"[^0-9]", "", words_in(contact, "phone_number"))
    return f"+{digits}" if 6 <= len(digits) <= 15 else ""


def _name_of(who: Mapping[str, Any]) -> str | None:
    return " ".join(one for one in (words_in(who, "first_name"), words_in(who, "last_name")) if one)[:LONGEST_NAME] or None


def object_in(of: Any, name: str) -> Mapping[str, Any]:
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, dict) else {}


def _list(of: Any, name: str) -> list[Any]:
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, list) else []


def words_in(of: Any, name: str) -> str:
    """A text as any database takes it."""
    value = of.get(name) if isinstance(of, dict) else None
    return value.encode(errors="replace").decode().replace("\0", "") if isinstance(value, str) else ""


def whole_in(of: Any, name: str) -> int | None:
    """A whole number; Telegram's have at most 52 bits."""
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def _time(of: Any, name: str) -> datetime | None:
    seconds = whole_in(of, name)
    return datetime.fromtimestamp(seconds, timezone.utc) if seconds is not None and 0 < seconds < 2**33 else None

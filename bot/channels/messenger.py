"""Messenger: the messages to the shop's Facebook page, through Meta's Messenger Platform.

From Meta's Messenger Platform documentation: the webhook events (messages, message_edits, message_echoes, message_deliveries,
message_reads, messaging_postbacks), the Send API (quick replies, attachments, sender actions, message tags) and its error codes.

- A customer is known by a page-scoped id alone: no number, no address, no name.
- A Get Started button has the payload GET_STARTED: set it so. Any other postback comes from the page's own menu or from one of its
  questions to begin with, none of which is a choice that we offered: it is read as its words.
- `message_reads` names an instant and no message, so it makes no receipt; `message_deliveries` names messages.
- An echo is our own message coming back. It bears the `metadata` that we sent, our key: it goes into a receipt's `refers`, so that
  a message whose answer was lost is known to have been sent.
- After 24 hours only a person may write, for seven days, under the tag HUMAN_AGENT, which Meta grants the app on request. It is
  used where an untagged message was refused, and for nothing that the assistant says.
- A message is a text or a file: a text with a file goes out as two, and is noted in between. Only where the process dies just
  there does the file come twice.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from bot.cases.channel import LONGEST_ADDRESS, Abilities, Arrival, ArrivalKind, Media
from bot.channels.http import Provider
from bot.channels.meta import Account, Failures, GraphChannel, account_in, id_of, moment, part, parts, scalar, words
from bot.errors import SendFailed
from bot.ports import Outgoing, OutgoingFile

FILES = ("image", "file", "audio", "video")
GET_STARTED, LIKE = "GET_STARTED", "👍"
LIKES = (369239263222822, 369239343222814, 369239383222810)  # the stickers of the button beside the text: small, middle, large
LONGEST_URL, NOTED = 4000, 1000
FAILURES: Failures = {
    613: {"wait_s": 2.0},  # too many at once: the Send API counts by the second
    **{subcode: {"closes_window": True} for subcode in (2018278, 2018065)},
    **{subcode: {"is_final": True, "stops": True} for subcode in (551, 1545041, 2018108)},  # left, or blocked the page
    **{subcode: {"is_final": True} for subcode in (2018001, 2018047)},  # nobody of this id; a file that cannot be shown
}


class Messenger(GraphChannel):
    """One page of the shop's."""

    name = "messenger"
    object = "page"
    failures = FAILURES
    can = Abilities(
        longest=2000,
        buttons=13,
        button_label=20,
        window=timedelta(hours=24),
        agent_window=timedelta(days=7),
        sends_files=True,
        echoes_keys=True,
        marks=True,
    )

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.path = f"/{account.id}/messages"
        self.files = Provider(account.api)  # files lie elsewhere: our token is not theirs
        self.is_local = account.api.startswith("http://")
        self.noted: OrderedDict[str, None] = OrderedDict()  # keys whose file is out, while their text is not
        self.lock = Lock()

    def happenings(self, entry: Mapping[str, Any]) -> Iterator[Arrival]:
        """What happened on our page. What another app has in hand (`standby`) is not ours."""
        if words(entry.get("id")) == self.account.id:
            for event in parts(entry, "messaging"):
                yield from arrivals_of(event)

    def send(self, out: Outgoing) -> str | None:
        """Sends a file, then the text with its quick replies; the id of the last. Raises SendFailed."""
        if out.template is not None:
            raise SendFailed("Messenger has no approved templates", is_final=True, closes_window=True)
        if not out.file:
            return self.send_text(out)
        sent = None if self.is_noted(out.key) else self.send_file(out, out.file)
        if not out.text:
            return sent
        self.note(out.key)
        sent = self.send_text(out)
        self.note(out.key, is_half=False)
        return sent

    def send_text(self, out: Outgoing) -> str | None:
        """A text, with quick replies where there are choices."""
        replies = [{"content_type": "text", "title": label, "payload": choice} for choice, label in out.choices]
        message = {"text": out.text, **({"quick_replies": replies} if replies else {}), "metadata": out.key}
        return self.deliver(out, lambda kind: {"json": {"recipient": {"id": out.to}, **kind, "message": message}})

    def send_file(self, out: Outgoing, file: OutgoingFile) -> str | None:
        """A picture, or a file that can be opened."""
        shown = "image" if file.media_type.startswith("image/") else "file"
        key = f"{out.key}.file" if out.text else out.key  # its echo alone does not say that the text is out
        told = {"recipient": {"id": out.to}, "message": {"attachment": {"type": shown, "payload": {}}, "metadata": key}}
        form = {key: json.dumps(value) for key, value in told.items()}
        files = {"filedata": (file.name, file.content, file.media_type)}
        return self.deliver(out, lambda kind: {"data": {**form, **kind}, "files": files})

    def deliver(self, out: Outgoing, given: Callable[[dict[str, str]], dict[str, Any]]) -> str | None:
        """Posts it; once more as a person's where it is one and the day is over. `given` makes the request of the message's kind."""
        try:
            answer = self.ask("POST", self.path, **given({"messaging_type": "RESPONSE"}))
        except SendFailed as error:
            if not (error.closes_window and out.agent):
                raise
            answer = self.ask("POST", self.path, **given({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}))
        return id_of(answer.get("message_id")) or None

    def is_noted(self, key: str) -> bool:
        """Whether the file of this message is out already."""
        with self.lock:
            return key in self.noted

    def note(self, key: str, is_half: bool = True) -> None:
        """Remembers that the file of a message is out, or that all of it is."""
        with self.lock:
            self.noted.pop(key, None)
            if is_half:
                self.noted[key] = None
            while len(self.noted) > NOTED:
                self.noted.popitem(last=False)

    def fetch(self, media: Media) -> bytes:
        """The file, at the address that the webhook named. Raises FileRefused or SendFailed."""
        if not (media.ref.startswith("https://") or (self.is_local and media.ref.startswith(self.account.api.rsplit("/", 1)[0]))):
            raise SendFailed("an address that is not Meta's", is_final=True)
        return self.files.download(media.ref)

    def mark_seen(self, to: str, provider_id: str) -> None:
        """Shows their message as seen, and that somebody writes. Raises SendFailed."""
        for action in ("mark_seen", "typing_on"):
            self.ask("POST", self.path, json={"recipient": {"id": to}, "sender_action": action})


def arrivals_of(event: Mapping[str, Any]) -> Iterator[Arrival]:
    """What one event of a page's brings; nothing for what asks for no answer (a reaction, a referral, an opt-in)."""
    sender, at = words(part(event, "sender").get("id"), LONGEST_ADDRESS), moment(event.get("timestamp"), 1000)
    if not sender:
        return  # somebody who has only looked at the page's chat
    if event.get("delivery"):
        yield from deliveries_of(part(event, "delivery"), sender, at)
        return
    edited = part(event, "message_edit")
    about = id_of(edited.get("mid"))
    if about:
        key = id_of(f"{about}:edit:{scalar(edited.get('num_edit'))}")
        yield Arrival(key, ArrivalKind.EDIT, sender, text=words(edited.get("text")), at=at, about=about)
    made = (message_of(part(event, "message"), event, sender, at), postback_of(part(event, "postback"), event, sender, at))
    yield from (one for one in made if one)


def message_of(message: Mapping[str, Any], event: Mapping[str, Any], sender: str, at: datetime | None) -> Arrival | None:
    """A message; a deletion; our own message's echo as the receipt that it was sent.

    A sticker, a shared post or a place is a message with nothing in it: the customer hears what can be read here.
    """
    key = id_of(message.get("mid"))
    if not key:
        return None
    if message.get("is_echo"):
        ours, to = words(message.get("metadata"), 64), words(part(event, "recipient").get("id"), LONGEST_ADDRESS)
        return Arrival(id_of(f"{key}:sent"), ArrivalKind.RECEIPT, to, at=at, about=key, state="sent", refers=(ours,)) if ours else None
    if message.get("is_deleted"):
        return Arrival(id_of(f"{key}:deleted"), ArrivalKind.DELETION, sender, at=at, about=key)
    text, choice = words(message.get("text")), words(part(message, "quick_reply").get("payload")) or None
    attached = parts(message, "attachments")
    if any(part(one, "payload").get("sticker_id") in LIKES for one in attached):
        text = text or LIKE
    media = tuple(media for one in attached if (media := media_of(one)))
    if not (text or choice or attached):
        return None
    answered = id_of(part(message, "reply_to").get("mid"))
    refers = (answered,) if answered else ()
    return Arrival(key, ArrivalKind.MESSAGE, sender, text=text, at=at, choice=choice, media=media, refers=refers)


def media_of(attachment: Mapping[str, Any]) -> Media | None:
    """A file that was sent; None for a sticker, and for a shared page, whose address stands in the text."""
    kind, payload = words(attachment.get("type")), part(attachment, "payload")
    url = words(payload.get("url"), LONGEST_URL)
    if kind not in FILES or not url or payload.get("sticker_id") or attachment.get("sticker_id"):
        return None
    return Media(url, media_type="" if kind == "file" else f"{kind}/*")


def postback_of(postback: Mapping[str, Any], event: Mapping[str, Any], sender: str, at: datetime | None) -> Arrival | None:
    """A tapped button of the page's: the start of a conversation, or its words."""
    payload = words(postback.get("payload"), LONGEST_URL)
    if not payload:
        return None
    key = id_of(postback.get("mid")) or id_of(f"postback:{sender}:{scalar(event.get('timestamp'))}:{payload}")
    title = words(postback.get("title")) or payload
    if payload == GET_STARTED:
        return Arrival(key, ArrivalKind.START, sender, text=title, at=at)
    return Arrival(key, ArrivalKind.MESSAGE, sender, text=title, at=at)


def deliveries_of(delivery: Mapping[str, Any], sender: str, at: datetime | None) -> Iterator[Arrival]:
    """A receipt for each message that is named as delivered."""
    named = delivery.get("mids")
    at = at or moment(delivery.get("watermark"), 1000)
    for about in (id_of(mid) for mid in named) if isinstance(named, list) else ():
        if about:
            yield Arrival(id_of(f"{about}:delivered"), ArrivalKind.RECEIPT, sender, at=at, about=about, state="delivered")


def open_messenger(env: Mapping[str, str], door: str | None) -> Messenger | None:
    """Messenger; None where it is not set up. Raises BadSetting."""
    account = account_in(env, "AMENDS_MESSENGER_PAGE_ID", "AMENDS_MESSENGER_TOKEN")
    return Messenger(account) if account else None

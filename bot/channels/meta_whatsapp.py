"""WhatsApp, straight through Meta's Cloud API: no company in between.

From Meta's WhatsApp Business Platform documentation: the webhook reference of `messages` (one page a type, `status`, `errors`,
`edit`, `revoke`, `unsupported`), business-scoped user IDs, interactive reply buttons and lists, templates, media, typing
indicators and error codes.

- A customer's address is their number as digits, which WhatsApp proves; somebody who hides it behind a user name has a
  business-scoped id (two letters, a dot, letters and digits), which is answered under `recipient` instead of `to`.
- Edited and deleted messages are told to numbers that are also used in the WhatsApp Business app; others get `unsupported`.
- A status bears the `biz_opaque_callback_data` that we sent, our key: it goes into the receipt's `refers`, so that a message
  whose answer was lost is known to have been sent. There is no look-up by it.
- Interactive messages carry 1,024 characters, so do captions; text carries 4,096. All that we send keeps to the smaller.
- The template's body is filled by name ({{shop}}), or by place where the names are numbers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.cases.channel import LONGEST_ADDRESS, LONGEST_NAME, Abilities, Arrival, ArrivalKind, Media
from bot.channels.http import LARGEST_FILE
from bot.channels.meta import Account, Failures, GraphChannel, account_in, id_of, moment, part, parts, scalar, why_of, words
from bot.errors import BadSetting, FileRefused, SendFailed
from bot.ports import Outgoing, OutgoingFile

BUTTONS, BUTTON_LABEL, ROW_TITLE, ROW_TEXT, LIST_LABEL = 3, 20, 24, 72, "Options"
PICTURES = ("image/jpeg", "image/png")
STATES = ("sent", "delivered", "read", "failed")
FILES = ("image", "document", "audio", "voice", "video")
# What the Cloud API does not hand on, of which the customer should hear; the other kinds are changes, votes and deletions.
UNSEEN = ("image", "gif", "video", "document", "media_placeholder", "poll_creation", "location", "list", "product", "order")
CLOSES_WINDOW = (131047, 470)  # 470: the same in the older API, which gateways still speak
FAILURES: Failures = {
    130429: {"wait_s": 1.0},  # the number's throughput, counted by the second
    131056: {},  # too many to one customer: theirs alone has to wait, a little longer each time
    131048: {"wait_s": 600.0},  # too much of what the number sends was called spam
    **{code: {"closes_window": True} for code in CLOSES_WINDOW},
    33: {},  # as a subcode of 100: no such number, or not with this token; that is ours to mend, so it is tried again
    **{code: {"is_final": True} for code in (100, 131008, 131009, 131051, 131053, 131062)},  # not to be sent so, ever
    **{code: {"is_final": True} for code in (131021, 131026, 131030, 131049, 131050, 130472, 130497)},  # not to this customer
    **{code: {"is_final": True} for code in (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018)},  # not this template
}


class MetaWhatsApp(GraphChannel):
    """One number of the shop's. `template`: name and language of the approved template, where there is one."""

    name = "whatsapp"
    object = "whatsapp_business_account"
    failures = FAILURES

    def __init__(self, account: Account, template: tuple[str, str] | None, list_label: str) -> None:
        super().__init__(account)
        self.template, self.list_label, self.path = template, list_label, f"/{account.id}"
        self.can = Abilities(
            longest=1024,
            buttons=10,
            button_label=ROW_TEXT,
            window=timedelta(hours=24),
            has_template=template is not None,
            sends_files=True,
            echoes_keys=True,
            marks=True,
        )

    def happenings(self, entry: Mapping[str, Any]) -> Iterator[Arrival]:
        """The messages to our number and the receipts of what it sent; what concerns the account itself is no arrival."""
        for change in parts(entry, "changes"):
            value = part(change, "value")
            if change.get("field") != "messages" or words(part(value, "metadata").get("phone_number_id")) != self.account.id:
                continue
            names = names_in(value)
            yield from (found for one in parts(value, "messages") if (found := arrival_of(one, names)))
            yield from (found for one in parts(value, "statuses") if (found := receipt_of(one)))

    def send(self, out: Outgoing) -> str | None:
        """Sends text, buttons, a list, a file or the template; the message's id. Raises SendFailed."""
        address = {"to": out.to} if out.to.isdigit() else {"recipient": out.to}
        whole = {"messaging_product": "whatsapp", "recipient_type": "individual", **address, "biz_opaque_callback_data": out.key}
        answer = self.ask("POST", f"{self.path}/messages", json={**whole, **self.content_of(out)})
        return next((id_of(one.get("id")) for one in parts(answer, "messages")), None) or None

    def content_of(self, out: Outgoing) -> dict[str, Any]:
        """What is sent, by its type. Raises SendFailed."""
        if out.template is not None:
            return self.template_of(out.template)
        if out.choices:
            return {"type": "interactive", "interactive": self.interactive_of(out)}
        if out.file:
            kind, shown = self.uploaded(out.file)
            return {"type": kind, kind: {**shown, **({"caption": out.text} if out.text else {})}}
        return {"type": "text", "text": {"body": out.text, "preview_url": False}}

    def interactive_of(self, out: Outgoing) -> dict[str, Any]:
        """Up to three short choices as buttons, more or longer ones as a list that opens."""
        if out.file:
            raise SendFailed("WhatsApp shows no file beside choices: send it on its own", is_final=True)
        body = {"body": {"text": out.text}}
        if len(out.choices) <= BUTTONS and all(len(label) <= BUTTON_LABEL for _id, label in out.choices):
            buttons = [{"type": "reply", "reply": {"id": choice, "title": label}} for choice, label in out.choices]
            return {"type": "button", **body, "action": {"buttons": buttons}}
        return {"type": "list", **body, "action": {"button": self.list_label, "sections": [{"rows": rows_of(out.choices)}]}}

    def template_of(self, filling: Mapping[str, str]) -> dict[str, Any]:
        """The approved template. Its values are one line each, as Meta wants them."""
        if not self.template:
            raise SendFailed("no template is set in AMENDS_WHATSAPP_TEMPLATE", closes_window=True)
        name, language = self.template
        values = [(key, {"type": "text", "text": " ".join(text.split())}) for key, text in filling.items()]
        if all(key.isdigit() for key in filling):
            values = [(key, value) for key, value in sorted(values, key=lambda one: int(one[0]))]
        else:
            values = [(key, {**value, "parameter_name": key}) for key, value in values]
        filled = [{"type": "body", "parameters": [value for _key, value in values]}] if values else []
        return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": filled}}

    def uploaded(self, file: OutgoingFile) -> tuple[str, dict[str, Any]]:
        """How a file is shown, and its id at Meta. Done twice it shows nothing twice, so no failure leaves anything open."""
        form = {"messaging_product": "whatsapp", "type": file.media_type}
        try:
            answer = self.ask("POST", f"{self.path}/media", data=form, files={"file": (file.name, file.content, file.media_type)})
        except SendFailed as error:
            raise SendFailed(str(error), is_final=error.is_final, wait_s=error.wait_s) from error
        shown = {"id": words(answer.get("id"))}
        return ("image", shown) if file.media_type in PICTURES else ("document", {**shown, "filename": file.name})

    def fetch(self, media: Media) -> bytes:
        """The file: Meta names an address for five minutes, which wants the token too. Raises FileRefused or SendFailed."""
        if not re.fullmatch(r"[\w-]{1,100}", media.ref, re.ASCII):
            raise SendFailed("WhatsApp does not hand this file on", is_final=True)
        found = self.ask("GET", f"/{media.ref}", params={"phone_number_id": self.account.id})
        size = found.get("file_size")
        if isinstance(size, int) and size > LARGEST_FILE:
            raise FileRefused("too_large")
        return self.graph.download(words(found.get("url")))

    def mark_seen(self, to: str, provider_id: str) -> None:
        """Two blue ticks, and that somebody writes, until we answer or for 25 seconds. Raises SendFailed."""
        seen = {"messaging_product": "whatsapp", "status": "read", "message_id": provider_id, "typing_indicator": {"type": "text"}}
        self.ask("POST", f"{self.path}/messages", json=seen)


def rows_of(choices: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Choices as the rows of a list: a label that is too long for a title is cut there, and stands below it whole."""
    titles = [label if len(label) <= ROW_TITLE else cut(label) for _id, label in choices]
    if len(set(titles)) < len(titles):  # cut, they look alike
        titles = [f"{place}. {label}"[:ROW_TITLE] for place, (_id, label) in enumerate(choices, 1)]
    given = zip(choices, titles, strict=True)
    return [{"id": key, "title": title} | ({"description": label} if label != title else {}) for (key, label), title in given]


def cut(label: str) -> str:
    """The beginning of a label, as whole words where there are some."""
    head = label[: ROW_TITLE - 1]
    return f"{head.rpartition(' ')[0] or head}…"


def names_in(value: Mapping[str, Any]) -> dict[str, str]:
    """What the customers of a webhook are called, by number and by business-scoped id."""
    known: dict[str, str] = {}
    for contact in parts(value, "contacts"):
        profile = part(contact, "profile")
        name = words(profile.get("name"), LONGEST_NAME) or words(profile.get("username"), LONGEST_NAME)
        known |= {words(contact.get(key)): name for key in ("wa_id", "user_id") if name and contact.get(key)}
    return known


def arrival_of(message: Mapping[str, Any], names: Mapping[str, str]) -> Arrival | None:
    """A message, an edit or a deletion; None for what asks for no answer (a reaction, a changed number, words to a group).

    A sticker and what WhatsApp does not hand on are messages with nothing in them: the customer hears what can be read here.
    """
    number, scoped = (words(message.get(key), LONGEST_ADDRESS) for key in ("from", "from_user_id"))
    key, sender, kind = id_of(message.get("id")), number or scoped, words(message.get("type"))
    if not key or not sender or message.get("group_id"):
        return None
    said = part(message, kind)
    whose: dict[str, Any] = {"at": moment(message.get("timestamp")), "name": names.get(number) or names.get(scoped)}
    whose["phone"] = f"+{number}" if re.fullmatch("[0-9]{7,15}", number) else None
    if kind in ("edit", "revoke"):
        about = id_of(said.get("original_message_id"))
        edited, of = part(said, "message"), ArrivalKind.EDIT if kind == "edit" else ArrivalKind.DELETION
        return Arrival(key, of, sender, text=text_of(edited), about=about, **whose) if about else None
    text, media, choice = text_of(message), media_of(message), choice_of(message)
    is_unseen = kind == "sticker" or (kind == "unsupported" and said.get("type") in UNSEEN)
    if not (text or media or choice or is_unseen):
        return None
    answered = id_of(part(message, "context").get("id"))
    whose["refers"] = (answered,) if answered else ()
    return Arrival(key, ArrivalKind.MESSAGE, sender, text=text, media=media, choice=choice, **whose)


def text_of(message: Mapping[str, Any]) -> str:
    """What a message says in words: its text, its caption, the label that was tapped, the place or the person it names."""
    kind = words(message.get("type"))
    said = part(message, kind)
    if kind == "location":
        place = [words(said.get("name")), words(said.get("address")), *(scalar(said.get(one)) for one in ("latitude", "longitude"))]
        return words(", ".join(one for one in place if one))
    if kind == "contacts":
        return "\n".join(person_in(contact) for contact in parts(message, "contacts")).strip()
    if kind == "interactive":
        said = part(said, words(said.get("type")))
        return words(said.get("description")) or words(said.get("title"))  # of a row that we cut, the whole label
    shown = {"text": "body", "button": "text", "order": "text"}
    return words(said.get(shown.get(kind, "caption")))


def person_in(contact: Mapping[str, Any]) -> str:
    """A shared contact in a line: the name and the numbers."""
    numbers = (words(phone.get("phone")) for phone in parts(contact, "phones"))
    return " ".join(one for one in (words(part(contact, "name").get("formatted_name")), *numbers) if one)


def media_of(message: Mapping[str, Any]) -> tuple[Media, ...]:
    """The file of a message. Without a `ref` where WhatsApp lost it: whoever fetches it learns that."""
    kind = words(message.get("type"))
    said = part(message, kind)
    found = Media(words(said.get("id"), 100), words(said.get("filename"), LONGEST_NAME), words(said.get("mime_type"), 100))
    return (found,) if kind in FILES else ()


def choice_of(message: Mapping[str, Any]) -> str | None:
    """The id of the choice that was tapped. A template's button (`button`) offers none of ours: it is read as its words."""
    said = part(message, "interactive")
    return words((part(said, "button_reply") or part(said, "list_reply")).get("id")) or None


def receipt_of(status: Mapping[str, Any]) -> Arrival | None:
    """What became of a message of ours. `refers` holds our own key of it."""
    about, state = id_of(status.get("id")), words(status.get("status"))
    if not about or state not in STATES:
        return None
    ours = words(status.get("biz_opaque_callback_data"), 64)
    error = next(iter(parts(status, "errors")), {}) if state == "failed" else {}
    return Arrival(
        id_of(f"{about}:{state}"),
        ArrivalKind.RECEIPT,
        words(status.get("recipient_id"), LONGEST_ADDRESS) or words(status.get("recipient_user_id"), LONGEST_ADDRESS),
        at=moment(status.get("timestamp")),
        about=about,
        state=state,
        why=why_of(error) or None,
        closes_window=error.get("code") in CLOSES_WINDOW,
        refers=(ours,) if ours else (),
    )


def open_meta_whatsapp(env: Mapping[str, str], door: str | None) -> MetaWhatsApp | None:
    """WhatsApp through Meta; None where it is not set up. Raises BadSetting."""
    account = account_in(env, "AMENDS_WHATSAPP_PHONE_ID", "AMENDS_WHATSAPP_TOKEN")
    if account is None:
        return None
    named = env.get("AMENDS_WHATSAPP_TEMPLATE", "")
    if named and not re.fullmatch(r"[a-z0-9_]{1,512}:[a-z]{2,3}(_[A-Za-z]{2,4})?", named):
        raise BadSetting(f"AMENDS_WHATSAPP_TEMPLATE is {named!r}: use NAME:LANGUAGE, such as case_update:en_US.")
    list_label = env.get("AMENDS_WHATSAPP_LIST_LABEL") or LIST_LABEL
    if len(list_label) > BUTTON_LABEL:
        raise BadSetting(f"AMENDS_WHATSAPP_LIST_LABEL is {list_label!r}: use at most {BUTTON_LABEL} characters.")
    name, _, language = named.partition(":")
    return MetaWhatsApp(account, (name, language) if named else None, list_label)

"""WhatsApp's Cloud API as documented: its webhooks, and what it accepts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.standins.meta import TOKEN, GraphStandIn, Webhook, failed, running
from tests.standins.standin import Arrived

PHONE_ID = "106540352242922"


class WhatsAppStandIn(GraphStandIn):
    channel, object, account = "whatsapp", "whatsapp_business_account", PHONE_ID
    ours = f"AMENDS_WHATSAPP_PHONE_ID={PHONE_ID} AMENDS_WHATSAPP_TOKEN={TOKEN} AMENDS_WHATSAPP_TEMPLATE=case_update:en_US"
    too_many, refusal = 130429, (131026, None)

    def message(
        self, sender: str, text: str, id: str, at: datetime, photo: str | None = None, choice: tuple[str, str] | None = None
    ) -> Webhook:
        who = {"from": sender} if sender.isdigit() else {"from_user_id": sender}
        whole: Webhook = {**who, "id": id, "timestamp": str(int(at.timestamp()))}
        if choice:
            reply = {"type": "list_reply", "list_reply": {"id": choice[0], "title": choice[1][:24], "description": choice[1]}}
            return {**whole, "type": "interactive", "interactive": reply}
        if photo:
            shown = {"id": photo, "mime_type": "image/png", "sha256": "bm90LWNoZWNrZWQ="} | ({"caption": text} if text else {})
            return {**whole, "type": "image", "image": shown}
        return {**whole, "type": "text", "text": {"body": text}}

    def receipt(self, arrived: Arrived, state: str) -> Webhook:
        whole: Webhook = {"id": arrived.id, "status": state, "timestamp": "1764440000", "recipient_id": arrived.to}
        whole["biz_opaque_callback_data"] = arrived.raw["biz_opaque_callback_data"]
        if state == "failed":
            whole["errors"] = [{"code": 131026, "title": "Message undeliverable", "message": "Message undeliverable"}]
        return whole

    def entries(
        self, messages: list[Webhook] | None = None, receipts: list[Webhook] | None = None, account: str | None = None
    ) -> list[dict[str, Any]]:
        value: dict[str, Any] = {"messaging_product": "whatsapp"}
        value["metadata"] = {"display_phone_number": "15550783881", "phone_number_id": account or self.account}
        if messages:
            senders = dict.fromkeys(one.get("from", "") for one in messages)
            value["contacts"] = [{"profile": {"name": "Sheena Nelson"}, "wa_id": sender} for sender in senders if sender]
            value["messages"] = messages
        if receipts:
            value["statuses"] = receipts
        return [{"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}]

    def posted(self, path: str, told: dict[str, Any], content: bytes) -> Response:
        if path == f"{self.account}/media":
            return self.uploaded(told, content)
        if path != f"{self.account}/messages" or told.get("messaging_product") != "whatsapp":
            return failed(100, "Unsupported post request", subcode=33)
        if told.get("status") == "read":
            self.marked.append(told["message_id"])
            return JSONResponse({"success": True})
        how, answer = self.mishap()
        wrong = answer or self.wrong_with(told)
        if wrong:
            return wrong
        arrived = self.seen_as(told)
        who = {"input": arrived.to, "wa_id": arrived.to}
        return self.taken(how, arrived, {"messaging_product": "whatsapp", "contacts": [who], "messages": [{"id": arrived.id}]})

    def uploaded(self, told: dict[str, Any], content: bytes) -> Response:
        if told.get("messaging_product") != "whatsapp" or told.get("type") not in ("image/jpeg", "image/png", "application/pdf"):
            return failed(100, "Param file must be a file with one of the following types")
        kept = {"id": self.keep(content)}
        return failed(131000, "Something went wrong", 500) if self.loses_uploads else JSONResponse(kept)

    def wrong_with(self, told: dict[str, Any]) -> Response | None:
        """The documented refusal of what breaks a documented limit."""
        kind = told.get("type")
        customer = told.get("to") or told.get("recipient", "")
        if (
            kind not in ("text", "interactive", "image", "document", "template")
            or not customer
            or len(told["biz_opaque_callback_data"]) > 512
        ):
            return failed(131008, "Required parameter is missing")
        if kind != "template" and customer in self.closed:
            return failed(131047, "Re-engagement message")
        said = told[kind]
        if kind == "template" and (said["name"], said["language"]["code"]) != ("case_update", "en_US"):
            return failed(132001, "Template name does not exist in the translation", 404)
        if (kind == "text" and not 0 < len(said["body"]) <= 4096) or len(said.get("caption", "")) > 1024:
            return failed(100, "Param text['body'] must be at most 4096 characters long.")
        if kind in ("image", "document") and said["id"] not in self.files:
            return failed(131009, "Media id is not valid")
        return wrong_with_choices(said) if kind == "interactive" else None

    def seen_as(self, told: dict[str, Any]) -> Arrived:
        """What the customer sees of it."""
        kind = told["type"]
        said, to, key = told[kind], told.get("to") or told["recipient"], self.new_id()
        files = tuple(self.files[one] for one in (said.get("id"),) if one in self.files)
        if kind == "template":
            values = [one["text"] for part in said["components"] for one in part["parameters"]]
            return Arrived(to, " | ".join([said["name"], *values]), key, is_template=True, raw=told)
        if kind == "interactive":
            return Arrived(to, said["body"]["text"], key, choices_in(said), raw=told)
        return Arrived(to, said.get("body") or said.get("caption", ""), key, files=files, raw=told)

    def file_named(self, path: str, request: Request) -> Response:
        if path not in self.files or request.query_params.get("phone_number_id", self.account) != self.account:
            return failed(100, "Unsupported get request", subcode=33)
        url, size = f"{self.url}/cdn/{path}", len(self.files[path])
        return JSONResponse({"messaging_product": "whatsapp", "url": url, "mime_type": "image/png", "file_size": size, "id": path})

    def file_at(self, path: str, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        return super().file_at(path, request)


def choices_in(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What can be tapped: buttons, or the rows of a list."""
    action = said["action"]
    if said["type"] == "button":
        return tuple((one["reply"]["id"], one["reply"]["title"]) for one in action["buttons"])
    return tuple((row["id"], row.get("description", row["title"])) for section in action["sections"] for row in section["rows"])


def wrong_with_choices(said: dict[str, Any]) -> Response | None:
    """The refusal of an interactive message that breaks a documented limit."""
    action = said["action"]
    if said["type"] == "button":
        found = [(one["reply"]["id"], one["reply"]["title"], "") for one in action["buttons"]]
        most, title_length, id_length, opener = 3, 20, 256, "-"
    else:
        rows = [row for section in action["sections"] for row in section["rows"]]
        found = [(row["id"], row["title"], row.get("description", "")) for row in rows]
        most, title_length, id_length, opener = 10, 24, 200, action["button"]
    fits = all(0 < len(key) <= id_length and 0 < len(title) <= title_length and len(more) <= 72 for key, title, more in found)
    differ = len({title for _key, title, _more in found}) == len(found) == len({key for key, _title, _more in found})
    if not (fits and differ and 0 < len(found) <= most and 0 < len(opener) <= 20 and 0 < len(said["body"]["text"]) <= 1024):
        return failed(131009, f"Parameter value is not valid: {json.dumps(action)[:80]}")
    return None


@contextmanager
def whatsapp(door: str = "") -> Iterator[WhatsAppStandIn]:
    """WhatsApp on a port of its own, while it is needed."""
    with running(WhatsAppStandIn(door)) as one:
        yield one

"""Messenger's Send API as documented: its webhooks, and what it accepts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import now
from tests.standins.meta import TOKEN, GraphStandIn, Webhook, failed, running
from tests.standins.standin import Arrived

PAGE_ID = "682498302938465"


class MessengerStandIn(GraphStandIn):
    """`tags`: whether Meta granted the app the tag HUMAN_AGENT."""

    channel, object, account, tags = "messenger", "page", PAGE_ID, True
    ours = f"AMENDS_MESSENGER_PAGE_ID={PAGE_ID} AMENDS_MESSENGER_TOKEN={TOKEN}"
    too_many, refusal = 613, (551, 1545041)

    def event(self, sender: str, at: datetime, **what: Any) -> Webhook:
        """One thing that somebody did to the page."""
        return {"sender": {"id": sender}, "recipient": {"id": self.account}, "timestamp": int(at.timestamp() * 1000), **what}

    def message(
        self, sender: str, text: str, id: str, at: datetime, photo: str | None = None, choice: tuple[str, str] | None = None
    ) -> Webhook:
        said: dict[str, Any] = {"mid": id, **({"text": text} if text else {})}
        if choice:
            said["quick_reply"] = {"payload": choice[0]}
        if photo:
            said["attachments"] = [{"type": "image", "payload": {"url": f"{self.url}/cdn/{photo}"}}]
        return self.event(sender, at, message=said)

    def receipt(self, arrived: Arrived, state: str) -> Webhook:
        """Deliveries name messages, reads name an instant; Messenger tells of no failure afterwards."""
        assert state in ("delivered", "read"), f"Messenger never tells that a message was {state}"
        at = now()
        if state == "delivered":
            return self.event(arrived.to, at, delivery={"mids": [arrived.id], "watermark": int(at.timestamp() * 1000)})
        return self.event(arrived.to, at, read={"watermark": int(at.timestamp() * 1000)})

    def misbehaves(self, how: str, times: int) -> None:
        assert how != "late_failure", "what Messenger took it delivers, or it says nothing more of it"
        super().misbehaves(how, times)

    def sent(self, arrived: Arrived) -> list[dict[str, Any]]:
        """Our own message, coming back as an echo."""
        said = {"is_echo": True, "app_id": 1517776481860111, "mid": arrived.id, "text": arrived.text}
        event = self.event(self.account, now(), message={**said, "metadata": arrived.raw["metadata"]})
        return self.entries([{**event, "recipient": {"id": arrived.to}}])

    def entries(
        self, messages: list[Webhook] | None = None, receipts: list[Webhook] | None = None, account: str | None = None
    ) -> list[dict[str, Any]]:
        events = [*(messages or []), *(receipts or [])]
        return [{"id": account or self.account, "time": event["timestamp"], "messaging": [event]} for event in events]

    def posted(self, path: str, told: dict[str, Any], content: bytes) -> Response:
        form = {key: json.loads(told[key]) if isinstance(told.get(key), str) else told.get(key, {}) for key in ("recipient", "message")}
        to, message = form["recipient"].get("id", ""), form["message"]
        if path != f"{self.account}/messages" or not to:
            return failed(100, "Unsupported post request", subcode=33)
        if "sender_action" in told:
            self.marked.append(f"{to}:{told['sender_action']}")
            return JSONResponse({"recipient_id": to})
        how, answer = self.mishap()
        wrong = answer or self.wrong_with(to, told, message, content)
        if wrong:
            return wrong
        choices = tuple((one["payload"], one["title"]) for one in message.get("quick_replies", []))
        arrived = Arrived(to, message.get("text", ""), self.new_id(), choices, (content,) if content else (), raw=message)
        return self.taken(how, arrived, {"recipient_id": to, "message_id": arrived.id})

    def wrong_with(self, to: str, told: dict[str, Any], message: dict[str, Any], content: bytes) -> Response | None:
        """The documented refusal of what breaks a documented limit."""
        is_tagged = told.get("messaging_type") == "MESSAGE_TAG" and told.get("tag") == "HUMAN_AGENT"
        if not is_tagged and told.get("messaging_type") != "RESPONSE":
            return failed(100, "Invalid parameter: messaging_type")
        if is_tagged and not self.tags:
            return failed(100, "Tag is not allowed", subcode=2018100)
        if to in self.closed and not is_tagged:
            return failed(10, "This message is sent outside of allowed window.", 403, 2018278)
        replies = message.get("quick_replies", [])
        if len(replies) > 13 or any(not 0 < len(one["title"]) <= 20 or len(one["payload"]) > 1000 for one in replies):
            return failed(100, "Invalid parameter: quick_replies")
        if ("attachment" in message) == ("text" in message) or ("attachment" in message) != bool(content):
            return failed(100, "Send either a text or an attachment")
        return failed(100, "Length of param message[text] must be at most 2000") if len(message.get("text", "")) > 2000 else None

    def file_at(self, path: str, request: Request) -> Response:
        assert "authorization" not in request.headers, "our token went to where files lie"
        return super().file_at(path, request)


@contextmanager
def messenger(door: str = "") -> Iterator[MessengerStandIn]:
    """Messenger on a port of its own, while it is needed."""
    with running(MessengerStandIn(door)) as one:
        yield one

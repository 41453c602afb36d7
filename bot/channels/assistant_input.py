"""The assistant's own door inside Rasa: one message in, its words out, for whoever knows the secret.

Rasa's stock `rest` channel answers 200 and an empty list when a turn crashed; this one answers an error as an error.
"""

import hmac
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

log = structlog.get_logger(__name__)
Hear = Callable[[UserMessage], Awaitable[Any]]


class AssistantInput(InputChannel):
    """Named `amends`: POST /webhooks/amends/webhook with {sender, text, metadata}."""

    def __init__(self, secret: str) -> None:
        self.expected = f"Bearer {secret}".encode()

    @classmethod
    def name(cls) -> str:
        return "amends"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "AssistantInput":
        secret = (credentials or {}).get("secret")
        if not secret:
            cls.raise_missing_credentials_exception()
        return cls(str(secret))

    def blueprint(self, on_new_message: Hear) -> Blueprint:
        """The two routes: is it there, and what does it say to this."""
        routes = Blueprint("amends", __name__)

        @routes.get("/")
        async def ready(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get("authorization", "").encode(), self.expected):
                return response.json({"error": "The secret is missing or wrong."}, status=401)
            body = request.json if isinstance(request.json, dict) else {}
            sender, text, metadata = body.get("sender"), body.get("text"), body.get("metadata")
            if not (isinstance(sender, str) and sender and isinstance(text, str) and isinstance(metadata, dict)):
                return response.json({"error": "Send {sender: text, text: text, metadata: object}."}, status=400)
            return await answer(on_new_message, sender, text, metadata)

        return routes


async def answer(on_new_message: Hear, sender: str, text: str, metadata: dict[str, Any]) -> HTTPResponse:
    """Lets Rasa hear one message; what it says, or an error if its turn did not end well."""
    said = CollectingOutputChannel()
    message_id = metadata.get("message_id")
    message = UserMessage(
        text, said, sender, input_channel=AssistantInput.name(), message_id=message_id, metadata={**metadata, "message_id": message_id}
    )
    try:
        await on_new_message(message)
    except CancelledError:
        log.warning("assistant.turn_cancelled", sender=sender)
        raise
    except Exception as error:  # the edge of this process: whatever a turn raises is told to the caller
        # Its kind only: a traceback with its values would carry the customer's words into the log.
        log.error("assistant.turn_failed", sender=sender, why=type(error).__name__)
        return response.json({"error": type(error).__name__}, status=500)
    return response.json({"messages": said.messages})

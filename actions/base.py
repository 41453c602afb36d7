"""What every action shares: the shop, opened once, and the parse of the latest message as a value."""

import asyncio
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot import clock
from bot.bootstrap import open_shop
from bot.cases.heard import Heard, HowLong, OwnWords, Retold, Thing, Told, Unreadable, led_by
from bot.cases.issue import Issue
from bot.errors import NotAllowed
from bot.handling import intake
from bot.handling.intake import Outcome
from bot.handling.shop import Shop
from bot.ports import Reply

log = structlog.get_logger(__name__)


@lru_cache(maxsize=1)
def shop() -> Shop:
    """The shop of this process."""
    return open_shop()


class CaseAction(Action, ABC):
    """An action over a case. Its work runs in a thread, since the store waits and the server must not."""

    @abstractmethod
    def name(self) -> str:
        """The name the domain knows it by."""

    @abstractmethod
    def act(self, heard: Heard, dispatcher: CollectingDispatcher) -> list[dict[str, Any]]:
        """The work, with what was heard; returns Rasa events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return await asyncio.get_running_loop().run_in_executor(None, self.act, heard_in(tracker), dispatcher)


def heard_in(tracker: Tracker) -> Heard:
    """The latest message as the pipeline of config.yml parsed it."""
    parse: dict[str, Any] = tracker.latest_message or {}
    intent = parse.get("intent") or {}
    entities = tuple((str(one["entity"]), str(one["value"])) for one in parse.get("entities") or () if one.get("value") is not None)
    severity, retold = parse.get("severity") or {}, _retold(parse.get("retold"))
    told = tuple(Told(Issue(one["name"]), str(one["text"]), float(one["confidence"])) for one in parse.get("issues") or ())
    message_id = (parse.get("metadata") or {}).get("message_id") or parse.get("message_id") or ""
    return Heard(
        message_id=str(message_id),
        sender_id=tracker.sender_id,
        text=parse.get("text") or "",
        intent=intent.get("name"),
        confidence=float(intent.get("confidence") or 0.0),
        entities=tuple(pair for pair in entities if pair[0] != "choice"),
        reasons=tuple(severity.get("reasons") or ()),
        anger=float(parse.get("anger") or 0.0),
        abuse=bool(parse.get("abuse")),
        retold=retold,
        retold_beside=_retold(parse.get("retold_beside")),
        phrase=(parse.get("what_happened") or {}).get("text"),
        own_words=_own_words(parse.get("own_words")),
        how_long=HowLong(**parse["how_long"]) if parse.get("how_long") else None,
        things=tuple(Thing(**one) for one in parse.get("things") or ()),
        ranking=tuple((one["name"], float(one["confidence"])) for one in parse.get("intent_ranking") or ()),
        choice=next((value for name, value in entities if name == "choice"), None),
        told=led_by(told, retold),
        unreadable=Unreadable(**parse["unreadable"]) if parse.get("unreadable") else None,
    )


def _retold(found: dict[str, Any] | None) -> Retold | None:
    if not found:
        return None
    issues = tuple(map(Issue, found["issues"]))
    return Retold(str(found["text"]), bool(found["asks"]), issues, bool(found["beside"]), bool(found["harm"]), int(found["start"]))


def _own_words(found: dict[str, Any] | None) -> OwnWords | None:
    return OwnWords(str(found["text"]), bool(found["tells"])) if found else None


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """One bubble: the finished text, its choices and its card."""
    buttons = [{"title": choice["label"], "payload": choice["payload"]} for choice in reply.choices]
    dispatcher.utter_message(text=reply.text, buttons=buttons or None, json_message={"card": reply.card} if reply.card else None)


def hear(heard: Heard) -> Outcome:
    """Decides on the message, or finds what was decided. A sender nobody knows is refused in words."""
    try:
        return intake.hear(shop(), heard, clock.now())
    except NotAllowed as refusal:
        log.warning("action.refused", sender=heard.sender_id, why=str(refusal))
        return Outcome(Reply(shop().wording.say("refuse_unknown_sender")), None)

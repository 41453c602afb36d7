"""What people do in a chat, over HTTP. Each is one deed of bot/handling/desk_deeds.py; errors are told in its words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import ACTS, SUPERVISES, Agent
from bot.cases.wording import flaws
from bot.desk.door import Door
from bot.handling import desk_deeds as deeds
from bot.handling import people, public_posts
from bot.handling.files import keep_file
from bot.handling.person_words import take_back
from bot.handling.thread import conversation_of, desk_file_json, held_json, note_json
from bot.ports import FileMaker
from bot.web.bodies import client_id_in, file_ids_of, instant_of, json_object, text_of
from bot.web.file_bodies import AT_ONCE, file_in

LONGEST_CHECKED = 8_000  # characters
Body = dict[str, Any]
Deed = Callable[[Agent, str, Body], Any]


@dataclass(frozen=True)
class ChatDeeds:
    """Each method is an endpoint: it takes who, the case's reference and the body, and gives the answer."""

    door: Door

    def take(self, agent: Agent, ref: str, body: Body) -> Body:
        conversation_of(self.door.shop, agent, ref)  # what is not for this person's eyes is not theirs to take
        return {"version": people.take(self.door.shop, ref, agent.name, self.door.now(), version_of(body)).handler_version}

    def reply(self, agent: Agent, ref: str, body: Body) -> Body:
        text = text_of(body, "text") or ""
        asked = deeds.Reply(text, key_of(body), version_of(body), tuple(file_ids_of(body)), body.get("resolve") is True)
        sent = deeds.send(self.door.shop, agent, ref, asked, self.door.now(), self.door.undo_s)
        message = {"id": sent.message.id, "seq": sent.message.seq} if sent.message else None
        held = held_json(sent.held) if sent.held else None
        return {"message": message, "held": held, "version": sent.version, "warnings": warnings_of(text)}

    def hand_back(self, agent: Agent, ref: str, body: Body) -> Body:
        note = text_of(body, "note") or ""
        return {"version": people.hand_back(self.door.shop, ref, note, self.door.now(), agent.name, version_of(body)).handler_version}

    def resolve(self, agent: Agent, ref: str, body: Body) -> Body:
        return {"version": deeds.resolve(self.door.shop, agent, ref, self.door.now(), version_of(body)).handler_version}

    def assign(self, agent: Agent, ref: str, body: Body) -> Body:
        to = text_of(body, "to") or None
        return {"version": deeds.assign(self.door.shop, agent, ref, to, self.door.now(), version_of(body)).handler_version}

    def note(self, agent: Agent, ref: str, body: Body) -> Body:
        return self._note(agent, ref, body, "note")

    def whisper(self, agent: Agent, ref: str, body: Body) -> Body:
        return self._note(agent, ref, body, "whisper")

    def _note(self, agent: Agent, ref: str, body: Body, kind: str) -> Body:
        text = text_of(body, "text") or ""
        return {"note": note_json(deeds.note(self.door.shop, agent, ref, text, key_of(body), self.door.now(), kind))}

    def draft(self, agent: Agent, ref: str, body: Body) -> Body:
        mode, text = text_of(body, "mode") or "reply", text_of(body, "text") or ""
        deeds.keep_draft(self.door.shop, agent, ref, mode, text, self.door.now())
        return {}

    def looking(self, agent: Agent, ref: str, body: Body) -> Body:
        deeds.looking(self.door.shop, agent, ref, self.door.now(), gone=body.get("gone") is True)
        return {}

    def snooze(self, agent: Agent, ref: str, body: Body) -> Body:
        deeds.snooze(self.door.shop, agent, ref, instant_of(body, "until"), self.door.now())
        return {}

    def label(self, agent: Agent, ref: str, body: Body) -> Body:
        message, what = text_of(body, "message") or "", text_of(body, "what") or ""
        deeds.label(self.door.shop, agent, ref, message, text_of(body, "intent"), what, self.door.now())
        return {}

    def public_reply(self, agent: Agent, ref: str, body: Body) -> Body:
        return public_posts.decide(self.door.shop, agent, ref, body, self.door.now())

    def undo(self, agent: Agent, held_id: str, _body: Body) -> Body:
        held = take_back(self.door.shop, agent.name, held_id, self.door.now())
        return {"text": held.text, "files": held.files}


def deed_routes(door: Door, maker: FileMaker) -> list[Route]:
    """POST below /desk/api/chats/REF, /desk/api/held/ID/undo, /desk/api/files and /desk/api/check."""
    do = ChatDeeds(door)
    everybodys = (
        do.take,
        do.reply,
        do.hand_back,
        do.resolve,
        do.assign,
        do.note,
        do.draft,
        do.looking,
        do.snooze,
        do.label,
        do.public_reply,
    )
    on_chats = [(deed, ACTS) for deed in everybodys] + [(do.whisper, SUPERVISES)]
    return [
        *(
            Route(f"/desk/api/chats/{{ref}}/{deed.__name__.replace('_', '-')}", door.acts(_doing(deed), roles), methods=["POST"])
            for deed, roles in on_chats
        ),
        Route("/desk/api/held/{ref}/undo", door.acts(_doing(do.undo)), methods=["POST"]),
        Route("/desk/api/check", door.acts(_check), methods=["POST"]),
        Route("/desk/api/files", door.acts(_keeps(door, maker)), methods=["POST"]),
    ]


def _doing(deed: Deed) -> Callable[[Request, Agent], Awaitable[Response]]:
    async def do(request: Request, agent: Agent) -> Response:
        body, ref = await json_object(request), request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(deed, agent, ref, body))

    return do


async def _check(request: Request, _agent: Agent) -> Response:
    return JSONResponse({"warnings": warnings_of(text_of(await json_object(request), "text") or "")})


def _keeps(door: Door, maker: FileMaker) -> Callable[[Request, Agent], Awaitable[Response]]:
    """Keeps one file for a reply, written anew as a customer's is. The chat is named in the address: ?chat=REF&client_id=..."""
    limiter: list[CapacityLimiter] = []

    async def keep(request: Request, agent: Agent) -> Response:
        ref, client_id = request.query_params.get("chat", ""), client_id_in(request.query_params.get("client_id"))
        chat = await to_thread.run_sync(conversation_of, door.shop, agent, ref)
        too_large = HTTPException(413, door.shop.wording.say("refuse_file_too_large", chat))
        name, raw = await file_in(request, too_large)
        limiter[:] = limiter or [CapacityLimiter(AT_ONCE)]
        kept = partial(keep_file, door.shop, maker, chat, client_id, name, raw, door.now())
        return JSONResponse(desk_file_json(await to_thread.run_sync(kept, limiter=limiter[0])), 201)

    return keep


def warnings_of(text: str) -> list[Body]:
    """What could be said better, by the rules of docs/rules.md; none of it stops a person's words."""
    found = flaws(text[:LONGEST_CHECKED])
    return [{"rule": one.rule, "kind": one.kind, "problem": one.words, "better": one.better, "start": one.start} for one in found]


def version_of(body: Body) -> int | None:
    """The version of the chat that the page saw; none is asked for where it is left out."""
    value = body.get("version")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise HTTPException(400, "version must be a whole number.")
    return value


def key_of(body: Body) -> str:
    """The page's own id of what it sends: sent again under the same one, it is done once."""
    try:
        return client_id_in(text_of(body, "key"))
    except HTTPException as error:
        raise HTTPException(400, error.detail.replace("client_id", "key")) from error

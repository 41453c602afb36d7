"""The way back of somebody who has left: the link of a mail opens its conversation once, and another link stops such mails."""

import html
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.bootstrap import open_links
from bot.cases.way_back import Links
from bot.handling.coming_back import check_theirs, come_in, stop
from bot.handling.shop import Shop
from bot.settings import Settings
from bot.web import session
from bot.web.addresses import address_of
from bot.web.bodies import client_id_of, json_object, text_of
from bot.web.conversations import Chat
from bot.web.languages import Languages, direction

# Nothing but its own form: no script, no style, no picture, and no page around it.
POLICY = {"content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}


@dataclass(frozen=True)
class Back:
    """What the endpoints need."""

    chat: Chat
    links: Links
    languages: Languages

    async def go_on(self, request: Request) -> JSONResponse:
        """A session of the conversation that the link is of. The token is in the body, so that no log of addresses keeps it."""
        body = await json_object(request)
        token, browser = text_of(body, "token") or "", client_id_of(body)
        customer = self._customer(body)
        chat = self.chat
        chat.limits.begin(address_of(request, chat.trusted_proxies), customer)
        found = await to_thread.run_sync(lambda: come_in(chat.shop, self.links, token, browser, chat.now(), customer))
        return JSONResponse({"id": found, "token": session.sign(chat.session_secret, found, chat.now())})

    async def check_mine(self, request: Request) -> Response:
        """Whether the conversation that the request speaks for is that of the customer who is signed in."""
        chat, conversation_id = self.chat, self.chat.conversation_of(request)
        chat.limits.fetch(conversation_id)
        customer = self._customer(await json_object(request))
        if not customer:
            raise HTTPException(400, "identity must be what the shop signed.")
        await to_thread.run_sync(check_theirs, chat.shop, conversation_id, customer)
        return Response(status_code=204)

    def _customer(self, body: dict[str, Any]) -> str | None:
        identity = text_of(body, "identity")
        return session.customer_in(self.chat.identity_secret, identity, self.chat.now()) if identity else None

    async def ask(self, request: Request) -> HTMLResponse:
        """Asks; nothing is changed, since mail programs open links by themselves."""
        say, token = self._words(request), self._token(request)
        if self.links.stopped(token) is None:
            return say.page("refused", 400)
        button = f"<button>{html.escape(say.text('button'))}</button>"
        return say.page("ask", form=f'<form method="post" action="/mail/stop?of={html.escape(token)}">{button}</form>')

    async def stop(self, request: Request) -> HTMLResponse:
        say, token, chat = self._words(request), self._token(request), self.chat
        if self.links.stopped(token) is None:
            return say.page("refused", 400)
        await to_thread.run_sync(lambda: stop(chat.shop, self.links, token, chat.now()))
        return say.page("done")

    def _token(self, request: Request) -> str:
        if request.method == "HEAD":
            raise HTTPException(405)
        return request.query_params.get("of", "")

    def _words(self, request: Request) -> "StopPage":
        language = self.languages.wanted(request.headers.get("accept-language", ""))
        return StopPage(self.chat.shop, self.languages, language)


@dataclass(frozen=True)
class StopPage:
    """The page on which somebody asks for no more mails, in their browser's language."""

    shop: Shop
    languages: Languages
    language: str

    def text(self, name: str) -> str:
        return self.languages.say(self.language, self.shop, f"mail_stop_{name}", shop=self.shop.name)

    def page(self, name: str, status: int = 200, form: str = "") -> HTMLResponse:
        title = html.escape(self.text("title"))
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        main = f"<main><h1>{title}</h1><p>{html.escape(self.text(name))}</p>{form}</main>"
        opening = f'<html lang="{self.language}" dir="{direction(self.language)}">'
        page = f"<!doctype html>{opening}<head>{head}</head><body>{main}</body></html>"
        return HTMLResponse(page, status, headers={**POLICY, "vary": "accept-language"})


def back_routes(chat: Chat, settings: Settings, languages: Languages) -> list[Route]:
    """/api/continue, /api/mine and /mail/stop, where there is a page to come back to."""
    links = open_links(settings)
    if links is None:
        return []
    back = Back(chat, links, languages)
    return [
        Route("/api/continue", back.go_on, methods=["POST"]),
        Route("/api/mine", back.check_mine, methods=["POST"]),
        Route("/mail/stop", back.ask, methods=["GET"]),
        Route("/mail/stop", back.stop, methods=["POST"]),
    ]

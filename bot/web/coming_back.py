"""The way back of somebody who has left: the link of a mail opens its conversation once, and another link stops such mails."""

import html
from dataclasses import dataclass

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from bot.bootstrap import open_links
from bot.cases.way_back import Links
from bot.handling.coming_back import come_in, stop
from bot.settings import Settings
from bot.web import session
from bot.web.addresses import address_of
from bot.web.bodies import client_id_of, json_object, text_of
from bot.web.conversations import Chat

# Nothing but its own form: no script, no style, no picture, and no page around it.
POLICY = {"content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}


@dataclass(frozen=True)
class Back:
    """What the endpoints need."""

    chat: Chat
    links: Links

    async def go_on(self, request: Request) -> JSONResponse:
        """A session of the conversation that the link is of. The token is in the body, so that no log of addresses keeps it."""
        body = await json_object(request)
        token, browser = text_of(body, "token") or "", client_id_of(body)
        chat = self.chat
        chat.limits.begin(address_of(request, chat.trusted_proxies), None)
        found = await to_thread.run_sync(lambda: come_in(chat.shop, self.links, token, browser, chat.now()))
        return JSONResponse({"id": found, "token": session.sign(chat.session_secret, found, chat.now())})

    async def ask(self, request: Request) -> HTMLResponse:
        """Asks; nothing is changed, since mail programs open links by themselves."""
        say, token = self.chat.shop.wording.say, self._token(request)
        if self.links.stopped(token) is None:
            return self._page(say("mail_stop_refused"), 400)
        button = f"<button>{html.escape(say('mail_stop_button'))}</button>"
        form = f'<form method="post" action="/mail/stop?of={html.escape(token)}">{button}</form>'
        return self._page(say("mail_stop_ask", shop=self.chat.shop.name), form=form)

    async def stop(self, request: Request) -> HTMLResponse:
        say, token, chat = self.chat.shop.wording.say, self._token(request), self.chat
        if self.links.stopped(token) is None:
            return self._page(say("mail_stop_refused"), 400)
        await to_thread.run_sync(lambda: stop(chat.shop, self.links, token, chat.now()))
        return self._page(say("mail_stop_done"))

    def _token(self, request: Request) -> str:
        if request.method == "HEAD":
            raise HTTPException(405)
        return request.query_params.get("of", "")

    def _page(self, words: str, status: int = 200, form: str = "") -> HTMLResponse:
        title = html.escape(self.chat.shop.wording.say("mail_stop_title"))
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        main = f"<main><h1>{title}</h1><p>{html.escape(words)}</p>{form}</main>"
        page = f'<!doctype html><html lang="en"><head>{head}</head><body>{main}</body></html>'
        return HTMLResponse(page, status, headers=POLICY)


def back_routes(chat: Chat, settings: Settings) -> list[Route]:
    """/api/continue and /mail/stop, where there is a page to come back to."""
    links = open_links(settings)
    if links is None:
        return []
    back = Back(chat, links)
    return [
        Route("/api/continue", back.go_on, methods=["POST"]),
        Route("/mail/stop", back.ask, methods=["GET"]),
        Route("/mail/stop", back.stop, methods=["POST"]),
    ]

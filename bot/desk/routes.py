"""Everything below /desk, in one list."""

import html
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.bootstrap import open_file_maker, open_passwords, open_reporter
from bot.cases.channel import Abilities
from bot.desk.board import board_routes
from bot.desk.cases import case_routes
from bot.desk.chats import chat_routes
from bot.desk.deeds import deed_routes
from bot.desk.door import Door, SignedOut
from bot.desk.learning import learning_routes
from bot.desk.live import Parts, live_routes, no_parts
from bot.desk.me import me_json
from bot.desk.reports import report_routes
from bot.desk.review import review_routes
from bot.desk.sign_in import sign_in_routes
from bot.handling.shop import Shop
from bot.settings import Settings

STATIC = Path(__file__).parent / "static"


def desk_routes(
    shop: Shop,
    settings: Settings,
    now: Callable[[], datetime],
    parts: Parts = no_parts,
    channels: Mapping[str, Abilities] | None = None,
) -> list[BaseRoute]:
    """The page, its API and its files. `parts` says which parts of this installation are ready; `channels` are those set up."""
    secret, proxies = settings.secret("desk"), settings.trusted_proxies
    door = Door(shop, open_passwords(), secret, now, settings.is_production, proxies, settings.undo_s, channels or {})
    shell = (STATIC / "desk.html").read_text(encoding="utf-8").replace("{{shop}}", html.escape(shop.name))

    async def page(request: Request) -> Response:
        try:
            await door.signed_in(request)
        except SignedOut:
            return RedirectResponse("/desk/sign-in", 303)
        return HTMLResponse(shell)

    async def me(request: Request) -> Response:
        return JSONResponse(me_json(door, await door.signed_in(request)))

    return [
        Route("/desk", page),
        *sign_in_routes(door, STATIC),
        Route("/desk/api/me", me),
        *board_routes(door, settings.poll),
        *chat_routes(door),
        *deed_routes(door, open_file_maker()),
        *case_routes(door),
        *learning_routes(door),
        *review_routes(door),
        *report_routes(door, settings.public_url, open_reporter()),
        *live_routes(door, parts),
        Mount("/desk/static", StaticFiles(directory=STATIC)),
    ]

"""The public app: the website chat and its page, and which parts are ready."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import clock
from bot.bootstrap import open_file_maker, open_links
from bot.desk.routes import desk_routes
from bot.errors import AmendsError
from bot.handling.shop import Shop
from bot.ports import Assistant, Channel
from bot.settings import Settings
from bot.web.api.door import api_routes
from bot.web.bell import Bell
from bot.web.channels import ChannelDoors
from bot.web.coming_back import back_routes
from bot.web.conversations import Chat
from bot.web.crashes import Crashes, crashed
from bot.web.files import FileDoor
from bot.web.headers import SecurityHeaders
from bot.web.health import Health, Probe, database_answers, is_fresh
from bot.web.languages import Languages
from bot.web.limits import Limits
from bot.web.origins import Origins
from bot.web.page import page_routes
from bot.web.refusals import failed, refused
from bot.web.shop import ShopDoor
from bot.web.stream import Pace, Stream
from bot.web.turns import Turns
from bot.web.widget import widget_routes

STATIC = Path(__file__).parent / "static"
WORKER_ALIVE = "worker.alive"  # in `var`; the worker touches it at every loop


def create_app(
    shop: Shop,
    assistant: Assistant,
    settings: Settings,
    probes: Mapping[str, Probe] | None = None,
    now: Callable[[], datetime] = clock.now,
    pace: Pace | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> Starlette:
    """The app over a shop and its assistant. `probes` say whether further parts (the action server) are ready; `pace`: a test's own."""
    # The demo shop signs its visitors in; without a secret of a real shop it makes one of its own.
    identity_secret = settings.identity_secret or (None if settings.is_production else settings.secret("identity"))
    bell = Bell(shop, settings.poll)
    turns = Turns(shop, assistant, bell, now)
    chat = Chat(shop, turns, bell, Limits(), now, settings.secret("session"), identity_secret, settings.trusted_proxies)
    maker = open_file_maker()
    doors = ChannelDoors(shop, channels or {}, maker, turns, open_links(settings), settings.public_url, now)
    able = {name: one.can for name, one in (channels or {}).items()}
    health = Health(
        {
            "database": lambda: database_answers(shop),
            "assistant": assistant.is_ready,
            **(probes or {}),
            "worker": lambda: is_fresh(settings.var / WORKER_ALIVE),
        }
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            turns.open(tasks)
            doors.open(tasks)
            tasks.start_soon(bell.listen)
            yield
            tasks.cancel_scope.cancel()

    app = Starlette(
        routes=[
            Route("/healthz", health.answer),
            *chat.routes(),
            *FileDoor(chat, maker).routes(),
            *doors.routes(),
            *Stream(chat, pace or Pace()).routes(),
            *back_routes(chat, settings, Languages.read(STATIC / "strings")),
            *ShopDoor(shop, settings.secret("shop_webhook"), now).routes(),
            *widget_routes(STATIC, settings.is_production),
            *page_routes(STATIC, shop.name, None if settings.is_production else settings.root / "data" / "shop", identity_secret, now),
            *[*desk_routes(shop, settings, now, health.check, able), *api_routes(shop, settings, now)],
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=_middleware(settings),
        exception_handlers={HTTPException: refused, AmendsError: failed, Exception: crashed},
        lifespan=lifespan,
    )
    app.state.bell = bell
    app.state.let_go = bell.close  # for whoever stops the server: nobody is kept waiting
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    return [
        Middleware(SecurityHeaders),
        Middleware(Origins, named=settings.origins, with_local=not settings.is_production),
        Middleware(Crashes),  # within the others, so that its answer has their headers too
    ]

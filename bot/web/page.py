"""The page at `/`: the chat by itself, or in development a demo shop with orders, a sign-in and the chat in its corner."""

import html
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from bot.web.bodies import json_object, text_of
from bot.web.session import AUDIENCE

TO_TRY = 6  # customers of the demo shop to sign in as
SIGNED_IN = timedelta(hours=1)


def page_routes(static: Path, shop_name: str, demo: Path | None, secret: str | None, now: Callable[[], datetime]) -> list[Route]:
    """The page at `/`; /api/demo and the sign-in of the demo shop only where there is a demo folder."""
    page = _filled(static / ("demo/index.html" if demo else "index.html"), shop_name)

    async def index(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    async def demo_orders(_request: Request) -> JSONResponse:
        return JSONResponse({"orders": orders_to_try(demo) if demo else []})

    async def sign_in(request: Request) -> JSONResponse:
        """A signed identity for one of the demo's customers, as a shop's own server would make it."""
        customer = text_of(await json_object(request), "customer")
        if not demo or not secret or customer not in {one["customer"] for one in orders_to_try(demo)}:
            raise HTTPException(400, "customer must be one of the customers in /api/demo.")
        claims = {"sub": customer, "aud": AUDIENCE, "exp": now() + SIGNED_IN}
        return JSONResponse({"identity": jwt.encode(claims, secret, algorithm="HS256")})

    routes = [Route("/", index)]
    return [*routes, Route("/api/demo", demo_orders), Route("/api/demo/sign-in", sign_in, methods=["POST"])] if demo else routes


def orders_to_try(folder: Path) -> list[dict[str, Any]]:
    """The orders of the demo's first customers: what each would know of theirs."""
    try:
        lines = (folder / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    orders = [_known(json.loads(line)) for line in lines if line.strip()]
    customers = list(dict.fromkeys(one["customer"] for one in orders))[:TO_TRY]
    return [one for one in orders if one["customer"] in customers]


def _known(order: dict[str, Any]) -> dict[str, Any]:
    buyer = order["customer"]
    items = [item["name"] for item in order["items"]]
    known = {"number": order["order_number"], "customer": buyer["id"], "name": buyer["name"], "email": buyer["email"]}
    return {**known, "status": order["status"], "items": items, "total": f"{order['total']} {order['currency']}"}


def _filled(path: Path, shop_name: str) -> str:
    return path.read_text(encoding="utf-8").replace("{{shop}}", html.escape(shop_name))

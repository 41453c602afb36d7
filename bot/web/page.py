"""The chat page, and in development a few demo orders to try it with."""

import html
import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

TO_TRY = 3


def page_routes(static: Path, shop_name: str, demo: Path | None) -> list[Route]:
    """The page at `/`; /api/demo only where there is a demo folder."""
    page = (static / "index.html").read_text(encoding="utf-8").replace("{{shop}}", html.escape(shop_name))
    page = page.replace("{{try}}", "try" if demo else "")

    async def index(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    async def demo_orders(_request: Request) -> JSONResponse:
        return JSONResponse({"orders": orders_to_try(demo) if demo else []})

    routes = [Route("/", index)]
    return [*routes, Route("/api/demo", demo_orders)] if demo else routes


def orders_to_try(folder: Path) -> list[dict[str, Any]]:
    """The first demo orders: what a customer of the demo shop would know of theirs."""
    try:
        lines = (folder / "orders.jsonl").read_text(encoding="utf-8").splitlines()[:TO_TRY]
    except FileNotFoundError:
        return []
    return [_known(json.loads(line)) for line in lines if line.strip()]


def _known(order: dict[str, Any]) -> dict[str, Any]:
    buyer = order["customer"]
    items = [item["name"] for item in order["items"]]
    return {"number": order["order_number"], "email": buyer["email"], "status": order["status"], "items": items}

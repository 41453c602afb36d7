"""The shop's own door: it tells what became of a remedy, and looks up, uses or takes back vouchers. docs/webhook.md has it in full."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.cases.signature import HEADER, flaw
from bot.handling import vouchers
from bot.handling.carrying_out import take_answer
from bot.handling.shop import Shop
from bot.ports import Answer
from bot.web.bodies import bounded, object_in

STATES = ("accepted", "settled", "failed")
LONGEST = 500  # characters of one field
WHO = "shop"  # in the audit


@dataclass(frozen=True)
class ShopDoor:
    """Each request is signed as Amends signs its own; every deed may be asked for twice and is done once."""

    shop: Shop
    secret: str
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        return [
            Route("/shop/remedies/answer", self.answer, methods=["POST"]),
            Route("/shop/vouchers/redeem", self.redeem, methods=["POST"]),
            Route("/shop/vouchers/void", self.void, methods=["POST"]),
            Route("/shop/vouchers", self.look, methods=["GET"]),
        ]

    async def answer(self, request: Request) -> JSONResponse:
        """What became of a remedy."""
        said = _fields(await self._signed_body(request), ("key", "state"), ("reference", "why"))
        if said["state"] not in STATES:
            raise HTTPException(400, f"state must be one of {', '.join(STATES)}.")
        answer = Answer(said["state"], said.get("reference"), said.get("why"))
        remedy = await to_thread.run_sync(lambda: take_answer(self.shop, said["key"], answer, self.now()))
        return JSONResponse({"remedy": remedy.reference, "state": str(remedy.state)})

    async def redeem(self, request: Request) -> JSONResponse:
        """Uses a voucher for one order."""
        said = _fields(await self._signed_body(request), ("code", "order"))
        found = await to_thread.run_sync(lambda: vouchers.redeem(self.shop, said["code"], said["order"], WHO, self.now()))
        return JSONResponse(vouchers.voucher_json(found))

    async def void(self, request: Request) -> JSONResponse:
        """Takes a voucher back."""
        said = _fields(await self._signed_body(request), ("code",))
        found = await to_thread.run_sync(lambda: vouchers.void(self.shop, said["code"], WHO, self.now()))
        return JSONResponse(vouchers.voucher_json(found))

    async def look(self, request: Request) -> JSONResponse:
        """A voucher's value and state."""
        query = str(request.scope["query_string"], "ascii", "replace")
        self._must_be_signed(request, request.scope["query_string"])
        said = _fields({name: values[-1] for name, values in parse_qs(query).items()}, ("code",))
        found = await to_thread.run_sync(lambda: vouchers.look(self.shop, said["code"]))
        return JSONResponse(vouchers.voucher_json(found))

    async def _signed_body(self, request: Request) -> dict[str, Any]:
        raw = await bounded(request)
        self._must_be_signed(request, raw)
        return object_in(raw)

    def _must_be_signed(self, request: Request, content: bytes) -> None:
        wrong = flaw(self.secret, request.headers.get(HEADER), content, self.now())
        if wrong:
            raise HTTPException(401, wrong)


def _fields(said: dict[str, Any], needed: tuple[str, ...], also: tuple[str, ...] = ()) -> dict[str, str]:
    """The fields as text. None may be missing and none unknown: what was signed for one deed must not pass for another."""
    unknown = sorted(set(said) - {*needed, *also})
    if unknown:
        raise HTTPException(400, f"Leave out {json.dumps(unknown[0])}: only {', '.join((*needed, *also))} can be used here.")
    for name in (*needed, *also):
        value = said.get(name)
        if value is None and name in also:
            continue
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
            raise HTTPException(400, f"{name} must be text of 1 to {LONGEST} characters.")
    return {name: value for name, value in said.items() if value is not None}

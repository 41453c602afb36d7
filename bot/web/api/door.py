"""Who comes through the API's door: a token that opens what is asked, within its limits, with words that fit the table."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.cases.api import ApiToken
from bot.errors import BadInput
from bot.handling.case_api import asked_by
from bot.handling.shop import Shop
from bot.handling.tokens import whose
from bot.settings import Settings
from bot.web.addresses import address_of
from bot.web.api.checks import body_of, path_of, query_of
from bot.web.api.limits import ApiLimits
from bot.web.api.openapi import description
from bot.web.api.operations import OPERATIONS
from bot.web.api.schemas import schemas_of
from bot.web.api.table import Call, Operation
from bot.web.bodies import json_object

BASE = "/api/v1"
CHALLENGE = {"www-authenticate": 'Bearer realm="Amends"'}


class ApiDoor:
    """Lets requests in. Each is answered in a thread of its own, since the store waits."""

    def __init__(self, shop: Shop, settings: Settings, now: Callable[[], datetime]) -> None:
        self.shop, self.settings, self.now = shop, settings, now
        self.limits = ApiLimits()
        self.schemas = schemas_of(shop.policy.escalations)

    def endpoint(self, at_path: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
        """What answers at one address, by method."""

        async def answer(request: Request) -> Response:
            operation = at_path["GET" if request.method == "HEAD" else request.method]
            token = await self._token(request)
            self.limits.ask(token.id, operation.changes)
            if str(operation.scope) not in token.scopes:
                raise HTTPException(403, f"This token lacks the scope {operation.scope}: make one with `amends tokens add`.")
            call = Call(
                self.shop,
                token,
                self.now(),
                path_of(request.path_params),
                query_of(request.query_params, operation.query),
                body_of(await _json(request), self.schemas[operation.body]) if operation.body else {},
                not self.settings.is_production,
            )
            return await to_thread.run_sync(lambda: _done(operation, call))

        return answer

    async def _token(self, request: Request) -> ApiToken:
        """Only the header counts: what stands in an address ends up in logs."""
        kind, _, words = request.headers.get("authorization", "").partition(" ")
        found = await to_thread.run_sync(lambda: whose(self.shop, words.strip(), self.now())) if kind.lower() == "bearer" else None
        if found is None:
            self.limits.fail(address_of(request, self.settings.trusted_proxies))
            raise HTTPException(401, "Send a token that is in use, as `Authorization: Bearer amends_...`.", CHALLENGE)
        return found


def _done(operation: Operation, call: Call) -> Response:
    try:
        agent = call.body.get("agent")
        if operation.changes and agent is not None:
            reference = call.path.get("ref") or call.body["case"]
            asked_by(call.shop, reference, call.token.name, f"{operation.method} {operation.path}", agent, call.now)
        return operation.do(call)
    except BadInput as error:
        raise HTTPException(422, str(error)) from error


async def _json(request: Request) -> dict[str, object]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send the body as application/json.")
    return await json_object(request)


def api_routes(shop: Shop, settings: Settings, now: Callable[[], datetime]) -> list[BaseRoute]:
    """Everything below /api/v1."""
    door = ApiDoor(shop, settings, now)
    told = description(OPERATIONS, door.schemas, BASE, shop.name)

    async def openapi(_request: Request) -> JSONResponse:
        return JSONResponse(told)

    paths: dict[str, dict[str, Operation]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = one
    routes: list[BaseRoute] = [Route(BASE + path, door.endpoint(by_method), methods=[*by_method]) for path, by_method in paths.items()]
    return [Route(f"{BASE}/openapi.json", openapi), *routes]

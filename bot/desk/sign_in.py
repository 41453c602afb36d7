"""Signing in and out. The page works without JavaScript; the cookie is HttpOnly, SameSite=Strict and for the desk alone."""

import html
from pathlib import Path
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.cases.desk import SIGNED_IN_FOR
from bot.desk.door import COOKIE, Door
from bot.errors import NotAllowed
from bot.handling.agents import sign_in, sign_out, who
from bot.web.addresses import address_of
from bot.web.bodies import bounded
from bot.web.limits import Limiter, Rate
from bot.web.origins import is_own

TRIED = Rate(20, 60, 3600)  # from one address; the account itself is locked far earlier
FORM_ONLY = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
FORM = {"content-security-policy": FORM_ONLY}


def sign_in_routes(door: Door, static: Path) -> list[Route]:
    """GET and POST /desk/sign-in, POST /desk/sign-out."""
    page = (static / "sign_in.html").read_text(encoding="utf-8").replace("{{shop}}", html.escape(door.shop.name))
    tried = Limiter(TRIED)

    def shown(problem: str = "", name: str = "", status: int = 200) -> HTMLResponse:
        said = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
        return HTMLResponse(page.replace("{{problem}}", said).replace("{{name}}", html.escape(name)), status, FORM)

    async def ask(request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        known = await to_thread.run_sync(lambda: who(door.shop, token, door.now()))
        return RedirectResponse("/desk", 303) if known else shown()

    async def enter(request: Request) -> Response:
        _must_be_own(request)
        form = await _form(request)
        name, password = form.get("name", ""), form.get("password", "")
        address = address_of(request, door.trusted_proxies)
        if address and tried.wait(address):
            return shown("Many tries have come from your network. Wait a few minutes.", name, 429)
        try:
            signed = await to_thread.run_sync(lambda: sign_in(door.shop, door.passwords, name, password, door.now()))
        except NotAllowed as error:
            return shown(str(error), name, 401)
        answer = RedirectResponse("/desk", 303)
        life = int(SIGNED_IN_FOR.total_seconds())
        answer.set_cookie(COOKIE, signed.token, max_age=life, path="/desk", secure=door.is_production, httponly=True, samesite="strict")
        return answer

    async def leave(request: Request) -> Response:
        _must_be_own(request)
        token = request.cookies.get(COOKIE, "")
        await to_thread.run_sync(lambda: sign_out(door.shop, token, door.now()))
        answer = RedirectResponse("/desk/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/desk")
        return answer

    return [
        Route("/desk/sign-in", ask, methods=["GET"]),
        Route("/desk/sign-in", enter, methods=["POST"]),
        Route("/desk/sign-out", leave, methods=["POST"]),
    ]


def _must_be_own(request: Request) -> None:
    """A form of another website signs nobody in or out."""
    origin = request.headers.get("origin")
    if origin is not None and not is_own(origin, request.headers):
        raise HTTPException(403, "This form is not the desk's own. Open the desk and sign in there.")


async def _form(request: Request) -> dict[str, str]:
    raw = (await bounded(request, 8 * 1024)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(raw, max_num_fields=8).items()}

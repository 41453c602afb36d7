"""Who comes through the desk's door: a signed-in browser, with its form's own seal, and the role for what it wants."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.channel import Abilities
from bot.cases.desk import ACTS, Agent, DeskRole
from bot.cases.seal import is_seal, seal
from bot.errors import Conflict, NotAllowed, NotFound
from bot.handling.agents import Passwords, SignedIn, who
from bot.handling.shop import Shop

COOKIE = "amends_desk"
CSRF = "x-amends-desk"  # a header that no form of another page can send; SameSite=Strict keeps the cookie from it besides
PURPOSE = "desk:"
EVERYBODY = frozenset(DeskRole)
Handler = Callable[[Request, Agent], Awaitable[Response]]


class SignedOut(NotAllowed):
    """You are signed out. Sign in again; what you had typed is kept."""


@dataclass(frozen=True)
class Door:
    """What every endpoint of the desk needs."""

    shop: Shop
    passwords: Passwords
    secret: str
    now: Callable[[], datetime]
    is_production: bool
    trusted_proxies: int = 0
    undo_s: float = 5.0
    channels: Mapping[str, Abilities] = field(default_factory=dict)  # the messaging channels that are set up

    async def signed_in(self, request: Request) -> SignedIn:
        """Raises SignedOut."""
        token = request.cookies.get(COOKIE, "")
        found = await to_thread.run_sync(lambda: who(self.shop, token, self.now()))
        if found is None:
            raise SignedOut()
        return found

    def csrf(self, signed: SignedIn) -> str:
        """What this session's own page sends with everything that changes something."""
        return seal(self.secret, PURPOSE + signed.session.id)

    def reads(self, do: Handler, roles: Collection[DeskRole] = EVERYBODY) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that only shows."""

        async def endpoint(request: Request) -> Response:
            return await self._admitted(do, request, await self.signed_in(request), roles)

        return endpoint

    def acts(self, do: Handler, roles: Collection[DeskRole] = ACTS) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that changes something: the page's own seal is asked for as well."""

        async def endpoint(request: Request) -> Response:
            signed = await self.signed_in(request)
            if not is_seal(request.headers.get(CSRF, ""), self.secret, PURPOSE + signed.session.id):
                await self.refused(signed.agent, request, "csrf")
                raise HTTPException(403, "This page is not the desk's own, or it is from before you signed in again. Load the desk anew.")
            return await self._admitted(do, request, signed, roles)

        return endpoint

    async def _admitted(self, do: Handler, request: Request, signed: SignedIn, roles: Collection[DeskRole]) -> Response:
        if signed.agent.role not in roles:
            await self.refused(signed.agent, request, "role")
            raise HTTPException(403, f"That is not for the role {signed.agent.role}. Ask a lead or the owner.")
        return await self._known(do, request, signed.agent)

    async def _known(self, do: Handler, request: Request, agent: Agent) -> Response:
        """Does it; what is not there, not theirs or no longer as they saw it is noted as well as refused."""
        try:
            return await do(request, agent)
        except (NotFound, NotAllowed, Conflict) as error:
            await self.refused(agent, request, type(error).__name__)
            if isinstance(error, NotAllowed):
                raise HTTPException(403, str(error)) from error
            raise

    async def refused(self, agent: Agent, request: Request, why: str) -> None:
        """One line in the audit. The route, not the address: what was typed into an address may be anything."""
        named = {str(value): f"{{{name}}}" for name, value in request.path_params.items()}
        path = "/".join(named.get(one, one) for one in str(request.scope["path"]).split("/"))

        def keep() -> None:
            with self.shop.begin(True) as uow:
                uow.note(None, agent.name, "desk.refused", self.now(), why=why, route=path)

        await to_thread.run_sync(keep)

"""The one table of what the API can be asked: its routes, its checks and its description are all made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.responses import Response

from bot.cases.api import ApiToken, Scope
from bot.handling.shop import Shop
from bot.web.api.schemas import Schema


@dataclass(frozen=True)
class Call:
    """One request that was let in: by which token, and its address, query and body, all checked."""

    shop: Shop
    token: ApiToken
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    with_private: bool


@dataclass(frozen=True)
class Operation:
    """One thing the API can be asked. `answer` is its status and the name of its schema; `refusals` what else it may say, besides
    401, 403, 429 and 503. `media_type`: of an answer that is not JSON."""

    method: str
    path: str
    summary: str
    scope: Scope
    do: Callable[[Call], Response]
    answer: tuple[int, str | None]
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: str | None = None
    refusals: tuple[int, ...] = ()
    also: tuple[int, ...] = ()  # other statuses of the same answer
    media_type: str = "application/json"

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @property
    def name(self) -> str:
        """Such as getCases, for programs that make a client of the description."""
        parts = [one.strip("{}") for one in self.path.replace("-", "/").split("/") if one]
        return self.method.lower() + "".join(one.capitalize() for one in parts)

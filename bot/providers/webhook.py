"""The shop's own system, reached by a signed webhook: docs/webhook.md tells the protocol."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import httpx

from bot.cases.signature import HEADER, sign
from bot.errors import NoAnswer, NotReached
from bot.ports import Act, Answer

CONNECT_S, ANSWER_S = 5.0, 15.0  # until a connection stands; until the whole answer is here
LARGEST = 64 * 1024  # bytes of an answer
PASSING = frozenset({408, 409, 425, 429})  # these say "not now", not "no"
STATES = ("accepted", "settled", "failed")
LONGEST = 200  # characters kept of what the shop says


class Webhook:
    """Sends acts to this address, signed with the secret that both know. One client, for all threads."""

    def __init__(self, url: str, secret: str, now: Callable[[], datetime], answer_within: float = ANSWER_S) -> None:
        self.url, self.secret, self.now, self.answer_within = httpx.URL(url), secret, now, answer_within
        # A connection of its own for every act: where none is accepted, surely nothing arrived. A kept one that is
        # found dead leaves that open.
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        timeout = httpx.Timeout(answer_within, connect=CONNECT_S)
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        self.client = httpx.Client(headers=headers, timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)

    def carry_out(self, act: Act) -> Answer:
        """Does it, or says that it will. Raises NotReached where it surely got nothing, NoAnswer where nobody knows."""
        body = json.dumps(asdict(act), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", "idempotency-key": act.key}
        status, content = self._call(self.client.build_request("POST", self.url, content=body, headers=headers), body)
        if 400 <= status < 500 and status not in PASSING:
            return Answer("failed", why=_why(content) or f"the shop's system answered {status}")
        return _answer(status, content)

    def look_up(self, act: Act) -> Answer | None:
        """What became of the act; None where the provider never got it. Raises NotReached or NoAnswer."""
        url = self.url.copy_merge_params({"key": act.key})
        status, content = self._call(self.client.build_request("GET", url), url.query)
        return None if status == 404 else _answer(status, content)

    def _call(self, request: httpx.Request, signed: bytes) -> tuple[int, bytes]:
        """Status and body, within the time there is for all of it: a shop that drips is as silent as one that hangs."""
        request.headers[HEADER] = sign(self.secret, signed, self.now())
        until, content = time.monotonic() + self.answer_within, b""
        try:
            answer = self.client.send(request, stream=True)
            try:
                for part in answer.iter_raw():
                    content += part
                    if len(content) > LARGEST or time.monotonic() > until:
                        raise NoAnswer("the answer was too long or too slow")
            finally:
                answer.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotReached(f"not reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from error
        return answer.status_code, content

    def close(self) -> None:
        self.client.close()


def _answer(status: int, content: bytes) -> Answer:
    if not 200 <= status < 300:
        raise NoAnswer(f"the shop's system answered {status}")
    said = _object(content)
    if said is None or said.get("state") not in STATES:
        raise NoAnswer(f"the shop's system answered {status} with a body that cannot be used")
    return Answer(said["state"], _text(said.get("reference")), _text(said.get("why")))


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _why(content: bytes) -> str | None:
    """The reason given with a refusal, where there is one."""
    return _text((_object(content) or {}).get("why"))


def _text(value: object) -> str | None:
    return str(value)[:LONGEST] if isinstance(value, str | int) and str(value).strip() else None

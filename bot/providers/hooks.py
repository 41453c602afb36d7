"""Other systems, reached by signed webhooks: docs/api.md tells the protocol. Never an address of a network of our own, unless allowed."""

import socket
import time
from collections.abc import Callable
from datetime import datetime

import httpx

from bot.cases.reachable import is_public
from bot.cases.signature import HEADER, sign
from bot.errors import NoAnswer, NotReached

CONNECT_S, ANSWER_S = 5.0, 10.0  # until a connection stands; until the answer's headers are here
PORTS = {"http": 80, "https": 443}


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, those to try first in front. Raises OSError."""
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class HookPost:
    """Posts to whatever address a hook has. One client, for all threads.

    A name is looked up once, and what it led to is both checked and called: a name that leads elsewhere the second time gains nothing.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        with_private: bool,
        answer_within: float = ANSWER_S,
        resolve: Callable[[str, int], list[str]] = resolved,
        may_reach: Callable[[str], bool] = is_public,
    ) -> None:
        self.now, self.with_private, self.answer_within = now, with_private, answer_within
        self.resolve, self.may_reach = resolve, may_reach
        timeout = httpx.Timeout(answer_within, connect=CONNECT_S)
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        self.client = httpx.Client(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)

    def post(self, url: str, secret: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer, whose body is not read. Raises NotReached or NoAnswer."""
        asked = httpx.URL(url)
        port = asked.port or PORTS[asked.scheme]
        refused = NotReached("not reached: no address")
        for address in self._addresses(asked.host, port):
            headers = {
                **headers,
                "host": asked.netloc.decode("ascii"),
                "content-type": "application/json",
                HEADER: self._sign(secret, body),
            }
            request = self.client.build_request(
                *("POST", asked.copy_with(host=address, port=port)), content=body, headers=headers, extensions={"sni_hostname": asked.host}
            )
            try:
                return self._send(request)
            except NotReached as failure:
                refused = failure
        raise refused

    def _sign(self, secret: str, body: bytes) -> str:
        return sign(secret, body, self.now())

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NotReached(f"not reached: there is no host {host}") from error
        if not self.with_private and not all(self.may_reach(one) for one in found):
            raise NotReached(f"refused: {host} leads into a private network")
        return found

    def _send(self, request: httpx.Request) -> int:
        began = time.monotonic()
        try:
            answer = self.client.send(request, stream=True)
            answer.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotReached(f"not reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise NoAnswer(f"no answer: {type(error).__name__} after {time.monotonic() - began:.0f} s") from error
        return answer.status_code

    def close(self) -> None:
        self.client.close()

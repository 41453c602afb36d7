"""Talks to providers over HTTP: one client for all threads, and one reading of what can go wrong."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from bot.errors import FileRefused, SendFailed

CONNECT_S, ANSWER_S, FILE_S = 5.0, 10.0, 30.0
LARGEST_ANSWER = 256 * 1024
LARGEST_FILE = 16 * 1024 * 1024  # a photo before it is written anew
LONGEST_PAUSE_S = 3600.0


class Provider:
    """A provider's API. Redirects are followed for files alone, and never with our credentials to another host.

    `pause`: the seconds to wait that an answer names, where its provider says so in a header of its own.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        pause: "Callable[[httpx.Response], float | None] | None" = None,
    ) -> None:
        self.base, self.pause = base.rstrip("/"), pause or pause_in
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self.client = httpx.Client(headers=dict(headers or {}), auth=auth, timeout=timeout, trust_env=False)

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer, whatever its status below 500 other than 429; `given` is as httpx takes it.

        Raises SendFailed: with `is_unknown` where the provider may have done it, with `wait_s` where it has too much to do.
        """
        try:
            answer = self.client.request(method, path if path.startswith("http") else f"{self.base}{path}", **given)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendFailed(f"not reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise SendFailed(f"no answer: {type(error).__name__}", is_unknown=True) from error
        if answer.status_code == 429:
            raise SendFailed("too many at once", wait_s=self.pause(answer))
        if answer.status_code >= 500:
            # 503 is a refusal to do anything just now; of any other the provider may have done it before it fell over.
            raise SendFailed(f"status {answer.status_code}", is_unknown=answer.status_code != 503, wait_s=self.pause(answer))
        if len(answer.content) > LARGEST_ANSWER:
            raise SendFailed("an answer that is too long", is_unknown=True)
        return answer

    def download(self, url: str, follow: bool = True) -> bytes:
        """A file's bytes. Raises FileRefused("too_large") or SendFailed."""
        until, content = time.monotonic() + FILE_S, bytearray()
        try:
            with self.client.stream("GET", url, follow_redirects=follow) as answer:
                if answer.status_code != 200:
                    gone = answer.status_code in (401, 403, 404, 410)
                    raise SendFailed(f"status {answer.status_code}", is_final=gone)
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LARGEST_FILE:
                        raise FileRefused("too_large")
                    if time.monotonic() > until:
                        raise SendFailed("a file that comes too slowly")
        except httpx.HTTPError as error:
            raise SendFailed(f"not reached: {type(error).__name__}") from error
        return bytes(content)


def pause_in(answer: httpx.Response) -> float | None:
    """The seconds that a Retry-After names."""
    told = answer.headers.get("retry-after", "")
    return min(float(told), LONGEST_PAUSE_S) if told.isascii() and told.isdigit() else None


def object_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; an empty one where it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

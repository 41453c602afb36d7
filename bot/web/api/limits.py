"""How much another system may ask for."""

import math

from starlette.exceptions import HTTPException

from bot.web.limits import Limiter, Rate

READ = Rate(200, 600, 60)  # requests of one token that only read
WRITTEN = Rate(100, 240, 60)  # requests of one token that change something
UNKNOWN = Rate(20, 60, 3600)  # requests from one address with a token that opens nothing


class ApiLimits:
    """By token; by address where there is none that opens anything."""

    def __init__(self, read: Rate = READ, written: Rate = WRITTEN, unknown: Rate = UNKNOWN) -> None:
        self.read, self.written, self.unknown = Limiter(read), Limiter(written), Limiter(unknown)

    def ask(self, token: str, changes: bool) -> None:
        """One more request with this token."""
        limiter = self.written if changes else self.read
        _hold(limiter.wait(token), f"That is more than {limiter.rate.count} such requests in a minute.")

    def fail(self, address: str | None) -> None:
        """One more with a token that opens nothing. `address`: None for this machine, which has no limit."""
        if address:
            _hold(self.unknown.wait(address), "Many requests with tokens that open nothing come from your network.")


def _hold(seconds: float, words: str) -> None:
    """Raises 429 where there is something to wait for."""
    if seconds:
        whole = max(1, math.ceil(seconds))
        raise HTTPException(429, f"{words} Wait {whole} s and send it again.", {"retry-after": str(whole)})

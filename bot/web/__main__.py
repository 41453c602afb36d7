"""Serves the public app: python -m bot.web."""

import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from bot import logs, settings
from bot.bootstrap import open_actions, open_assistant, open_channels, open_database, open_shop
from bot.errors import AmendsError
from bot.web.app import create_app

SWITCH_S = 0.001  # a thread that comes back from the database waits so long at most for one that reckons; a fifth of Python's own


class Server(uvicorn.Server):
    """Sends waiting requests home at the first signal; the page asks again by itself. Turns under way are finished."""

    def __init__(self, config: uvicorn.Config, let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self.let_go = let_go

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.let_go()
        super().handle_exit(sig, frame)


def main() -> None:
    """Runs until stopped; a setting or database that cannot be used is one line and exit code 1."""
    logs.configure()
    sys.setswitchinterval(SWITCH_S)
    try:
        chosen = settings.read()
        shop = open_shop(chosen, open_database(chosen))
        app = create_app(shop, open_assistant(chosen), chosen, {"actions": open_actions(chosen).is_ready}, channels=open_channels(chosen))
    except AmendsError as error:
        sys.exit(f"amends web: {error}")
    config = uvicorn.Config(
        app,
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=6,
        server_header=False,
        proxy_headers=False,  # bot/web/addresses.py reads them, and believes as many as the settings say
    )
    Server(config, app.state.let_go).run()


if __name__ == "__main__":
    main()

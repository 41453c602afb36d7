"""Serves the public app: python -m bot.web."""

import sys

import uvicorn

from bot import logs, settings
from bot.bootstrap import open_actions, open_assistant, open_shop
from bot.errors import AmendsError
from bot.web.app import create_app


def main() -> None:
    """Runs until stopped; a setting or database that cannot be used is one line and exit code 1."""
    logs.configure()
    try:
        chosen = settings.read()
        app = create_app(open_shop(chosen), open_assistant(chosen), chosen, {"actions": open_actions(chosen).is_ready})
    except AmendsError as error:
        sys.exit(f"amends web: {error}")
    # Waiting requests end with the process: the page asks again by itself.
    uvicorn.run(
        app, host=chosen.host, port=chosen.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2, server_header=False
    )


if __name__ == "__main__":
    main()

"""Works out reports, and parts of them, for another process: python -m bot.commands.report_part. `bot.providers.reporter` speaks to it."""

import pickle
import sys
from contextlib import suppress

from bot import logs, settings
from bot.bootstrap import open_database, open_reporter, open_shop
from bot.errors import AmendsError
from bot.handling.report import earlier_of, report


def main() -> None:
    """Answers on standard output what is asked on standard input, until that ends; an error is one line and exit code 1."""
    logs.configure()
    try:
        chosen = settings.read()
        shop = open_shop(chosen, open_database(chosen))
        with suppress(EOFError):
            while True:
                what, period, now = pickle.load(sys.stdin.buffer)
                found = earlier_of(shop, period, now) if what == "earlier" else report(shop, period, now, open_reporter())
                pickle.dump(found, sys.stdout.buffer)
                sys.stdout.buffer.flush()
    except AmendsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""Does what no request waits for: python -m bot.worker."""

import signal
import sys
import threading
from types import FrameType

from bot import clock, logs, settings
from bot.bootstrap import (
    open_assistant,
    open_channels,
    open_database,
    open_file_maker,
    open_hook_post,
    open_links,
    open_mailer,
    open_memory,
    open_provider,
    open_shop,
)
from bot.errors import AmendsError
from bot.worker.apologies import Apologies
from bot.worker.channels import Collecting, Sending, TakingIn
from bot.worker.clocks import Clocks
from bot.worker.coming_back import ComingBack
from bot.worker.digests import Digests
from bot.worker.erasures import Erasures, Retention
from bot.worker.files import UnusedFiles
from bot.worker.follow_ups import FollowUps
from bot.worker.held_replies import HeldReplies
from bot.worker.hooks import Hooks
from bot.worker.incidents import Notices, Suggest
from bot.worker.learning import Gaps, Tellings
from bot.worker.letters import Letters
from bot.worker.loop import Job, work
from bot.worker.offers import Offers
from bot.worker.promises import Unsettled, Watch
from bot.worker.remedies import Overdue, Remedies
from bot.worker.turns import LeftOver

ALIVE = "worker.alive"


def main() -> None:
    """Runs until SIGTERM or Ctrl-C; what is under way is finished first."""
    logs.configure()
    try:
        chosen = settings.read()
        database, memory = open_database(chosen), open_memory(chosen)
        shop, assistant, mailer = open_shop(chosen, database), open_assistant(chosen), open_mailer(chosen)
        provider, links, channels = open_provider(chosen), open_links(chosen), open_channels(chosen)
    except AmendsError as error:
        sys.exit(f"amends worker: {error}")
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    turns = LeftOver(shop, assistant, clock.now)
    remedies = Remedies(shop, provider, clock.now)
    hooks = Hooks(shop, open_hook_post(chosen), clock.now)
    desk = f"{chosen.public_url}/desk" if chosen.public_url else None
    collecting = Collecting(shop, channels, clock.now)
    taking, sending = TakingIn(shop, channels, open_file_maker(), clock.now), Sending(shop, channels, links, clock.now)
    # Outbox rows of kind "message" on the website are fetched by the customer's page.
    jobs: list[Job] = [turns, remedies, Overdue(shop), Unsettled(shop), Watch(shop), Notices(shop, mailer), Suggest(shop), Apologies(shop)]
    jobs += [HeldReplies(shop), hooks, UnusedFiles(shop)]
    jobs += [Erasures(shop, memory, database.compact), Retention(shop, memory, chosen.var / "log")]
    jobs += [Clocks(shop), Offers(shop), FollowUps(shop), Gaps(shop), Tellings(shop)]
    jobs += [Letters(shop, mailer), Digests(shop, mailer, desk)] if mailer else []
    jobs += [ComingBack(shop, mailer, links)] if mailer and links else []
    jobs += [collecting, taking, sending] if channels else []
    try:
        work(jobs, clock.now, chosen.poll, chosen.var / ALIVE, stop)
    finally:
        for one in (collecting, taking, turns, remedies, hooks, sending):
            one.close()
        (chosen.var / ALIVE).unlink(missing_ok=True)


if __name__ == "__main__":
    main()

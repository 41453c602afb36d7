"""The demo page with and without the chat, and with the bundle of npm's rasa-webchat instead: weight, and time until it is interactive.

`make bench` measures it; `python -m tests.bench page` alone. Needs Chromium.
"""

import gzip
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from bot.errors import AmendsError
from bot.progress import Progress
from tests.bench import bundle
from tests.browser.conftest import ARGS, CHROMIUM
from tests.product import running

ROUNDS = 7
SLOWER = 4  # times: a middling phone beside this machine
WIDGET = "**/widget.js*"
START_WEBCHAT = b"""
;document.body.append(Object.assign(document.createElement("div"), { id: "webchat" }));
WebChat.default({ socketUrl: location.origin, initPayload: "/greet", title: "Chat", params: { storage: "session" } }, null);
"""
PLAIN, OURS, OTHER = "page alone", "with Amends", f"with rasa-webchat {bundle.VERSION}"
# In the page itself: once nothing is left to do, and the button of the chat, where one is asked for, is what a press on it would meet.
READY = """(button) => new Promise((done) => {
  const isThere = () => {
    const chat = document.querySelector("amends-chat");
    const { left, top, width, height } = chat.shadowRoot.querySelector(".launcher").getBoundingClientRect();
    return width > 0 && document.elementFromPoint(left + width / 2, top + height / 2) === chat;
  };
  const look = () => (!button || isThere() ? done(performance.now()) : requestIdleCallback(look));
  requestIdleCallback(look);
})"""
PAGE = """\
# The website chat on a page

`python -m tests.bench page` measures this alone. {day}, {cores} cores, Python {python}.

{table}

The demo shop's page without a chat, with ours, and with the bundle that npm has of rasa-webchat in its place, each {rounds} times in
turn in Chromium, with an empty cache and a processor {slower} times slower. Ready: from the start of the navigation until the page and the
chat's script are loaded and have run, the browser has nothing left to do, and our button can be pressed. rasa-webchat shows its button
only once a server of its own answers; its script alone counts here, which is in its favour. The script is handed to the browser at
once: a slow line adds what its weight takes.{without}
"""


class NotMeasured(AmendsError):
    """The page could not be measured."""


@dataclass(frozen=True)
class Loaded:
    """A page with one of the chats, or none."""

    weight: int  # bytes of the chat's script, gzipped
    ready: list[float]  # milliseconds, one a round


@dataclass(frozen=True)
class OnPage:
    """What was measured, by name."""

    loaded: dict[str, Loaded]

    def lines(self) -> list[tuple[str, ...]]:
        """The cells of each row."""
        alone = median(self.loaded[PLAIN].ready)
        return [
            (name, f"{one.weight / 1024:,.1f} KiB", f"{median(one.ready):,.0f} ms", f"+{max(0, median(one.ready) - alone):,.0f} ms")
            for name, one in self.loaded.items()
        ]


def measure(console: Console, rounds: int = ROUNDS) -> OnPage:
    """Starts Amends and a browser. Raises NotMeasured; without rasa-webchat's bundle the rest is measured."""
    if not shutil.which(CHROMIUM):
        raise NotMeasured(
            f"No browser at {CHROMIUM}: `apt-get install chromium`, or say in CHROMIUM where one is. The page was not measured."
        )
    other = b""
    try:
        other = bundle.script()
    except bundle.NoBundle as error:
        console.print(str(error), style="yellow")
    with tempfile.TemporaryDirectory() as folder, Progress(console, "Loading") as progress:
        progress.tell("the demo page with and without a chat")
        with running(Path(folder) / "var") as product, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
            widget = browser.new_context().request.get(f"{product.url}/widget.js").body()
            scripts = {PLAIN: b"", OURS: widget, **({OTHER: other} if other else {})}
            loaded = {name: Loaded(_weight(script), []) for name, script in scripts.items()}
            for _ in range(rounds):
                for name, script in scripts.items():
                    loaded[name].ready.append(ready_after(browser, product.url, name, script))
            browser.close()
    return OnPage(loaded)


def _weight(script: bytes) -> int:
    return len(gzip.compress(script, 9)) if script else 0


def ready_after(browser: Browser, url: str, which: str, script: bytes) -> float:
    """Milliseconds from the start of the navigation, by the page's own clock, until it and its chat are ready."""
    context = browser.new_context(bypass_csp=True)  # rasa-webchat writes styles into the page, which the shop's policy forbids
    page = context.new_page()
    body = script + START_WEBCHAT if which == OTHER else script
    page.route(WIDGET, lambda route: route.fulfill(body=body, content_type="text/javascript"))
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(url, wait_until="load")
    ready = float(page.evaluate(READY, which == OURS))
    context.close()
    if failed:
        raise NotMeasured(f"{which}: the page failed with {failed[0]}")
    return ready


COLUMNS = ("", "script, gzipped", f"ready, median of {ROUNDS}", "more than the page alone")


def on_terminal(seen: OnPage) -> Table:
    """For rich to print."""
    table = Table(*COLUMNS)
    for cells in seen.lines():
        table.add_row(*cells)
    return table


def page(seen: OnPage, day: date) -> str:
    """Its part of docs/bench.md."""
    rows = [COLUMNS, tuple("-" for _ in COLUMNS), *seen.lines()]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    without = (
        "" if OTHER in seen.loaded else f" The bundle of {bundle.VERSION} could not be fetched for this run, so it is not in the table."
    )
    return PAGE.format(
        table=table, day=day, cores=os.cpu_count(), python=platform.python_version(), rounds=ROUNDS, slower=SLOWER, without=without
    )

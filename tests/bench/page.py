"""The demo page with and without the chat, and with the bundle of npm's rasa-webchat instead: weight, and time until it is interactive.

`python -m tests.bench.page BUNDLE`: the `lib/index.js` of `npm pack rasa-webchat`. Needs Chromium.
"""

import gzip
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, sync_playwright
from rich.console import Console
from rich.table import Table

from tests.browser.conftest import ARGS, CHROMIUM
from tests.product import running

ROUNDS = 7
SLOWER = 4  # times: a middling phone beside this machine
WIDGET = "**/widget.js*"
START_WEBCHAT = (
    "window.WebChat.default({socketUrl: location.origin, initPayload: '/greet', title: 'Chat', params: {storage: 'session'}}, null)"
)
PLAIN, OURS, OTHER = "page alone", "with Amends", "with rasa-webchat"
IDLE = "new Promise((done) => requestIdleCallback(done))"


def ready_after(context: BrowserContext, url: str, which: str, bundle: Path) -> float:
    """Milliseconds from going to the page until it and its chat are loaded, ours can be pressed, and nothing is left to do.

    The other's button shows only once a server of its own answers, so its start alone is counted: that is in its favour."""
    page = context.new_page()
    try:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        if which != OURS:
            page.route(WIDGET, lambda route: route.fulfill(body="", content_type="text/javascript"))
        begun = time.perf_counter()
        page.goto(url, wait_until="load")
        if which == OTHER:
            page.evaluate("document.body.append(Object.assign(document.createElement('div'), {id: 'webchat'}))")
            page.add_script_tag(path=bundle)
            page.evaluate(START_WEBCHAT)
        if which == OURS:
            page.locator("amends-chat .launcher").click(trial=True)
        page.evaluate(IDLE)
        return (time.perf_counter() - begun) * 1e3
    finally:
        page.close()


def main() -> int:
    """The exit code."""
    bundle, console = Path(sys.argv[1]), Console(width=100)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "var") as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, "--disable-web-security"])
        context = browser.new_context(bypass_csp=True)
        widget = context.request.get(f"{product.url}/widget.js").body()
        weights = {PLAIN: 0, OURS: len(gzip.compress(widget, 9)), OTHER: len(gzip.compress(bundle.read_bytes(), 9))}
        table = Table("", "script, gzipped", f"ready, median of {ROUNDS}, processor {SLOWER} times slower")
        for which, weight in weights.items():
            ready = [ready_after(context, product.url, which, bundle) for _ in range(ROUNDS)]
            table.add_row(which, f"{weight / 1024:.1f} KiB", f"{median(ready):.0f} ms")
        browser.close()
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The report in a browser: nothing keeps people out, nothing is fetched, and it fits a phone."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.cases import periods
from bot.cases.measure_tables import earlier
from bot.cases.measures import sorted_out
from bot.cases.periods import PeriodKind
from bot.handling.report import told
from bot.reports import rendering
from tests.doors import data
from tests.unit.cases.test_measures import NOON, a_case, a_round

pytestmark = [pytest.mark.browser, pytest.mark.product]  # with the others that have a browser: one loop in a process
NOW = datetime(2026, 5, 1, tzinfo=timezone.utc)


def a_report() -> str:
    """Of a March with a few cases of every end, as one file."""
    lines = [
        a_case(n, NOON + timedelta(hours=n), issue=issue, product=product, rounds=(a_round(outcome, 4 if outcome == "yes" else None),))
        for n, (issue, product, outcome) in enumerate(
            [("late_delivery", "Tea Kettle", "yes"), ("wrong_item", "Door Mat", "no"), ("late_delivery", "Wall Clock", None)] * 4
        )
    ]
    march = periods.named(PeriodKind.MONTH, "2026-03", ZoneInfo("UTC"), NOW)
    policy = data()[0].policy.report
    *before, last = sorted_out(lines, [*march.earlier(4), march])
    return rendering.html(told(data()[0].shop_name, policy, last, [earlier(one, NOW, policy) for one in before], (), NOW))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_everybody_can_read_the_report(chromium: Browser, scheme: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(a_report())
    assert page.title() == "Larkspur & Lane: report of March 2026"
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert [one for one in asked if not one.startswith(("about:", "data:"))] == []
    context.close()

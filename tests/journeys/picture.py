"""Where journeys end, drawn: a bar for each outcome, as long as it has cases."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from tests.journeys.judge import Judged

LEFT, TOP, ROW, BAR, WIDE = 250, 92, 26, 18, 420  # pixels
COLOURS = {
    "a remedy filed": "#1a7f5a",
    "a person must agree first": "#a8720c",
    "a person brought in": "#2f6fb3",
    "ended without either": "#7b8794",
}
SAID = {"person: asked": "asked for a person", "closed": "dropped by the customer", "stopped": "a question left open"}
STYLE = (
    "text{fill:#1f2933} .ground{fill:#ffffff} .quiet{fill:#52606d}"
    " @media (prefers-color-scheme: dark){text{fill:#e4e7eb} .ground{fill:#14181d} .quiet{fill:#9aa5b1}}"
)


def ends(judged: Sequence[Judged]) -> str:
    """An SVG picture, readable on a light and on a dark page."""
    counts = Counter(end for one in judged for end in one.ends)
    groups = list(COLOURS)
    order = sorted(counts, key=lambda end: (groups.index(_group(end)), -counts[end], end))
    width, height = LEFT + WIDE + 70, TOP + ROW * len(order) + 20
    title = f"Where {len(judged)} journeys end"
    note = f"Counted by case: {sum(counts.values())} cases. {sum(one.is_ok for one in judged)} journeys went as their customer may expect."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text x="16" y="28" font-size="16" font-weight="600">{title}</text>',
        f'<text x="16" y="48" class="quiet">{note}</text>',
        *_legend(),
    ]
    longest = max(counts.values(), default=1)
    parts += [_bar(place, end, counts[end], longest) for place, end in enumerate(order)]
    return "\n".join([*parts, "</svg>\n"])


def _group(end: str) -> str:
    if end.startswith("person: "):
        return "a person brought in"
    if end.endswith(", to be approved"):
        return "a person must agree first"
    return "ended without either" if end in ("closed", "stopped", "no case") else "a remedy filed"


def _legend() -> list[str]:
    parts, x = [], 16
    for name, colour in COLOURS.items():
        parts.append(f'<rect x="{x}" y="62" width="12" height="12" rx="2" fill="{colour}"/><text x="{x + 18}" y="73">{escape(name)}</text>')
        x += 34 + 7 * len(name)
    return parts


def _bar(place: int, end: str, count: int, longest: int) -> str:
    y, width = TOP + ROW * place, max(2.0, WIDE * count / longest)
    name = SAID.get(end, end.removeprefix("person: ").replace("_", " "))
    return (
        f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3" fill="{COLOURS[_group(end)]}"/>'
        f'<text x="{LEFT + width + 8:.1f}" y="{y + 14}">{count}</text>'
    )

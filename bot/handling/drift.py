"""How messages were heard, week by week: counted, judged, and drawn."""

from datetime import datetime, timedelta
from html import escape

from bot.cases import drift as rule
from bot.cases.drift import ISSUES, Drift, Week
from bot.handling.shop import Shop

WEEKS = 12
WIDTH, HEIGHT, LEFT, TOP = 46, 30, 210, 74  # pixels


def drift(shop: Shop, now: datetime, weeks: int = WEEKS) -> Drift:
    """The last seven days against the weeks before; each week ends at this time of day."""
    begin = now - timedelta(days=7 * weeks)
    counts: list[dict[str, int]] = [{} for _ in range(weeks)]
    sums = [[0.0, 0.0] for _ in range(weeks)]
    with shop.begin(False) as uow:
        for place, intent, count, sure, squares in uow.reviews.heard_by_week(begin, now):
            counts[place][intent] = count
            sums[place][0] += sure
            sums[place][1] += squares
    found = [Week(begin + timedelta(days=7 * place), counts[place], *sums[place]) for place in range(weeks)]
    first = next((place for place, week in enumerate(found) if week.messages), weeks)
    return rule.drift(found[min(first, weeks - 1 - rule.AGAINST) :])  # weeks before the first message tell nothing


def told(found: Drift) -> list[str]:
    """What is to be said of it, in plain sentences for people of the shop."""
    if found.index is None:
        return [
            f"Fewer than {rule.FEWEST} complaints in the last week or in the {rule.AGAINST} before: too few to tell a change from chance."
        ]
    if found.has_shifted:
        much = "Much" if found.index >= rule.MUCH else "Something"
        moved = ", ".join(f"{name} {_percent(found.before.share(name))} to {_percent(found.weeks[-1].share(name))}" for name in found.moved)
        said = [f"{much} has changed in what customers write about (index {found.index:.2f}){': ' + moved if moved else ''}."]
    else:
        said = [f"What customers write about has not changed beyond chance (index {found.index:.2f})."]
    mean, before = found.weeks[-1].mean or 0.0, found.before.mean or 0.0
    less = "is less sure than before: look at the review" if found.is_less_sure else "is as sure as before"
    return [*said, f"The assistant {less} (mean confidence {before:.2f} before, {mean:.2f} now)."]


def picture(found: Drift) -> str:
    """An SVG: a row an issue, a column a week, darker where more of the week's complaints were of it; the last column is judged."""
    rows = [name for name in ISSUES if any(week.counts.get(name) for week in found.weeks)]
    width, height = LEFT + WIDTH * len(found.weeks) + 24, TOP + HEIGHT * (len(rows) + 1) + 24
    title = "What customers wrote about, week by week"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>{escape(' '.join([title + '.', *told(found)]))}</title>",
        "<style>text{fill:#1f2933} .in{fill:#fff} .edge{fill:none;stroke:#1f2933;stroke-width:1.5}"
        " @media (prefers-color-scheme: dark){text{fill:#e4e7eb} .in{fill:#fff} .edge{stroke:#e4e7eb}}</style>",
        f'<text x="12" y="22" font-size="15" font-weight="600">{title}</text>',
        f'<text x="12" y="42">Percent of the week’s complaints. The framed week is compared with the {rule.AGAINST} before.</text>',
    ]
    for place, week in enumerate(found.weeks):
        x = LEFT + WIDTH * place + WIDTH / 2
        parts.append(f'<text x="{x}" y="{TOP - 8}" text-anchor="middle">{week.begins:%d %b}</text>')
        parts += [_cell(place, row, week.share(name), "#2563a8", week.share(name)) for row, name in enumerate(rows)]
        parts.append(_cell(place, len(rows), week.mean, "#1a7f5a", week.mean))
    for row, name in enumerate([*rows, "mean confidence"]):
        mark = " ▲" if name in found.moved else ""
        parts.append(f'<text x="{LEFT - 10}" y="{TOP + HEIGHT * row + 19}" text-anchor="end">{escape(name.replace("_", " "))}{mark}</text>')
    frame = (LEFT + WIDTH * (len(found.weeks) - 1) - 1, TOP - 2, WIDTH, HEIGHT * (len(rows) + 1) + 2)
    parts.append('<rect class="edge" x="{}" y="{}" width="{}" height="{}" rx="4"/>'.format(*frame))
    return "\n".join([*parts, "</svg>\n"])


def _cell(place: int, row: int, value: float | None, colour: str, shade: float | None) -> str:
    if value is None or shade is None:
        return ""
    x, y, opacity = LEFT + WIDTH * place, TOP + HEIGHT * row, 0.06 + 0.94 * min(shade, 1.0) ** 0.7
    light = ' class="in"' if opacity > 0.55 else ""
    square = f'<rect x="{x}" y="{y}" width="{WIDTH - 3}" height="{HEIGHT - 3}" rx="3" fill="{colour}" fill-opacity="{opacity:.2f}"/>'
    return f'{square}<text{light} x="{x + WIDTH / 2 - 1}" y="{y + 19}" text-anchor="middle">{100 * value:.0f}</text>'


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"

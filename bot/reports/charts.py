"""Pictures as inline SVG: told by pattern and direct labels, never by colour alone. No styles of their own, so that a strict policy
of contents lets them through. Lengths across are percents: a picture is as wide as its place, and its letters keep their size."""

from collections.abc import Mapping, Sequence
from html import escape

from bot.cases.report import Count
from bot.reports.words import ENDS

ROOM = 9.0  # percent of a bar, from which a number fits into a part of it
HIGH, TOP = 120, 18  # of the bars of a chart of periods, and above them for the number
LINE = (116, 30)  # of a small line

PATTERNS = (
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="p-helped" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" class="ground"/><rect width="3" height="6" class="ink"/></pattern>'
    '<pattern id="p-not_right" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" class="ground"/><path d="M0 0L6 6M6 0L0 6" class="cross"/></pattern>'
    '<pattern id="p-silent" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" class="ground"/><circle cx="3" cy="3" r="1.2" class="dot"/></pattern>'
    '<pattern id="p-before" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" class="ground"/><rect width="1.6" height="5" class="ink"/></pattern>'
    "</defs></svg>"
)


def ends(counts: Mapping[str, int], most: int) -> str:
    """One bar: how so many cases ended, as long as its number beside `most`."""
    total = sum(counts.values())
    parts, at = [], 0.0
    for name in ENDS:
        width = 100 * counts.get(name, 0) / most if most else 0
        if not width:
            continue
        parts.append(f'<rect class="end {name}" x="{at:.2f}%" width="{width:.2f}%" y="0.5" height="21"/>')
        if width >= ROOM:
            parts.append(f'<text class="on {name}" x="{at + width / 2:.2f}%" y="16" text-anchor="middle">{counts[name]:,}</text>')
        at += width
    told = ", ".join(f"{counts.get(name, 0):,} {words}" for name, words in ENDS.items() if counts.get(name))
    return f'<svg class="bar" width="100%" height="22" role="img" aria-label="{escape(f"{total:,} cases: {told}")}">{"".join(parts)}</svg>'


def swatch(name: str) -> str:
    rect = f'<rect class="end {name}" x="0.5" y="0.5" width="25" height="13"/>'
    return f'<svg class="swatch" width="26" height="14" aria-hidden="true">{rect}</svg>'


def weight(value: float, most: float, label: str) -> str:
    """One bar with its number at its end."""
    width = 84 * value / most if most else 0
    bar = f'<rect class="end alone" x="0" y="0.5" width="{width:.2f}%" height="15"/>'
    text = f'<text class="beside" x="{width + 1.5:.2f}%" y="13">{value:,.0f}</text>'
    return f'<svg class="bar low" width="100%" height="16" role="img" aria-label="{escape(label)}">{bar}{text}</svg>'


def periods(counts: Sequence[Count], label: str) -> str:
    """A bar for each period, the last one solid, each with its number."""
    most, step = max((one.cases for one in counts), default=0) or 1, 100 / max(1, len(counts))
    parts = []
    for place, one in enumerate(counts):
        high = max(1.0, HIGH * one.cases / most) if one.cases else 0.0
        kind = "alone" if place == len(counts) - 1 else "before"
        left, middle = place * step + step * 0.14, (place + 0.5) * step
        top = TOP + HIGH - high
        parts.append(f'<rect class="end {kind}" x="{left:.2f}%" width="{step * 0.72:.2f}%" y="{top:.1f}" height="{high:.1f}"/>')
        parts.append(f'<text class="above" x="{middle:.2f}%" y="{top - 5:.1f}" text-anchor="middle">{one.cases:,}</text>')
        parts.append(f'<text class="under" x="{middle:.2f}%" y="{TOP + HIGH + 16}" text-anchor="middle">{escape(_short(one.name))}</text>')
    foot = f'<line class="axis" x1="0" x2="100%" y1="{TOP + HIGH + 0.5}" y2="{TOP + HIGH + 0.5}"/>'
    size = TOP + HIGH + 22
    return f'<svg class="periods" width="100%" height="{size}" role="img" aria-label="{escape(label)}">{"".join(parts)}{foot}</svg>'


def _short(name: str) -> str:
    """Under a bar there is little room: W11, 03 or 09."""
    return name.rpartition("-")[2]


def line(before: Sequence[float | None], value: float | None) -> str:
    """A small line from the earliest period to this one, whose point is marked; a gap where nothing can be told."""
    wide, high = LINE
    values = [*before, value]
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (wide - 10) / max(1, len(values) - 1)
    points = [None if one is None else (5 + place * step, high - 5 - (high - 10) * (one - low) / span) for place, one in enumerate(values)]
    drawn, pen = "", "M"
    for point in points:
        drawn, pen = (drawn, "M") if point is None else (f"{drawn}{pen}{point[0]:.1f} {point[1]:.1f}", "L")
    last = points[-1]
    dot = f'<circle class="now" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3.2"/>' if last else ""
    return f'<svg class="line" width="{wide}" height="{high}" aria-hidden="true"><path class="trace" d="{drawn}"/>{dot}</svg>'

"""The present model and a candidate beside each other: every figure, and each intent, as an SVG picture."""

from html import escape

from bot.cases.taught import GUARDED, Verdict, f1_by_label, gain
from bot.evaluation.sets import Measured

LEFT, WIDE, ROW, TOP = 410, 380, 26, 92  # pixels


def picture(before: Measured, after: Measured, verdict: Verdict) -> str:
    """A line for each figure and intent, from where it was (ring) to where it is (dot): green for better, red for worse."""
    old, new = f1_by_label(before.pairs), f1_by_label(after.pairs)
    rows = [
        (name, before.figures[name], after.figures[name], gain(name, after.figures[name], before.figures[name])) for name in after.figures
    ]
    intents = [(name, old[name], new[name], new[name] - old[name]) for name in old]
    width, height = LEFT + WIDE + 150, TOP + ROW * (len(rows) + len(intents) + 2) + 20
    title = "Candidate beside the present assistant"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(f'{title}. {verdict.why}')}</title>",
        "<style>text{fill:#1f2933} .soft{fill:#52606d} .line{stroke:#c3cbd3} @media (prefers-color-scheme: dark)"
        "{text{fill:#e4e7eb} .soft{fill:#a5b3bf} .line{stroke:#3a4753}}</style>",
        f'<text x="12" y="26" font-size="16" font-weight="600">{title}</text>',
        f'<text x="12" y="48">{escape("Kept: " if verdict.is_better else "Not kept: ")}{escape(verdict.why[:120])}</text>',
        '<text x="12" y="68" class="soft">Ring: present. Dot: candidate. From 0 to 1; ◆ guarded: must not fall.</text>',
    ]
    y = TOP
    for heading, group in (("All messages", rows), ("F1 of each intent", intents)):
        parts.append(f'<text x="12" y="{y + 17}" font-weight="600">{heading}</text>')
        y += ROW
        for name, was, now, step in group:
            parts.append(_row(y, f"{'◆ ' if name in GUARDED else ''}{name}", was, now, step))
            y += ROW
    return "\n".join([*parts, "</svg>\n"])


def _row(y: int, name: str, was: float, now: float, step: float) -> str:
    x0, x1, middle = LEFT + WIDE * was, LEFT + WIDE * now, y + ROW / 2
    colour = "#7a8794" if abs(step) < 0.0005 else "#1a7f5a" if step > 0 else "#b3401e"
    said = f"{was:.3f} → {now:.3f}" if abs(now - was) >= 0.0005 else f"{now:.3f}"
    return (
        f'<text x="{LEFT - 12}" y="{middle + 4}" text-anchor="end">{escape(name.replace("_", " "))}</text>'
        f'<line class="line" x1="{LEFT}" y1="{middle}" x2="{LEFT + WIDE}" y2="{middle}"/>'
        f'<line x1="{x0:.1f}" y1="{middle}" x2="{x1:.1f}" y2="{middle}" stroke="{colour}" stroke-width="4"/>'
        f'<circle cx="{x0:.1f}" cy="{middle}" r="4.5" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<circle cx="{x1:.1f}" cy="{middle}" r="4.5" fill="{colour}"/>'
        f'<text x="{LEFT + WIDE + 14}" y="{middle + 4}" font-variant-numeric="tabular-nums">{said}</text>'
    )

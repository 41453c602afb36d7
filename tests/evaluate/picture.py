"""What is taken for what, drawn: a square for each pair of label and guess, darker where more of the label went there."""

from collections import Counter
from html import escape

from bot.evaluation.sets import Pairs, macro_f1

SIDE, LEFT, TOP = 34, 210, 220  # pixels


def confusion(pairs: Pairs, name: str) -> str:
    """An SVG picture, readable on a light and on a dark page."""
    counts, totals = Counter(pairs), Counter(label for label, _ in pairs)
    labels = sorted({label for label, _ in pairs} | {guess for _, guess in pairs}, key=lambda one: (totals[one] == 0, one))
    rows = [one for one in labels if totals[one]]
    width, height = LEFT + SIDE * len(labels) + 20, TOP + SIDE * len(rows) + 20
    title = f"{name}: macro F1 {macro_f1(pairs):.3f} over {len(pairs)} messages"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        "<style>text{fill:#1f2933} @media (prefers-color-scheme: dark){text{fill:#e4e7eb} .ground{fill:#14181d}} .in{fill:#fff}</style>",
        f'<rect class="ground" width="{width}" height="{height}" fill="none"/>',
        f'<text x="12" y="24" font-size="15" font-weight="600">{escape(title)}</text>',
        '<text x="12" y="44">Rows: what it was. Columns: what it was taken for. The number is a percentage of the row.</text>',
    ]
    for place, label in enumerate(labels):
        x, y = LEFT + SIDE * place + SIDE / 2, TOP - 8
        parts.append(f'<text x="{x}" y="{y}" transform="rotate(-60 {x} {y})">{escape(label)}</text>')
    for row, label in enumerate(rows):
        y = TOP + SIDE * row
        parts.append(f'<text x="{LEFT - 8}" y="{y + SIDE * 0.62}" text-anchor="end">{escape(label)} ({totals[label]})</text>')
        parts += [
            _square(LEFT + SIDE * place, y, counts[label, guess] / totals[label], label == guess) for place, guess in enumerate(labels)
        ]
    return "\n".join([*parts, "</svg>\n"])


def _square(x: float, y: float, share: float, is_right: bool) -> str:
    colour = "#1a7f5a" if is_right else "#b3401e"
    opacity = 0.06 + 0.94 * share if is_right else 0.06 + 0.94 * min(1.0, 3 * share)  # confusions are small; three times as dark
    square = f'<rect x="{x}" y="{y}" width="{SIDE - 2}" height="{SIDE - 2}" rx="3" fill="{colour}" fill-opacity="{opacity:.2f}"/>'
    if round(100 * share) == 0:
        return square
    light = ' class="in"' if opacity > 0.5 else ""
    return f'{square}<text{light} x="{x + SIDE / 2 - 1}" y="{y + SIDE * 0.6}" text-anchor="middle">{100 * share:.0f}</text>'

"""`amends policy diff`: past decisions, or a shop's orders, under two policies; as a table, as JSON and as a picture."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape as html
from pathlib import Path
from typing import Any

from rich.markup import escape

from bot import policy_files
from bot.cases.money import Money
from bot.cases.policy import Policy
from bot.commands.policy import FOLDER, console, moment, row, table
from bot.commands.shop import ready_database, ready_shop
from bot.errors import BadInput
from bot.handling.replay import ADDED, AMOUNT, APPROVAL, KINDS, REMOVED, TIME, Replay, Replayed, of_decisions, of_orders
from bot.handling.shop import Shop
from bot.store.orders import OrderBook

SHOWN = 12  # changed decisions told one by one
SAID = {ADDED: "option added", REMOVED: "option removed", AMOUNT: "another amount", APPROVAL: "another decides", TIME: "another day"}
HEADS = ("added", "removed", "amount", "who decides", "day")
COLOURS = {ADDED: "#1a7f5a", REMOVED: "#b3401e", AMOUNT: "#2f6fb3", APPROVAL: "#a8720c", TIME: "#7b8794"}
LEFT, TOP, ROW, BAR, WIDE = 290, 100, 24, 16, 420  # pixels
STYLE = (
    "text{fill:#1f2933} .ground{fill:#ffffff} .quiet{fill:#52606d}"
    " @media (prefers-color-scheme: dark){text{fill:#e4e7eb} .ground{fill:#14181d} .quiet{fill:#9aa5b1}}"
)


def show_diff(old: Path, new: Path | None, over_orders: bool, picture: Path | None, at: str, as_json: bool) -> None:
    """Prints what would change. Raises BadPolicy where either folder cannot be used."""
    if not old.is_dir():
        raise BadInput(f"{old} is no folder. Give the folder that holds the old policy's files.")
    before, after = (policy_files.read(folder).policy for folder in (old, new or FOLDER))
    shop = ready_shop()
    found = _over_orders(shop, before, after, at) if over_orders else _over_decisions(shop, before, after)
    what = "orders and what may go wrong with them" if over_orders else "past decisions"
    if picture:
        picture.write_text(drawn(found, what), encoding="utf-8")
    if as_json:
        print(json.dumps(_as_json(found, before, after), ensure_ascii=False, indent=2))
        return
    _print(found, before, after, what, picture)


def _over_decisions(shop: Shop, before: Policy, after: Policy) -> Replay:
    with shop.begin(False) as uow:
        references = {case.id: case.reference for case in uow.cases.list(with_dev=True)}
        decisions = [(references[one.case_id], one) for one in uow.remedies.decisions()]
    numbers = {str(one.inputs["order"]) for _, one in decisions if one.inputs["order"]}
    return of_decisions(before, after, decisions, {number: shop.orders.find(number) for number in numbers}, shop.orders.incidents())


def _over_orders(shop: Shop, before: Policy, after: Policy, at: str) -> Replay:
    return of_orders(before, after, OrderBook(ready_database()).every(), shop.orders.incidents(), moment(at, after))


def _print(found: Replay, before: Policy, after: Policy, what: str, picture: Path | None) -> None:
    out = console()
    out.print(f"Old policy {before.version}, new policy {after.version}.")
    out.print(headline(found, what))
    if found.made:
        out.print(_table(found))
    for line in (*_at_stake(found), *_honest(found), *_kept(before, after)):
        out.print(escape(line))
    changed = [one for one in found.made if one.is_changed]
    if changed:
        out.print(f"\nThe first {min(SHOWN, len(changed))} of {len(changed)}:")
        out.print(_examples(changed[:SHOWN]))
    if picture:
        out.print(f"Drawn in {picture}.")


def headline(found: Replay, what: str) -> str:
    """How many would change, in one line."""
    changed = sum(one.is_changed for one in found.made)
    share = f" ({100 * changed / len(found.made):.0f} percent)" if found.made else ""
    return f"{changed} of {len(found.made)} {what} would change{share}."


def counted(found: Replay) -> list[tuple[str, int, int, Counter[str]]]:
    """By issue: how many were looked at, how many would change, and in how many of them each kind of change occurs."""
    rows = []
    for issue in dict.fromkeys(one.issue for one in found.made):
        of_it = [one for one in found.made if one.issue is issue]
        kinds = Counter(kind for one in of_it for kind in {change.kind for change in one.changes})
        rows.append((str(issue), len(of_it), sum(one.is_changed for one in of_it), kinds))
    return sorted(rows, key=lambda one: (-one[2], one[0]))


def _table(found: Replay) -> Any:
    made = table("issue", "looked at", "change", *HEADS)
    every: Counter[str] = Counter()
    for issue, looked, changed, kinds in counted(found):
        every += kinds
        row(made, issue, looked, changed, *(kinds[kind] or "-" for kind in KINDS))
    row(made, "all", len(found.made), sum(one.is_changed for one in found.made), *(every[kind] or "-" for kind in KINDS))
    return made


def sums(found: Replay) -> dict[str, tuple[Money, Money]]:
    """By currency: the most money on offer in the decisions that change, all taken together, before and after."""
    totals: dict[str, list[int]] = {}
    for one in found.made:
        for place, most in enumerate(one.most if one.is_changed else ()):
            if most:
                totals.setdefault(most.currency, [0, 0])[place] += most.minor
    return {currency: (Money(was, currency), Money(will, currency)) for currency, (was, will) in sorted(totals.items())}


def _at_stake(found: Replay) -> list[str]:
    return [f"The most they could cost in {currency}: {was} before, {will} after." for currency, (was, will) in sums(found).items()]


def _honest(found: Replay) -> list[str]:
    told = []
    if found.gone:
        named = ", ".join(found.gone[:SHOWN]) + (" and more" if len(found.gone) > SHOWN else "")
        told.append(f"{len(found.gone)} could not be made again, since their order is gone: {named}.")
    if found.moved:
        named = ", ".join(found.moved[:SHOWN]) + (" and more" if len(found.moved) > SHOWN else "")
        told.append(f"In {len(found.moved)} cases the order's money has moved since; sums are reckoned from what it is now: {named}.")
    return told


def _kept(before: Policy, after: Policy) -> list[str]:
    """Where what is held about customers is kept for another time."""
    was, will = asdict(before.retention), asdict(after.retention)
    return [f"Kept for {will[name]} days instead of {was[name]}: {name}." for name in was if was[name] != will[name]]


def _examples(changed: Iterable[Replayed]) -> Any:
    made = table("of", "issue", "option", "change", "before", "after")
    for one in changed:
        for change in one.changes:
            row(made, one.name, one.issue, change.wording, SAID[change.kind], change.before, change.after)
    return made


def _as_json(found: Replay, before: Policy, after: Policy) -> dict[str, Any]:
    return {
        "old": before.version,
        "new": after.version,
        "looked_at": len(found.made),
        "would_change": sum(one.is_changed for one in found.made),
        "by_issue": [
            {"issue": issue, "looked_at": looked, "would_change": changed, **{kind: kinds[kind] for kind in KINDS}}
            for issue, looked, changed, kinds in counted(found)
        ],
        "most": {currency: {"before": str(was.amount), "after": str(will.amount)} for currency, (was, will) in sums(found).items()},
        "kept_days": {"before": asdict(before.retention), "after": asdict(after.retention)},
        "gone": list(found.gone),
        "moved": list(found.moved),
    }


def drawn(found: Replay, what: str) -> str:
    """An SVG picture, readable on a light and on a dark page: a bar for each issue and kind of change, as long as it has decisions."""
    bars = [(issue, kind, kinds[kind]) for issue, _, _, kinds in counted(found) for kind in KINDS if kinds[kind]]
    width, height = LEFT + WIDE + 70, TOP + ROW * max(1, len(bars)) + 20
    title = headline(found, what).rstrip(".")
    note = " ".join(_at_stake(found)) or "No money is at stake in them."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{html(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text x="16" y="28" font-size="16" font-weight="600">{html(title)}</text>',
        f'<text x="16" y="48" class="quiet">{html(note)}</text>',
        *_legend(),
    ]
    longest = max((count for _, _, count in bars), default=1)
    parts += [_bar(place, one, longest, bars) for place, one in enumerate(bars)]
    return "\n".join([*parts, "</svg>\n"])


def _legend() -> list[str]:
    parts, x = [], 16
    for kind, said in SAID.items():
        parts.append(f'<rect x="{x}" y="62" width="12" height="12" rx="2" fill="{COLOURS[kind]}"/><text x="{x + 18}" y="73">{said}</text>')
        x += 34 + 7 * len(said)
    return parts


def _bar(place: int, one: tuple[str, str, int], longest: int, bars: Sequence[tuple[str, str, int]]) -> str:
    issue, kind, count = one
    y, width = TOP + ROW * place, max(2.0, WIDE * count / longest)
    is_first = place == 0 or bars[place - 1][0] != issue
    name = issue.replace("_", " ") if is_first else ""
    return (
        f'<text x="{LEFT - 10}" y="{y + 13}" text-anchor="end">{html(name)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3" fill="{COLOURS[kind]}"/>'
        f'<text x="{LEFT + width + 8:.1f}" y="{y + 13}">{count}</text>'
    )

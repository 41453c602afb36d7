"""A card: what a reply says, laid out in rows for a channel that can show them. The text says the same without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = frozenset({"review", "orders", "items", "remedies", "times"})
FIELDS = ("label", "value", "detail")


@dataclass(frozen=True)
class Row:
    """One fact, or one thing to choose. `choice`: the payload of the reply's choice that its button stands for."""

    label: str
    value: str = ""
    detail: str = ""
    choice: str | None = None


@dataclass(frozen=True)
class Card:
    """Rows of one kind."""

    kind: str
    rows: tuple[Row, ...]

    def as_json(self, text: str) -> dict[str, Any]:
        """As it is sent and kept; `text` is what is said where the card takes the place of the list in the reply."""
        return {"kind": self.kind, "text": text, "rows": [dict(vars(row)) for row in self.rows]}


def read_card(sent: Any) -> dict[str, Any] | None:
    """A card as it came over the wire, and nothing besides. Raises ValueError for one that is none."""
    if sent is None:
        return None
    rows = sent.get("rows") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not rows or sent.get("kind") not in KINDS or not isinstance(sent.get("text"), str):
        raise ValueError("no card")
    return {"kind": sent["kind"], "text": sent["text"], "rows": [_row(one) for one in rows]}


def _row(sent: Any) -> dict[str, Any]:
    choice = sent.get("choice") if isinstance(sent, dict) else 0
    if not isinstance(choice, str | None) or not all(isinstance(sent.get(name), str) for name in FIELDS):
        raise ValueError("no row of a card")
    return {**{name: sent[name] for name in FIELDS}, "choice": choice}


def with_ids(card: Mapping[str, Any] | None, choices: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    """The card with the ids of the message's choices in place of their payloads, which stay on the server."""
    if card is None:
        return None
    ids = {one["payload"]: one["id"] for one in reversed(choices)}
    return {**card, "rows": [{**row, "choice": ids.get(row["choice"])} for row in card["rows"]]}

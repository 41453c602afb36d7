"""What of a message is said back: the clause that tells the trouble, turned to the customer, and a few words to quote."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.heard import HARMS, OF_WHAT_WAS_NAMED
from bot.cases.issue import Issue
from bot.nlu.clauses import TELLS
from bot.nlu.phrase_list import read_phrases, spoken_words
from bot.nlu.private import private_spans
from bot.nlu.tellings import CHANCES, TELLINGS
from bot.nlu.text_reader import TextReader

# The chance of the issue that leads, for the piece alone: to be told by it; to be quoted for it.
SURE, LIKELY = 0.5, 0.25
POSSIBLE, CERTAINLY_ONE = 0.15, 0.8  # or of it possibly, and of one of them all but certainly
PLAINLY_ONE = 0.95  # of one of them whatever words it has
AWAITED = frozenset({str(issue) for issue in (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING, Issue.REFUND_NOT_RECEIVED)})
_CAME = re.compile(r"\b(delivered|received|arrived|came|got)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(no|not|never|late|without|missing)\b|n['’]?t\b", re.IGNORECASE)
_LESS = 0.15  # where another tells as well what it is about
_SHORT = ("inform", "deny", "affirm")  # what a clause may be taken for because it is short
_AWAITING = ("order_status", "ask_human")  # no complaint by itself
_ENOUGH = 2.0  # worth of a few words torn out
_ENOUGH_SIGNS, _SURE_ENOUGH = 4.0, 0.8  # more say no more
_PLAIN_SIGNS, _SOME_SIGNS, _FEW_SIGNS = 2.0, 1.8, 1.0  # of a trouble beside the first; of one alone; where it has plain words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class WhatHappened(TextReader):
    """Sets `retold`, `retold_beside`, `what_happened` and `own_words`, each to None where nothing can be said back so.

    `retold` is {text, start, end, asks, issues, beside, harm}: a clause turned to the customer, whether it is what they ask, the issues
    that it has plain words for, whether it tells something else than what leads, and whether it tells of harm. `retold_beside` is
    another, of what else went wrong.
    `what_happened` is {text, start, end}, a short clause to quote; in its place comes `own_words`, {text, start, end, tells}:
    a few words torn out, which `tells` a deed or name a thing.
    """

    def read(self, message: Message) -> None:
        """Add them to the output."""
        pieces = _Pieces(message)
        clause, is_beside = pieces.best("clause", 0.0, pieces.worth_of_harm), True
        if clause is None:
            clause, is_beside = pieces.best("clause", 0.0, pieces.worth_of_clause), False
        if clause is None:
            clause, is_beside = pieces.best("clause", 0.0, pieces.worth_alone), bool(pieces.issues)
        phrase = pieces.best("phrase", LIKELY, pieces.worth_of_phrase) or pieces.best("phrase", 0.0, pieces.worth_of_any)
        words = None if phrase else pieces.best("words", LIKELY, pieces.worth_of_words)
        beside = pieces.best("clause", 0.0, lambda one: pieces.worth_beside(one, clause)) if clause else None
        message.set("retold", clause and pieces.retold(clause, is_beside), add_to_output=True)
        message.set("retold_beside", beside and pieces.retold(beside, True), add_to_output=True)
        message.set("what_happened", phrase and _placed(phrase), add_to_output=True)
        message.set("own_words", words and {**_placed(words), "tells": words.get("is_deed")}, add_to_output=True)


class _Pieces:
    """What could be said back of one message, and the issue that leads it."""

    def __init__(self, message: Message) -> None:
        """Leave out whatever names or numbers somebody."""
        private, self.issues = private_spans(message), message.get("issues") or []
        self.harms = [harm for harm in HARMS if harm in (message.get("severity") or {}).get("reasons", ())]
        self.all = [one for one in message.get(TELLINGS) or () if not any(_meet(one.get("span"), span) for span in private)]

    def best(self, kind: str, least: float, worth: Callable[[Message], float]) -> Message | None:
        """Return the best piece of a kind, of those with at least this chance and any worth."""
        found = [one for one in self.all if one.get("kind") == kind and self.chance(one) >= least and worth(one) > 0]
        return max(found, key=worth, default=None)

    def chance(self, piece: Message) -> float:
        """Return the chance that the piece tells of the leading issue; of any, where none leads; 1 where nothing was classified."""
        chances: dict[str, float] | None = piece.get(CHANCES)
        if chances is None:
            return 1.0
        return chances[self.issues[0]["name"]] if self.issues else max(chances.get(str(issue), 0.0) for issue in Issue)

    def is_of_lead(self, piece: Message) -> bool:
        """Tell whether it stands in the clause that leads, where several issues are told, and is not plainly of another."""
        if not self.issues:
            return True
        tells = [str(issue) for issue in piece.get(TELLS)]
        return (len(self.issues) < 2 or self._stands_in_lead(piece)) and (not tells or self.issues[0]["name"] in tells)

    def worth_of_harm(self, piece: Message) -> float:
        """Return how well a clause tells of harm, where the message does: that comes before whatever else went wrong."""
        return float(piece.get("worth")) * self._tells_harm(piece) if not piece.get("asks") else 0.0

    def _tells_harm(self, piece: Message) -> bool:
        words = spoken_words(piece.get(TEXT))
        return any(read_phrases(harm).found_in(words) for harm in self.harms)

    def worth_of_clause(self, piece: Message) -> float:
        """Return how well a clause tells the trouble; 0 where no word of it does, or it is of something else."""
        signs, chance = min(piece.get("worth"), _ENOUGH_SIGNS), self.chance(piece)
        is_plain = bool(piece.get(TELLS)) and self.is_of_lead(piece)
        is_trouble = (
            self._asks_where(piece) or chance >= SURE or (signs >= 1 and chance >= POSSIBLE and self.of_any(piece) >= CERTAINLY_ONE)
        )
        tells = signs >= 1 or piece.get(TELLS) or piece.get("asks")
        worth = min(chance, _SURE_ENOUGH) + 0.1 * signs + 0.1 * is_plain - _LESS * bool(OF_WHAT_WAS_NAMED.match(str(piece.get("turned"))))
        return max(worth, 0.01) if is_trouble and tells else 0.0

    def worth_beside(self, piece: Message, first: Message | None = None) -> float:
        """Return how well another clause tells what else went wrong; 0 where it may be none, or is part of the first."""
        worth: float = piece.get("worth")
        is_other = not (first and _meet(piece.get("span"), first.get("span"))) and not piece.get("asks")
        of_any, is_told = self.of_any(piece), bool(piece.get(TELLS))
        enough = _FEW_SIGNS if is_told and of_any >= PLAINLY_ONE else _SOME_SIGNS if is_told or of_any >= PLAINLY_ONE else _PLAIN_SIGNS
        is_plain = worth >= (enough if first is not None else _PLAIN_SIGNS)
        return worth if is_other and is_plain and of_any >= CERTAINLY_ONE else 0.0

    def worth_alone(self, piece: Message) -> float:
        """Return how well a clause tells what went wrong where none tells it of the issue that leads: plainly, if that is sure."""
        if self.issues and self.issues[0]["confidence"] >= CERTAINLY_ONE:
            return self.worth_beside(piece)
        worth, told = piece.get("worth"), self.of_any(piece) / max(1.0 - self.sum_of(piece, _SHORT), 0.1)
        awaits = self.of_any(piece) + self.sum_of(piece, _AWAITING)
        if piece.get("asks"):
            return float(worth) if self.of_any(piece) >= CERTAINLY_ONE else 0.0
        is_told = worth >= _SOME_SIGNS and (told >= CERTAINLY_ONE or awaits >= CERTAINLY_ONE)
        return float(worth) if is_told or (worth >= _FEW_SIGNS and awaits >= PLAINLY_ONE) else 0.0

    def _asks_where(self, piece: Message) -> bool:
        """Tell whether it asks where what is awaited is, which alone is no complaint."""
        awaited = bool(self.issues) and self.issues[0]["name"] in AWAITED
        return awaited and bool(piece.get("asks")) and str(piece.get("turned")).startswith("where")

    def of_any(self, piece: Message) -> float:
        """Return the chance that the piece complains of anything."""
        return self.sum_of(piece, tuple(map(str, Issue)))

    def sum_of(self, piece: Message, intents: tuple[str, ...]) -> float:
        """Return the chance that the piece is one of them."""
        chances: dict[str, float] = piece.get(CHANCES) or {}
        return sum(chances.get(one, 0.0) for one in intents)

    def worth_of_phrase(self, piece: Message) -> float:
        """Return how well a clause to quote tells what leads; 0 where it is of something else."""
        return self.is_of_lead(piece) * (float(piece.get("worth")) + 2 * self.chance(piece))

    def worth_of_any(self, piece: Message) -> float:
        """Return the same of any complaint, where none surely leads; 0 where it may be none."""
        is_sure = bool(self.issues) and self.issues[0]["confidence"] >= CERTAINLY_ONE
        return 0.0 if is_sure or self.of_any(piece) < CERTAINLY_ONE else float(piece.get("worth"))

    def worth_of_words(self, piece: Message) -> float:
        """Return the worth of a few words torn out; 0 where it is too little, or tells that what is awaited came."""
        if self.issues and self.issues[0]["name"] in AWAITED and _CAME.search(piece.get(TEXT)) and not _DENIED.search(piece.get(TEXT)):
            return 0.0
        worth = piece.get("worth") + (not self.issues or self._stands_in_lead(piece))
        return worth + 2 * self.chance(piece) if worth > _ENOUGH and self.is_of_lead(piece) else 0.0

    def retold(self, clause: Message, is_beside: bool) -> dict[str, Any]:
        """Return a clause as it is put on the message."""
        said = {"text": clause.get("turned"), "asks": clause.get("asks"), "issues": [str(issue) for issue in clause.get(TELLS)]}
        return {**_placed(clause), **said, "beside": is_beside, "harm": self._tells_harm(clause)}

    def _stands_in_lead(self, piece: Message) -> bool:
        start: int = piece.get("span")[0]
        return bool(self.issues[0]["start"] <= start < self.issues[0]["end"])


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _placed(piece: Message) -> dict[str, Any]:
    start, end = piece.get("span")
    return {"text": piece.get(TEXT), "start": start, "end": end}

"""Which issues a message tells: the one that leads, and those told beside it, each with its clause."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa.shared.nlu.constants import INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY

from bot.cases.issue import Issue
from bot.nlu.clauses import BESIDE, Span

# An issue beside the leading one must be plainly told in a clause: its own words and a fair chance, for a clause alone
# ("the rice was hard") says little, and a wrong second matter is worse than one heard when it is told again.
LIKELY = 0.2
IN_PASSING = 0.05
SURE = 0.6
BORNE_OUT = 0.8
# Rarely both true, and each other's commonest confusion.
ALIKE = frozenset({frozenset({Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING})})


class Clause(NamedTuple):
    """Where a clause stands in the text, the issues it has plain words for, and the chance of each intent for it alone."""

    span: Span
    tells: list[Issue]
    chances: dict[str, float]


def issues_told(
    text: str, ranking: list[dict[str, Any]], clauses: list[Clause], pieces: list[dict[str, float]] | None = None
) -> list[dict[str, Any]]:
    """Return the issues as name, text, start, end and confidence; the leading one first, none where nothing is complained of.

    `pieces` are the chances of what could be said back: one that is sure bears out the whole, whatever words it has.
    """
    # Where the whole is of another kind (facts, a wish for a person), what is plainly told in passing is told all the same.
    enough = LIKELY if Issue.of(ranking[0][INTENT_NAME_KEY]) else IN_PASSING
    found: dict[Issue, Clause] = {
        issue: max(told, key=lambda one: one.chances[issue]) for issue in BESIDE if (told := _telling(issue, clauses, enough))
    }
    lead = _leading(ranking, found, pieces or [])
    if lead is None:
        return []
    beside = sorted((issue for issue in found if _stands_beside(issue, lead, found)), key=lambda issue: -found[issue].chances[issue])
    return [_told(text, issue, ranking, clauses, found) for issue in [lead, *beside]]


def _stands_beside(issue: Issue, lead: Issue, found: dict[Issue, Clause]) -> bool:
    """Another matter, in a clause of its own: what one clause seems to tell twice is one thing in two words."""
    return issue is not lead and {issue, lead} not in ALIKE and (lead not in found or found[issue].span != found[lead].span)


def _leading(ranking: list[dict[str, Any]], found: dict[Issue, Clause], pieces: list[dict[str, float]]) -> Issue | None:
    """The likeliest of the whole message; one that it is unsure of and no clause tells gives way to what a clause does tell."""
    chances = {str(one[INTENT_NAME_KEY]): float(one[PREDICTED_CONFIDENCE_KEY]) for one in ranking}
    first = Issue.of(ranking[0][INTENT_NAME_KEY])
    is_told = first in found or not found or any(piece.get(str(first), 0.0) >= BORNE_OUT for piece in pieces)
    if first and (is_told or chances[first] >= SURE):
        return first
    return max(found, key=lambda issue: chances.get(issue, 0.0), default=first)


def _telling(issue: Issue, clauses: list[Clause], enough: float) -> list[Clause]:
    """The clauses that plainly tell of this issue."""
    return [clause for clause in clauses if issue in clause.tells and clause.chances.get(issue, 0.0) >= enough]


def _told(text: str, issue: Issue, ranking: list[dict[str, Any]], clauses: list[Clause], found: dict[Issue, Clause]) -> dict[str, Any]:
    best = found.get(issue) or max(clauses, key=lambda clause: clause.chances.get(issue, 0.0), default=None)
    start, end = best.span if best else (0, len(text))
    confidence = next(one[PREDICTED_CONFIDENCE_KEY] for one in ranking if one[INTENT_NAME_KEY] == issue)
    return {"name": str(issue), "text": text[start:end], "start": start, "end": end, "confidence": confidence}

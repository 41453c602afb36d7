"""What the assistant is taught from labelled messages, and whether it understands better for it.

A candidate is better only where the gain on held-out messages is beyond what chance makes of so few (a paired bootstrap: Efron and
Tibshirani 1993, chapter 16), and where nothing that must not be missed is heard worse. The labels themselves prove nothing: whoever
labels wrongly would find the wrong model better.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

REDRAWS = 1_000
SURE = 0.95  # of the redraws in which the candidate must be better
LEAST_GAIN = 0.002  # of macro F1
SLACK = 0.02  # by which a figure may fall that is watched: retraining alone moves them by half of it
MOST_LOST = 0.10  # of one intent's F1 that a gain elsewhere may cost
GUARDED = ("own severity, recall", "own severity, recall of injury, danger and self-harm", "own facts, micro F1")
WATCHED = ("own severity, false alarms", "own two issues, both heard", "own one issue, false second issue", "own intents, fallback")
# Of these, less is better.
COSTS = ("false alarms", "fallback", "flagged severe", "false second issue")
Pairs = Sequence[tuple[str, str]]  # label and guess
_SIGNS = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True)
class Example:
    """One sentence to train on."""

    text: str
    intent: str


@dataclass(frozen=True)
class Lesson:
    """What is new in a pile of labelled sentences: `twice`: how many are known already; `torn`: labelled in more than one way."""

    new: tuple[Example, ...]
    twice: int = 0
    torn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate is better. `gain` of macro F1, and the `least` it is in SURE of the redraws; `worse`: what forbids it."""

    is_better: bool
    gain: float
    least: float
    worse: tuple[str, ...] = field(default=())

    @property
    def why(self) -> str:
        """In a sentence."""
        if self.worse:
            return f"It hears some things worse: {'; '.join(self.worse)}."
        if not self.is_better:
            return f"There is no gain beyond chance: macro F1 {self.gain:+.3f}, at worst {self.least:+.3f}."
        return f"It understands better: macro F1 {self.gain:+.3f}, at worst {self.least:+.3f}."


def same(text: str) -> str:
    """What two sentences share that train alike: case, signs and white space make no difference."""
    return " ".join(_SIGNS.sub(" ", text.lower()).split())


def lesson(labelled: Iterable[Example], known: Iterable[str]) -> Lesson:
    """Each new sentence once; those that people labelled differently are left out and told."""
    seen, twice = {same(one) for one in known}, 0
    by_text: dict[str, list[Example]] = {}
    for one in labelled:
        key = same(one.text)
        if not key:
            continue
        if key in seen:
            twice += 1
            continue
        by_text.setdefault(key, []).append(one)
    torn = tuple(found[0].text for found in by_text.values() if len({one.intent for one in found}) > 1)
    agreed = [found for found in by_text.values() if len({one.intent for one in found}) == 1]
    return Lesson(tuple(found[0] for found in agreed), twice + sum(len(found) - 1 for found in agreed), torn)


def gain(name: str, now: float, before: float) -> float:
    """How much better a figure got; below zero it got worse."""
    return before - now if any(cost in name for cost in COSTS) else now - before


def judge(before: Mapping[str, float], after: Mapping[str, float], pairs_before: Pairs, pairs_after: Pairs) -> Verdict:
    """Figures by name, and for the same messages in the same order the label and the guess, of the present model and of the candidate."""
    worse = [_told(name, before, after) for name in GUARDED if name in before and gain(name, after[name], before[name]) < -1e-9]
    worse += [_told(name, before, after) for name in WATCHED if name in before and gain(name, after[name], before[name]) < -SLACK]
    old, new = f1_by_label(pairs_before), f1_by_label(pairs_after)
    worse += [f"{name} {old[name]:.2f} to {new[name]:.2f}" for name in old if new[name] - old[name] < -MOST_LOST]
    risen = _mean(new) - _mean(old)
    least = least_gain(pairs_before, pairs_after)
    return Verdict(not worse and risen >= LEAST_GAIN and least > 0, risen, least, tuple(worse))


def least_gain(before: Pairs, after: Pairs) -> float:
    """The gain of macro F1 that is exceeded in SURE of REDRAWS redraws of the messages, each label keeping its number."""
    chance, places = random.Random(1), dict[str, list[int]]()
    for place, (label, _) in enumerate(before):
        places.setdefault(label, []).append(place)
    gains = []
    for _ in range(REDRAWS):
        drawn = [place for those in places.values() for place in chance.choices(those, k=len(those))]
        gains.append(_mean(f1_by_label([after[one] for one in drawn])) - _mean(f1_by_label([before[one] for one in drawn])))
    return sorted(gains)[int((1 - SURE) * REDRAWS)]


def f1_by_label(pairs: Pairs) -> dict[str, float]:
    """F1 of each label there is."""
    hits = Counter(label for label, guess in pairs if label == guess)
    wanted, guessed = Counter(label for label, _ in pairs), Counter(guess for _, guess in pairs)
    return {name: 2 * hits[name] / (wanted[name] + guessed[name]) for name in sorted(wanted)}


def _mean(scores: Mapping[str, float]) -> float:
    return sum(scores.values()) / len(scores)


def _told(name: str, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    return f"{name} {before[name]:.3f} to {after[name]:.3f}"

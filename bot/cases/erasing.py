"""Taking a person out of what is kept: what stands in place of their words, and what is still to be done.

Source of the duty: Regulation (EU) 2016/679, articles 15, 17 and 20; recovery research, rule 34 (the least data, erased on request).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cases.case import UNDER_WAY, Case, CaseStatus
from bot.cases.claim import Claim, ClaimState
from bot.cases.follow_up import FollowUp, is_on_its_way
from bot.cases.issue import Word
from bot.cases.remedy import Remedy

ERASED = "[erased]"  # stands where words stood; people at the desk read it
NOBODY = "erased-"  # begins the id of a customer of whom nothing but orders is left
SETTLES = timedelta(minutes=2)  # after which no turn of the assistant that was under way can still write
SHORTEST = 3  # letters of a name that is looked for in other words: shorter ones are part of too many


class Why(Word):
    """What an erasure was for."""

    ASKED = "asked"
    RETENTION = "retention"


@dataclass(frozen=True)
class Person:
    """One customer as the store knows them. `chats`: theirs; `shared`: those of them in which another customer's orders were opened
    too; `naming`: chats of nobody known that give their e-mail or phone; `others`: the same in another customer's chats."""

    customer_id: str | None
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def reachable(self) -> tuple[str, ...]:
        """Every chat that is erased with them."""
        return tuple(sorted({*self.chats, *self.naming}))

    @property
    def marks(self) -> tuple[str, ...]:
        """What in other people's words would tell who it was."""
        parts = [part for name in self.names for part in (name, *name.split())]
        found = {one.strip() for one in (*parts, *self.emails, *self.phones, *self.postcodes)}
        return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True))


@dataclass(eq=False)
class Erasure:
    """One erasure, until all of it is done. It never says whose."""

    id: str
    at: datetime
    who: str
    why: Why
    chats: list[str]
    counts: dict[str, int]
    due_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Preview:
    """What an erasure would do: rows by table that go or lose their words, rows that stay, and why these."""

    person: Person
    goes: Mapping[str, int]
    stays: Mapping[str, tuple[int, str]]
    open_cases: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    others: tuple[str, ...] = field(default=())  # references of other customers' cases whose chats name this one


def is_open(case: Case, remedies: Collection[Remedy], claims: Collection[Claim], follow_ups: Collection[FollowUp]) -> bool:
    """Whether something is still owed or talked about. A question whether it was put right is no open matter."""
    waits = case.status is CaseStatus.PENDING and any(one.is_standing and one.asked_at for one in follow_ups)
    owed = is_on_its_way([*remedies]) or any(one.state is ClaimState.RECEIVED for one in claims)
    return owed or (case.status in UNDER_WAY and not waits)


def without(text: str, marks: Collection[str]) -> str:
    """The words without what tells who somebody is. A single name is found as it is written: May is somebody, and "may" is a word."""
    for mark in marks:
        flags = 0 if mark.isalpha() else re.IGNORECASE
        text = re.sub(rf"(?<!\w){re.escape(mark)}(?!\w)", ERASED, text, flags=flags)
    return text


def names(tag: str, marks: Collection[str]) -> bool:
    """Whether a tag names somebody: one of its words is their name."""
    words = {*re.split(r"[-_]", tag.lower())}
    return any({*mark.lower().split()} <= words for mark in marks)

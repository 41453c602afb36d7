"""The shop as it is set up: what every deed needs at hand."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.cases.desk import Canned
from bot.cases.policy import Policy
from bot.ports import Orders

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork
    from bot.wording import Wording


class Begin(Protocol):
    """Opens a unit of work: `write` for one that may; `goes_first` where it takes in what a customer sends, before all else."""

    def __call__(self, write: bool, /, *, goes_first: bool = ...) -> "AbstractContextManager[UnitOfWork]": ...


@dataclass(frozen=True)
class Shop:
    """Its store, its orders, its rules and its words."""

    begin: Begin
    orders: Orders
    policy: Policy
    wording: "Wording"
    name: str = "Amends"
    mails: bool = False  # whether a mail server is set, so that letters may be offered
    policy_texts: Mapping[str, str] = field(default_factory=dict)  # what the files of the policy held when it was read, by name
    opens_unknown: bool = False  # development: a sender the store does not know becomes a conversation on channel "dev"
    canned: tuple[Canned, ...] = ()  # replies that people at the desk have at hand

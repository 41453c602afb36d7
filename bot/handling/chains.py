"""The audit read back: whether every chain is what was written, and one chain as people read it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cases.audit import SHOPS_OWN, Line, first_fault
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Broken:
    """A chain that is not what was written: whose it is, and its first fault."""

    whose: str  # the case's reference; its id where the case itself is gone; "shop" for what belongs to no case
    fault: str


@dataclass(frozen=True)
class Verified:
    """What a walk over the chains found."""

    chains: int
    lines: int
    broken: tuple[Broken, ...]


def verify(shop: Shop, reference: str | None = None) -> Verified:
    """Walks every chain, or that of one case; a case without a chain is broken too. Raises NotFound for a case that is not there."""
    if reference:
        chains = [_chain_of(shop, reference)]
    else:
        with shop.begin(False) as uow:
            chains = uow.audit.chains()
    lines, broken = 0, []
    for chain in chains:  # one short unit of work a chain: others write meanwhile
        with shop.begin(False) as uow:
            found, (length, head) = _read(uow, chain)
            case = uow.cases.find(chain)
        lines += len(found)
        fault = first_fault(found, length, head) if found or length else "all its lines are missing"
        if fault:
            broken.append(Broken(case.reference if case else chain, fault))
    return Verified(len(chains), lines, tuple(broken))


def _read(uow: "UnitOfWork", chain: str) -> tuple[list[Line], tuple[int, str]]:
    """The lines and the noted end of a chain as of one moment, though others may add to it."""
    end = uow.audit.end_of(chain)
    while True:
        lines, after = uow.audit.lines(chain), uow.audit.end_of(chain)
        if after == end:
            return lines, end
        end = after


def trail(shop: Shop, reference: str) -> list[Line]:
    """The lines of a case, or of the shop's own chain for "shop", in order. Raises NotFound."""
    chain = _chain_of(shop, reference)
    with shop.begin(False) as uow:
        return uow.audit.lines(chain)


def _chain_of(shop: Shop, reference: str) -> str:
    if reference.strip().lower() == SHOPS_OWN:
        return SHOPS_OWN
    with shop.begin(False) as uow:
        return uow.cases.by_reference(reference.strip()).id

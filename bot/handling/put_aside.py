"""How messaging channels do, and what came in and could not be taken in: it is kept whole until a person has it tried again."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import NotFound
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.channel_views import Doing, PutAside


def doing(shop: Shop) -> "dict[str, Doing]":
    """How every channel does that has done anything, by name."""
    with shop.begin(False) as uow:
        return uow.channel_views.doing()


def put_aside(shop: Shop) -> "list[PutAside]":
    """The oldest first."""
    with shop.begin(False) as uow:
        return uow.channel_views.put_aside()


def take_in_again(shop: Shop, arrival_id: int, who: str, now: datetime) -> str:
    """Has the worker take it in, as if it had just come; its channel. Raises NotFound."""
    with shop.begin(True) as uow:
        channel = uow.channel_views.take_in_again(arrival_id, now)
        if channel is None:
            raise NotFound(f"Nothing is put aside as {arrival_id}. `amends channels failed` shows what is.")
        uow.note(None, who, "arrival.retried", now, arrival=arrival_id, channel=channel)
        return channel

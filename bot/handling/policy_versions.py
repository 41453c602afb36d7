"""The versions of the policy: what each one's files held, and which was put in force when and by whom."""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import NotFound
from bot.handling.shop import Shop


def keep(shop: Shop, now: datetime, who: str = "start") -> None:
    """Keeps what the files of the version in force hold; nothing where it is kept."""
    with shop.begin(True) as uow:
        uow.policies.keep(shop.policy.version, shop.policy_texts, now, who)


def texts_of(shop: Shop, version: str) -> dict[str, str]:
    """Raises NotFound."""
    with shop.begin(False) as uow:
        found = uow.policies.texts(version)
    if found is None:
        raise NotFound(f"No texts of a policy {version!r} are kept: `amends policy versions` shows those there are.")
    return found


def kept(shop: Shop) -> list[dict[str, object]]:
    """The newest first, each with when it was first seen and by whom."""
    with shop.begin(False) as uow:
        return uow.policies.kept()


def apply(shop: Shop, version: str, texts: Mapping[str, str], who: str, now: datetime) -> None:
    """Notes that this version takes the place of the present one, and keeps what both hold."""
    with shop.begin(True) as uow:
        uow.policies.keep(shop.policy.version, shop.policy_texts, now, who)
        uow.policies.keep(version, texts, now, who)
        uow.note(None, who, "policy.applied", now, version=version, before=shop.policy.version)

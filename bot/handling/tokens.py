"""The tokens with which other systems use the API: made once, shown once, revoked when they are no longer wanted."""

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.cases.api import ApiToken, Scope
from bot.cases.names import LONGEST_NAME, is_name, tidy_name
from bot.errors import BadInput, Conflict, NotFound
from bot.handling.shop import Shop

PREFIX = "amends_"  # so that who finds one in a repository knows whose it is
SIGN_OF_LIFE = timedelta(minutes=1)  # as often it is noted that one is used


def add(shop: Shop, name: str, scopes: tuple[str, ...], now: datetime, by: str = "command") -> tuple[ApiToken, str]:
    """A new token, and its words, which are nowhere kept. Raises BadInput, or Conflict where the name is in use."""
    tidy = tidy_name(name)
    if not is_name(tidy):
        raise BadInput(f"Name the system that will use the token, in at most {LONGEST_NAME} characters.")
    chosen = [str(_scope(one)) for one in dict.fromkeys(scopes)]
    if not chosen:
        raise BadInput(f"Say what the token may do: use {', '.join(Scope)}.")
    words = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(digest_of(words), tidy, chosen, now)
    with shop.begin(True) as uow:
        uow.hold("api tokens")
        if any(one.name.lower() == tidy.lower() and not one.revoked_at for one in uow.tokens.all()):
            raise Conflict(f"There is a token of {tidy} already: revoke it first, or choose another name.")
        uow.add(made)
        uow.note(None, by, "api.token_added", now, token=tidy, scopes=chosen)
    return made, words


def revoke(shop: Shop, name: str, now: datetime, by: str = "command") -> ApiToken:
    """From now on it opens nothing. Raises NotFound."""
    with shop.begin(True) as uow:
        tidy = tidy_name(name).lower()
        found = next((one for one in uow.tokens.all() if one.name.lower() == tidy and not one.revoked_at), None)
        if found is None:
            raise NotFound(f"There is no token of {name!r} in use: `amends tokens list` shows those there are.")
        found.revoked_at = now
        uow.note(None, by, "api.token_revoked", now, token=found.name)
        return found


def listed(shop: Shop) -> list[ApiToken]:
    """Oldest first, those that were revoked among them."""
    with shop.begin(False) as uow:
        return uow.tokens.all()


def whose(shop: Shop, words: str, now: datetime) -> ApiToken | None:
    """The token that these words are; None where they open nothing (any more)."""
    if not words.startswith(PREFIX):
        return None
    with shop.begin(False) as uow:
        found = uow.tokens.find(digest_of(words))
    if found is None or found.revoked_at:
        return None
    if found.last_used_at is None or now - found.last_used_at > SIGN_OF_LIFE:
        with shop.begin(True) as uow:
            uow.tokens.used(found.id, now)
    return found


def digest_of(words: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(words.encode()).hexdigest()


def _scope(word: str) -> Scope:
    try:
        return Scope(word.strip().lower())
    except ValueError:
        raise BadInput(f"There is no scope {word!r}: use {', '.join(Scope)}.") from None

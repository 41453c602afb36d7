"""The accounts of the desk: made, changed and closed; signing in and out."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.desk import LOCKED_AFTER, Agent, DeskRole, DeskSession
from bot.cases.names import LONGEST_NAME, is_name, tidy_name
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

SHORTEST = 12  # characters of a password: NIST SP 800-63B asks for 8, and length is what counts
LONGEST = 200
SIGN_OF_LIFE = timedelta(minutes=1)  # as often it is noted that somebody is there
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# One sentence for every case, so that it tells nobody which accounts there are.
WRONG = f"That name and password do not go together. After {LOCKED_AFTER} wrong tries an account is locked for 15 minutes."


@dataclass(frozen=True)
class Passwords:
    """How passwords are kept: `hashed` makes what is stored, `fits` compares (argon2id, RFC 9106)."""

    hashed: Callable[[str], str]
    fits: Callable[[str, str], bool]


@dataclass(frozen=True)
class SignedIn:
    """Who a browser speaks for. `token` is its cookie, shown once."""

    agent: Agent
    session: DeskSession
    token: str = ""


def add(
    shop: Shop,
    passwords: Passwords,
    name: str,
    email: str,
    role: str,
    password: str,
    now: datetime,
    *,
    teams: tuple[str, ...] = (),
    languages: tuple[str, ...] = ("en",),
    capacity: int = 5,
    by: str = "command",
) -> Agent:
    """A new account. Raises BadInput, or Conflict where the name or address is taken."""
    tidy, address = tidy_name(name), email.strip().lower()
    if not is_name(tidy):
        raise BadInput(f"Give the name that customers will read, of at most {LONGEST_NAME} characters.")
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise BadInput(f"{email!r} is no e-mail address: use one such as amira@example.com.")
    unknown = [one for one in teams if one not in shop.policy.teams]
    if unknown:
        raise BadInput(f"There is no team {unknown[0]!r} in escalation.yml: use {', '.join(shop.policy.teams)}.")
    if not 1 <= capacity <= 50:
        raise BadInput("The capacity is how many chats at once: use 1 to 50.")
    made = Agent(tidy, address, role_named(role), passwords.hashed(fit_password(password)), now, [*teams], [*languages], capacity)
    with shop.begin(True) as uow:
        uow.hold("agents")
        if any(one.name.lower() == tidy.lower() or one.email == address for one in uow.agents.all()):
            raise Conflict(f"There is an account of {tidy} or {address} already.")
        uow.add(made)
        uow.note(None, by, "agent.added", now, agent=tidy, role=str(made.role))
    return made


def role_named(word: str) -> DeskRole:
    """Raises BadInput, naming those there are."""
    try:
        return DeskRole(word.strip().lower())
    except ValueError:
        raise BadInput(f"There is no role {word!r}: use {', '.join(DeskRole)}.") from None


def fit_password(password: str) -> str:
    """The password, where it is long enough to be one. Raises BadInput."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"A password has {SHORTEST} to {LONGEST} characters; four words are a good one.")
    return password


def set_password(shop: Shop, passwords: Passwords, name: str, password: str, now: datetime, by: str = "command") -> None:
    """A new password: every browser is signed out, and a lock is lifted. Raises NotFound or BadInput."""
    kept = passwords.hashed(fit_password(password))
    with shop.begin(True) as uow:
        agent = uow.agents.get(name)
        agent.password_hash, agent.failed_tries, agent.locked_until = kept, 0, None
        uow.agents.end_sessions(agent.name, now)
        uow.note(None, by, "agent.password_set", now, agent=agent.name)


def disable(shop: Shop, name: str, now: datetime, by: str = "command") -> None:
    """Closes an account: what it did stays on record. Raises NotFound."""
    with shop.begin(True) as uow:
        agent = uow.agents.get(name)
        agent.disabled_at = agent.disabled_at or now
        uow.agents.end_sessions(agent.name, now)
        uow.note(None, by, "agent.disabled", now, agent=agent.name)


def sign_in(shop: Shop, passwords: Passwords, typed: str, password: str, now: datetime) -> SignedIn:
    """Opens a session. Raises NotAllowed, in the same words and after the same time whether there is such an account or not."""
    with shop.begin(False) as uow:
        known = uow.agents.by_sign_in(typed)
    # Hashing takes long on purpose, so no transaction is open meanwhile; what is not there is compared with what fits nothing.
    fits = passwords.fits(known.password_hash if known else _nobodys(passwords), password[: LONGEST + 1])
    opened: SignedIn | None = None
    with shop.begin(True) as uow:
        agent = uow.agents.by_sign_in(typed)
        if agent and agent.disabled_at is None and not agent.is_locked(now):
            is_theirs = fits and known is not None and known.password_hash == agent.password_hash
            if is_theirs:
                opened = _opened(uow, agent, now)
            else:
                _mistyped(uow, agent, now)
    if opened is None:  # raised only here: what was counted must stay
        raise NotAllowed(WRONG)
    return opened


def _opened(uow: "UnitOfWork", agent: Agent, now: datetime) -> SignedIn:
    agent.failed_tries, agent.locked_until, agent.seen_at = 0, None, now
    token = secrets.token_urlsafe(32)
    session = DeskSession(session_id(token), agent.name, now, now)
    uow.add(session)
    uow.note(None, agent.name, "agent.signed_in", now)
    return SignedIn(agent, session, token)


def _mistyped(uow: "UnitOfWork", agent: Agent, now: datetime) -> None:
    agent.mistyped(now)
    uow.note(None, agent.name, "agent.locked" if agent.is_locked(now) else "agent.sign_in_failed", now)


def sign_out(shop: Shop, token: str, now: datetime) -> None:
    """Ends the session of this cookie, where there is one."""
    with shop.begin(True) as uow:
        session = uow.agents.signed_in(session_id(token))
        if session and session.ended_at is None:
            session.ended_at = now
            uow.note(None, session.agent, "agent.signed_out", now)


def who(shop: Shop, token: str, now: datetime) -> SignedIn | None:
    """Who this cookie speaks for; None where it opens nothing (any more)."""
    if not token:
        return None
    with shop.begin(False) as uow:
        session = uow.agents.signed_in(session_id(token))
        agent = uow.agents.find(session.agent) if session and session.is_open(now) else None
    if session is None or agent is None or agent.disabled_at:
        return None
    if now - session.seen_at > SIGN_OF_LIFE:
        with shop.begin(True) as uow:
            uow.agents.saw(session.id, agent.name, now)
    return SignedIn(agent, session)


def session_id(token: str) -> str:
    """What the database keeps of a cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


_KEPT: dict[str, str] = {}


def _nobodys(passwords: Passwords) -> str:
    """The hash of a password that nobody has."""
    if "nobody" not in _KEPT:
        _KEPT["nobody"] = passwords.hashed(secrets.token_urlsafe(24))
    return _KEPT["nobody"]


def listed(shop: Shop) -> list[Agent]:
    """Every account, by name."""
    with shop.begin(False) as uow:
        return uow.agents.all()


def first(shop: Shop, passwords: Passwords, now: datetime) -> tuple[Agent, str] | None:
    """An owner's account and its password, where there is no account at all."""
    if listed(shop):
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    try:
        return add(shop, passwords, "Shop Owner", "owner@example.com", str(DeskRole.OWNER), password, now), password
    except Conflict:  # another process was first
        return None

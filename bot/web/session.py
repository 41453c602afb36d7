"""Who a request speaks for: a conversation by its signed token, a customer by the shop's signed identity."""

from datetime import datetime, timedelta, timezone

import jwt

from bot.cases.seal import is_seal, seal
from bot.errors import NotAllowed

LIFE = timedelta(days=90)  # a follow-up may come weeks after the last word
PURPOSE = "session:"
AUDIENCE = "amends"  # so that a token the shop signed for something else opens nothing here
LONGEST_IDENTITY = timedelta(days=1)  # it stands in the shop's page, where others may come to see it
LEEWAY = timedelta(seconds=30)  # by which the two clocks may differ


class WrongToken(NotAllowed):
    """This chat cannot be opened with that token. Start a new one."""


class WrongIdentity(NotAllowed):
    """The sign-in of the shop cannot be verified. Sign in again, or write without signing in."""

    code = "wrong_identity"


def sign(secret: str, conversation_id: str, now: datetime) -> str:
    """A token for this conversation and no other: <conversation>.<second issued>.<signature>."""
    said = f"{conversation_id}.{int(now.timestamp())}"
    return f"{said}.{seal(secret, PURPOSE + said)}"


def conversation_in(secret: str, header: str, now: datetime) -> str:
    """The conversation that an Authorization header speaks for. Raises WrongToken."""
    scheme, _, token = header.partition(" ")
    said, _, signature = token.strip().rpartition(".")
    if scheme.lower() != "bearer" or not is_seal(signature, secret, PURPOSE + said):
        raise WrongToken()
    conversation_id, _, issued = said.rpartition(".")
    if now.timestamp() - int(issued) > LIFE.total_seconds():
        raise WrongToken()
    return conversation_id


def customer_in(secret: str | None, identity: str, now: datetime) -> str:
    """The customer whom the shop's HS256 JWT names in `sub`, made for us (`aud`) and not expired (`exp`). Raises WrongIdentity."""
    if not secret:
        raise WrongIdentity("This chat takes no signed-in customers: AMENDS_IDENTITY_SECRET is not set. Write without signing in.")
    try:
        claims = jwt.decode(
            identity,
            secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},  # our clock: below
        )
        ends = datetime.fromtimestamp(int(claims["exp"]), timezone.utc)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError) as error:
        raise WrongIdentity() from error
    if ends + LEEWAY < now:
        raise WrongIdentity("The sign-in of the shop has expired. Sign in again, or write without signing in.")
    if ends - LEEWAY > now + LONGEST_IDENTITY:
        raise WrongIdentity("The sign-in of the shop lasts too long: exp may be at most a day ahead. Write without signing in.")
    customer = claims["sub"]
    if not isinstance(customer, str) or not customer:
        raise WrongIdentity()
    return customer

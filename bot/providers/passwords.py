"""Passwords as RFC 9106 advises to keep them: argon2id, with the library's own parameters."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


@cache
def hasher() -> PasswordHasher:
    return PasswordHasher()


def hashed(password: str) -> str:
    """What is stored: algorithm, parameters, salt and hash in one line."""
    return hasher().hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether this is the password. A line that cannot be read fits nothing."""
    try:
        return hasher().verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False

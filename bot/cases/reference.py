"""References that people read aloud: no vowels that make words, no signs that look alike."""

import hashlib
import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_reference(prefix: str, length: int = 6) -> str:
    """Such as "A-7K3M9Q". 27^6 is 387 million: a clash is refused by the store's unique key."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def reference_for(prefix: str, key: str, length: int = 6) -> str:
    """The same for the same key: what is only looked at has the number that it will have."""
    number, signs = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big"), ""
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        signs += ALPHABET[place]
    return f"{prefix}-{signs}"

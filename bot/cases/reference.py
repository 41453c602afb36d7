"""References that people read aloud: no vowels that make words, no signs that look alike."""

import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_reference(prefix: str, length: int = 6) -> str:
    """Such as "A-7K3M9Q". 27^6 is 387 million: a clash is refused by the store's unique key."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))

"""The seal on what Amends hands out and gets back, such as a session: HMAC-SHA256, fit for an address."""

import base64
import hashlib
import hmac


def seal(secret: str, said: str) -> str:
    """43 characters of base64url. `said` begins with its purpose, so that nothing passes for something else."""
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_seal(given: str, secret: str, said: str) -> bool:
    """Whether it is the seal of just this; how long that takes tells nothing of it."""
    return hmac.compare_digest(given.encode(), seal(secret, said).encode())

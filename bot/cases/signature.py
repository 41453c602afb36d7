"""The signature that Amends and the shop put on what they send each other: HMAC-SHA256 over the time and the content.

The content is the body, or, where there is none (GET), the query as it stands in the address, without its "?".
"""

import hashlib
import hmac
import re
from datetime import datetime

HEADER = "Amends-Signature"
WINDOW_S = 300  # how far the sender's clock may be off, and how long a recorded message could be sent again
_SHAPE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, content: bytes, now: datetime) -> str:
    """The header's value, such as "t=1772539200,v1=5f0c..."."""
    seconds = str(int(now.timestamp()))
    return f"t={seconds},v1={_seal(secret, seconds, content)}"


def flaw(secret: str, header: str | None, content: bytes, now: datetime) -> str | None:
    """Why a message is not to be believed, as a sentence; None where it is signed rightly and just now."""
    if not header:
        return f"The header {HEADER} is missing: sign what you send."
    found = _SHAPE.fullmatch(header.replace(" ", ""))
    if not found:
        return f"{HEADER} must be t=<unix seconds>,v1=<64 hexadecimal digits>."
    seconds, seal = found.groups()
    if not hmac.compare_digest(_seal(secret, seconds, content), seal):
        return f"{HEADER} does not fit: it must be the HMAC-SHA256 of the time, a dot and exactly what was sent."
    if abs(now.timestamp() - int(seconds)) > WINDOW_S:
        return f"{HEADER} is more than {WINDOW_S // 60} minutes old: sign anew at every try, by a clock that is right."
    return None


def _seal(secret: str, seconds: str, content: bytes) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + content, hashlib.sha256).hexdigest()

"""X-Twilio-Signature, as Twilio's page "Validating requests are coming from Twilio" (docs/usage/security) describes it."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence

Fields = Sequence[tuple[str, str]]


def signature(token: str, url: str, fields: Fields) -> bytes:
    """HMAC-SHA1, in base64, of the whole address and the posted parameters: sorted, each name followed by its value."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode("utf-8", "replace"), hashlib.sha1).digest())


def is_signed(told: str, token: str, url: str, fields: Fields) -> bool:
    """Whether Twilio, or whoever else knows the token, sent these parameters to this address. Takes the same time whatever `told` is."""
    given = told.encode("utf-8", "replace")
    return any([hmac.compare_digest(given, signature(token, one, fields)) for one in _with_and_without_port(url)])


def _with_and_without_port(url: str) -> Iterator[str]:
    """Twilio signs some addresses with their standard port and some without any."""
    yield url
    parts = re.fullmatch(r"(https?)(://[^/?#]*?)(:\d+)?([/?#].*)?", url, re.DOTALL)
    if parts:
        scheme, host, _, rest = parts.groups(default="")
        yield f"{scheme}{host}{rest}"
        yield f"{scheme}{host}:{443 if scheme == 'https' else 80}{rest}"

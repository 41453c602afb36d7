"""Who a mail is from, and whether our own server vouches for it (RFC 8601, Authentication-Results).

Only the topmost result of our own server counts: what is further down may have been written by the sender. DMARC (RFC 7489)
aligned with the From is what is asked; without a DMARC result, a DKIM signature or an SPF pass of the From's own domain.
"""

import re
from dataclasses import dataclass

from bot.cases.channel import LONGEST_ADDRESS, LONGEST_NAME

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x20]{1,64}@[^\s<>()\[\]\\,;:\"@\x00-\x20_]{1,190}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Writer:
    """Whom an answer goes to. `is_sole`: the From names exactly one address, so there is something to vouch for."""

    address: str
    name: str | None
    is_sole: bool


def address_in(text: str) -> str | None:
    """The address as it is compared and written to: small letters, its domain in ASCII; None where it is none."""
    text = text.strip()
    if not _ADDRESS.fullmatch(text):
        return None
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return None
    address = f"{local.lower()}@{domain}"
    plausible = _DOMAIN.fullmatch(domain) and not local.startswith(".") and not local.endswith(".")
    return address if plausible and len(address) <= LONGEST_ADDRESS else None


def writer_in(froms: list[str], sender: str, decoded: list[str]) -> Writer | None:
    """Of the From headers as they stand, the Sender header, and the From headers with their words decoded.

    Where several are named, answers go to the one who sent it, if that is one of them, else to the first; nobody is vouched for.
    """
    parts = [part for header in froms for part in _split(header, ",")]
    found = [address for part in parts if (address := _address_of(part))]
    if not found:
        return None
    is_sole = len(parts) == 1 and len(froms) == 1
    sent_by = _address_of(sender)
    address = found[0] if is_sole or sent_by not in found else str(sent_by)
    return Writer(address, _name_in(decoded[0]) if is_sole and decoded else None, is_sole)


def is_vouched_for(address: str, results: list[str], authserv: str | None) -> bool:
    """`results`: the Authentication-Results headers, topmost first; `authserv`: our own server's name in them."""
    if not authserv:
        return False
    ours = next((parts for header in results if (parts := _split(header, ";")) and _names(parts[0], authserv)), None)
    if not ours:
        return False
    domain = address.rpartition("@")[2]
    methods = [one for part in ours[1:] if (one := _method(part))]
    dmarc = [given for name, given in methods if name == "dmarc"]
    if dmarc:
        return len(dmarc) == 1 and dmarc[0][""] == "pass" and dmarc[0].get("header.from", domain) == domain
    dkim = any(
        name == "dkim" and _is_of(given.get("header.d") or given.get("header.i", ""), domain) and given[""] == "pass"
        for name, given in methods
    )
    spf = any(name == "spf" and _is_of(given.get("smtp.mailfrom", ""), domain) and given[""] == "pass" for name, given in methods)
    return dkim or spf


def _names(part: str, authserv: str) -> bool:
    words = part.split()
    return bool(words) and words[0].lower().rstrip(".") == authserv.lower().rstrip(".") and (len(words) == 1 or words[1] == "1")


def _method(part: str) -> tuple[str, dict[str, str]] | None:
    """`dkim=pass header.d=example.com` as its name and what is said; its result under ""."""
    given = re.findall(r"([A-Za-z0-9_.-]+)(?:/\d+)?\s*=\s*(\"[^\"]*\"|[^\s\"]+)", part)
    if not given:
        return None
    (name, result), *rest = given
    return name.lower(), {"": result.lower()} | {key.lower(): value.strip('"').lower().rstrip(".") for key, value in rest}


def _is_of(who: str, domain: str) -> bool:
    """Whether this domain, or the one of this address, is the From's or one above it ; never one below it, which may be lent to others."""
    above = who.rpartition("@")[2]
    return "." in above and (domain == above or domain.endswith("." + above))


def _split(header: str, at: str) -> list[str]:
    """The header's parts, without comments; what is quoted is never taken for a separator. Nothing where a quote or comment stays open."""
    said = _uncommented(header)
    if said is None:
        return []
    angled = r"<[^<>]*>|" if at == "," else ""
    return [part for one in re.findall(rf'(?:"[^"]*"|{angled}[^{at}"])+', said) if (part := one.strip())]


def _uncommented(header: str) -> str | None:
    """Without comments and without backslashes and what they protect; None where a quote or comment stays open."""
    kept, depth, quoted = "", 0, False
    for letter in re.sub(r"\\.", "", header):
        if letter == '"' and not depth:
            quoted = not quoted
        elif letter in "()" and not quoted:
            depth += 1 if letter == "(" else -1
            if depth < 0:
                return None
            continue
        if not depth:
            kept += letter
    return None if quoted or depth else kept


def _address_of(part: str) -> str | None:
    """The address of one mailbox: "Name <address>", or the address alone."""
    shown = re.sub(r"\"[^\"]*\"", "", part).strip()
    named = re.fullmatch(r"[^<>]*<\s*([^<>]+?)\s*>", shown)
    return address_in(named[1] if named else shown)


def _name_in(header: str) -> str | None:
    """What the writer calls themself; not where that is somebody's address, which a mail program would show in place of the real one."""
    name = header.rpartition("<")[0] if "<" in header else "".join(re.findall(r"\(([^()]*)\)", header))
    name = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\"]+", "", name.replace("\\", "")).strip(" '")
    return name[:LONGEST_NAME].strip() or None if "@" not in name and "＠" not in name else None

"""How long a text message really is: the alphabet that phones share, and the segments a text takes.

From 3GPP TS 23.038 (6.2.1: the GSM 7 bit default alphabet and its extension table) and TS 23.040 (9.2.3.24.1: a message in
parts gives six octets of each to the header that joins them, and no character is cut in two).
"""

import unicodedata

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SIGNS = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
BASIC = frozenset(_LETTERS + _SIGNS)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes two places: an escape goes before it
GSM_ALONE, GSM_JOINED = 160, 153  # seven bits each
UCS2_ALONE, UCS2_JOINED = 70, 67  # sixteen bits each

_SAME_FOR_READERS = {
    "'": "‘’‚‛′´`ʼ",
    '"': "“”„‟″«»",
    "-": "‐‑‒–—―−•·",
    "...": "…",
    "x": "×",
    " ": "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\u2028\u2029",
    "": "\u00ad\u200b\u200c\u200d\u2060\ufeff",
}
_FOLDED = str.maketrans({sign: plain for plain, signs in _SAME_FOR_READERS.items() for sign in signs})


def is_gsm(text: str) -> bool:
    """Whether phones can show it in seven bits a character."""
    return all(one in BASIC or one in EXTENDED for one in text)


def plain(text: str) -> str:
    """The text without typographic signs, where that brings all of it into the shared alphabet and saves room; else as it is.

    Letters are never replaced: a name is not misspelt to save a segment.
    """
    folded = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return folded if is_gsm(folded) and segments(folded) <= segments(text) else text


def segments(text: str) -> int:
    """How many segments carry the text as it stands; at least one."""
    if is_gsm(text):
        widths, alone, joined = [2 if one in EXTENDED else 1 for one in text], GSM_ALONE, GSM_JOINED
    else:
        widths, alone, joined = [2 if ord(one) > 0xFFFF else 1 for one in text], UCS2_ALONE, UCS2_JOINED
    if sum(widths) <= alone:
        return 1
    count, room = 0, 0
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return count

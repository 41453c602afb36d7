"""What kind of number the words before a number announce."""

from __future__ import annotations

import re

import phonenumbers

_ORDER = (
    r"orders?|order\s?ids?|ordr|bookings?|case|tickets?|tracking|track|trk|ref|refs|reference|references|pnr|awb|waybill"
    r"|invoice|receipt|confirmation|conf|reservation|transaction|txn|txnid|utr|rrn|parcel|package|shipment|consignment"
    r"|purchase|complaint|docket|crn|sr|srn|incident|claim|return|rma|orderid|bookingid|trackingid|locator"
)
_PHONE = (
    r"phones?|fone|telephone|tel|mobile|mob|cell|cellphone|whatsapp|call|calls|called|calling|contacts?|cont|contct|cntct|contactno|phno|mobno|ph|dial|dialed"
    r"|ring|rang|text|sms|hotline|helpline|landline|callback|reach|reached|dialer|registered"
)
_CUE = re.compile(rf"(?<![a-z])(?:(?P<order>{_ORDER})|(?P<phone>{_PHONE}))(?![a-z])", re.I)
# "my number", "number is": of a phone, unless an order is spoken of.
_MY_NUMBER = re.compile(
    r"\b(?:(?:my|his|her|their|alternate|another|this)\s+(?:no|num|number|nos)\b\W*(?:is|was)?|(?:no|num|number)\s+is)\W*$", re.I
)
# Further away than this, the cue most likely belongs to something else.
_NEAR = 36


def announced(text: str, start: int) -> str | None:
    """Return "order" or "phone" for the nearest announcement before `start`, None if there is none near."""
    before = text[max(0, start - _NEAR) : start]
    if _MY_NUMBER.search(before) and not re.search(_ORDER, before, re.I):
        return "phone"
    kind = None
    for cue in _CUE.finditer(before):
        kind = cue.lastgroup
    return kind


def looks_like_phone(text: str, start: int, end: int) -> bool:
    """Tell whether an unannounced number reads as a phone number rather than as a reference."""
    raw = text[start:end]
    if announced(text, start) == "phone" or text[max(0, start - 1) : start] == "+":
        return True
    if not raw.isdigit():
        return bool(re.fullmatch(r"\d{3}-\d{3}-\d{4}|\d{5}-\d{5,6}|0\d{2,4}-\d{6,8}", raw))
    return _is_mobile(raw)


def _is_mobile(digits: str) -> bool:
    """Tell whether bare digits are a valid mobile number with ten digits, or one with its trunk zero."""
    if len(digits) == 10:
        return digits[0] in "6789"
    if len(digits) == 11 and digits.startswith("0"):
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "GB"))
    return len(digits) == 12 and digits.startswith("91") and digits[2] in "6789"

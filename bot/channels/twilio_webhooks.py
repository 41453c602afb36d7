"""What Twilio's webhooks say: a customer's message, or what became of one of ours.

Shapes are those of Twilio's pages "Twilio's request to your incoming message webhook URL" and "Track the message status of outbound
messages".

**Stopping, on SMS.** Twilio itself blocks whoever writes a bare STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE or OPTOUT ("Twilio
support for opt-out keywords"), and 47 CFR 64.1200(a)(10) lists nearly the same words: so all of them stop us, even a "cancel" that was
meant for an order, for no answer would reach its writer. A bare YES lifts such a block, and is an answer to an offer much more often:
it is taken as both. On WhatsApp no carrier blocks, so that "cancel", "end", "yes" and "help" are for the assistant as on any other chat.

**Whose number.** WhatsApp has proven it. A sender of SMS can be forged, but the forger never sees what we answer, and needs the order's
number besides: the same two facts that a proof in the chat asks for. So both vouch for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.cases.channel import LONGEST_ADDRESS, LONGEST_NAME, Arrival, ArrivalKind, Media
from bot.channels.twilio_errors import STOPPED, WINDOW_CLOSED, why
from bot.errors import Refused

MOST_MEDIA = 10
E164, MESSAGE_SID = re.compile(r"\+[1-9]\d{6,14}", re.ASCII), re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed", "canceled": "failed"}
OPTED = {"STOP": ArrivalKind.STOP, "START": ArrivalKind.START, "HELP": ArrivalKind.HELP}
_STOPS = dict.fromkeys(("stop", "stopall", "stop all", "unsubscribe", "revoke", "optout", "opt out"), ArrivalKind.STOP)
_ANYWHERE = {**_STOPS, **dict.fromkeys(("start", "unstop"), ArrivalKind.START)}
_SMS_ONLY = {**dict.fromkeys(("cancel", "end", "quit"), ArrivalKind.STOP), **dict.fromkeys(("help", "info"), ArrivalKind.HELP)}


@dataclass(frozen=True)
class Network:
    """One of the two. `prefix`: what Twilio puts before an address. `words`: what a whole message of these means there."""

    name: str
    prefix: str
    words: Mapping[str, ArrivalKind]
    yes_starts: bool


SMS = Network("sms", "", {**_ANYWHERE, **_SMS_ONLY}, yes_starts=True)
WHATSAPP = Network("whatsapp", "whatsapp:", _ANYWHERE, yes_starts=False)


def arrivals_in(given: Mapping[str, str], network: Network) -> tuple[Arrival, ...]:
    """What these parameters tell; nothing, where it is of no use to anybody. Raises Refused."""
    sid = given.get("MessageSid", "")
    if not MESSAGE_SID.fullmatch(sid):
        raise Refused(400, "no MessageSid")
    status = (given.get("MessageStatus") or given.get("SmsStatus") or "received").lower()
    return tuple(_written(sid, given, network) if status in ("received", "receiving") else _became(sid, status, given, network))


def _written(sid: str, given: Mapping[str, str], network: Network) -> Iterator[Arrival]:
    sender = _address(given.get("From", ""), network)
    links = [(given.get(f"MediaUrl{at}"), given.get(f"MediaContentType{at}", "")) for at in range(MOST_MEDIA)]
    media = tuple(Media(link, media_type=kind) for link, kind in links if link)
    place = ", ".join(given[one] for one in ("Label", "Address", "Latitude", "Longitude") if given.get(one))
    text, choice = given.get("Body") or given.get("ButtonText") or place, given.get("ButtonPayload") or given.get("ListId")
    if not (text.strip() or media or choice):
        return
    kind = ArrivalKind.MESSAGE if media or choice else _kind(text, given.get("OptOutType", ""), network)
    if kind is ArrivalKind.START and _bare(text) == "yes":
        yield Arrival(f"{sid}:start", kind, sender, text)
        kind = ArrivalKind.MESSAGE
    yield Arrival(
        id=sid,
        kind=kind,
        sender=sender,
        text=text,
        choice=choice or None,
        media=media,
        name=given.get("ProfileName", "")[:LONGEST_NAME] or None,
        refers=tuple(one for one in (given.get("OriginalRepliedMessageSid", ""),) if MESSAGE_SID.fullmatch(one)),
        phone=sender if E164.fullmatch(sender) else None,
    )


def _kind(text: str, opted: str, network: Network) -> ArrivalKind:
    """`opted`: what Twilio's Advanced Opt-Out took the words for, in whatever language its owner has set there."""
    bare = _bare(text)
    if bare == "yes":
        return ArrivalKind.START if network.yes_starts else ArrivalKind.MESSAGE
    return OPTED.get(opted.upper()) or network.words.get(bare, ArrivalKind.MESSAGE)


def _bare(text: str) -> str:
    """Case and punctuation aside, but for a question mark: "Stop?" asks."""
    return " ".join(re.sub(r"[^\w\s?]|_", "", text).casefold().split())


def _became(sid: str, status: str, given: Mapping[str, str], network: Network) -> Iterator[Arrival]:
    to, state, told = _address(given.get("To", ""), network), STATES.get(status), given.get("ErrorCode", "")
    if state is None:
        return  # queued, sending: still on its way
    code = int(told) if re.fullmatch(r"[0-9]{1,6}", told) and state == "failed" else 0
    yield Arrival(
        id=f"{sid}:{state}",
        kind=ArrivalKind.RECEIPT,
        sender=to,
        about=sid,
        state=state,
        why=None if state != "failed" else why(code) if code else status,
        closes_window=code == WINDOW_CLOSED,
        stops=code == STOPPED,
    )


def _address(told: str, network: Network) -> str:
    bare = told.removeprefix(network.prefix)
    if not told.startswith(network.prefix) or ":" in bare or not 0 < len(bare) <= LONGEST_ADDRESS:
        raise Refused(400, f"not of {network.name}: give each sender at Twilio the address of its own door")
    return bare

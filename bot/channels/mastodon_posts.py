"""What stands in Mastodon's notifications and posts, and how ours are written. Shapes: as `bot.channels.mastodon` says."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from bot.cases.channel import LONGEST_ADDRESS, LONGEST_NAME, Arrival, ArrivalKind, Media
from bot.cases.instants import instant_in
from bot.ports import Outgoing

EVERYBODYS = ("public", "unlisted")
KINDS = {"mention": ArrivalKind.MESSAGE, "update": ArrivalKind.EDIT}
AT = "\uff20"  # looks like an @ and mentions nobody
_BREAK, _BLOCK_END, _TAG = re.compile(r"<br[^<>]*>"), re.compile(r"</(?:p|li|pre|blockquote|h\d)>"), re.compile(r"<[^<>]*>")
_MENTIONS_SOMEBODY = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])")


@dataclass(frozen=True)
class Home:
    """Our account and its server."""

    account: str  # its id
    username: str
    domain: str  # of the addresses there
    longest: int  # characters of a post

    def address(self, account: Mapping[str, Any]) -> str:
        """Such as june@elsewhere.example; the API leaves the server's own domain out."""
        acct = str(account.get("acct") or "")
        return acct if "@" in acct or not acct else f"{acct}@{self.domain}"


def arrival_in(note: Mapping[str, Any], home: Home) -> Arrival | None:
    """What a notification tells; None for our own words, for a bot's, and for what is no message."""
    kind, status = KINDS.get(str(note.get("type"))), note.get("status")
    account = status.get("account") if isinstance(status, dict) else None
    if kind is None or not isinstance(status, dict) or not isinstance(account, dict):
        return None
    sender = home.address(account)
    if not sender or len(sender) > LONGEST_ADDRESS or account.get("bot") or str(account.get("id")) == home.account:
        return None
    id, edited, answers = status.get("id"), str(status.get("edited_at")), status.get("in_reply_to_id")
    if not isinstance(id, str) or not id:
        return None
    is_edit = kind is ArrivalKind.EDIT
    warning = str(status.get("spoiler_text") or "")  # the line above a folded post belongs to what was said
    return Arrival(
        id=f"{id}:{edited}" if is_edit else id,
        kind=kind,
        sender=sender,
        text="\n".join(filter(None, (warning, _without_us(text_of(str(status.get("content") or "")), home)))),
        at=instant_in(edited if is_edit else str(status.get("created_at"))),
        media=_media_in(status.get("media_attachments")),
        about=id if is_edit else None,
        name=str(account.get("display_name") or "")[:LONGEST_NAME] or None,
        thread=id,
        refers=(str(answers),) if answers else (),
        is_public=status.get("visibility") in EVERYBODYS,
    )


def _media_in(attached: Any) -> tuple[Media, ...]:
    """The files that are there by now: one that the server still fetches from another has no address yet."""
    files = attached if isinstance(attached, list) else []
    urls = [one["url"] for one in files if isinstance(one, dict) and str(one.get("url")).startswith(("https://", "http://"))]
    return tuple(Media(url, urlsplit(url).path.rpartition("/")[2], guess_type(urlsplit(url).path)[0] or "") for url in urls)


def text_of(content: str) -> str:
    """The words of a status. The server has cleaned its HTML: whatever looks like a tag is one."""
    lines = _TAG.sub("", _BLOCK_END.sub("\n\n", _BREAK.sub("\n", content)))
    return html.unescape(lines).strip()


def _without_us(text: str, home: Home) -> str:
    """The words without the shop's handle, which says only to whom they are."""
    ours = rf"(?<![\w@])@{re.escape(home.username)}(?:@{re.escape(home.domain)})?(?![\w@-])"
    return re.sub(r"[ \t]{2,}", " ", re.sub(ours, "", text, flags=re.IGNORECASE)).strip()


def words_of(out: Outgoing) -> str:
    """The words behind their reader's handle. Nobody else is mentioned, or a private post would be shown to them."""
    return f"@{out.to} {_MENTIONS_SOMEBODY.sub(AT, out.text)}"


def is_of(status: Mapping[str, Any], out: Outgoing, home: Home) -> bool:
    """Whether a post of ours is this one: to the same reader, among as many, in the same place, in the same words."""
    mentioned = status.get("mentions")
    readers = [home.address(one).lower() for one in mentioned if isinstance(one, dict)] if isinstance(mentioned, list) else []
    is_alike = (status.get("visibility") in EVERYBODYS) is out.is_public and status.get("in_reply_to_id") in (None, out.thread)
    return is_alike and out.to.lower() in readers and _plain(text_of(str(status.get("content")))) == _plain(words_of(out))


def _plain(text: str) -> str:
    """What two spellings of one post have in common: a server may shorten a handle and fold white space."""
    return " ".join(re.sub(r"^@\S+", "", text).split())

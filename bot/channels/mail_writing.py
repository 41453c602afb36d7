"""A mail of ours: plain words, and the same as simple HTML that loads nothing and is as readable in the dark (RFC 5322, 2046).

Its headers tell other programs what it is: an answer of the assistant is `Auto-Submitted` (RFC 3834), what its reader can end
with one click says so (RFC 8058), and every mail carries a mark of ours, so that two of us never talk to each other.
"""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from bot.channels.mail_parts import words_of_header
from bot.channels.mail_proof import address_in
from bot.channels.mail_quotes import is_answer_of
from bot.channels.mail_reports import OURS
from bot.errors import SendFailed
from bot.ports import Outgoing

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_NUMBERED = re.compile(r"^(\d{1,2})\. (.+)$")
_THREAD_ID = re.compile(r"[^<>\s\x00-\x1f\x7f]{1,500}")
_PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin:0;padding:16px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:36em" dir="auto">
<p style="margin:0 0 16px;font-weight:600">{shop}</p>
{words}
</div></body></html>
"""


def message_id(key: str, sender: str) -> str:
    """Of the message with this key, at every try the same; without its brackets."""
    return f"{key}@{parseaddr(sender)[1].rpartition('@')[2].lower()}"


def written(out: Outgoing, sender: str, at: datetime) -> EmailMessage:
    """The mail. `sender`: our own From, such as "Larkspur & Lane <care@example.com>". Raises SendFailed where nobody can be written to."""
    name, own = parseaddr(sender)
    to = address_in(out.to)
    if to is None:
        raise SendFailed("the address is no mail address", is_final=True, stops=True)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = _mailbox(_line(name), own), _mailbox("", to)
    subject = _line(out.subject or "") or _line(name) or own
    mail["Subject"] = f"Re: {subject}" if out.thread and not is_answer_of(subject) else subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{message_id(out.key, sender)}>"
    _thread(mail, out)
    mail[OURS] = "1"
    if out.agent is None:
        mail["Auto-Submitted"] = "auto-replied" if out.thread else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if out.stop and _LINK.fullmatch(out.stop):
        mail["List-Unsubscribe"] = f"<{out.stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = _text(out)
    mail.set_content(text)
    mail.add_alternative(html_of(text, _line(name) or own, subject), subtype="html")
    if out.file:
        kind, _, subkind = out.file.media_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", out.file.media_type) or kind in ("text", "multipart", "message"):
            kind, subkind = "application", "octet-stream"
        mail.add_attachment(out.file.content, maintype=kind, subtype=subkind, filename=_line(out.file.name).replace('"', "'") or "file")
    return mail


def html_of(text: str, shop: str, title: str) -> str:
    """The same words as a page of their own: paragraphs, numbered choices and links, in the colours of whoever reads it."""
    paragraphs = [_paragraph(one.split("\n")) for one in re.split(r"\n\s*\n", text.strip()) if one.strip()]
    return _PAGE.format(title=escape(title), shop=escape(shop), words="\n".join(paragraphs))


def _paragraph(lines: list[str]) -> str:
    html, listed, said = "", "", [*lines, ""]
    plain: list[str] = []
    for line in said:
        numbered = _NUMBERED.match(line)
        if plain and (numbered or line is said[-1]):
            html += f'<p style="margin:0 0 16px">{"<br>".join(plain)}</p>'
            plain = []
        if listed and not numbered:
            html += f'<ol style="margin:0 0 16px;padding-left:1.6em">{listed}</ol>'
            listed = ""
        if numbered:
            listed += f'<li value="{numbered[1]}">{_linked(numbered[2])}</li>'
        elif line:
            plain.append(_linked(line))
    return html


def _linked(line: str) -> str:
    made, at = "", 0
    for found in _LINK.finditer(line):
        made += escape(line[at : found.start()]) + f'<a href="{escape(found[0])}">{escape(found[0])}</a>'
        at = found.end()
    return made + escape(line[at:])


def _text(out: Outgoing) -> str:
    choices = "\n".join(f"{at}. {label}" for at, (_, label) in enumerate(out.choices, start=1))
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", out.text.replace("\r\n", "\n")).encode("utf-8", "replace").decode()
    return f"{text.strip()}\n\n{choices}".strip() + "\n"


def _thread(mail: EmailMessage, out: Outgoing) -> None:
    named = [one for one in (out.thread or "").split() if _THREAD_ID.fullmatch(one) and one.isascii() and not one.startswith("sha256:")]
    if named:
        mail["In-Reply-To"] = f"<{named[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in named)


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _line(text: str) -> str:
    """On one line, whatever was in it: nothing that is written to a header can begin another."""
    return re.sub(r"\s+", " ", words_of_header(text.encode("utf-8", "replace").decode())).strip()[:250]

"""The words of an HTML mail: nothing run, nothing loaded, nothing that is hidden.

Tags are told apart by a scan of our own that looks at each character a bounded number of times: the standard library's parser
takes hours over some four hundred thousand characters that are broken on purpose (measured with "<a " again and again).

Quotes come out as lines that begin with ">", pictures of the mail itself as "[cid:...]", so that one reading of quotes and
signatures serves HTML and plain text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

LONGEST = 200_000  # characters that are read, once styles and comments are out
LONGEST_TAG = 4_000
DEEPEST = 3  # quotes within quotes that are told apart
ORIGINAL = "-----Original Message-----"
_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "select", "textarea", "math"}
_BLOCKS = {"p", "div", "tr", "ul", "ol", "table", "blockquote", "pre", "section", "article", "header", "footer", "center", "form", "hr"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "li", "dl", "dt", "dd", "body"}
_AIRY = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "col", "area", "base", "wbr", "embed", "source", "track"}
# What mail programs themselves mark as the writer's signature; and where what is answered begins, in programs that set no <blockquote>.
_SIGNATURE = re.compile(
    r"\b(gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature|AppleMailSignature|Signature|"
    r"x_Signature|yahoo-signature|ymail_signature|signature-container)\b"
)
_QUOTE_BEGINS = re.compile(
    r"\b(divRplyFwdMsg|x_divRplyFwdMsg|appendonsend|yahoo_quoted|mail-editor-reference-message-container|reply-intro)\b"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all", re.IGNORECASE)


_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})")
_GIVEN = re.compile(r"([A-Za-z][A-Za-z-]{0,30})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_READ = ("id", "class", "style", "src")  # of what a tag says, all that matters here


def words_of_html(html: str) -> str:
    """As a reader sees it, a line a line."""
    reader = _Reader()
    for ends, tag, rest in _scanned(_plain(html)[:LONGEST]):
        if not tag:
            reader.words(unescape(rest))
        elif ends:
            reader.closes(tag)
        else:
            reader.opens(tag, _given(rest))
    return reader.text()


def _scanned(html: str) -> Iterator[tuple[bool, str, str]]:
    """Tags (whether one ends, its name, what else it says) and, without a name, the words between them."""
    at = 0
    while at < len(html):
        tag = _TAG.match(html, at)
        end = html.find(">", tag.end(), tag.end() + LONGEST_TAG) if tag else -1
        if tag and end >= 0:
            quote = next((one for one in "\"'" if html.count(one, tag.end(), end) % 2), None)
            closing = html.find(quote, end, end + LONGEST_TAG) if quote else -1
            if quote and closing >= 0:  # a ">" within quotes ends no tag
                end = max(end, html.find(">", closing, closing + LONGEST_TAG))
            yield bool(tag[1]), tag[2].lower(), html[tag.end() : end]
            at = end + 1
            continue
        following = html.find("<", at + 1)
        following = len(html) if following < 0 else following
        yield False, "", html[at:following]
        at = following


def _given(rest: str) -> dict[str, str]:
    if "=" not in rest:
        return {}
    found = {name.lower(): unescape(a or b or c) for name, a, b, c in _GIVEN.findall(rest)}
    return {name: found[name] for name in _READ if name in found}


def _plain(html: str) -> str:
    """Without what is no content, before it is scanned."""
    for begin, end in (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<![", ">"), ("<!", ">"), ("<?", ">")):
        html = _without(html, begin, end)
    return html


def _without(html: str, begin: str, end: str) -> str:
    low, kept, at = html.lower(), [], 0
    if len(low) != len(html):  # letters whose small form is longer
        low = html
    while (found := low.find(begin, at)) >= 0:
        kept.append(html[at:found])
        ends = low.find(end, found + len(begin))
        if ends < 0:
            return " ".join(kept)
        at = ends + len(end)
        if not end.endswith(">"):
            at = low.find(">", at) + 1 or len(low)
    return " ".join([*kept, html[at:]])


class _Reader:
    """Keeps lines; each tag that is open says whether it silences or quotes what is in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.open: list[tuple[str, bool, bool]] = []  # tag, silences, quotes
        self.names: Counter[str] = Counter()
        self.silent = self.quoted = self.exact = 0

    def opens(self, tag: str, given: dict[str, str]) -> None:
        marks = f"{given.get('id', '')} {given.get('class', '')}"
        if tag == "br":
            self._end_line(always=True)
        elif tag == "img":
            self._picture(given)
        if tag in _BLOCKS:
            self._end_line()
            if tag in _AIRY:
                self._gap()
        if tag == "li":
            self.line = ["- "]
        elif tag in ("td", "th"):
            self.line.append(" ")
        if _QUOTE_BEGINS.search(marks) and not self.silent:
            self._end_line()
            self.lines.append(self._prefix() + ORIGINAL)
        if tag in _VOID:
            return
        silences = tag in _SILENT or bool(_SIGNATURE.search(marks)) or bool(_HIDDEN.search(given.get("style", "")))
        quotes = tag == "blockquote"
        self.open.append((tag, silences, quotes))
        self.names[tag] += 1
        self.silent, self.quoted, self.exact = self.silent + silences, self.quoted + quotes, self.exact + (tag == "pre")

    def closes(self, tag: str) -> None:
        if not self.names[tag]:
            return
        if tag in _BLOCKS:
            self._end_line()
        while True:  # whatever was left open within it ends as well
            name, silences, quotes = self.open.pop()
            self.names[name] -= 1
            self.silent, self.quoted, self.exact = self.silent - silences, self.quoted - quotes, self.exact - (name == "pre")
            if name == tag:
                break
        if tag in _AIRY:
            self._gap()

    def words(self, data: str) -> None:
        if self.silent:
            return
        if self.exact:
            *whole, data = data.split("\n")
            for one in whole:
                self.line.append(one)
                self._end_line(always=True)
        self.line.append(data)

    def _picture(self, given: dict[str, str]) -> None:
        source = given.get("src", "").strip()
        if source[:4].lower() == "cid:" and not self.silent:
            self.line.append(f"[{source[:300]}]")

    def _prefix(self) -> str:
        return "> " * min(self.quoted, DEEPEST)

    def _end_line(self, always: bool = False) -> None:
        said = "".join(self.line)
        said = said.rstrip() if self.exact else re.sub(r"[ \t\r\n\f\u00a0]+", " ", said).strip()
        if (said or always) and not self.silent:
            self.lines.append(self._prefix() + said)
        self.line = []

    def _gap(self) -> None:
        if self.lines and self.lines[-1].strip("> ") and not self.silent:
            self.lines.append(self._prefix().strip())

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines)

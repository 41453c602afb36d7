"""A customer's own new words in a mail: without what it answers, and without signatures.

Words below or between what was quoted are kept, each with the end of what it answers. A forwarded mail is kept whole: it is
what the customer wants to show. The attributions are those of the mail programs in tests/channels/mails.
"""

import re
from dataclasses import dataclass, field

ANSWERED_LINES, ANSWERED_LENGTH = 3, 300  # of a quote, kept above the words that answer it
LONGEST, MOST_LINES = 100_000, 5_000  # characters and lines that are looked at: nobody writes more
CHOSEN_LINES = 2  # a quote as short as this was cut down to what is answered
WRAPPED = 4  # lines over which an attribution may run
SIGNATURE_LINES, SIGNATURE_LENGTH = 8, 70

_WROTE = (
    r"wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrivait|escribió|ha escrito|ha scritto|scrisse|escreveu|schreef|skrev|"
    r"napisał|napsal|написал|kirjoitti|yazdı|كتب|كتبت|تمت كتابة|写道|書きました|작성"
)
_ENDS = re.compile(rf"(\b|(?<=\s))({_WROTE})\b.*[:：]\s*-*\s*$|^-+.*\bwrote:?\s*-+$", re.IGNORECASE | re.DOTALL)
_STARTS = re.compile(r"^\W*(On|Am|Le|El|Il|Em|Op|Den|Dne|W dniu|Pe|Vào|في|Il giorno)\b|^\W*\d{4}[年/-]", re.IGNORECASE)
_MAILBOX = re.compile(r"[<\[(]\S+@\S+[>\])]|^-{2,}\s*\S")
_DATED = re.compile(r"\d{1,2}[:.h٫]\d{2}|[\d٠-٩]{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|@")
_RUNS_ON = re.compile(
    rf"^\s*On\b.{{10,200}}<\s*\S+@\S+\s*>\s*({_WROTE}):\s+\S", re.IGNORECASE
)  # Yahoo's app: the quote is on the same line
_ORIGINAL = re.compile(
    r"^[-_*\s]*(Original Message|Original-Nachricht|Originalnachricht|Ursprüngliche (Nachricht|E-Mail)|Message d.origine|"
    r"Message original|Mensaje original|Messaggio originale|Mensagem original|Oorspronkelijk bericht|"
    r"Original meddelande|الرسالة الأصلية|原始邮件)"
    r"[-_*\s]*:?$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[-_*\s]*(Forwarded message|Begin forwarded message|Forwarded Message|Weitergeleitete Nachricht|"
    r"Anfang der weitergeleiteten (Nachricht|E-Mail)|Message transféré|Début du message (réexpédié|transféré)|"
    r"Mensaje reenviado|Inicio del mensaje reenviado|Messaggio inoltrato|"
    r"Doorgestuurd bericht|الرسالة المعاد توجيهها|رسالة معاد توجيهها)[-_*\s]*:?[-_*\s]*$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"^\s*(fwd?|wg|tr|rv|enc|i|doorst|vs|إعادة توجيه)\s*:", re.IGNORECASE)
_FIELD = re.compile(
    r"^\W*(From|Von|De|Da|Van|Från|Fra|من|Sent|Gesendet|Envoyé|Enviado( el)?|Inviato|Verzonden|تاريخ الإرسال|Date|Datum|Fecha|Data|التاريخ|"
    r"To|An|À|A|Para|Aan|إلى|Cc|Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|الموضوع)\W*[:：]",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\W*(From|Von|De|Da|Van|Från|Fra|من)\W*[:：]", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"^\W*(Sent from (my|Mail|Outlook|Yahoo|Samsung|Proton|the)\b.*|Sent with \[?(Proton|Canary|Spark)\b.*|Sent via .{0,40}|"
    r"(Von meinem|Gesendet (von|mit|aus))\b.*(iPhone|iPad|Handy|Smartphone|Galaxy|Telefon|Gerät|App|Outlook|Mail|Yahoo)\b.*|"
    r"Diese Nachricht wurde von mein.*gesendet.*|Envoyé (de|depuis|à partir) .*|Télécharger Outlook.*|Enviado (desde|do) .*|"
    r"Obtener Outlook.*|"
    r"Inviato da .*|Verstuurd vanaf .*|Get Outlook for .*|Holen Sie sich Outlook.*|Outlook für (iOS|Android).*|Yahoo Mail: .*|"
    r"Sent from Outlook for .*|(تم الإرسال|أرسلت|مرسل) من .*|iPhoneから送信.*|从我的.*发送)\W*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*((kind|best|warm|many)? ?regards|(with )?(kind|best) wishes|yours (sincerely|faithfully|truly)|sincerely( yours)?|best|"
    r"(mit )?(freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?) (grüßen?|grüssen?|gruß)( aus \w+)?|mfg|vg|lg|"
    r"(bien )?cordialement|bien à vous|salutations|(un )?(cordial )?saludos?( cordiales)?|atentamente|cordiali saluti|"
    r"met vriendelijke groet(en)?|مع (خالص )?(تحياتي|التحية)|تحياتي)\W*$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"^\W*((confidentiality|disclaimer|legal|privacy) ?(notice)?\W*$|(confidentiality notice|disclaimer)\b|"
    r"(this|the (information|content)s?) .{0,40}(e-?mail|message|transmission).{0,80}(confidential|privileged|intended)|"
    r"diese (e-?mail|nachricht) .{0,60}vertraulich|ce (message|courriel) .{0,80}confidentiel|este (mensaje|correo) .{0,80}confidencial|"
    r"think before you print|please consider the environment|virus-free|virenfrei)",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[_\-=*]{5,}$")


@dataclass
class _Block:
    """Lines that belong together: the writer's own, or quoted."""

    is_quote: bool
    lines: list[str] = field(default_factory=list)


def own_words(text: str, subject: str = "") -> str:
    """What its writer wrote anew. `text`: lines, the quoted ones beginning with ">"."""
    text = re.sub(r"\n{4,}", "\n\n\n", text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.rstrip() for line in text.split("\n")[:MOST_LINES]]
    forwarded = next((at for at, line in enumerate(lines) if _FORWARDED.match(line.lstrip("> "))), None)
    if forwarded is None and _FORWARD_SUBJECT.match(subject):
        forwarded = next((at for at in range(len(lines)) if _is_head(lines, at) or _ORIGINAL.match(lines[at])), len(lines))
    if forwarded is not None:
        shown = [re.sub(r"^(> ?)+", "", line) for line in lines[forwarded:] if not _RULE.match(line)]
        return _tidy(_answers(lines[:forwarded]) + "\n\n" + "\n".join(shown))
    return _tidy(_answers(lines))


def is_answer_of(subject: str) -> bool:
    """Whether a subject says that its mail answers another."""
    return bool(re.match(r"^\s*(re|aw|sv|antw|odp|ref|رد)\s*(\[\d+\])?\s*[:：]", subject, re.IGNORECASE))


def _answers(lines: list[str]) -> str:
    blocks = _blocks(lines)
    own = [at for at, block in enumerate(blocks) if not block.is_quote]
    below = [at for at in own if any(block.is_quote for block in blocks[:at])]
    kept: list[str] = []
    for at in own:
        quote = blocks[at - 1].lines if at in below else []
        # One answer below a whole mail answers that mail; between parts of it, or below a part chosen for it, it answers the part.
        if quote and (len(below) > 1 or sum(1 for line in quote if line.strip()) <= CHOSEN_LINES):
            kept.append("\n".join(f"> {line}" for line in _end_of(quote)) + "\n" + "\n".join(blocks[at].lines))
        else:
            kept.append("\n".join(blocks[at].lines))
    return "\n\n".join(kept)


def _blocks(lines: list[str]) -> list[_Block]:
    """Own and quoted words in turn; signatures are out, and so is everything below what begins a quote without marking its lines."""
    blocks: list[_Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _ORIGINAL.match(line) or _RUNS_ON.match(line) or _is_head(lines, at):
            break
        if span := _attribution(lines, at):
            if not any(one.startswith(">") for one in lines[at + span :]):
                break
            at += span
            continue
        is_quote = line.startswith(">")
        if not line.strip() and blocks:
            is_quote = blocks[-1].is_quote
        if not blocks or blocks[-1].is_quote != is_quote:
            blocks.append(_Block(is_quote))
        blocks[-1].lines.append(re.sub(r"^(> ?)+", "", line) if is_quote else line)
        at += 1
    for block in blocks:
        block.lines = _trimmed(block.lines) if block.is_quote else _unsigned(block.lines)
    return [block for block in blocks if block.lines]


def _attribution(lines: list[str], at: int) -> int:
    """Over how many lines "On such a day, so and so wrote:" runs from here; 0 where it does not."""
    first = lines[at]
    if not first.strip() or first.startswith(">"):
        return 0
    begins = _is_dated_start(first)
    for span in range(1, WRAPPED + 1):
        part = lines[at : at + span]
        if len(part) < span or not part[-1].strip() or part[-1].startswith(">") or (span > 1 and _is_dated_start(part[-1])):
            return 0
        said = " ".join(part)
        if len(said) > 400:
            return 0
        if (begins or _MAILBOX.search(first)) and _ENDS.search(said) and _DATED.search(said):
            return span
        # In any language: dates, an address, a colon at its end, and a quoted line below.
        below = next((line for line in lines[at + span : at + span + 5] if line.strip()), "")
        if (span == 1 or begins) and said.endswith((":", "：")) and below.startswith(">") and len(_DATED.findall(said)) > 1:
            return span
    return 0


def _is_dated_start(line: str) -> bool:
    return bool(_STARTS.match(line)) and any(found != "@" for found in _DATED.findall(line))


def _is_head(lines: list[str], at: int) -> bool:
    """Whether the head of another mail stands here: From, Sent, To, Subject in any language known."""
    if not _FROM.match(lines[at]) or lines[at].startswith(">"):
        return False
    return sum(1 for line in lines[at : at + 10] if _FIELD.match(line)) >= 3


def _end_of(quote: list[str]) -> list[str]:
    """The last lines of what is answered, as much of it as makes an answer plain."""
    kept: list[str] = []
    for line in reversed(quote[-ANSWERED_LINES:]):
        if not line.strip() or (kept and sum(map(len, kept)) + len(line) > ANSWERED_LENGTH):
            break
        kept.insert(0, line[:ANSWERED_LENGTH])
    return kept


def _unsigned(lines: list[str]) -> list[str]:
    """Own lines without what mail programs and offices put below them."""
    lines = [line for line in lines if not _SENT_FROM.match(line)]
    for at, line in enumerate(lines):
        is_signature = line.strip() in ("--", "—", "– –") or (_is_closing(line) and _looks_signed(lines[at + 1 :]))
        if is_signature or (_NOTICE.match(line) and at):
            return _trimmed(lines[:at])
    return _trimmed(lines)


def _is_closing(line: str) -> bool:
    return all(_CLOSING.match(part) for part in line.split("/"))


def _looks_signed(below: list[str]) -> bool:
    """A name and an address are short lines, and none of them asks anything."""
    notice = next((at for at, line in enumerate(below) if _NOTICE.match(line)), len(below))
    named = [line for line in below[:notice] if line.strip()]
    return len(named) <= SIGNATURE_LINES and all(len(line) <= SIGNATURE_LENGTH and not line.rstrip().endswith(("?", "؟")) for line in named)


def _trimmed(lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    while last and (not lines[last - 1].strip() or _RULE.match(lines[last - 1])):
        last -= 1
    while first < last and not lines[first].strip():
        first += 1
    return lines[first:last]


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()

"""Telegram: a bot of the shop's, over the Bot API's plain HTTP.

Shapes and rules are of core.telegram.org/bots/api (Update, Message, CallbackQuery, ChatMemberUpdated, setWebhook, getFile and the
sending methods, "Making requests when getting updates") and /bots/features (commands, deep linking). What they leave open was read in
the source of Telegram's own server (github.com/tdlib): its lengths are counted in Unicode characters, as Python counts them; one chat's
updates come one after the other, the next only once the last was answered with 2xx.
"""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from bot.cases.channel import Abilities, Media
from bot.channels.http import LARGEST_FILE, LONGEST_PAUSE_S, Provider, object_of
from bot.channels.telegram_updates import UPDATES, arrivals_in, id_of, object_in, whole_in, words_in
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, OutgoingFile, TakenIn

HEADER = "x-telegram-bot-api-secret-token"
LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024  # characters
LARGEST_PHOTO = 10 * 1024 * 1024  # bytes; what is larger, or too long and thin, goes as a document
PHOTOS = ("image/jpeg", "image/png", "image/webp")
MEND_S = 300.0  # until a token that is not accepted is tried again: somebody has to set another one


class Telegram:
    """One bot. Telegram tells of neither delivery nor reading nor deletion, and cannot be asked what was sent."""

    name = "telegram"
    can = Abilities(longest=LONGEST_TEXT, buttons=10, button_label=40, sends_files=True, marks=True)

    def __init__(self, token: str, secret: str, api: str) -> None:
        self.secret = secret
        self.provider = Provider(f"{api}/bot{token}", pause=_pause)
        self.files = f"{api}/file/bot{token}"
        self.halves: set[str] = set()  # keys of messages whose file went out, and whose text did not yet

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        """One update. It carries no time of signing: what is delivered twice is known by its id."""
        if not hmac.compare_digest(knock.headers.get(HEADER, "").encode(errors="replace"), self.secret.encode()):
            raise Refused(401, "The secret token is missing or wrong.")
        if knock.method != "POST":
            raise Refused(405, "Telegram posts its updates.")
        try:
            update = json.loads(knock.body)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "The update is not JSON.") from error
        number = whole_in(update, "update_id")
        if number is None:
            raise Refused(400, "The update has no update_id.")
        arrivals, tap = arrivals_in(update, number), words_in(object_in(update, "callback_query"), "id")
        if not tap:
            return TakenIn(arrivals)
        # Answered in the answer to it, or the button would go on showing that something is being done.
        done = {"method": "answerCallbackQuery", "callback_query_id": tap}
        return TakenIn(arrivals, json.dumps(done).encode(), "application/json")

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        return None

    def send(self, out: Outgoing) -> str | None:
        """As plain text: without parse_mode nothing in it is markup. A text too long for a caption follows its file."""
        rows = [[{"text": label, "callback_data": choice}] for choice, label in out.choices]
        given: dict[str, Any] = {"chat_id": out.to, **({"reply_markup": {"inline_keyboard": rows}} if rows else {})}
        if out.file and len(out.text) <= LONGEST_CAPTION:
            return id_of(self._send_file(out.file, given | {"caption": out.text}))
        if out.file and out.key not in self.halves:
            self._send_file(out.file, {"chat_id": out.to})
            self.halves.add(out.key)
        sent = self._do("sendMessage", given | {"text": out.text, "link_preview_options": {"is_disabled": True}})
        self.halves.discard(out.key)
        return id_of(sent)

    def find(self, out: Outgoing) -> str | None:
        return None

    def fetch(self, media: Media) -> bytes:
        try:
            found = self._do("getFile", {"file_id": media.ref})
        except SendFailed as failed:
            if "file is too big" in str(failed):  # of more than 20 MB
                raise FileRefused("too_large") from failed
            raise SendFailed(str(failed), wait_s=failed.wait_s) from failed  # it may be "temporarily unavailable"
        if (whole_in(found, "file_size") or 0) > LARGEST_FILE:
            raise FileRefused("too_large")
        return self.provider.download(f"{self.files}/{quote(words_in(found, 'file_path'))}", follow=False)

    def mark_seen(self, to: str, provider_id: str) -> None:
        self._do("sendChatAction", {"chat_id": to, "action": "typing"})

    def register(self, door: str) -> None:
        """Has Telegram send its updates to this address, with our secret. What waits there is kept. Raises SendFailed."""
        self._do("setWebhook", {"url": door, "secret_token": self.secret, "allowed_updates": UPDATES, "drop_pending_updates": False})

    def _send_file(self, file: OutgoingFile, given: Mapping[str, Any]) -> Any:
        upload = (file.name, file.content, file.media_type)
        if file.media_type in PHOTOS and len(file.content) <= LARGEST_PHOTO:
            try:
                return self._do("sendPhoto", given, {"photo": upload})
            except SendFailed as failed:
                if not failed.is_final or failed.stops:
                    raise
        return self._do("sendDocument", given, {"document": upload})

    def _do(self, method: str, given: Mapping[str, Any], files: Mapping[str, Any] | None = None) -> Any:
        """The result of a method. Raises SendFailed."""
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        sent: dict[str, Any] = {"data": form, "files": files} if files else {"json": given}
        answer = self.provider.call("POST", f"/{method}", **sent)
        said, status = object_of(answer), answer.status_code
        if status == 200 and said.get("ok") is True:
            return said.get("result")
        why = f"status {status}: {words_in(said, 'description')[:200]}"
        if status in (401, 404):
            raise SendFailed(f"{why}: set AMENDS_TELEGRAM_TOKEN to the token that @BotFather shows", wait_s=MEND_S)
        # 403: blocked by this customer, who may also have left Telegram. 400: the same would be refused again.
        raise SendFailed(why, is_final=status in (400, 403, 413), stops=status == 403, is_unknown=status < 300)


def _pause(answer: httpx.Response) -> float | None:
    seconds = whole_in(object_in(object_of(answer), "parameters"), "retry_after")
    return min(float(seconds), LONGEST_PAUSE_S) if seconds and seconds > 0 else None


def open_telegram(env: Mapping[str, str], door: str | None) -> Telegram | None:
    """The channel as set; None without a token and a secret. Raises BadSetting."""
    token, secret = env.get("AMENDS_TELEGRAM_TOKEN", ""), env.get("AMENDS_TELEGRAM_SECRET", "")
    api = env.get("AMENDS_TELEGRAM_API") or "https://api.telegram.org"
    if not token and not secret:
        return None
    if not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}", token):
        raise BadSetting("AMENDS_TELEGRAM_TOKEN is no bot's token: set the one that @BotFather shows, such as 123456:ABC-DEF.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise BadSetting("AMENDS_TELEGRAM_SECRET is missing or cannot be used: choose 16 to 256 letters, digits, _ and - by chance.")
    if urlsplit(api).scheme not in ("http", "https") or not urlsplit(api).hostname:
        raise BadSetting(f"AMENDS_TELEGRAM_API is {api!r}: use https://HOST, or leave it out.")
    return Telegram(token, secret, api.rstrip("/"))

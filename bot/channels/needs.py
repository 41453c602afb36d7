"""What each way to a channel is called, and which settings it needs: for whoever sets it up."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """`needed`: without these there is no such channel; `may`: these have a default, or nothing depends on them."""

    title: str
    needed: tuple[str, ...]
    may: tuple[str, ...] = ()
    collects: bool = False  # it is looked into, and needs no address that its provider can reach


_TWILIO = ("AMENDS_TWILIO_ACCOUNT_SID", "AMENDS_TWILIO_AUTH_TOKEN")
_META = ("AMENDS_META_APP_SECRET", "AMENDS_META_VERIFY_TOKEN")
# By the function that opens it (bot.channels.registry).
NEEDS: Mapping[str, Need] = {
    "open_telegram": Need("Telegram", ("AMENDS_TELEGRAM_TOKEN", "AMENDS_TELEGRAM_SECRET"), ("AMENDS_TELEGRAM_API",)),
    "open_twilio_sms": Need("SMS through Twilio", ("AMENDS_TWILIO_SMS_FROM", *_TWILIO), ("AMENDS_TWILIO_API",)),
    "open_twilio_whatsapp": Need(
        "WhatsApp through Twilio",
        ("AMENDS_TWILIO_WHATSAPP_FROM", *_TWILIO),
        ("AMENDS_TWILIO_WHATSAPP_TEMPLATE", "AMENDS_TWILIO_API"),
    ),
    "open_meta_whatsapp": Need(
        "WhatsApp through Meta",
        ("AMENDS_WHATSAPP_PHONE_ID", "AMENDS_WHATSAPP_TOKEN", *_META),
        ("AMENDS_WHATSAPP_TEMPLATE", "AMENDS_WHATSAPP_LIST_LABEL", "AMENDS_META_API"),
    ),
    "open_messenger": Need("Messenger", ("AMENDS_MESSENGER_PAGE_ID", "AMENDS_MESSENGER_TOKEN", *_META), ("AMENDS_META_API",)),
    "open_email": Need(
        "E-mail",
        ("AMENDS_IMAP_URL", "AMENDS_SMTP_URL", "AMENDS_MAIL_FROM"),
        ("AMENDS_MAIL_HOOK_SECRET", "AMENDS_MAIL_AUTHSERV"),
        collects=True,
    ),
    "open_mastodon": Need("Mastodon", ("AMENDS_MASTODON_SERVER", "AMENDS_MASTODON_TOKEN"), collects=True),
    "open_reviews": Need("Reviews, or any page of the shop's", ("AMENDS_REVIEWS_URL", "AMENDS_REVIEWS_SECRET")),
}

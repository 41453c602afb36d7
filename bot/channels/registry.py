"""The channels there are. To add one: a module beside these, and its line here."""

from collections.abc import Callable, Mapping

from bot.channels.mail import open_email
from bot.channels.mastodon import open_mastodon
from bot.channels.messenger import open_messenger
from bot.channels.meta_whatsapp import open_meta_whatsapp
from bot.channels.reviews import open_reviews
from bot.channels.telegram import open_telegram
from bot.channels.twilio import open_twilio_sms, open_twilio_whatsapp
from bot.errors import BadSetting
from bot.ports import Channel

Opener = Callable[[Mapping[str, str], str | None], Channel | None]
OPENERS: tuple[tuple[str, Opener], ...] = (
    ("telegram", open_telegram),
    ("sms", open_twilio_sms),
    ("whatsapp", open_twilio_whatsapp),
    ("whatsapp", open_meta_whatsapp),
    ("messenger", open_messenger),
    ("email", open_email),
    ("mastodon", open_mastodon),
    ("reviews", open_reviews),
)


def open_all(env: Mapping[str, str], public_url: str | None) -> dict[str, Channel]:
    """Those that the settings name, by name. `public_url`: where providers reach the public door. Raises BadSetting."""
    found: dict[str, Channel] = {}
    for name, opener in OPENERS:
        channel = opener(env, f"{public_url}/channels/{name}" if public_url else None)
        if channel is None:
            continue
        if name in found:
            raise BadSetting(f"Two providers are set for {name}: remove the settings of one of them.")
        found[name] = channel
    return found

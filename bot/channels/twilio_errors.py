"""What Twilio's error codes mean for a message of ours. From its error dictionary (docs/api/errors)."""

from bot.errors import SendFailed

WINDOW_CLOSED, STOPPED = 63016, 21610
TOO_MANY = (20429, 21611, 63018)
MENDABLE = (21606, 21609, 21703)  # a setting is wrong: the message waits until somebody has put it right
WHY = {
    21211: "not a phone number",
    21408: "our Twilio account may not send to this country",
    21606: "our Twilio account has no such sender: see AMENDS_TWILIO_SMS_FROM and AMENDS_TWILIO_WHATSAPP_FROM",
    21609: "Twilio cannot reach the address in AMENDS_PUBLIC_URL",
    STOPPED: "the customer has written STOP",
    21612: "our number cannot reach this one",
    21614: "not a mobile number",
    21656: "the template does not take these values: see AMENDS_TWILIO_WHATSAPP_TEMPLATE",
    21703: "the Twilio messaging service has no sender",
    30003: "the phone is off or out of reach",
    30004: "blocked by the carrier or the customer",
    30005: "the number is not known or no longer in use",
    30006: "a landline, or a carrier that cannot be reached",
    30007: "the carrier took it for spam",
    30034: "our number is not registered with the carriers of the United States",
    63003: "not on WhatsApp",
    WINDOW_CLOSED: "more than 24 hours after the customer's last message",
    63024: "not on WhatsApp",
    63028: "the template does not take these values: see AMENDS_TWILIO_WHATSAPP_TEMPLATE",
}


def why(code: int) -> str:
    """In a few plain words. Twilio's own sentence is not used: it holds the customer's number."""
    return WHY.get(code, f"Twilio's error {code}")


def failure(status: int, code: object, wait_s: float | None) -> SendFailed:
    """What an answer that is no success means. `status`: of HTTP; `code`: as Twilio's answer has it, if it has one."""
    known = code if isinstance(code, int) else 0
    said = why(known) if known else f"status {status}"
    if known in TOO_MANY:
        return SendFailed("too many at once", wait_s=wait_s)
    if known in MENDABLE:
        return SendFailed(said)
    if known == WINDOW_CLOSED:
        return SendFailed(said, closes_window=True)
    if status in (401, 403, 404):
        return SendFailed(f"Twilio does not take AMENDS_TWILIO_ACCOUNT_SID and AMENDS_TWILIO_AUTH_TOKEN: {said}")
    return SendFailed(said, is_final=True, stops=known == STOPPED)

"""Mail through the shop's own server, by SMTP."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from bot.errors import MailFailed
from bot.ports import Mail

TIMEOUT_S = 15
REFUSED = 500  # SMTP replies from here on are final


class SmtpMailer:
    """Sends one mail a connection; smtp:// takes TLS where the server offers it, smtps:// demands it from the first byte."""

    def __init__(self, url: str, sender: str) -> None:
        self.url, self.sender, self.host = url, sender, urlsplit(url).hostname or "localhost"

    def send(self, mail: Mail) -> None:
        """Hands it to the server. Raises MailFailed; its `is_final` tells whether trying again is of use."""
        try:
            with connected(self.url) as server:
                server.send_message(self._written(mail))
        except smtplib.SMTPRecipientsRefused as refused:
            code = min(code for code, _ in refused.recipients.values())
            raise MailFailed(f"the mail server answered {code}", is_final=code >= REFUSED) from refused
        except smtplib.SMTPResponseException as refused:
            raise MailFailed(f"the mail server answered {refused.smtp_code}", is_final=refused.smtp_code >= REFUSED) from refused
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(f"the mail server at {self.host} was not reached: {type(error).__name__}", is_final=False) from error

    def _written(self, mail: Mail) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, mail.to, mail.subject
        letter["Date"] = formatdate()
        # The same id at every try: a server that took it before its answer was lost can tell that it is one letter.
        letter["Message-ID"] = f"<{mail.id}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        letter["Auto-Submitted"] = "auto-generated"
        if mail.stop:  # RFC 8058: the reader's mail program has a button of its own for it
            letter["List-Unsubscribe"] = f"<{mail.stop}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter.set_content(mail.text)
        return letter


def connected(url: str) -> smtplib.SMTP:
    """A server that has let us in. Raises smtplib.SMTPException or OSError."""
    parts, context = urlsplit(url), ssl.create_default_context()
    host, is_tls = parts.hostname or "localhost", parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 25)
    if is_tls:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server

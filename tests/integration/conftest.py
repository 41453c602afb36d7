"""What integration tests share: a real mail server, and whoever mails to it."""

from collections.abc import Iterator

import pytest

from bot.providers.mail import SmtpMailer
from tests.mailbox import Mailbox, mailbox


@pytest.fixture
def inbox() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def mailer(inbox: Mailbox) -> SmtpMailer:
    return inbox.mailer

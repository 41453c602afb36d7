"""Customers an incident touches are told of it before they complain: shown first, once each, by day, by mail."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import NotAllowed
from bot.handling import incidents
from bot.handling.reach import reach
from bot.handling.shop import Shop
from bot.handling.telling import tell_first
from bot.store.database import Database
from bot.worker.incidents import Notices
from tests.builders import NOON
from tests.mailbox import Mailbox, mailbox
from tests.stormy import DAY, LATER, Outbound, complain, storm, stormy_shop


@pytest.fixture
def shop(database: Database) -> Shop:
    return stormy_shop(database)


def test_dry_run_shows_the_mail_and_the_counts_and_sends_nothing(shop: Shop) -> None:
    incidents.open_incident(shop, storm(offer="gesture"), "Grace", DAY)
    complain(shop)
    found = tell_first(shop, "STORM-AZ", "Grace", DAY, send=False)
    assert (found.orders, found.customers, found.complained, found.told, found.queued) == (2, 1, 1, 0, False)
    assert found.sample is not None
    assert "B1 and B2" in found.sample.subject
    assert "A storm has closed the roads around Phoenix." in found.sample.text
    assert "give you a voucher" in found.sample.text
    outbound = Outbound()
    assert Notices(shop, outbound).run(LATER) == 0
    assert tell_first(shop, "STORM-AZ", "Grace", DAY, send=False).orders == 2


def test_each_customer_who_has_not_complained_is_told_once(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    complain(shop)
    assert tell_first(shop, "STORM-AZ", "Grace", DAY, send=True).queued
    assert tell_first(shop, "STORM-AZ", "Grace", DAY, send=True).orders == 0
    outbound = Outbound()
    for _ in range(3):
        Notices(shop, outbound).run(DAY)
    assert [one.to for one in outbound.mails] == ["otto@example.com"]
    later = NOON + timedelta(days=4)  # Uma's is late by then, too
    assert (tell_first(shop, "STORM-AZ", "Grace", later, send=True).orders) == 1
    Notices(shop, outbound).run(later + timedelta(hours=8))
    assert [one.to for one in outbound.mails] == ["otto@example.com", "uma@example.com"]


def test_two_owners_who_send_at_once_tell_everybody_once(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: tell_first(shop, "STORM-AZ", "Grace", DAY, send=True), range(2)))
    outbound = Outbound()
    Notices(shop, outbound).run(DAY)
    assert sorted(one.to for one in outbound.mails) == ["nina@example.com", "otto@example.com"]


def test_mail_waits_for_the_morning_at_the_delivery_address(shop: Shop) -> None:
    """22:30 in Phoenix is the middle of the night in Albany; both have their mail at their own 08:00."""
    night = DAY.replace(day=4, hour=5, minute=30)
    incidents.open_incident(shop, storm(scope={}, next_update_at=None), "Grace", night)
    tell_first(shop, "STORM-AZ", "Grace", night, send=True)
    outbound = Outbound()
    arrived: dict[str, str] = {}
    for n in range(60):
        at = night + timedelta(minutes=15) * n
        before = len(outbound.mails)
        Notices(shop, outbound).run(at)
        arrived |= {one.to: f"{at:%H:%M}" for one in outbound.mails[before:]}
    assert arrived == {"dan@example.com": "13:00", "nina@example.com": "15:00", "otto@example.com": "15:00"}


def test_closing_mails_those_who_were_told_first(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    tell_first(shop, "STORM-AZ", "Grace", DAY, send=True)
    outbound = Outbound()
    Notices(shop, outbound).run(DAY)
    assert incidents.close(shop, "STORM-AZ", "Grace", "The roads are open.", LATER, LATER).letters == 2
    Notices(shop, outbound).run(LATER)
    over = [one for one in outbound.mails if "is over" in one.text]
    assert sorted(one.to for one in over) == ["nina@example.com", "otto@example.com"]
    assert all("The roads are open." in one.text for one in over)


def test_mail_that_waits_when_it_is_over_goes_to_nobody(shop: Shop) -> None:
    night = DAY.replace(day=4, hour=5)
    incidents.open_incident(shop, storm(next_update_at=None), "Grace", night)
    tell_first(shop, "STORM-AZ", "Grace", night, send=True)
    assert incidents.close(shop, "STORM-AZ", "Grace", "The roads are open.", night, night).letters == 0
    outbound = Outbound()
    assert Notices(shop, outbound).run(night + timedelta(hours=12)) == 0
    assert outbound.mails == []


def test_telling_first_is_the_shops_choice(shop: Shop) -> None:
    incidents.open_incident(shop, storm(), "Grace", DAY)
    with pytest.raises(NotAllowed, match="tells_first: true"):
        tell_first(replace(shop, policy=replace(shop.policy, tells_first=False)), "STORM-AZ", "Grace", DAY, send=True)
    with pytest.raises(NotAllowed, match="AMENDS_SMTP_URL"):
        tell_first(replace(shop, mails=False), "STORM-AZ", "Grace", DAY, send=True)
    assert reach(shop, "STORM-AZ", DAY).notices == {}


def test_mail_goes_out_through_a_real_server_and_a_refused_one_is_counted(shop: Shop) -> None:
    class WithoutNina(Mailbox):
        async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
            if address.startswith("nina"):
                return "550 no such person"
            envelope.rcpt_tos.append(address)
            return "250 ok"

    incidents.open_incident(shop, storm(), "Grace", DAY)
    tell_first(shop, "STORM-AZ", "Grace", DAY, send=True)
    with mailbox(WithoutNina) as inbox:
        Notices(shop, inbox.mailer).run(DAY)
    ((to, letter),) = inbox.letters
    assert to == ["otto@example.com"]
    assert "You have not written to us about order B1 and B2" in " ".join(letter.get_content().split())
    assert reach(shop, "STORM-AZ", DAY).notices == {"opened failed": 1, "opened sent": 2}
    with shop.begin(False) as uow:
        assert [one.kind for one in uow.alerts.unseen()] == ["notice_failed"]

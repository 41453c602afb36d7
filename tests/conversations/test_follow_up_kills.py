"""A follow-up from the settled remedy to the closed case, through the real processes, while they are killed and two workers run."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from bot.cases.conversation import Author
from bot.cases.follow_up import FollowUp
from bot.store.database import Database
from bot.store.demo import seed_demo
from tests.conversations.test_kills import hear_patiently
from tests.product import MARKS, ROOT, Chat, Product, running, wait_until

pytestmark = [pytest.mark.product, pytest.mark.chaos, pytest.mark.xdist_group("follow_up")]
AGENT = "Amira Haddad"


@contextmanager
def second_worker(product: Product) -> Iterator["subprocess.Popen[bytes]"]:
    """One more, which nobody starts again."""
    process = subprocess.Popen([sys.executable, "-m", "bot.worker"], cwd=ROOT, env=product.env, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill(product: Product, part: str) -> None:
    """kill -9; one that is dead already, and not yet started again, is as good as killed."""
    for pid in pids(product, part):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_and_wait(product: Product, *parts: str) -> None:
    """Until others have taken their place and are ready."""
    before = {part: pids(product, part) for part in parts}
    for part in parts:
        kill(product, part)
    wait_until(lambda: all(pids(product, part) - before[part] for part in parts), 90, f"others in place of {parts}")
    wait_until(product.is_ready, 120, "all parts to be ready")


def pids(product: Product, part: str) -> set[int]:
    found = set()
    for one in psutil.Process(product.process.pid).children(recursive=True):
        with suppress(psutil.Error):  # gone meanwhile
            found |= {one.pid} if MARKS[part] in " ".join(one.cmdline()) else set()
    return found


class Followed:
    """One customer's case in a running product whose clock can be put forward."""

    def __init__(self, product: Product, folder: Path) -> None:
        self.product, self.clock = product, folder / "clock"
        self.database = Database(f"sqlite:///{folder / 'amends.db'}")
        seed_demo(self.database, ROOT / "data" / "shop", datetime.now(timezone.utc))
        self.chat = Chat.begin(product)

    @property
    def case(self) -> dict:  # type: ignore[type-arg]
        return self.product.case_of(self.chat)

    @property
    def rounds(self) -> list[FollowUp]:
        with self.database.begin(False) as uow:
            return uow.follow_ups.of(uow.cases.of_conversation(self.chat.id)[0].id)

    def put_forward_to(self, at: datetime) -> None:
        ahead = self.clock.with_suffix(".new")
        ahead.write_text(str((at - datetime.now(timezone.utc)).total_seconds()), encoding="utf-8")
        ahead.replace(self.clock)

    def settled_by_hand(self) -> None:
        with self.database.begin(False) as uow:
            found = uow.remedies.of(uow.cases.of_conversation(self.chat.id)[0].id)
        remedy = next(one for one in found if one.is_filed and one.settled_at is None)
        self.product.amends("remedies", "settle", remedy.reference, "--agent", AGENT)

    def questions(self) -> list[str]:
        """What was asked by nobody in particular whether it was put right."""
        with self.database.begin(False) as uow:
            said = uow.messages.of(self.chat.id)
        return [one.text for one in said if one.author is Author.SYSTEM and any("put_right" in choice["payload"] for choice in one.choices)]

    def is_asked_while_workers_die(self, times: int) -> None:
        """Its time comes with two workers at it; both are killed at once, and the one that is started again asks what was not asked."""
        with second_worker(self.product) as second:
            self.put_forward_to(self.rounds[-1].due_at + timedelta(seconds=30))
            second.send_signal(signal.SIGKILL)
            kill(self.product, "worker")
            with second_worker(self.product):
                wait_until(lambda: len(self.questions()) == times, 90, "the question")
                kill_and_wait(self.product, "worker")
                self.put_forward_to(self.rounds[-1].asked_at + timedelta(hours=1))  # type: ignore[operator]
        self.chat.read()


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    here = datetime.now(timezone.utc).astimezone(ZoneInfo("America/Phoenix"))  # the shop's own zone: nobody is asked at night
    (tmp_path / "clock").write_text(str((here.replace(hour=12) - here).total_seconds()), encoding="utf-8")
    with running(tmp_path, AMENDS_ENV="test", AMENDS_CLOCK_FILE=str(tmp_path / "clock")) as product:
        followed = Followed(product, tmp_path)
        yield followed
        followed.database.close()


def test_no_opens_the_case_again_and_a_later_yes_closes_it_whatever_is_killed(followed: Followed) -> None:
    product, chat = followed.product, followed.chat
    chat.say("The lamp in my order A10036 came broken in two. My e-mail is hana.sato@example.com and I would like a replacement.")
    chat.tap("yes")
    reference = followed.case["reference"]
    product.amends("cases", "take", reference, "--agent", AGENT)
    product.amends("cases", "hand-back", reference, "--agent", AGENT)
    followed.settled_by_hand()
    followed.is_asked_while_workers_die(1)

    kill_and_wait(product, "assistant", "web")  # the question stands, and waits for its answer in the store alone
    assert chat.send("no, it is still broken", client_id="the-no").status_code == 202
    assert "up again" in hear_patiently(chat)
    kill_and_wait(product, "web")
    assert chat.send("no, it is still broken", client_id="the-no").status_code == 202  # the browser never heard back, and sends once more
    case = followed.case
    assert (case["reference"], case["status"], case["escalation"]["reason"]) == (reference, "open", "not_put_right")

    product.amends("cases", "take", reference, "--agent", AGENT)
    product.amends("cases", "reply", reference, "The base is loose in this batch. Part of the price goes back to you.", "--agent", AGENT)
    granted = ("--amount", "20.00", "--currency", "USD", "--agent", AGENT, "--reason", "still broken")
    product.amends("remedies", "grant", reference, "partial_refund", *granted)
    kill(product, "worker")
    followed.settled_by_hand()
    product.amends("cases", "hand-back", reference, "--agent", AGENT)
    followed.is_asked_while_workers_die(2)

    kill_and_wait(product, "actions")
    chat.say("yes it has, thank you")
    chat.tap("5")
    if not any("skip" in label.lower() for label in chat.labels):
        chat.tap("7")  # a share of the cases is asked how easy it was made, too
    said = chat.tap("skip")
    assert "closed" in said
    _counted_once(followed, reference)


def _counted_once(followed: Followed, reference: str) -> None:
    case = followed.case
    assert (case["reference"], case["status"], case["csat"], case["follow_up"]["outcome"]) == (reference, "closed", 5, "yes")
    assert [(one.number, str(one.outcome)) for one in followed.rounds] == [(1, "no"), (2, "yes")]
    assert len(followed.questions()) == 2
    with followed.database.begin(False) as uow:
        found = uow.cases.by_reference(reference)
        acts = Counter(line["act"] for line in uow.cases.audit(found.id))
        alerts = [one.for_whom for one in uow.alerts.unseen() if one.kind == "reopened" and one.case_id == found.id]
        said = [one.text for one in uow.messages.of(followed.chat.id) if one.author is Author.CUSTOMER]
    assert alerts == [AGENT] and said.count("no, it is still broken") == 1
    assert (acts["follow_up.asked"], acts["case.reopened"], acts["follow_up.reminded"]) == (2, 1, 0)

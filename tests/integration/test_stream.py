"""The stream of a conversation, from a real server on a real port."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import clock, settings
from bot.cases.conversation import Author
from bot.handling.accept import add_reply
from bot.store.database import Database
from bot.web.app import create_app
from bot.web.bell import MOST
from bot.web.stream import Pace
from tests.doors import ROOT, Says, a_shop
from tests.product import free_ports, wait_until
from tests.served import Heard, begin, heard_in, id_of, served, streaming

BEAT_S, LIFE_S = 0.4, 2.0
QUICK = Pace(beat=BEAT_S, life=LIFE_S)
SLOW = Pace()


def chosen(var: Path) -> settings.Settings:
    return settings.read({"AMENDS_VAR": str(var), "AMENDS_POLL_MS": "50"})


@pytest.fixture
def url(memory_database: Database, tmp_path: Path) -> Iterator[str]:
    thinking = Says(meanwhile=lambda: time.sleep(0.2))
    with served(create_app(a_shop(memory_database), thinking, chosen(tmp_path), pace=SLOW)) as url:
        yield url


@pytest.fixture
def quick(memory_database: Database, tmp_path: Path) -> Iterator[str]:
    """With a short pulse and a short life."""
    with served(create_app(a_shop(memory_database), Says(), chosen(tmp_path), pace=QUICK)) as url:
        yield url


def say(database: Database, who: dict[str, str], text: str) -> float:
    """A person's words, written as another process writes them; when that was."""
    with database.begin() as uow:
        add_reply(uow, uow.conversations.get(id_of(who)), Author.AGENT, text, clock.now(), agent="Maria")
    return time.monotonic()


def send(url: str, who: dict[str, str], text: str) -> None:
    body = {"client_id": f"{time.monotonic_ns()}", "text": text}
    assert httpx.post(f"{url}/api/messages", headers=who, json=body, trust_env=False).status_code == 202


def test_first_event_comes_at_once_and_says_how_it_stands(url: str) -> None:
    who = begin(url)
    asked = time.monotonic()
    with streaming(url, who) as events:
        first = next(events)
    assert first.page == {"messages": [], "handler": "assistant", "agent": None, "typing": False, "read": 0}
    assert first.id == 0 and first.at - asked < 1


def test_stream_is_kept_by_no_cache_and_held_back_by_no_proxy(url: str) -> None:
    with httpx.stream("GET", f"{url}/api/stream", headers=begin(url), trust_env=False) as answer:
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-accel-buffering"] == "no"


def test_words_of_another_process_arrive_within_a_second(url: str, memory_database: Database) -> None:
    who = begin(url)
    with streaming(url, who) as events:
        next(events)
        written = say(memory_database, who, "Maria here.\nI have your case.\u2028")
        heard = next(events)
    assert heard.texts == ["Maria here.\nI have your case.\u2028"]
    assert heard.at - written < 1


def test_turn_is_heard_from_typing_to_the_answer(url: str) -> None:
    who = begin(url)
    with streaming(url, who) as events:
        next(events)
        send(url, who, "My parcel is late")
        pages = _until_answered(events)
    assert [one["author"] for page in pages for one in page["messages"]] == ["customer", "assistant"]
    assert pages[0]["typing"] is True and pages[0]["messages"][0]["state"] == "sent"
    assert pages[-1]["typing"] is False and pages[-1]["read"] == 1


def _until_answered(events: Iterator[Heard]) -> list[dict[str, Any]]:
    pages = []
    for one in events:
        if one.page:
            pages.append(one.page)
            if any(said["author"] == "assistant" for said in one.page["messages"]):
                break
    return pages


def test_stream_goes_on_from_the_last_id(url: str, memory_database: Database) -> None:
    who = begin(url)
    say(memory_database, who, "One.")
    with streaming(url, who) as events:
        last = next(events).id or 0
    say(memory_database, who, "Two.")
    with streaming(url, who, after=last) as events:
        again = next(events)
    assert (last, again.texts, again.id) == (1, ["Two."], 2)


def test_nothing_is_lost_or_doubled_while_words_pour_in(url: str, memory_database: Database) -> None:
    who, heard = begin(url), []
    writer = threading.Thread(target=lambda: [say(memory_database, who, str(number)) for number in range(40)])
    writer.start()
    after = 0
    while len(heard) < 40:
        with streaming(url, who, after=after) as events:  # cut after every second event
            for _, one in zip(range(2), events, strict=False):  # in this order: it must not wait for a third
                heard += one.texts
                after = after if one.id is None else one.id
    writer.join()
    assert heard == [str(number) for number in range(40)]


def test_quiet_stream_shows_that_it_is_alive(quick: str) -> None:
    with streaming(quick, begin(quick)) as events:
        next(events)
        before = time.monotonic()
        beats = [next(events) for _ in range(2)]
    assert [one.page for one in beats] == [None, None]
    assert BEAT_S * 1.5 < beats[-1].at - before < BEAT_S * 2 + 1


def test_old_stream_ends_at_a_quiet_moment(quick: str) -> None:
    with streaming(quick, begin(quick)) as events:
        begun = time.monotonic()
        assert len([one for one in events if one.page]) == 1
    assert LIFE_S * 0.8 < time.monotonic() - begun < LIFE_S + 1


def test_old_stream_does_not_end_while_an_answer_is_under_way(memory_database: Database, tmp_path: Path) -> None:
    slow = Says(meanwhile=lambda: time.sleep(1.5))
    with served(create_app(a_shop(memory_database), slow, chosen(tmp_path), pace=replace(QUICK, life=0.5))) as url:
        who = begin(url)
        with streaming(url, who) as events:
            next(events)
            send(url, who, "My parcel is late")
            assert [one["author"] for page in _until_answered(events) for one in page["messages"]] == ["customer", "assistant"]


def test_words_are_delivered_once_streamed_and_read_once_seen(url: str, memory_database: Database) -> None:
    who = begin(url)
    with streaming(url, who) as events:
        next(events)
        say(memory_database, who, "Maria here.")
        next(events)
        wait_until(lambda: states(memory_database, who) == ["delivered"], 2, "delivery to be noted")
    assert httpx.post(f"{url}/api/seen", headers=who, json={"seq": 1}, trust_env=False).status_code == 204
    assert states(memory_database, who) == ["read"]
    httpx.get(f"{url}/api/messages", headers=who, trust_env=False)
    assert states(memory_database, who) == ["read"]


def states(database: Database, who: dict[str, str]) -> list[str | None]:
    with database.begin(False) as uow:
        return [uow.outbox.state_of(one.id) for one in uow.messages.of(id_of(who))]


def test_nobody_streams_a_conversation_that_is_not_theirs(url: str, memory_database: Database) -> None:
    mine, other = begin(url), begin(url)
    say(memory_database, mine, "A secret.")
    with streaming(url, other) as events:
        assert next(events).texts == []
    token = mine["authorization"].split()[1]
    for headers, query in (
        ({}, {}),
        ({}, {"token": token, "access_token": token}),
        ({"authorization": mine["authorization"][:-4] + "AAAA"}, {}),
    ):
        answer = httpx.get(f"{url}/api/stream", headers=headers, params=query, trust_env=False)
        assert answer.status_code == 401 and answer.json()["error"].endswith(".")


def test_only_so_many_tabs_stream_and_the_oldest_goes_home(url: str) -> None:
    who, ended = begin(url), []

    def tab(number: int) -> None:
        with streaming(url, who, patience=3) as events:
            for _ in events:
                opened.release()
            ended.append(number)

    opened = threading.Semaphore(0)
    for number in range(MOST + 2):
        threading.Thread(target=tab, args=(number,), daemon=True).start()
        assert opened.acquire(timeout=5)
    wait_until(lambda: len(ended) == 2, 2, "the oldest to go home")
    time.sleep(0.3)
    assert ended == [0, 1]


def test_fifty_streams_at_once_hear_their_own(url: str, memory_database: Database) -> None:
    everybody = [begin(url) for _ in range(50)]

    async def one_hears(client: httpx.AsyncClient, who: dict[str, str], opened: asyncio.Semaphore) -> Heard:
        async with client.stream("GET", f"{url}/api/stream", headers=who) as answer:
            waiting, blocks = "", []
            async for part in answer.aiter_text():
                *whole, waiting = (waiting + part).split("\n\n")
                blocks += [heard_in(block) for block in whole]
                if blocks and not any(block.texts for block in blocks):
                    opened.release()
                if found := next((block for block in blocks if block.texts), None):
                    return found
        raise AssertionError("the stream ended early")

    async def all_hear() -> tuple[list[Heard], float]:
        opened = asyncio.Semaphore(0)
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=60)) as client:
            hearing = [asyncio.create_task(one_hears(client, who, opened)) for who in everybody]
            for _ in everybody:
                await opened.acquire()
            written = await asyncio.to_thread(lambda: [say(memory_database, who, id_of(who)) for who in everybody][-1])
            return await asyncio.gather(*hearing), written

    heard, written = asyncio.run(all_hear())
    assert [one.texts for one in heard] == [[id_of(who)] for who in everybody]
    assert max(one.at for one in heard) - written < 1


def test_server_that_stops_sends_all_streams_home_at_once(tmp_path: Path) -> None:
    """The real process, stopped as supervisord stops it."""
    (port,) = free_ports(1)
    env = {**os.environ, "AMENDS_VAR": str(tmp_path), "AMENDS_PORT": str(port), "AMENDS_ENV": "development"}
    process = subprocess.Popen([sys.executable, "-m", "bot.web"], cwd=ROOT, env=env)
    url, ended = f"http://127.0.0.1:{port}", []
    try:
        wait_until(lambda: _answers(url), 60, "the server")
        opened = threading.Semaphore(0)

        def reads() -> None:
            with streaming(url, begin(url), patience=30) as events:
                for _ in events:
                    opened.release()
                ended.append(time.monotonic())  # as it should: no connection was cut

        for _ in range(5):
            threading.Thread(target=reads, daemon=True).start()
        for _ in range(5):
            assert opened.acquire(timeout=10)
        process.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        assert process.wait(10) is not None
        wait_until(lambda: len(ended) == 5, 2, "the streams to end")
        assert max(ended) - stopped < 2
    finally:
        if process.poll() is None:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2, trust_env=False).status_code in (200, 503)
    except httpx.HTTPError:
        return False


def test_reader_who_leaves_is_forgotten(memory_database: Database, tmp_path: Path) -> None:
    app = create_app(a_shop(memory_database), Says(), chosen(tmp_path), pace=SLOW)
    with served(app) as url:
        who = begin(url)
        with streaming(url, who) as events:
            next(events)
            assert len(app.state.bell.waiting) == 1
        wait_until(lambda: not app.state.bell.waiting, 2, "the stream to be given up")

"""`amends channels list`, `register`, `failed` and `retry`."""

import getpass
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from bot import clock, settings
from bot.bootstrap import open_channels
from bot.cases.channel import Abilities
from bot.cases.instants import instant
from bot.channels import registry
from bot.channels.needs import NEEDS, Need
from bot.channels.telegram import Telegram
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.errors import BadInput, BadSetting
from bot.handling import put_aside
from bot.settings import Settings
from bot.store.channel_views import Doing

SET, NOT_SET, WRONG = "set up", "not set up", "cannot be used"


@dataclass(frozen=True)
class Way:
    """One way to a channel, as it stands here. `missing`: what it still needs; `why`: what is wrong with what is set."""

    name: str
    need: Need
    state: str
    door: str | None
    missing: tuple[str, ...] = ()
    why: str | None = None
    can: Abilities | None = None


def show_list(as_json: bool) -> None:
    """Every way to a channel: whether it is set up, with what, and how it does."""
    chosen = settings.read()
    found, doing = [*_ways(chosen)], put_aside.doing(ready_shop())
    if as_json:
        for way in found:
            one = doing.get(way.name, Doing()) if _speaks_for(way, found) else Doing()
            sys.stdout.write(json.dumps(_as_json(way, one), ensure_ascii=False) + "\n")
        return
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("channel", "", "came last", "sent last", "to take in", "put aside", "to send", "not arrived"):
        table.add_column(head, justify="right" if head in ("to take in", "put aside", "to send", "not arrived") else "left")
    for way in found:
        one = doing.get(way.name, Doing()) if _speaks_for(way, found) else Doing()
        counts = map(str, (one.to_take_in, one.put_aside, one.to_send, one.not_arrived)) if one != Doing() or way.can else ("-",) * 4
        table.add_row(way.need.title, way.state, moment(one.last_in), moment(one.last_out), *counts)
    out.print(table)
    for way in found:
        out.print(f"\n[bold]{way.need.title}[/] ({way.name}): {way.state}")
        for line in _told(way, chosen):
            out.print(f"  {escape(line)}")


def _ways(chosen: Settings) -> Iterator[Way]:
    taken: set[str] = set()
    for name, opener in registry.OPENERS:
        need = NEEDS[opener.__name__]
        door = f"{chosen.public_url}/channels/{name}" if chosen.public_url else None
        missing = tuple(key for key in need.needed if key not in chosen.channels)
        try:
            channel = opener(chosen.channels, door)
            if channel and name in taken:
                raise BadSetting(f"Two providers are set for {name}: remove the settings of one of them.")
        except BadSetting as wrong:
            yield Way(name, need, WRONG, door, missing, str(wrong))
            continue
        if channel:
            taken.add(name)
        yield Way(name, need, SET if channel else NOT_SET, door, () if channel else missing, None, channel.can if channel else None)


def _speaks_for(way: Way, ways: list[Way]) -> bool:
    """Whether it is the way by which its channel goes; where none is set up, the first shows what was left from before."""
    same = [one for one in ways if one.name == way.name]
    return way is next((one for one in same if one.state == SET), same[0])


def _told(way: Way, chosen: Settings) -> Iterator[str]:
    """What there is to know of it, a line each."""
    if way.why:
        yield way.why
    if way.missing:
        yield f"needs {', '.join(way.missing)}"
    if way.can is None:
        return
    may = [key for key in way.need.may if key not in chosen.channels]
    if may:
        yield f"may have {', '.join(may)}"
    yield f"door: {way.door or 'unknown until AMENDS_PUBLIC_URL is set'}" + (" (not needed)" if way.need.collects else "")
    yield _window(way.can)


def _window(can: Abilities) -> str:
    """When words may be sent, and what goes out afterwards."""
    if can.window is None:
        return "window: none, words may be sent at any time"
    hours = int(can.window.total_seconds() // 3600)
    people = f", a person's for {int(can.agent_window.total_seconds() // 3600)} h" if can.agent_window else ""
    after = "then the approved template" if can.has_template else "then nothing, since no template is set"
    return f"window: {hours} h after the customer's last message{people}; {after}"


def _as_json(way: Way, one: Doing) -> dict[str, Any]:
    values = asdict(one) | {"last_in": instant(one.last_in), "last_out": instant(one.last_out)}
    window = int(way.can.window.total_seconds()) if way.can and way.can.window else None
    told = {"channel": way.name, "title": way.need.title, "state": way.state, "why": way.why, "missing": way.missing, "door": way.door}
    known = {"window_s": window, "has_template": bool(way.can and way.can.has_template)}
    return {**told, **known, "needed": way.need.needed, "may": way.need.may, **values}


def register(name: str) -> None:
    """Has the provider send what comes in to our door. Raises BadInput or SendFailed."""
    chosen = settings.read()
    channel = open_channels(chosen).get(name)
    if name != "telegram":
        raise BadInput(
            "Only telegram is registered from here. For the others the door is entered at the provider: docs/channels.md says where."
        )
    if not isinstance(channel, Telegram):
        raise BadInput(f"Telegram is not set up: set {' and '.join(NEEDS['open_telegram'].needed)}.")
    door = f"{chosen.public_url}/channels/{name}"
    if not door.startswith("https://"):
        raise BadInput(
            f"Telegram sends to https:// only: set AMENDS_PUBLIC_URL to the public address of Amends; now it is {chosen.public_url}."
        )
    channel.register(door)
    print(f"Telegram sends what customers write to {door}.")


def show_failed(as_json: bool) -> None:
    """What came in and could not be taken in. As JSON with all of its content."""
    found = put_aside.put_aside(ready_shop())
    if as_json:
        for one in found:
            row = {"id": one.id, "channel": one.channel, "at": instant(one.at), "attempts": one.attempts, "arrival": one.arrival.as_json()}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("id", "channel", "came", "tries", "what", "from", "characters", "files"):
        table.add_column(head)
    for one in found:
        said = one.arrival
        counts = (str(len(said.text)), str(len(said.media)))
        table.add_row(str(one.id), one.channel, moment(one.at), str(one.attempts), str(said.kind), escape(said.sender or "-"), *counts)
    console().print(table if found else "Nothing is put aside.")


def retry(arrival_id: int, who: str) -> None:
    """Has it taken in again. Raises NotFound."""
    channel = put_aside.take_in_again(ready_shop(), arrival_id, who or getpass.getuser(), clock.now())
    print(f"{arrival_id} is taken in again by the worker, before what came after it from the same customer.")
    if channel not in open_channels(settings.read()):
        print(f"It waits until {channel} is set up again: amends channels list")

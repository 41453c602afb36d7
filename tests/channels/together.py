"""Plays a scenario on every channel at the same time: a test waits for its own channel's, the first one sets them all going."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from bot import clock
from tests.channels.world import CHANNELS, Customer, World

AT_ONCE = 3  # the assistant takes one turn at a time: more would wait for each other longer than a turn may take
Scenario = Callable[[Customer], Iterator[datetime]]
Ended = dict[str, Exception | None]


@dataclass
class Together:
    """A scenario that yields an instant waits until all have come so far, and goes on when the clock stands there."""

    world: World
    played: dict[Scenario, Ended] = field(default_factory=dict)

    def play(self, scenario: Scenario, channel: str, at_once: int = AT_ONCE) -> None:
        """Raises what went wrong on this channel."""
        if scenario not in self.played:
            self.played[scenario] = self._all(scenario, at_once)
        wrong = self.played[scenario][channel]
        if wrong:
            raise wrong

    def _all(self, scenario: Scenario, at_once: int) -> Ended:
        going = {name: iter(scenario(self.world.customer(name))) for name in CHANNELS}
        ended: Ended = {}
        with ThreadPoolExecutor(at_once) as pool:
            while going:
                steps = {name: pool.submit(next, one, None) for name, one in going.items()}
                wrong = {name: step.exception() for name, step in steps.items()}
                until = [at for name, step in steps.items() if wrong[name] is None and (at := step.result())]
                ended |= {name: wrong[name] for name in steps if wrong[name] or steps[name].result() is None}  # type: ignore[misc]
                going = {name: one for name, one in going.items() if name not in ended}
                if until and max(until) > clock.now():
                    self.world.put_forward_to(max(until))
        return ended

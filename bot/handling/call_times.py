"""The time of a call, chosen by the customer: free slots to choose from, and the one they chose."""

from datetime import datetime, timezone

from bot.cases.callback import CHOSEN_AT, SLOT, slots
from bot.cases.case import Known
from bot.cases.remedy import Remedy, RemedyKind
from bot.handling.remedies import effect_due
from bot.handling.saying import Choice, choice, chosen, clock_for, say
from bot.handling.scene import Scene

FACT = "call_at"  # seconds since 1970
SHOWN = 3


def call_times(scene: Scene, remedy: Remedy) -> list[tuple[datetime, datetime]]:
    """The next free slots before the day that the call is promised by; none for any other remedy, or where people must agree first."""
    if remedy.kind is not RemedyKind.CALLBACK or remedy.needs_approval or not scene.known.get("phone"):
        return []
    due = remedy.due_at or effect_due(scene.shop, remedy, scene.now)
    free = slots(scene.shop.policy.hours, scene.now, SHOWN, scene.uow.callbacks.taken(scene.now - SLOT))
    return [one for one in free if one[1] <= due]


def time_choices(scene: Scene, remedy: Remedy) -> list[Choice]:
    """A choice for each; taking one says yes to the call as well."""
    clock, times = clock_for(scene), call_times(scene, remedy)
    return [choice(say(scene, "label_call_at", **{"from": clock.moment(start), "to": clock.hour(end)}), at(start)) for start, end in times]


def at(start: datetime) -> str:
    """What choosing a slot sends."""
    return chosen(f"{CHOSEN_AT}{int(start.timestamp())}")


def takes_time(scene: Scene) -> bool:
    """Whether the message is a tap on one of the times."""
    return (scene.heard.choice or "").startswith(CHOSEN_AT)


def note_time(scene: Scene) -> None:
    """Keeps the time that was chosen with the case; the call is booked when it is carried out."""
    if takes_time(scene):
        scene.write(FACT, (scene.heard.choice or "").removeprefix(CHOSEN_AT), "choice")


def wished(facts: Known) -> datetime | None:
    """When the call is to begin."""
    seconds = facts.get(FACT) or ""
    return datetime.fromtimestamp(int(seconds), timezone.utc) if seconds.isdigit() else None

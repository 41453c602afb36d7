"""`amends cases take`, `reply` and `hand-back`."""

import sys

from bot import clock
from bot.commands.shop import ready_shop
from bot.handling import people
from bot.handling.leaving import leave


def take_one(reference: str, agent: str) -> None:
    people.take(ready_shop(), reference, agent, clock.now())
    print(f"{reference.upper()} is yours, {agent}. The assistant is silent until you hand it back.")


def reply_to(reference: str, text: str, agent: str) -> None:
    sent = people.reply(ready_shop(), reference, agent, text, clock.now())
    print(f"Sent to the customer of {reference.upper()}.")
    for warning in sent.warnings:
        print(f"amends: wording: {warning}", file=sys.stderr)


def give_back(reference: str, note: str, agent: str | None) -> None:
    people.hand_back(ready_shop(), reference, note, clock.now(), agent)
    print(f"{reference.upper()} is back with the assistant.")


def give_all_over(name: str, to: str) -> None:
    """Hands over all that somebody who leaves has open."""
    moved = leave(ready_shop(), name, to, clock.now())
    counts = (
        (moved.cases, "cases"),
        (moved.chats, "chats"),
        (moved.promises, "promises"),
        (moved.calls, "calls"),
        (moved.claims, "claims"),
        (moved.alerts, "alerts"),
        (moved.lessons, "lessons"),
    )
    print(f"{to} has it all now: {', '.join(f'{count} {what}' for count, what in counts)}.")
    for place in moved.named_in:
        print(f"amends: {name} still stands in data/policy: {place}. Put another name there.", file=sys.stderr)

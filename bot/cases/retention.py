"""How long what is held about customers is kept. The days are the shop's (data/policy/retention.yml), counted in whole days."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionPolicy:
    """Days. `chats`: since the last word, once nothing is open; `memory`: what the assistant remembers of a quiet chat; `given_up`:
    what another system was to be told and never took, and what came in and never got in; `logs`: files that were closed."""

    chats: int = 730
    files: int = 365
    drafts: int = 30
    ways_back: int = 30
    deliveries: int = 7
    given_up: int = 30
    sessions: int = 30
    memory: int = 90
    logs: int = 30


KEEPS = RetentionPolicy()


def misfits(days: RetentionPolicy, link_days: int) -> list[tuple[str, str]]:
    """The name of each row that cannot be, and why: nothing outlives the chat it is part of, and no link ends while it is good."""
    found = [
        (name, f"{kept} days is longer than its chat is kept ({days.chats}).")
        for name, kept in (("files", days.files), ("drafts", days.drafts), ("memory", days.memory))
        if kept > days.chats
    ]
    if days.given_up < days.deliveries:
        found.append(("given_up", f"what was never taken can still be sent: keep it as long as what was ({days.deliveries})."))
    if days.chats < link_days:
        found.append(("chats", f"the link of a mail is good for {link_days} days (hours.yml)."))
    return found

"""Other systems: what a token opens, where they are told of what happens, and which lines of the audit tell it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.cases.issue import Word

LONGEST_URL = 2000


class Scope(Word):
    """What a token may do."""

    READ = "read"
    WRITE = "write"  # answer, take, hand back, note
    HOOKS = "hooks"  # say where to be told


class Event(Word):
    """What a system can be told of."""

    CASE_OPENED = "case.opened"
    CASE_CHANGED = "case.changed"
    MESSAGE_CREATED = "message.created"
    HANDOFF_ASKED = "handoff.asked"
    HANDOFF_TAKEN = "handoff.taken"
    HANDOFF_HANDED_BACK = "handoff.handed_back"
    REMEDY_CHANGED = "remedy.changed"
    PING = "ping"  # sent by hand, to try an address


SUBSCRIBED = tuple(one for one in Event if one is not Event.PING)
_OF_ACT = {
    "case.opened": Event.CASE_OPENED,
    "case.handed_off": Event.HANDOFF_ASKED,
    "case.taken": Event.HANDOFF_TAKEN,
    "case.assigned": Event.HANDOFF_TAKEN,
    "chat.reassigned": Event.HANDOFF_TAKEN,
    "case.handed_back": Event.HANDOFF_HANDED_BACK,
}
# These change nothing that a case shows, or another event tells them.
_SILENT = frozenset(
    {
        *("case.replied", "message_cut", "late_words_dropped", "assistant.late_words_dropped", "promise.warned", "letter.shown"),
        *("remedy.proposed", "remedy.chosen", "remedy.declined", "remedy.not_reached", "remedy.by_hand", "remedy.settled_by_hand"),
    }
)
_SILENT_KINDS = ("api.", "desk.", "mail_back.", "hook.", "note.", "reply.", "offer.", "message.", "alert.", "chat.snoozed", "chat.woken")


def event_of(act: str) -> Event | None:
    """What a line of a case's audit tells others; None where it is nobody's business."""
    if act in _SILENT or act.startswith(_SILENT_KINDS):
        return None
    if act.startswith("remedy."):
        return Event.REMEDY_CHANGED
    return _OF_ACT.get(act, Event.CASE_CHANGED)


@dataclass(eq=False)
class ApiToken:
    """What another system shows with every request. `id` is its digest: what the database holds opens nothing."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(eq=False)
class Hook:
    """An address that is told of what happens, signed with its own secret."""

    id: str
    url: str
    secret: str
    events: list[str]
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(eq=False)
class Delivery:
    """One event for one hook. `state`: waiting, sent, dead (given up) or dropped (there was nothing to tell any more)."""

    hook_id: str
    event: str
    dedupe_key: str
    due_at: datetime
    at: datetime
    case_id: str | None = None
    conversation_id: str | None = None
    subject_id: str | None = None
    who: str | None = None
    body: str | None = None
    state: str = "waiting"
    attempts: int = 0
    status: int | None = None
    id: int | None = field(default=None)

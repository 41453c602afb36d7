"""The people at the desk: who they are, what each may do, and what they write that no customer reads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cases.authority import Role
from bot.cases.issue import Word

LOCKED_AFTER = 5  # wrong passwords in a row
LOCKED_FOR = timedelta(minutes=15)
SIGNED_IN_FOR = timedelta(hours=12)  # a shift
SIGNED_OUT_AFTER = timedelta(hours=2)  # without a sign of life


class DeskRole(Word):
    """What an account is for. An auditor reads everything and changes nothing."""

    AGENT = "agent"
    LEAD = "lead"
    OWNER = "owner"
    AUDITOR = "auditor"


ACTS = frozenset({DeskRole.AGENT, DeskRole.LEAD, DeskRole.OWNER})
SUPERVISES = frozenset({DeskRole.LEAD, DeskRole.OWNER})
SEES_ALL = frozenset({DeskRole.LEAD, DeskRole.OWNER, DeskRole.AUDITOR})
GRANTS_AS = {DeskRole.AGENT: Role.AGENT, DeskRole.LEAD: Role.LEAD, DeskRole.OWNER: Role.LEAD}


@dataclass(eq=False)
class Agent:
    """One account. `name` is what customers and the audit read, and how everything refers to them; `teams`: keys of
    escalation.yml they answer for (none: all); `capacity`: how many chats at once."""

    name: str
    email: str
    role: DeskRole
    password_hash: str
    created_at: datetime
    teams: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=lambda: ["en"])
    capacity: int = 5
    away_since: datetime | None = None
    disabled_at: datetime | None = None
    failed_tries: int = 0
    locked_until: datetime | None = None
    seen_at: datetime | None = None
    shortcuts: bool = True
    sound: bool = False
    version: int = 1

    @property
    def may_act(self) -> bool:
        return self.role in ACTS and self.disabled_at is None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def mistyped(self, now: datetime) -> None:
        """One wrong password more; so many in a row lock the account for a while."""
        self.failed_tries += 1
        if self.failed_tries >= LOCKED_AFTER:
            self.failed_tries, self.locked_until = 0, now + LOCKED_FOR


@dataclass(eq=False)
class DeskSession:
    """A signed-in browser. `id` is the digest of its cookie: what the database holds opens nothing."""

    id: str
    agent: str
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.created_at + SIGNED_IN_FOR and now < self.seen_at + SIGNED_OUT_AFTER


@dataclass(frozen=True)
class Canned:
    """A reply at hand: {customer}, {ref}, {order}, {item} and {agent} in its text are filled by the page."""

    name: str
    title: str
    text: str


@dataclass(eq=False)
class Note:
    """Words for people only. `kind`: note, whisper (of a supervisor to whoever answers) or hand_back."""

    id: str
    conversation_id: str
    agent: str
    text: str
    at: datetime
    kind: str = "note"
    case_id: str | None = None


@dataclass(eq=False)
class Draft:
    """What somebody has typed and not sent, on all their screens. `mode`: reply or note."""

    agent: str
    conversation_id: str
    mode: str
    text: str
    at: datetime


@dataclass(eq=False)
class HeldReply:
    """A person's reply within the seconds in which they may still take it back. `key` is the sender's own id of it: UNIQUE."""

    id: str
    conversation_id: str
    case_id: str
    agent: str
    text: str
    key: str
    at: datetime
    send_at: datetime
    state: str = "held"  # held, sent, undone or dropped (the chat was somebody else's by then)
    files: list[str] = field(default_factory=list)
    resolves: bool = False
    message_id: str | None = None

"""A mail to people about chats that wait while nobody looks."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(eq=False)
class Digest:
    """One mail to one person. `cases`: ids of those it told of when it was decided on."""

    id: str
    agent: str
    at: datetime
    cases: list[str] = field(default_factory=list)

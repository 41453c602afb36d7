"""From the records of a case to which of its clocks run."""

from dataclasses import dataclass
from datetime import datetime

from bot.cases.case import UNDER_WAY, CaseStatus
from bot.cases.conversation import Handler
from bot.cases.service_clock import Seen

WITH_PEOPLE = (Handler.QUEUE, Handler.AGENT)


@dataclass(frozen=True)
class Brought:
    """What the escalations of a case say: since when people have it, who has not answered yet, and by when they do."""

    priority: str
    team: str
    brought_at: datetime
    escalated_at: datetime | None
    promised_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Words:
    """Since when the customer waits, when we last spoke, and whether we asked something then."""

    waiting_since: datetime | None = None
    spoke_at: datetime | None = None
    is_question: bool = False


SILENCE = Words()


def seen_of(
    status: CaseStatus,
    handler: Handler,
    brought: Brought | None,
    words: Words,
    snooze: tuple[datetime, datetime] | None,
    taken_at: datetime | None = None,
) -> Seen:
    """One case. `handler` is who answers about this case; `taken_at`: when a person took it, where nobody brought them in."""
    with_people = handler in WITH_PEOPLE
    snoozed_at, snoozed_until = snooze or (None, None)
    return Seen(
        priority=brought.priority if brought else "normal",
        with_people=with_people,
        brought_at=brought.brought_at if brought else taken_at if with_people else None,
        escalated_at=brought.escalated_at if brought else None,
        promised_at=brought.promised_at if brought else None,
        answered_at=brought.answered_at if brought else None,
        waiting_since=words.waiting_since,
        spoke_at=words.spoke_at,
        is_asked=words.is_question or status is CaseStatus.PENDING,
        snoozed_at=snoozed_at,
        snoozed_until=snoozed_until,
        is_ended=status not in UNDER_WAY,
    )

"""What is learned from a case: what went wrong and why, what would prevent it, who needs to learn what.

Source of the record: recovery research, section E; the types of failure are those of Bitner and Kelley, there.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.cases.issue import Word


class FailureType(Word):
    """Where in the service it failed."""

    CORE_SERVICE = "core_service"
    PRODUCT = "product"
    REQUEST = "request"
    STAFF_ACTION = "staff_action"
    POLICY = "policy"
    BILLING = "billing"
    INFORMATION = "information"


class RootCause(Word):
    """What lies beneath it."""

    PEOPLE = "people"
    PROCESS = "process"
    SYSTEM = "system"
    SUPPLIER = "supplier"
    ENVIRONMENT = "environment"
    DESIGN_OR_WORDING = "design_or_wording"


class Action(Word):
    """What kind of thing is done about it."""

    PREVENT = "prevent"
    DETECT = "detect"
    RESPOND = "respond"


class Skill(Word):
    """What somebody is to be trained in."""

    LISTENING = "listening"
    OWNERSHIP_WORDING = "ownership_wording"
    PRODUCT_FACT = "product_fact"
    SYSTEM_STEP = "system_step"
    HANDOVER = "handover"
    DE_ESCALATION = "de_escalation"


class Unsure(Word):
    """Why a person looks at a message again."""

    UNSURE = "unsure"  # the assistant's confidence was low, or it understood nothing
    ASKED_AGAIN = "asked_again"  # what it asked had to be asked once more
    MISHEARD = "misheard"  # a person at the desk says that it was taken wrongly


@dataclass(eq=False)
class LearningRecord:
    """What a case that ended teaches. Filled from what is known; `finished_at`: a person has said the rest.

    `customer_words`: without what names or numbers somebody, and gone once the customer is erased. `wants_to_know`: the customer
    asked what changed; `told_at`: they were told.
    """

    case_id: str
    created_at: datetime
    due_at: datetime
    failure_type: FailureType
    sku: str | None = None
    product: str | None = None
    customer_words: str | None = None
    root_cause: RootCause | None = None
    cause: str | None = None
    whys: tuple[str, ...] = ()
    controllable: bool | None = None
    prevent: str | None = None
    action: Action | None = None
    skill: Skill | None = None
    team: str | None = None
    assignee: str | None = None
    finished_by: str | None = None
    finished_at: datetime | None = None
    improvement_id: str | None = None
    wants_to_know: bool = False
    told_at: datetime | None = None
    version: int = 1


@dataclass(eq=False)
class Improvement:
    """Something that somebody does by a day so that a cause does not come back. `what_changed`: as customers read it."""

    id: str
    title: str
    action: Action
    assignee: str
    due_at: datetime
    created_at: datetime
    created_by: str
    issue: str | None = None
    root_cause: RootCause | None = None
    sku: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    what_changed: str | None = None
    version: int = 1


@dataclass(eq=False)
class ReviewItem:
    """A message for a person to label: what it was taken for, and what it is."""

    message_id: str
    conversation_id: str
    at: datetime
    why: Unsure
    case_id: str | None = None
    text: str | None = None
    heard: str | None = None
    confidence: float | None = None
    brought_by: str | None = None
    label: str | None = None
    labelled_by: str | None = None
    labelled_at: datetime | None = None
    exported_at: datetime | None = None
    version: int = 1

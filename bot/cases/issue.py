"""The kinds of things that go wrong, whose fault they are, how grave, and what can be done."""

from enum import Enum


class Word(str, Enum):
    """An enum whose members are their own text, in the store and in files."""

    def __str__(self) -> str:
        return str(self.value)


class Issue(Word):
    """What went wrong. The assistant's complaint intents carry the same names."""

    LATE_DELIVERY = "late_delivery"
    LOST_OR_MISSING = "lost_or_missing"
    DAMAGED_OR_DEFECTIVE = "damaged_or_defective"
    WRONG_ITEM = "wrong_item"
    BILLING_DISPUTE = "billing_dispute"
    REFUND_NOT_RECEIVED = "refund_not_received"
    CANCELLATION_PROBLEM = "cancellation_problem"
    SERVICE_OUTAGE = "service_outage"
    STAFF_CONDUCT = "staff_conduct"
    QUALITY_NOT_AS_DESCRIBED = "quality_not_as_described"
    OTHER_COMPLAINT = "other_complaint"

    @classmethod
    def of(cls, intent: str | None) -> "Issue | None":
        """The issue an intent names, or None where it names none."""
        return cls(intent) if intent in cls._value2member_map_ else None


class Fault(Word):
    """Whose failure it was, as far as a record knows. Decides the form of the apology."""

    OURS = "ours"
    THIRD_PARTY = "third_party"
    FORCE_MAJEURE = "force_majeure"
    CUSTOMER = "customer"
    UNCLEAR = "unclear"


class Severity(Word):
    """S1 annoyance, S2 money or time lost, S3 purpose defeated or a vulnerable person, S4 harm, law, safety."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Verdict(Word):
    """What the record says of the customer's account."""

    CONFIRMED = "confirmed"  # the record shows the failure
    CONSISTENT = "consistent"  # the record cannot show it, and nothing speaks against it
    CONFLICTS = "conflicts"  # the record shows something else

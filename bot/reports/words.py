"""What the report calls things, how each figure is defined, and what would flatter it. docs/report.md says the same at length."""

from dataclasses import dataclass

from bot.cases.measure_tables import Unusual


@dataclass(frozen=True)
class Told:
    """A figure in words. `counts` and `others`: what the two lists of cases behind it hold; `low`: whether less of it is better."""

    name: str
    definition: str
    trap: str
    counts: str
    others: str = ""
    low: bool = False


FIGURES: dict[str, Told] = {
    "resolved_alone": Told(
        "Put right by the assistant alone",
        "Complaints opened in the period in which no person took part, whose customers say yes, it has been put right, and were not in "
        "touch again about it within 7 days.",
        "Whoever just leaves the chat is not put right; an unanswered question is no yes.",
        "put right alone",
        "not",
    ),
    "first_contact": Told(
        "Put right at the first contact",
        "Complaints opened in the period whose customers say yes and were not in touch again about it within 7 days, whoever answered.",
        "It is the customer who says so, not whoever closed the case.",
        "at the first contact",
        "not",
    ),
    "back_soon": Told(
        "Had to come back within 7 days",
        "Customers who were in touch again about the same: in the same case after a day of silence, or in another case of theirs about the "
        "same issue. An answer to our own question is no contact.",
        "A new case number hides that it is the same trouble; so does each channel looked at alone.",
        "came back",
        low=True,
    ),
    "back_later": Told(
        "Had to come back within 30 days",
        "As above, within 30 days.",
        "The newest cases are too young to tell and are left out, lest the share grow with age.",
        "came back",
        low=True,
    ),
    "reopened": Told(
        "Opened again within 30 days",
        "Of the cases we took to be over in the period: those whose customers said that it was not put right, or that needed a person "
        "after all.",
        "A new case in place of the old one would hide it.",
        "opened again",
        low=True,
    ),
    "contacts": Told(
        "Contacts until it was over",
        "How often a customer had to get in touch, on all channels, until we took the case to be over; the mean.",
        "Channels looked at one by one hide repeats.",
        "needed more than one",
        low=True,
    ),
    "satisfied": Told(
        "Satisfied",
        "Of the customers asked in the period who gave a mark: those who gave 4 or 5 of 5.",
        "Only the happy answer; so it stands beside how many answered at all, and nobody is asked before the remedy has landed.",
        "gave 4 or 5",
        "gave less",
    ),
    "answered": Told(
        "Answered when asked",
        "Of the customers asked in the period whether it was put right: those who answered.",
        "Who does not answer is not satisfied. Small numbers say little.",
        "answered",
        "did not",
    ),
    "effort": Told(
        "Made easy",
        "The mean of 1 to 7, of a share of customers, who say how far we made it easy for them.",
        "A question that leads gets the answer it wants.",
        "gave 3 or less",
    ),
    "coverage": Told(
        "Asked whether it was put right",
        "Of the cases we took to be over in the period, without those in which no question is fit or a person calls: asked at least once.",
        "Scores are collected and nothing changes.",
        "asked",
        "not asked",
    ),
    "promises_kept": Told(
        "Promises kept",
        "Of the promises that fell due in the period: those kept by their time. What was withdrawn had nobody waiting for it.",
        "Dates with so much room that nobody can miss them; promises that are never written down.",
        "cases with one kept",
        "with one missed",
    ),
    "told_before": Told(
        "Missed, and told beforehand",
        "Of the promises missed: those whose customers heard before the time was over that it may be late.",
        "A word after the time is an excuse.",
        "told before",
        "not told",
    ),
    "first_reply": Told(
        "First reply",
        "From the first message of a complaint until the first reply that names the issue and says what happens next; the middle one.",
        "A receipt that says nothing is no reply, and is not counted as one.",
        "waited longest",
        low=True,
    ),
    "to_person": Told(
        "Until a person answers",
        "From asking for a person until a person's first words; the middle one, by the clock, nights included.",
        "The queue hidden behind the assistant.",
        "waited longest",
        low=True,
    ),
    "person_in_time": Told(
        "A person in time",
        "Whenever a person was brought in, for whatever reason: answered by the time that the customer was told.",
        "A time far away is easily kept; see how long it took.",
        "in time",
        "late",
    ),
    "unmet": Told(
        "Asked for a person and got none",
        "Of those who asked for a person: those whom nobody had answered when their time was over.",
        "Whoever gives up waiting leaves no other trace.",
        "got none",
        low=True,
    ),
    "known_asks": Told(
        "Asked for what was known",
        "Of all that the assistant asked for: what stood in the case already, from before or from the very message it answered.",
        "Each time a customer says it again, it costs them.",
        "asked again",
        low=True,
    ),
    "apologies": Told(
        "Apologies for each failure",
        "Messages of ours that say sorry, of assistant, people and system together, for each complaint; letters stand apart. The mean.",
        "A ready-made reply adds a second one. Once is sincere.",
        "more than one",
        low=True,
    ),
}
ENDS = {
    "alone": "put right by the assistant alone",
    "helped": "put right, with a person or in more contacts",
    "not_right": "not put right",
    "silent": "nobody knows: not asked, or no answer",
    "open": "too early to say",
}
DIMENSIONS = {
    "issue": "By what went wrong",
    "cause": "By cause, as people found it",
    "channel": "By channel",
    "product": "By product",
    "remedy": "By what was given first",
}
HEADLINE = ("resolved_alone", "first_contact", "satisfied", "promises_kept", "back_soon", "to_person")


_OWN = {"not_said": "Not said yet", "de_escalation": "De-escalation"}


def plain(word: str | None) -> str:
    """A word of the records as people read it: "late_delivery" is "Late delivery"."""
    said = (word or "").replace("_", " ")
    return _OWN.get(word or "") or said[:1].upper() + said[1:]


_BESIDE = {"product": "of", "carrier": "with", "cause": "caused by", "channel": "through"}


def beside(one: Unusual) -> str:
    """What an issue is unusual together with: "of Tea Kettle", "with Meadow Post", "in all"."""
    if one.dimension not in _BESIDE:
        return "in all"
    return f"{_BESIDE[one.dimension]} {plain(one.value).lower() if one.dimension in ('cause', 'channel') else one.value}"

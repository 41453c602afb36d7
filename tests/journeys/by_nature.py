"""What goes otherwise on a messaging channel than in the website's chat, by the channel's nature and rightly so; all of it stands here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.journeys.journey import Journey, Said

WEBSITE = "website"
CHANNELS = ("telegram", "sms", "whatsapp", "messenger", "email", "mastodon", "reviews")
VOUCHED = ("sms", "whatsapp", "email")
PHONES = ("sms", "whatsapp")
LETTERS = ("email",)
PUBLIC = ("mastodon", "reviews")
ALONG = ("order_number", "proof", "items")  # what a letter asks for together
NUMBER = re.compile(r"(?i)\ba ?-?\d{2}[ -]?\d[ -]?\d{2}\b")
_WISHES = {"refund": "I would like my money back.", "replacement": "I would like a replacement."}


@dataclass(frozen=True)
class Nature:
    """One thing that is otherwise: where, for whom, and why that is right."""

    name: str
    channels: tuple[str, ...]
    of: Callable[[Journey], bool]
    why: str


def is_about_proof(journey: Journey) -> bool:
    """Whether it is told for what happens while the proof is asked: nothing of it would happen where the channel proves who writes."""
    plain = all(one.is_usable and re.search(r"@|\d", one.text) for one in journey.answers.get("proof", ()))
    return not plain or any(one.when == "proof" for one in journey.beside)


def order_numbers(journey: Journey) -> list[str]:
    """As they name them, in the order in which they do."""
    words = [journey.says, *(one.text for fact in ("issue", "order_number") for one in journey.answers.get(fact, ()))]
    return ["A" + re.sub(r"\D", "", one) for one in NUMBER.findall(" ".join(words))]


def names_order(journey: Journey) -> bool:
    return bool(order_numbers(journey))


NATURES = (
    Nature(
        "website only",
        CHANNELS,
        lambda one: one.signed_in is not None,
        "the shop's website vouches for its visitor; on a channel nobody is signed in, and who writes proves their order by its number",
    ),
    Nature(
        "proof not asked",
        VOUCHED,
        lambda one: names_order(one) and not is_about_proof(one) and one.signed_in is None,
        "the provider vouches for the number or address that stands in the order; whoever's journey is about the proof writes from another",
    ),
    Nature(
        "phone not asked",
        PHONES,
        lambda one: "phone" in one.answers,
        "whoever is to be called is called at the number they write from, until they name another",
    ),
    Nature(
        "asked for at once",
        LETTERS,
        names_order,
        "nobody chats by letter: the first question names all that is missing, and one answer gives it",
    ),
    Nature(
        "begun in public",
        PUBLIC,
        lambda one: True,
        "the first message is read by everybody; the matter itself is answered to its writer alone",
    ),
    Nature(
        "with a photo",
        CHANNELS,
        lambda one: one.theme == "damaged",
        "whoever has something broken in their hand sends a photo of it with the first words",
    ),
)


def natures(journey: Journey, channel: str) -> tuple[Nature, ...]:
    """What is otherwise for this journey on this channel."""
    return tuple(one for one in NATURES if channel in one.channels and one.of(journey))


def is_website_only(journey: Journey) -> bool:
    return journey.signed_in is not None


def expected_there(journey: Journey, channel: str) -> Journey:
    """The journey with what its customer may rightly expect on this channel."""
    if channel in PHONES and "phone" in journey.answers and not any("number is" in one.says.text for one in journey.beside):
        expect = tuple(
            {**one, "facts": {name: told for name, told in one.get("facts", {}).items() if name != "phone"}} for one in journey.expect
        )
        return replace(journey, expect=expect)
    return journey


def in_one_letter(journey: Journey, fact: str, answer: Said, given: dict[str, int], is_proven: bool) -> tuple[Said, list[str]]:
    """The answer with all that a letter asks for besides, where the journey has it ready; and what that answers."""
    if fact not in ALONG or not answer.is_usable or answer.tap or journey.beside:
        return answer, []
    lacking = [
        one for one in ALONG if one != fact and one not in journey.told and not given.get(one) and not (one == "proof" and is_proven)
    ]
    also = {one: journey.answers[one][0] for one in lacking if one in journey.answers and len(journey.answers[one]) == 1}
    also = {one: said for one, said in also.items() if said.is_usable and said.text and not (one == "proof" and is_about_proof(journey))}
    wish = _WISHES.get(journey.wish or "", "") if "remedy" not in journey.answers else ""
    words = [answer.text, *(said.text for said in also.values()), wish]
    return Said("\n".join(filter(None, words))), [*also]

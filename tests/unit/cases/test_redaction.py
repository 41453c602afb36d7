"""Redaction: nothing is left that names or numbers somebody, and what went wrong can still be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.redaction import plain_words, redacted, words_left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("My name is Nina Ahlberg and my order is late", "My name is [name] and my order is late"),
        ("my name is nina ahlberg", "my name is [name]"),
        ("MY NAME IS NINA AHLBERG", "MY NAME IS [name]"),
        ("Hi, this is Tobias. Where is my parcel?", "Hi, this is [name]. Where is my parcel?"),
        ("the driver Kofi was rude to me", "the driver [name] was rude to me"),
        ("I spoke to Mr. Okonkwo twice", "I spoke to Mr. [name] twice"),
        ("john said it would come on Monday", "[name] said it would come on Monday"),
        ("Will promised a refund, will it come?", "[name] promised a refund, will it come?"),
        ("It never came, says my neighbour Xiomara Quispe", "It never came, says my neighbour [name]"),
        ("It never came.\nXiomara", "It never came.\n[name]"),
        ("still waiting. thanks, xiomara", "still waiting. thanks, [name]"),
        ("write to nina.a+shop@mail.example.co.uk please", "write to [email] please"),
        ("nina at gmail dot com", "[email]"),
        ("call me on +44 (0)20 7946 0958", "call me on [phone]"),
        ("call 555-012-3456 after 6pm", "call [phone] after 6pm"),
        ("order W2611340 has not arrived", "order [order number] has not arrived"),
        ("order no. w 261-1340 has not arrived", "order no. [order number] has not arrived"),
        ("order number 4711 is broken", "order number [order number] is broken"),
        ("order 5529: cold", "order [order number]: cold"),
        ("ticket #88 got no answer", "ticket [number] got no answer"),
        ("my booking ref is XKQPLM", "my booking ref is [order number]"),
        ("charged on 4111 1111 1111 1111 twice", "charged on [card] twice"),
        ("charged on [card ending 1111] twice", "charged on [card] twice"),
        ("my postcode is SW1A 1AA", "my postcode is [postcode]"),
        ("deliver to 12 Baker Street, flat 3b", "deliver to [address]"),
        ("I live at 4 rue des Lilas in Lyon. Where is it?", "I live at [address]. Where is it?"),
        ("my address is somewhere up the hill, next to the mill", "my address is [address]"),
        ("my account is 20-30-40 12345678", "my account is [number]"),
        ("born on 12/03/1980", "born on [number]"),
        ("the password is hunter2", "the password is [secret]"),
        ("see https://shop.example/o/123?mail=nina", "see [link]"),
        ("ask @nina_ahl", "ask [name]"),
    ],
)
def test_what_names_or_numbers_somebody_is_taken_out(said: str, left: str) -> None:
    assert redacted(said) == left
    assert redacted(left) == left


@pytest.mark.parametrize(
    "said",
    [
        "it has been 2 weeks and I paid $1,250.00 for it",
        "I was charged 45.50 twice on 12/03/2026 at 10:30",
        "I ordered 3 and got 1, that is 2 short",
        "The parcel came on Tuesday with the wrong colour. Nobody answers the phone.",
        "my name is not on the parcel",
        "it is 12000 rupees, give it back",
        "Is this a joke? I will not wait until 2027",
        "The 2nd one was 500ml, not 750 ml",
        "my address is wrong on the label",
        "the slot was 6-7pm, +$22. 12 months of it #neveragain",
        "account recovery says wait 24 hours, Rs 35 for that",
        "WHERE IS MY ORDER",
        "Where Is My Order",
    ],
)
def test_what_went_wrong_stays(said: str) -> None:
    assert redacted(said) == said


def test_what_is_on_file_or_was_heard_goes_however_it_is_typed() -> None:
    known = [
        ("name", "Maud Long"),
        ("phone", "+44 20 7946 0958"),
        ("order_number", "W2611340"),
        ("zip", "90210"),
        ("street", "Elm Row"),
        ("product", "lamp"),
        ("name", ""),
    ]
    said = "maud here, it's LONG, w-2611340, the lamp. 20.7946.0958 or 90210, by elm row"
    assert redacted(said, known) == "[name] here, it's [name], [order number], the lamp. [phone] or [postcode], by [address]"


def test_redacted_words_read_as_somebody_could_type_them() -> None:
    assert plain_words(redacted("My name is Nina, W2611340 is late")) == "My name is name , order number is late"
    assert words_left("[name] [order number] is late") == 2


PRIVATE = st.one_of(
    st.emails(),
    st.from_regex(r"\+[1-9]\d{2} \d{3} \d{4}", fullmatch=True),
    st.from_regex(r"W\d{7}", fullmatch=True),
    st.from_regex(r"\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}", fullmatch=True),
    st.from_regex(r"[A-Z][A-Z]\d \d[A-Z]{2}", fullmatch=True),
)


@given(PRIVATE, st.sampled_from(["where is it {}", "{}", "It is {}, and it is late.", "({})", "order:{}", "a {} b"]))
def test_no_contact_or_number_survives_where_it_stands(private: str, around: str) -> None:
    left = redacted(around.format(private))
    assert private not in left
    assert not re.search(r"\d{4}|@", left)
    assert redacted(left) == left


@given(st.text(max_size=200))
def test_any_text_can_be_redacted_again_without_change(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once

"""The wording check: every class is tripped by an example of it, and by nothing a customer said."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.wording import (
    FEWEST_FOR_GRADE,
    HIGHEST_GRADE,
    LEXICON,
    LONGEST_MESSAGE,
    MEASURES,
    PHRASES,
    apologies,
    faults,
    flaws,
    masked,
    reading_grade,
    sentence_spans,
    sentences,
    sounds_like_a_vowel,
    syllables,
)

EXAMPLES = [
    ("conditional", "We apologise for any inconvenience."),
    ("conditional", "I'm sorry if you were upset."),
    ("conditional", "Sorry you feel that way."),
    ("conditional", "An error has occurred."),
    ("blame", "You should have checked the size."),
    ("blame", "As already stated, it was sent."),
    ("blame", "Please calm down."),
    ("blame", "That is not our fault."),
    ("policy_shield", "Unfortunately, our policy says no."),
    ("policy_shield", "There’s nothing we can do."),
    ("policy_shield", "At least you got a lamp."),
    ("vow", "It won’t happen again."),
    ("vow", "Rest assured, we look into it."),
    ("filler", "You are a valued customer."),
    ("filler", "Your call is very important to us."),
    ("filler", "I totally understand."),
    ("feelings", "I'm so happy to help."),
    ("feelings", "Great news 🎉"),
    ("feelings", "It is on its way!"),
    ("vague_time", "You have it soon."),
    ("vague_time", "We answer as soon as possible."),
    ("redirect", "Please call our hotline."),
    ("redirect", "Reach out to our team."),
]


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_each_class_is_tripped_and_not_by_the_customers_own_words(name: str, text: str) -> None:
    assert faults(text) == [name]
    assert faults(f"You wrote: “{text}”.") == []


def test_every_class_has_its_example() -> None:
    assert {name for name, _ in EXAMPLES} == set(LEXICON)


@pytest.mark.parametrize(
    "text", ["It is {days} late.", "It is  late.", "It is late , and lost.", "It is is late.", "Due on None.", "It is late ."]
)
def test_text_with_a_missing_value_or_a_stray_space_is_broken(text: str) -> None:
    assert faults(text) == ["broken"]


@pytest.mark.parametrize(
    "text",
    [
        "Your call is filed as R-2B4C6D: a person rings the number ending 56 by Tuesday 24 November.",
        "None of these is what you need, so a person takes over.",
        "You have it by Tuesday 24 November. It costs $1,200.50.",
        "I'm sorry this happened; finding out why is our job.",
    ],
)
def test_plain_sentence_passes(text: str) -> None:
    assert faults(text) == []


def test_apologies_of_ours_are_counted_and_the_customers_are_not() -> None:
    assert apologies("I'm sorry. You wrote: “Sorry is not enough, I want an apology”. We apologise.") == 2


def test_sentences_end_at_their_marks_and_not_within_sums() -> None:
    assert sentences("It cost $1.50. Is that right? Yes\nThen go") == ["It cost $1.50.", "Is that right?", "Yes", "Then go"]


# One text for each thing that is advice rather than a stop, and each thing that is measured: its rule, its class, its words.
ADVICE = [
    (10, "conditional", "We are sorry for any trouble with it.", "sorry for any"),
    (10, "conditional", "I'm sorry if our driver upset you.", "sorry if"),
    (10, "conditional", "We regret it if this caused a loss.", "if this caused"),
    (5, "passive", "It seems that errors were made.", "errors were made"),
    (5, "passive", "Apologies for the wait.", "Apologies for"),
    (5, "passive", "The delay is deeply regretted.", "is deeply regretted"),
    (11, "blame", "If you had read the label, it would have worked.", "If you had read"),
    (11, "blame", "The weather is outside our control.", "outside our control"),
    (12, "policy_shield", "That is against our policy.", "against our policy"),
    (12, "policy_shield", "Others have waited a week.", "Others have waited"),
    (15, "vow", "We will do better.", "will do better"),
    (15, "vow", "We make sure this never occurs.", "make sure this never"),
    (16, "diagnosis", "You must be very upset.", "You must be very upset"),
    (16, "diagnosis", "We see your frustration.", "your frustration"),
    (17, "feelings", "We are thrilled to help.", "We are thrilled"),
    (17, "feelings", "Oh no, that is bad.", "Oh no"),
    (17, "feelings", "It is done \u2705", "\u2705"),
    (17, "feelings", "It is done :)", ":)"),
    (25, "vague_time", "You have it within a few days.", "within a few days"),
    (25, "vague_time", "I look at it as quickly as I can.", "as quickly as I can"),
    (14, "patience", "Thank you so much for your patience.", "Thank you so much for your patience"),
    (14, "patience", "Please bear with us.", "bear with us"),
    (18, "article", "You were sent a umbrella.", "a umbrella"),
    (25, "relative_day", "A person rings you tomorrow.", "tomorrow"),
    (25, "relative_day", "You will have it today.", "today"),
    (25, "relative_day", "It is due by next Friday.", "next Friday"),
    (13, "second_apology", "I'm sorry it broke. We do apologise.", "apologise"),
    (7, "second_question", "Which lamp is it? Where is it now?", "?"),
    (18, "sentence_length", "We send it " + "on and " * 11 + "on.", "We send it " + "on and " * 11 + "on."),
    (18, "mean_length", " ".join(["We pack the lamp" + " and the box" * 6 + "."] * 3), "We pack the lamp" + " and the box" * 6 + "."),
    (4, "message_length", "We do. " * 41, "We do. "),
    (4, "apology_length", "I am sorry it came" + " so late and" * 5 + ". That is so long, and I mean to say sorry for it.", "I am sorry"),
]


@pytest.mark.parametrize(("rule", "kind", "text", "words"), ADVICE)
def test_each_rule_names_the_words_and_where_they_stand(rule: int, kind: str, text: str, words: str) -> None:
    found = [flaw for flaw in flaws(text) if (flaw.rule, flaw.kind) == (rule, kind)]
    assert [flaw.words.startswith(words) and text[flaw.start :].startswith(words) for flaw in found] == [True]


def test_every_kind_of_advice_and_measure_has_its_example() -> None:
    wanted = {(one.rule, one.kind) for one in PHRASES if not one.stops} | {(one.rule, one.kind) for one in MEASURES}
    assert wanted - {(18, "reading_grade")} == {(rule, kind) for rule, kind, _, _ in ADVICE}


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_whatever_stops_a_text_is_named_with_its_words(kind: str, text: str) -> None:
    assert kind in {flaw.kind for flaw in flaws(text)}


def test_every_better_way_keeps_the_rules_itself() -> None:
    assert {one.better: flaws(one.better) for one in (*PHRASES, *MEASURES) if flaws(one.better)} == {}


# Three good replies and three bad ones, after those of the evidence.
GOOD = [
    "I'm the shop's automated assistant; type 'person' any time. You ordered two vases for tonight and got candles. That was our"
    " mistake: a crash of the till mixed up the afternoon's orders. I'm sorry. I can have the vases with you by 18:45 today, or"
    " refund $52 to your card now. You need not send the candles back. Which do you want?",
    "I'm an automated assistant; type 'person' any time. Your table was due today between 9:00 and 11:00, and you stayed in for it."
    " I'm sorry you lost that morning. Snow has closed the pass, so no van gets through. You can take a new day from Friday, or"
    " cancel for a full refund. I'll write here by 08:00 tomorrow, Wednesday, with news of the road. Which suits you?",
    "I'm the automated assistant; a person is taking this over. On 4 May you were told that your claim was in hand, and nobody has"
    " written since. The colleague who had it left, and we did not pass it on. That is our failure, and I'm sorry. Omar, who leads"
    " claims, has the claim now and will call you by 14:00 today. Is the number ending 81 right?",
]
BAD = [
    ("We apologise for any inconvenience it may have caused. Regrettably, our policy forbids it. Please email the desk.", {10, 12, 21}),
    ("Oh no! I completely understand. I'm so sorry! I am truly sorry. I'm thrilled to help. What happened?", {13, 16, 17}),
    ("As explained in the leaflet, weather is beyond our control. You should have looked. Rest assured it is rare.", {11, 15}),
]


@pytest.mark.parametrize("text", GOOD)
def test_good_reply_of_the_evidence_passes(text: str) -> None:
    assert flaws(text) == ()
    assert reading_grade(text) < 5
    assert len(text.split()) <= LONGEST_MESSAGE


@pytest.mark.parametrize(("text", "rules"), BAD)
def test_bad_reply_of_the_evidence_breaks_its_rules(text: str, rules: set[int]) -> None:
    assert rules <= {flaw.rule for flaw in flaws(text)}


@pytest.mark.parametrize(
    "text",
    [
        "You wrote: “I told you tomorrow!! a apple, you you should have”.",
        'She said "please call our hotline soon" to you.',
        "I can have it with you by 18:30 today.",
        "It comes next Tuesday 24 November, at 9 am tomorrow.",
        "You ordered it for tonight. Today's orders were mixed up.",
        "Our apologies for the late lamp.",
        "Thanks for checking the number.",
        "Plan A is this, and option a is that.",
        "You have it as soon as Tuesday.",
    ],
)
def test_quotes_fixed_days_and_plain_thanks_pass(text: str) -> None:
    assert flaws(text) == ()


A = "lamp user one-off once-over European unit universal useful utensil ukulele urine US USB U-turn 7 12 1,100 $100 T-shirt PDF one ewe B-2"
AN = "apple hour honest heirloom umbrella urgent usher utter onerous 8 11 18 80,000 $8.50 MRI SMS X-ray e-mail F-150 A-7 EU L R-2B"


@pytest.mark.parametrize(("words", "wrong"), [(A, "an"), (AN, "a")], ids=["a", "an"])
def test_article_goes_by_the_sound_that_follows(words: str, wrong: str) -> None:
    right = "a" if wrong == "an" else "an"
    for word in words.split():
        assert "article" not in kinds(f"It is {right} {word}."), word
        assert "article" in kinds(f"It is {wrong} {word}."), word
        assert "article" in kinds(f"{wrong.title()} {word} came."), word


@pytest.mark.parametrize("word", ["SIM", "URGENT", "historic", "herb"])
def test_word_that_is_read_either_way_takes_either_article(word: str) -> None:
    assert sounds_like_a_vowel(word) is None
    assert kinds(f"It is a {word}. It is an {word}.") == set()


def kinds(text: str) -> set[str]:
    return {flaw.kind for flaw in flaws(text)}


@pytest.mark.parametrize(
    ("word", "count"),
    [("lamp", 1), ("table", 2), ("late", 1), ("delivery", 4), ("refunded", 3), ("packed", 1), ("boxes", 2), ("makes", 1), ("the", 1)],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_grade_is_that_of_the_formula() -> None:
    assert reading_grade("We send the lamp. It is with you then.") == pytest.approx(0.39 * 4.5 + 11.8 - 15.59)
    assert reading_grade("12 34") == 0.0


def test_grade_is_judged_in_longer_texts_only() -> None:
    hard = "Cancellation notification necessitates additional authorisation procedures. "
    assert reading_grade(hard) > HIGHEST_GRADE
    assert "reading_grade" not in kinds(hard)
    assert "reading_grade" in kinds(hard * (FEWEST_FOR_GRADE // 6 + 1))


PIECES = st.sampled_from(
    [
        "sorry",
        "a ",
        "an ",
        "hour",
        "“",
        "”",
        '"',
        "?",
        "!",
        ".",
        "  ",
        "\n",
        "{x}",
        "you should have",
        "tomorrow",
        "by 9:00 ",
        "None",
        "is is",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))


@given(TEXTS)
def test_any_text_can_be_checked(text: str) -> None:
    found = flaws(text)
    assert set(faults(text.replace('"', ""))) <= kinds(text.replace('"', ""))
    assert [flaw.start for flaw in found] == sorted(flaw.start for flaw in found)
    assert all(text[flaw.start : flaw.start + len(flaw.words)] == flaw.words for flaw in found)


@given(TEXTS)
def test_masked_text_keeps_its_length_and_sentences_cover_all_words(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert "".join("".join(text[start:end].split()) for start, end in sentence_spans(text)) == "".join(text.split())


@given(TEXTS.map(lambda text: re.sub(r"[“”]", "", text)))
def test_quoted_words_are_never_at_fault(text: str) -> None:
    assert kinds(f"You wrote “{text}”.") <= {"sentence_length", "message_length", "reading_grade"}

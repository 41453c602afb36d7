"""What every component owes Rasa and the customer, whatever it reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from rasa.engine.graph import GraphComponent
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.text_reader import TextReader
from bot.nlu.word_features import WordFeatures

HARD_TEXTS = {
    "empty": "",
    "blank": "   \n\t ",
    "emoji": "\U0001f621\U0001f621 where is my order?! \U0001f92c",
    "only emoji": "\U0001f44d\U0001f3fd",
    "long": "My parcel W2611340 did not arrive on Monday and nobody answers. " * 160,
    "one long word": "a" * 10_000,
    "digits": "1234567890 " * 1000,
    "punctuation": "?!...,,,;;--((([[[" * 200,
    "Spanish": "Mi pedido no ha llegado y nadie contesta, \u00a1qu\u00e9 verg\u00fcenza!",
    "German": "Die Lampe kam zerbrochen an, ich m\u00f6chte mein Geld zur\u00fcck.",
    "Hindi": "\u092e\u0947\u0930\u093e \u0911\u0930\u094d\u0921\u0930 \u0928\u0939\u0940\u0902 \u0906\u092f\u093e",
    "Arabic": "\u0644\u0645 \u064a\u0635\u0644 \u0637\u0644\u0628\u064a \u062d\u062a\u0649 \u0627\u0644\u0622\u0646",
    "Chinese": "\u6211\u7684\u5305\u88f9\u8fd8\u6ca1\u6709\u5230",
    "markup": "<script>alert('W2611340')</script> & <b>late</b>",
    "payload": '/affirm{"order_number": "W2611340"}',
    "zero width": "my\u200border\u200bW2611340",
}
TEXTS = pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=list(HARD_TEXTS))


def test_readers_construct_from_default_config(readers: list[TextReader]) -> None:
    assert all(isinstance(reader, GraphComponent) for reader in readers)


@TEXTS
def test_readers_leave_the_text_as_it_is(text: str, readers: list[TextReader]) -> None:
    message = Message(data={TEXT: text})
    for reader in readers:
        assert reader.process([message]) == [message]
    assert message.get(TEXT) == text


@TEXTS
def test_entity_spans_match_the_text(text: str, read: Callable[[str], dict[str, Any]]) -> None:
    for entity in read(text)["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["value"] != ""
        assert entity["extractor"]


@TEXTS
def test_entities_do_not_overlap(text: str, read: Callable[[str], dict[str, Any]]) -> None:
    spans = sorted((entity["start"], entity["end"]) for entity in read(text)["entities"])
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@TEXTS
def test_output_has_its_promised_types(text: str, read: Callable[[str], dict[str, Any]]) -> None:
    output = read(text)
    assert output["severity"]["level"] in {"ordinary", "severe"}
    assert all(isinstance(reason, str) for reason in output["severity"]["reasons"])
    assert 0 <= output["anger"] <= 1
    assert len(output["things"]) <= 4
    phrase = output.get("what_happened")
    assert phrase is None or text[phrase["start"] : phrase["end"]] == phrase["text"]


@TEXTS
def test_output_can_be_sent_as_json(text: str, read: Callable[[str], dict[str, Any]]) -> None:
    json.dumps(read(text))


def test_a_stored_intent_is_not_read_as_speech(read: Callable[[str], dict[str, Any]]) -> None:
    output = read("/inform my lamp arrived broken, order W2611340")
    assert output["entities"] == [] and output.get("what_happened") is None


@pytest.mark.parametrize("name", ["long", "one long word", "digits", "punctuation"])
def test_ten_thousand_characters_are_read_within_a_second(name: str, read: Callable[[str], dict[str, Any]]) -> None:
    began = time.perf_counter()
    read(HARD_TEXTS[name])
    assert time.perf_counter() - began < 1


@TEXTS
def test_classifier_ranks_every_intent(text: str, classified: list[Any]) -> None:
    message = Message(data={TEXT: text})
    for component in classified:
        component.process([message])
    ranking = message.get(INTENT_RANKING_KEY)
    assert {one["name"] for one in ranking} == {"late_delivery", "billing_dispute", "greet"}
    assert sum(one["confidence"] for one in ranking) == pytest.approx(1, abs=1e-3)
    assert message.get(INTENT) == ranking[0]


def test_classifier_keeps_what_it_learned(classified: list[Any]) -> None:
    message = Message(data={TEXT: "I have been charged two times"})
    for component in classified:
        component.process([message])
    assert message.get(INTENT)["name"] == "billing_dispute"


def test_encoder_finds_like_meanings_alike(classified: list[Any]) -> None:
    encoder = classified[0]
    late, later, broken = (encoder.encode(text) for text in ("my parcel is late", "delivery has been delayed", "the vase is cracked"))
    assert late @ later > late @ broken


@pytest.mark.parametrize(("component", "config"), [(SentenceEncoder, {"threads": 0}), (WordFeatures, {"word_ngrams": [1]})])
def test_bad_configuration_names_its_key(component: Any, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(config))):
        component.validate_config({**component.get_default_config(), **config})

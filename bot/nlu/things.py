"""The things a complaint is about, and of which kind each is: "the driver", "the laptop charger", "the pizza"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.heard import KINDS, Thing
from bot.nlu.lexicon import fingerprint, read_lines, read_words
from bot.nlu.private import private_spans
from bot.nlu.signs import sign
from bot.nlu.text_reader import TextReader, parsed

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# What went wrong is told early; looking further only costs time.
_TOKENS_READ = 150
_QUALIFYING = ("goods", "food", "sent", "travel", "service")  # "tea packet" is said whole, "money sellers" is none
_CENTRAL = frozenset({"nsubj", "nsubjpass", "dobj"})
_PLAIN = 1.0  # sign of trouble; "works" alone has less, and "works fine" is none
_WANTING = frozenset({"want", "need", "like"})
# "waiting for the parcel" is about the parcel, "went for a smoothie" is not about the smoothie.
_OF_THESE = frozenset(
    "wait charge pay refund order deliver receive bill look ask cancel overcharge book return problem issue trouble".split()
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Things(TextReader):
    """Sets `things`: a list of {name, kind, plural, acts, central}, what matters most first; only nouns of the lists `things_<kind>`."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        return fingerprint("bland_things", *(f"things_{kind}" for kind in KINDS))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return how many there may be."""
        return {"most": 4}

    def read(self, message: Message) -> None:
        """Add them to the output."""
        doc, issues = parsed(message), message.get("issues") or []
        lead = (issues[0]["start"], issues[0]["end"]) if issues else (0, len(message.get(TEXT) or ""))
        found = [] if doc is None else things(doc, private_spans(message), lead)
        message.set("things", [asdict(one) for one in found[: self.config["most"]]], add_to_output=True)


def things(doc: Doc, private: list[tuple[int, int]], lead: tuple[int, int]) -> list[Thing]:
    """Return each thing once: those of the leading clause first, bland ones last there, then subjects and objects, then by place."""
    found = list(_found(doc, private))
    bland = read_words("bland_things")
    found.sort(key=lambda one: (not one[1].central, not lead[0] <= one[0].idx < lead[1], one[0].lemma_.lower() in bland))
    named: dict[str, Thing] = {}
    for token, one in found:
        named.setdefault(token.lemma_.lower(), one)
    return list(named.values())


def _found(doc: Doc, private: list[tuple[int, int]]) -> Iterator[tuple[Token, Thing]]:
    for token in doc[:_TOKENS_READ]:
        if any(start < token.idx + len(token) and token.idx < end for start, end in private):
            continue
        words, kind = _looked_up(token)
        if kind:
            plural = "Number=Plur" in str(token.morph) and token.lower_ not in _kinds()
            acts = token.dep_ == "nsubj" or (token.dep_ == "pobj" and token.head.dep_ == "agent")
            yield token, Thing(words, kind, plural, acts, _is_central(token))


def _looked_up(token: Token) -> tuple[str, str | None]:
    """The words to say it in, and its kind; None where it is in no list, or is no noun here, or names the one after it."""
    if token.pos_ not in {"NOUN", "PROPN"} or (token.i > 0 and token.nbor(-1).lower_ in {"#", "@", "be"}):
        return "", None
    if token.tag_ in {"NNS", "NNPS"} and token.i + 1 < len(token.doc) and token.nbor().like_num:
        return "", None  # "windows 10"
    if token.lower_ == "form" and token.i + 1 < len(token.doc) and token.nbor().lower_ == "of":
        return "", None  # "money in the form of a voucher"
    before = token.nbor(-1) if token.i > 0 else None
    names = _kinds()
    if before is not None and before.is_alpha:
        for two in (f"{before.lower_} {token.lower_}", f"{before.lower_} {token.lemma_.lower()}"):
            if two in names:
                return f"{before.lower_} {token.lower_}", names[two]
    kind = names.get(token.lower_) or names.get(token.lemma_.lower())
    if token.dep_ == "compound" and token.i < token.head.i and (_looked_up_alone(token.head) or token.head.i == token.i + 1):
        return "", None  # "camera roll" is no camera
    if _is_none(token):
        return "", None
    is_told_to = before is not None and before.lower_ == "order" and kind == "food"  # "order ravioli, get chicken"
    if (
        before is not None
        and before.dep_ == "compound"
        and before.head.i == token.i
        and names.get(before.lower_) in _QUALIFYING
        and not is_told_to
    ):
        return f"{before.lower_} {token.lower_}", kind
    return token.lower_, kind


def _is_none(token: Token) -> bool:
    """Tell whether there is none of it, or it is only what something is like: "no onion", "I don't want onion", "like a razor"."""
    first, head = token.left_edge, token.head
    before = first.nbor(-1) if first.i > 0 else None
    if first.lower_ in {"no", "another"} or (before is not None and before.tag_ == "IN" and before.lower_ in {"without", "like"}):
        return True
    is_denied = any(child.dep_ == "neg" for child in head.children)
    return head.lemma_.lower() == "want" and is_denied and token.dep_ == "dobj"


def _is_central(token: Token) -> bool:
    """Tell whether it is subject or object where the trouble is told: "the smoothie" in "went for a smoothie" is neither."""
    if any(child.dep_ in {"amod", "acl"} and sign(child) >= _PLAIN for child in token.children):
        return True  # "this mouldy cheese"
    if token.dep_ == "conj":
        return _is_central(token.head)
    if token.dep_ == "pobj":
        deed = token.head.head
        return deed.lemma_.lower() in _OF_THESE and _is_trouble(deed)
    if token.dep_ == "ROOT":
        return any(sign(child) >= _PLAIN for child in token.children)
    is_theirs = any(child.dep_ == "poss" and child.lower_ in {"my", "our"} for child in token.children)
    if token.dep_ == "dobj" and token.head.lemma_.lower() in _WANTING and is_theirs:
        return True  # "I'd like my baggage"
    return token.dep_ in _CENTRAL and _is_trouble(token.head)


def _is_trouble(deed: Token) -> bool:
    around = [deed, *deed.children, *(inner for child in deed.children for inner in child.children)]
    return any(sign(one) >= _PLAIN for one in around) or deed.lemma_.lower() in _OF_THESE


def _looked_up_alone(token: Token) -> bool:
    return token.lower_ in _kinds() or token.lemma_.lower() in _kinds()


@cache
def _kinds() -> dict[str, str]:
    return {name: kind for kind in KINDS for name in read_lines(f"things_{kind}")}

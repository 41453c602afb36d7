"""What could be said back of a message, piece by piece, each a message of its own: the classifier tells which tells the trouble."""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.heard import KINDS
from bot.nlu.clauses import TELLS, tells, told_fingerprint
from bot.nlu.english import english_words
from bot.nlu.lexicon import fingerprint
from bot.nlu.own_words import is_deed, own_words
from bot.nlu.phrases import phrases
from bot.nlu.retold import Turned, retold
from bot.nlu.signs import signs
from bot.nlu.text_reader import TextReader, parsed, said
from bot.nlu.torn_words import torn_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

TELLINGS, CHANCES = "tellings", "chances"
# What went wrong is told early; looking further only costs time.
_TOKENS_READ = 150
_MOST_CLAUSES, _MOST_QUOTES = 3, 2  # each takes the classifier some milliseconds


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Tellings(TextReader):
    """Puts them on a message, with `kind` (clause, phrase, words), `span`, `worth`, and a clause `turned`."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        lists = ("misspelt", "went_wrong", "plain_deeds", "no_quotes", "no_repeats", "heated", "swearing", "chat_words")
        return f"{told_fingerprint()}{fingerprint(*lists, *(f'things_{kind}' for kind in KINDS))}"

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the word lists."""
        super().__init__(config)
        english_words()

    def read(self, message: Message) -> None:
        """Add them; they stay out of the output."""
        doc = parsed(message)
        message.set(TELLINGS, [] if doc is None else _tellings(doc, is_verbatim=doc.text == said(message)))


def _tellings(doc: Doc, *, is_verbatim: bool) -> list[Message]:
    """Return the pieces; where what was shouted was read in small letters, none to quote."""
    clauses = [_telling("clause", signs(one.span), one.span, one) for one in retold(doc, _TOKENS_READ)]
    quotes = _quotes(doc) if is_verbatim else []
    telling = [one for one in clauses if one.get("worth") > 0 or one.get(TELLS) or one.get("asks")]
    return [*nlargest(_MOST_CLAUSES, telling, key=_worth), *nlargest(_MOST_QUOTES, quotes, key=_worth)]


def _quotes(doc: Doc) -> list[Message]:
    """Return short clauses; a few words are taken out only where no clause is short enough, and torn out where none hang together."""
    clauses = [_telling("phrase", worth, span) for worth, span in phrases(doc, _TOKENS_READ)]
    words = clauses or [_telling("words", worth, span) for worth, span in own_words(doc, _TOKENS_READ)]
    return words or [_telling("words", worth, span) for worth, span in torn_words(doc, _TOKENS_READ)]


def _telling(kind: str, worth: float, span: Span, turned: Turned | None = None) -> Message:
    place = (span.start_char, span.end_char)
    said = {"turned": turned.text, "asks": turned.asks} if turned else {"is_deed": is_deed(span)}
    return Message(data={TEXT: span.text, "kind": kind, "worth": worth, "span": place, TELLS: tells(span.text), **said})


def _worth(telling: Message) -> float:
    worth: float = telling.get("worth")
    return worth

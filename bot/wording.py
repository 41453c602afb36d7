"""All that Amends says, read from data/responses/ (Rasa's format). Python chooses and fills; it never writes sentences."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import BadWording


class Wording:
    """Sentences by name, each with variants. The same key gets the same variant, so a text never changes when rendered again."""

    def __init__(self, responses: Mapping[str, tuple[str, ...]]) -> None:
        self.responses = responses

    @classmethod
    def read(cls, folder: Path) -> "Wording":
        """All response files of a folder. Raises BadWording naming the file and the response."""
        found: dict[str, tuple[str, ...]] = {}
        for path in sorted(folder.glob("*.yml")):
            found |= _read_file(path)
        if not found:
            raise BadWording(f"There are no responses in {folder}.")
        return cls(found)

    def say(self, name: str, key: str = "", /, **values: object) -> str:
        """The sentence, filled. Raises BadWording where it is unknown or lacks a value."""
        try:
            variants = self.responses[f"utter_{name}"]
        except KeyError:
            raise BadWording(f"There is no response utter_{name}.") from None
        chosen = variants[_number(f"{key}/{name}") % len(variants)]
        given = {slot: value for slot, value in values.items() if value not in (None, "")}
        try:
            return chosen.format_map(given)
        except KeyError as missing:
            raise BadWording(f"utter_{name} needs a value for {{{missing.args[0]}}}.") from None

    def has(self, name: str) -> bool:
        return f"utter_{name}" in self.responses


def _read_file(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    except YAMLError as error:
        raise BadWording(f"{path.name} is not YAML: {' '.join(str(error).split())}") from error
    found = {}
    for name, variants in (content.get("responses") or {}).items():
        texts = [one.get("text") for one in variants or () if isinstance(one, dict)]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise BadWording(f"{path.name}: {name} needs at least one variant, each with a text.")
        found[name] = tuple(" ".join(str(text).split(" ")).strip() for text in texts)
    return found


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")

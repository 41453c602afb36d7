"""YAML as people write it, and its mistakes in one line."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import AmendsError


def parsed(text: str, name: str, wrong: type[AmendsError], *, with_lines: bool = False) -> Any:
    """What a text holds; `with_lines`: its mappings know where they stand. Raises `wrong`, naming the file."""
    try:
        return YAML(typ="rt" if with_lines else "safe").load(text)
    except YAMLError as error:
        raise wrong(f"{name} is not YAML: {' '.join(str(error).split())}") from error

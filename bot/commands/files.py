"""`amends cases files`: what customers sent, for people to look at."""

from pathlib import Path

from bot.commands.shop import ready_shop
from bot.errors import BadInput
from bot.handling.files import files_of_case


def save_files(reference: str, to: Path) -> None:
    """Writes them into the folder, numbered since two may bear one name. A file that is there already is not written over."""
    found = files_of_case(ready_shop(), reference)
    for number, (one, content) in enumerate(found, 1):
        path = to / f"{reference.upper()}-{number}-{one.name}"
        try:
            to.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(content)
        except OSError as error:
            raise BadInput(f"{path} cannot be written ({error.strerror}): name another folder with --to.") from error
        print(path)
    if not found:
        print("No files came with this case.")

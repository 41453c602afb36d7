"""`amends letters list`, `show`, `edit`, `sign`, `say`, `drop` and `end-links`."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import clock
from bot.commands.shop import ready_shop
from bot.errors import BadInput
from bot.handling import apology, coming_back

WIDTH = 110  # where there is no terminal


def show_list(as_json: bool) -> None:
    """All letters, as a table or as JSON Lines."""
    rows = apology.listed(ready_shop())
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = ("case", "severity", "state", "drafted", "signed_by", "sent")
    for head in heads:
        table.add_column(head.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*(str(row[head] or "-") for head in heads))
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(table if table.row_count else "No letters.")


def show_one(reference: str) -> None:
    print(apology.find(ready_shop(), reference).text)


def edit_one(reference: str, file: Path, agent: str) -> None:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text: byte {error.start} cannot be read.") from error
    apology.edit(ready_shop(), reference, text, agent, clock.now())
    print(f"The letter of {reference.upper()} has your text now.")


def sign_one(reference: str, agent: str) -> None:
    signed = apology.sign(ready_shop(), reference, agent, clock.now())
    for warning in signed.warnings:
        print(f"amends: {warning}", file=sys.stderr)
    how = "It goes out by mail." if signed.by_mail else "It cannot be mailed: show it in the chat with `amends letters say`."
    print(f"The letter of {reference.upper()} is signed by {signed.letter.signed_by}. {how}")


def say_one(reference: str, agent: str) -> None:
    apology.show_in_chat(ready_shop(), reference, agent, clock.now())
    print(f"The letter of {reference.upper()} stands in the chat.")


def drop_one(reference: str, agent: str, reason: str) -> None:
    apology.drop(ready_shop(), reference, agent, reason, clock.now())
    print(f"There will be no letter in {reference.upper()}.")


def end_links_of(reference: str, agent: str) -> None:
    count = coming_back.revoke(ready_shop(), reference, agent, clock.now())
    print(f"{count} link{'' if count == 1 else 's'} into the chat of {reference.upper()} ended.")

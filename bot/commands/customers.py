"""`amends customers export` and `erase`."""

import getpass
import json
import os
import sys
import zipfile
from pathlib import Path

import typer
from rich.markup import escape

from bot import clock, settings
from bot.bootstrap import open_memory
from bot.cases.erasing import Preview
from bot.commands.policy import console, row, table
from bot.commands.shop import ready_database, ready_shop
from bot.errors import BadInput, StoreUnavailable
from bot.handling import customer_export, erasing
from bot.handling.persons import AlreadyErased
from bot.handling.shop import Shop

DOCUMENT = "everything.json"


def export_one(ref: str, to: Path | None, by: str) -> None:
    """Prints it, or writes a new file that only its owner reads. Raises BadInput where the file is there already."""
    if to and to.suffix not in (".json", ".zip"):
        raise BadInput(f"{to} must end in .json, or in .zip to hold photos and documents, too.")
    if to and to.exists():
        raise BadInput(f"{to} is there already: name a new file.")
    if to and not to.parent.is_dir():
        raise BadInput(f"{to.parent} is no folder: make it first, or name another place.")
    shop = ready_shop()
    held = customer_export.gathered(shop, ref, by or getpass.getuser(), clock.now())
    text = json.dumps(held.document, ensure_ascii=False, indent=2) + "\n"
    if to is None:
        sys.stdout.write(text)
        return
    with open(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        if to.suffix == ".json":
            file.write(text.encode())
        else:
            _write_archive(shop, file, text, held)
    left_out = f", without the bytes of {len(held.files)} files (.zip takes them in)" if held.files and to.suffix == ".json" else ""
    print(f"{to} holds {held.rows} records{left_out}. It is personal: hand it to its owner, and to nobody else.")


def _write_archive(shop: Shop, file: "object", text: str, held: customer_export.Held) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr(DOCUMENT, text)
        for path, file_id in held.files:
            archive.writestr(path, customer_export.content_of(shop, file_id))


def erase_one(ref: str, sure: bool, also_open: bool, by: str) -> None:
    """Shows what would go and what stays, asks, and erases. What a crash left undone is done first."""
    shop, out = ready_shop(), console()
    try:
        found = erasing.preview(shop, ref)
    except AlreadyErased as known:
        out.print(escape(str(known)))
        _go_on(shop)
        return
    for line in told(found):
        out.print(escape(line))
    out.print(_table(found))
    if found.open_cases and not also_open:
        raise BadInput(f"{', '.join(found.open_cases)} is still open. Settle it first, or end it with the erasure: --also-open.")
    if not sure:
        typer.confirm("Erase this customer? It cannot be undone.", abort=True)
    done = erasing.erase(shop, ref, by or getpass.getuser(), clock.now(), also_open=also_open)
    out.print(f"Erased: {sum(done.counts.values())} records in {len(done.counts)} tables.")
    _go_on(shop)


def _go_on(shop: Shop) -> None:
    """What lies outside the store, at once; where that cannot be, the worker does it as soon as it can."""
    try:
        erasing.go_on(shop, open_memory(settings.read()), ready_database().compact, clock.now())
    except StoreUnavailable as busy:
        print(f"{busy} The worker goes on with it.")
    if erasing.left(shop, clock.now()):
        print("The worker looks at the assistant's memory once more, when no turn can be under way any more.")


def told(found: Preview) -> list[str]:
    """Who it is, as far as that must be said, and what else has to be looked at."""
    person = found.person
    lines = [
        f"Customer {person.customer_id or 'not known, by their chats alone'}: {len(found.cases)} cases in {len(person.reachable)} chats."
    ]
    if person.shared:
        lines.append(f"{len(person.shared)} of these chats are about another customer's order, too: their words there go with them.")
    if person.naming:
        lines.append(f"{len(person.naming)} of these chats only give their e-mail or phone, and nothing was proven there.")
    if found.others:
        lines.append(f"Left alone, though they name this customer, since they are another's: {', '.join(found.others)}.")
    if found.open_cases:
        lines.append(f"Still open: {', '.join(found.open_cases)}.")
    return lines


def _table(found: Preview) -> object:
    made = table("records", "go, or lose their words", "stay", "why they stay")
    for name in dict.fromkeys([*found.goes, *found.stays]):
        kept, why = found.stays.get(name, (None, ""))
        row(made, name, found.goes.get(name), kept, why)
    return made

"""`amends policy apply`, `versions` and `roll-back`: a policy takes the place of another, after a look at what would change."""

import getpass
import json
import os
import tempfile
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import typer
from rich.markup import escape

from bot import clock, policy_files, settings
from bot.commands.policy import FOLDER, RESPONSES, console, row, table
from bot.commands.policy_diff import show_diff
from bot.commands.shop import ready_shop
from bot.errors import BadInput, BadPolicy, NotFound
from bot.handling import policy_versions
from bot.policy_check import check
from bot.restarting import restart
from bot.wording import Wording


def show_applied(folder: Path, sure: bool, who: str) -> None:
    """Puts the policy of a folder in force, after the preview and a yes. Raises BadPolicy where it is not sound."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder. Give the folder that holds the new policy's files.")
    checked = check(folder, Wording.read(RESPONSES))
    if checked.problems or checked.rules is None:
        raise BadPolicy("\n".join([*checked.problems, "Nothing was changed."]))
    shop, new, out = ready_shop(), checked.rules, console()
    if new.policy.version == shop.policy.version:
        out.print(f"Policy {new.policy.version} is in force already: nothing to change.")
        return
    for line in changed_lines(shop.policy_texts, new.texts):
        out.print(escape(line))
    show_diff(FOLDER, folder, False, None, "", False)
    if not sure:
        typer.confirm(f"Put policy {new.policy.version} in force in place of {shop.policy.version}?", abort=True)
    policy_versions.apply(shop, new.policy.version, new.texts, who or getpass.getuser(), clock.now())
    write(FOLDER, new.texts)
    running = restart(settings.read())
    out.print(f"Policy {new.policy.version} is in force{'' if running else ' from the next start: nothing runs here'}.")
    out.print(f"To go back: amends policy roll-back {shop.policy.version}")


def show_in_force(name: str) -> None:
    """The version and its files, each with what it says of itself; or one file as it is. Raises NotFound."""
    shop = ready_shop()
    texts = {file.removesuffix(".yml"): held for file, held in shop.policy_texts.items()}
    if not name:
        console().print(f"Policy {shop.policy.version}")
        made = table("file", "is about")
        for file, held in texts.items():
            row(made, file, next((line.lstrip("# ") for line in held.splitlines() if line.startswith("#")), ""))
        console().print(made)
        return
    if name.removesuffix(".yml") not in texts:
        raise NotFound(f"The policy has no file {name}: there are {', '.join(texts)}.")
    print(texts[name.removesuffix(".yml")], end="")


def show_versions(as_json: bool) -> None:
    """Every version that was in force, the newest first."""
    shop = ready_shop()
    policy_versions.keep(shop, clock.now())
    kept = policy_versions.kept(shop)
    if as_json:
        print(json.dumps(kept, ensure_ascii=False, indent=2, default=str))
        return
    made = table("version", "first in force", "by", "")
    for one in kept:
        row(
            made, one["version"], f"{one['at']:%Y-%m-%d %H:%M} UTC", one["who"], "in force" if one["version"] == shop.policy.version else ""
        )
    console().print(made)


def show_rolled_back(version: str, sure: bool, who: str) -> None:
    """Puts an older version in force again, in the same way. Raises NotFound where its texts are not kept."""
    texts = policy_versions.texts_of(ready_shop(), version)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {**_present(), **texts})  # a file that is newer than that version stays as it is
        show_applied(Path(folder), sure, who)


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The files' own lines that go and come, as `diff` writes them."""
    told: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        told += unified_diff(old, new, f"{name} now", f"{name} then", lineterm="", n=1)
    return told


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Every file whole: first all beside their places, then each into its place."""
    beside = {folder / name: folder / f".{name}.new" for name in texts}
    for path, new in beside.items():
        new.write_text(texts[path.name], encoding="utf-8")
    for path, new in beside.items():
        os.replace(new, path)


def _present() -> dict[str, str]:
    return dict(policy_files.read(FOLDER).texts)

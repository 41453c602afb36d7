"""`amends agents add`, `list`, `password` and `disable`."""

import secrets
import sys

from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.bootstrap import open_passwords
from bot.cases.desk import Agent
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.handling import agents

SILENT = "command"  # who did it, in the audit


def add_one(name: str, email: str, role: str, teams: tuple[str, ...], languages: tuple[str, ...], capacity: int, is_piped: bool) -> None:
    password = _password(is_piped)
    made = agents.add(
        *(ready_shop(), open_passwords(), name, email, role, password, clock.now()),
        teams=teams,
        languages=languages,
        capacity=capacity,
        by=SILENT,
    )
    print(f"{made.name} may sign in at /desk as {made.role}.")
    _show(password, is_piped)


def new_password(name: str, is_piped: bool) -> None:
    password = _password(is_piped)
    agents.set_password(ready_shop(), open_passwords(), name, password, clock.now(), SILENT)
    print(f"{name} has a new password and is signed out everywhere.")
    _show(password, is_piped)


def close_one(name: str) -> None:
    agents.disable(ready_shop(), name, clock.now(), SILENT)
    print(f"The account of {name} is closed.")


def show_list() -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("name", "role", "e-mail", "teams", "languages", "chats", "seen", "state"):
        table.add_column(head)
    for one in agents.listed(ready_shop()):
        cells = (one.name, one.role, one.email, ", ".join(one.teams) or "all", ", ".join(one.languages), one.capacity, moment(one.seen_at))
        table.add_row(*(escape(str(cell or "-")) for cell in cells), _state(one))
    console().print(table if table.row_count else "No accounts: make one with `amends agents add NAME --email ADDRESS --role owner`.")


def _state(one: Agent) -> str:
    if one.disabled_at:
        return "closed"
    return "locked" if one.is_locked(clock.now()) else "away" if one.away_since else "open"


def _password(is_piped: bool) -> str:
    return sys.stdin.readline().rstrip("\n") if is_piped else secrets.token_urlsafe(15)


def _show(password: str, is_piped: bool) -> None:
    if not is_piped:
        print(f"Password: {password}  (shown this once)")

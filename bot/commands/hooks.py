"""`amends hooks add`, `list`, `remove`, `test` and `resend`."""

from rich.markup import escape
from rich.table import Table

from bot import clock, settings
from bot.bootstrap import open_hook_post
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.errors import AmendsError
from bot.handling import hooks


def add_one(url: str, events: tuple[str, ...]) -> None:
    made = hooks.add(ready_shop(), url, events, clock.now(), with_private=not settings.read().is_production)
    print(f"{made.id} is told of {', '.join(made.events)}.")
    print(f"Secret: {made.secret}  (shown this once)")


def show_list() -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("hook", "address", "events", "made", "waiting", "given up"):
        table.add_column(head)
    for hook, counts in hooks.listed(ready_shop()):
        numbers = (str(counts.get(state, 0)) for state in ("waiting", "dead"))
        table.add_row(hook.id, escape(hook.url), ", ".join(hook.events), moment(hook.created_at), *numbers)
    console().print(table if table.row_count else "No hooks: make one with `amends hooks add URL`.")


def remove_one(hook_id: str) -> None:
    dropped = hooks.remove(ready_shop(), hook_id, clock.now())
    print(f"{hook_id} is told nothing more; {dropped} deliveries were taken back.")


def try_one(hook_id: str) -> None:
    post = open_hook_post(settings.read())
    try:
        status = hooks.try_now(ready_shop(), post, hook_id, clock.now())
    finally:
        post.close()
    if not 200 <= status < 300:
        raise AmendsError(f"{hook_id} answered {status}; anything from 200 to 299 would do.")
    print(f"{hook_id} answered {status}.")


def resend_one(hook_id: str) -> None:
    print(f"{hooks.resend(ready_shop(), hook_id, clock.now())} deliveries are on their way to {hook_id} again.")

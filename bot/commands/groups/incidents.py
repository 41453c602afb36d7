"""`amends incidents`: what failed for many at once, from the first suspicion to the last word."""

from typing import Annotated

import typer

app = typer.Typer(help="What failed for many at once.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The incident's code.", metavar="CODE")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]
By = Annotated[str, typer.Option("--by", help="Who you are; it stands in the audit.", metavar="NAME")]
INSTANT = "An instant such as 2026-03-01T14:05-07:00, or from now: -2h, +1d."


@app.command("open")
def open_incident(
    code: Annotated[str, typer.Option("--code", help="Letters, digits, hyphens.")],
    title: Annotated[str, typer.Option("--title", help="A few words for your own people.")],
    issue: Annotated[list[str], typer.Option("--issue", help="A complaint it explains, such as late_delivery; may be given again.")],
    fault: Annotated[str, typer.Option("--fault", help="ours, third_party, force_majeure, customer or unclear.")],
    explanation: Annotated[str, typer.Option("--explanation", help="The cause: a whole sentence that customers read.")],
    action: Annotated[str, typer.Option("--action", help="What is being done: a whole sentence that customers read.")],
    states: Annotated[str, typer.Option("--states", help="Of the delivery address: AZ,NM.")] = "",
    countries: Annotated[str, typer.Option("--countries")] = "",
    cities: Annotated[str, typer.Option("--cities")] = "",
    carrier: Annotated[list[str] | None, typer.Option("--carrier", help="May be given again.")] = None,
    skus: Annotated[str, typer.Option("--skus", help="Of any item.")] = "",
    orders: Annotated[str, typer.Option("--orders", help="Order numbers.")] = "",
    order_status: Annotated[str, typer.Option("--order-status", help="processing,shipped,delivered,cancelled.")] = "",
    placed: Annotated[str, typer.Option("--placed", help="FROM..TO, two instants.", metavar="FROM..TO")] = "",
    starts: Annotated[str, typer.Option("--starts", help=INSTANT)] = "-0m",
    next_news: Annotated[str, typer.Option("--next-news", help=INSTANT)] = "",
    offer: Annotated[str, typer.Option("--offer", help="The one remedy all are offered alike: a wording of remedies.yml.")] = "",
    published: Annotated[bool, typer.Option("--published", help="Explained to all who complain, before an order is seen.")] = False,
    by: By = "owner",
) -> None:
    """Opens one; customers with an open case that it explains read it in their chats."""
    from bot.commands.incidents import open_one

    lists = {"states": states, "countries": countries, "cities": cities, "skus": skus, "order_numbers": orders, "status": order_status}
    scope = {key: [part.strip() for part in value.split(",") if part.strip()] for key, value in lists.items() if value.strip()}
    if carrier:
        scope["carriers"] = carrier
    if placed:
        scope["placed_between"] = placed.split("..")
    told = {"code": code, "title": title, "fault": fault, "issue_types": issue, "started_at": starts, "explanation": explanation}
    open_one(
        {**told, "action": action, "next_update_at": next_news or None, "offer": offer or None, "published": published, "scope": scope}, by
    )


@app.command("news")
def tell_news(
    code: Code,
    explanation: Annotated[str, typer.Option("--explanation", help="What is known of the cause now.")] = "",
    action: Annotated[str, typer.Option("--action", help="What is being done now.")] = "",
    next_news: Annotated[str, typer.Option("--next-news", help=INSTANT)] = "",
    by: By = "owner",
) -> None:
    """Tells its news to those who wait in an open case; that keeps the promise of news."""
    from bot.commands.incidents import news_of

    news_of(code, explanation, action, next_news, by)


@app.command("close")
def close_incident(
    code: Code,
    words: Annotated[str, typer.Option("--words", help="What those who waited read: a whole sentence.")],
    at: Annotated[str, typer.Option("--at", help=f"When it ended. {INSTANT}")] = "-0m",
    by: By = "owner",
) -> None:
    """Ends it, and tells those who waited and those who were told first."""
    from bot.commands.incidents import close_one

    close_one(code, words, at, by)


@app.command("list")
def list_incidents(as_json: AsJson = False) -> None:
    """Lists them, newest first."""
    from bot.commands.incidents import show_list

    show_list(as_json)


@app.command("show")
def show_incident(code: Code, as_json: AsJson = False) -> None:
    """Says how many orders and customers it touches, how many complained, what they were offered and told."""
    from bot.commands.incidents import show_one

    show_one(code, as_json)


@app.command("tell")
def tell_first(
    code: Code,
    send: Annotated[bool, typer.Option("--send", help="Queue the mails; without it they are only shown.")] = False,
    by: By = "owner",
) -> None:
    """Tells customers it touches before they complain: shows the mail and the counts, and with --send queues it, once an order."""
    from bot.commands.incidents import tell_one

    tell_one(code, send, by)


@app.command("suggest")
def suggest_incidents() -> None:
    """Says of which kind so many complaints came within an hour that they may have one cause."""
    from bot.commands.incidents import show_suggestions

    show_suggestions()

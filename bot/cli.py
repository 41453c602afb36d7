"""The `amends` command. Heavy imports are inside the commands, so that each starts quickly."""

import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.groups import agents, audit, callbacks, claims, customers, hooks, letters, policy, promises, remedies, tokens, vouchers
from bot.commands.groups import channels as groups_channels
from bot.commands.groups import incidents as groups_incidents
from bot.commands.groups import learn as groups_learn
from bot.commands.groups import learning as groups_learning
from bot.commands.groups import report as groups_report
from bot.errors import AmendsError, BadImport

app = typer.Typer(
    help="Amends: hears what went wrong for a customer, and puts it right or brings a person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
orders = typer.Typer(help="The shop's orders.", no_args_is_help=True)
incidents = groups_incidents.app
cases = typer.Typer(help="Cases: read them, and answer customers.", no_args_is_help=True)
database = typer.Typer(help="The database.", no_args_is_help=True)
for name, group in (
    ("orders", orders),
    ("incidents", incidents),
    ("cases", cases),
    ("db", database),
    ("audit", audit.app),
    ("promises", promises.app),
    ("agents", agents.app),
    ("policy", policy.app),
    ("learn", groups_learn.app),
    ("learning", groups_learning.app),
    ("improvements", groups_learning.improvements),
    ("letters", letters.app),
    ("claims", claims.app),
    ("remedies", remedies.app),
    ("vouchers", vouchers.app),
    ("callbacks", callbacks.app),
    ("tokens", tokens.app),
    ("hooks", hooks.app),
    ("channels", groups_channels.app),
    ("demo", groups_report.demo),
    ("customers", customers.app),
):
    app.add_typer(group, name=name)
app.command("report")(groups_report.report)

File = Annotated[Path, typer.Argument(help="JSON Lines, as docs/orders.md tells; - reads standard input.", metavar="FILE")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Take the good lines and report the bad ones.")]
Reference = Annotated[str, typer.Argument(help="The case's reference.", metavar="REF")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are; the customer reads this name.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]
WithDev = Annotated[bool, typer.Option("--dev", help="With the chats of developers (rasa shell, REST).")]


def main() -> None:
    """Runs the command. What goes wrong on purpose is one line on stderr and exit code 1."""
    try:
        app()
    except BadImport as error:
        for problem in error.problems:
            print(f"amends: {problem}", file=sys.stderr)
        print("amends: nothing was taken. Mend these lines, or use --skip-bad to take the others.", file=sys.stderr)
        sys.exit(1)
    except AmendsError as error:
        print(f"amends: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.command()
def up() -> None:
    """Starts everything, and keeps it running until Ctrl-C."""
    from rich.console import Console

    from bot.up import run

    raise SystemExit(run(Console(soft_wrap=True, highlight=False)))


@app.command()
def chat(url: Annotated[str, typer.Option(help="The public address; this installation's own by default.")] = "") -> None:
    """Talks to the assistant from the terminal, through the public door."""
    from bot.commands.chat import talk

    talk(url)


@app.command("check-wording")
def check_wording(
    file: Annotated[Path | None, typer.Argument(help="A text, or responses as .yml; - reads standard input.", metavar="[FILE|-]")] = None,
    text: Annotated[str | None, typer.Option("--text", help="The text itself.", metavar="TEXT")] = None,
    public: Annotated[bool, typer.Option("--public", help="The text is a public reply, which all can read.")] = False,
) -> None:
    """Checks words for customers against the wording rules, and says what would be better; all responses by default."""
    from bot.commands.wording import check

    if not check(file, text, public):
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Prints the version."""
    print(f"amends {installed('amends')}")


@orders.command("import")
def import_orders(file: File, skip_bad: SkipBad = False) -> None:
    """Takes orders in: new ones are added, changed ones updated, the same ones left alone."""
    from bot.commands.imports import take_orders

    take_orders(file, skip_bad)


@incidents.command("import")
def import_incidents(file: File, skip_bad: SkipBad = False) -> None:
    """Takes incidents in, as orders."""
    from bot.commands.imports import take_incidents

    take_incidents(file, skip_bad)


@cases.command("list")
def list_cases(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for a person.")] = False,
    as_json: AsJson = False,
    dev: WithDev = False,
) -> None:
    """Lists cases, oldest first."""
    from bot.commands.cases import show_list

    show_list(waiting, as_json, dev)


@cases.command("show")
def show_case(reference: Reference, as_json: AsJson = False) -> None:
    """Prints one case as a person wants to read it."""
    from bot.commands.cases import show_one

    show_one(reference, as_json)


@cases.command("files")
def case_files(
    reference: Reference,
    to: Annotated[Path, typer.Option("--to", help="The folder to put them in.", file_okay=False)] = Path(),
) -> None:
    """Saves the photos and documents of a case, and says where."""
    from bot.commands.files import save_files

    save_files(reference, to)


@cases.command("export")
def export_cases(dev: WithDev = False) -> None:
    """Writes one JSON object a line, for every case."""
    from bot.commands.cases import show_list

    show_list(waiting=False, as_json=True, dev=dev)


@cases.command("take")
def take_case(reference: Reference, agent: Agent) -> None:
    """Makes you the one who answers; the assistant falls silent."""
    from bot.commands.people import take_one

    take_one(reference, agent)


@cases.command("reply")
def reply_to_case(reference: Reference, text: Annotated[str, typer.Argument(help="What the customer reads.")], agent: Agent) -> None:
    """Answers the customer; that takes the case where nobody has it."""
    from bot.commands.people import reply_to

    reply_to(reference, text, agent)


@cases.command("hand-back")
def hand_back_case(
    reference: Reference,
    note: Annotated[str, typer.Option("--note", help="What you agreed; the customer reads it too.", metavar="TEXT")] = "",
    agent: Annotated[str | None, typer.Option("--agent", help="Who you are.", metavar="NAME")] = None,
) -> None:
    """Gives the chat back to the assistant."""
    from bot.commands.people import give_back

    give_back(reference, note, agent)


@database.command("upgrade")
def upgrade_database() -> None:
    """Brings the database to the version this Amends needs."""
    from bot import settings
    from bot.bootstrap import open_database
    from bot.store import schema

    before, after = schema.upgrade(open_database(settings.read()))
    print(f"The database is at version {after} already." if before == after else f"The database is now at version {after}.")


if __name__ == "__main__":
    main()

"""`amends policy`: whether it is sound, why it said what it said, what it would say, and what a change would change."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The shop's rules on remedies: checked, explained, tried, compared.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("check")
def check_policy(
    folder: Annotated[Path | None, typer.Argument(help="The policy's folder; data/policy by default.", metavar="[FOLDER]")] = None,
) -> None:
    """Reports everything that is wrong with the policy, with file and line; exit code 1 where anything is."""
    from bot.commands.policy import show_checked

    if not show_checked(folder):
        raise typer.Exit(1)


@app.command("show")
def show_policy(
    name: Annotated[str, typer.Argument(help="One file, such as retention; all by name if none is given.", metavar="[NAME]")] = "",
) -> None:
    """Prints the policy in force: its version and files, or what one file holds."""
    from bot.commands.policy_apply import show_in_force

    show_in_force(name)


@app.command("explain")
def explain_decision(
    reference: Annotated[str, typer.Argument(help="A case (A-...) or a remedy (R-...).", metavar="REF")], as_json: AsJson = False
) -> None:
    """Says why something was offered, was not, or needed a person."""
    from bot.commands.policy import show_explained

    show_explained(reference, as_json)


@app.command("try")
def try_policy(
    order: Annotated[str, typer.Option("--order", help="The order's number.", metavar="NUMBER")],
    issue: Annotated[str, typer.Option("--issue", help="What went wrong, such as late_delivery.", metavar="ISSUE")],
    fault: Annotated[str, typer.Option("--fault", help="As if it were this one's fault.", metavar="FAULT")] = "",
    severity: Annotated[str, typer.Option("--severity", help="As if it were so grave: S1 to S4.", metavar="S1")] = "",
    line: Annotated[list[int] | None, typer.Option("--line", help="Only this line of the order; may stand more than once.")] = None,
    quantity: Annotated[int | None, typer.Option("--quantity", help="Of the one line, only so many.")] = None,
    at: Annotated[str, typer.Option("--at", help="As if it were then, such as 2026-11-22T10:00 by the shop's clock.", metavar="TIME")] = "",
    as_json: AsJson = False,
) -> None:
    """Says what the policy would offer for an order, and what not, each with its reasons. Files nothing."""
    from bot.commands.policy import Trial, show_tried

    show_tried(Trial(order, issue, fault, severity, tuple(line or ()), quantity, at), as_json)


@app.command("diff")
def compare_policies(
    old: Annotated[Path, typer.Argument(help="The folder of the policy to compare with.", metavar="OLD_FOLDER")],
    new: Annotated[Path | None, typer.Option("--new", help="The folder of the new one; data/policy by default.", metavar="FOLDER")] = None,
    orders: Annotated[bool, typer.Option("--orders", help="Over every imported order and what may go wrong with it.")] = False,
    picture: Annotated[Path | None, typer.Option("--picture", help="Draws it, as SVG, into this file.", metavar="FILE")] = None,
    at: Annotated[str, typer.Option("--at", help="With --orders: as if it were then.", metavar="TIME")] = "",
    as_json: AsJson = False,
) -> None:
    """Makes past decisions again under an old policy and the present one, and says which would change."""
    from bot.commands.policy_diff import show_diff

    show_diff(old, new, orders, picture, at, as_json)


Sure = Annotated[bool, typer.Option("--yes", help="Without asking once more.")]
By = Annotated[str, typer.Option("--by", help="Who puts it in force; you by default.", metavar="NAME")]


@app.command("apply")
def apply_policy(
    folder: Annotated[Path, typer.Argument(help="The folder of the new policy's files.", metavar="FOLDER")], yes: Sure = False, by: By = ""
) -> None:
    """Puts a policy in force: checks it, shows what would change, asks, and starts what runs anew. The old one is kept."""
    from bot.commands.policy_apply import show_applied

    show_applied(folder, yes, by)


@app.command("versions")
def policy_versions(as_json: AsJson = False) -> None:
    """Lists the versions that were in force, the newest first."""
    from bot.commands.policy_apply import show_versions

    show_versions(as_json)


@app.command("roll-back")
def roll_back_policy(
    version: Annotated[str, typer.Argument(help="As `amends policy versions` lists it.", metavar="VERSION")], yes: Sure = False, by: By = ""
) -> None:
    """Puts an older version in force again, with the same preview."""
    from bot.commands.policy_apply import show_rolled_back

    show_rolled_back(version, yes, by)

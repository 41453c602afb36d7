"""`amends learning` and `amends improvements`: what each case that ended teaches, and what is done about it."""

from typing import Annotated

import typer

app = typer.Typer(help="Learning records: what lies beneath each case that ended.", no_args_is_help=True)
improvements = typer.Typer(help="Improvements: what is done so that a cause does not come back.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(help="The case's reference.", metavar="REF")]
Improvement = Annotated[str, typer.Argument(help="The improvement's id, such as I-7K3M9Q.", metavar="ID")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]
Cause = Annotated[
    str, typer.Option("--root-cause", help="people, process, system, supplier, environment or design_or_wording.", metavar="WORD")
]
Action = Annotated[str, typer.Option("--action", help="prevent, detect or respond.", metavar="WORD")]
Day = Annotated[str, typer.Option("--due", help="By when, such as 2026-12-24.", metavar="DAY")]


@app.command("list")
def list_records(
    which: Annotated[str, typer.Option("--which", help="open, overdue, finished or all.", metavar="WORD")] = "open",
    as_json: AsJson = False,
) -> None:
    """Lists records, the one due first at the top."""
    from bot.commands.learning import show_records

    show_records(which, as_json)


@app.command("show")
def show_record(reference: Reference, as_json: AsJson = False) -> None:
    """Prints the record of a case."""
    from bot.commands.learning import show_record as show

    show(reference, as_json)


@app.command("finish")
def finish_record(
    reference: Reference,
    agent: Agent,
    root_cause: Cause,
    cause: Annotated[str, typer.Option("--cause", help="The cause in one sentence, naming nobody.", metavar="TEXT")],
    controllable: Annotated[bool, typer.Option("--controllable/--not-controllable", help="Whether you could have prevented it.")],
    action: Action = "prevent",
    why: Annotated[list[str] | None, typer.Option("--why", help="And why was that; up to five times.", metavar="TEXT")] = None,
    prevent: Annotated[str, typer.Option("--prevent", help="What would prevent it.", metavar="TEXT")] = "",
    skill: Annotated[str, typer.Option("--skill", help="What somebody needs to learn.", metavar="WORD")] = "",
    team: Annotated[str, typer.Option("--team", help="Of which team, by its key.", metavar="TEAM")] = "",
    improvement: Annotated[str, typer.Option("--improvement", help="An improvement that there is.", metavar="ID")] = "",
    title: Annotated[str, typer.Option("--new-improvement", help="A new one: what is to be done.", metavar="TEXT")] = "",
    assignee: Annotated[str, typer.Option("--assignee", help="Who does the new one.", metavar="NAME")] = "",
    due: Day = "",
    only_product: Annotated[bool, typer.Option("--only-product", help="The new one is about this product only.")] = False,
    alike: Annotated[bool, typer.Option("--alike", help="Says the same of all open records like it.")] = False,
) -> None:
    """Says what lies beneath a case, and who does what about it. Said again, it is corrected."""
    from bot.commands.learning import finish_one

    made = {"title": title, "assignee": assignee, "due_on": due, "only_product": only_product} if title else None
    said = {"root_cause": root_cause, "cause": cause, "controllable": controllable, "action": action, "whys": why or [], "prevent": prevent}
    linked = {"improvement": {"id": improvement} if improvement else made} if improvement or made else {}
    finish_one(reference, agent, {**said, "skill": skill, "team": team, **linked}, alike)


@improvements.command("list")
def list_improvements(
    which: Annotated[str, typer.Option("--which", help="open, overdue, done or all.", metavar="WORD")] = "open",
    as_json: AsJson = False,
) -> None:
    """Lists improvements, with how often their causes came back since they are done."""
    from bot.commands.learning import show_improvements

    show_improvements(which, as_json)


@improvements.command("add")
def add_improvement(
    title: Annotated[str, typer.Argument(help="What is to be done.", metavar="TITLE")],
    agent: Agent,
    assignee: Annotated[str, typer.Option("--assignee", help="Who does it.", metavar="NAME")],
    due: Day,
    action: Action = "prevent",
    issue: Annotated[str, typer.Option("--issue", help="What went wrong, such as late_delivery.", metavar="WORD")] = "",
    root_cause: Cause = "",
    sku: Annotated[str, typer.Option("--sku", help="Only of this product.", metavar="SKU")] = "",
) -> None:
    """Adds one. By issue, root cause and SKU it is seen whether the cause comes back."""
    from bot.commands.learning import add_one

    said = {"title": title, "assignee": assignee, "due_on": due, "action": action, "issue": issue, "root_cause": root_cause, "sku": sku}
    add_one(agent, said)


@improvements.command("done")
def improvement_done(
    improvement: Improvement,
    agent: Agent,
    what_changed: Annotated[
        str, typer.Option("--what-changed", help="What customers who asked read; without it nobody is told.", metavar="TEXT")
    ] = "",
) -> None:
    """Marks it as done, and says what changed."""
    from bot.commands.learning import done_one

    done_one(improvement, agent, what_changed)

"""`amends learn`: the review from the terminal, and teaching the assistant from it with a person's hand on every step."""

import getpass
import json
import sys
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from bot import clock, settings, supervision, teaching, training
from bot.bootstrap import open_database, open_shop
from bot.cases.taught import GUARDED, Example, Lesson, Verdict, f1_by_label, gain, judge
from bot.commands.shop import ready_shop
from bot.commands.tables import console
from bot.errors import BadInput
from bot.evaluation import difference
from bot.evaluation.reading import Assistant, Reads
from bot.evaluation.sets import Measured, measure, named
from bot.handling import drift as drifting
from bot.handling import review
from bot.progress import Progress
from bot.restarting import restart
from bot.settings import Settings
from bot.up import ensure_model

SURE = 0.9  # of the present model: a label that says otherwise is worth a second look
MOST_SHOWN = 12


def show_list(done: bool, as_json: bool) -> None:
    """What waits to be looked at, or what is labelled."""
    found = review.shown(ready_shop(), labelled=done)
    if as_json:
        for row in found["rows"]:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = _table("message", "text", "why", "heard as", "label")
    for row in found["rows"]:
        sure = "" if row["confidence"] is None else f" {row['confidence']:.2f}"
        dev = " (dev)" if row["dev"] else ""
        label = row["label"] or ("not for training" if row["labelled_at"] else f"{row['suggested']}?" if row["suggested"] else "")
        table.add_row(*map(escape, (row["message"], row["text"] or "-", row["why"] + dev, f"{row['heard'] or '-'}{sure}", label)))
    out = console()
    out.print(table if found["rows"] else "Nothing is labelled yet." if done else "Nothing to look at.")
    out.print("{open} to look at, {labelled} labelled, {dropped} left out of training.".format(**found["counts"]))


def label_one(message: str, intent: str | None, who: str) -> None:
    """Labels a message in the name of somebody who may. Raises NotFound, NotAllowed, BadInput."""
    shop = ready_shop()
    said = review.label(shop, review.labeller(shop, who), message, intent, None, clock.now())
    console().print(f"{message}: {said['label'] or 'not for training'}.")


def export(to: Path | None) -> None:
    """Writes what is labelled and new as Rasa's training format, to read through before it is tried."""
    shop, chosen = ready_shop(), settings.read()
    found = _lesson(chosen, [*review.labelled(shop)])
    text = teaching.as_yaml(found.new)
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
    review.note_exported(shop, clock.now())
    _tell_left_out(found, err=True)


def try_out(file: Path | None) -> bool:
    """Trains a candidate and compares it; keeps it where it is better. Whether it is."""
    chosen, out = settings.read(), console()
    labelled = teaching.read(file) if file else [*review.labelled(ready_shop())]
    found = _lesson(chosen, labelled)
    _tell_left_out(found)
    if not found.new:
        raise BadInput(
            "There is nothing new to learn from: label messages in the review, or give a file as `amends learn export` writes it."
        )
    present = ensure_model(chosen, out)
    base = training.digest(chosen.root)
    out.print(f"Training a candidate with {len(found.new)} new sentences. The assistant in use is not touched.")
    with Progress(out, "Training the candidate") as progress:
        candidate = teaching.train_candidate(chosen, found.new, progress.tell)
    before = _measured(chosen, present, "Measuring the present assistant", found.new)
    after = _measured(chosen, candidate, "Measuring the candidate")
    verdict = judge(before.figures, after.figures, before.pairs, after.pairs)
    show(before, after, verdict, chosen.root / "results" / "learn_difference.svg")
    if not verdict.is_better:
        teaching.forget_candidate(chosen)
        out.print("Not kept. The assistant stays as it is.")
        return False
    teaching.keep_candidate(chosen, base, found.new, verdict.gain, clock.now())
    out.print("Kept. `amends learn accept` puts it in use; until then the assistant stays as it is.")
    return True


def accept(who: str) -> None:
    """Puts the candidate in use, and has the assistant start anew with it."""
    chosen, by = settings.read(), who or getpass.getuser()
    done = teaching.accept(chosen, by, clock.now())
    _note(chosen, by, "teaching.accepted", model=done.model, before=done.model_before, examples=done.examples)
    _use(chosen, chosen.root / "models" / done.model, f"{done.examples} sentences are learned ({teaching.LEARNED}).")
    console().print("To go back: amends learn rollback")


def roll_back(who: str) -> None:
    """Goes back to the model before what was accepted last."""
    chosen, by = settings.read(), who or getpass.getuser()
    taken, model = teaching.roll_back(chosen)
    _note(chosen, by, "teaching.rolled_back", model=model.name, before=taken.model, examples=taken.examples)
    _use(chosen, model, f"{taken.examples} sentences are forgotten; they stay labelled in the review.")


def show_drift(picture: Path | None, as_json: bool) -> None:
    """What changes from week to week."""
    found = drifting.drift(ready_shop(), clock.now())
    if picture:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(drifting.picture(found), encoding="utf-8")
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    out, table = console(), _table("week from", "messages", "complaints", "confidence")
    for week in found.weeks:
        sure = "-" if week.mean is None else f"{week.mean:.2f}"
        table.add_row(f"{week.begins:%Y-%m-%d}", str(week.messages), str(week.complaints), sure)
    out.print(table)
    for line in drifting.told(found):
        out.print(escape(line))
    if picture:
        out.print(f"Drawn: {picture}")


def show(before: Measured, after: Measured, verdict: Verdict, drawn: Path) -> None:
    """The figures side by side, and the picture of them."""
    out, table = console(), _table("figure", "present", "candidate", "")
    for name, now in after.figures.items():
        was = before.figures[name]
        table.add_row(f"{name}{' (guarded)' if name in GUARDED else ''}", f"{was:.3f}", f"{now:.3f}", _step(gain(name, now, was)))
    old, new = f1_by_label(before.pairs), f1_by_label(after.pairs)
    for name in old:
        table.add_row(f"F1 of {name}", f"{old[name]:.3f}", f"{new[name]:.3f}", _step(new[name] - old[name]))
    out.print(table)
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(difference.picture(before, after, verdict), encoding="utf-8")
    out.print(f"Drawn: {drawn}")
    out.print(escape(verdict.why), style="green" if verdict.is_better else "yellow")


def _step(step: float) -> str:
    return "" if abs(step) < 0.0005 else f"[green]better by {step:.3f}" if step > 0 else f"[red]worse by {-step:.3f}"


def _measured(chosen: Settings, model: Path, what: str, labelled: tuple[Example, ...] = ()) -> Measured:
    out = console()
    with Assistant(chosen.root, model) as assistant, Progress(out, what) as progress:
        found = measure(assistant, progress.tell)
        against = _against(assistant, labelled)
    for text, said, heard in against[:MOST_SHOWN]:
        out.print(escape(f"Look again: {text[:80]!r} is labelled {said}; the present assistant is sure that it is {heard}."))
    return found


def _against(reads: Reads, labelled: tuple[Example, ...]) -> list[tuple[str, str, str]]:
    """Labels that the present model is sure are wrong."""
    parses = [(one, reads.parse(one.text)) for one in labelled]
    return [
        (one.text, one.intent, named(parse))
        for one, parse in parses
        if parse["intent"]["confidence"] >= SURE and named(parse) != one.intent
    ]


def _lesson(chosen: Settings, labelled: list[Example]) -> Lesson:
    return teaching.new_in(chosen.root, labelled)


def _tell_left_out(found: Lesson, err: bool = False) -> None:
    said = [f"{len(found.new)} new, {found.twice} known already."]
    said += [f"Labelled in two ways, and left out: {one[:80]!r}. Label it anew in the review." for one in found.torn[:MOST_SHOWN]]
    for line in said:
        typer.echo(line, err=err)


def _note(chosen: Settings, by: str, act: str, **detail: object) -> None:
    database = open_database(chosen)
    with open_shop(chosen, database).begin(True) as uow:
        uow.note(None, by, act, clock.now(), **detail)
    database.close()


def _use(chosen: Settings, model: Path, said: str) -> None:
    out = console()
    out.print(said)
    if not model.exists():
        out.print(f"{model.name} is not here any more: it is trained at the next `amends up`.")
        return
    supervision.use_model(chosen, model)
    running = restart(chosen, ("assistant",))
    out.print(f"{model.name} is in use{'' if running else ' from the next start: nothing runs here'}.")


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head)
    return table

"""`review`: what was reviewed as files, and back; what several stores hold, put together."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.options import (
    CsvSafeOption,
    DatasetArgument,
    ForceOption,
    chooses,
    default_store,
    opened,
    refuse_damaged,
    refuse_existing,
    split_dataset,
)
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.store.reviews import ReviewLog

ReviewFormatOption = Annotated[
    Literal["csv", "jsonl", "coco"],
    typer.Option("--format", help="csv and coco hold what stands; jsonl every edit of everyone, and queues."),
]
ReviewOut = Annotated[Path | None, typer.Option("--out", help="The file to write. Default: standard output.")]
ReviewFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A file that `review export` wrote, edited.")
]
ReviewSources = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", help="JSONL files, folders `reviews`, or other stores."),
]
SuspectFormatOption = Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="The output format.")]
LimitOption = Annotated[int, typer.Option(min=1, help="At most so many.")]
PersonOption = Annotated[
    str, typer.Option("--user", help="Who says it. Default: AQUARIUM_USER, or who is logged in.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Export, import and merge what was reviewed; list suspected label errors.", no_args_is_help=True
    )
    group.command("export")(export_reviews)
    group.command("import")(import_reviews)
    group.command("merge")(merge_reviews)
    group.command("suspects")(chooses(list_suspects))
    app.add_typer(group, name="review")


def _log(dataset: str) -> "tuple[ReviewLog, str, str]":
    from aquarium_tui.store.reviews import ReviewLog

    project, name = split_dataset(dataset)
    log = ReviewLog(default_store().dataset_folder(project, name))
    log.read()
    for sentence in log.damage:
        typer.echo(f"aquarium-tui: {sentence}", err=True)
    return log, project, name


def export_reviews(
    dataset: DatasetArgument,
    format_: ReviewFormatOption = "csv",
    *,
    out: ReviewOut = None,
    csv_safe: CsvSafeOption = False,
    force: ForceOption = False,
) -> None:
    """Write what was reviewed: as a table, as every edit, or as COCO with verdicts."""
    from aquarium_tui.publish import write_text
    from aquarium_tui.review import as_coco, as_csv, as_jsonl

    log, project, name = _log(dataset)
    if format_ == "coco":
        text = as_coco(log.edits(), default_store().load_dataset(project, name))
    else:
        text = "".join(as_csv(log.edits(), csv_safe) if format_ == "csv" else as_jsonl(log.read()))
    if out is None:
        sys.stdout.write(text)
        return
    refuse_existing(out, force)
    write_text(out, text)


def import_reviews(dataset: DatasetArgument, file: ReviewFile, *, user: PersonOption = "") -> None:
    """Import reviews: from CSV and COCO what differs from the store, from JSONL every edit."""
    from aquarium_tui.review import lines_in, merged, read_reviews
    from aquarium_tui.store.reviews import SUFFIX, person

    log, project, name = _log(dataset)
    if file.suffix == SUFFIX:
        new = merged(log, lines_in(file, project, name))
        typer.echo(f"{visible(file.name)}: {counted(new, 'new line')}")
        return
    loaded = default_store().load_dataset(project, name)
    found = read_reviews(file, loaded, log.edits(), person(user))
    log.append(found.edits)
    typer.echo(f"{visible(file.name)}: {counted(found.rows, 'row')}, {counted(len(found.edits), 'edit')}")
    for sentence in found.problems:
        typer.echo(f"  left out: {sentence}")


def list_suspects(
    choice: Choice,
    format_: SuspectFormatOption = "csv",
    *,
    csv_safe: CsvSafeOption = False,
    limit: LimitOption = 200,
) -> None:
    """Print suspected label errors, the likeliest first: what all inference sets say against labels."""
    from aquarium_tui.review import suspect_lines
    from aquarium_tui.session.reviews import Suspicions

    view = opened(choice)
    if view.comparison.no_objects or len(view.sets) < 2:
        raise UsageError(
            "Label errors are suspected where two or more sets of objects agree against a label.",
            "Upload another inference set.",
        )
    found = Suspicions(default_store()).of(view)[:limit]
    verdicts = [view.reviews.of(each.subject).verdict for each in found]
    sys.stdout.writelines(suspect_lines(found, verdicts, format_, csv_safe))
    refuse_damaged(default_store().dataset_card(view.choice.project, view.choice.dataset))


def merge_reviews(dataset: DatasetArgument, paths: ReviewSources) -> None:
    """Take over the edits of other stores or files, with who made each and when."""
    from aquarium_tui.review import lines_in, merged

    log, project, name = _log(dataset)
    read = [(path, lines_in(path, project, name)) for path in paths]
    for path, lines in read:
        new = merged(log, lines)
        typer.echo(f"{visible(str(path))}: {counted(len(lines), 'line')}, {new} of them new")

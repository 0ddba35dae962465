"""Figures beyond those of one comparison: `slices`, `leaderboard`, and `explain` for those of other tools."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.options import (
    CsvSafeOption,
    chooses,
    default_store,
    opened,
    progress_bar,
    refuse_damaged,
    split_dataset,
)
from aquarium_tui.errors import AmbiguousError, UsageError
from aquarium_tui.model.settings import Rule
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.compare.comparison import Comparison
    from aquarium_tui.explain.explanation import Asked


FindOption = Annotated[
    bool, typer.Option("--find", help="Search for slices whose delta of recall differs from the rest.")
]
PrecisionOption = Annotated[bool, typer.Option("--ap", help="Add AP of each slice, which takes a while.")]
MeasureOption = Annotated[
    bool, typer.Option("--measure", help="First measure brightness and blur of all images, for good.")
]
FeaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--features",
        metavar="FILE",
        help="First read features of the frames, for good: a table with their ids, or a .npy of vectors.",
    ),
]
SliceFormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="The output format.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(chooses(slices))
    app.command()(chooses(leaderboard))
    app.command()(explain)


def slices(
    choice: Choice,
    *,
    find: FindOption = False,
    ap: PrecisionOption = False,
    measure: MeasureOption = False,
    features: FeaturesOption = None,
    format_: SliceFormatOption = "text",
) -> None:
    """Compare two sets on slices of objects: by size, shape, position, class, attributes, metadata, …."""
    from aquarium_tui.compare.slice_table import found_table, precisions, ready_table
    from aquarium_tui.report.leaderboard import slice_document, slice_lines

    if measure or features:
        _measure(choice, measure, features)
    view = opened(choice)
    if find and not view.comparison.other:
        raise UsageError("A search needs two sets.", "Name another set with --other.")
    doing = "searching for slices" if find else "comparing slices"
    with progress_bar() as report:
        report(doing, 0, 1)
        made = found_table if find else ready_table
        table = made(view.binding, view.comparison, progress=partial(report, doing))
        precision = []
        for each in precisions(view.comparison, table) if ap else ():
            precision.append(each)
            report("AP of slices", len(precision), len(table.parts))
    if format_ == "json":
        sys.stdout.write(slice_document(table, precision))
        return
    for line in slice_lines(table, precision):
        typer.echo(line)


def _measure(choice: Choice, images: bool, path: Path | None) -> None:
    """Add measures to those that the dataset has, in the place of those of the same names."""
    from aquarium_tui.session.measures import appearances, features
    from aquarium_tui.store.measures import read_measures, write_measures

    store = default_store()
    folder = store.dataset_folder(choice.project, choice.dataset)
    dataset = store.load_dataset(choice.project, choice.dataset)
    found = read_measures(folder, dataset.frames)
    if images:
        with progress_bar() as report:
            found |= appearances(dataset, lambda done, total: report("looking at images", done, total))
    if path:
        read = features(dataset, path)
        taken = [name for name in read if name in dataset.frames.metadata]
        if taken:
            raise UsageError(f"Frames have {taken[0]} already, as metadata.", "Name the feature otherwise.")
        found |= read
    write_measures(folder, dataset.frames, found)


LeaderboardFormatOption = Annotated[
    Literal["text", "json", "csv"], typer.Option("--format", help="The output format.")
]
ParetoOption = Annotated[
    str,
    typer.Option(
        "--pareto",
        metavar="FIGURE,FIGURE",
        help="Mark the sets that no other one beats in both figures, such as f1,latency_ms.",
    ),
]


def leaderboard(
    choice: Choice, format_: LeaderboardFormatOption = "text", *, pareto: ParetoOption = ""
) -> None:
    """Compare all inference sets with one base: figures, wins and losses, and the Pareto front."""
    from aquarium_tui.report.leaderboard import leaderboard_csv, leaderboard_json, leaderboard_lines
    from aquarium_tui.session.comparisons import leaderboard as of_choice
    from aquarium_tui.session.session import Session
    from aquarium_tui.work.executor import Watch

    session = Session(default_store())
    names = [name.strip() for name in pareto.split(",") if name.strip()]
    with progress_bar() as report:
        watch = Watch(partial(report, "counting sets"))
        found = of_choice(session, choice, watch, names)
        sources, card = session.sources(choice, watch)
        dataset = sources.dataset
    if format_ == "json":
        sys.stdout.write(leaderboard_json(found, dataset))
    elif format_ == "csv":
        sys.stdout.write(leaderboard_csv(found))
    else:
        sys.stdout.writelines(f"{line}\n" for line in leaderboard_lines(found, dataset))
    refuse_damaged(card)


_LISTED = 20
"""Objects that text lists without `--limit`: a screen of them, after the figures and the reasons."""

ToolName = Literal["ultralytics", "supervision", "mmdet", "fiftyone", "detectron2", "pycocotools"]

_Dataset = Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]
_Set = Annotated[
    str, typer.Option("--set", metavar="ID", help="The inference set; may be left out if there is one.")
]
_As = Annotated[ToolName, typer.Option("--as", help="The tool whose rule is applied; see docs/explain.md.")]
_Release = Annotated[
    str, typer.Option(help="A release of the tool, or part of its number, to apply an older rule.")
]
_Matrix = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="A confusion matrix written by the tool, to compare against."),
]
_Figures = Annotated[
    list[str] | None,
    typer.Option("--figure", metavar="NAME=VALUE", help="A figure that the tool printed, such as AP50=.412."),
]
_TheirConfidence = Annotated[
    float | None, typer.Option(min=0.0, max=1.0, help="The tool's confidence threshold, if not its default.")
]
_TheirIou = Annotated[
    float | None, typer.Option(min=0.01, max=1.0, help="The tool's IoU threshold, if not its default.")
]
_Limit = Annotated[
    int | None,
    typer.Option(min=0, help="The most objects to list; 0 lists all. 20 in text, all in JSON and CSV."),
]
_Format = Annotated[
    Literal["text", "json", "csv"],
    typer.Option("--format", help="The output format; csv writes the objects."),
]


def explain(
    dataset: _Dataset,
    *,
    as_: _As,
    set_: _Set = "",
    release: _Release = "",
    matrix: _Matrix = None,
    figures: _Figures = None,
    their_confidence: _TheirConfidence = None,
    their_iou: _TheirIou = None,
    confidence: Annotated[float | None, typer.Option(help="The confidence threshold on screen.")] = None,
    iou: Annotated[float | None, typer.Option(help="The IoU threshold on screen.")] = None,
    rule: Annotated[Rule | None, typer.Option(help="Which pair is matched first on screen.")] = None,
    query: Annotated[str, typer.Option(help="Only frames that a query selects; see docs/query.md.")] = "",
    limit: _Limit = None,
    format_: _Format = "text",
    csv_safe: CsvSafeOption = False,
) -> None:
    """Reproduce another tool's confusion matrix and figures, and list what it counts differently."""
    from aquarium_tui.explain import document
    from aquarium_tui.explain.explanation import explain as explained

    asked = _asked(as_, release=release, matrix=matrix, figures=figures or [])
    asked = replace(asked, confidence=their_confidence, iou=their_iou)
    choice = Choice(
        *split_dataset(dataset), base=set_, confidence=confidence, iou=iou, rule=rule, query=query
    )
    found = explained(_one_set(choice), asked)
    listed = _LISTED if format_ == "text" else 0
    most = listed if limit is None else limit
    if format_ == "csv":
        sys.stdout.write(document.as_csv(found, most, csv_safe))
    else:
        sys.stdout.write({"text": document.as_text, "json": document.as_json}[format_](found, most))


def _asked(name: str, *, release: str, matrix: Path | None, figures: list[str]) -> "Asked":
    from aquarium_tui.explain.explanation import Asked
    from aquarium_tui.explain.figures import given_figure
    from aquarium_tui.explain.matrices import read_matrix
    from aquarium_tui.explain.rules import tool_named

    tool = tool_named(name)
    given = tuple(given_figure(text, tool) for text in figures)
    return Asked(tool, release, matrix=read_matrix(matrix) if matrix else None, figures=given)


def _one_set(choice: Choice) -> "Comparison":
    """The comparison of one set; of a dataset with several, one must be named."""
    try:
        comparison = opened(choice).comparison
    except AmbiguousError:
        hint = f"Name one with --set; `aquarium-tui show {choice.title}` lists them."
        raise UsageError(f"{choice.title} has several inference sets.", hint) from None
    if comparison.other:
        known = f"{comparison.base.id} and {comparison.other.id}"
        raise UsageError(f"{choice.title} has the sets {known}.", "Name one of them with --set.")
    return comparison

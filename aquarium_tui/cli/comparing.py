"""`compare` and `objects`: a comparison, and the objects behind a cell of it, on stdout."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli import choosing
from aquarium_tui.cli.cells import cell_of, lists_of

if TYPE_CHECKING:
    from aquarium_tui.store import Store

TextFormat = Annotated[Literal["text", "json"], typer.Option("--format", help="How to write it.")]
RecordFormat = Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="How to write them.")]
CellName = Annotated[
    str,
    typer.Option(
        "--cell",
        metavar="LABEL:INFERRED",
        help="The cell; background:car are spurious cars, car:background missed ones.",
    ),
]
ListName = Annotated[
    Literal["fixed", "introduced", "moved", "unchanged", "lost", "gained", "kept"] | None,
    typer.Option(
        "--list", help="One list of the cell; lost, gained and kept are of diagonal cells. All if left out."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(compare)
    app.command()(objects)


def compare(
    dataset: choosing.DatasetName,
    *,
    base: choosing.Base = "",
    other: choosing.Other = "",
    confidence: choosing.Confidence = None,
    base_confidence: choosing.BaseConfidence = None,
    other_confidence: choosing.OtherConfidence = None,
    iou: choosing.Iou = None,
    rule: choosing.MatchingRule = None,
    format_: TextFormat = "text",
) -> None:
    """Print how two inference sets compare, or the numbers of one alone."""
    from aquarium_tui.report import as_json, as_text

    comparison = choosing.asked_comparison(
        dataset,
        (base, other),
        confidence=confidence,
        base_confidence=base_confidence,
        other_confidence=other_confidence,
        iou=iou,
        rule=rule,
    )
    sys.stdout.write(as_json(comparison) if format_ == "json" else as_text(comparison))


def objects(
    dataset: choosing.DatasetName,
    *,
    cell: CellName,
    list_: ListName = None,
    base: choosing.Base = "",
    other: choosing.Other = "",
    confidence: choosing.Confidence = None,
    base_confidence: choosing.BaseConfidence = None,
    other_confidence: choosing.OtherConfidence = None,
    iou: choosing.Iou = None,
    rule: choosing.MatchingRule = None,
    format_: RecordFormat = "csv",
) -> None:
    """Print the objects behind a cell of the confusion, one a line."""
    from aquarium_tui.report import as_csv, as_jsonl, object_records

    comparison = choosing.asked_comparison(
        dataset,
        (base, other),
        confidence=confidence,
        base_confidence=base_confidence,
        other_confidence=other_confidence,
        iou=iou,
        rule=rule,
    )
    place = cell_of(cell, comparison.classes)
    lists = lists_of(list_, place)
    records = (record for which in lists for record in object_records(comparison, place, which))
    sys.stdout.writelines(as_csv(records) if format_ == "csv" else as_jsonl(records))


def print_comparison(store: "Store", project: str, dataset: str, base: str, other: str) -> None:
    """Print a stored comparison as text, under the settings of its project."""
    from aquarium_tui.report import as_text

    settings = store.project(project).settings
    sys.stdout.write(as_text(choosing.load_comparison(store, project, dataset, (base, other), settings)))

"""`slices`: the figures of ready-made slices of objects, and the slices that a search finds."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from aquarium_tui.cli.options import chooses, default_store, opened, progress_bar
from aquarium_tui.errors import UsageError
from aquarium_tui.session.choice import Choice

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
    """Add the command."""
    app.command()(chooses(slices))


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
    from aquarium_tui.report.slices import slice_document, slice_lines

    if measure or features:
        _measure(choice, measure, features)
    view = opened(choice)
    if find and not view.comparison.other:
        raise UsageError("A search needs two sets.", "Name another set with --other.")
    table = (found_table if find else ready_table)(view.binding, view.comparison)
    precision = list(precisions(view.comparison, table)) if ap else []
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

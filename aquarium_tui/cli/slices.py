"""`slices`: the figures of ready-made slices of objects, and the slices that a search finds."""

import sys
from typing import Annotated, Literal

import typer

from aquarium_tui.cli.options import chooses, opened
from aquarium_tui.errors import UsageError
from aquarium_tui.session.choice import Choice

FindOption = Annotated[
    bool, typer.Option("--find", help="Search for slices whose delta of recall differs from the rest.")
]
PrecisionOption = Annotated[bool, typer.Option("--ap", help="Add AP of each slice, which takes a while.")]
SliceFormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="The output format.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chooses(slices))


def slices(
    choice: Choice,
    *,
    find: FindOption = False,
    ap: PrecisionOption = False,
    format_: SliceFormatOption = "text",
) -> None:
    """Compare two sets on slices of objects: by size, shape, position, class, attributes, metadata, …."""
    from aquarium_tui.compare.slice_table import found_table, precisions, ready_table
    from aquarium_tui.report.slices import slice_document, slice_lines

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

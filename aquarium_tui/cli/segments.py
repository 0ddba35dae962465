"""`segments`: saved queries and saved sets of frames."""

from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.options import DatasetArgument, chooses, default_store, opened, split_dataset
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.store import Segments

NameArgument = Annotated[str, typer.Argument(help="The name of the segment.")]
SnapshotOption = Annotated[
    bool, typer.Option("--snapshot", help="Save the frames that the query selects now, not the query.")
]
NameOption = Annotated[str, typer.Option("--name", help="The name of the segment.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Saved queries and sets of frames of a dataset.", no_args_is_help=True)
    group.command("list")(list_segments)
    group.command()(chooses(save))
    group.command()(rename)
    group.command("rm")(remove)
    app.add_typer(group, name="segments")


def _segments(dataset: str) -> "Segments":
    from aquarium_tui.store import Segments

    return Segments(default_store().dataset_folder(*split_dataset(dataset)))


def list_segments(dataset: DatasetArgument) -> None:
    """List the segments: their names, whether they are live or how many frames they hold, their queries."""
    found = _segments(dataset).all()
    width = max((len(visible(segment.name)) for segment in found), default=0)
    for segment in found:
        kind = "live" if segment.frames is None else f"{len(segment.frames)} frames"
        typer.echo(f"{visible(segment.name):<{width}}  {kind:<12}  {visible(segment.query)}")


def save(choice: Choice, name: NameOption, snapshot: SnapshotOption = False) -> None:
    """Save a query as a segment, for --segment NAME and for queries with frame.segment = "NAME"."""
    from aquarium_tui.compare.segments import snapshot as taken
    from aquarium_tui.model.problems import Segment

    if not choice.query:
        raise UsageError("--query is missing.", "It says which frames the segment selects.")
    view = opened(choice)
    segment = Segment(name, choice.query)
    if snapshot:
        segment = taken(view.comparison, view.binding, name, choice.query)
    saved = _segments(choice.title).save(segment)
    selected = len(view.frame_order)
    typer.echo(f"{visible(saved.name)}: {'live, now ' if saved.live else ''}{selected} frames")


def rename(
    dataset: DatasetArgument, name: NameArgument, new: Annotated[str, typer.Argument(help="The new name.")]
) -> None:
    """Rename a segment."""
    _segments(dataset).rename(name, new)


def remove(dataset: DatasetArgument, name: NameArgument) -> None:
    """Delete a segment; its frames stay in the dataset."""
    _segments(dataset).delete(name)

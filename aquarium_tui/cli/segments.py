"""`segments`: saved queries and saved sets of frames."""

from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.options import chooses, opened, split_dataset
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.store import Segments

DatasetName = Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]
Name = Annotated[str, typer.Argument(help="The segment's name.")]
Snapshot = Annotated[bool, typer.Option("--snapshot", help="Keep the frames it selects now, not the query.")]
NewName = Annotated[str, typer.Option("--name", help="What to call it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Saved queries and sets of frames of a dataset.", no_args_is_help=True)
    group.command("list")(list_segments)
    group.command()(chooses(save))
    group.command()(rename)
    group.command("rm")(remove)
    app.add_typer(group, name="segments")


def _segments(dataset: str) -> "Segments":
    from aquarium_tui.store import Segments, Store

    return Segments(Store.default().dataset_folder(*split_dataset(dataset)))


def list_segments(dataset: DatasetName) -> None:
    """List the segments: name, live or how many frames, query."""
    found = _segments(dataset).all()
    width = max((len(visible(segment.name)) for segment in found), default=0)
    for segment in found:
        kind = "live" if segment.frames is None else f"{len(segment.frames)} frames"
        typer.echo(f"{visible(segment.name):<{width}}  {kind:<12}  {visible(segment.query)}")


def save(choice: Choice, name: NewName, snapshot: Snapshot = False) -> None:
    """Save a query as a segment, to be used as frame.segment = "NAME"."""
    from aquarium_tui.compare.segments import snapshot as taken
    from aquarium_tui.model.segments import Segment

    if not choice.query:
        raise UsageError("--query is missing: what the segment selects.")
    view = opened(choice)
    segment = Segment(name, choice.query)
    if snapshot:
        segment = taken(view.comparison, view.binding, name, choice.query)
    saved = _segments(choice.title).save(segment)
    selected = len(view.frame_order)
    typer.echo(f"{visible(saved.name)}: {'live, now ' if saved.live else ''}{selected} frames")


def rename(
    dataset: DatasetName, name: Name, new: Annotated[str, typer.Argument(help="Its new name.")]
) -> None:
    """Give a segment another name."""
    _segments(dataset).rename(name, new)


def remove(dataset: DatasetName, name: Name) -> None:
    """Delete a segment; its frames stay."""
    _segments(dataset).delete(name)

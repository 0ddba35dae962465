"""`export`: writes a dataset, inference sets or what a query selects as files for other tools."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aquarium_tui.cli.options import ForceOption, chooses, default_store, opened
from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice

ExportFormatOption = Annotated[Literal["coco", "yolo", "jsonl"], typer.Option("--format", help="The format.")]
FolderOption = Annotated[Path, typer.Option(help="The folder to write to; new or empty.")]
SetsOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="An inference set to export as well; may be repeated.")
]
WithImagesOption = Annotated[bool, typer.Option("--with-images", help="Copy the images too.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


@chooses
def export(
    choice: Choice,
    *,
    out: FolderOption,
    format_: ExportFormatOption = "coco",
    inferences: SetsOption = None,
    with_images: WithImagesOption = False,
    force: ForceOption = False,
) -> None:
    """Export frames with their labels, all or those of a query, for labelling or training."""
    from aquarium_tui.export import batch_of, write_batch
    from aquarium_tui.model.numbers import grouped

    store, project, name = default_store(), choice.project, choice.dataset
    dataset = store.load_dataset(project, name)
    sets = [store.load_inferences(project, name, id_) for id_ in dict.fromkeys(inferences or ())]
    selection = opened(choice).selection if choice.query or choice.segment else None
    frames = selection.frames if selection else None
    batch = batch_of(dataset, sets, frames)
    written = write_batch(batch, format_, out, with_images=with_images, force=force)
    labels = batch.dataset.masks.count if batch.dataset.masks else len(batch.dataset.labels)
    counts = f"{grouped(len(batch.dataset.frames))} frames, {grouped(labels)} labels"
    typer.echo(f"{visible(str(out))}: {counts}" + "".join(f", {one.id}" for one in batch.sets))
    for note in written.notes:
        typer.echo(f"  {visible(note)}")
    for options in written.uploads:
        typer.echo(
            f"upload again: aquarium-tui upload --project PROJECT --dataset DATASET {visible(options)}"
        )

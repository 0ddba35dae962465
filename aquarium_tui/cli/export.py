"""`export` and `render`: frames as files for other tools, and one frame as a picture."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.comparison import cell_of
from aquarium_tui.cli.options import ForceOption, chooses, default_store, opened, refuse_existing
from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aquarium_tui.compare.objects.comparison import ObjectComparison
    from aquarium_tui.drawing.crops import CropDrawing
    from aquarium_tui.drawing.drawing import Drawing
    from aquarium_tui.model.tables import Dataset, InferenceSet
    from aquarium_tui.session.view import View

ExportFormatOption = Annotated[
    Literal["coco", "yolo", "cvat", "label-studio", "jsonl"], typer.Option("--format", help="The format.")
]
FolderOption = Annotated[Path, typer.Option(help="The folder to write to; new or empty.")]
SetsOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="An inference set to export as well; may be repeated.")
]
WithImagesOption = Annotated[bool, typer.Option("--with-images", help="Copy the images too.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(export)
    app.command()(render)


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
    """Export frames with their labels, all or those of a query or a slice, for labelling or training."""
    from aquarium_tui.export import batch_of, with_reviews, write_batch
    from aquarium_tui.model.numbers import counted

    store, project, name = default_store(), choice.project, choice.dataset
    dataset = store.load_dataset(project, name)
    sets = [store.load_inferences(project, name, id_) for id_ in dict.fromkeys(inferences or ())]
    narrowed = choice.query or choice.segment or choice.only
    view = opened(choice) if narrowed else None
    frames = view.selection.frames if view and view.selection else None
    if view and view.comparison.inside is not None:
        dataset, sets = _in_slice(choice, dataset, sets)
    elif view:
        # A slice numbers its labels anew, so that what was said cannot be told to them.
        dataset = with_reviews(dataset, view.reviews, _of_objects(view))
    batch = batch_of(dataset, sets, frames)
    written = write_batch(batch, format_, out, with_images=with_images, force=force)
    labels = int(batch.dataset.label_counts.sum())
    counts = f"{counted(len(batch.dataset.frames), 'frame')}, {counted(labels, 'label')}"
    typer.echo(f"{visible(str(out))}: {counts}" + "".join(f", {one.id}" for one in batch.sets))
    for note in written.notes:
        typer.echo(f"  {visible(note)}")
    for options in written.uploads:
        typer.echo(
            f"upload again: aquarium-tui upload --project PROJECT --dataset DATASET {visible(options)}"
        )
    if choice.query:
        labels_options = visible(written.uploads[0])
        typer.echo(
            f"corrected: aquarium-tui upload --project {visible(choice.project)} "
            f"--dataset {visible(choice.dataset)} {labels_options} --append"
        )


def _of_objects(view: "View") -> "ObjectComparison | None":
    from aquarium_tui.compare.objects.comparison import ObjectComparison

    return view.comparison if isinstance(view.comparison, ObjectComparison) else None


def _in_slice(
    choice: Choice, dataset: "Dataset", sets: "Sequence[InferenceSet]"
) -> "tuple[Dataset, list[InferenceSet]]":
    """The dataset and its sets without what the slice leaves out; of labels as base and other have it."""
    from aquarium_tui.compare.objects.comparison import ObjectComparison

    comparison, found = opened(choice).comparison, []
    assert isinstance(comparison, ObjectComparison)
    for one in sets:
        alone = opened(replace(choice, base=one.id, other="")).comparison
        assert isinstance(alone, ObjectComparison)
        found.append(replace(one, objects=alone.exported(dataset.labels, "base")[1]))
    return replace(dataset, labels=comparison.exported(dataset.labels, "base")[0]), found


FrameId = Annotated[str, typer.Argument(metavar="FRAME", help="The frame, by its id.")]
PictureFile = Annotated[Path, typer.Option(help="The picture file; its suffix sets the format.")]
ShownMasks = Annotated[
    Literal["diff", "all", "labels", "base", "other"],
    typer.Option(help="For masks: draw the diff map, or these masks over the photo."),
]
Opacity = Annotated[float, typer.Option(min=0, max=1, help="Opacity of the masks over the photo.")]
DiffCell = Annotated[
    str,
    typer.Option(
        "--cell",
        metavar="LABEL:INFERRED",
        help="For masks: show only this cell in the diff map. For objects: look closely at the first in it.",
    ),
]
ObjectId = Annotated[
    str,
    typer.Option("--object", metavar="ID", help="Look closely at the object of this label or inference."),
]
DetailOption = Annotated[
    Literal["auto", "full", "changes"],
    typer.Option(
        help="In frames with many objects, draw unchanged objects as outlines, like the rest, or not at all."
    ),
]
RegionOption = Annotated[
    str,
    typer.Option(
        "--region",
        metavar="LEFT,TOP,RIGHT,BOTTOM",
        help="Draw only this part of the frame, in its pixels.",
    ),
]
HideOption = Annotated[
    str, typer.Option("--hide", metavar="labels,base,other", help="For objects: leave some of these out.")
]
ByChangeOption = Annotated[
    bool, typer.Option("--by-change", help="For objects: colour by change instead of by class.")
]
OutlineOption = Annotated[bool, typer.Option("--outline", help="For masks: draw outlines.")]
CLOSE_WIDTH = 960
"""The least width of a close look in pixels: the part of the frame that it shows may have few."""
Width = Annotated[int | None, typer.Option(min=1, help="Width in pixels. Default: the frame's width.")]


@chooses
def render(
    choice: Choice,
    frame: FrameId,
    *,
    out: PictureFile,
    width: Width = None,
    masks: ShownMasks = "diff",
    opacity: Opacity = 0.6,
    cell: DiffCell = "",
    object_id: ObjectId = "",
    detail: DetailOption = "auto",
    region: RegionOption = "",
    hide: HideOption = "",
    by_change: ByChangeOption = False,
    outline: OutlineOption = False,
    force: ForceOption = False,
) -> None:
    """Write one frame, with its labels and inferences drawn on it, to a picture file."""
    from aquarium_tui.config import read_config
    from aquarium_tui.drawing.crops import CropDrawing
    from aquarium_tui.drawing.drawing import picture
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.kinds.kind import PictureOptions
    from aquarium_tui.render.palette import palette
    from aquarium_tui.store.atomic import new_file, sweep

    refuse_existing(out, force)
    view = opened(choice)
    row = view.comparison.dataset.frames.row_by_id.get(frame)
    if row is None:
        raise NotFoundError(f"There is no frame {visible(frame)} in {choice.title}.")
    place = cell_of(cell, view.comparison.classes) if cell else None
    colors = palette(read_config().palette)
    drawing = kind_of(view.comparison.dataset.project).picture(
        view,
        row,
        PictureOptions(masks, opacity, place, colors, object_id, detail, _hidden(hide), by_change, outline),
    )
    if region:
        drawing = _part_of(drawing, region)
    if isinstance(drawing, CropDrawing):
        width = width or max(CLOSE_WIDTH, drawing.size[0])
    image = picture(drawing, width)
    with suppress(OSError):
        sweep(out.parent)
    try:
        with new_file(out) as temporary:
            image.save(temporary)
    except ValueError as error:
        raise UsageError(
            f"{visible(out.name)} does not end in the suffix of a picture format.",
            "Name it x.png, for example.",
        ) from error
    except OSError as error:
        raise StoreError(f"{visible(str(out))} cannot be written: {error.strerror or error}.") from error
    shows_photo = not view.comparison.no_objects or masks != "diff"
    reason = _unreadable(view, row) if shows_photo else ""
    if reason:
        typer.echo(
            f"aquarium-tui: the image is missing from {visible(str(out))}: {visible(reason)}", err=True
        )
        raise typer.Exit(1)


def _hidden(text: str) -> tuple[str, ...]:
    """What `--hide` leaves out.

    Raises:
        UsageError: It names something else.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in ("labels", "base", "other"):
            raise UsageError(f'"{visible(name)}" cannot be hidden.', "--hide takes labels, base and other.")
    return names


def _part_of(drawing: "Drawing", text: str) -> "CropDrawing":
    """The part of a frame that the text names, as far as it is in the frame.

    Raises:
        UsageError: It names no part of the frame.
    """
    from aquarium_tui.drawing.crops import CropDrawing
    from aquarium_tui.drawing.drawing import FrameDrawing
    from aquarium_tui.drawing.maps import MapDrawing

    frame = drawing.frame if isinstance(drawing, CropDrawing) else drawing
    assert isinstance(frame, FrameDrawing | MapDrawing)
    try:
        left, top, right, bottom = (float(number) for number in text.split(","))
    except ValueError:
        left = top = right = bottom = 0.0
    width, height = frame.size
    if not (max(left, 0) < min(right, width) and max(top, 0) < min(bottom, height)):
        raise UsageError(
            f'"{visible(text)}" is no part of a frame of {width} × {height} pixels.',
            "Write it as LEFT,TOP,RIGHT,BOTTOM, such as 0,0,200,100.",
        )
    return CropDrawing(frame, (left, top, right, bottom)).within


def _unreadable(view: "View", row: int) -> str:
    """Why the photo of a frame cannot be shown; empty if it can."""
    from aquarium_tui.drawing.drawing import frame_size, image_path
    from aquarium_tui.errors import InputError
    from aquarium_tui.media.photo import PhotoCache, open_photo
    from aquarium_tui.model.picture import whole

    dataset = view.comparison.dataset
    try:
        photo = open_photo(image_path(dataset, row), frame_size(dataset, row))
        PhotoCache().read(photo, whole(photo.size), _GLANCE)
    except InputError as error:
        return error.message
    return ""


_GLANCE = (8, 8)
"""Pixels that a photo is read at to see whether it can be."""

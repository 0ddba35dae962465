"""`render`: one frame as a picture file, as the interface draws it."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.comparison import cell_of
from aquarium_tui.cli.options import ForceOption, chooses, opened, refuse_existing
from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    pass

FrameId = Annotated[str, typer.Argument(metavar="FRAME", help="The frame, by its id.")]
PictureFile = Annotated[Path, typer.Option(help="The picture file; its suffix sets the format.")]
ShownMasks = Annotated[
    Literal["diff", "all", "labels", "base", "other"],
    typer.Option(help="For masks: draw the diff map, or these masks over the photo."),
]
Opacity = Annotated[float, typer.Option(min=0, max=1, help="Opacity of the masks over the photo.")]
DiffCell = Annotated[
    str,
    typer.Option("--cell", metavar="LABEL:INFERRED", help="Show only this cell in the diff map."),
]
Width = Annotated[int | None, typer.Option(min=1, help="Width in pixels. Default: the frame's width.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chooses(render))


def render(
    choice: Choice,
    frame: FrameId,
    *,
    out: PictureFile,
    width: Width = None,
    masks: ShownMasks = "diff",
    opacity: Opacity = 0.6,
    cell: DiffCell = "",
    force: ForceOption = False,
) -> None:
    """Write one frame, with its labels and inferences drawn on it, to a picture file."""
    from aquarium_tui.drawing.drawing import picture
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.kinds.kind import PictureOptions
    from aquarium_tui.store.atomic import new_file, sweep

    refuse_existing(out, force)
    view = opened(choice)
    row = view.comparison.dataset.frames.row_by_id.get(frame)
    if row is None:
        raise NotFoundError(f"There is no frame {visible(frame)} in {choice.title}.")
    place = cell_of(cell, view.comparison.classes) if cell else None
    drawing = kind_of(view.comparison.dataset.project).picture(
        view, row, PictureOptions(masks, opacity, place)
    )
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

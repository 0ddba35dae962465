"""Painter of masks: the maps over the photo of a frame, and the diff map."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

import numpy as np

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.frame_masks import FrameMasks
from aquarium_tui.drawing.crops import CropDrawing, all_of
from aquarium_tui.drawing.drawing import ClassColors, frame_size, image_path
from aquarium_tui.drawing.maps import Layer, MapDrawing
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.outcomes import Diff, InCell
from aquarium_tui.model.picture import Color
from aquarium_tui.model.settings import Side
from aquarium_tui.render.brush import LayerStyle, ValueMap
from aquarium_tui.render.mark import Mark
from aquarium_tui.render.palette import Palette, palette

KINDS = (Diff.BOTH_RIGHT, Diff.BOTH_WRONG, Diff.FIXED, Diff.BROKEN)
_KEPT = 24
"""Frames whose masks are kept: those of a page of tiles, or of a walk to the neighbours and back. A frame of
2048 × 1024 takes some 100 kB, as runs."""
_REGION: Color = (255, 255, 255)
_NO_CLASS: Color = (150, 150, 150)
"""White outlines are seen on every class; grey is the colour of no class."""
_FAINT = 0.15
"""The opacity of what a cell dims: its colours can just be told apart."""
_HATCH: Color = (16, 16, 16)
_HATCH_OPACITY = 0.55
"""Dark lines are seen on all four colours, which keep their hue between them."""


@dataclass(frozen=True)
class MaskLayers:
    """What is drawn on a picture of masks.

    Attributes:
        masks: `labels`, `base`, `other`, or `all` of them at once.
        outline: Whether masks are drawn as outlines rather than filled.
        opacity: The opacity of filled masks, 0 to 1.
        kinds: The kinds of pixels that the diff map shows.
        cell: Label class and inferred class whose pixels the diff map shows; None shows all.
    """

    masks: str = "all"
    outline: bool = False
    opacity: float = 0.6
    kinds: Collection[Diff] = KINDS
    cell: tuple[int, int] | None = None


class MaskPainter:
    """Makes drawings of frames with masks; keeps the masks read last.

    Args:
        comparison: The masks.
        photos: Keeps the photos that were decoded.
        colors: The palette; the default one if left out.
    """

    def __init__(
        self, comparison: PixelComparison, photos: PhotoCache, colors: Palette | None = None
    ) -> None:
        self.photos = photos
        self.colors = colors or palette()
        self.classes = ClassColors(comparison.dataset.project.class_map, self.colors)
        self._comparison = comparison
        self._lock = Lock()
        self._read: OrderedDict[int, Future[FrameMasks]] = OrderedDict()

    def kind_color(self, kind: Diff) -> Color:
        """The colour of a kind of pixel in the diff map."""
        return self.colors.word_color(kind.word)

    def masks(self, frame: int) -> FrameMasks:
        """The masks of a frame; thread-safe, those read last are kept.

        Raises:
            InputError: One is missing or cannot be read.
        """
        with self._lock:
            future, mine = self._read.get(frame), frame not in self._read
            if future is None:
                future = self._read[frame] = Future()
            self._read.move_to_end(frame)
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
        if mine:
            try:
                future.set_result(self._comparison.masks.frame(frame, read_mask))
            except InputError as error:
                future.set_exception(error)
        return future.result()

    def diff(
        self, frame: int, shown: MaskLayers | None = None, region: tuple[float, ...] | None = None
    ) -> MapDrawing:
        """The diff map over the photo without its colours; a cell dims what is not in it.

        Args:
            frame: The frame.
            shown: What to show; everything by default.
            region: Left, top, right, bottom in pixels of the frame, to be framed.
        """
        shown = shown or MaskLayers()
        colors = {int(kind): self.kind_color(kind) for kind in KINDS if kind in set(shown.kinds)}
        inside = Layer(
            ("diff", frame, shown.cell),
            lambda: self.diff_map(frame, shown.cell),
            colors,
            opacity=shown.opacity,
            rare=shown.cell is not None,
        )
        layers = [inside] if shown.cell is None else self._of_cell(frame, shown.cell, inside)
        return self._drawing(frame, tuple(layers), "Diff map", grey=True, region=region)

    def _of_cell(self, frame: int, cell: tuple[int, int], inside: Layer) -> list[Layer]:
        """The diff map, faint; the pixels of a cell in full, hatched by the sets that put them there."""
        read = partial(self.diff_map, frame, None)
        layers = [replace(inside, key=("diff", frame, None), read=read, opacity=_FAINT, rare=False), inside]
        ways: Sequence[tuple[LayerStyle, InCell]] = (("/", InCell.BASE), ("\\", InCell.OTHER))
        for style, side in ways if self._comparison.other else ():
            sides = {int(who): _HATCH for who in (side, InCell.BOTH)}
            read = partial(self.in_cell, frame, cell)
            layers.append(Layer(("cell", frame, cell), read, sides, style, opacity=_HATCH_OPACITY, rare=True))
        return layers

    def diff_map(self, frame: int, cell: tuple[int, int] | None) -> ValueMap:
        """`Diff` of each pixel, with a cell only of its pixels, `(height, width)` uint8."""
        return self.masks(frame).diff(cell)

    def in_cell(self, frame: int, cell: tuple[int, int]) -> ValueMap:
        """`InCell` of each pixel: which sets put it into a cell, `(height, width)` uint8."""
        return self.masks(frame).in_cell(*cell)

    def photo(self, frame: int, shown: MaskLayers, region: tuple[float, ...] | None = None) -> MapDrawing:
        """The photo under the chosen masks.

        All at once are the labels, and hatched over them the classes of base and of other where these differ
        from the labels.
        """
        if shown.masks != "all":
            layers = [self._classes(frame, shown.masks, shown, "outline" if shown.outline else "fill")]
        else:
            layers = [self._classes(frame, "labels", shown, "outline" if shown.outline else "fill")]
            styles: Mapping[Side, LayerStyle] = {"base": "/", "other": "\\"}
            layers += [self._classes(frame, side, shown, styles[side]) for side in self._comparison.sides]
        return self._drawing(frame, tuple(layers), f"Photo with {shown.masks} masks", region=region)

    def _classes(self, frame: int, which: str, shown: MaskLayers, style: LayerStyle) -> Layer:
        classes = range(len(self._comparison.classes) - 1)
        colors = {position: self.classes.evaluated(position) for position in classes}
        read: Callable[[], ValueMap]
        if style in ("/", "\\"):
            read = lambda: _wrong(self.masks(frame), which)  # noqa: E731
            colors[len(classes)] = _NO_CLASS
        else:
            read = lambda: _classes(self.masks(frame), which)  # noqa: E731
        strong = style != "fill"
        return Layer((which, style, frame), read, colors, style, 0.9 if strong else shown.opacity * 0.8)

    def tile(self, frame: int, cell: tuple[int, int]) -> CropDrawing:
        """All of a frame with the pixels of a cell."""
        return all_of(self.diff(frame, MaskLayers(opacity=0.9, cell=cell)))

    def _drawing(
        self,
        frame: int,
        layers: tuple[Layer, ...],
        what: str,
        *,
        grey: bool = False,
        region: tuple[float, ...] | None = None,
    ) -> MapDrawing:
        dataset = self._comparison.dataset
        name = visible(dataset.frames.id[frame] or "")
        drawing = MapDrawing(
            image_path(dataset, frame),
            frame_size(dataset, frame),
            layers,
            f"{what} of frame {name}.",
            self.photos,
            grey,
        )
        if region is None:
            return drawing
        left, top, right, bottom = region
        return replace(drawing, marks=(Mark((left, top, right, bottom), "label", _REGION),))


def _classes(masks: FrameMasks, which: str) -> ValueMap:
    return {"labels": lambda: masks.label, "base": lambda: masks.base, "other": lambda: masks.other}[which]()


def _wrong(masks: FrameMasks, which: str) -> ValueMap:
    """The classes of a set where they are not those of the labels, else -1."""
    label = masks.label
    inferred = _classes(masks, which)
    return np.where((label >= 0) & (label != inferred), inferred, -1)

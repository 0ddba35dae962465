"""From rows of the ledger to drawings: which marks a picture gets, in which colours, and which stand out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len, set_cell_size

from aquarium_tui.compare.objects import ObjectRow, Partner, object_at
from aquarium_tui.drawing.crops import crop_region
from aquarium_tui.drawing.scene import CropDrawing, FrameDrawing
from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.media.region import Region
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Dataset
from aquarium_tui.render.mark import Emphasis, Kind, Mark
from aquarium_tui.render.palette import Palette, palette
from aquarium_tui.render.shapes import Shape
from aquarium_tui.tui.state import ObjectView

Rgb = tuple[int, int, int]

CLOSE = (1.5, 0.8, 0.35)
"""Margins around an object looked at closely, as shares of its longer side; the first that fits is taken."""


@dataclass(frozen=True)
class Layers:
    """What is drawn on a picture.

    Attributes:
        labels: Whether the labels are.
        base: Whether base's inferences are.
        other: Whether other's inferences are.
        by_change: Colours tell the change of an object rather than its class.
    """

    labels: bool = True
    base: bool = True
    other: bool = True
    by_change: bool = False


class Painter:
    """Makes drawings of one view; keeps the photos that were decoded."""

    def __init__(self, view: ObjectView, photos: PhotoCache, colors: Palette | None = None) -> None:
        self.view = view
        self.photos = photos
        self.colors = colors or palette()

    def class_color(self, position: int) -> Rgb:
        """The colour of the class at a position of the class map."""
        return entry_color(self.view.comparison.dataset.project.class_map, position, self.colors)

    def evaluated_hex(self, position: int) -> str:
        """The colour of an evaluated class as `#rrggbb`."""
        return evaluated_hex(self.view.comparison.dataset.project.class_map, position, self.colors)

    def frame(self, frame: int, layers: Layers | None = None, bright: int | None = None) -> FrameDrawing:
        """A whole frame with all its objects.

        Args:
            frame: The frame.
            layers: What to draw; everything by default.
            bright: The row of the ledger that stands out, the others receding behind it.
        """
        ledger = self.view.comparison.ledger
        rows = range(int(ledger.starts[frame]), int(ledger.starts[frame + 1]))
        shown = layers or Layers()
        marks = [m for row in rows for m in self._marks(object_at(self.view.comparison, row), shown, bright)]
        return self._drawing(frame, marks, self._words(frame, len(rows)))

    def crop(self, row: int, aspect: tuple[int, int]) -> CropDrawing:
        """The surroundings of one object, with its own boxes alone."""
        found = object_at(self.view.comparison, row)
        marks = [m for m in self._marks(found, Layers(), None) if not m.crowd]
        drawing = self._drawing(found.frame, [_plain(m) for m in marks], "")
        region = crop_region(_boxes(found), drawing.size, aspect=aspect)
        return CropDrawing(drawing, region, f"object in {drawing.path}")

    def close_look(self, row: int | None, size: tuple[int, int], aspect: tuple[int, int]) -> Region | None:
        """The part of a frame to look at for one object, in the middle; None, the whole, for a large one."""
        if row is None:
            return None
        boxes = _boxes(object_at(self.view.comparison, row))
        for margin in CLOSE:
            left, top, right, bottom = crop_region(boxes, size, margin=margin, aspect=aspect)
            if right - left <= size[0] and bottom - top <= size[1]:
                return left, top, right, bottom
        return None

    def _drawing(self, frame: int, marks: Iterable[Mark], words: str) -> FrameDrawing:
        dataset = self.view.comparison.dataset
        path = image_path(dataset, frame)
        return FrameDrawing(str(path), frame_size(dataset, frame), tuple(marks), words, self.photos)

    def _marks(self, found: ObjectRow, layers: Layers, bright: int | None) -> list[Mark]:
        emphasis = self._emphasis(found, bright)
        tells = bool(self.view.marked[found.row])
        marks = []
        parts: tuple[tuple[Kind, Partner | None, bool], ...] = (
            ("label", found.label, layers.labels),
            ("base", found.base, layers.base),
            ("other", found.other, layers.other),
        )
        for kind, partner, wanted in parts:
            if partner and wanted:
                color = self.class_color(partner.class_index)
                if layers.by_change:
                    color = self.colors.word_color(found.change.word)
                words = caption(kind, partner) if tells or emphasis == "bright" else ""
                crowd = kind == "label" and found.crowd
                whole = self.view.comparison.whole
                words = caption(kind, partner, whole) if whole else words
                shape = self._shape(found.frame, partner)
                marks.append(Mark(partner.box, kind, color, words, emphasis, crowd, whole, shape))
        return marks

    def _shape(self, frame: int, partner: Partner) -> Shape | None:
        """The mask of an object, where it has one."""
        frames = self.view.comparison.dataset.frames
        size = int(frames.width[frame]), int(frames.height[frame])
        return None if partner.mask is None else Shape(partner.mask, size)

    def _emphasis(self, found: ObjectRow, bright: int | None) -> Emphasis:
        """One object stands out from all, what a query of objects selects from the rest."""
        if bright is not None:
            return "bright" if found.row == bright else "dim"
        return "dim" if self.view.of_objects and not self.view.marked[found.row] else "normal"

    def _words(self, frame: int, objects: int) -> str:
        view = self.view
        name = visible(view.comparison.dataset.frames.id[frame] or "")
        words = [f"Frame {name} with {objects} objects."]
        for side in view.comparison.sides:
            scores = view.comparison.frame_scores[side]
            words.append(
                f"{side.capitalize()}: {scores.correct[frame]} correct, {scores.confused[frame]} confused, "
                f"{scores.missed[frame]} missed, {scores.spurious[frame]} spurious."
            )
        return " ".join(words)


def entry_color(classes: ClassMap, position: int, colors: Palette) -> Rgb:
    """The colour of the class at a position of the class map: its own, else one of the palette."""
    return classes.entries[position].color or colors.class_color(position)


def evaluated_hex(classes: ClassMap, position: int, colors: Palette) -> str:
    """The colour of an evaluated class as `#rrggbb`: that of its first entry."""
    return "#" + bytes(entry_color(classes, classes.evaluated.tolist().index(position), colors)).hex()


def _boxes(found: ObjectRow) -> list[tuple[float, float, float, float]]:
    return [p.box for p in (found.label, found.base, found.other) if p]


def _plain(mark: Mark) -> Mark:
    return Mark(mark.box, mark.kind, mark.color, whole=mark.whole, shape=mark.shape)


def caption(kind: Kind, partner: Partner, whole: bool = False) -> str:
    """What is written at a box: class, and for inferences whose it is, confidence, IoU; `whole` has none."""
    if kind == "label":
        return partner.class_name
    iou = f" IoU {share(partner.iou, 2)}" if partner.iou > 0 and not whole else ""
    return f"{kind} {partner.class_name} {share(partner.confidence, 2)}{iou}"


def side_text(found: ObjectRow, side: Side) -> str:
    """What one set says of an object: `pedestrian .87`, `missed`, nothing."""
    partner = found.partner(side)
    if partner:
        return f"{brief(partner.class_name, 10)} {share(partner.confidence, 2)}"
    return found.outcome(side).word if found.label else "–"


def brief(name: str, width: int) -> str:
    """A name in at most `width` cells, so that what stands behind it is seen."""
    shown = visible(name)
    return shown if cell_len(shown) <= width else set_cell_size(shown, width - 1).rstrip() + "…"


def pair_text(found: ObjectRow) -> str:
    """What both sets say of an object, a class they share named once: `pedestrian .50 → .65`."""
    base, other = found.base, found.other
    if base and other and base.class_name == other.class_name:
        sure = [share(partner.confidence, 2) for partner in (base, other)]
        return f"{brief(base.class_name, 17)} {' → '.join(sure)}"
    return f"{side_text(found, 'base')} → {side_text(found, 'other')}"


def image_path(dataset: Dataset, frame: int) -> Path:
    """Where the image of a frame lies."""
    return Path(dataset.images) / (dataset.frames.path[frame] or "")


def frame_size(dataset: Dataset, frame: int) -> tuple[int, int]:
    """Width and height of a frame in pixels, from its image where the dataset does not say."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if width > 0 and height > 0:
        return width, height
    try:
        return open_photo(image_path(dataset, frame)).size
    except InputError:
        return (640, 480)

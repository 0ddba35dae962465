"""Masks: what the screens show of a comparison of pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.drawing.crops import CropDrawing, all_of
from aquarium_tui.drawing.maps import MapDrawing
from aquarium_tui.drawing.mask_painter import MaskPainter
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.frame_lists import FrameConfusion, used
from aquarium_tui.kinds.lists import Confusion, Grid
from aquarium_tui.kinds.presentation import Legend, Presentation
from aquarium_tui.kinds.report_columns import Reporting
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import NO_CLASS, visible
from aquarium_tui.model.numbers import compact, percent, signed_compact
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.render.palette import Palette


@dataclass(frozen=True, eq=False)
class MaskPresentation(Presentation[PixelComparison]):
    """A comparison of masks.

    Attributes:
        painter: Makes its pictures.
    """

    painter: MaskPainter

    def own_confusion(self) -> Confusion:
        """The confusion of pixels."""
        comparison = self.view.comparison
        return FrameConfusion(
            comparison,
            "pixels",
            "confusion",
            self.grid(comparison),
            self.painter.tile,
            comparison.cells if comparison.other else None,
            shows_cell=True,
            reviews=self.view.reviews,
        )

    def grid(self, comparison: PixelComparison, *, seen: bool = False) -> Grid:
        """The confusion of pixels; background only where inferences have no class.

        Args:
            comparison: Of all frames, or of one.
            seen: Whether only classes are shown that have any pixel.
        """
        sets = [comparison.confusion(side) for side in comparison.sides]
        last = len(comparison.classes) - 1
        rows, columns = list(range(last)), used([counts[:, last] for counts in sets], last)
        if seen:
            rows = [i for i in rows if any(counts[i].any() for counts in sets)]
            columns = [i for i in columns if any(counts[:, i].any() for counts in sets)]
        names = [*map(visible, comparison.classes[:-1]), NO_CLASS]
        at = np.ix_(rows, columns)
        return Grid(
            rows,
            columns,
            [names[i] for i in rows],
            [names[i] for i in columns],
            [self.classes.evaluated_hex(i) for i in rows],
            sets[0][at],
            sets[1][at] if len(sets) > 1 else None,
            written=compact,
            signed=signed_compact,
        )

    def legend(self) -> Sequence[Legend]:
        """The colours of the diff map, and hatchings."""
        words = {
            Diff.BOTH_RIGHT: "right under both",
            Diff.BOTH_WRONG: "wrong under both",
            Diff.FIXED: "fixed: only base is wrong",
            Diff.BROKEN: "broken: only other is wrong",
        }
        colors = {kind: "#" + bytes(self.painter.kind_color(kind)).hex() for kind in words}
        signs: list[tuple[Span, str]] = [(("■", colors[kind]), said) for kind, said in words.items()]
        hatched: list[tuple[Span, str]] = [
            (("╱╱╱", ""), "base is wrong here, or in the cell"),
            (("╲╲╲", ""), "the same of other"),
        ]
        return [("Diff map", signs), ("Hatching", hatched)]

    def preview(self, frame: int) -> MapDrawing:
        """The diff map of the frame."""
        return self.painter.diff(frame)

    def about(self, frame: int) -> Sequence[str]:
        """The shares of the diff map."""
        comparison = self.view.comparison
        reason = comparison.counts.unreadable.get(frame)
        if not comparison.counts.counted[frame]:
            return [f"not counted: {visible(reason) if reason else 'a mask is missing'}", "not counted"]
        shares = shares_text(comparison.frame_diffs[frame], comparison.other is not None).split("  ")
        return ["  ".join(shares[:count]) for count in range(len(shares), 0, -1)]

    def whole_frame(self, frame: int) -> CropDrawing:
        """The diff map of all of a frame."""
        return all_of(self.painter.diff(frame))


def shares_text(pixels: NDArray[np.int64], pair: bool) -> str:
    """The shares of the pixels, `(5,)` by `Diff`, that are not right under both sets; with one set, wrong."""
    whole = int(pixels[1:].sum()) or np.nan
    kinds = (Diff.BROKEN, Diff.FIXED, Diff.BOTH_WRONG) if pair else (Diff.BOTH_WRONG,)
    return "  ".join(
        f"{kind.word.removeprefix('both_')} {percent(int(pixels[kind]) / whole)}" for kind in kinds
    )


def mask_presentation(
    kind: Reporting[PixelComparison],
    view: Seen[PixelComparison],
    photos: PhotoCache,
    colors: Palette | None,
) -> MaskPresentation:
    """A comparison of masks as screens show it."""
    painter = MaskPainter(view.comparison, photos, colors)
    return MaskPresentation(view, kind, painter.classes, painter)

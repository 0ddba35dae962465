"""Frames of a comparison of masks as flat records, for tables and scripts."""

from collections.abc import Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.measures import FRAME_FIELDS
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.report.frames import metadata_columns, metadata_of, metric_columns, metrics_of, plain
from aquarium_tui.report.objects import Record

_CHANGES = tuple(kind.word for kind in Diff)


def mask_frame_columns(comparison: PixelComparison) -> tuple[str, ...]:
    """The fields of a record, in order; those of the diff map are pixels."""
    of_sets = (f"{side}_{name}" for side in comparison.sides for name in FRAME_FIELDS)
    changes = _CHANGES if comparison.other else ()
    further = (*metric_columns(comparison), *metadata_columns(comparison))
    return ("frame", "path", "width", "height", *of_sets, *changes, *further)


def mask_frame_records(comparison: PixelComparison, frames: Sequence[int] | NDArray[Any]) -> Iterator[Record]:
    """One record a frame, in the order given; None where there is no value.

    Args:
        comparison: Base and other.
        frames: Rows of the frames.
    """
    table, measures = comparison.dataset.frames, comparison.measures
    scores = {
        f"{side}_{name}": measures[name].values(side, ())
        for side in comparison.sides
        for name in FRAME_FIELDS
    }
    for row in map(int, frames):
        record: Record = {"frame": table.id[row], "path": table.path[row]}
        record |= {"width": int(table.width[row]) or None, "height": int(table.height[row]) or None}
        record |= {name: plain(values[row]) for name, values in scores.items()}
        if comparison.other:
            counted = comparison.counts.counted[row]
            pixels = comparison.frame_diffs[row].tolist()
            record |= {word: n if counted else None for word, n in zip(_CHANGES, pixels, strict=True)}
        yield record | metrics_of(comparison, row) | metadata_of(comparison, row)

"""A comparison written out: as text to read, as JSON to work with."""

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.report import document, masks_document, masks_text, text
from aquarium_tui.report.frames import BehindCell, behind_cell, frame_columns, frame_records
from aquarium_tui.report.objects import COLUMNS, as_csv, as_jsonl, object_records, records_of

AnyComparison = ObjectComparison | PixelComparison


def as_text(comparison: AnyComparison) -> str:
    """A comparison of objects or of masks as lines of text."""
    if isinstance(comparison, PixelComparison):
        return masks_text.masks_as_text(comparison)
    return text.as_text(comparison)


def as_json(comparison: AnyComparison) -> str:
    """The same as a JSON document; equal input gives equal bytes."""
    if isinstance(comparison, PixelComparison):
        return document.written(masks_document.masks_as_document(comparison))
    return document.as_json(comparison)


__all__ = [
    "COLUMNS",
    "AnyComparison",
    "BehindCell",
    "as_csv",
    "as_json",
    "as_jsonl",
    "as_text",
    "behind_cell",
    "frame_columns",
    "frame_records",
    "object_records",
    "records_of",
]

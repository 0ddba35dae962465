"""A comparison written out: as text to read, as JSON to work with."""

from aquarium_tui.report.document import as_json
from aquarium_tui.report.frames import frame_columns, frame_records
from aquarium_tui.report.objects import COLUMNS, as_csv, as_jsonl, object_records, records_of
from aquarium_tui.report.text import as_text

__all__ = [
    "COLUMNS",
    "as_csv",
    "as_json",
    "as_jsonl",
    "as_text",
    "frame_columns",
    "frame_records",
    "object_records",
    "records_of",
]

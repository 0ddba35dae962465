"""The file formats that `upload` reads: a file or folder each, a table of them, and what they share."""

from aquarium_tui.formats.registry import AUTO, FORMATS, entry_of, format_of
from aquarium_tui.formats.shared.collector import Finding, Records
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile

__all__ = [
    "AUTO",
    "FORMATS",
    "Finding",
    "Format",
    "Given",
    "InferenceFile",
    "LabelFile",
    "Records",
    "entry_of",
    "format_of",
]

"""The file formats that `upload` reads: one module each, path in, records out."""

from aquarium_tui.formats.records import Finding, InferenceFile, LabelFile, Records
from aquarium_tui.formats.registry import FORMATS, Format, format_of

__all__ = ["FORMATS", "Finding", "Format", "InferenceFile", "LabelFile", "Records", "format_of"]

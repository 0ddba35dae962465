"""The file formats that `upload` reads: one module each, what was given in, records out."""

from aquarium_tui.formats.given import Given
from aquarium_tui.formats.records import Finding, InferenceFile, LabelFile, Records
from aquarium_tui.formats.registry import FORMATS, Format, format_of

__all__ = ["FORMATS", "Finding", "Format", "Given", "InferenceFile", "LabelFile", "Records", "format_of"]

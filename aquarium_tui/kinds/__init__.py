"""Kinds of task: each is one object that provides what screens, reports, files and uploads ask of it."""

from aquarium_tui.kinds.kind import AnyKind, Kind
from aquarium_tui.kinds.table import kind_of, kinds, reader_of, registered

__all__ = ["AnyKind", "Kind", "kind_of", "kinds", "reader_of", "registered"]

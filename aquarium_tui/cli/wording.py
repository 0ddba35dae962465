"""Lines that several commands print about what is in the store."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance


def provenance_lines(provenance: "Provenance") -> Iterator[str]:
    """What was understood, and what was wrong, one line each."""
    for note in provenance.notes:
        yield f"  {visible(note)}"
    if provenance.problems:
        yield "problems:"
    for problem in provenance.problems:
        yield f"  {visible(problem.sentence())}"


def comparability_lines(dataset: "Dataset", base: "InferenceSet", other: "InferenceSet") -> Iterator[str]:
    """What stands in the way of comparing two sets; nothing where nothing does."""
    from aquarium_tui.compare.comparability import comparability

    remarks = comparability(dataset, base, other)
    if remarks:
        yield f"comparing {visible(base.id)} with {visible(other.id)}:"
    for remark in remarks:
        yield f"  {remark.sentence}"


def coverage(covered: int, frames: int) -> str:
    """What is to be said of a set with inferences on `covered` of `frames` frames; empty where on all."""
    from aquarium_tui.model.numbers import grouped

    return f"covers {grouped(covered)} of {grouped(frames)} frames" if covered < frames else ""

"""What the interface shows at one moment: one frozen value, made in a thread, drawn by every screen."""

from dataclasses import dataclass, replace

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.model.settings import Settings, Side


@dataclass(frozen=True)
class Chosen:
    """Which dataset and inference sets are looked at; `other` is empty where only one is chosen."""

    project: str
    dataset: str
    base: str = ""
    other: str = ""
    settings: Settings | None = None

    @property
    def title(self) -> str:
        """The dataset as commands name it."""
        return f"{self.project}/{self.dataset}"

    def with_set(self, side: Side, id_: str) -> "Chosen":
        """Another set on one side; a set never stands on both."""
        if side == "base":
            return replace(self, base=id_, other=self.base if id_ == self.other else self.other)
        return replace(self, other=id_, base=self.other if id_ == self.base and self.other else self.base)


@dataclass(frozen=True)
class View:
    """A comparison ready to be drawn: everything the first screens ask of it has been computed.

    Attributes:
        chosen: Where it comes from.
        comparison: The numbers.
        sets: Ids of all inference sets of the dataset, in order of upload.
        warnings: Sentences that matter while looking at it.
    """

    chosen: Chosen
    comparison: Comparison
    sets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def primed(comparison: Comparison) -> Comparison:
    """The comparison with what every screen needs computed."""
    _ = comparison.delta, comparison.ledger, comparison.scores, comparison.frame_scores
    if comparison.other:
        _ = comparison.cells
    return comparison

"""What a kind of task provides. Everything else asks it, and nothing else asks which kind it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds.report import ClassField, ClassReport, DocumentFacts, Heading, TotalGroup

ItsComparison = TypeVar("ItsComparison", bound=Comparison)


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Kind(ABC, Generic[ItsComparison]):
    """One kind of task: what it shows of comparisons of its own type.

    Attributes:
        task: The name that projects store.
    """

    task: ClassVar[str]

    # The report, in text, files and screens

    @abstractmethod
    def heading(self, comparison: ItsComparison) -> Heading:
        """What is said before all numbers."""

    @abstractmethod
    def class_report(self, comparison: ItsComparison) -> ClassReport:
        """The report class by class, as far as it takes no time."""

    def slow_fields(
        self, comparison: ItsComparison, cancelled: Callable[[], bool] = never
    ) -> tuple[ClassField, ...]:
        """Fields of the report that take longer than a glance.

        Raises:
            CancelledError: `cancelled` said so.
        """
        del comparison, cancelled
        return ()

    @abstractmethod
    def totals(self, comparison: ItsComparison) -> tuple[TotalGroup, ...]:
        """Numbers of the whole comparison, as far as they take no time."""

    def slow_totals(self, comparison: ItsComparison) -> tuple[TotalGroup, ...]:
        """Numbers of the whole comparison that take longer than a glance."""
        del comparison
        return ()

    @abstractmethod
    def document_facts(self, comparison: ItsComparison) -> DocumentFacts:
        """What only files say."""


AnyKind = Kind[Any]

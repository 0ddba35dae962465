"""What a kind is shown of a view."""

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison

SeenComparison_co = TypeVar("SeenComparison_co", bound=Comparison, covariant=True)


class Seen(Protocol[SeenComparison_co]):
    """A comparison, and what of it is worth stopping at; a session's view is one."""

    @property
    def comparison(self) -> SeenComparison_co:
        """The numbers, of the frames that the query selects."""

    @property
    def marked(self) -> NDArray[np.bool_]:
        """`(objects,)` bool: rows of the ledger worth stopping at."""

    @property
    def asks_objects(self) -> bool:
        """Whether the query asks for objects, so that those it does not select recede."""

"""Which class an integer or a name means."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.client import checks
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.classes import ClassMap


class ClassPositions:
    """Positions in a class map by id or by name.

    Args:
        class_map: The class map.
        categories: Id in the class map by the id that arrays use.
    """

    def __init__(self, class_map: ClassMap, categories: Mapping[int, int]) -> None:
        by_id = class_map.positions_by_id
        self._by_id = {used: by_id[own] for used, own in categories.items()}
        self._by_name = class_map.positions_by_name
        self._names = [f"{used} {class_map.entries[at].name}" for used, at in sorted(self._by_id.items())]

    def of(self, where: str, classes: NDArray[np.generic]) -> NDArray[np.int32]:
        """`(n,)` int32 position of each of `classes` (`(n,)` of ints or text).

        Raises:
            UsageError: One is not known.
        """
        found, inverse = np.unique(classes, return_inverse=True)
        positions = np.array([self._position(where, each) for each in found.tolist()], dtype=np.int32)
        return np.asarray(positions[inverse], dtype=np.int32)

    def _position(self, where: str, wanted: object) -> int:
        if isinstance(wanted, str):
            position = self._by_name.get(wanted.casefold())
        else:
            position = self._by_id.get(wanted) if isinstance(wanted, int) else None
        if position is None:
            raise checks.RefusedValueError(
                f"{where}: there is no class {wanted!r}.", f"There are {listed(self._names)}."
            )
        return position

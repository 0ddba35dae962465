"""Sorting by several keys looks at the further ones only where the first one ties, and gives the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aquarium_tui.compare.objects.matching import ranked

COLUMN = st.integers(0, 4)


@given(
    st.integers(0, 40).flatmap(
        lambda n: st.tuples(*(arrays(np.float64, n, elements=COLUMN) for _ in range(3)))
    )
)
def test_ranked_is_a_lexicographic_sort(keys) -> None:
    assert ranked(keys).tolist() == np.lexsort(keys[::-1]).tolist()

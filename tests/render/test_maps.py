"""Maps at the pixels of the display."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.render.brush import sampled


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.tuples(st.floats(-5, 10), st.floats(-5, 10), st.floats(0.5, 12), st.floats(0.5, 12)),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_sampling_takes_the_pixel_under_each_middle(width, height, place, across, down):
    found = np.arange(width * height).reshape(height, width)
    left, top, wide, high = place
    shown = sampled(found, (width, height), (left, top, left + wide, top + high), (across, down))
    for row in range(down):
        for column in range(across):
            x, y = left + wide * (column + 0.5) / across, top + high * (row + 0.5) / down
            if min(abs(x - round(x)), abs(y - round(y))) > 1e-6:
                inside = 0 <= x < width and 0 <= y < height
                assert shown[row, column] == (found[int(y), int(x)] if inside else -1)

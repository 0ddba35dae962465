"""The card shown in place of a picture."""

import numpy as np
import pytest

from aquarium_tui.render.palette import placeholder
from tests.narrow import of_type


@pytest.mark.parametrize("size", [(1, 1), (12, 6), (40, 20), (100, 60), (320, 180), (1600, 900)])
def test_a_card_shows_something_at_any_size(size):
    image = placeholder(size, "no such file: /data/street/images/cam_front/000123.jpg")
    assert (image.size, image.mode) == (size, "RGB")
    if min(size) > 4:
        assert len(of_type(list, image.getcolors(1_000_000))) > 1


def test_the_reason_on_a_card_is_legible_on_half_cells():
    pixels = np.asarray(placeholder((100, 60), "no such file: x.jpg").convert("L")).astype(int)
    assert pixels.max() - pixels.min() > 120
    words, other = (np.asarray(placeholder((100, 60), text)) for text in ("no such file", "an empty file"))
    assert not np.array_equal(words, other)

"""The order in which pycocotools takes images: by id, numbers as numbers and text as text.

It decides AP wherever confidences tie: inferences of equal confidence count in the order of their images.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def image_order(ids: Iterable[str | None]) -> NDArray[np.int64]:
    """The place of each frame, `(frames,)`, when frames are sorted by id as pycocotools sorts image ids.

    Ids that are all whole numbers are sorted by value. Otherwise all are text and are sorted as text, since
    files with numbers have numeric ids throughout and pycocotools refuses a mixture.
    """
    words = [id_ or "" for id_ in ids]
    numeric = all(word.isascii() and word.removeprefix("-").isdigit() for word in words)
    keys: list[int] | list[str] = [int(word) for word in words] if numeric else words
    place = np.empty(len(words), np.int64)
    place[sorted(range(len(words)), key=keys.__getitem__)] = np.arange(len(words))
    return place

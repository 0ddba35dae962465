"""Masks that files hold as bitmaps or other run lengths, as COCO's run lengths over the whole image."""

import base64
import binascii
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.picture import Size

MaskRuns = dict[str, list[int]]
"""`{"size": [height, width], "counts": […]}`, down the columns, starting outside the mask."""
_ZLIB = b"\x78"
MOST_PIXELS = 1 << 26
"""Pixels of a bitmap that is decoded: a hostile file of a few bytes may claim any size."""


def runs_of(mask: NDArray[np.bool_]) -> MaskRuns:
    """The run lengths of a mask, `(height, width)` bool."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    counts = np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()
    if len(counts) > 1 and counts[-1] == 0:
        counts.pop()
    return {"size": list(mask.shape), "counts": counts}


def placed(bitmap: NDArray[np.bool_], origin: tuple[int, int], size: Size) -> MaskRuns | None:
    """The run lengths, over an image of `size`, of a bitmap at `origin`, left and top; None if too large.

    Where the size is unknown, the image ends with the bitmap.
    """
    left, top = origin
    height, width = bitmap.shape
    across, down = size if 0 not in size else (left + width, top + height)
    if left < 0 or top < 0 or across * down > MOST_PIXELS:
        return None
    whole = np.zeros((down, across), bool)
    part = whole[top : top + height, left : left + width]
    part[:] = bitmap[: part.shape[0], : part.shape[1]]
    return runs_of(whole)


def base64_runs(text: str, origin: tuple[int, int], size: Size) -> MaskRuns | None:
    """The run lengths of a PNG in base64, which zlib may have compressed again; None if it is damaged."""
    from aquarium_tui.media.mask_values import bitmap_of

    try:
        content = base64.b64decode(text, validate=False)
        if content[:1] == _ZLIB:
            content = zlib.decompressobj().decompress(content, MOST_PIXELS)
    except (binascii.Error, ValueError, zlib.error):
        return None
    # Supervisely writes RGBA, where the last channel is the mask; others write grey or one bit.
    bitmap = bitmap_of(content, MOST_PIXELS)
    return None if bitmap is None else placed(bitmap, origin, size)


def from_rows(counts: Sequence[int], width: int, height: int) -> NDArray[np.bool_] | None:
    """The bitmap of run lengths along rows that start outside the mask; None if they do not fit."""
    if width < 1 or height < 1 or width * height > MOST_PIXELS or min(counts, default=-1) < 0:
        return None
    if sum(counts) != width * height:
        return None
    values = np.arange(len(counts)) % 2 == 1
    return np.repeat(values, counts).reshape(height, width)


_WORDS = 4
"""Sizes of runs that a brush's code chooses from."""


def brush_bitmap(code: Sequence[int], width: int, height: int) -> NDArray[np.bool_] | None:
    """The bitmap of a brush of Label Studio; None if the code is damaged.

    The code is the RGBA picture in the run lengths of thi.ng/rle-pack: 32 bits with the number of
    values, 5 with the size of a value, 4 of 4 with sizes of lengths; then runs, each with a bit that says
    whether one value is repeated, 2 that choose the size of its length, the length, and the value or values.
    The mask is where the last channel is not 0.

    Args:
        code: Bytes from 0 to 255.
        width: Of the image in pixels.
        height: The same.
    """
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        return None
    try:
        bits = np.unpackbits(np.asarray(code, np.uint8))
        values = _brush_values(bits, width * height * 4)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return None if values is None else values.reshape(height, width, 4)[:, :, 3] > 0


def _brush_values(bits: NDArray[np.uint8], expected: int) -> NDArray[np.uint32] | None:
    at = 0

    def read(size: int) -> int:
        nonlocal at
        if at + size > len(bits):
            raise ValueError("the code ends early")
        value = int.from_bytes(np.packbits(bits[at : at + size]).tobytes(), "big") >> (-size % 8)
        at += size
        return value

    count, word = read(32), read(5) + 1
    sizes = [read(4) + 1 for _ in range(_WORDS)]
    if count != expected:
        return None
    values = np.zeros(count, np.uint32)
    done = 0
    while done < count:
        repeated = read(1)
        length = read(sizes[read(2)]) + 1
        end = min(done + length, count)
        if repeated:
            values[done:end] = read(word)
        else:
            for i in range(done, end):
                values[i] = read(word)
        done = end
    return values

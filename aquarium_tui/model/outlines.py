"""Masks of objects as tables hold them: run lengths, or polygons that become run lengths when needed.

Drawing a polygon takes several times as long as reading it, and most comparisons match by box and never ask
for a mask. So polygons are kept as the JSON text that a file has, and drawn when one is shown or exported.
"""

from collections.abc import Sequence

from aquarium_tui.model.picture import Size

_OF_POLYGONS = ","
"""In the text of every polygon, and never in run lengths, whose letters are those from `0` to `o`."""


def is_polygons(mask: str) -> bool:
    """Whether the text of a mask is that of polygons, `[[x1, y1, x2, y2, x3, y3, …], …]`."""
    return _OF_POLYGONS in mask


def run_lengths(mask: str, size: Size) -> str:
    """The run lengths of a mask, compressed as COCO does it.

    Args:
        mask: Run lengths, or the text of polygons of at least three points each.
        size: Width and height of its frame.
    """
    if not is_polygons(mask):
        return mask
    polygons = "".join(mask.split())[2:-2].split("],[")
    return drawn([[float(number) for number in polygon.split(",")] for polygon in polygons], size)


def drawn(polygons: Sequence[Sequence[float]], size: Size) -> str:
    """The run lengths of the pixels that any of `polygons` covers, each `[x1, y1, x2, y2, …]` in pixels."""
    from hotcoco import mask

    merged = mask.merge(mask.frPyObjects(list(polygons), size[1], size[0]))
    return str(merged["counts"], "ascii")

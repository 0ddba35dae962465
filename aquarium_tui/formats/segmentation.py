"""COCO's `segmentation`: polygons or run lengths of an object's mask, as compressed counts."""

from array import array
from math import isfinite, nan
from typing import Any

Size = tuple[int, int]

TOO_SHORT = "polygons of fewer than three points"


class SegmentationError(Exception):
    """A segmentation is no mask; the message is the kind of trouble."""


def counts_of(given: object, size: Size) -> tuple[str, bool]:
    """The counts of a mask as pycocotools compresses them.

    Args:
        given: A list of polygons `[x1, y1, x2, y2, …]`, or `{size, counts}` with a text or a list.
        size: Width and height of its image.

    Returns:
        The counts, and whether polygons of fewer than three points were left out beside others.

    Raises:
        SegmentationError: It is broken, or the size is not known.
    """
    if not (size[0] > 0 and size[1] > 0):
        raise SegmentationError("masks in images whose width and height are not given")
    if isinstance(given, dict):
        return _of_runs(given, size), False
    if isinstance(given, list):
        return _of_polygons(given, size)
    raise SegmentationError("segmentations that are neither polygons nor RLE")


def _of_polygons(given: list[Any], size: Size) -> tuple[str, bool]:
    from hotcoco import mask

    if not given:
        raise SegmentationError("segmentations without a polygon")
    polygons = [_polygon(one) for one in given]
    whole = [polygon for polygon in polygons if len(polygon) >= 6]
    if not whole:
        raise SegmentationError(TOO_SHORT)
    merged = mask.merge(mask.frPyObjects(whole, size[1], size[0]))
    return merged["counts"].decode(), len(whole) < len(polygons)


def _polygon(given: object) -> list[float]:
    try:
        values = array("d", given if isinstance(given, list) else [nan])
    except (TypeError, OverflowError):
        values = array("d", [nan])
    if len(values) % 2 or not isfinite(sum(values)):
        raise SegmentationError("polygons that are not pairs of finite numbers")
    return values.tolist()


def _of_runs(given: dict[str, Any], size: Size) -> str:
    from hotcoco import mask

    if given.get("size") != [size[1], size[0]]:
        raise SegmentationError("RLE masks of another size than their image")
    counts = given.get("counts")
    if not isinstance(counts, str | list):
        raise SegmentationError("RLE masks without counts")
    try:
        read = mask.frPyObjects({"size": given["size"], "counts": counts}, size[1], size[0])
        runs = str(read["counts"], "ascii")
        whole = total(runs) == size[0] * size[1]
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        raise SegmentationError("RLE masks whose counts cannot be read") from error
    if not whole:
        raise SegmentationError("RLE masks whose counts do not add up to their size")
    return runs


def total(counts: str) -> int:
    """The sum of the runs of compressed counts.

    Each run is written in groups of five bits, lowest first, the sixth saying that more follow; from the
    fourth on, as the difference from the run before the last.
    """
    runs: list[int] = []
    value = shift = 0
    for letter in counts.encode("ascii"):
        group = letter - 48
        value |= (group & 31) << shift
        shift += 5
        if not group & 32:
            signed = value - (1 << shift) if group & 16 else value
            runs.append(signed + runs[-2] if len(runs) > 2 else signed)
            value = shift = 0
    return sum(runs)

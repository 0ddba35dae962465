"""Polygons cut out of the text of a file before it is read as JSON.

They are nine tenths of a file of labels. As numbers of Python they take six times the memory of their text,
and reading them takes longer than all the rest; whether they are sound can be seen from the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

_SEGMENTATION = re.compile(rb'(?<!\\)"segmentation"\s*:\s*(?:(\[\[[][\d\s.,-]*\]\])|[-\d])')
"""Polygons with plain numbers, or a number, which would be taken for the number of an outline."""
_WHOLE = re.compile(rb",,,,,(?:,,)*(?:\],\[,,,,,(?:,,)*)*")
"""What polygons of at least three points are without their numbers and the brackets around them."""
_KINDS = bytes.maketrans(b"123456789.-, \t\r\n[]", b"000000000.-,    []")
_FOLLOWING = {"0": "0.,]", ".": "0", "-": "0", ",": "0-[ ", " ": "0-[", "[": "0-[ ", "]": ",]"}
"""Which kinds of characters JSON allows after each kind in lists of numbers, with one blank after a comma."""
_NUMBERS = {ord(kind): i for i, kind in enumerate(_FOLLOWING)}
_AS_NUMBERS = bytes(_NUMBERS.get(i, 7) for i in range(256))


def _wrong_pairs() -> bytes:
    """By eight times the number of one character plus that of the next: 0 where they may be neighbours."""
    wrong = bytearray(b"\1" * 256)
    for first, allowed in _FOLLOWING.items():
        for second in allowed:
            wrong[_NUMBERS[ord(first)] * 8 + _NUMBERS[ord(second)]] = 0
    return bytes(wrong)


_WRONG_PAIR = _wrong_pairs()
_BLOCK = 1 << 22
"""Bytes of polygons that are checked at once: bounds the memory, as files may have gigabytes."""
_LONGEST = b"0" * 300
"""Digits of a number that a float64 may not hold."""


@dataclass(frozen=True)
class CutText:
    """A JSON text without its polygons.

    Attributes:
        rest: The text, with the number of an outline in place of each.
        outlines: The polygons, as they are in the text.
    """

    rest: bytes
    outlines: Sequence[bytes]


def without_polygons(content: bytes) -> CutText | None:
    """The text `content` with its polygons apart; None if any of them may not be sound."""
    pieces: list[bytes] = []
    outlines: list[bytes] = []
    last = 0
    for found in _SEGMENTATION.finditer(content):
        start, stop = found.span(1)
        if start < 0:
            return None
        pieces += (content[last:start], b"%d" % len(outlines))
        outlines.append(content[start:stop])
        last = stop
    if not outlines or not all(map(_sound, _blocks(outlines))):
        return None
    return CutText(b"".join((*pieces, content[last:])), outlines)


def _blocks(outlines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The outlines in groups of a few megabytes, which bounds the memory that checking them takes."""
    start = size = 0
    for i, outline in enumerate(outlines):
        size += len(outline)
        if size >= _BLOCK:
            yield outlines[start : i + 1]
            start, size = i + 1, 0
    if start < len(outlines):
        yield outlines[start:]


def _sound(outlines: Sequence[bytes]) -> bool:
    """Whether each is a JSON list of lists of an even number of numbers, at least six."""
    kinds = b",".join(outlines).translate(_KINDS)
    numbers = np.frombuffer(kinds.translate(_AS_NUMBERS), np.uint8)
    pairs = (numbers[:-1] << 3) + numbers[1:]
    if b"\1" in pairs.tobytes().translate(_WRONG_PAIR) or _LONGEST in kinds:
        return False
    marks = kinds.translate(None, b"0- ")
    if b".." in marks:
        return False
    shapes = set(marks.translate(None, b".")[2:-2].split(b"]],[["))
    return all(map(_WHOLE.fullmatch, shapes))

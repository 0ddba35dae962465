"""The bytes between Textual and the terminal: what a frame writes, and keys and pastes as they are read.

`textual._compositor`'s updates tell which cells a frame writes; Textual has no public way to learn it. Sixels
and inline images live in the cells themselves, so what a frame has written over must be painted again, in the
same write.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.events import Event
from textual.geometry import Region
from textual.strip import Strip

from aquarium_tui.tui.graphics.geometry import CellMask

if TYPE_CHECKING:
    from rich.console import Console


# Stands for a cell that a frame leaves as it is, until the frame is text: one of Unicode's
# noncharacters, which no text may hold, one cell wide.
_HOLE = "\ufdd0"
_HOLES = re.compile(f"{_HOLE}+")
# Fewer blanks stand between words.
_BLANKS = re.compile(" {6,}")


class FrameListener(Protocol):
    """Takes part in what an app writes to its terminal."""

    def kept(self) -> tuple[CellMask, CellMask]:
        """The cells of the screen, (rows, columns), that the next frame is to leave as they are.

        Returns:
            Those that it leaves in any case, and those that it leaves where it has nothing but blanks.
        """

    def follow(self, regions: list[Region], kept: CellMask) -> str:
        """What is to be written right after a frame that wrote `regions`, but for what was kept."""

    def hear(self, event: Event) -> None:
        """See an event before the app handles it."""

    def farewell(self) -> str:
        """What is to be written before the terminal is given back, at the end and at a suspension."""


class FollowedUpdate(CompositorUpdate):
    """A frame, and what is written with it.

    Args:
        update: The frame.
        listener: Gives what is to follow.
    """

    def __init__(self, update: CompositorUpdate, listener: FrameListener) -> None:
        self._update, self._listener = update, listener

    def render_segments(self, console: "Console") -> str:
        """The frame, but for what is to be kept, and what follows, as text for the terminal."""
        holes = _Holes(*self._listener.kept())
        text = _HOLES.sub(
            lambda found: f"\x1b[{len(found[0])}C", holes.pierced(self._update).render_segments(console)
        )
        return text + self._listener.follow(list(_written(self._update)), holes.kept)


class _Holes:
    """Where a frame leaves the screen as it is.

    Args:
        kept: Cells that are left in any case, (rows, columns).
        blank: Cells that are left where the frame would write nothing but blanks.

    Attributes:
        kept: Cells that are left, once the frame is pierced.
    """

    def __init__(self, kept: CellMask, blank: CellMask) -> None:
        self.kept, self._blank = kept.copy(), blank

    def pierced(self, update: CompositorUpdate) -> CompositorUpdate:
        """A frame with holes in these cells."""
        if not (self.kept.any() or self._blank.any()):
            return update
        if isinstance(update, LayoutUpdate):
            left, top = update.region.offset
            lines: list[Iterable[Strip]] = [
                [self._strip(Strip.join(line), left, y)] for y, line in enumerate(update.strips, top)
            ]
            return LayoutUpdate(lines, update.region)
        if isinstance(update, ChopsUpdate):
            rows = {y for y, *_ in update.spans}
            chops = [
                {x: strip and self._strip(strip, x, y) for x, strip in line.items()} if y in rows else line
                for y, line in enumerate(update.chops)
            ]
            return ChopsUpdate(chops, update.spans, update.chop_ends)
        return update

    def _strip(self, strip: Strip, left: int, y: int) -> Strip:
        """The strip that begins at a cell, with its holes."""
        if y >= len(self.kept):
            return strip
        kept, blank = (cells[y, left : left + strip.cell_length] for cells in (self.kept, self._blank))
        if blank.any():
            text = strip.text
            if len(text) == strip.cell_length:  # no character is wider than a cell
                for found in _BLANKS.finditer(text):
                    span = slice(*found.span())
                    kept[span] |= blank[span]
        if not kept.any():
            return strip
        ends = [0, *(np.flatnonzero(np.diff(kept)) + 1).tolist(), len(kept)]
        parts = [
            Strip([Segment(_HOLE * (end - start))], end - start) if kept[start] else strip.crop(start, end)
            for start, end in pairwise(ends)
        ]
        return Strip.join([*parts, strip.crop(len(kept))])


def _written(update: CompositorUpdate) -> Iterator[Region]:
    """The parts of the screen that a frame writes; a strip in which a change begins is written whole."""
    if isinstance(update, LayoutUpdate):
        yield update.region
    elif isinstance(update, ChopsUpdate):
        for y, left, right in update.spans:
            for end, (start, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and start < right and end > left:
                    yield Region(start, y, min(end, right) - start, 1)


# A report of a terminal that does not know SGR mouse reports: three bytes that may be anything, and that are
# not UTF-8 past column 95. Textual ignores these reports, but would take the rest of a misread one for keys.
_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}")
# Answers to questions that Textual did not ask, such as those of the program before. Textual would take their
# letters for keys. Strings (OSC, DCS, APC) end with a bell or `ESC \`; no key has 64 digits. So it would
# those of a sequence that the next one cuts off.
_ANSWERS = re.compile(
    rb"\x1b[\]P_X^][^\x1b\x07]*(?:\x07|\x1b\\)"
    rb"|\x1b\[(?:[?>=][\d;:]*[cnuS]|[468];[\d;]*t|[\d;:]{64,}[@-~]|<?[\d;:]+(?=\x1b))"
)
# The start of such an answer at the end of what was read. Alt and a key sends the first two bytes of one.
_ANSWER_BEGUN = re.compile(rb"\x1b(?:[\]P_X^][^\x1b\x07]*\x1b?|\[(?:[?>=]|[468];|[\d;:]{64})[\d;:]*)\Z")
# Bytes that are held back for the rest of an answer. More are left out, as nobody types as many in a tenth of
# a second.
_MOST_HELD = 64
# What ends a string whose start is left out.
_STRING_END = re.compile(rb"\x07|\x1b\\?|[\x00-\x06\x08-\x1a\x1c-\x1f]")
# Where a paste begins and ends, and what the escape key sends, without and with kitty's keyboard protocol.
_PASTE_BEGIN, _PASTE_END = b"\x1b[200~", b"\x1b[201~"
_ESCAPE_KEYS = (b"\x1b", b"\x1b[27u")
# The start of a key, a mouse report or the mark before a paste, at the end of what was read.
_BEGUN = re.compile(rb"\x1b(?:O|\[(?:M[\x20-\xff]{0,2}|<?[\d;:]*))?\Z")
# Tenths of a second without a byte for which the start of a sequence waits for its rest: a slow line may
# deliver it that late. An escape alone is a key after one. Two bytes may be alt and a key, more are dropped.
_PATIENCE = 4
# The rest of a sequence whose escape came so early that it was taken for the key. Nobody types these at once.
_ORPHANED = re.compile(rb"\[(?:<\d+;\d+;\d+[Mm]|[\d;:]*\d[~u]|1;\d+[A-HPQRS])")
# Bytes of a paste that are left out: Textual would take what follows an escape for keys, and its `Input`
# would write control characters to the terminal as they are. Line ends and tabs stay; C1 takes two bytes in
# UTF-8.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")


class KeyboardText:
    """Makes text of the bytes that a terminal sends, whatever they are."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._held = b""
        self._pauses = 0
        self._pasting = self._skipping = self._escaped = False

    def feed(self, data: bytes) -> str:
        """The text in `data`: bytes that are not UTF-8 become U+FFFD, and a paste has no commands in it."""
        if self._pasting and data in _ESCAPE_KEYS:
            data = _PASTE_END  # The end of the paste was lost, and the user wants to go on.
        if self._escaped and _ORPHANED.match(data):
            data = b"\x1b" + data
        parts, rest = [], self._held + data
        self._held, self._pauses, self._escaped = b"", 0, False
        while rest:
            step = self._pasted if self._pasting else self._skipped if self._skipping else self._typed
            part, rest = step(rest)
            parts.append(part)
        return self._decoder.decode(b"".join(parts))

    def pause(self) -> str:
        """The text that was held back, now that nothing has come for a tenth of a second, or for several."""
        self._skipping = False
        self._pauses += 1
        if self._pasting or (len(self._held) > 1 and self._pauses < _PATIENCE):
            return ""
        held, self._held = self._held, b""
        self._escaped = self._escaped or held == b"\x1b"
        return "" if held.startswith(b"\x1b[") and len(held) > 2 else self._decoder.decode(held)

    def _typed(self, data: bytes) -> tuple[bytes, bytes]:
        """What comes before the end of the next start of a paste, and the rest."""
        typed, begin, rest = data.partition(_PASTE_BEGIN)
        self._pasting = bool(begin)
        typed = _ANSWERS.sub(b"", _OLD_MOUSE.sub(b"", typed))
        if not begin and (begun := _BEGUN.search(typed) or _ANSWER_BEGUN.search(typed)):
            self._skipping = len(begun[0]) > _MOST_HELD
            self._held = b"" if self._skipping else begun[0]
            typed = typed[: begun.start()]
        return typed + begin, rest

    def _skipped(self, data: bytes) -> tuple[bytes, bytes]:
        """Nothing, and what comes after the end of a long answer; whatever begins ends it too."""
        end = _STRING_END.search(data)
        self._skipping = end is None
        if end is None:
            return b"", b""
        return b"", data[end.end() if end[0] in (b"\x07", b"\x1b\\") else end.start() :]

    def _pasted(self, data: bytes) -> tuple[bytes, bytes]:
        """What comes before the end of the paste, and the rest."""
        pasted, end, rest = data.partition(_PASTE_END)
        self._pasting = not end
        if not end:
            length = next(n for n in range(len(_PASTE_END) - 1, -1, -1) if pasted.endswith(_PASTE_END[:n]))
            self._held = pasted[len(pasted) - length :]
            pasted = pasted[: len(pasted) - length]
        return _CONTROLS.sub(b"", pasted) + end, rest

"""The bytes that a terminal sends as text: keys and pastes, whatever else comes between them."""

import re
from codecs import getincrementaldecoder

# A report of a terminal that does not know SGR mouse reports: three bytes that may be anything, and that are
# not UTF-8 past column 95. Textual ignores these reports, but would take the rest of a misread one for keys.
_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}")
# Where a paste begins and ends, and what the escape key sends, without and with kitty's keyboard protocol.
_PASTE_BEGIN, _PASTE_END = b"\x1b[200~", b"\x1b[201~"
_ESCAPE_KEYS = (b"\x1b", b"\x1b[27u")
# The start of an old mouse report or of the mark before a paste, at the end of what was read; a lone escape
# is not held back.
_BEGUN = re.compile(rb"\x1b\[(?:M[\x20-\xff]{0,2}|2|20|200)?\Z")
# Bytes of a paste that are left out: Textual would take what follows an escape for keys, and its `Input`
# would write control characters to the terminal as they are. Line ends and tabs stay; C1 takes two bytes in
# UTF-8.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")


class KeyboardText:
    """Makes text of the bytes that a terminal sends, whatever they are."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._held = b""
        self._pasting = False

    def feed(self, data: bytes) -> str:
        """The text in `data`: bytes that are not UTF-8 become U+FFFD, and a paste has no commands in it."""
        if self._pasting and data in _ESCAPE_KEYS:
            data = _PASTE_END  # The end of the paste was lost, and the user wants to go on.
        parts, rest = [], self._held + data
        self._held = b""
        while rest:
            part, rest = self._pasted(rest) if self._pasting else self._typed(rest)
            parts.append(part)
        return self._decoder.decode(b"".join(parts))

    def pause(self) -> str:
        """The text that was held back, now that nothing has come for a while."""
        if self._pasting:
            return ""
        held, self._held = self._held, b""
        return "" if held.startswith(b"\x1b[M") else self._decoder.decode(held)

    def _typed(self, data: bytes) -> tuple[bytes, bytes]:
        """What comes before the end of the next start of a paste, and the rest."""
        typed, begin, rest = data.partition(_PASTE_BEGIN)
        self._pasting = bool(begin)
        typed = _OLD_MOUSE.sub(b"", typed)
        if not begin and (begun := _BEGUN.search(typed)):
            self._held = begun[0]
            typed = typed[: begun.start()]
        return typed + begin, rest

    def _pasted(self, data: bytes) -> tuple[bytes, bytes]:
        """What comes before the end of the paste, and the rest."""
        pasted, end, rest = data.partition(_PASTE_END)
        self._pasting = not end
        if not end:
            length = next(n for n in range(len(_PASTE_END) - 1, -1, -1) if pasted.endswith(_PASTE_END[:n]))
            self._held = pasted[len(pasted) - length :]
            pasted = pasted[: len(pasted) - length]
        return _CONTROLS.sub(b"", pasted) + end, rest

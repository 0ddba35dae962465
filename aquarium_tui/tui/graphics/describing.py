"""The text of `aquarium-tui doctor --terminal`."""

from aquarium_tui.tui.graphics.terminal import Graphics, Terminal

_WAYS: dict[Graphics, str] = {
    "kitty": "kitty graphics, kept in the terminal and shown by placeholders",
    "sixel": "sixel, 64 colours",
    "iterm": "inline images, JPEG",
    "half": "half cells, two pixels a character",
    "none": "no pictures; they are described in words",
}


def describe(terminal: Terminal) -> str:
    """Say what was found, one line a fact, and what would make it better."""
    facts = {
        "terminal": f"{terminal.name} {terminal.version}".strip(),
        "inside": terminal.multiplexer or "no multiplexer",
        "pictures": _WAYS[terminal.graphics],
        "colours": "24 bit" if terminal.truecolor else "256",
        "cell": f"{terminal.cell[0]} × {terminal.cell[1]} pixels",
        "sixel limit": _limit(terminal),
        "answers in": f"{terminal.round_trip * 1000:.0f} ms" if terminal.round_trip else "no answer",
        "connection": "ssh" if terminal.remote else "local",
    }
    lines = [f"{name:<12} {fact}" for name, fact in facts.items() if fact]
    return "\n".join([*lines, *(f"advice       {sentence}" for sentence in terminal.advice)])


def _limit(terminal: Terminal) -> str:
    """The largest sixel picture, where that is how pictures are drawn."""
    if terminal.graphics != "sixel" or terminal.sixel_limit is None:
        return ""
    return f"{terminal.sixel_limit[0]} × {terminal.sixel_limit[1]} pixels a piece"

"""What is asked of a terminal, and what its replies say. Bytes in, one frozen value out."""

import re
from dataclasses import dataclass

KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
NAME = b"\x1b[>q"
CELL = b"\x1b[16t"
WINDOW = b"\x1b[14t"
SIXEL_SIZE = b"\x1b[?2;1;0S"
COLOUR = b"\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m"
ATTRIBUTES = b"\x1b[c"

_REPLIES = {
    "kitty": re.compile(rb"\x1b_Gi=31;([^\x1b]*)\x1b\\"),
    "name": re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\"),
    "cell": re.compile(rb"\x1b\[6;(\d+);(\d+)t"),
    "window": re.compile(rb"\x1b\[4;(\d+);(\d+)t"),
    "sixel_size": re.compile(rb"\x1b\[\?2;0;(\d+);(\d+)S"),
    "colour": re.compile(rb"\x1bP[01]?\$r([^\x1b]*)\x1b\\"),
    "attributes": re.compile(rb"\x1b\[\?([\d;]*)c"),
}
_REFUSED = re.compile(rb"\x1b\[\?\d;[123](?:;\d*)*S")
_TRUECOLOR = re.compile(rb"48[:;]2[:;]+1[:;]2[:;]3")
_NAMED = re.compile(r"([^\s(]+)[\s(]*([^)]*)\)?")


@dataclass(frozen=True)
class Answers:
    """The replies of one terminal; None, "" and () where it gave none.

    Attributes:
        name: Its name, as "kitty" of "kitty(0.41.1)".
        version: Its version, as "0.41.1".
        kitty: Whether it takes kitty's graphics commands.
        cell: Width and height of a cell in pixels.
        window: Width and height of all cells in pixels.
        sixel_size: Largest sixel picture in pixels.
        truecolor: Whether a 24-bit colour came back as it was set; None where no colour came back.
        attributes: The numbers of its primary device attributes; 4 stands for sixel.
    """

    name: str = ""
    version: str = ""
    kitty: bool = False
    cell: tuple[int, int] | None = None
    window: tuple[int, int] | None = None
    sixel_size: tuple[int, int] | None = None
    truecolor: bool | None = None
    attributes: tuple[int, ...] = ()


def complete(data: bytes) -> bool:
    """Whether the reply to the last question, `ATTRIBUTES`, is in `data`."""
    return _REPLIES["attributes"].search(data) is not None


def parse(data: bytes) -> tuple[Answers, bytes]:
    """Take the replies out of `data`, in whatever order they came.

    Returns:
        The replies, and what remains: keys that were typed meanwhile.
    """
    found: dict[str, tuple[bytes, ...]] = {}
    for key, pattern in _REPLIES.items():
        if match := pattern.search(data):
            found[key] = match.groups(b"")
            data = pattern.sub(b"", data)
    data = _REFUSED.sub(b"", data)
    name, version = _name(found.get("name", (b"",))[0])
    return Answers(
        name=name,
        version=version,
        kitty=found.get("kitty") == (b"OK",),
        cell=_size(found.get("cell", ())[::-1]),
        window=_size(found.get("window", ())[::-1]),
        sixel_size=_size(found.get("sixel_size", ())),
        truecolor=_truecolor(found.get("colour", (b"",))[0]),
        attributes=tuple(int(number) for number in found.get("attributes", (b"",))[0].split(b";") if number),
    ), data


def _truecolor(attributes: bytes) -> bool | None:
    """Whether the background among the attributes is the colour that was set, if one is among them."""
    return bool(_TRUECOLOR.search(attributes)) if b"48" in attributes else None


def without_replies(text: str) -> str:
    """`text` that the terminal sent, without replies to the questions that only the probe asks."""
    data = text.encode()
    for pattern in _REPLIES.values():
        data = pattern.sub(b"", data)
    return _REFUSED.sub(b"", data).decode()


def _name(reply: bytes) -> tuple[str, str]:
    """Name and version of "kitty(0.41.1)" or "tmux 3.5a"; only printable characters are let through."""
    text = "".join(character for character in reply.decode(errors="replace") if character.isprintable())
    match = _NAMED.match(text)
    return (match[1], match[2].strip()) if match else ("", "")


def _size(numbers: tuple[bytes, ...]) -> tuple[int, int] | None:
    """Width and height, if both are there and not zero."""
    if len(numbers) != 2 or not all(numbers) or not all(map(int, numbers)):
        return None
    return int(numbers[0]), int(numbers[1])

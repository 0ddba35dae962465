"""How the files of the sample data are written: small, and the same bytes every time."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

Record = dict[str, object]


def save_jpeg(image: Image.Image, path: Path, quality: int) -> None:
    """Write a picture as JPEG with 4:2:0 chroma."""
    image.save(path, quality=quality, subsampling="4:2:0", optimize=True)


def save_lines(path: Path, lines: Sequence[str]) -> None:
    """Write lines of text."""
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def save_json(path: Path, value: Mapping[str, object] | Sequence[Record]) -> None:
    """Write a list of records, or an object with such lists, as JSON with one record per line."""
    if isinstance(value, Mapping):
        members = [f"{json.dumps(key)}:{_text(member)}" for key, member in value.items()]
        text = "{" + ",\n".join(members) + "}"
    else:
        text = _text(value)
    path.write_bytes(text.encode() + b"\n")


def _text(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[\n" + ",\n".join(_line(record) for record in value) + "\n]"
    return _line(value)


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))

"""Changes that make a valid file odd: to its bytes, its lines and words, its JSON, XML or PNG structure."""

import gzip
import json
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import PurePath
from random import Random
from typing import Any

Mutator = Callable[[Random, bytes], bytes]
"""Content with one change."""

DEEP = 3_000
"""Levels of nesting: more than Python's recursion limit, and a file of few bytes."""
LONG = 400
"""Digits of a number that no float holds, letters of a name that no file system holds."""
NUMBERS = ("0", "-0", "1", "-1", "1.5", "0.1", "65535", "65536", "2147483648", "9007199254740993", "1" * 20)
ODD_NUMBERS = (
    "1" * 5_000,
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "1" * LONG,
    "1_0",
    "0x1",
    "٣",
)
WORDS = (
    *(
        "",
        " ",
        "car",
        "a1",
        "DontCare",
        "true",
        "null",
        "None",
        "é",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\u202e",
        "ß",
    ),
    *("../../etc/passwd", "/etc/passwd", "/", "..", "a1.png", "https://x.org/a1.png", "C:\\a1.png"),
    *('"', "'", ",", ";", "\t", "\n", "\r\n", "x" * LONG, "2024-05-31", "9999-12-31T23:59:59-23:59"),
    *("#", "- ", "[", "{", "*a", "&a", "!!", "|", ">", "%", "@", "`", "<", "&amp;", "&x;"),
)
_MARK = "raw-text-goes-here-"
RAW = (
    *ODD_NUMBERS[:9],
    "[" * DEEP + "]" * DEEP,
    '{"a":' * DEEP + "1" + "}" * DEEP,
    "[" * DEEP,
    '"\\ud800"',
    '"\\u0000"',
)
"""JSON that Python's writer cannot make, some of it not quite JSON."""
MAGIC = (
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"\x80\x04",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00",
    b"\xff",
    b"PAR1",
    b"\xe9",
)


def mutated(rng: Random, name: str, content: bytes) -> bytes:
    """The content of a file of that name with one to three changes, most of which suit its kind."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        fitting = _MUTATORS.get(PurePath(name).suffix, changed_lines)
        mutate = rng.choice((fitting, fitting, fitting, fitting, changed_bytes))
        content = mutate(rng, content)
    return content


def changed_bytes(rng: Random, content: bytes) -> bytes:
    """A few bytes turned, cut out, repeated or put in; or the file cut off, or packed."""
    start = rng.randint(0, len(content))
    end = min(len(content), start + rng.choice((1, 1, 2, 8, 64)))
    before, part, after = content[:start], content[start:end], content[end:]
    turned = bytes(byte ^ (1 << rng.randrange(8)) for byte in part)
    packed = gzip.compress(content, mtime=0)
    return rng.choice(
        (
            before,
            before + after,
            before + part * rng.choice((2, 3, 50)) + after,
            before + rng.choice(MAGIC) + after,
            before + turned + after,
            packed[: rng.choice((len(packed), len(packed) // 2))],
            rng.choice(MAGIC) + content,
        )
    )


def odd_word(rng: Random) -> str:
    """A number or word that readers must have an answer to."""
    return rng.choice(rng.choice((NUMBERS, ODD_NUMBERS, WORDS)))


def changed_lines(rng: Random, content: bytes) -> bytes:
    """A line or a word of a text changed."""
    text = content.decode("utf-8", "surrogateescape")
    changed = _lines(rng, text) if rng.random() < 0.3 else _words(rng, text)
    return changed.encode("utf-8", "surrogatepass") if "\ud800" in changed else _encoded(changed)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _lines(rng: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = lines[at].rstrip("\n") + lines[other]
        case _:
            lines.insert(at, " ".join(odd_word(rng) for _ in range(rng.randrange(9))) + "\n")
    return "".join(lines)


_TOKEN = re.compile(r"[\w.+-]+|[^\w\s]|\s+")


def _words(rng: Random, text: str) -> str:
    tokens = _TOKEN.findall(text) or [""]
    at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    match rng.randrange(6):
        case 0:
            del tokens[at]
        case 1:
            tokens[at] = tokens[other]
        case 2:
            tokens.insert(at, tokens[other])
        case 3:
            tokens.insert(at, odd_word(rng))
        case _:
            tokens[at] = odd_word(rng)
    return "".join(tokens)


def changed_json(rng: Random, content: bytes) -> bytes:
    """A value or a key of a JSON document changed; bytes of what is not JSON."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return changed_bytes(rng, content)
    raw: list[str] = []
    holder = {"": document}
    places = _places(holder)
    for _ in range(rng.choice((1, 1, 2))):
        _change(rng, *rng.choice(places), places, raw)
    text = json.dumps(holder[""])
    for number, odd in enumerate(raw):
        text = text.replace(f'"{_MARK}{number}"', odd)
    return text.encode()


Place = tuple[Any, Any]
"""A list and a position in it, or an object and a key of it."""


def _places(of: Any) -> list[Place]:
    keys: Sequence[Any] = ()
    if isinstance(of, dict):
        keys = list(of)
    elif isinstance(of, list):
        keys = range(len(of))
    return [(of, key) for key in keys] + [place for key in keys for place in _places(of[key])]


def _change(rng: Random, of: Any, key: Any, places: Sequence[Place], raw: list[str]) -> None:
    if (isinstance(of, dict) and key not in of) or (isinstance(of, list) and key >= len(of)):
        return
    value = of[key]
    match rng.randrange(10):
        case 0 if key != "":
            del of[key]
        case 1:
            of[key] = rng.choice(([value], {"a": value}, [value, value], [], {}, None))
        case 2 if isinstance(of, dict) and key != "":
            names = [name for each, name in places if isinstance(each, dict) and name]
            of[rng.choice([*names, odd_word(rng)])] = of.pop(key)
        case 3 if isinstance(of, list):
            of.insert(key, value)
        case 4:
            other, name = rng.choice(places)
            copied = other[name] if name in (other if isinstance(other, dict) else range(len(other))) else 0
            of[key] = json.loads(json.dumps(copied))
        case 5 | 6:
            of[key] = f"{_MARK}{len(raw)}"
            raw.append(rng.choice(RAW))
        case _:
            of[key] = rng.choice((odd_word(rng), 0, 1, -1, 2.5, 2**40, True, False, None, "", "1"))


def changed_json_lines(rng: Random, content: bytes) -> bytes:
    """One line of JSON Lines changed, or the lines."""
    lines = content.splitlines()
    if not lines or rng.random() < 0.2:
        return changed_lines(rng, content)
    at = rng.randrange(len(lines))
    lines[at] = changed_json(rng, lines[at])
    return b"\n".join(lines) + b"\n"


_TAG = re.compile(r"<[^>]*>")


def changed_xml(rng: Random, content: bytes) -> bytes:
    """An element or a tag of XML changed."""
    text = content.decode("utf-8", "surrogateescape")
    tags = list(_TAG.finditer(text))
    if not tags or rng.random() < 0.4:
        return changed_lines(rng, content)
    tag, other = rng.choice(tags), rng.choice(tags)
    odd = rng.choice(
        (
            *("", tag.group() * 2, other.group(), "<![CDATA[", "<!--", "&#0;", "<?x?>"),
            "<a>" * DEEP + "</a>" * DEEP,
            '<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;&x;">]>',
        )
    )
    return _encoded(text[: tag.start()] + odd + text[tag.end() :])


_HEADER = struct.Struct(">IIBBBBB")


def changed_png(rng: Random, content: bytes) -> bytes:
    """The header of a PNG changed, its checksum right; or a chunk left out or repeated."""
    chunks = _chunks(content)
    if not chunks or rng.random() < 0.3:
        return changed_bytes(rng, content)
    at = rng.randrange(len(chunks))
    kind, data = chunks[at]
    if kind == b"IHDR" and len(data) == _HEADER.size:
        fields = list(_HEADER.unpack(data))
        field = rng.randrange(len(fields))
        fields[field] = rng.choice(
            (0, 1, 2, 3, 8, 16, 255, 100_000 if field < 2 else 6, (1 << 31) - 1 if field < 2 else 4)
        )
        chunks[at] = kind, _HEADER.pack(*fields)
    elif rng.random() < 0.5:
        del chunks[at]
    else:
        chunks.insert(at, (rng.choice((kind, b"PLTE", b"tRNS", b"zzzz")), changed_bytes(rng, data)))
    return content[:8] + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_MUTATORS: dict[str, Mutator] = {
    ".json": changed_json,
    ".jsonl": changed_json_lines,
    ".xml": changed_xml,
    ".png": changed_png,
    ".parquet": changed_bytes,
}

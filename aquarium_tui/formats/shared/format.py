"""What a format is: how it recognises a file or folder, and what it reads that into.

Of a JSON file, the paths of the keys at its beginning tell, without reading the whole.
"""

import gzip
import os
import re
import stat
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import RecordForm, Records
from aquarium_tui.media.folders import is_hidden, walked
from aquarium_tui.media.remote import remote_names
from aquarium_tui.model.names import url_of, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:)?|[{}\[\],]|[^\s"{}\[\],:]+|"')
_DEEPEST = 12
"""Levels that are looked at: no format's marks lie deeper, and hostile files nest by the thousand."""


@dataclass(frozen=True)
class Outline:
    """The keys of a JSON document, or of the records of JSON Lines.

    A path names the keys that lead to a value, as in `annotations[].bbox`; elements of a list are `[]`, and
    `*` stands for any key of the outermost object.

    Attributes:
        kinds: What is at each path, the first time it occurs: "{", "[" or "" for plain values.
        documents: How many values follow one another; several are JSON Lines.
    """

    kinds: dict[str, str]
    documents: int

    @classmethod
    def of(cls, start: str) -> "Outline":
        """The outline of a text that may end anywhere; of anything else than JSON, without paths."""
        if start.lstrip()[:1] not in ("{", "["):
            return cls({}, 0)
        scan = _Scan(start)
        scan.run()
        return cls(scan.kinds, scan.documents)

    def has(self, *paths: str) -> bool:
        """Whether there is something at every one of `paths`."""
        return all(path in self.kinds for path in paths)

    def has_any(self, *paths: str) -> bool:
        """Whether there is something at one of `paths`."""
        return any(path in self.kinds for path in paths)

    def keys(self) -> list[str]:
        """The keys at any depth, in order."""
        names = (path.rpartition(".")[2].rstrip("[]") for path in self.kinds)
        return [name for name in dict.fromkeys(names) if name not in ("", "*")]


class _Scan:
    """Follows brackets and keys through a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, tuple[str, ...]]] = []
        self._key = ""
        self.kinds: dict[str, str] = {}
        self.documents = 0

    def run(self) -> None:
        for token in _TOKEN.finditer(self._text):
            text = token[0]
            if token[2] and self._open and self._open[-1][0] == "{":
                self._key = token[1]
            elif text in ("{", "["):
                self._open.append((text, self._told(text)))
            elif text in ("}", "]"):
                del self._open[-1:]
            elif text == '"':
                return  # The text ends inside a string.
            elif text != ",":
                self._told("")

    def _told(self, kind: str) -> tuple[str, ...]:
        """Keep what is at the place of the next value; returns its paths."""
        paths = self._paths()
        for path in paths if len(self._open) <= _DEEPEST else ():
            self.kinds.setdefault(path, kind)
        return paths

    def _paths(self) -> tuple[str, ...]:
        if not self._open:
            self.documents += 1
            return ("",)
        bracket, outer = self._open[-1]
        if bracket == "[":
            return tuple(f"{path}[]" for path in outer)
        if len(self._open) == 1:
            return (self._key, "*")
        return tuple(f"{path}.{self._key}" for path in outer)


_LOOKED_AT = 200
"""How many files of a folder are opened to see what they are: enough to get past empty ones, in 3 ms."""
_GLANCE = 4096
"""Bytes of such a file; each of them holds one image, and one line or element tells the format."""
_HEAD = 65_536
"""Bytes of a file that stand for the whole: several records of any JSON format, even with long polygons."""
_BLOCK = 1 << 22
"""Bytes searched at a time: bounds the memory, as files may have gigabytes."""
_STDIN = Path("/dev/stdin")
_GZIP = b"\x1f\x8b"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_AS_JSON = (
    "A pickle can run code, so pickles are not opened. Write JSON instead: in mmdetection, set "
    "`outfile_prefix` of the test evaluator and upload the .bbox.json; in Detectron2, upload "
    "coco_instances_results.json; in Python, json.dump a list of {image_id, category_id, bbox, score}."
)
_FOREIGN = (
    (b"\x80\x02", "a Python pickle", _AS_JSON),
    (b"\x80\x03", "a Python pickle", _AS_JSON),
    (b"\x80\x04", "a Python pickle", _AS_JSON),
    (b"\x80\x05", "a Python pickle", _AS_JSON),
    (b"PK\x03\x04", "a zip archive (or a NumPy or PyTorch file)", "Unpack it and name the JSON file in it."),
    (b"\x93NUMPY", "a NumPy array", "Write it as COCO results JSON."),
    (b"PAR1", "a Parquet file", "Write it as COCO JSON."),
    (b"\x89PNG", "a PNG picture", ""),
    (b"\xff\xd8\xff", "a JPEG picture", ""),
    (b"%PDF", "a PDF document", ""),
)


@dataclass(frozen=True)
class Given:
    """A file or folder of labels or inferences, and the options that came with it.

    Attributes:
        path: The file or folder.
        images: The folder of the images, if one was named; only for labels.
        split: Which part of a YOLO dataset to read, or "all"; empty takes val, else test, else train.
        zero_based: Whether Pascal VOC's coordinates are said to count from 0.
        one_based: Whether they are said to count from 1.
        field: Which field of a FiftyOne dataset to read; empty takes the only one that fits.
        form: What the labels of the project are; None if it has none yet.
    """

    path: Path
    images: Path | None = None
    split: str = ""
    zero_based: bool = False
    one_based: bool = False
    field: str = ""
    form: RecordForm | None = None

    @cached_property
    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return is_folder(self.path)

    @cached_property
    def content(self) -> bytes:
        """The first bytes of the file, decompressed; empty for a folder.

        Raises:
            InputError: The file cannot be read.
        """
        return b"" if self.is_dir else first_bytes(self.path)

    @cached_property
    def start(self) -> str:
        """`content` as text; empty if it is not text."""
        return as_text(self.content)

    @cached_property
    def outline(self) -> Outline:
        """The keys that the file begins with, if it is JSON."""
        return Outline.of(self.start)

    def outlines(self) -> Iterator[Outline]:
        """The outline of the file, or of JSON files below the folder."""
        if not self.is_dir:
            yield self.outline
        for start in self.starts(".json"):
            yield Outline.of(start)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the folder, sorted; empty for a file."""
        entries = self.path.iterdir() if self.is_dir else ()
        return tuple(sorted(entry.name for entry in entries if not is_hidden(entry.name)))

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders in the folder, sorted; empty for a file."""
        entries = os.scandir(self.path) if self.is_dir else ()
        names = (entry.name for entry in entries)
        return tuple(sorted(name for name in names if not is_hidden(name) and is_folder(self.path / name)))

    def starts(self, suffix: str) -> Iterator[str]:
        """The beginnings of files below the folder whose names end in `suffix`; empty files are skipped."""
        for path in islice(files_below(self.path, suffix) if self.is_dir else (), _LOOKED_AT):
            try:
                text = as_text(first_bytes(path, _GLANCE))
            except InputError:
                continue
            if text.strip():
                yield text


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; a path that no file system can have, as it is too long, is not.

    A URL without a suffix is taken for one.
    """
    if url_of(path) is not None:
        return not path.suffix
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether `path` is a file, in the same way."""
    try:
        return path.is_file()
    except OSError:
        return False


def names_below(folder: Path, suffix: str | tuple[str, ...]) -> Iterator[str]:
    """Paths, relative to `folder`, of the same files in the same order as `files_below`.

    Raises:
        InputError: The folder is on a server, and that cannot list it.
    """
    url = url_of(folder)
    if url is not None:
        yield from (name for name in remote_names(url) if name.lower().endswith(suffix))
        return
    for place, _, names in walked(folder):
        start = "" if place == str(folder) else f"{Path(place).relative_to(folder).as_posix()}/"
        yield from (f"{start}{name}" for name in names if name.lower().endswith(suffix))


def files_below(folder: Path, suffix: str | tuple[str, ...]) -> Iterator[Path]:
    """The files in `folder` and below whose names end in `suffix`, or in one of several, sorted."""
    return (folder / name for name in names_below(folder, suffix))


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """The bytes of the file at `path`, decompressed if its content is gzip.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        # Opening a pipe would wait for whoever writes to it, and a device may never end.
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            hint = "Write what it gives to a file, and name that."
            raise InputError(f"{visible(str(path))} is not a regular file.", hint)
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield unpacked  # type: ignore[misc]
            else:
                yield file
    except FileNotFoundError as error:
        raise InputError(f"There is no file {visible(str(path))}.") from error
    except IsADirectoryError as error:
        raise InputError(f"{visible(str(path))} is a folder.", "Name the file in it.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        hint = "It was cut off or damaged in transit; copy it again."
        raise InputError(f"{visible(str(path))} is a damaged gzip file ({error}).", hint) from error
    except OSError as error:
        raise InputError(f"{visible(str(path))} cannot be read: {error.strerror}.") from error


def is_gzip(path: Path) -> bool:
    """Whether the content of the file at `path` is gzip."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def read_head(path: Path, size: int = _HEAD) -> str:
    """The first `size` bytes of the text at `path`.

    Raises:
        InputError: The file cannot be read, is empty, or is not text.
    """
    start = first_bytes(path, size)
    _refuse(path, start)
    return _decoded(start, "replace").lstrip("\ufeff")


def first_bytes(path: Path, size: int = _HEAD) -> bytes:
    """The first `size` bytes of the file at `path`, decompressed; they need not be text.

    Raises:
        InputError: The file cannot be read.
    """
    with open_file(path) as file:
        return file.read(size)


def as_text(start: bytes) -> str:
    """The beginning of a file as text; empty if it is not text."""
    if b"\0" in start and not start.startswith(_UTF_16):
        return ""
    return _decoded(start, "replace").lstrip("\ufeff")


def read_text(path: Path) -> str:
    """The whole text at `path`.

    Raises:
        InputError: The file cannot be read, is empty, or is not text.
    """
    return decoded(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The whole text at `path`, not decoded yet.

    Raises:
        InputError: The file cannot be read, is empty, or is not text.
    """
    with open_file(path) as file:
        content = file.read()
    _refuse(path, content[:_HEAD])
    return content


def decoded(path: Path, content: bytes) -> str:
    """The text of a file as `read_bytes` gives it.

    Raises:
        InputError: It is not text.
    """
    try:
        return _decoded(content, "strict").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{visible(str(path))} is not UTF-8: byte {error.start:,} is 0x{content[error.start]:02x}.",
            "Save it as UTF-8.",
        ) from error


def _whole(path: Path) -> bytes:
    """All of a file that is read once; of all pipes, the one on standard input is meant to be read."""
    if path == _STDIN:
        return sys.stdin.buffer.read()
    with open_file(path) as file:
        return file.read()


def read_any_text(path: Path) -> str:
    """The text at `path`, which may be empty; bytes that are not UTF-8 are replaced.

    Raises:
        InputError: The file cannot be read.
    """
    return _whole(path).decode("utf-8-sig", "replace")


def read_toml(path: Path) -> dict[str, Any]:
    """The document in the TOML file at `path`.

    Raises:
        InputError: The file cannot be read, or is not TOML.
    """
    content = _whole(path)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{visible(str(path))} is not TOML: {error}.") from error


def contains(path: Path, *needles: bytes) -> bool:
    """Whether the file at `path` holds one of `needles`, each of 3 to 16 bytes, anywhere.

    Looking for one byte is ten times as fast as looking for a word, so the third byte is looked for first.
    """
    with open_file(path) as file:
        tail = b""
        while block := file.read(_BLOCK):
            seam = tail + block[:16]
            if any(needle in seam or (needle[2:3] in block and needle in block) for needle in needles):
                return True
            tail = block[-16:]
    return False


def _decoded(content: bytes, errors: str) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors)
    return content.decode("utf-8", errors)


def _refuse(path: Path, start: bytes) -> None:
    name = visible(str(path))
    if not start.strip():
        raise InputError(f"{name} is empty.", "Write `[]` for a model without inferences.")
    for magic, what, hint in _FOREIGN:
        if start.startswith(magic):
            raise InputError(f"{name} is {what}, not a text file.", hint)
    if b"\0" in start and not start.startswith(_UTF_16):
        raise InputError(f"{name} is a binary file, not a text file.")


@dataclass(frozen=True)
class Format:
    """One file format, a row of the table in `registry`.

    Attributes:
        name: What `--format` takes.
        sentence: What its files or folders look like.
        marks: The keys, columns, elements or names that its files have and that tell them from others.
        looks_like: Whether a file or folder is of this format, at a glance.
        read_labels: Reads a labelled dataset.
        read_inferences: Reads the inferences of one model.
        options: Fields of `Given` that mean something to this format and to few others, with the
            command-line option that sets each.
        general: Whether its marks also occur in other formats, so that one of those which fits goes first.
    """

    name: str
    sentence: str
    marks: tuple[str, ...]
    looks_like: Callable[[Given], bool]
    read_labels: Callable[[Given], "LabelFile"]
    read_inferences: Callable[[Given], "InferenceFile"]
    options: Mapping[str, str] = field(default_factory=dict)
    general: bool = False


@dataclass(frozen=True)
class LabelFile:
    """A labelled dataset as its file has it.

    Attributes:
        frames: Its images, with unique ids.
        classes: The id in the file and the name of each class, ordered by id.
        records: Its labels; their categories are those ids as text.
        notes: What was recognised, in sentences.
        problems: What is wrong with the images or classes.
        folder: Where the paths of its images start; None means in the folder of the file.
        states_sizes: Whether the file states sizes of images, which may not be those of the image files.
        masks: Paths of label masks by frame id.
        parents: The broader class of each class that has one, by name.
    """

    frames: Frames
    classes: Sequence[tuple[int, str]]
    records: Records
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: Path | None = None
    states_sizes: bool = False
    masks: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InferenceFile:
    """The inferences of one model as their file has them.

    Attributes:
        records: Its inferences.
        notes: What was recognised, in sentences.
        masks: Paths of masks by frame id.
        metrics: Values of the user's metrics, by name and frame id.
    """

    records: Records
    notes: tuple[str, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

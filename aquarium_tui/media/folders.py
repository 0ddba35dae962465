"""Files in a folder: data, images, and archives, which are unpacked elsewhere, within bounds."""

import bz2
import gzip
import lzma
import os
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from posixpath import splitext
from typing import IO, cast
from unicodedata import normalize

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import clean, joined, visible
from aquarium_tui.model.picture import Size

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"})
_FOREIGN = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin"})
"""What systems leave in folders, in lower case, besides names that begin with a dot."""
_COUNTED = 10_000
"""Hidden files that are looked for at most: bounded where a folder holds a repository."""
AMBIGUOUS = -2
"""What `PathIndex.find` gives for a name that leads to several rows."""

UNKNOWN: Size = (0, 0)
"""The size of an image that cannot be read."""
DEEP = 8
"""How many folders deep images are looked for: datasets nest by part, camera and sequence, but no deeper."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name was made by a system or an editor, and is never data."""
    return name.startswith(".") or name.lower() in _FOREIGN


def walked(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """As `os.walk`, with sorted names and without hidden files and folders."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield place, folders, sorted(name for name in names if not is_hidden(name))


def hidden_files(folders: Iterable[Path]) -> list[str]:
    """Paths of the hidden files in these folders and below; files in hidden folders count, too."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys(each.absolute() for each in folders):
        for place, _, names in os.walk(folder):
            inside = any(map(is_hidden, Path(place).relative_to(folder).parts))
            found |= dict.fromkeys(f"{place}/{name}" for name in sorted(names) if inside or is_hidden(name))
            if len(found) >= _COUNTED:
                break
    return list(found)


class PathIndex:
    """Rows by the end of a path: the one rule by which a name in a file means an image or frame.

    A name means the row with which it has the longest path suffix in common, counted in folders and without
    the extension of an image. Names are compared in Unicode's composed normal form, and without case if no
    row has the name as it is. Where several rows share that suffix, the one with the same extension is meant.

    Args:
        paths: One per row; None for a row without a path.
    """

    def __init__(self, paths: Iterable[str | None]) -> None:
        parts = [_parted(path or "") for path in paths]
        self._extensions = [extension for _, extension in parts]
        self._stems = [stem for stem, _ in parts]
        self._rows = _by_suffix(self._stems)

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        return _by_suffix([stem.casefold() for stem in self._stems])

    def find(self, name: str) -> int:
        """The row that `name` means, -1 if there is none, and `AMBIGUOUS` if there are several."""
        stem, extension = _parted(name)
        rows = _longest(self._rows, stem) or _longest(self._folded, stem.casefold())
        if len(rows) > 1:
            rows = [row for row in rows if self._extensions[row] == extension] or rows
        return (rows[0] if len(rows) == 1 else AMBIGUOUS) if rows else -1


@dataclass
class Listing:
    """The image files of a folder, found by what a file may call them."""

    folder: Path
    paths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._index = PathIndex(self.paths)

    @classmethod
    def of(cls, folder: Path, depth: int) -> "Listing":
        """The images in `folder`, down to `depth` folders below it."""
        return cls(folder, list(images_below(folder, depth)))

    def find(self, name: str) -> str | None:
        """The path that `name` leads to; None where there is no such file, or several."""
        posix = name.replace("\\", "/").removeprefix("./")
        if "/" in posix and _is_file(joined(str(self.folder), posix)):
            return posix
        row = self._index.find(name)
        return self.paths[row] if row >= 0 else None


def images_below(folder: Path, depth: int) -> Iterator[str]:
    """Paths of the image files down to `depth` folders below `folder`, relative to it, by name."""
    for place, folders, names in walked(folder):
        relative = Path(place).relative_to(folder)
        if len(relative.parts) >= depth:
            folders.clear()
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES:
                yield clean((relative / name).as_posix())


def size_of(place: str) -> Size:
    """The size that an image is shown with, from its header; `UNKNOWN` where it cannot be read."""
    from aquarium_tui.media.source import image_size

    try:
        return image_size(place)
    except InputError:
        return UNKNOWN


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False


def unsuffixed(name: str) -> str:
    """A path without the suffix of an image; other dots belong to the name."""
    suffix = splitext(name)[1]
    return name[: -len(suffix)] if suffix.lower() in SUFFIXES else name


def ends_alike(one: str, two: str) -> bool:
    """Whether one of two paths is the whole end of the other, apart from the suffix of an image."""
    parts = [_parted(path)[0].split("/") for path in (one, two)]
    both = min(map(len, parts))
    return parts[0][-both:] == parts[1][-both:]


def _parted(path: str) -> tuple[str, str]:
    """A path in normal form without the extension of an image, and that extension in lower case."""
    posix = normalize("NFC", path).replace("\\", "/")
    stem = unsuffixed(posix)
    return stem, posix[len(stem) :].lower()


def _by_suffix(stems: Iterable[str]) -> dict[str, list[int]]:
    """The rows of each suffix of a path."""
    rows: dict[str, list[int]] = {}
    for row, stem in enumerate(stems):
        for suffix in _suffixes(stem):
            rows.setdefault(suffix, []).append(row)
    return rows


def _longest(rows: dict[str, list[int]], stem: str) -> list[int]:
    """The rows that share the longest suffix with a path; none if there is no such suffix."""
    return next((found for suffix in _suffixes(stem) if (found := rows.get(suffix))), [])


def _suffixes(stem: str) -> Iterator[str]:
    """The path, then ever fewer of its last parts; at most `DEEP`, as an index holds all of them."""
    parts = [part for part in stem.split("/") if part not in ("", ".")]
    for start in range(max(len(parts) - DEEP, 0), len(parts)):
        yield "/".join(parts[start:])


STANDARD_INPUT = Path("-")
MOST_BYTES = 4 << 30
"""Unpacked bytes at most: the labels of the largest public sets take about 2 GB."""
_SUSPECT, _RATIO = 64 << 20, 250
"""From so many bytes on, content that is packed more tightly than this is refused: text reaches about 30, a
bomb over 1,000."""
_MOST_MEMBERS = 2_000_000
"""More than the 1.7 million images for which Open Images has boxes; further names only cost memory."""
_HEADER = 1 << 19
"""Bytes of a photo that are unpacked, as only its size is read; thumbnails before it take up to 64 kB."""
_WHOLE = frozenset({".png"})
"""Pictures that are unpacked whole, as they may be masks."""
_BLOCK = 1 << 20
"""Bytes unpacked at a time: after each, the bounds above are checked."""
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile)
_HINT = "Unpack it yourself, and name the folder."


@dataclass(frozen=True)
class Unpacked:
    """What a path leads to.

    Attributes:
        path: The folder or file to read.
        archive: The archive that was unpacked; None if nothing was.
        room: The folder that stands for the archive; None if nothing was unpacked.
        lasting: Whether images can be read in the archive once the room is gone.
        hidden: How many hidden files it holds, which were not unpacked.
    """

    path: Path
    archive: Path | None = None
    room: Path | None = None
    lasting: bool = True
    hidden: int = 0

    def holds(self, path: str) -> bool:
        """Whether a path is in the room."""
        return self.room is not None and Path(path).is_relative_to(self.room)

    def kept(self, path: str) -> str:
        """A path in the room as one in the archive, which stays valid; any other path as it is."""
        if self.archive is None or not self.holds(path):
            return path
        return path.replace(str(self.room), clean(str(self.archive.absolute())), 1)


@contextmanager
def unpacked(path: Path) -> Iterator[Unpacked]:
    """What an archive, a compressed file or standard input (`-`) holds; else `path` itself.

    A folder with nothing but an archive in it is taken for that archive, on disk and in an archive. What is
    unpacked is gone when the block ends.

    Raises:
        InputError: It is damaged, too large, packed suspiciously tightly, or encrypted.
    """
    archive = path if path == STANDARD_INPUT else _only_archive(path) or path
    kind = "" if archive == STANDARD_INPUT else _kind(archive)
    if archive != STANDARD_INPUT and not kind:
        yield Unpacked(path)
        return
    with tempfile.TemporaryDirectory(prefix="aquarium_") as folder:
        hidden = _Hidden()
        try:
            inner = _inside(archive, kind, Path(folder), hidden)
            room, lasting = Path(folder) / _room(archive), kind == "zip"
            if (nested := _only_archive(inner)) is not None:
                room, lasting = Path(folder) / "nested" / _room(nested), False
                inner = _inside(nested, _kind(nested), room.parent, hidden)
        except _DAMAGE as error:
            hint = "It was cut off or damaged in transit; copy it again."
            raise InputError(f"{visible(str(archive))} is a damaged archive ({error}).", hint) from error
        yield Unpacked(inner, archive, room, lasting, hidden.count)


@dataclass
class _Hidden:
    """How many hidden files an archive has."""

    count: int = 0


def _only_archive(folder: Path) -> Path | None:
    """The archive that is all there is in a folder; None if there is more, or something else."""
    if not folder.is_dir():
        return None
    with os.scandir(folder) as entries:
        # Two are enough to know, of a folder that may have a million.
        seen = list(islice((entry.path for entry in entries if not is_hidden(entry.name)), 2))
    return Path(seen[0]) if len(seen) == 1 and _kind(Path(seen[0])) in ("zip", "tar", "gzip", "xz") else None


def _kind(path: Path) -> str:
    """How a file is packed, by its content; empty if it is not."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            start = file.read(512)
    except OSError:
        return ""
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start[257:262] == b"ustar":
        return "tar"
    packers = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\0", "xz"), (b"BZh", "bzip2"))
    return next((kind for magic, kind in packers if start.startswith(magic)), "")


def _inside(path: Path, kind: str, folder: Path, hidden: _Hidden) -> Path:
    if path == STANDARD_INPUT:
        return _of_stream(folder, hidden)
    room = folder / _room(path)
    if kind == "zip":
        return _of_zip(path, room, hidden)
    if kind == "tar":
        with tarfile.open(path, "r:") as tar:
            return _of_tar(path, tar, room, hidden)
    name = path.name.removesuffix(path.suffix) if path.suffix.lower() in (".gz", ".xz", ".bz2") else path.name
    target = folder / (name or "file")
    with _opened(path, kind) as stream:
        _copy(path, stream, target, _Bound(path, path.stat().st_size))
    if _kind(target) == "tar":
        with tarfile.open(target, "r:") as tar:
            return _of_tar(path, tar, room, hidden)
    return target


def _room(path: Path) -> str:
    return path.name.split(".")[0] or "archive"


def _of_stream(folder: Path, hidden: _Hidden) -> Path:
    """What comes on standard input, unpacked as well if it is packed."""
    target = folder / "standard_input"
    _copy(STANDARD_INPUT, sys.stdin.buffer, target, _Bound(STANDARD_INPUT, MOST_BYTES))
    kind = _kind(target)
    return _inside(target, kind, folder / "unpacked", hidden) if kind else target


def _opened(path: Path, kind: str) -> IO[bytes]:
    if kind == "gzip":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return lzma.open(path, "rb") if kind == "xz" else bz2.open(path, "rb")


class _Bound:
    """How much was unpacked of a file, and whether that is still plausible."""

    def __init__(self, path: Path, packed: int) -> None:
        self._path, self._packed, self._bytes = path, max(packed, 1), 0

    def add(self, count: int) -> None:
        self._bytes += count
        if self._bytes > MOST_BYTES:
            raise InputError(f"{visible(str(self._path))} holds more than {MOST_BYTES >> 30} GB.", _HINT)
        if self._bytes > _SUSPECT and self._bytes > _RATIO * self._packed:
            raise InputError(
                f"{visible(str(self._path))} unpacks to more than {_RATIO} times its size, as files do that "
                "are made to fill a disk.",
                _HINT,
            )


def _copy(path: Path, stream: IO[bytes], target: Path, bound: _Bound, most: int | None = None) -> None:
    """Write a stream, or its first `most` bytes, to a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = MOST_BYTES + _BLOCK if most is None else most
    try:
        with target.open("wb") as file:
            while left > 0 and (block := stream.read(min(_BLOCK, left))):
                bound.add(len(block))
                file.write(block)
                left -= len(block)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise
        raise InputError(f"{visible(str(path))} cannot be unpacked: {error.strerror}.") from error


def _of_zip(path: Path, room: Path, hidden: _Hidden) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if any(one.filename.endswith((".npy", "/data.pkl")) for one in members):
            raise InputError(
                f"{visible(str(path))} holds NumPy arrays or a PyTorch file, not labels.",
                "Write the inferences as COCO results JSON.",
            )
        _check_count(path, len(members))
        bound = _Bound(path, path.stat().st_size)
        for member in members:
            target = _target(room, member.filename, hidden)
            if target is None:
                continue
            if member.flag_bits & 1:
                raise InputError(f"{visible(str(path))} is encrypted.", _HINT)
            try:
                with archive.open(member) as stream:
                    _copy(path, stream, target, bound, _most(target))
            except NotImplementedError as error:
                raise InputError(
                    f"{visible(str(path))} is packed in a way that is not known.", _HINT
                ) from error
    return _only_folder(room)


def _of_tar(path: Path, tar: tarfile.TarFile, room: Path, hidden: _Hidden) -> Path:
    bound = _Bound(path, path.stat().st_size)
    for count, member in enumerate(tar, 1):
        _check_count(path, count)
        target = _target(room, member.name, hidden) if member.isreg() else None
        stream = tar.extractfile(member) if target is not None else None
        if target is not None and stream is not None:
            _copy(path, stream, target, bound, _most(target))
    return _only_folder(room)


def _check_count(path: Path, count: int) -> None:
    if count > _MOST_MEMBERS:
        raise InputError(f"{visible(str(path))} holds more than {_MOST_MEMBERS:,} files.", _HINT)


def _target(room: Path, name: str, hidden: _Hidden) -> Path | None:
    """Where a member goes; None for hidden files, and for names that lead out of the folder."""
    parts = name.replace("\\", "/").split("/")
    if any(part in ("", "..") or "\0" in part for part in parts if part != "."):
        return None
    if any(is_hidden(part) for part in parts if part != "."):
        hidden.count += 1
        return None
    return room.joinpath(*(part for part in parts if part != "."))


def _most(target: Path) -> int | None:
    suffix = target.suffix.lower()
    return _HEADER if suffix in SUFFIXES and suffix not in _WHOLE else None


def _only_folder(room: Path) -> Path:
    """The folder in which the content begins: archives often hold one folder with everything in it."""
    while room.is_dir():
        inner = list(os.scandir(room))
        if len(inner) != 1 or not inner[0].is_dir():
            break
        room = Path(inner[0].path)
    return room

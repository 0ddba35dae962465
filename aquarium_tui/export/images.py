"""The images of a batch: what they are called in it, and which of them may be put there."""

import posixpath
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from aquarium_tui.errors import InputError
from aquarium_tui.media.source import opened
from aquarium_tui.model.names import is_remote, joined, visible
from aquarium_tui.model.tables import Dataset

_SHOWN = 3
"""Images named in a note."""
_STEM, _SUFFIX = 100, 16
"""Characters of a part of a name and of its suffix that are kept: file systems allow 255 bytes together."""


def names_of(dataset: Dataset) -> list[str]:
    """A relative path for the image of each frame, all different: its own path where possible."""
    taken: set[str] = set()
    folders: set[str] = set()
    names = []
    for row, id_ in enumerate(dataset.frames.id):
        name = base = _inside(dataset.frames.path[row] or str(id_))
        if any(folder in taken for folder in _folders(name)):
            name = base = posixpath.basename(base)
        stem, suffix = posixpath.splitext(base)
        number = 2
        while name.casefold() in taken or name.casefold() in folders:
            name, number = f"{stem}_{number}{suffix}", number + 1
        taken.add(name.casefold())
        folders.update(_folders(name))
        names.append(name)
    return names


def _inside(path: str) -> str:
    """A path that stays in its folder and fits any file system; of one that leads out, the last part."""
    parts = [part for part in PurePosixPath(path).parts if part.strip("/.")]
    if is_remote(path) or posixpath.isabs(path) or ".." in PurePosixPath(path).parts:
        parts = parts[-1:]
    return "/".join(map(_short, parts)) or "image"


def _short(part: str) -> str:
    plain = "".join(c if c.isprintable() else "_" for c in part)
    if len(plain.encode()) <= _STEM + _SUFFIX:
        return plain
    stem, suffix = posixpath.splitext(plain)
    return _bytes(stem, _STEM) + _bytes(suffix, _SUFFIX)


def _bytes(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _folders(name: str) -> Iterator[str]:
    """The folders that a name needs, as they are compared."""
    while name := posixpath.dirname(name):
        yield name.casefold()


def place_images(dataset: Dataset, names: Sequence[str], folder: Path, copy: bool) -> list[str]:
    """Put each frame's image into `folder`; return sentences on the images that could not be put there.

    A labels file may name any file of this machine, and a batch is handed on. So only images are put there,
    and only those in the image folder of the dataset are copied.

    Args:
        dataset: The dataset.
        names: One name per frame, from `names_of`.
        folder: The folder to fill.
        copy: Whether to copy the images; otherwise symbolic links are made.
    """
    root = Path(dataset.images).resolve()
    lost: dict[str, list[str]] = {}
    for row, name in enumerate(names):
        path = dataset.frames.path[row]
        place = joined(dataset.images, path or "")
        source = None if not path or is_remote(place) else Path(place)
        reason = _objection(source, root if copy else None)
        if source is None or reason:
            lost.setdefault(reason, []).append(visible(path or str(dataset.frames.id[row])))
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy:
            shutil.copyfile(source, target)
        else:
            target.symlink_to(source.absolute())
    return [_sentence(reason, paths) for reason, paths in lost.items()]


_MISSING = "are missing or on a network"
_NO_IMAGES = "cannot be read as images and are left out"
_OUTSIDE = "lie outside the dataset's image folder, which `upload --images` names, and are left out"


def _objection(source: Path | None, root: Path | None) -> str:
    """Why an image is not put into a batch; empty if it may be.

    Args:
        source: The image file; None if it is not on this machine.
        root: The folder that it must be in once all links are followed; None for any.
    """
    try:
        if source is None or not source.is_file():
            return _MISSING
        if root is not None and not source.resolve().is_relative_to(root):
            return _OUTSIDE
        with opened(str(source)):
            return ""
    except OSError:
        return _MISSING
    except InputError:
        return _NO_IMAGES


def _sentence(reason: str, paths: Sequence[str]) -> str:
    more = f" … and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return f"{len(paths):,} images {reason}: {', '.join(paths[:_SHOWN])}{more}"

"""The images of a batch beside its labels: copied, or links to where they lie."""

import posixpath
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import Dataset

_SHOWN = 3


def names_of(dataset: Dataset) -> list[str]:
    """A relative path for the image of each frame, all different: its own where that will do."""
    taken: set[str] = set()
    names = []
    for row, id_ in enumerate(dataset.frames.id):
        own = dataset.frames.path[row] or str(id_)
        parts = PurePosixPath(own).parts
        plain = "://" not in own and not posixpath.isabs(own) and ".." not in parts
        name = base = own if plain else parts[-1]
        stem, suffix = posixpath.splitext(base)
        number = 2
        while name.casefold() in taken:
            name, number = f"{stem}_{number}{suffix}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def place_images(dataset: Dataset, names: Sequence[str], folder: Path, copy: bool) -> list[str]:
    """Put each frame's image into `folder` under its name; sentences on those that could not be put there.

    Args:
        dataset: The dataset.
        names: One a frame, as `names_of` gives them.
        folder: Where to.
        copy: Whether they are copied; else links lead to them.
    """
    lost = []
    for row, name in enumerate(names):
        path = dataset.frames.path[row]
        source = Path(dataset.images) / path if path and "://" not in path else None
        if source is None or not source.is_file():
            lost.append(visible(path or str(dataset.frames.id[row])))
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy:
            shutil.copyfile(source, target)
        else:
            target.symlink_to(source.absolute())
    more = f" … and {len(lost) - _SHOWN:,} more" if len(lost) > _SHOWN else ""
    sentence = (
        f"{len(lost):,} images are not there or elsewhere on a network: {', '.join(lost[:_SHOWN])}{more}"
    )
    return [sentence] if lost else []

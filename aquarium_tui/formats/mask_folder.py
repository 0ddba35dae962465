"""Folders of mask files: how they are recognised, and which files they hold."""

from itertools import islice
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import files_below, is_file, is_folder, names_below
from aquarium_tui.media.folders import SUFFIXES
from aquarium_tui.model.names import clean, visible

MASK = ".png"
_OF_BOXES = (".txt", ".xml", ".json")
_OF_FIFTYONE = ("labels.json", "samples.json")
_LOOKED_AT = 7
"""How many masks are opened to see whether they hold classes: an odd number, for a majority in 30 ms."""


def looks_like_masks(path: Path) -> bool:
    """Whether `path` is a folder of masks: PNG files, and few files of formats that hold boxes."""
    if not is_folder(path) or any(is_file(path / name) for name in _OF_FIFTYONE):
        return False
    found = list(names_below(path, (MASK, *_OF_BOXES)))
    masks = sum(name.lower().endswith(MASK) for name in found)
    return masks > 2 * (len(found) - masks) and _hold_classes(path)


def mask_files(folder: Path) -> list[str]:
    """Paths of the PNG files in `folder` and below, relative to it, sorted.

    Raises:
        InputError: The folder does not exist, or holds no PNG files.
    """
    found = _relative(folder, [MASK])
    if not found:
        hint = "Masks are PNG files, one per frame; lossy formats such as JPEG change the values of pixels."
        raise InputError(f"{visible(str(folder))} holds no PNG files.", hint)
    return found


def image_files(folder: Path) -> list[str]:
    """Paths of the images in `folder` and below, relative to it, sorted.

    Raises:
        InputError: The folder does not exist, or holds no image.
    """
    found = _relative(folder, sorted(SUFFIXES))
    if not found:
        raise InputError(
            f"{visible(str(folder))} holds no images.", "Name the folder of the images with --images."
        )
    return found


def _hold_classes(folder: Path) -> bool:
    """Whether most of the first PNG files hold classes and are not photos."""
    from aquarium_tui.media.mask_values import holds_classes

    found = list(islice(files_below(folder, MASK), _LOOKED_AT))
    return 2 * sum(holds_classes(str(path)) for path in found) > len(found)


def _relative(folder: Path, suffixes: list[str]) -> list[str]:
    if not is_folder(folder):
        raise InputError(f"There is no folder {visible(str(folder))}.")
    paths = {path for suffix in suffixes for path in files_below(folder, suffix)}
    return sorted(clean(path.relative_to(folder).as_posix()) for path in paths)

"""Segment Anything JSON: a file per image with masks that have no class."""

from collections.abc import Mapping
from typing import Any

from aquarium_tui.formats.coco.annotations import corners
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import ListedImages, list_format, pixels
from aquarium_tui.model.names import visible

_CLASS = "object"
"""The class of every mask, as Segment Anything has none."""
_OF_MASKS = frozenset({"id", "segmentation", "bbox", "area", "crop_box", "point_coords", "category", "label"})
_SCORES = ("score", "predicted_iou")


def looks_like(given: Given) -> bool:
    """Whether the file, or one of the first in the folder, has one image and its annotations."""
    return any(
        outline.kinds.get("image") == "{" and outline.kinds.get("annotations") == "["
        for outline in given.outlines()
    )


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a file or folder.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "annotations")
    for path, found in listed.documents(given):
        if isinstance(found, dict) and isinstance(found.get("image"), dict):
            names.append(path.name)
            _take(listed, len(names) - 1, found)
        else:
            listed.lost.append(f"{visible(path.name)} (it has no `image`)")
    listed.notes.append(f"masks without a class: all are called {_CLASS}")
    return listed


SAM = list_format(
    "sam",
    "Segment Anything JSON, a file or a folder of files with image and annotations of masks",
    ("image", "annotations", "segmentation", "predicted_iou"),
    looks_like,
    read,
)


def _take(listed: ListedImages, i: int, found: Mapping[str, Any]) -> None:
    image = found["image"]
    size = pixels(image.get("width")), pixels(image.get("height"))
    name = listed.image(i, image.get("file_name"), size)
    for j, element in enumerate(listed.list_in((i, -1), found, "annotations")):
        one = listed.mapping((i, j), element)
        if one is None or name is None:
            continue
        listed.objects.add(
            (i, j),
            name,
            corners(one.get("bbox")),
            category=one.get("category", one.get("label", _CLASS)),
            confidence=next((one[key] for key in _SCORES if key in one), None),
            area=one.get("area"),
            id_=one.get("id"),
            segmentation=one.get("segmentation"),
            further={key: value for key, value in one.items() if key not in _OF_MASKS},
        )

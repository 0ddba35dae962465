"""CreateML JSON: a list of images with annotations whose coordinates are a centre, a width and a height."""

from collections.abc import Mapping
from typing import Any

from aquarium_tui.formats.shared.collector import Corners, four
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import ListedImages, document, list_format

_LISTS = ("annotations", "annotation")
_IMAGES = ("image", "imagefilename")
_SIDES = ("x", "y", "width", "height")
_OF_OBJECTS = frozenset({"label", "coordinates", "confidence", "score", "id"})


def looks_like(given: Given) -> bool:
    """Whether the file is a list of images with CreateML annotations."""
    outline = given.outline
    if outline.kinds.get("[].data") == "{" or not outline.has_any(*(f"[].{key}" for key in _IMAGES)):
        return False
    marked = any(outline.has(f"[].{key}[].coordinates") for key in _LISTS)
    empty = any(outline.kinds.get(f"[].{key}") == "[" and not outline.has(f"[].{key}[]") for key in _LISTS)
    return marked or empty


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a file.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    listed = ListedImages.of_file(given, "image", "annotations")
    found = document(given.path)
    for i, element in enumerate(found if isinstance(found, list) else [found]):
        entry = listed.mapping((i, -1), element)
        if entry is not None:
            _take(listed, i, entry)
    listed.sides = "center"
    listed.notes.append("coordinates are the centre, width and height in pixels")
    return listed


CREATEML = list_format(
    "createml",
    "CreateML JSON, a list of {image, annotations: [{label, coordinates: {x, y, width, height}}]}",
    ("image", "annotations", "label", "coordinates"),
    looks_like,
    read,
)


def _take(listed: ListedImages, i: int, entry: Mapping[str, Any]) -> None:
    name = listed.image(i, next((entry[key] for key in _IMAGES if key in entry), None))
    if name is None:
        return
    for key in _LISTS:
        for j, element in enumerate(listed.list_in((i, -1), entry, key)):
            one = listed.mapping((i, j), element)
            if one is None:
                continue
            listed.objects.add(
                (i, j),
                name,
                _corners(one.get("coordinates")),
                category=one.get("label"),
                confidence=one.get("confidence", one.get("score")),
                id_=one.get("id"),
                further={key: value for key, value in one.items() if key not in _OF_OBJECTS},
            )


def _corners(box: object) -> Corners | None:
    values = four([box.get(side) for side in _SIDES]) if isinstance(box, dict) else None
    if values is None:
        return None
    x, y, width, height = values
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2

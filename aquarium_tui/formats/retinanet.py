"""keras-retinanet's CSV without a header: lines of path, left, top, right, bottom, class, confidence."""

import csv
from collections.abc import Iterator, Sequence

from aquarium_tui.formats.shared.collector import four
from aquarium_tui.formats.shared.format import Given, is_file, read_text
from aquarium_tui.formats.shared.listed_images import ListedImages, list_format
from aquarium_tui.formats.shared.tables import csv_rows
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import SUFFIXES
from aquarium_tui.model.names import clean

_COLUMNS = (6, 7)
"""Without and with a confidence at the end."""
_LOOKED_AT = 20
"""Lines that have to look like this: one may by chance, so many in a row do not."""
_CLASSES = ("classes.csv", "class_list.csv", "mapping.csv")


def looks_like(given: Given) -> bool:
    """Whether every line at the start names a picture, four numbers or nothing, and a class."""
    if given.is_dir:
        return False
    lines = given.start.splitlines()
    rows = [row for row in csv.reader(lines[:-1] or lines) if row][:_LOOKED_AT]
    return bool(rows) and all(map(_is_row, rows)) and any(row[1] for row in rows)


def _is_row(row: Sequence[str]) -> bool:
    if len(row) not in _COLUMNS or not row[0].strip().lower().endswith(tuple(SUFFIXES)):
        return False
    sides = [cell.strip() for cell in row[1:5]]
    return not any(row[1:6]) or (all(number(cell) is not None for cell in sides) and bool(row[5].strip()))


def read(given: Given, scored: bool) -> ListedImages:
    """The lines of a file; one with nothing but a path is an image without objects.

    Raises:
        InputError: The file cannot be read.
    """
    del scored
    listed = ListedImages.of_file(given, "line", "box")
    listed.classes.update(dict.fromkeys(_listed(given)))
    for i, row in enumerate(csv_rows(read_text(given.path).splitlines(), given.path)):
        cells = [clean(cell.strip()) for cell in row]
        if not any(cells):
            continue
        if len(cells) not in _COLUMNS:
            listed.objects.reject((i, -1), "lines without six or seven columns")
            continue
        name = listed.image(i, cells[0])
        if name is None or not any(cells[1:6]):
            continue
        score = cells[6] if len(cells) == max(_COLUMNS) else None
        listed.objects.add((i, -1), name, four(cells[1:5]), category=cells[5] or None, confidence=score)
    return listed


def _listed(given: Given) -> Iterator[str]:
    """The classes in the file beside it that keras-retinanet needs: lines of class and id."""
    path = next((p for name in _CLASSES if is_file(p := given.path.parent / name)), None)
    for row in csv_rows(read_text(path).splitlines(), path) if path else ():
        if len(row) == 2 and number(row[1]) is not None:
            yield clean(row[0].strip())


RETINANET = list_format(
    "retinanet",
    "CSV without a header: path,left,top,right,bottom,class and for inferences confidence (keras-retinanet)",
    ("lines of a path, four numbers and a class",),
    looks_like,
    read,
)

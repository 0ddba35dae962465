"""MOT Challenge: lines of frame, track, left, top, width, height, confidence, class and visibility."""

import configparser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import four
from aquarium_tui.formats.shared.format import Given, files_below, is_file, read_text
from aquarium_tui.formats.shared.listed_images import ListedImages, folder_near, list_format, pixels, sized
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import clean
from aquarium_tui.model.picture import Size

_CLASSES = (
    "pedestrian",
    "person on vehicle",
    "car",
    "bicycle",
    "motorbike",
    "non motorized vehicle",
    "static person",
    "distractor",
    "occluder",
    "occluder on the ground",
    "occluder full",
    "reflection",
    "crowd",
)
"""Classes of MOT16 to MOT20, from 1."""
_LEAST, _MOST = 6, 10
"""Columns of a line: frame, track and box at least; detections of 2015 end with a position in the world."""
_PLACES = ("gt", "det")
_LONGEST = 200_000
"""Frames that a sequence may claim to have; each becomes a frame."""


def looks_like(given: Given) -> bool:
    """Whether it is a file of MOT lines, or a folder with such files."""
    if not given.is_dir:
        return _is_mot(given.start)
    return any(_is_mot(start) for start in given.starts(".txt"))


def read(given: Given, scored: bool) -> ListedImages:
    """The sequence of a file, or the sequences of a folder.

    Raises:
        InputError: A file cannot be read.
    """
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "line")
    paths = list(_files(given, scored))
    for path in paths:
        names.append(path.name)
        _take(listed, len(names) - 1, path, prefixed=len(paths) > 1, scored=scored)
    listed.sides = "size"
    listed.images = _images(paths)
    listed.notes.append("frames are called by their number of six digits, as the images of a sequence are")
    return listed


MOT = list_format(
    "mot",
    "MOT text, lines of frame,track,left,top,width,height,confidence,class,visibility; a file or its folder",
    ("lines of 6 to 10 numbers with commas",),
    looks_like,
    read,
)


def _is_mot(start: str) -> bool:
    lines = [line.split(",") for line in start.splitlines()[:-1] or start.splitlines() if line.strip()]
    return bool(lines) and all(
        _LEAST < len(line) <= _MOST and all(number(word) is not None for word in line) for line in lines[:20]
    )


def _files(given: Given, scored: bool) -> Iterator[Path]:
    """The MOT files of a folder; where there are labels and detections, those that are wanted."""
    if not given.is_dir:
        yield given.path
        return
    found = [path for path in files_below(given.path, ".txt") if _is_mot(Given(path).start)]
    wanted, other = reversed(_PLACES) if scored else _PLACES
    kept = [path for path in found if path.parent.name != other]
    yield from [path for path in kept if path.parent.name == wanted] or kept or found


def _sequence(path: Path) -> Path:
    """The folder of the sequence that a file belongs to."""
    return path.absolute().parent.parent if path.parent.name in _PLACES else path.absolute().parent


def _name(path: Path) -> str:
    """The name of its sequence: that of its folder, or of the file itself, as trackers write it."""
    return _sequence(path).name if path.parent.name in _PLACES else path.stem


def _images(paths: Sequence[Path]) -> Path | None:
    """Where the images are: `img1` of the only sequence, or the folder of all."""
    if len(paths) == 1:
        return folder_near(_sequence(paths[0]), "img1")
    parents = {_sequence(path).parent for path in paths}
    return parents.pop() if len(parents) == 1 else None


def _take(listed: ListedImages, i: int, path: Path, *, prefixed: bool, scored: bool) -> None:
    text = read_text(path)
    size, length = _info(_sequence(path) / "seqinfo.ini")
    classes = _listed_classes(path.parent / "labels.txt")
    start = f"{clean(_name(path))}/img1/" if prefixed else ""
    listed.classes.update(dict.fromkeys(classes.values()))
    rows: dict[int, str] = {}
    for k in range(1, length + 1):
        rows[k] = f"{start}{k:06}"
        listed.image(i, rows[k], size)
    for j, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        values = [number(word) for word in line.split(",")]
        frame = values[0]
        if len(values) < _LEAST or frame is None or not frame.is_integer() or not 0 <= frame < 10**9:
            listed.objects.reject((i, j), "lines without the number of a frame and a box")
            continue
        k = int(frame)
        if k not in rows:
            rows[k] = f"{start}{k:06}"
            listed.image(i, rows[k], size)
        _take_line(listed, (i, j), rows[k], values, classes, scored=scored)


def _take_line(
    listed: ListedImages,
    at: tuple[int, int],
    name: str,
    values: Sequence[float | None],
    classes: Mapping[int, str],
    *,
    scored: bool,
) -> None:
    further = [*values[6:9], None, None, None][:3]
    confidence, class_ = further[0], further[1]
    # In labels, a confidence of 0 marks what the evaluation of MOT does not count.
    ignored = not scored and confidence == 0
    listed.crowds += ignored
    listed.objects.add(
        at,
        name,
        sized(four(values[2:6])),
        category=_class(class_, classes),
        confidence=confidence if scored else None,
        crowd=ignored,
        further={"track": values[1], "visibility": None if scored else further[2]},
    )


def _class(number_: float | None, classes: Mapping[int, str]) -> str:
    """The class of a number; -1 stands for the only one, as in detections."""
    if number_ is None or not number_.is_integer() or number_ < 1:
        return classes[1]
    return classes.get(int(number_), str(int(number_)))


def _info(path: Path) -> tuple[Size, int]:
    """The size of the images and the number of frames of a sequence."""
    if not is_file(path):
        return UNKNOWN, 0
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(path))
    except (configparser.Error, InputError):
        return UNKNOWN, 0
    told = dict(parser["Sequence"]) if parser.has_section("Sequence") else {}
    length = pixels(told.get("seqlength"))
    return (pixels(told.get("imwidth")), pixels(told.get("imheight"))), length if length <= _LONGEST else 0


def _listed_classes(path: Path) -> dict[int, str]:
    """Class name by number, from 1: those of the file that CVAT puts beside the lines, else MOT's."""
    names: Sequence[str] = _CLASSES
    if is_file(path):
        names = [line.strip() for line in read_text(path).splitlines() if line.strip()] or _CLASSES
    return dict(enumerate(map(clean, names), 1))

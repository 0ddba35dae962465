"""The lines of other stores, taken over as they are: who said what and when stays."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from aquarium_tui.errors import InputError, StoreError
from aquarium_tui.formats.shared.format import read_any_text
from aquarium_tui.model.names import visible
from aquarium_tui.store.access import reading
from aquarium_tui.store.reviews import SUFFIX, ReviewLine, ReviewLog, line_of


def merged(log: ReviewLog, lines: Iterable[ReviewLine]) -> int:
    """Add the lines that a log does not have yet to it; how many these were.

    Raises:
        StoreError: The log cannot be read or written.
    """
    known = set(log.read())
    new = [line for line in dict.fromkeys(lines) if line not in known]
    log.append(new)
    return len(new)


def lines_in(path: Path, project: str, dataset: str) -> list[ReviewLine]:
    """The lines of a file, of a folder of such files, or of the same dataset in another store.

    Raises:
        InputError: There are none, or a line cannot be read.
        StoreError: The file system refuses.
    """
    return [line for file in _files(path, project, dataset) for line in _lines(file)]


def _files(path: Path, project: str, dataset: str) -> Sequence[Path]:
    if path.exists() and not path.is_dir():
        return [path]
    places = [path, path / "reviews", path / "projects" / project / dataset / "reviews"]
    for place in places:
        if place.is_dir():
            with reading(place):
                found = sorted(each for each in place.iterdir() if each.suffix == SUFFIX)
            if found:
                return found
    raise InputError(
        f"{visible(str(path))} holds no reviews.",
        "Name a file of `review export --format jsonl`, a folder `reviews`, or another store.",
    )


def _lines(path: Path) -> Iterator[ReviewLine]:
    texts = read_any_text(path).split("\n")
    complete = texts[:-1]  # What follows the last line break is what a killed process left, or nothing.
    if texts[-1].strip() and not complete:
        complete = texts
    for number, text in enumerate(complete, 1):
        if text.strip():
            yield _line(text, f"{visible(path.name)} line {number}")


def _line(text: str, place: str) -> ReviewLine:
    try:
        return line_of(json.loads(text))
    except StoreError as error:
        raise InputError(f"{place}: {error.message}", error.hint) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{place} is not a line of reviews.", "Export it again, or delete the line."
        ) from error

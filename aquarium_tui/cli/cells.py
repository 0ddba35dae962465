"""Cells and their lists as the command line writes them."""

from typing import TYPE_CHECKING

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.compare.cells import CellList

DIAGONAL_WORDS = {"lost": "fixed", "gained": "introduced", "kept": "unchanged"}
"""What the lists are called of a diagonal cell."""


def cell_of(text: str, classes: tuple[str, ...]) -> tuple[int, int]:
    """Row and column of the confusion that `LABEL:INFERRED` names; names are compared without case.

    Args:
        text: As given; a name may itself hold a colon.
        classes: Names of the rows and columns, background last.

    Raises:
        UsageError: There is no such cell.
    """
    places = {name.casefold(): i for i, name in enumerate(classes)}
    words = text.split(":")
    halves = [(":".join(words[:i]), ":".join(words[i:])) for i in range(1, len(words))]
    if not halves:
        raise UsageError(f'a cell is written LABEL:INFERRED; "{visible(text)}" has no colon.')
    for half in halves:
        row, column = (places.get(name.casefold()) for name in half)
        if row is not None and column is not None:
            return _existing(row, column, len(classes) - 1)
    unknown = next(name for name in halves[0] if name.casefold() not in places)
    raise UsageError(f'unknown class "{visible(unknown)}".', _offer(unknown, classes))


def lists_of(word: str | None, cell: tuple[int, int]) -> "list[CellList]":
    """The lists that a word of `--list` means for a cell; all without a word.

    Raises:
        UsageError: A word of diagonal cells for a wrong cell.
    """
    from aquarium_tui.compare.cells import CellList

    if word in DIAGONAL_WORDS and cell[0] != cell[1]:
        hint = f"Ask for {DIAGONAL_WORDS[word]}, or for a cell of one class such as car:car."
        raise UsageError(f"{word} is a list of diagonal cells, and this cell holds errors.", hint)
    return [CellList(DIAGONAL_WORDS.get(word, word))] if word else list(CellList)


def _existing(row: int, column: int, background: int) -> tuple[int, int]:
    if row == column == background:
        raise UsageError("there is no cell background:background: nothing is neither labelled nor inferred.")
    return row, column


def _offer(name: str, classes: tuple[str, ...]) -> str:
    from aquarium_tui.query.wording import listed, nearest

    near = nearest(name, classes)
    return f'Did you mean "{visible(near)}"?' if near else f"Classes: {visible(listed(classes, 'and'))}."

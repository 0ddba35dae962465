"""A matrix as a tool wrote it: read, laid out as ours, compared cell by cell, and tried with other rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.explain.explained_set import ExplainedSet, tally
from aquarium_tui.explain.rules import Crowds, MatchRule, Tool
from aquarium_tui.formats.shared.format import read_any_text
from aquarium_tui.formats.shared.tables import csv_rows
from aquarium_tui.model.arrays import CountMatrix, Floats
from aquarium_tui.model.names import visible

_BACKGROUND = {"background", "(none)", "none", "nothing", "missing", "bg", "__background__"}
_LABEL_WORDS = {"true", "truth", "ground truth", "gt", "actual", "label", "labels", "target"}
_INFERENCE_WORDS = {"predicted", "prediction", "predictions", "pred", "inferred", "detected"}
_LEAST_TOLERANCE = 1e-6
"""Tools add up to 1e-8 to the sums that they divide by."""

_LONGEST_NUMBER = 400
"""Characters: the largest float takes 309 digits, and Python reads no exponent of thousands of them."""


@dataclass(frozen=True)
class GivenMatrix:
    """A matrix from a file.

    Attributes:
        values: `(m, m)` float64 as written; empty cells are 0.
        names: Names of the rows and columns; empty where the file has none.
        decimals: The most digits after the point of any value.
        rows_are_labels: As the file says; None where it does not.
    """

    values: Floats
    names: tuple[str, ...] = ()
    decimals: int = 0
    rows_are_labels: bool | None = None

    @property
    def normalised(self) -> bool:
        """Whether the values are parts, not counts."""
        return bool((self.values % 1 != 0).any())

    @property
    def tolerance(self) -> float:
        """By how much two equal values may differ."""
        return max(0.5000001 * 10.0**-self.decimals, _LEAST_TOLERANCE) if self.normalised else 0.0


def read_matrix(path: Path) -> GivenMatrix:
    """The matrix in a file of comma-, semicolon-, tab- or space-separated values.

    Args:
        path: The file. Names may stand in the first row, the first column or both.

    Raises:
        InputError: The file cannot be read, or does not hold a square matrix of numbers.
    """
    text = read_any_text(path)
    rows = _split([line for line in text.splitlines() if line.strip() and not line.startswith("#")], path)
    if not rows:
        raise InputError(f"{path} is empty.")
    headed = any(_number(word) is None for word in rows[0][1:]) or _number(rows[0][-1]) is None
    header, body = (rows[0], rows[1:]) if headed else ([], rows)
    named = bool(body) and all(_number(row[0]) is None for row in body)
    names, beside = (tuple(row[0] for row in body) if named else ()), header[-len(body) :]
    if header and names and [_plain(x) for x in names] != [_plain(x) for x in beside]:
        raise InputError(f"{path}: the names of rows and columns differ.", "Write both in the same order.")
    values = np.array(
        [_numbers(path, at, row[named:]) for at, row in enumerate(body, 1 + headed)], dtype=object
    )
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        widths = sorted({len(row) - named for row in body})
        raise InputError(
            f"{path} holds {len(body)} rows of {', '.join(map(str, widths))} numbers.", "A matrix is square."
        )
    words = [word for row in body for word in row[named:]]
    corner = header[0] if header and len(header) == len(body) + 1 else ""
    return GivenMatrix(
        np.abs(values.astype(np.float64)),
        names or tuple(beside),
        max(map(_decimals, words), default=0),
        _orientation(corner),
    )


def _split(lines: Sequence[str], path: Path) -> list[list[str]]:
    """The words of each line; a sign that a class name holds, too, separates only where all rows agree."""

    def by(delimiter: str) -> list[list[str]]:
        rows = csv_rows((f"{line}\n" for line in lines), path, delimiter=delimiter, padded=True)
        return [[word.strip() for word in row if delimiter != " " or word] for row in rows]

    ways = [by(delimiter) for delimiter in "\t;," if any(delimiter in line for line in lines)]
    even = [rows for rows in ways if len(rows[-1]) > 1 and len({len(row) for row in rows[1:]}) == 1]
    return next(iter([*even, *ways]), None) or by(" ")


def _number(word: str) -> float | None:
    """The value of a word; 0 for an empty one, or for what a plot leaves blank."""
    if word.strip().casefold() in ("", "nan", "-", "–"):
        return 0.0
    try:
        value = float(word.removesuffix("%")) / (100 if word.endswith("%") else 1)
    except ValueError:
        return None
    return value if isfinite(value) and len(word) <= _LONGEST_NUMBER else None


def _numbers(path: Path, line: int, words: Sequence[str]) -> list[float]:
    found = [_number(word) for word in words]
    if None in found:
        wrong = visible(words[found.index(None)])
        raise InputError(f'{path}, row {line}: "{wrong}" is not a number.', "Write counts or parts.")
    return [value for value in found if value is not None]


def _decimals(word: str) -> int:
    mantissa, _, exponent = word.removesuffix("%").casefold().partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return max(places, 0) + 2 * word.endswith("%")


def _orientation(corner: str) -> bool | None:
    """Whether rows are labels, by the word in the corner, which names what the rows are."""
    word = re.split(r"[\\/|]", corner)[0].strip().casefold()
    if word in _LABEL_WORDS:
        return True
    return False if word in _INFERENCE_WORDS else None


def _plain(name: str) -> str:
    """A name as tools write it: Ultralytics replaces everything but letters, digits and underscores."""
    return re.sub(r"[^a-z0-9_]", "_", name.strip().casefold())


@dataclass(frozen=True)
class MatrixLayout:
    """How the classes of a given matrix lie.

    Attributes:
        places: `(m,)` int64 our class of each row and column, background included.
        rows_are_labels: Whether rows are labels.
        per_label_class: Whether parts sum to 1 over each label class, not over each inferred class.
        words: How it departs from the tool's own layout; empty if it does not.
    """

    places: NDArray[np.int64]
    rows_are_labels: bool
    per_label_class: bool
    words: str = ""

    def expected(self, matrix: CountMatrix, given: GivenMatrix) -> Floats:
        """Our matrix as the tool would write it, `(m, m)` with rows labels and columns inferences."""
        part = matrix[np.ix_(self.places, self.places)].astype(np.float64)
        if not given.normalised:
            return part
        axis = 1 if self.per_label_class else 0
        sums = part.sum(axis=axis, keepdims=True)
        return np.asarray(np.divide(part, sums, out=np.zeros_like(part), where=sums > 0))

    def turned(self, given: GivenMatrix) -> Floats:
        """The given matrix with rows labels and columns inferences."""
        return given.values if self.rows_are_labels else given.values.T


def layouts(given: GivenMatrix, tool: Tool, classes: Sequence[str]) -> Iterator[MatrixLayout]:
    """The ways to read a matrix, the tool's own first.

    Args:
        given: The matrix.
        tool: Whose conventions come first.
        classes: Our classes, background last.

    Raises:
        UsageError: A name is unknown, or there are no names and the size does not fit.
    """
    own = given.rows_are_labels if given.rows_are_labels is not None else tool.rows_are_labels
    for order, order_words in _orders(given, classes):
        for rows, row_words in ((own, ""), (not own, "rows and columns exchanged")):
            for per in (tool.per_label_class, not tool.per_label_class):
                if per != tool.per_label_class and not given.normalised:
                    continue
                per_words = "label class" if per else "inferred class"
                changed = "" if per == tool.per_label_class else f"divided by the sum of each {per_words}"
                yield MatrixLayout(
                    order, rows, per, ", ".join(filter(None, (order_words, row_words, changed)))
                )


def _orders(given: GivenMatrix, classes: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], str]]:
    n, m = len(classes) - 1, len(given.values)
    if given.names:
        yield np.array(_places(given.names, classes), np.int64), ""
        return
    if m not in (n, n + 1):
        raise UsageError(
            f"the matrix has {m} rows; with {n} classes, and background or not, {n} or {n + 1} would fit.",
            "Write the names of the classes into its first row.",
        )
    last = [n] * (m - n)
    yield np.array([*range(n), *last], np.int64), ""
    by_name = sorted(range(n), key=lambda i: classes[i])
    if by_name != list(range(n)):
        yield np.array([*by_name, *last], np.int64), "classes in alphabetical order"
    if last:
        yield np.array([*last, *range(n)], np.int64), "background first"


def _places(given: Sequence[str], classes: Sequence[str]) -> list[int]:
    """The class of each name, each taken once; names that a tool writes alike stand in the order of ours."""
    names = [_plain(one) for one in classes[:-1]]
    found: list[int] = []
    for name in given:
        exact = [place for place, one in enumerate(classes[:-1]) if one == name.strip()]
        alike = [place for place, one in enumerate(names) if one == _plain(name)]
        background = [len(names)] if name.strip().casefold() in {*_BACKGROUND, classes[-1]} else []
        possible = [*exact, *alike, *background]
        if not possible:
            raise UsageError(
                f'the matrix names a class "{visible(name)}" that the project does not have.',
                f"Its classes are {', '.join(visible(one) for one in classes[:-1])}.",
            )
        free = [place for place in possible if place not in found]
        if not free:
            raise UsageError(f'the matrix names the class "{visible(name)}" twice.', "Name each class once.")
        found.append(free[0])
    return found


@dataclass(frozen=True)
class MatrixCheck:
    """A given matrix beside the reproduced one.

    Attributes:
        given: `(m, m)` float64, rows labels, columns inferences.
        expected: The same, reproduced.
        places: `(m,)` our class of each row and column.
        wrong: `(m, m)` bool, the cells that differ.
        outside: How many entries of the reproduced matrix are of classes that the given one does not have.
        words: What was changed in the tool's rule or layout; empty where nothing was.
    """

    given: Floats
    expected: Floats
    places: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    outside: int
    words: str = ""

    @property
    def equal(self) -> bool:
        """Whether all cells are equal."""
        return not self.wrong.any()


def check(matrix: CountMatrix, given: GivenMatrix, layout: MatrixLayout, words: str = "") -> MatrixCheck:
    """The given matrix beside a reproduced one (rows labels, columns inferences, background last)."""
    theirs, expected = layout.turned(given), layout.expected(matrix, given)
    wrong = np.abs(theirs - expected) > given.tolerance
    kept = matrix[np.ix_(layout.places, layout.places)].sum()
    said = "; ".join(filter(None, (words, layout.words)))
    return MatrixCheck(theirs, expected, layout.places, wrong, int(matrix.sum() - kept), said)


def checks(
    of: ExplainedSet, tool: Tool, rules: Sequence[tuple[str, MatchRule]], given: GivenMatrix
) -> tuple[MatrixCheck, MatrixCheck | None]:
    """The check under the first rule, and, if that is not equal, the best that a variation reaches.

    Args:
        of: The set.
        tool: Whose layout comes first.
        rules: The rule of the tool, and after it others with what is changed in them.
        given: The matrix.

    Returns:
        The check as the tool has it; and the first variation that is equal, else the one with the fewest
        differing cells. None if no variation is better.
    """
    ways = list(layouts(given, tool, of.classes))
    first = best = check(tally(of, rules[0][1]).matrix, given, ways[0])
    for words, rule in rules:
        if best.equal:
            break
        matrix = tally(of, rule).matrix
        tried = [best, *(check(matrix, given, way, words) for way in ways)]
        best = min(tried, key=lambda one: int(one.wrong.sum()))
    return first, None if best is first else best


def variations(tool: Tool, rule: MatchRule, ours: MatchRule) -> list[tuple[str, MatchRule]]:
    """Rules worth trying where a tool's own does not give its matrix, each with what is changed.

    First those of other releases, then one change at a time, then both thresholds together.
    """
    found = [("", rule)]
    found += [(f"the rule of {tool.name} {one.versions}", one.rule) for one in tool.releases]
    confidences: list[_Change] = [
        (f"confidence {c:g}", {"confidence": c}) for c in _values(_CONFIDENCES, ours.confidence)
    ]
    ious: list[_Change] = [(f"IoU {i:g}", {"iou": i}) for i in _values(_IOUS, ours.iou)]
    caps: list[_Change] = [
        (f"at most {cap} inferences per frame", {"cap": cap, "cap_per_class": False}) for cap in (100, 300)
    ]
    crowds: list[_Change] = [(_CROWDS[crowd], {"crowds": crowd}) for crowd in Crowds]
    apart: _Change = (
        "all classes together" if rule.apart else "each class by itself",
        {"apart": not rule.apart},
    )
    reached: _Change = ("thresholds that may be reached", {"above": False, "beyond": False})
    both = [(f"{a}, {b}", {**x, **y}) for a, x in (*confidences, apart) for b, y in ious]
    changes = (*confidences, *ious, apart, *crowds, *caps, reached, *both)
    found += [(words, replace(rule, **change)) for words, change in changes]
    return [*found, ("the rule on screen", ours)]


_Change = tuple[str, dict[str, Any]]
"""What is changed in a rule, in words and as its attributes."""

_CONFIDENCES = (0.001, 0.0, 0.01, 0.05, 0.1, 0.25, 0.3, 0.5)
_IOUS = (0.45, 0.5, 0.6, 0.7, 0.75)
"""Confidences and IoUs that are a default of some tool: what differs is most likely one of them."""
_CROWDS = {
    Crowds.REGION: "crowds and ignored classes as regions",
    Crowds.DROPPED: "crowds dropped",
    Crowds.ORDINARY: "crowds as ordinary labels",
    Crowds.ABSORBING: "crowds as COCO has them",
    Crowds.COUNTED: "inferences on crowds counted as correct",
}


def _values(usual: Sequence[float], own: float) -> list[float]:
    return [*usual, *([] if own in usual else [own])]

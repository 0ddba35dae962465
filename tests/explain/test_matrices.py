"""Matrices of other tools: read as they write them, compared cell by cell, recognised under other rules."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.explain.explained_set import tally
from aquarium_tui.explain.explanation import Asked, Explanation, explain
from aquarium_tui.explain.matrices import GivenMatrix, layouts, read_matrix
from aquarium_tui.explain.rules import TOOLS
from aquarium_tui.model.settings import Settings
from tests.explain.comparisons import of_coco
from tests.explain.sample import SCENES

NAMES = ["pedestrian", "cyclist", "car", "van", "truck", "traffic light"]
RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def comparison() -> ObjectComparison:
    return of_coco(*SCENES["bundled"](), Settings())


def written(path: Path, rows: list[list[Any]]) -> Path:
    path.write_text("\n".join(",".join(str(word) for word in row) for row in rows) + "\n", "utf-8")
    return path


def checked(comparison: ObjectComparison, tool: str, path: Path, release: str = "") -> Explanation:
    return explain(comparison, Asked(TOOLS[tool], release, matrix=read_matrix(path)))


def named(matrix: np.ndarray, corner: str, background: str = "background") -> list[list[Any]]:
    names = [*(name.replace(" ", "_") for name in NAMES), background]
    return [[corner, *names], *([name, *row] for name, row in zip(names, matrix.tolist(), strict=True))]


@pytest.mark.parametrize("tool", ["ultralytics", "supervision", "mmdet", "fiftyone"])
def test_the_matrix_that_each_tool_made_is_equal(
    tool: str, comparison: ObjectComparison, tmp_path: Path
) -> None:
    path = tmp_path / "matrix.csv"
    np.savetxt(path, np.array(RECORDED[tool]["bundled"]["matrix"]), delimiter=",")
    first, better = checked(comparison, tool, path).matrix_checks or (None, None)
    assert first is not None and first.equal and better is None and not first.outside


def test_a_normalised_matrix_as_ultralytics_exports_it(comparison: ObjectComparison, tmp_path: Path) -> None:
    counts = np.array(RECORDED["ultralytics"]["bundled"]["matrix"])
    parts = (counts / (counts.sum(0, keepdims=True) + 1e-9)).round(5)
    first, _ = checked(
        comparison, "ultralytics", written(tmp_path / "m.csv", named(parts, "Predicted"))
    ).matrix_checks or (None, None)
    assert first is not None and first.equal
    parts[0, 0] += 2e-5
    first, _ = checked(
        comparison, "ultralytics", written(tmp_path / "m.csv", named(parts, "Predicted"))
    ).matrix_checks or (None, None)
    assert first is not None and first.wrong.sum() == 1 and first.wrong[0, 0]


def test_a_cell_that_differs_is_named(comparison: ObjectComparison, tmp_path: Path) -> None:
    counts = np.array(RECORDED["supervision"]["bundled"]["matrix"])
    counts[3, 4] += 5
    found = checked(comparison, "supervision", written(tmp_path / "m.csv", counts.tolist()))
    first, better = found.matrix_checks or (None, None)
    assert first is not None and better is None
    assert np.argwhere(first.wrong).tolist() == [[3, 4]]
    assert first.given[3, 4] - first.expected[3, 4] == 5


VARIATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("ultralytics", {"confidence": 0.001}, "confidence 0.001"),
    ("ultralytics", {"release": "8.4.100"}, "the rule of ultralytics 8.4.100"),
    ("supervision", {"release": "0.27"}, "the rule of supervision 0.26.1 to 0.27.0"),
    ("supervision", {"confidence": 0.5, "iou": 0.7}, "confidence 0.5, IoU 0.7"),
    ("fiftyone", {"apart": False}, "all classes together"),
]


@pytest.mark.parametrize(("tool", "change", "words"), VARIATIONS)
def test_the_variation_that_made_a_matrix_is_found(
    tool: str, change: dict[str, Any], words: str, comparison: ObjectComparison, tmp_path: Path
) -> None:
    from dataclasses import replace

    rule = replace(
        TOOLS[tool].release(change.get("release", "")).rule,
        **{name: value for name, value in change.items() if name != "release"},
    )
    matrix = tally(explain(comparison, Asked(TOOLS[tool])).of, rule).matrix
    matrix = matrix if TOOLS[tool].rows_are_labels else matrix.T
    found = checked(comparison, tool, written(tmp_path / "m.csv", matrix.tolist()))
    first, better = found.matrix_checks or (None, None)
    assert first is not None and not first.equal
    assert better is not None and better.equal and better.words == words


def test_exchanged_rows_and_columns_and_another_order_of_classes(
    comparison: ObjectComparison, tmp_path: Path
) -> None:
    counts = np.array(RECORDED["supervision"]["bundled"]["matrix"])
    by_name = [*np.argsort(NAMES), len(NAMES)]
    for rows, words in (
        (counts.T, "rows and columns exchanged"),
        (counts[np.ix_(by_name, by_name)], "classes in alphabetical order"),
        (counts[np.ix_([6, 0, 1, 2, 3, 4, 5], [6, 0, 1, 2, 3, 4, 5])], "background first"),
    ):
        found = checked(comparison, "supervision", written(tmp_path / "m.csv", rows.tolist()))
        _, better = found.matrix_checks or (None, None)
        assert better is not None and better.equal and better.words == words


def test_the_corner_names_what_the_rows_are(comparison: ObjectComparison, tmp_path: Path) -> None:
    counts = np.array(RECORDED["supervision"]["bundled"]["matrix"])
    for corner, rows in (("True", counts), ("predicted", counts.T), ("", counts)):
        found = checked(comparison, "supervision", written(tmp_path / "m.csv", named(rows, corner)))
        first, _ = found.matrix_checks or (None, None)
        assert first is not None and first.equal


def test_a_matrix_of_some_classes_says_what_lies_outside(
    comparison: ObjectComparison, tmp_path: Path
) -> None:
    counts = np.array(RECORDED["fiftyone"]["bundled"]["matrix"])
    rows = [["", "van", "car"], ["van", *counts[3, [3, 2]]], ["car", *counts[2, [3, 2]]]]
    first, _ = checked(comparison, "fiftyone", written(tmp_path / "m.csv", rows)).matrix_checks or (
        None,
        None,
    )
    assert first is not None and first.equal
    assert first.outside == counts.sum() - counts[2:4, 2:4].sum()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 2\n3 4\n", [[1, 2], [3, 4]]),
        ("1;2\n3;4", [[1, 2], [3, 4]]),
        ("# counts\n1\t2\n\n3\t4", [[1, 2], [3, 4]]),
        ("a,b\n1,\nnan,4", [[1, 0], [0, 4]]),
        ("a,1,2\nb,3,4", [[1, 2], [3, 4]]),
        ("\ufeff,a,b\na,50%,50%\nb,0,1", [[0.5, 0.5], [0, 1]]),
        ("1.0e+00 2.0e+00\n3.0e+00 4.0e+00", [[1, 2], [3, 4]]),
    ],
)
def test_shapes_of_files(text: str, expected: list[list[float]], tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text, "utf-8")
    assert read_matrix(path).values.tolist() == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("1,2\n3", "holds 2 rows of 1, 2 numbers"),
        ("1,2\n3,4\n5,6", "holds 3 rows of 2 numbers"),
        (",a,b\na,1,2\nb,3,x", 'row 3: "x" is not a number'),
        (",a,b\nb,1,2\na,3,4", "names of rows and columns differ"),
        (f"1,2\n3,{'4' * 200_000}", "line 2 is not CSV: field larger"),
        ("1,2\n3,1e999", 'row 2: "1e999" is not a number'),
        (f"1,2\n3,1e-{'9' * 5000}", "row 2: .* is not a number"),
    ],
)
def test_files_that_hold_no_matrix(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=words):
        read_matrix(path)
    with pytest.raises(InputError, match="no file"):
        read_matrix(tmp_path / "none.csv")


def test_matrices_that_do_not_fit() -> None:
    classes = ("car", "van", "background")
    with pytest.raises(UsageError, match="the matrix has 5 rows"):
        list(layouts(GivenMatrix(np.zeros((5, 5))), TOOLS["mmdet"], classes))
    with pytest.raises(UsageError, match='names a class "bus"'):
        list(layouts(GivenMatrix(np.zeros((1, 1)), ("bus",)), TOOLS["mmdet"], classes))
    (first, *_) = layouts(GivenMatrix(np.zeros((2, 2)), ("(none)", "CAR")), TOOLS["mmdet"], classes)
    assert first.places.tolist() == [2, 0]


def test_names_that_a_tool_writes_alike_are_taken_in_the_order_of_the_project(tmp_path: Path) -> None:
    classes = ["a:b", "a,b", "a;b", "background", "nothing"]
    path = tmp_path / "m.csv"
    for names in ('a:b,"a,b",a;b,background,nothing', "a_b,a_b,a_b,background,background"):
        path.write_text(names + "\n" + "1,2,3,4,5\n" * 5)
        first = next(layouts(read_matrix(path), TOOLS["supervision"], classes))
        assert first.places.tolist() == [0, 1, 2, 3, 4]
    path.write_text('a;b,a:b,background,"a,b",nothing\n' + "1,2,3,4,5\n" * 5)
    assert next(layouts(read_matrix(path), TOOLS["supervision"], classes)).places.tolist() == [2, 0, 3, 1, 4]
    path.write_text("a:b,a:b\n1,2\n3,4\n")
    with pytest.raises(UsageError, match="twice"):
        next(layouts(read_matrix(path), TOOLS["supervision"], ["a:b", "c", "background"]))

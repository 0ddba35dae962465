"""The four lists of a cell and the change of an object, on one scene worked by hand."""

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.outcomes import Change
from tests.compare.scenes import comparison
from tests.narrow import present

CLASSES = ["car", "truck", "van"]
CAR, TRUCK, VAN, BACKGROUND = range(4)


def place(column: int) -> tuple[float, float, float, float]:
    return (column * 20.0, 0.0, column * 20.0 + 10.0, 10.0)


SAID = [
    # label, base says, other says; None says nothing
    ("truck", "car", "truck"),
    ("truck", "car", None),
    ("truck", "car", "van"),
    ("truck", "car", "car"),
    ("truck", "truck", "car"),
    ("truck", None, "car"),
    ("truck", "truck", "truck"),
    ("truck", "truck", None),
    ("car", "car", "car"),
    (None, "van", "van"),
    (None, "van", None),
    (None, None, "van"),
]


def scene() -> ObjectComparison:
    def inferences(set_: int):
        named = [(row[set_], place(column)) for column, row in enumerate(SAID)]
        return [(0, name, box, 0.9) for name, box in named if name]

    labels = [(0, row[0], place(column)) for column, row in enumerate(SAID) if row[0]]
    return comparison(CLASSES, labels, inferences(1), inferences(2))


def columns(label: int, inferred: int) -> dict[str, list[int]]:
    """Which places of the scene are in which list of a cell."""
    found = scene()
    ledger = found.ledger
    sets = found.dataset.labels, found.base.objects, present(found.other).objects

    def column(row: int) -> int:
        rows = ledger.label[row], ledger.base[row], ledger.other[row]
        box = next(objects.box[at] for objects, at in zip(sets, rows, strict=True) if at >= 0)
        return int(box[0] // 20)

    return {which.value: [column(row) for row in found.rows_of(label, inferred, which)] for which in CellList}


def test_a_wrong_cell():
    assert columns(TRUCK, CAR) == {"fixed": [0], "introduced": [4, 5], "moved": [1, 2], "unchanged": [3]}
    assert scene().delta[TRUCK, CAR] == 2 - 1 - 2


def test_a_diagonal_cell_reads_lost_gained_kept():
    assert columns(TRUCK, TRUCK) == {"fixed": [4, 7], "introduced": [0], "moved": [], "unchanged": [6]}
    assert scene().delta[TRUCK, TRUCK] == 1 - 2


def test_the_missed():
    assert columns(TRUCK, BACKGROUND) == {"fixed": [], "introduced": [1, 7], "moved": [5], "unchanged": []}


def test_the_spurious():
    assert columns(BACKGROUND, VAN) == {"fixed": [10], "introduced": [11], "moved": [], "unchanged": [9]}


def test_change_of_every_object():
    fixed, broken, moved, same, right = (
        Change.FIXED,
        Change.BROKEN,
        Change.MOVED,
        Change.SAME_ERROR,
        Change.BOTH_CORRECT,
    )
    assert scene().ledger.change.tolist() == [
        *(fixed, moved, moved, same, broken, moved, right, broken, right),
        *(same, fixed, broken),
    ]


def test_spurious_inferences_pair_by_class_and_best_overlap():
    base = [(0, "van", (0.0, 0.0, 10.0, 10.0), 0.9), (0, "van", (0.0, 0.0, 10.0, 8.0), 0.2)]
    other = [(0, "car", (0.0, 0.0, 10.0, 10.0), 0.9), (0, "van", (0.0, 0.0, 10.0, 9.0), 0.3)]
    ledger = comparison(CLASSES, [], base, other).ledger
    pairs = sorted(zip(ledger.base.tolist(), ledger.other.tolist(), strict=True))
    # Base's boxes overlap the van of 9 with 9/10 and 8/9: the first is nearer.
    assert pairs == [(-1, 0), (0, 1), (1, -1)]


def test_spurious_inferences_below_the_overlap_are_two_objects():
    base, other = [(0, "van", place(0), 0.9)], [(0, "van", (0.0, 0.0, 10.0, 4.9), 0.9)]
    found = comparison(CLASSES, [], base, other)
    assert found.ledger.change.tolist() == [Change.FIXED, Change.BROKEN]
    assert found.delta[BACKGROUND, VAN] == 0
    assert found.cells.introduced[BACKGROUND, VAN] == found.cells.fixed[BACKGROUND, VAN] == 1

"""Any cell and any list of it can be written as a query that selects exactly its objects."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.ledger import rows_of_cell
from aquarium_tui.kinds.objects.lists import query_of_cell, query_of_class
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.settings import SIDES
from aquarium_tui.model.tables import InferenceSet
from tests.query.street import STREET
from tests.query.test_against_reference import worlds


def assert_all_cells_agree(comparison: ObjectComparison) -> None:
    n = len(comparison.classes)
    for label in range(n):
        for inferred in range(n):
            for which in CellList:
                text = query_of_cell(comparison, label, inferred, which)
                found = Binding(comparison).select(text).object_order.tolist()
                wanted = rows_of_cell(comparison.ledger, label * n + inferred, which).tolist()
                assert found == wanted, text


@settings(max_examples=15, deadline=None)
@given(worlds())
def test_the_query_of_a_list_selects_its_rows(world):
    assert_all_cells_agree(world.comparison())


@settings(max_examples=8, deadline=None)
@given(worlds())
def test_the_same_with_one_set(world):
    assert_all_cells_agree(replace(world, other=None).comparison())


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_the_query_of_a_cell_under_one_set_has_as_many_objects_as_the_cell(world):
    comparison = world.comparison()
    for side in SIDES:
        counts = [
            [
                Binding(comparison).select(query_of_cell(comparison, row, column, side)).objects.sum()
                for column in range(n)
            ]
            for n in [len(comparison.classes)]
            for row in range(n)
        ]
        assert counts == comparison.confusion(side).tolist()


@pytest.mark.parametrize(
    ("cell", "which", "text"),
    [
        ((1, 2), "base", 'label.class = "cyclist" and base.class = "pedestrian"'),
        ((1, 2), CellList.FIXED, 'label.class = "cyclist" and base.class = "pedestrian" and change = fixed'),
        (
            (1, 2),
            CellList.INTRODUCED,
            'label.class = "cyclist" and other.class = "pedestrian" and change in (broken, moved)',
        ),
        ((0, 4), "other", 'label.class = "car" and other.outcome = missed'),
        ((4, 0), "base", 'base.class = "car" and base.outcome = spurious'),
        (
            (0, 0),
            None,
            '(label.class = "car" and base.class = "car") or (label.class = "car" and other.class = "car")',
        ),
    ],
)
def test_the_query_reads_as_one_would_write_it(cell, which, text):
    label, inferred = cell
    assert query_of_cell(STREET.comparison(), label, inferred, which) == text


def test_the_query_of_a_class_has_all_its_labels_and_inferences():
    comparison = STREET.comparison()
    text = query_of_class(comparison, 1)
    assert text == 'label.class = "cyclist" or base.class = "cyclist" or other.class = "cyclist"'
    assert ["ABCDEFGHIJKLM"[row] for row in Binding(comparison).select(text).object_order] == [
        "B",
        "D",
        "E",
        "M",
    ]


def test_class_names_with_quotes_survive():
    old = STREET.comparison()
    entries = (ClassEntry(1, '3" nail'), *old.dataset.project.class_map.entries[1:])
    project = replace(old.dataset.project, class_map=ClassMap(entries))
    base, other = (InferenceSet(side, old.evaluation(side).inferences.objects) for side in SIDES)
    comparison = ObjectComparison.of(replace(old.dataset, project=project), base, other, old.settings)
    assert query_of_cell(comparison, 0, 0, "base") == 'label.class = "3"" nail" and base.class = "3"" nail"'
    assert_all_cells_agree(comparison)

"""The class map: what is evaluated as what, and how new classes join it."""

from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.model.classes import BACKGROUND, ClassEntry, ClassMap, class_names

MAP = ClassMap(
    (
        ClassEntry(7, "Car"),
        ClassEntry(3, "van", train_name="CAR"),
        ClassEntry(1, "sky", ignore_in_eval=True),
        ClassEntry(0, "person", train_name="human"),
        ClassEntry(2, "rider", train_name="Human"),
    )
)


def test_evaluated_names_merge_without_case_in_order_of_first_appearance():
    assert MAP.evaluated_names == ("Car", "human")
    assert MAP.evaluated.tolist() == [0, 0, -1, 1, 1]
    assert class_names(MAP) == ("Car", "human", BACKGROUND)


def test_a_name_that_only_ignored_entries_use_is_not_evaluated():
    only = ClassMap((ClassEntry(0, "sky", ignore_in_eval=True), ClassEntry(1, "void", train_name="SKY")))
    assert only.evaluated_names == ("SKY",)
    assert only.evaluated.tolist() == [-1, 0]


def test_positions():
    assert MAP.positions_by_id == {7: 0, 3: 1, 1: 2, 0: 3, 2: 4}
    assert MAP.positions_by_name["person"] == 3
    assert MAP.positions_by_name["car"] == 0


def test_an_empty_map():
    assert ClassMap().evaluated_names == ()
    assert len(ClassMap().evaluated) == 0
    assert class_names(ClassMap()) == (BACKGROUND,)


def test_extended_keeps_every_entry_and_takes_the_next_free_id():
    more = MAP.extended([(7, "bus"), (20, "tram"), (5, "CAR"), (-1, "bike"), (6, "tram")])
    assert more.entries[:5] == MAP.entries
    assert [(e.id, e.name) for e in more.entries[5:]] == [(8, "bus"), (20, "tram"), (21, "bike")]


@given(st.lists(st.tuples(st.integers(-2, 6), st.sampled_from(["car", "a", "B", "b", "c", "d"]))))
def test_extended_maps_have_unique_ids_and_names(names):
    more = MAP.extended(names)
    assert (
        len({e.id for e in more.entries})
        == len({e.name.casefold() for e in more.entries})
        == len(more.entries)
    )
    assert {name.casefold() for _, name in names} <= set(more.positions_by_name)
    assert more.extended(names) == more

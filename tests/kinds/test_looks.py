"""How deltas are drawn: sure, weak, few and unknown ones look different, and all places agree."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.lists import Grid, cell_table, change_spans
from aquarium_tui.kinds.report_columns import looks

NAMES = ["car", "van"]
GRID = Grid(
    labels=range(2),
    inferred=range(2),
    row_names=NAMES,
    column_names=NAMES,
    colors=["#000000"] * 2,
    base=np.zeros((2, 2), int),
    other=np.array([[0, 1], [1, 0]]),
)


def test_the_four_looks_differ_with_and_without_colour() -> None:
    drawn = {state: looks("+3", -3.0, state) for state in State}
    assert drawn[State.SURE] == ("+3", "bad")
    assert drawn[State.WEAK] == ("+3", "dim")
    assert drawn[State.FEW] == ("~+3", "dim")
    assert drawn[State.UNKNOWN] == ("+3", "")
    nothing = {state: looks(".000", 0.0, state) for state in (State.WEAK, State.FEW, State.UNKNOWN)}
    assert [*nothing.values()] == [(".000", "dim"), ("~.000", "dim"), (".000", "")]
    assert looks("+3", 0.0, State.SURE) == ("+3", "strong"), "neither better nor worse, and sure"
    assert looks("–", float("nan"), State.FEW) == ("–", "dim")


@pytest.mark.parametrize("state", State)
def test_the_sentence_of_a_cell_is_coloured_like_the_cell(state: State) -> None:
    grid = replace(GRID, state=lambda label, inferred: state)
    expected = looks("+1", -1.0, state)
    assert change_spans("car → van", grid, (0, 1))[-1] == expected
    table = cell_table(grid, {})
    row = table.row_of(0, 1)
    assert row is not None
    assert table.columns[-1].cell(row) == expected

"""How wide the columns of the matrix are: as narrow as its numbers allow, so that all of them are seen."""

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.lists import Grid, MatrixMode
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.matrix import Matrix
from tests.tui.screen import lines

NAMES = ["pedestrian", "cyclist", "car", "van", "truck", "traffic light"]
COUNTS = np.array([[133, 5, 0, 0, 0, 0, 33], *[[0, 19, 7, 1, 2, 3, 4]] * 6])


def grid(scale: int = 1) -> Grid:
    return Grid(
        labels=range(7),
        inferred=range(7),
        row_names=[*NAMES, "spurious"],
        column_names=[*NAMES, "missed"],
        colors=["#336699"] * 6 + [""],
        base=COUNTS * scale,
        other=np.maximum(COUNTS - 29, 0) * scale,
        state=lambda label, inferred: State.FEW,
    )


class Shown(App[None]):
    """A matrix alone."""

    def compose(self) -> ComposeResult:
        yield Matrix()


async def test_all_columns_are_seen_where_their_numbers_fit() -> None:
    app = Shown()
    async with app.run_test(size=(64, 12)) as pilot:
        matrix = app.query_one(Matrix)
        matrix.show(grid())
        await pilot.pause()
        heading, first, *_ = lines(app)
        assert heading.split() == ["label", "↓", "pede.", "cycl.", "car", "van", "truck", "traf.", "miss."]
        assert first.split()[-1] == "~−29"
        matrix.show(grid(scale=1000))
        await pilot.pause()
        assert "miss" not in lines(app)[0]


@pytest.mark.parametrize("mode", ["delta", "base", "other", "percent"])
@pytest.mark.parametrize("scale", [1, 100, 12_345])
async def test_no_number_is_wider_than_its_column(mode: MatrixMode, scale: int) -> None:
    app = Shown()
    async with app.run_test(size=(60, 12)) as pilot:
        matrix = app.query_one(Matrix)
        matrix.show(grid(scale))
        matrix.mode = mode
        await pilot.pause()
        inks = Inks(matrix)
        for row, column in np.ndindex(7, 7):
            matrix.cursor = row, column
            drawn = matrix._drawn(row, column, inks)
            assert sum(cell_len(part.text) for part in drawn) == matrix._cell, (row, column)
